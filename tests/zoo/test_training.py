"""`train_classifier`: it learns, it repeats itself, it disturbs nothing, and it refuses wrong wishes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from xaikit.core.archive import read_archive, write_archive
from xaikit.data import ImageSet, Sample
from xaikit.zoo import training
from xaikit.zoo.augment import augmented
from xaikit.zoo.kept import FORMAT, KIND, META, Training
from xaikit.zoo.training import NETWORKS, Pictures, Schedule, color_statistics, fit

QUICK = {"epochs": 3, "size": 32, "device": "cpu", "progress": False}


class Blocks(ImageSet):
    """A bright block on the left or on the right half of a noisy picture: only the place tells the class."""

    def __init__(self, n: int, seed: int = 0, classes: tuple[str, ...] = ("left", "right")) -> None:
        super().__init__(classes, np.arange(n) % 2)
        self.seed = seed

    def _read(self, index: int) -> Sample:
        rng = np.random.default_rng([self.seed, index])
        image = rng.integers(0, 100, (32, 32, 3), np.uint8)
        left = int(rng.integers(1, 6)) + 16 * int(self.labels[index])
        image[8:24, left : left + 10] += 120
        return Sample(image, int(self.labels[index]), f"{self.seed}/{index}")


def weights(clf: xk.Classifier) -> dict[str, torch.Tensor]:
    return clf.model.state_dict()


def equal(a: xk.Classifier, b: xk.Classifier) -> bool:
    return all(torch.equal(t, weights(b)[name]) for name, t in weights(a).items())


def accuracy(clf: xk.Classifier, data: ImageSet) -> float:
    return float((clf.logits(data).argmax(1) == data.labels).mean())


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_learns_what_only_the_place_tells(network):
    clf = xk.zoo.train_classifier(Blocks(128), network, **{**QUICK, "epochs": 12})
    assert isinstance(clf, xk.Classifier)
    assert clf.class_names == ["left", "right"]
    assert clf.input_size == 32
    assert not clf.model.training
    assert accuracy(clf, Blocks(64, seed=9)) >= 0.9


def test_augmented_training_does_not_mirror():
    clf = xk.zoo.train_classifier(Blocks(128), **{**QUICK, "size": 64, "epochs": 6}, augment=True)
    assert accuracy(clf, Blocks(64, seed=9)) >= 0.9


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    state = torch.get_rng_state()
    once, again = (xk.zoo.train_classifier(Blocks(70), seed=3, **QUICK) for _ in range(2))
    assert equal(once, again)
    assert not equal(once, xk.zoo.train_classifier(Blocks(70), seed=4, **QUICK))
    assert torch.equal(state, torch.get_rng_state()), "the global generator is left alone"


def test_training_on_kept_pictures_is_the_same():
    data = Blocks(64)
    assert equal(
        xk.zoo.train_classifier(data, **QUICK), xk.zoo.train_classifier(data.kept(progress=False), **QUICK)
    )


def test_a_network_of_ones_own_is_copied(tiny_model):
    before = {name: t.clone() for name, t in tiny_model.state_dict().items()}
    three = Blocks(60, classes=("left", "right")) + Blocks(30, 1, classes=("far left", "far right"))
    with pytest.raises(ValueError, match="4 names, but the model returns 3"):
        xk.zoo.train_classifier(three, tiny_model, **QUICK)
    tiny_model.head = nn.Linear(12, 2)
    before |= {name: t.clone() for name, t in tiny_model.head.state_dict(prefix="head.").items()}
    clf = xk.zoo.train_classifier(Blocks(64), tiny_model, **QUICK)
    assert clf.model is not tiny_model
    assert all(torch.equal(t, before[name]) for name, t in tiny_model.state_dict().items())
    assert not tiny_model.training
    assert not torch.equal(weights(clf)["head.weight"], before["head.weight"])


def test_pictures_of_any_size_are_brought_to_the_size_asked_for():
    clf = xk.zoo.train_classifier(Blocks(16), epochs=1, size=48, device="cpu", progress=False)
    assert clf.view(Blocks(1)[0].image).shape == (48, 48, 3)


@pytest.mark.parametrize("n", [2, 3, 64])
@pytest.mark.parametrize("epochs", [1, 4])
def test_few_pictures_and_few_steps_are_trained_on(n, epochs):
    clf = xk.zoo.train_classifier(Blocks(n), epochs=epochs, size=32, device="cpu", progress=False)
    assert np.isfinite(clf.logits(Blocks(2))).all()


def test_wrong_wishes_are_refused():
    with pytest.raises(TypeError, match="`data` must be an ImageSet; got list"):
        xk.zoo.train_classifier([1, 2])
    with pytest.raises(ValueError, match="Did you mean 'resnet18'"):
        xk.zoo.train_classifier(Blocks(4), "resnet81")
    with pytest.raises(ValueError, match=r"no picture of \['middle'\]"):
        xk.zoo.train_classifier(Blocks(4, classes=("left", "right", "middle")))
    with pytest.raises(ValueError, match="two or more classes"):
        xk.zoo.train_classifier(Blocks(1, classes=("left",)))
    with pytest.raises(ValueError, match=r"no picture of \['left', 'right'\]"):
        xk.zoo.train_classifier(Blocks(0))
    for name in ("epochs", "size", "rate"):
        with pytest.raises(ValueError, match=f"`{name}` must be a .*; got 0"):
            xk.zoo.train_classifier(Blocks(4), **{name: 0})
    with pytest.raises(ValueError, match="`device` must be"):
        xk.zoo.train_classifier(Blocks(4), device="gpu")
    with pytest.raises(AttributeError, match="Did you mean 'train_classifier'"):
        _ = xk.zoo.train_clasifier


def test_colors_of_a_joined_set_are_those_of_all_its_classes():
    pixels = np.concatenate([np.zeros((1500, 3, 4, 4), np.uint8), np.full((1500, 3, 4, 4), 255, np.uint8)])
    mean, std = color_statistics(pixels[::3])
    assert mean.tolist() == pytest.approx([0.5] * 3)
    assert std.tolist() == pytest.approx([0.5] * 3, abs=1e-3)


def test_every_picture_is_fed_once_an_epoch_where_batches_come_out_even():
    seen: list[int] = []

    def feed(chosen: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        seen.extend(chosen.tolist())
        return torch.from_numpy(pixels[chosen]).float() / 255, torch.from_numpy(pictures.labels[chosen])

    pixels = np.arange(12, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 16, 16), np.uint8)
    pictures = Pictures(pixels, np.arange(12) % 2, ("even", "odd"))
    model = NETWORKS["small"](2)
    schedule = Schedule(epochs=3, batch=4)
    fit(model, pictures, color_statistics(pixels), schedule, torch.device("cpu"), feed, progress=False)
    assert [sorted(seen[k : k + 12]) for k in (0, 12, 24)] == [list(range(12))] * 3
    assert seen[:12] != seen[12:24]


def test_unmirrored_augmentation_keeps_left_on_the_left():
    pixels = torch.zeros(40, 3, 64, 64, dtype=torch.uint8)
    pixels[:, :, :, 4:24] = 200
    mean = torch.tensor([0.4, 0.4, 0.4])
    for mirror, expected in ((False, 40), (True, 20)):
        fed = augmented(pixels, mean, np.random.default_rng(0), mirror)
        brighter = (fed[..., :32].mean((1, 2, 3)) > fed[..., 32:].mean((1, 2, 3))).sum()
        assert abs(int(brighter) - expected) <= (8 if mirror else 0)


# ---- trained once ----


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store."""
    monkeypatch.setenv("XAIKIT_CACHE", str(tmp_path / "fits"))
    return tmp_path / "fits"


def test_what_was_trained_before_is_found_and_is_the_same(folder, monkeypatch, capsys):
    first = xk.zoo.train_classifier(Blocks(32), **{**QUICK, "progress": True})
    with monkeypatch.context() as patch:
        patch.setattr(training, "fit", lambda *_: pytest.fail("it was trained again"))
        again = xk.zoo.train_classifier(Blocks(32), **{**QUICK, "progress": True})
    assert "was made before" in capsys.readouterr().out
    assert equal(first, again) and first.signature() == again.signature()
    assert again.input_size == 32 and not again.model.training


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 2},
        {"size": 40},
        {"rate": 1e-3},
        {"augment": True, "size": 64},
        {"seed": 1},
        {"cache": False},
    ],
)
def test_nothing_is_found_of_another_training(folder, monkeypatch, change):
    xk.zoo.train_classifier(Blocks(32), **QUICK)
    trained = []
    real = training.fit
    monkeypatch.setattr(training, "fit", lambda *given: trained.append(1) or real(*given))
    xk.zoo.train_classifier(Blocks(32), **{**QUICK, **change})
    xk.zoo.train_classifier(Blocks(34), **QUICK)
    assert len(trained) == 2


class Own(nn.Sequential):
    """A class whose description does not say all that it does."""


def test_of_classes_that_are_one_s_own_nothing_is_kept(folder):
    layers = [nn.Flatten(), nn.Linear(3 * 32 * 32, 2)]
    xk.zoo.train_classifier(Blocks(32), Own(*layers), **QUICK)
    assert not list(folder.glob("*.npz"))
    xk.zoo.train_classifier(Blocks(32), nn.Sequential(*layers), **QUICK)
    assert len(list(folder.glob("Training-*.npz"))) == 1


@pytest.mark.parametrize("change", ["gone", "form", "nan", "epochs"])
def test_a_file_of_another_network_is_as_good_as_none(folder, change):
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2))
    first = xk.zoo.train_classifier(Blocks(32), network, **QUICK)
    (path,) = folder.glob("*.npz")
    meta, arrays = read_archive(path, KIND, FORMAT)
    if change == "gone":
        del arrays["weights.1.bias"]
    elif change == "form":
        arrays["weights.1.bias"] = np.zeros(3, np.float32)
    elif change == "nan":
        arrays["mean"][0] = np.nan
    else:
        meta["epochs"] = "three"
    write_archive(path, KIND, FORMAT, {name: meta[name] for name in META}, arrays)
    with pytest.raises(xk.FileError):
        Training.load(path, first)
    again = xk.zoo.train_classifier(Blocks(32), network, **QUICK)
    assert equal(first, again)
    assert Training.load(path, first).epochs == QUICK["epochs"], "it was written anew"
