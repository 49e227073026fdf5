"""Time of semantic guided backprop against plain guided backprop, and of that against Captum's.

Random weights: the time does not depend on them. Every method is asked about the same pictures, in an order
drawn anew for every round, for what ran before is felt. The mask is one per picture, on all units of the last
layer with places, half of them kept. Captum is given a copy of the network whose ReLUs do not work in place,
as it asks for, and pictures that are prepared already; ours fits and normalises them in its time. Processor
time is told too: a busy machine disturbs it less.
"""

from __future__ import annotations

import copy
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import captum
import numpy as np
import torch
import torchvision
from captum.attr import GuidedBackprop

import xaikit as xk
from xaikit.attribution import guided_backprop

HERE = Path(__file__).parent
NETWORKS = {"resnet18": ("layer4", 40), "vgg16": ("features.30", 10)}  # the mask's layer, rounds
N_PICTURES = 2


def main() -> None:
    warnings.simplefilter("ignore")
    report: dict[str, Any] = {}
    for name, (layer, n_rounds) in NETWORKS.items():
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None).eval()
        classifier = xk.Classifier(model, [f"class {k}" for k in range(1000)], device="cpu")
        report[name] = ratios(classifier, layer, n_rounds)
    report |= {
        "pictures": N_PICTURES,
        "captum": captum.__version__,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    text = json.dumps(report, indent=2) + "\n"
    (HERE / "results" / "saliency.json").write_text(text)
    print(text)


def ratios(classifier: xk.Classifier, layer: str, n_rounds: int) -> dict[str, float]:
    """Medians over the rounds of the ratio of two neighbouring measurements, and each one's lowest time."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (N_PICTURES, 224, 224, 3)).astype(np.uint8)
    classes = list(range(N_PICTURES))
    keep = {layer: rng.random((N_PICTURES, *classifier.layer(layer).shape)) > 0.5}
    theirs = GuidedBackprop(out_of_place(classifier.model))
    inputs, targets = classifier._normalised(pictures).requires_grad_(), torch.tensor(classes)
    methods: dict[str, Callable[[], Any]] = {
        "semantic": lambda: guided_backprop(classifier, pictures, classes, keep=keep),
        "plain": lambda: guided_backprop(classifier, pictures, classes),
        "captum": lambda: theirs.attribute(inputs, targets),
    }
    rounds = [[spent(method) for method in methods.values()] for _ in range(n_rounds + 1)][1:]
    times = dict(
        zip(methods, np.array(rounds).transpose(1, 2, 0), strict=True)
    )  # each (wall and cpu, rounds)
    report: dict[str, float] = {"rounds": n_rounds}
    for one, other in (("semantic", "plain"), ("plain", "captum")):
        wall, cpu = np.median(times[one] / times[other], axis=1)
        report |= {
            f"{one}_to_{other}": round(wall, 3),
            f"{one}_to_{other}_of_lowest": round(times[one][0].min() / times[other][0].min(), 3),
            f"{one}_to_{other}_of_processor_time": round(cpu, 3),
        }
    return report | {f"{name}_lowest_s": round(both[0].min(), 3) for name, both in times.items()}


def out_of_place(model: torch.nn.Module) -> torch.nn.Module:
    twin = copy.deepcopy(model).requires_grad_(False)
    for module in twin.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    return twin


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked


if __name__ == "__main__":
    main()
