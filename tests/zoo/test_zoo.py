"""The shipped networks: they load, they are as good as their cards say, they can be made again."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from xaikit import zoo
from xaikit.core.errors import FileError
from xaikit.loading import load_images
from xaikit.worlds.things import HIERARCHY
from xaikit.zoo import train
from xaikit.zoo.augment import FILLS, augmented
from xaikit.zoo.card import wilson_interval
from xaikit.zoo.networks import SmallAlexNet, SmallResNet, SmallVGG, WiderResNet
from xaikit.zoo.training import Pictures, as_pictures

N_LOOKED_AT = {"vehicles": 240, "birds": 160, "rooms": 160, "faces": 60, "animals": 80}  # drawn slowly
LEAST_RIGHT = {"vehicles": 0.9, "things": 0.62, "birds": 0.9, "rooms": 0.78, "faces": 0.95, "animals": 0.84}


@cache
def drawn(world: str, n: int, seed: int, size: int) -> Pictures:
    """Pictures that none of the networks has seen, drawn once for all of a world."""
    return as_pictures(load_images(f"toyworld/{world}", "val", n=n, seed=seed), size, progress=False)


def unseen(name: str) -> Pictures:
    """The same, labelled as a network is to answer."""
    recipe = replace(train.RECIPES[name], seed=77)
    n = N_LOOKED_AT.get(recipe.world, 420)
    if recipe.kind or recipe.attributes:
        return train.pictures_of(recipe, "val", n)
    return drawn(recipe.world, n, recipe.seed, recipe.size)


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
    known = zoo.about(name)
    pictures = unseen(name)
    assert class_names == list(pictures.class_names)
    assert pictures.pixels.shape[1:] == (3, size, size)
    apart = pictures.labels.ndim == 2
    colors = torch.tensor(mean), torch.tensor(std)
    probabilities = train.predictions(model, pictures.pixels, *colors, apart)
    right, of_truth = train.measured(probabilities.numpy(), pictures.labels)
    assert right >= LEAST_RIGHT[known.world]
    assert right == pytest.approx(known.accuracy, abs=0.06), "of 0.97 80 pictures know about 0.02"
    assert of_truth == pytest.approx(known.true_probability or of_truth, abs=0.06)
    sure = torch.maximum(probabilities, 1 - probabilities) if apart else probabilities.max(1).values
    assert 0.6 < float(sure.median()) < 0.995, "confidences must not saturate"


@pytest.mark.parametrize("name", ["things", "things-alexnet"])
def test_every_thing_can_be_recognised_and_none_is_too_easy(name: str) -> None:
    model, class_names, _, mean, std = zoo.load(name)
    pictures = drawn("things", 12 * len(class_names), 5, 64)
    probabilities = train.predictions(model, pictures.pixels, torch.tensor(mean), torch.tensor(std)).numpy()
    rows = np.arange(len(pictures.labels))
    among_five = (np.argsort(-probabilities, axis=1)[:, :5] == pictures.labels[:, None]).any(1)
    for k, class_name in enumerate(class_names):
        assert among_five[pictures.labels == k].mean() >= 0.25, f"{class_name}: by chance it would be 0.05"
    right = probabilities.argmax(1) == pictures.labels
    tops = np.array(HIERARCHY.labels(class_names))[pictures.labels]
    for top in ("living things", "artifacts", "others"):
        assert 0.55 < right[tops == top].mean() < 0.97, top
    of_truth = float(probabilities[rows, pictures.labels].mean())
    assert 0.5 < of_truth < 0.85, "there is room left for what raises it"
    assert of_truth == pytest.approx(zoo.about(name).true_probability, abs=0.05)


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
    shipped = list((zoo.FOLDER / "weights").glob("*.safetensors"))
    assert {path.stem for path in shipped} == set(zoo.names())
    assert sum(path.stat().st_size for path in shipped) < 25e6
    assert all(path.stat().st_size < 5e6 for path in shipped)


def test_weights_that_were_changed_are_no_longer_those_that_ship(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(zoo.FOLDER / "weights", tmp_path / "weights")
    monkeypatch.setattr(zoo, "FOLDER", tmp_path)
    zoo.load("vehicles")
    with open(tmp_path / "weights" / "vehicles.safetensors", "r+b") as file:
        file.seek(-3, 2)
        file.write(b"\x7f")  # one number of one weight: a file that can be read
    for ask in (zoo.load, zoo.about):
        with pytest.raises(FileError, match=r"are not those that ship.*Install xaikit again"):
            ask("vehicles")
    zoo.load("things")


@pytest.mark.parametrize(("network", "most"), [(SmallResNet, 170e6), (WiderResNet, 290e6)])
def test_the_network_is_small_and_ends_in_a_grid(network: type, most: float) -> None:
    model = network(6)
    assert [name for name, _ in model.named_children()] == ["stem", "stage1", "stage2", "stage3", "head"]
    assert sum(p.numel() for p in model.parameters()) <= 0.6e6
    assert multiply_adds(model, 128) <= most
    seen: list[torch.Size] = []
    model.stage3.register_forward_hook(lambda _module, _given, out: seen.append(out.shape))
    assert model(torch.zeros(2, 3, 128, 128)).shape == (2, 6)
    assert seen[0][2:] == (16, 16)


@pytest.mark.parametrize("network", [SmallVGG, SmallAlexNet])
def test_networks_with_fully_connected_layers_end_in_a_grid_and_a_code(network: type) -> None:
    model = network(7, code=50).eval()
    seen: dict[str, torch.Tensor] = {}
    for name in ("pool5", "fc1"):
        model.get_submodule(name).register_forward_hook(
            lambda _module, _given, out, name=name: seen.update({name: out})
        )
    with torch.inference_mode():
        logits = model(torch.rand(3, 3, 64, 64))
    assert logits.shape == (3, 7)
    assert seen["pool5"].shape[2:] == (4, 4)
    assert seen["fc1"].shape == (3, 50)
    for out in seen.values():
        assert (out >= 0).all() and (out == 0).any() and (out > 0).any(), "it has been through a ReLU"
    with torch.no_grad():
        assert torch.allclose(model.head(seen["fc1"]), logits), "the head stands on the code alone"
    assert multiply_adds(network(105), 64) <= 30e6


@pytest.mark.parametrize("network", [SmallVGG, SmallAlexNet])
def test_larger_pictures_are_met_by_a_larger_network(network: type) -> None:
    assert network(4, size=96).eval()(torch.zeros(1, 3, 96, 96)).shape == (1, 4)


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"\['vehicles'.*\].*Did you mean 'vehicles'"):
        zoo.load("vehicels")


def test_missing_weights_say_how_to_make_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"python -m xaikit\.zoo\.train vehicles"):
        zoo.load("vehicles")


def test_the_recipe_runs_and_repeats_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = torch.get_rng_state()
    monkeypatch.setitem(train.RECIPES, "vehicles", replace(train.RECIPES["vehicles"], batch=8))
    for run in ("once", "again"):
        wishes = ["--epochs", "1", "--pictures", "16", "--tests", "12", "--device", "cpu"]
        train.main(["vehicles", *wishes, "--out", str(tmp_path / run)])
    made = [load_file(tmp_path / run / "weights" / "vehicles.safetensors") for run in ("once", "again")]
    assert made[0].keys() == made[1].keys()
    assert all(torch.equal(made[0][key], made[1][key]) for key in made[0])
    assert torch.equal(state, torch.get_rng_state()), "the global generator is left alone"
    monkeypatch.setattr(zoo, "FOLDER", tmp_path / "once")
    model, class_names, *_ = zoo.load("vehicles")
    assert model(torch.zeros(1, 3, 128, 128)).shape == (1, len(class_names))


def test_the_recipe_of_things_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = ["--epochs", "1", "--pictures", "64", "--tests", "24", "--device", "cpu", "--seed", "3"]
    train.main(["things-alexnet", *wishes, "--out", str(tmp_path)])
    monkeypatch.setattr(zoo, "FOLDER", tmp_path)
    known = zoo.about("things-alexnet")
    assert (known.world, known.network, known.input_size, known.n_test) == ("things", "SmallAlexNet", 64, 24)
    assert 0 < known.true_probability < 0.2
    assert type(zoo.load("things-alexnet")[0]) is SmallAlexNet
    card = (tmp_path / "cards" / "things-alexnet.md").read_text(encoding="utf-8")
    assert card.startswith("# things-alexnet\n")
    assert f"| probability of the true class | mean {known.true_probability:.3f} |" in card


@pytest.mark.parametrize("confidence", [0.7, 0.95])
def test_logits_are_scaled_to_a_median_confidence_and_no_answer_changes(confidence: float) -> None:
    torch.manual_seed(0)
    model = SmallResNet(6).eval()
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (9, 3, 1, 1), dtype=np.uint8).repeat(64, 2).repeat(64, 3)
    colors = torch.full((3,), 0.5), torch.full((3,), 0.2)
    before = train.predictions(model, pixels, *colors)
    train.scale_logits(model, pixels, colors, confidence)
    after = train.predictions(model, pixels, *colors)
    assert float(after.max(1).values.median()) == pytest.approx(confidence, abs=1e-3)
    assert torch.equal(before.argmax(1), after.argmax(1))


def test_every_network_has_a_recipe() -> None:
    assert tuple(train.RECIPES) == zoo.NAMES


def test_recolored_pictures_have_the_same_channels_in_another_order_or_are_grey() -> None:
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (60, 3, 16, 16), dtype=np.uint8))
    plain, mixed = (
        augmented(
            pixels,
            torch.zeros(3),
            np.random.default_rng(1),
            mirror=False,
            reach=1,
            blots=None,
            recolored=share,
        )
        for share in (0.0, 1.0)
    )
    assert plain.shape == mixed.shape
    grey = (mixed.amax(1) - mixed.amin(1)).amax((1, 2)) < 1e-4
    assert 0.3 < grey.float().mean() < 0.7
    assert not ((plain.amax(1) - plain.amin(1)).amax((1, 2)) < 1e-4).any()


def test_no_blots_where_none_are_wanted() -> None:
    pixels = torch.full((40, 3, 32, 32), 200, dtype=torch.uint8)
    fed = augmented(pixels, torch.zeros(3), np.random.default_rng(0), reach=2, blots=None)
    assert fed.min() > 0.4


@pytest.mark.parametrize("fill", FILLS)
def test_nothing_of_what_a_blot_covers_is_left(fill: str) -> None:
    box = torch.full((3, 12, 20), 0.5)
    box[:, 1:-1, 1:-1] = torch.rand(3, 10, 18)
    other = box.clone()
    other[:, 1:-1, 1:-1] = 0.9
    mean = torch.tensor([0.1, 0.2, 0.3])
    filled, again = (FILLS[fill](b, mean, np.random.default_rng(0)) for b in (box, other))
    assert filled.shape == box.shape
    assert torch.equal(filled, again)
    if fill == "rim":
        assert torch.allclose(filled, torch.full_like(box, 0.5))


def test_strays_are_pieces_of_other_pictures() -> None:
    pixels = torch.arange(0, 240, 24, dtype=torch.uint8)[:, None, None, None].expand(-1, 3, 60, 60)
    jitter = {"mean": torch.zeros(3), "blots": None, "reach": 1}
    plain = augmented(pixels, rng=np.random.default_rng(2), **jitter)
    assert (plain.amax((1, 2, 3)) - plain.amin((1, 2, 3)) < 1e-6).all()
    strayed = augmented(pixels, rng=np.random.default_rng(2), strays=1.0, **jitter)
    foreign = (strayed != plain).any(1)
    assert 0.6 < foreign.any(2).any(1).float().mean(), "some pieces may come from the picture itself"
    assert foreign.float().mean() < 3 / 36
    assert torch.isin(strayed, plain).all()


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
