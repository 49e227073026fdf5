"""VRX on a network of photographs: does what it says foretell what the network does? Three seeds.

python benchmarks/photographs.py FOLDER CLASS CLASS … --weights FILE --names FILE

It adds to benchmarks/results/photographs.json. FOLDER is an ImageFolder whose folders are named as the
network's classes, or "<id>_<name>" where the file of names has a line "<id> <name>" for each class. A part of
each class's pictures is kept to ask on. *joint*: what the network loses without all regions of the picture's
class, as a share of what it loses without as many pixels where its Grad-CAM map is highest; *learned*: rank
correlation of the contributions with the measured effects, within a picture and pooled.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

import xaikit as xk
from xaikit import metrics
from xaikit.attribution.gradcam import cam_maps
from xaikit.vrx.effects import effects_of

RESULT = Path(__file__).parent / "results" / "photographs.json"
N_FIT = 30  # pictures of a class; a fifth of them is the fit's own held-out part


def names_of(file: Path, folders: list[str]) -> list[str]:
    """The network's classes, named as their folders are where there is one."""
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    by_id = {folder.split("_", 1)[0]: folder for folder in folders}
    names = [by_id.get(line.split(" ", 1)[0], line) for line in lines]
    return [name if names.count(name) == 1 else f"{name} {k}" for k, name in enumerate(names)]


def divided(data: Any, classes: list[str], seed: int) -> tuple[Any, Any]:
    """Pictures of the classes to fit on, and the others of them."""
    fit, asked = [], []
    rng = np.random.default_rng(seed)
    for cls in classes:
        own = rng.permutation(np.flatnonzero(np.asarray(data.labels) == data.class_names.index(cls)))
        fit += own[:N_FIT].tolist()
        asked += own[N_FIT:].tolist()
    return data.subset(fit), data.subset(asked)


def highest(network: Any, view: np.ndarray, target: int, n_pixels: int) -> np.ndarray:
    """The n pixels at which the Grad-CAM map of a class is highest, bool (S, S)."""
    layer = network.default_layer.name
    (batch,) = network.layer_batches(view[None], [layer], [target], [layer])
    cam = cam_maps(batch.features[layer], batch.gradients[layer], view.shape[:2])[0, 0]
    mask = np.zeros(cam.size, bool)
    mask[np.argsort(-cam, axis=None, kind="stable")[:n_pixels]] = True
    return mask.reshape(cam.shape)


def joint(network: Any, vrx: xk.VRX, exps: list[Any], labels: list[str]) -> tuple[float, float, float]:
    """What is lost without all regions, without the same area of Grad-CAM, and that area; means."""
    targets = [network.class_index(cls) for cls in vrx.classes]
    masks, used, columns = [], [], []
    for exp, label in zip(exps, labels, strict=True):
        regions = [node.mask for node in exp.graphs[label].nodes if node.mask is not None]
        if regions:
            every = np.any(regions, axis=0)
            rival = highest(network, exp.image, network.class_index(label), int(every.sum()))
            masks.append([every, rival])
            used.append(exp.image)
            columns.append(vrx.classes.index(label))
    logits = list(network.logits(np.stack(used))[:, targets])
    lost = effects_of(network, targets, used, logits, masks, vrx.fill)
    ours, theirs = np.mean([[own[0, i], own[1, i]] for own, i in zip(lost, columns, strict=True)], axis=0)
    return float(ours), float(theirs), float(np.mean([pair[0].mean() for pair in masks]))


def ranks(exps: list[Any]) -> tuple[float, float]:
    """Contributions and effects of a picture's nodes, within pictures of three nodes or more and pooled."""
    within, every = [], []
    for exp in exps:
        nodes = [node for graph in exp.graphs.values() for node in graph.nodes if node.effect is not None]
        pairs = np.array([(node.contribution, node.effect) for node in nodes]).reshape(-1, 2)
        every.append(pairs)
        if len(pairs) > 2 and np.ptp(pairs, axis=0).all():
            within.append(metrics.rank_correlation(*pairs.T))
    return float(np.mean(within)), metrics.rank_correlation(*np.concatenate(every).T)


def asked(network: Any, data: Any, classes: list[str], seed: int) -> dict[str, Any]:
    fit, unseen = divided(data, classes, seed)
    started = time.perf_counter()
    vrx = xk.VRX(classes, seed=seed).fit(network, fit, progress=False)
    seconds = time.perf_counter() - started
    exps = vrx.explain_many([sample.image for sample in unseen])
    students, networks = (
        np.array([list(getattr(exp, name).values()) for exp in exps])
        for name in ("student_probabilities", "probabilities")
    )
    lost, rival, area = joint(network, vrx, exps, [data.class_names[sample.label] for sample in unseen])
    within, pooled = ranks(exps)
    n_nodes = [sum(node.detected for graph in exp.graphs.values() for node in graph.nodes) for exp in exps]
    return {
        "segmentation": vrx.segmentation_,
        "pictures asked": len(exps),
        "learned ~ measured, within": within,
        "learned ~ measured, pooled": pooled,
        "agreement": metrics.agreement(students, networks),
        "mean L1": metrics.mean_l1(students, networks),
        "lost without all regions": lost,
        "lost without as much of Grad-CAM": rival,
        "joint": lost / rival,
        "area": area,
        "nodes of a picture": float(np.mean(n_nodes)),
        "seconds of the fit": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("classes", nargs="+")
    parser.add_argument("--network", default="torchvision/resnet18")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    told = parser.parse_args()
    data = xk.load_images(told.folder, split="all")
    names = names_of(told.names, list(data.class_names))
    network = xk.load_classifier(told.network, weights=told.weights, class_names=names)
    results = [asked(network, data, told.classes, seed) for seed in range(told.seeds)]
    for one in results:
        print({key: round(value, 3) if isinstance(value, float) else value for key, value in one.items()})
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    kept[told.network] = {"classes": told.classes, "seeds": results}
    RESULT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
