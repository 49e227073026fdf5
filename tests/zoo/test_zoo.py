"""The shipped networks: they load, they are as good as their cards say, they can be made again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from xaikit import zoo
from xaikit.data import load_images
from xaikit.zoo import train
from xaikit.zoo.augment import augmented
from xaikit.zoo.card import wilson_interval
from xaikit.zoo.networks import SmallResNet


def multiply_adds(model: torch.nn.Module, size: int) -> int:
    """Of one picture through the convolutions and linear layers."""
    counted: list[int] = []

    def count(module: torch.nn.Module, _: tuple, out: torch.Tensor) -> None:
        places = out[0, 0].numel() if out.dim() == 4 else 1
        counted.append(places * module.weight.numel())

    layers = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.inference_mode():
        model.eval()(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return sum(counted)


@pytest.mark.parametrize("name", zoo.names())
def test_weights_load_and_the_network_is_as_good_as_its_card_says(name: str) -> None:
    model, class_names, size, mean, std = zoo.load(name)
    assert not model.training
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    data = load_images(f"toyworld/{name}", "val", n=300, seed=77)
    assert class_names == data.class_names
    pixels = np.stack([sample.image for sample in data])
    assert pixels.shape[1:] == (size, size, 3)
    probabilities = train.predictions(
        model, pixels.transpose(0, 3, 1, 2), torch.tensor(mean), torch.tensor(std)
    )
    right = (probabilities.argmax(1).numpy() == data.labels).mean()
    claimed = zoo.about(name).accuracy
    assert right >= 0.9
    assert right == pytest.approx(claimed, abs=0.04), "300 pictures are good for about 0.02"
    assert 0.6 < float(probabilities.max(1).values.median()) < 0.99, "confidences must not saturate"


@pytest.mark.parametrize("name", zoo.names())
def test_the_card_says_what_the_weights_say(name: str) -> None:
    card = (zoo.FOLDER / "cards" / f"{name}.md").read_text(encoding="utf-8")
    known = zoo.about(name)
    claimed = re.search(r"\| accuracy \| ([\d.]+)% of (\d+) fresh pictures", card)
    assert claimed, "the card states the accuracy"
    assert float(claimed[1]) == pytest.approx(100 * known.accuracy, abs=0.005)
    assert int(claimed[2]) == known.n_test >= 3000
    assert f"| seed | {known.seed} |" in card
    for class_name in known.class_names:
        assert f"| {class_name} |" in card


def test_the_zoo_is_small() -> None:
    shipped = list((zoo.FOLDER / "weights").iterdir())
    assert {path.stem for path in shipped} == set(zoo.names())
    assert sum(path.stat().st_size for path in shipped) < 25e6


def test_the_network_is_small_and_ends_in_a_grid() -> None:
    model = SmallResNet(6)
    assert [name for name, _ in model.named_children()] == ["stem", "stage1", "stage2", "stage3", "head"]
    assert sum(p.numel() for p in model.parameters()) <= 1.2e6
    assert multiply_adds(model, 128) <= 170e6
    seen: list[torch.Size] = []
    model.stage3.register_forward_hook(lambda _module, _given, out: seen.append(out.shape))
    assert model(torch.zeros(2, 3, 128, 128)).shape == (2, 6)
    assert seen[0][2:] == (16, 16)


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"\['vehicles'\].*Did you mean 'vehicles'"):
        zoo.load("vehicels")


def test_missing_weights_say_how_to_make_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"python -m xaikit\.zoo\.train vehicles"):
        zoo.load("vehicles")


def test_the_recipe_runs_and_repeats_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = torch.get_rng_state()
    for run in ("once", "again"):
        wishes = ["--epochs", "1", "--pictures", "64", "--tests", "12", "--device", "cpu"]
        train.main(["vehicles", *wishes, "--out", str(tmp_path / run)])
    made = [load_file(tmp_path / run / "weights" / "vehicles.safetensors") for run in ("once", "again")]
    assert made[0].keys() == made[1].keys()
    assert all(torch.equal(made[0][key], made[1][key]) for key in made[0])
    assert torch.equal(state, torch.get_rng_state()), "the global generator is left alone"
    monkeypatch.setattr(zoo, "FOLDER", tmp_path / "once")
    model, class_names, *_ = zoo.load("vehicles")
    assert model(torch.zeros(1, 3, 128, 128)).shape == (1, len(class_names))


def test_augmented_pictures_keep_form_and_range() -> None:
    rng = np.random.default_rng(0)
    pixels = torch.from_numpy(rng.integers(0, 256, (8, 3, 64, 64), dtype=np.uint8))
    before = pixels.clone()
    mean = torch.tensor([0.5, 0.25, 0.125])
    fed = augmented(pixels, mean, rng)
    assert fed.shape == pixels.shape
    assert fed.dtype == torch.float32
    assert 0 <= fed.min() and fed.max() <= 1
    assert torch.equal(pixels, before)
    blotted = (fed == mean[:, None, None]).all(dim=1).float().mean(dim=(1, 2))
    assert (blotted > 0.01).any() and (blotted == 0).any()


def test_wilson_interval_by_hand() -> None:
    # (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) for p = 0.5, n = 4, z² = 3.8414588
    low, high = wilson_interval(2, 4)
    assert low == pytest.approx(0.15004, abs=1e-5)
    assert high == pytest.approx(0.84996, abs=1e-5)
    assert wilson_interval(10, 10)[1] == pytest.approx(1.0)
