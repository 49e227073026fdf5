"""What holds of every method. A new one needs a row in `methods`."""

from __future__ import annotations

import importlib
import pkgutil
import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import xaikit as xk
from xaikit.core.store import found_again
from xaikit.data import ImageSet, Sample

sys.path.insert(0, str(Path(__file__).parent))

from methods import METHODS, network, pictures

every = pytest.mark.parametrize("name", METHODS)
QUESTIONS = [(name, question) for name, row in METHODS.items() for question in row.questions]
ask_every = pytest.mark.parametrize(("name", "question"), QUESTIONS)


@cache
def fitted(name: str) -> Any:
    return METHODS[name].fitted(network(), pictures())


def state() -> dict[str, Any]:
    """All that nobody but the caller may change."""
    modules = list(network().model.modules())
    return {
        "weights": {name: one.numpy().tobytes() for name, one in network().model.state_dict().items()},
        "modes": [module.training for module in modules],
        "trainable": [p.requires_grad for p in network().model.parameters()],
        "gradients": [p.grad is None for p in network().model.parameters()],
        "hooks": [
            (len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in modules
        ],
        "torch": torch.get_rng_state().tolist(),
        "numpy": np.random.get_state()[1].tolist(),  # noqa: NPY002
        "python": random.getstate(),
        "threads": torch.get_num_threads(),
    }


class Interrupted(ImageSet):
    """Pictures that can be read until somebody presses the button."""

    def __init__(self, after: int) -> None:
        super().__init__(pictures().class_names, pictures().labels)
        self.left = after

    def _read(self, index: int) -> Sample:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return pictures()[index]


def is_method(kind: Any) -> bool:
    return (
        isinstance(kind, type)
        and callable(getattr(kind, "fit", None))
        and hasattr(kind, "__dataclass_fields__")
    )


def test_every_method_is_here() -> None:
    found = set()
    for module in pkgutil.walk_packages(xk.__path__, "xaikit."):
        if not module.name.endswith("__main__"):
            found |= {
                kind.__name__
                for kind in vars(importlib.import_module(module.name)).values()
                if is_method(kind) and kind.__module__.startswith("xaikit.")
            }
    assert found == set(METHODS)


@every
def test_a_misspelt_parameter_names_the_right_one(name: str) -> None:
    wrong, right = METHODS[name].misspelt
    with pytest.raises(TypeError, match=f"has no parameter '{wrong}'.*Did you mean '{right}'"):
        type(METHODS[name].make())(**{wrong: 1})


@ask_every
def test_before_a_fit_nothing_can_be_asked(name: str, question: str, tmp_path: Path) -> None:
    with pytest.raises(xk.NotFittedError, match=r"Call fit\(classifier, data\) first"):
        METHODS[name].questions[question](METHODS[name].make(), pictures()[0].image, tmp_path / "x.npz")


@every
def test_the_same_seed_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    again = METHODS[name].fitted(network(), pictures())
    files = [one.save(tmp_path / f"{i}.npz").read_bytes() for i, one in enumerate([fitted(name), again])]
    assert files[0] == files[1]


@every
def test_from_its_file_it_is_the_same(name: str, tmp_path: Path) -> None:
    one = fitted(name)
    path = one.save(tmp_path / "one.npz")
    again = type(one).load(path, network())
    assert repr(again) == repr(one)
    assert again.save(tmp_path / "again.npz").read_bytes() == path.read_bytes()


@every
def test_a_fit_that_was_kept_is_found_and_is_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = fitted(name)
    monkeypatch.setenv("XAIKIT_CACHE", str(tmp_path / "fits"))
    with found_again(one, network(), pictures(), True, False) as found:
        assert not found
    again = METHODS[name].fitted(network(), pictures())
    files = [one.save(tmp_path / f"{i}.npz").read_bytes() for i, one in enumerate([one, again])]
    assert files[0] == files[1]


@ask_every
def test_the_caller_s_network_is_left_alone(name: str, question: str, tmp_path: Path) -> None:
    method, before = fitted(name), state()
    METHODS[name].questions[question](method, pictures()[0].image, tmp_path / "x.npz")
    assert state() == before


@every
@pytest.mark.parametrize("after", [0, 15])
def test_a_fit_that_is_interrupted_leaves_the_network_alone(name: str, after: int) -> None:
    before, method = state(), METHODS[name].make()
    with pytest.raises(KeyboardInterrupt):
        method.fit(network(), Interrupted(after), progress=False)
    assert state() == before
    with pytest.raises(xk.NotFittedError):
        method.save("nowhere.npz")
