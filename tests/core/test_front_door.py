"""`import xaikit` is quick, and its names arrive when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xaikit

HEAVY = ["plotly", "anywidget", "umap", "torch_geometric", "sklearn", "skimage", "matplotlib", "torchvision"]


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running the code."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import xaikit; dir(xaikit)") & {*HEAVY, "torch", "numpy"}


def test_pictures_need_no_torch():
    assert not loaded_after("import xaikit.core.images") & {*HEAVY, "torch"}


def test_the_classifier_loads_torch_but_no_plots_or_widgets():
    loaded = loaded_after("from xaikit import Classifier")
    assert "torch" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    "name", ["Classifier", "load_classifier", "NotFittedError", "ImageError", "attribution"]
)
def test_public_names_are_there_and_listed(name):
    assert getattr(xaikit, name) is not None
    assert name in dir(xaikit)


def test_a_misspelt_name_is_answered_with_the_right_one():
    with pytest.raises(
        AttributeError, match=r"no attribute 'load_clasifier'.*Did you mean 'load_classifier'"
    ):
        _ = xaikit.load_clasifier
