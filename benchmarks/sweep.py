"""Semantic vectors, which are one sweep, against bare forward passes over the same pictures: time and memory.

Both are timed alternately, with every unit of a layer that is on above zero. (By quantile, 500 pictures are
looked at once more, whatever the number of pictures.) Memory is the peak of a process of its own, over
pictures made as they are needed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from measuring import record, spent

import xaikit as xk
from xaikit.data import ImageSet, Sample

ROUNDS = 5
N_PICTURES = {"things": 4_000, "resnet18": 320}
N_CONCEPTS = 20
N_MEMORY = (1_000, 20_000)


class Blocks(ImageSet):
    """Blocks of color, made from the picture's number in no time."""

    def __init__(self, n: int, side: int, n_classes: int) -> None:
        super().__init__([f"class {k}" for k in range(n_classes)], np.arange(n) % n_classes)
        self._colors = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), np.uint8)
        self._times = side // 8

    def _read(self, index: int) -> Sample:
        image = self._colors[index % 64].repeat(self._times, 0).repeat(self._times, 1)
        return Sample(image, int(self.labels[index]), str(index))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, help="print this process's peak over so many pictures")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    if options.memory:
        print(peak_megabytes(options.memory, options.device))
        return
    warnings.simplefilter("ignore")
    networks = {"things": things(options.device), "resnet18": resnet18(options.device)}
    report: dict[str, Any] = {name: times(one, N_PICTURES[name]) for name, one in networks.items()}
    peaks = {n: measured_apart(n, options.device) for n in N_MEMORY}
    few, many = peaks.values()
    report |= {
        "peak_mb": peaks,
        "peak_ratio": round(many / few, 3),
        "rounds": ROUNDS,
    }
    record("sweep", report, options.device)


def things(device: str) -> xk.Classifier:
    return xk.load_classifier("toyworld/things", device=device)


def resnet18(device: str) -> xk.Classifier:
    """Random weights: the time does not depend on them."""
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None).eval()
    return xk.Classifier(model, [f"class {k}" for k in range(1000)], device=device)


def times(classifier: xk.Classifier, n: int) -> dict[str, float]:
    """Medians of the ratios of neighbouring measurements, and the lowest times."""
    data = Blocks(n, classifier.input_size, N_CONCEPTS)

    def ours() -> None:
        xk.SemanticVectors(pooling="none", binarize="zero").fit(classifier, data, progress=False, cache=False)

    pairs = [(spent(ours), spent(lambda: classifier.logits(data))) for _ in range(ROUNDS + 1)][1:]
    fitted, bare = (np.array(each) for each in zip(*pairs, strict=True))  # (rounds, 2)
    wall, cpu = np.median(fitted / bare, axis=0).round(3).tolist()
    return {
        "ratio_median": wall,
        "ratio_of_lowest": round(float(fitted[:, 0].min() / bare[:, 0].min()), 3),
        "ratio_of_processor_time": cpu,
        "fit_lowest_s": round(float(fitted[:, 0].min()), 3),
        "logits_lowest_s": round(float(bare[:, 0].min()), 3),
        "pictures": n,
    }


def measured_apart(n: int, device: str) -> float:
    command = [sys.executable, __file__, "--memory", str(n), "--device", device]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_megabytes(n: int, device: str) -> float:
    """A small network, so that 20,000 pictures are done in seconds."""
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(3, 32, 8, 8), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(2048, 10)]
    names = [f"class {k}" for k in range(10)]
    classifier = xk.Classifier(torch.nn.Sequential(*layers).eval(), names, 64, device=device)
    sevec = xk.SemanticVectors(layer="1", pooling="none", binarize="zero")
    sevec.fit(classifier, Blocks(n, 64, 10), progress=False, cache=False)
    status = Path("/proc/self/status").read_text()  # unlike getrusage it knows nothing of the parent
    return round(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024, 1)  # type: ignore[index]


if __name__ == "__main__":
    main()
