"""The recipes that made the networks of the zoo: `python -m xaikit.zoo.train vehicles`."""

from __future__ import annotations

import argparse
import hashlib
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from xaikit.core.files import replacing
from xaikit.core.running import pick_device
from xaikit.interpretable import FilterLoss
from xaikit.worlds import WORLDS
from xaikit.zoo import FOLDER, NAMES, SUMS, About, write_metadata
from xaikit.zoo.augment import augmented
from xaikit.zoo.card import card_of
from xaikit.zoo.kinds import of_kind
from xaikit.zoo.networks import BY_NAME
from xaikit.zoo.objectives import Objective, attributes, cross_entropy, with_filter_loss
from xaikit.zoo.parts import PartMixer, PartPictures, draw_parts
from xaikit.zoo.recipes import RECIPES, Recipe
from xaikit.zoo.training import (
    Colors,
    Pictures,
    as_pictures,
    color_statistics,
    column,
    feeding,
    fit,
)

FINISHING_RATE = 2e-3
N_SCALING = 600
"""Pictures, never trained on, by which logits are scaled."""


def train(recipe: Recipe, pictures: Pictures, device: torch.device) -> tuple[nn.Module, Colors]:
    """A network, and the mean and standard deviation (3,) of the colors, 0..1, that it is fed by."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = BY_NAME[recipe.network](len(pictures.class_names))
    colors = color_statistics(pictures.pixels[:1000])
    change = partial(
        augmented,
        mean=colors[0],
        reach=recipe.reach,
        blots=recipe.blots,
        recolored=recipe.recolored,
        fills=recipe.fills,
        strays=recipe.strays,
    )
    feed = feeding(pictures, change)
    if recipe.parts and isinstance(pictures, PartPictures):
        feed = PartMixer(pictures, recipe.parts).feeding(change)
    with ExitStack() as watching:
        fit(model, pictures, colors, recipe, device, feed, objective=objective_of(recipe, model, watching))
    if recipe.finish:
        finish(model, pictures, colors, recipe)
    return model, colors


def objective_of(recipe: Recipe, model: nn.Module, watching: ExitStack) -> Objective:
    """What a recipe makes small; a layer that it watches is left alone at the end of `watching`."""
    objective = (attributes if recipe.attributes else cross_entropy)(recipe.smoothing)
    if recipe.filters is None:
        return objective
    loss = watching.enter_context(FilterLoss(model.get_submodule("top"), recipe.filters.weight))
    return with_filter_loss(objective, loss, recipe.filters.since)


def pictures_of(recipe: Recipe, split: str, n: int) -> Pictures:
    """Pictures of a recipe's world, labelled as its network is to answer."""
    if recipe.kind:
        return of_kind(recipe.kind, split, n, recipe.seed, recipe.size)
    data = WORLDS[recipe.world](split, n, recipe.seed)
    return as_pictures(data, recipe.size, attributes=recipe.attributes)


def finish(model: nn.Module, pictures: Pictures, colors: Colors, recipe: Recipe) -> None:
    """Train the fully connected layers on, in place, by what `pool5` gives of the pictures as they are.

    It is quick, since convolutions run once, and makes a network surer that saw changed pictures only.
    """
    grids: list[torch.Tensor] = []
    hook = model.get_submodule("pool5").register_forward_hook(lambda _module, _given, out: grids.append(out))
    try:
        predictions(model, pictures.pixels, *colors)
    finally:
        hook.remove()
    given, labels = torch.cat(grids).clone(), torch.from_numpy(pictures.labels)
    code, head = (model.get_submodule(name) for name in ("fc1", "head"))
    last = nn.Sequential(code, model.get_submodule("dropout"), head).train()
    optimizer = torch.optim.AdamW(last.parameters(), lr=FINISHING_RATE, weight_decay=recipe.decay)
    steps = len(labels) // recipe.batch * recipe.finish
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, FINISHING_RATE, total_steps=max(1, steps))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        for _ in range(recipe.finish):
            for chosen in torch.randperm(len(labels)).split(recipe.batch)[: len(labels) // recipe.batch]:
                optimizer.zero_grad()
                nn.functional.cross_entropy(last(given[chosen]), labels[chosen]).backward()
                optimizer.step()
                cycle.step()
    model.zero_grad()
    model.eval()


def scale_logits(model: nn.Module, pixels: np.ndarray, colors: Colors, confidence: float) -> None:
    """Multiply the logits, in place, so that the median confidence for `pixels` (n, 3, h, w) is `confidence`.

    It is temperature scaling (Guo et al., 2017) towards a given median and changes no answer. Networks that
    were trained on labels of different softness have their margins on one scale after it.
    """
    logits = predictions(model, pixels, *colors).log()  # but for a constant of each picture
    low, high = 1e-4, 1e4
    for _ in range(60):
        scale = (low * high) ** 0.5
        too_low = float((scale * logits).softmax(1).max(1).values.median()) < confidence
        low, high = (scale, high) if too_low else (low, scale)
    last = [layer for layer in model.modules() if isinstance(layer, nn.Linear)][-1]
    with torch.no_grad():
        for weights in last.parameters():
            weights.mul_(scale)


@torch.inference_mode()
def predictions(
    model: nn.Module, pixels: np.ndarray, mean: torch.Tensor, std: torch.Tensor, apart: bool = False
) -> torch.Tensor:
    """Probabilities (n, n_classes) of uint8 pictures (n, 3, h, w), in float32 on the CPU.

    They add up to 1, but where each output is asked `apart`, as attributes are.
    """
    logits = [
        model((part.float() / 255 - column(mean)) / column(std))
        for part in torch.from_numpy(pixels).split(100)
    ]
    return torch.cat(logits).sigmoid() if apart else torch.cat(logits).softmax(1)


def halved(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights in 16 bits; counters stay as they are."""
    return {key: t.half() if t.is_floating_point() else t for key, t in model.state_dict().items()}


def main(arguments: list[str] | None = None) -> None:
    """Draw, train, measure, write the weights and the card."""
    parser = argparse.ArgumentParser(prog="python -m xaikit.zoo.train", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--epochs", type=int, help="the recipe's own where not given")
    parser.add_argument("--pictures", type=int, help="how many to train on")
    parser.add_argument("--tests", type=int, help="how many to measure on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for weights/ and cards/")
    given = parser.parse_args(arguments)
    wishes = {"epochs": given.epochs, "n_train": given.pictures, "n_test": given.tests, "seed": given.seed}
    recipe = replace(RECIPES[given.name], **{key: wish for key, wish in wishes.items() if wish is not None})
    began = time.monotonic()
    if recipe.parts:
        data = WORLDS[recipe.world]("train", recipe.n_train, recipe.seed)
        pictures: Pictures = draw_parts(data, recipe.seed)
    else:
        pictures = pictures_of(recipe, "train", recipe.n_train)
    model, (mean, std) = train(recipe, pictures, pick_device(given.device))
    if recipe.confidence:
        unseen = pictures_of(recipe, "val", min(recipe.n_train, N_SCALING))
        scale_logits(model, unseen.pixels, (mean, std), recipe.confidence)
    minutes = (time.monotonic() - began) / 60
    weights = halved(model)
    model.load_state_dict(weights)
    tests = pictures_of(recipe, "test", recipe.n_test)
    probabilities = predictions(model, tests.pixels, mean, std, bool(recipe.attributes)).numpy()
    accuracy, true_probability = measured(probabilities, tests.labels)
    known = About(
        world=recipe.world,
        class_names=tests.class_names,
        input_size=tests.pixels.shape[-1],
        mean=tuple(round(c, 5) for c in mean.tolist()),
        std=tuple(round(c, 5) for c in std.tolist()),
        seed=recipe.seed,
        accuracy=round(accuracy, 4),
        n_test=recipe.n_test,
        network=recipe.network,
        true_probability=round(true_probability, 4),
    )
    card = card_of(given.name, known, recipe, tests.labels, probabilities, minutes)
    keep(given.out, given.name, weights, known, card)
    print(f"accuracy {known.accuracy:.4f} on {known.n_test} fresh pictures, {minutes:.0f} minutes")


def measured(probabilities: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """The share of answers that are right, and the mean probability of the truth; of attributes, of all."""
    if labels.ndim == 2:
        of_truth = np.where(labels > 0, probabilities, 1 - probabilities)
        return float((of_truth > 0.5).mean()), float(of_truth.mean())
    of_truth = probabilities[np.arange(len(labels)), labels]
    return float((probabilities.argmax(1) == labels).mean()), float(of_truth.mean())


def keep(out: Path, name: str, weights: dict[str, torch.Tensor], known: About, card: str) -> None:
    """Write weights, card and the weights' checksum into folders in `out`, made where they are not there."""
    for room, ending, content in (
        ("weights", "safetensors", save(weights, write_metadata(known))),
        ("cards", "md", card.encode()),
    ):
        (out / room).mkdir(parents=True, exist_ok=True)
        with replacing(out / room / f"{name}.{ending}") as file:
            file.write(content)
    files = sorted((out / "weights").glob("*.safetensors"))
    with replacing(out / "weights" / SUMS) as file:
        for path in files:
            file.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n".encode())


if __name__ == "__main__":
    main()
