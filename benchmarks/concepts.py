"""Are concepts things? Ways to find them, where the truth is known: purity, IoU, names, effect; three seeds.

python benchmarks/concepts.py            # writes benchmarks/results/concepts.json
python benchmarks/concepts.py --seeds 1  # quicker

Concepts are found in 60 pictures of each class and judged on 30 others; no picture served to choose a
setting. Six concepts a class. *named*: the share that a person could name
(:func:`xaikit.metrics.part_match`); *kinds*: different named parts of a class; *joint*: what the network
loses without all regions, as a share of what it loses without the whole object.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

import numpy as np
from measuring import record

import xaikit as xk
from xaikit import metrics
from xaikit.vrx.effects import effects_of

CLASSES = ["fire engine", "ambulance", "school bus"]
N_CONCEPTS, N_FIND, N_JUDGE = 6, 60, 30
FIRST_SEED = 40  # seeds below were looked at while settings were chosen
WAYS: dict[str, dict[str, Any]] = {
    "superpixels, k-means, TCAV (as published, pooled)": {
        "segmentation": "superpixels",
        "min_inside": 0.7,
        "resolutions": (15, 50, 80),
        "n_clusters": 25,
    },
    "union of even leaves": {"segmentation": "union"},
    "merge tree": {"segmentation": "tree"},
}


def pictures(split: str, n: int, seed: int) -> Any:
    data = xk.load_images("toyworld/vehicles", split=split, n=6 * n, seed=seed)
    wanted = [data.class_names.index(cls) for cls in CLASSES]
    return data.subset(np.flatnonzero(np.isin(data.labels, wanted)))


def kinds_of(sample: Any) -> dict[str, np.ndarray]:
    """{kind: where any part of that kind is seen}."""
    kinds: dict[str, np.ndarray] = {}
    for name, mask in sample.parts.items():
        kind = sample.scene.kind(name)
        kinds[kind] = kinds[kind] | mask if kind in kinds else mask
    return kinds


def judge(network: Any, vrx: xk.VRX, samples: list[Any]) -> dict[str, float]:
    """The scores of the concepts of all classes, on pictures of each class."""
    matches, kinds, effects, lost, whole = [], [], [], 0.0, 0.0
    targets = [network.class_index(cls) for cls in CLASSES]
    for i, cls in enumerate(CLASSES):
        own = [sample for sample in samples if network.class_names[sample.label] == cls]
        looks = list(vrx.proposer(network)([sample.image for sample in own]))
        found = [vrx.regions(look)[cls] for look in looks]
        named = set()
        for k in range(len(vrx.concepts[cls])):
            seen = [(masks[k], kinds_of(s)) for masks, s in zip(found, own, strict=True) if k in masks]
            if len(seen) > 1:
                match = metrics.part_match(*zip(*seen, strict=True))
                matches.append(match)
                named |= {match.kind} if match.named else set()
        kinds.append(len(named))
        every = [[*m.values(), np.any([*m.values()], axis=0)] if m else [] for m in found]
        objects = [[np.any(list(sample.parts.values()), axis=0)] for sample in own]
        for masks, is_whole in ((every, False), (objects, True)):
            views, logits = [look.view for look in looks], [look.logits for look in looks]
            for one in effects_of(network, targets, views, logits, masks, "inpaint"):
                if is_whole:
                    whole += float(one[:, i].sum())
                elif len(one):
                    effects += one[:-1, i].tolist()
                    lost += float(one[-1, i])
    means = {name: float(np.mean([asdict(m)[name] for m in matches])) for name in ("purity", "iou", "named")}
    return {**means, "kinds": float(np.mean(kinds)), "joint": lost / whole, "effect": float(np.mean(effects))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    n_seeds = parser.parse_args().seeds
    network = xk.load_classifier("toyworld/vehicles")
    results: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    for seed in range(FIRST_SEED, FIRST_SEED + n_seeds):
        find, unseen = pictures("train", N_FIND * 5 // 4, seed), list(pictures("test", N_JUDGE, seed))
        for name, way in WAYS.items():
            started = time.perf_counter()
            vrx = xk.VRX(CLASSES, N_CONCEPTS, seed=seed, n_pictures=100, n_discovery=N_FIND, **way)
            vrx.discover(network, find, progress=False)
            seconds = time.perf_counter() - started
            results[name].append(judge(network, vrx, unseen) | {"seconds": seconds})
            print(seed, name, {k: round(v, 2) for k, v in results[name][-1].items()}, flush=True)
    summary = {
        name: {
            key: {"mean": float(np.mean([one[key] for one in own])), "seeds": [one[key] for one in own]}
            for key in own[0]
        }
        for name, own in results.items()
    }
    record("concepts", summary)


if __name__ == "__main__":
    main()
