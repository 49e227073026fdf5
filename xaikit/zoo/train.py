"""The recipe that made the networks of the zoo: `python -m xaikit.zoo.train vehicles`."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from xaikit.core.running import pick_device
from xaikit.data.toyworld import WORLDS
from xaikit.zoo import FOLDER, NAMES, About, write_metadata
from xaikit.zoo.augment import augmented
from xaikit.zoo.card import write_card
from xaikit.zoo.networks import SmallResNet
from xaikit.zoo.training import Colors, Pictures, Schedule, as_pictures, color_statistics, column, fit

SIZE = 128


@dataclass(frozen=True, kw_only=True)
class Recipe(Schedule):
    """Everything that decides what comes out."""

    world: str
    n_train: int = 6000
    n_test: int = 3000


def train(recipe: Recipe, pictures: Pictures, device: torch.device) -> tuple[nn.Module, Colors]:
    """A network, and the mean and standard deviation (3,) of the colours, 0..1, that it is fed by."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = SmallResNet(len(pictures.class_names))
    colors = color_statistics(pictures.pixels[:1000])
    fit(model, pictures, colors, recipe, device, augmented)
    return model, colors


@torch.inference_mode()
def predictions(model: nn.Module, pixels: np.ndarray, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Probabilities (n, n_classes) of uint8 pictures (n, 3, h, w), in float32 on the CPU."""
    logits = [
        model((part.float() / 255 - column(mean)) / column(std))
        for part in torch.from_numpy(pixels).split(100)
    ]
    return torch.cat(logits).softmax(1)


def halved(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights in 16 bits; counters stay as they are."""
    return {key: t.half() if t.is_floating_point() else t for key, t in model.state_dict().items()}


def main(arguments: list[str] | None = None) -> None:
    """Draw, train, measure, write the weights and the card."""
    parser = argparse.ArgumentParser(prog="python -m xaikit.zoo.train", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--pictures", type=int, default=Recipe.n_train, help="how many to train on")
    parser.add_argument("--tests", type=int, default=Recipe.n_test, help="how many to measure on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for weights/ and cards/")
    given = parser.parse_args(arguments)
    recipe = Recipe(
        world=given.name,
        seed=given.seed,
        epochs=given.epochs,
        n_train=given.pictures,
        n_test=given.tests,
    )
    draw = WORLDS[recipe.world]
    began = time.monotonic()
    pictures = as_pictures(draw("train", recipe.n_train, recipe.seed), SIZE)
    model, (mean, std) = train(recipe, pictures, pick_device(given.device))
    minutes = (time.monotonic() - began) / 60
    weights = halved(model)
    model.load_state_dict(weights)
    tests = as_pictures(draw("test", recipe.n_test, recipe.seed), SIZE)
    probabilities = predictions(model, tests.pixels, mean, std)
    right = probabilities.argmax(1).numpy() == tests.labels
    known = About(
        world=recipe.world,
        class_names=tests.class_names,
        input_size=tests.pixels.shape[-1],
        mean=tuple(round(c, 5) for c in mean.tolist()),
        std=tuple(round(c, 5) for c in std.tolist()),
        seed=recipe.seed,
        accuracy=round(float(right.mean()), 4),
        n_test=recipe.n_test,
    )
    for room in ("weights", "cards"):
        (given.out / room).mkdir(parents=True, exist_ok=True)
    save_file(weights, given.out / "weights" / f"{recipe.world}.safetensors", write_metadata(known))
    write_card(
        given.out / "cards" / f"{recipe.world}.md",
        known,
        recipe,
        tests.labels,
        probabilities.numpy(),
        minutes,
    )
    print(f"accuracy {known.accuracy:.4f} on {known.n_test} fresh pictures, {minutes:.0f} minutes")


if __name__ == "__main__":
    main()
