"""The recipe that made the networks of the zoo: `python -m xaikit.zoo.train vehicles`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from tqdm.auto import tqdm

from xaikit.zoo import FOLDER, NAMES, About, write_metadata
from xaikit.zoo.augment import augmented
from xaikit.zoo.card import write_card
from xaikit.zoo.drawing import Pictures, draw
from xaikit.zoo.networks import SmallResNet


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out.

    AdamW under a one-cycle schedule with peak rate `rate`; `smoothing` keeps the confidences off 0 and 1.
    """

    world: str
    seed: int = 0
    epochs: int = 12
    n_train: int = 6000
    n_test: int = 3000
    batch: int = 64
    rate: float = 4e-3
    decay: float = 0.05
    smoothing: float = 0.1


def train(recipe: Recipe, pictures: Pictures, device: str) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A network, and the mean and standard deviation (3,) of the colours, 0..1, that it is fed by."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = SmallResNet(len(pictures.class_names))
    model = model.to(memory_format=torch.channels_last).to(device).train()
    mean, std = _color_statistics(pictures.pixels)
    optimizer = torch.optim.AdamW(model.parameters(), recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * (len(pictures.labels) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, steps, pct_start=0.25)
    loss_of = nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
    progress = tqdm(_batches(recipe, pictures), "training", steps, unit="batch")
    for pixels, labels, rng in progress:
        fed = augmented(pixels, mean, rng)
        fed = ((fed - _column(mean)) / _column(std)).to(device, memory_format=torch.channels_last)
        with torch.autocast(device.split(":")[0], torch.bfloat16):
            loss = loss_of(model(fed).float(), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    return model.to("cpu").to(memory_format=torch.contiguous_format).eval(), mean, std


def _batches(
    recipe: Recipe, pictures: Pictures
) -> Iterator[tuple[torch.Tensor, torch.Tensor, np.random.Generator]]:
    rng = np.random.default_rng(recipe.seed)
    n = len(pictures.labels)
    for _ in range(recipe.epochs):
        order = rng.permutation(n)
        for start in range(0, n - recipe.batch + 1, recipe.batch):
            chosen = order[start : start + recipe.batch]
            yield torch.from_numpy(pictures.pixels[chosen]), torch.from_numpy(pictures.labels[chosen]), rng


def _color_statistics(pixels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    some = torch.from_numpy(pixels[:1000]).double() / 255
    return some.mean((0, 2, 3)).float(), some.std((0, 2, 3)).float()


def _column(color: torch.Tensor) -> torch.Tensor:
    return color[:, None, None]


@torch.inference_mode()
def predictions(model: nn.Module, pixels: np.ndarray, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Probabilities (n, n_classes) of uint8 pictures (n, 3, h, w), in float32 on the CPU."""
    logits = [
        model((part.float() / 255 - _column(mean)) / _column(std))
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
    recipe = Recipe(given.name, given.seed, given.epochs, given.pictures, given.tests)
    device = given.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    began = time.monotonic()
    pictures = draw(recipe.world, "train", recipe.n_train, recipe.seed)
    model, mean, std = train(recipe, pictures, device)
    minutes = (time.monotonic() - began) / 60
    weights = halved(model)
    model.load_state_dict(weights)
    tests = draw(recipe.world, "test", recipe.n_test, recipe.seed)
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
