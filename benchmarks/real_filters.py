"""The filter loss in the last convolutions of SqueezeNet, on photographs: do its filters become parts?

python benchmarks/real_filters.py FOLDER --weights SQUEEZENET --judge RESNET18 --names FILE

FOLDER is an ImageFolder, its folders named as for `photographs.py`. From its eighth module on SqueezeNet is
trained a few minutes on three quarters of the photographs, with the filter loss and without, and asked about
the others:

right    share of answers, among the folders' classes
focus    share of a filter's map within a quarter of the grid from its highest place
class    share of a filter's strongest photographs, ten, that are of one class
alike    mean correlation of what another network, ResNet-18, sees at the filter's highest place in these ten,
         beside that at places by lot in them, and at their centre: the masks of parts are not known here

Means over the filters that answer at all.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measuring import record
from photographs import names_of
from torch.nn import functional as F

import xaikit as xk
from xaikit.interpretable import FilterLoss
from xaikit.interpretable.templates import part_templates

BEFORE, LAYER = "features.8", "features.12"
EPOCHS, BATCH, RATE = 8, 40, 1e-3
WEIGHTS = (0.0, 0.01, 0.03, 0.1)
N_STRONGEST = 10
JUDGED = "layer3"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name in ("--weights", "--judge", "--names"):
        parser.add_argument(name, type=Path, required=True)
    given = parser.parse_args()
    data = xk.load_images(str(given.folder), split="all").kept()
    names = names_of(given.names, data.class_names)
    network, judge = (
        xk.load_classifier(f"torchvision/{which}", weights=str(file), class_names=names, device="cpu")
        for which, file in (("squeezenet1_0", given.weights), ("resnet18", given.judge))
    )
    held = np.random.default_rng(0).random(len(data)) < 0.25
    learned, new = (data.subset(np.flatnonzero(one).tolist()) for one in (~held, held))
    seen = before(network, learned)
    sights = centred(judge.features([one.image for one in new], JUDGED))
    report: dict[str, Any] = {"photographs": [len(learned), len(new)], "before": asked(network, new, sights)}
    start = {name: own.clone() for name, own in network.model.state_dict().items()}
    for weight in WEIGHTS:
        network.model.load_state_dict(start)
        began = time.perf_counter()
        train(network, *seen, weight)
        name = f"trained with {weight} of the filter loss" if weight else "trained without filter loss"
        report[name] = asked(network, new, sights) | {"seconds": round(time.perf_counter() - began)}
        record("real_filters.squeezenet1_0", report)


def before(network: xk.Classifier, data: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What enters the part that is trained, of photographs and their mirror images; labels; columns."""
    columns = torch.tensor([network.class_index(name) for name in data.class_names])
    views = np.concatenate(list(network.views([one.image for one in data])))
    maps = [
        torch.from_numpy(network.features(own, BEFORE, as_view=True)).half()
        for own in (views, views[:, :, ::-1])
    ]
    labels = torch.from_numpy(np.asarray(data.labels))
    return torch.cat(maps), torch.cat([labels, labels]), columns


def train(
    network: xk.Classifier, seen: torch.Tensor, labels: torch.Tensor, columns: torch.Tensor, weight: float
) -> None:
    torch.manual_seed(0)
    number = int(BEFORE.split(".")[1]) + 1
    body, head = network.model.features[number:], network.model.classifier
    trained = [*body.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(trained, RATE, weight_decay=1e-4)
    n_steps = EPOCHS * (len(labels) // BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, n_steps)
    network.model.requires_grad_(True)
    with FilterLoss(network.model.get_submodule(LAYER), weight or 1.0) as filters, torch.enable_grad():
        for _ in range(EPOCHS):
            for some in torch.randperm(len(labels))[: n_steps // EPOCHS * BATCH].split(BATCH):
                logits = head(body(seen[some].float())).flatten(1)[:, columns]
                loss = F.cross_entropy(logits, labels[some], label_smoothing=0.05)
                if weight:
                    loss = loss + filters(labels[some])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                cycle.step()
    network.model.requires_grad_(False).eval()


def asked(network: xk.Classifier, new: Any, sights: np.ndarray) -> dict[str, float]:
    """What is said at the head of this file."""
    pictures, labels = [one.image for one in new], np.asarray(new.labels)
    columns = [network.class_index(name) for name in new.class_names]
    right = (network.logits(pictures)[:, columns].argmax(1) == labels).mean()
    maps = np.maximum(network.features(pictures, LAYER), 0)
    flat = maps.reshape(*maps.shape[:2], -1)
    places, peaks = flat.argmax(2), flat.max(2)
    near = part_templates(*maps.shape[2:]).numpy() > 0
    rng, told = np.random.default_rng(0), []
    for k in np.flatnonzero((peaks > 0).sum(0) >= N_STRONGEST):
        top = np.argsort(-peaks[:, k], kind="stable")[:N_STRONGEST]
        own, at = flat[top, k], places[top, k]
        by_lot, centre = rng.integers(0, flat.shape[2], N_STRONGEST), np.full(N_STRONGEST, flat.shape[2] // 2)
        told.append(
            [
                ((own * near[at]).sum(1) / own.sum(1)).mean(),
                np.bincount(labels[top]).max() / N_STRONGEST,
                *(alike(sights[top], one, maps.shape[2:]) for one in (at, by_lot, centre)),
            ]
        )
    called = ["focus", "class", "alike", "alike, places by lot", "alike, the centre"]
    means = dict(zip(called, np.mean(told, 0).round(3).tolist(), strict=True))
    return {"right": round(float(right), 3), "filters that answer": len(told)} | means


def centred(sights: np.ndarray) -> np.ndarray:
    """What is seen at each place, (n, h, w, c), less its mean over all, of length 1."""
    rows = sights.transpose(0, 2, 3, 1)
    rows = rows - rows.mean((0, 1, 2))
    return rows / np.linalg.norm(rows, axis=3, keepdims=True)


def alike(sights: np.ndarray, at: np.ndarray, grid: tuple[int, int]) -> float:
    """Mean cosine of what is seen at a place of each picture with that of each other."""
    h, w = sights.shape[1:3]
    rows, columns = ((at // grid[1] + 0.5) / grid[0] * h), ((at % grid[1] + 0.5) / grid[1] * w)
    seen = sights[np.arange(len(at)), rows.astype(int), columns.astype(int)]
    products = seen @ seen.T
    return float((products.sum() - np.trace(products)) / (len(at) * (len(at) - 1)))


if __name__ == "__main__":
    main()
