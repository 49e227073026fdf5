"""Fits that are kept: found where everything is the same, made anew where anything is not."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import xaikit as xk
from xaikit.cli import main
from xaikit.core import store
from xaikit.core.classifier import Classifier
from xaikit.core.errors import ParameterError
from xaikit.core.store import Store, found_again, the_store
from xaikit.data import ImageSet, Sample
from xaikit.worlds.vehicles.pictures import Vehicles

N = 12


class Noise(ImageSet):
    """Pictures of noise that count how often they are read."""

    def __init__(self, n: int = N, shade: int = 0) -> None:
        super().__init__(["cat", "dog", "bird"], np.arange(n) % 3)
        self.shade, self.n_read = shade, 0

    def _read(self, index: int) -> Sample:
        self.n_read += 1
        pixels = np.random.default_rng(index).integers(0, 200, (32, 32, 3), np.uint8) + np.uint8(self.shade)
        return Sample(pixels, int(self.labels[index]), f"noise {index}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XAIKIT_CACHE", str(tmp_path / "fits"))
    return tmp_path / "fits"


def vectors(network: Classifier, data: Any, progress: bool = False, **hyper: Any) -> xk.SemanticVectors:
    return xk.SemanticVectors(layer="act", **hyper).fit(network, data, progress=progress)


def n_kept(folder: Path) -> int:
    return len(list(folder.glob("*.npz")))


def test_the_second_fit_is_found_and_is_the_same(
    folder: Path, tiny_classifier: Classifier, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = vectors(tiny_classifier, Noise(), progress=True)
    assert capsys.readouterr().out == ""
    data = Noise()
    marked = Noise()
    marked.signature()
    again = vectors(tiny_classifier, data, progress=True)
    assert data.n_read == marked.n_read, "pictures are told from others, and not looked at again"
    (file,) = folder.glob("*.npz")
    told = capsys.readouterr().out
    assert told.count("\n") == 1 and str(file) in told and "cache=False" in told
    files = [one.save(tmp_path / f"{i}.npz").read_bytes() for i, one in enumerate([first, again])]
    assert files[0] == files[1]
    assert again.nearest(Noise()[0].image).names == first.nearest(Noise()[0].image).names


def test_nothing_is_found_of_another_fit(folder: Path, tiny_classifier: Classifier) -> None:
    vectors(tiny_classifier, Noise())
    others: list[tuple[Any, dict[str, Any]]] = [
        (Noise(), {"seed": 1}),
        (Noise(), {"n_examples": 2}),
        (Noise(N + 3), {}),
        (Noise(shade=1), {}),
        ({"animal": Noise()}, {}),
        (Noise().subset(range(N)[::-1]), {}),
    ]
    for number, (data, hyper) in enumerate(others, 2):
        vectors(tiny_classifier, data, **hyper)
        assert n_kept(folder) == number
    with torch.no_grad():
        tiny_classifier.model.stem.weight.view(-1)[101] += (
            1e-3  # one weight that the fingerprint does not see
        )
    vectors(tiny_classifier, Noise())
    assert n_kept(folder) == len(others) + 2


def test_networks_of_the_same_weights_that_compute_something_else_are_told_apart(
    tiny_model: nn.Module,
) -> None:
    class Halved(type(tiny_model)):  # type: ignore[misc]
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(0.5 * x)

    Halved.__name__ = type(tiny_model).__name__
    other = Halved()
    other.load_state_dict(tiny_model.state_dict())
    names = ["cat", "dog", "bird"]
    one, two = (Classifier(m, names, input_size=32, device="cpu") for m in (tiny_model, other.eval()))
    assert one.fingerprint() == two.fingerprint()
    assert one.signature() != two.signature()
    again = Classifier(tiny_model, names, input_size=32, device="cpu")
    assert one.signature() == again.signature()


def test_another_version_finds_nothing(
    folder: Path, tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors(tiny_classifier, Noise())
    monkeypatch.setattr(store, "versions", lambda: {"xaikit": "another"})
    vectors(tiny_classifier, Noise())
    assert n_kept(folder) == 2


@pytest.mark.parametrize("cache", [0, "yes", None])
def test_cache_is_yes_or_no(tiny_classifier: Classifier, cache: Any) -> None:
    with pytest.raises(ParameterError, match="`cache` must be"):
        xk.SemanticVectors(layer="act").fit(tiny_classifier, Noise(), cache=cache)


def test_without_a_cache_nothing_is_kept(
    folder: Path, tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    xk.SemanticVectors(layer="act").fit(tiny_classifier, Noise(), progress=False, cache=False)
    monkeypatch.setenv("XAIKIT_CACHE", "off")
    vectors(tiny_classifier, Noise())
    assert the_store() is None
    assert not folder.exists()


def test_a_damaged_file_is_as_good_as_none(folder: Path, tiny_classifier: Classifier) -> None:
    first = vectors(tiny_classifier, Noise())
    (file,) = folder.glob("*.npz")
    whole = file.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], whole[:400] + bytes([whole[400] ^ 1]) + whole[401:]):
        file.write_bytes(broken)
        again = vectors(tiny_classifier, Noise())
        assert np.array_equal(again.vectors_, first.vectors_)
        assert file.read_bytes() == whole, "it is written anew"


def test_a_file_of_another_network_is_not_believed(folder: Path, tiny_classifier: Classifier) -> None:
    vectors(tiny_classifier, Noise())
    (file,) = folder.glob("*.npz")
    foreign = file.read_bytes()
    other = vectors(tiny_classifier, Noise(), seed=5)
    (of_another_seed,) = set(folder.glob("*.npz")) - {file}
    of_another_seed.write_bytes(foreign)
    assert vectors(tiny_classifier, Noise(), seed=5).seed == other.seed
    of_another_seed.unlink()
    with torch.no_grad():
        tiny_classifier.model.head.weight.mul_(-1)
    own = vectors(tiny_classifier, Noise())
    (new,) = set(folder.glob("*.npz")) - {file}
    new.write_bytes(foreign)
    assert np.array_equal(vectors(tiny_classifier, Noise()).vectors_, own.vectors_)
    assert new.read_bytes() != foreign


@pytest.mark.parametrize("trouble", ["a file", "read-only", "full"])
def test_a_store_that_cannot_be_written_to_keeps_nothing(
    folder: Path, tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise OSError(28, "no space left on device")

    if trouble == "a file":
        folder.write_text("not a folder")
    elif trouble == "read-only":
        monkeypatch.setattr(Path, "mkdir", fails)
    else:
        monkeypatch.setattr(xk.SemanticVectors, "save", fails)
    assert vectors(tiny_classifier, Noise()).vectors_.shape[0] == 3
    assert not n_kept(folder)


def test_a_fit_that_failed_or_warned_is_made_anew(folder: Path, tiny_classifier: Classifier) -> None:
    method = xk.SemanticVectors()
    with pytest.raises(KeyboardInterrupt), found_again(method, tiny_classifier, Noise(), True, False):
        raise KeyboardInterrupt
    assert not n_kept(folder)
    for _ in range(2):
        with pytest.warns(UserWarning, match="single picture"):
            vectors(tiny_classifier, Noise(3))


def test_the_last_asked_for_stay(folder: Path, tiny_classifier: Classifier) -> None:
    for seed in range(3):
        vectors(tiny_classifier, Noise(), seed=seed)
        (new,) = [one.path for one in Store(folder).fits() if one.asked > 2 + seed]
        os.utime(new, (1 + seed, 1 + seed))
    kept = Store(folder).fits()
    assert [one.asked for one in kept] == [3, 2, 1]
    vectors(tiny_classifier, Noise(), seed=0)
    assert Store(folder).fits()[0].path == kept[2].path, "a fit that was found was asked for"
    small = Store(folder, most_bytes=int(2.5 * kept[0].n_bytes))
    method = xk.SemanticVectors(layer="act").fit(tiny_classifier, Noise(), progress=False, cache=False)
    small.keep(method, folder / f"SemanticVectors-{'0' * 32}.npz")
    assert len(small.fits()) == 2
    assert {one.path for one in small.fits()} >= {kept[2].path}


def test_what_is_not_ours_stays(folder: Path, tiny_classifier: Classifier) -> None:
    vectors(tiny_classifier, Noise())
    (folder / "thesis.npz").write_text("years of work")
    assert main(["cache", "clear"]) == 0
    assert [path.name for path in folder.iterdir()] == ["thesis.npz"]


def test_the_command_lists_weighs_and_clears(
    folder: Path,
    tiny_classifier: Classifier,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors(tiny_classifier, Noise())
    for what, lines in (("list", 2), ("size", 1), ("clear", 1)):
        assert main(["cache", what]) == 0
        assert capsys.readouterr().out.count("\n") == lines
    assert main(["cache", "size"]) == 0
    assert capsys.readouterr().out.startswith("0 fits, 0.0 MB")
    monkeypatch.setenv("XAIKIT_CACHE", "off")
    assert main(["cache", "list"]) == 0
    assert "no fits are kept" in capsys.readouterr().out


def test_by_default_fits_are_kept_in_the_user_s_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XAIKIT_CACHE")
    own = the_store()
    assert own is not None
    assert own.folder.parts[-2:] == ("xaikit", "fits") or "xaikit" in own.folder.parts


ONE_OF_MANY = """
import sys, time
sys.path.insert(0, {folder!r})
from test_store import Noise
import torch, xaikit as xk
from torch import nn
torch.manual_seed(0)
body = nn.Conv2d(3, 6, 3, 2), nn.ReLU()
model = nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
network = xk.Classifier(model.eval(), ["cat", "dog", "bird"], input_size=32, device="cpu")
fit, learned = xk.SemanticVectors._learned, []
def slowly(self, *given):
    learned.append(time.sleep(1))
    return fit(self, *given)
xk.SemanticVectors._learned = slowly
made = xk.SemanticVectors(layer="1").fit(network, Noise(), progress=False)
print(len(learned), made.vectors_.sum())
"""


def test_of_many_at_once_one_makes_the_fit(folder: Path) -> None:
    code = ONE_OF_MANY.format(folder=str(Path(__file__).parent))
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [one.communicate(timeout=120)[0].split() for one in running]
    assert sorted(made for made, _ in said) == ["0", "0", "1"]
    assert len({total for _, total in said}) == 1


def test_pictures_of_files_are_told_from_others_without_being_read(tmp_path: Path) -> None:
    for cls in ("cat", "dog"):
        (tmp_path / cls).mkdir()
        Image.fromarray(Noise()[0].image).save(tmp_path / cls / "1.png")
    data = xk.load_images(tmp_path, split="all")
    before = data.signature()
    assert xk.load_images(tmp_path, split="all").signature() == before
    (tmp_path / "cat" / "1.png").write_bytes(b"no picture at all")
    changed = xk.load_images(tmp_path, split="all").signature()
    assert changed != before
    (tmp_path / "cat" / "1.png").unlink()
    assert data.signature() not in {before, changed}, "a picture that is gone is another one"


def test_pictures_of_a_world_are_told_from_others_without_being_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = xk.load_images("toyworld/vehicles", split="train", n=40)
    drawn = data.subset(range(4)).kept(progress=False)
    monkeypatch.setattr(Vehicles, "_read", None)
    told = {data.signature(), xk.load_images("toyworld/vehicles", split="test", n=40).signature()}
    told |= {data.subset(range(5)).signature(), (data + data).signature(), drawn.signature()}
    told.add(xk.load_images("toyworld/things", split="train", n=40).signature())
    assert len(told) == 6


def test_a_reader_that_changes_pictures_is_told_from_the_one_that_it_is_made_of() -> None:
    class Inverted(Vehicles):
        def _read(self, index: int) -> Sample:
            sample = super()._read(index)
            return Sample(255 - sample.image, sample.label, sample.id)

    plain = xk.load_images("toyworld/vehicles", n=3)
    inverted = Inverted("test", 3, 0, plain.class_names, plain._poses)
    assert plain.mark(1) == plain[1].id
    assert inverted.mark(1) != plain.mark(1)
    assert inverted.subset([1]).mark(0) == inverted.mark(1)


def test_nothing_warns_where_a_fit_is_found(folder: Path, tiny_classifier: Classifier) -> None:
    vectors(tiny_classifier, Noise())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors(tiny_classifier, Noise())
