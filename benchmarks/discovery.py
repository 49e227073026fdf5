"""Concept discovery by pooling against crops, ACE's way: purity, agreement and time.

Built-in world: purity of the concepts found, and of k-means clusters of the same superpixels, with the part
that each superpixel shows as the truth. With --real FOLDER (models/resnet18.safetensors and photographs in
twenty/), where no truth is known, agreement and time alone.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

import xaikit as xk
from xaikit import metrics
from xaikit.core.errors import ImageError
from xaikit.data import Sample
from xaikit.vrx.candidates import PATCHES, Candidates

HERE = Path(__file__).parent
VEHICLES = ["fire engine", "ambulance", "school bus"]
PHOTOGRAPHED = ["n01983481_American_lobster", "n01985128_crayfish"]
N_CLUSTERS, N_NEAREST = 30, 20


class InMemory(list):
    """Pictures already drawn or read, so that discovery alone is timed."""

    def __init__(self, samples: Sequence[Sample], class_names: Sequence[str]) -> None:
        super().__init__(samples)
        self.class_names = list(class_names)
        self.labels = [sample.label for sample in samples]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=50, help="discovery pictures per class")
    parser.add_argument(
        "--compared", type=int, default=10, help="pictures per class whose clusters are compared"
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--real", type=Path, help="folder of real networks and photographs")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # few pictures give few concepts: here that is counted, not told
    classifier, data, classes = real(options) if options.real else built_in(options)
    report = {
        mode: measured(mode, classifier, data, classes, options.seeds, options.pictures) for mode in PATCHES
    }
    report["times_faster"] = round(report["crop"]["seconds"] / report["pool"]["seconds"], 1)
    report["times_faster_cpu"] = round(report["crop"]["cpu_seconds"] / report["pool"]["cpu_seconds"], 1)
    report["same_superpixels"] = compared(classifier, data, classes, options.compared)
    report |= {
        "setting": {
            "network": classifier.spec,
            "classes": classes,
            "pictures_per_class": options.pictures,
            "compared_per_class": options.compared,
            "seeds": options.seeds,
            "threads": torch.get_num_threads(),
        },
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    file = HERE / "results" / "discovery.json"
    every = json.loads(file.read_text()) if file.exists() else {}
    every["real" if options.real else "built-in"] = report
    text = json.dumps(every, indent=2) + "\n"
    file.write_text(text)
    print(text)


def built_in(options: argparse.Namespace) -> tuple[xk.Classifier, InMemory, list[str]]:
    data = xk.load_images("toyworld/vehicles", split="train", n=options.pictures * 6 * 5 // 4 + 12)
    return xk.load_classifier("toyworld/vehicles"), kept(data, VEHICLES), VEHICLES


def real(options: argparse.Namespace) -> tuple[xk.Classifier, InMemory, list[str]]:
    folder = options.real
    names = sorted(path.name for path in (folder / "thousand").iterdir())
    weights = folder / "models" / "resnet18.safetensors"
    classifier = xk.load_classifier("torchvision/resnet18", weights, class_names=names)
    return classifier, kept(xk.load_images(folder / "twenty", split="all"), PHOTOGRAPHED), PHOTOGRAPHED


def kept(data: xk.data.ImageSet, classes: Sequence[str]) -> InMemory:
    """The pictures of the classes, read once."""
    found = []
    for index, label in enumerate(data.labels):
        if data.class_names[label] in classes:
            try:
                sample = data[index]
                sample.image  # noqa: B018 -- read now
                found.append(sample)
            except ImageError:
                continue
    return InMemory(found, data.class_names)


def measured(
    mode: str, classifier: xk.Classifier, data: InMemory, classes: list[str], seeds: int, pictures: int
) -> dict[str, float]:
    """Seconds of discovery, and the purity of what is found."""
    wall, cpu, purity = [], [], []
    for seed in range(seeds):
        vrx = xk.VRX(
            classes,
            patches=mode,
            segmentation="superpixels",
            seed=seed,
            n_discovery=pictures,
            n_pictures=pictures * 5 // 4 + 2,
        )
        started, worked = time.perf_counter(), time.process_time()
        vrx.discover(classifier, data, progress=False)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
        sources = {sample.id: sample for sample in data}
        if all(sample.parts for sample in data):
            purity.append(
                metrics.purity(
                    [kind(mask, sources[s]) for mask, s in zip(c.masks, c.sources, strict=True)]
                    for own in vrx.concepts.values()
                    for c in own
                )
            )
    found = {"seconds": round(float(np.mean(wall)), 2), "cpu_seconds": round(float(np.mean(cpu)), 2)}
    return found | ({"purity": round(float(np.mean(purity)), 3)} if purity else {})


def kind(mask: np.ndarray, sample: Sample) -> str:
    """The kind of the part that a superpixel shows."""
    part = metrics.main_part(mask, sample.parts)
    return part if part not in sample.parts or sample.scene is None else sample.scene.kind(part)


def compared(classifier: xk.Classifier, data: InMemory, classes: list[str], n: int) -> dict[str, float]:
    """Clusters of the same superpixels by the features of either mode."""
    samples = [s for cls in classes for s in [s for s in data if data.class_names[s.label] == cls][:n]]
    own = [classes.index(data.class_names[sample.label]) for sample in samples]
    looks = {mode: look(mode, classifier, samples, classes) for mode in PATCHES}
    chosen = [one.of_class(i) for one, i in zip(looks["pool"], own, strict=True)]
    features = {
        mode: np.concatenate([a.features[k] for a, k in zip(looks[mode], chosen, strict=True)])
        for mode in PATCHES
    }
    clusters = {mode: [clustered(features[mode], seed) for seed in range(4)] for mode in PATCHES}
    report: dict[str, float] = {
        "superpixels": len(features["pool"]),
        "adjusted_rand_pool_crop": rand(clusters["pool"], clusters["crop"]),
        "adjusted_rand_pool_another_seed": rand(clusters["pool"][:-1], clusters["pool"][1:]),
        "adjusted_rand_crop_another_seed": rand(clusters["crop"][:-1], clusters["crop"][1:]),
    }
    if all(sample.parts for sample in samples):
        kinds = np.array(
            [
                kind(one.segments.mask(m), sample)
                for one, sample, k in zip(looks["pool"], samples, chosen, strict=True)
                for m in k
            ]
        )
        for mode in PATCHES:
            nearest = [members for run in clusters[mode] for members in middles(features[mode], run)]
            report[f"cluster_purity_{mode}"] = round(metrics.purity(kinds[m].tolist() for m in nearest), 3)
    return report


def look(
    mode: str, classifier: xk.Classifier, samples: Sequence[Sample], classes: list[str]
) -> list[Candidates]:
    return list(
        xk.VRX(classes, patches=mode, segmentation="superpixels").proposer(classifier)(
            [sample.image for sample in samples]
        )
    )


def clustered(features: np.ndarray, seed: int) -> np.ndarray:
    return KMeans(N_CLUSTERS, n_init=1, random_state=seed).fit_predict(features)


def rand(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    return round(float(np.mean([adjusted_rand_score(a, b) for a, b in zip(some, others, strict=True)])), 3)


def middles(features: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """The members of each cluster that are nearest to its mean."""
    found = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        far = np.linalg.norm(features[members] - features[members].mean(axis=0), axis=1)
        found.append(members[np.argsort(far)[:N_NEAREST]])
    return found


if __name__ == "__main__":
    main()
