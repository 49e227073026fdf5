"""Excitation backprop: its time, where it points, and whether the network needs the places that it names.

time      contrastive, from picture to picture, against one forward and backward pass of ResNet-18 (random
          weights: time does not depend on them), and against zennit's composite, in one run, taking turns
points    of pictures with two things of toyworld: maps asked of the smaller, whose maximum lies in its box
masks     ``--real FOLDER``: photographs of twenty classes and networks of ImageNet. The tenth of the picture
          with the highest values is filled in, and the network is asked again: what its logit of the class
          loses, less its mean over classes. Beside it the same region put elsewhere, and the middle
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from measuring import record, spent
from scipy.ndimage import uniform_filter
from zennit.composites import ExcitationBackprop
from zennit.torchvision import ResNetCanonizer

import xaikit as xk
from xaikit.attribution import excitation_backprop, gradcam, gradient_x_input, guided_backprop
from xaikit.attribution.excitation import winning_probabilities
from xaikit.core.images import erase

N_ROUNDS, N_PICTURES, N_PAIRS, PER_CLASS = 15, 8, 400, 8
SHARE = 0.1  # of the picture that is filled in
REAL = ("resnet18", "mobilenet_v2", "squeezenet1_0")
METHODS: dict[str, Callable[..., Any]] = {
    "c-MWP, picture": excitation_backprop,
    "c-MWP, middle layer": excitation_backprop,
    "MWP, picture": partial(excitation_backprop, contrastive=False),
    "Grad-CAM": gradcam,
    "guided backprop": guided_backprop,
    "gradient x input": gradient_x_input,
}
MIDDLE = {
    "resnet18": "layer2",
    "mobilenet_v2": "features.6",
    "squeezenet1_0": "features.5",
    "things": "stage3",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--real", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    report: dict[str, Any] = {"time": times(given.device), "points": pointing(given.device)}
    if given.real:
        report["masks"] = {name: masking(given.real, name, given.device) for name in REAL}
    record("excitation", report, given.device)


def times(device: str) -> dict[str, float]:
    """The lowest of several rounds in turn, in seconds, and their ratios."""
    torch.manual_seed(0)
    model, twin = (torchvision.models.resnet18(weights=None).eval().to(device) for _ in range(2))
    classifier = xk.Classifier(model, [f"class {k}" for k in range(1000)], device=device)
    inputs = torch.rand(N_PICTURES, 3, 224, 224, device=device) * 2 - 1
    composite = ExcitationBackprop(canonizers=[ResNetCanonizer()])

    def bare() -> None:
        model(inputs.clone().requires_grad_())[:, 0].sum().backward()

    def ours(n_units: int = 1) -> None:
        rows = np.arange(n_units)[None].repeat(N_PICTURES, 0)
        winning_probabilities(classifier, inputs, lambda _: rows, contrastive=True)

    def zennit() -> None:
        with composite.context(twin) as changed:
            changed(inputs.clone().requires_grad_())[:, 0].sum().backward()

    work = {"bare": bare, "c-MWP": ours, "c-MWP of five units": partial(ours, 5), "zennit": zennit}
    rounds = [{name: spent(one)[0] for name, one in work.items()} for _ in range(N_ROUNDS + 1)][1:]
    lowest = {name: min(one[name] for one in rounds) for name in work}
    return {
        "bare_s": round(lowest["bare"], 4),
        **{f"{name}_to_bare": round(lowest[name] / lowest["bare"], 3) for name in work if name != "bare"},
    }


def asked(name: str, method: str, *arguments: Any) -> np.ndarray:
    """Maps of a method, of its middle layer where it is asked there."""
    layer = {"layer": MIDDLE[name]} if "middle" in method else {}
    return METHODS[method](*arguments, **layer).values


def pointing(device: str) -> dict[str, float]:
    """The share of maxima that lie in the box of the thing asked for."""
    classifier = xk.load_classifier("toyworld/things", device=device)
    pairs = xk.load_images("toyworld/pairs", split="test", n=N_PAIRS)
    images, boxes = [one.image for one in pairs], [one.box for one in pairs]
    names = [pairs.class_names[one.label] for one in pairs]
    maps = {method: asked("things", method, classifier, images, names) for method in METHODS}
    hits = {method: xk.metrics.pointing_hits(one, boxes, [0.0]) for method, one in maps.items()}
    hits |= xk.metrics.pointing_baselines(maps["guided backprop"], boxes, [0.0])
    return {method: round(float(found.mean()), 3) for method, found in hits.items()} | {"pictures": N_PAIRS}


def masking(folder: Path, name: str, device: str) -> dict[str, float]:
    """What the class's logit loses, mean over pictures that the network gets right."""
    names = xk.load_images(folder / "thousand", split="all").class_names
    weights = folder / "models" / f"{name}.safetensors"
    classifier = xk.load_classifier(f"torchvision/{name}", weights, class_names=names, device=device)
    data = xk.load_images(folder / "twenty", split="all")
    some = [one for cls in data.class_names for one in data.of_class(cls).subset(range(PER_CLASS))]
    views = np.stack([classifier.view(one.image) for one in some])
    truth = [data.class_names[one.label] for one in some]
    right = np.array(classifier.predict(views)) == truth
    views, truth = views[right], [one for one, fine in zip(truth, right, strict=True) if fine]
    masks = {method: highest(asked(name, method, classifier, views, truth)) for method in METHODS}
    rng = np.random.default_rng(0)
    masks["c-MWP, put elsewhere"] = [
        np.roll(mask, rng.integers(0, 224, 2), (0, 1)) for mask in masks["c-MWP, middle layer"]
    ]
    masks["middle"] = [middle(view.shape[:2]) for view in views]
    index = [classifier.class_index(cls) for cls in truth]
    before = centered(classifier, views, index)
    lost = {}
    for method, own in masks.items():
        filled = [
            erase(view, mask, "blur", fill_color=classifier.mean_color)
            for view, mask in zip(views, own, strict=True)
        ]
        lost[method] = round(float((before - centered(classifier, np.stack(filled), index)).mean()), 3)
    return lost | {"pictures": len(views)}


def highest(maps: np.ndarray) -> list[np.ndarray]:
    """The tenth of each picture where a map, smoothed, is highest."""
    smooth = [uniform_filter(np.abs(one), 15) for one in maps]
    return [one >= np.quantile(one, 1 - SHARE) for one in smooth]


def middle(shape: tuple[int, int]) -> np.ndarray:
    """A square in the middle as large."""
    mask = np.zeros(shape, bool)
    (y, x), half = (side // 2 for side in shape), round(np.sqrt(SHARE) * min(shape) / 2)
    mask[y - half : y + half, x - half : x + half] = True
    return mask


def centered(classifier: xk.Classifier, views: np.ndarray, index: list[int]) -> np.ndarray:
    logits = classifier.logits(views, as_view=True)
    return logits[np.arange(len(index)), index] - logits.mean(1)


if __name__ == "__main__":
    main()
