"""Time of semantic guided backprop against plain guided backprop, and of that against Captum's.

Random weights: the time does not depend on them. Two methods at a time are asked about the same pictures in
turn, each as often first as second, for what ran before is felt. The mask is one per picture, on all units of
the last layer with places, half of them kept. Captum is given a copy of the network whose ReLUs do not work
in place, as it asks for, and pictures that are prepared already. Processor time is told too, which a busy
machine disturbs less, and "again": the plain method against itself, which is noise.
"""

from __future__ import annotations

import argparse
import copy
import warnings
from collections.abc import Callable
from typing import Any

import captum
import numpy as np
import torch
import torchvision
from captum.attr import GuidedBackprop
from measuring import record, spent

import xaikit as xk
from xaikit.attribution import guided_backprop

NETWORKS = {"resnet18": ("layer4", 30), "vgg16": ("features.30", 8)}  # the mask's layer, rounds
N_PICTURES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    warnings.simplefilter("ignore")
    report: dict[str, Any] = {}
    for name, (layer, n_rounds) in NETWORKS.items():
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None).eval()
        classifier = xk.Classifier(model, [f"class {k}" for k in range(1000)], device=device)
        report[name] = ratios(classifier, layer, n_rounds)
    record("saliency", report | {"pictures": N_PICTURES, "captum": captum.__version__}, device)


def ratios(classifier: xk.Classifier, layer: str, n_rounds: int) -> dict[str, float]:
    """Medians over the rounds of the ratio of two neighbouring measurements, and the lowest times."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (N_PICTURES, 224, 224, 3)).astype(np.uint8)
    classes = list(range(N_PICTURES))
    keep = {layer: rng.random((N_PICTURES, *classifier.layer(layer).shape)) > 0.5}
    theirs = GuidedBackprop(out_of_place(classifier.model))
    inputs = classifier.inputs(pictures).requires_grad_()
    targets = torch.tensor(classes, device=classifier.device)
    methods: dict[str, Callable[[], Any]] = {
        "semantic": lambda: guided_backprop(classifier, pictures, classes, keep=keep),
        "plain": lambda: guided_backprop(classifier, pictures, classes),
        "again": lambda: guided_backprop(classifier, pictures, classes),
        "captum": lambda: theirs.attribute(inputs, targets),
    }
    report: dict[str, float] = {"rounds": n_rounds}
    for one, other in (("semantic", "plain"), ("again", "plain"), ("plain", "captum")):
        times = side_by_side(methods[one], methods[other], n_rounds)
        wall, cpu = np.median(times[0] / times[1], axis=0)
        lowest, other_lowest = times[:, :, 0].min(1)
        report |= {
            f"{one}_to_{other}": round(wall, 3),
            f"{one}_to_{other}_of_lowest": round(lowest / other_lowest, 3),
            f"{one}_to_{other}_of_processor_time": round(cpu, 3),
            f"{one}_lowest_s": round(lowest, 3),
        }
    return report


def side_by_side(one: Callable[[], Any], other: Callable[[], Any], n_rounds: int) -> np.ndarray:
    """Times (2, n_rounds, 2) of both, on the clock and of the processor, taking turns in going first."""
    one()
    other()
    rounds = []
    for number in range(n_rounds):
        spans = [spent(work) for work in ((one, other) if number % 2 else (other, one))]
        rounds.append(spans if number % 2 else spans[::-1])
    return np.array(rounds).transpose(1, 0, 2)


def out_of_place(model: torch.nn.Module) -> torch.nn.Module:
    twin = copy.deepcopy(model).requires_grad_(False)
    for module in twin.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    return twin


if __name__ == "__main__":
    main()
