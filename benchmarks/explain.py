"""Time of `VRX.explain` of one picture against the bare forward pass of the network it needs.

Random weights but for the built-in network: the time does not depend on them. The VRX has three classes of
four concepts, as after a fit. Both are timed alternately. Every region costs a pass of its own, since its
effect is measured.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import torch
import torchvision
from measuring import record, spent

import xaikit as xk
from xaikit.vrx.concept import Concept, node_feature
from xaikit.vrx.grn import GraphReasoningNetwork

ROUNDS = 15
N_CLASSES, N_CONCEPTS = 3, 4
NETWORKS: dict[str, dict[str, Any]] = {
    "resnet18": {},
    "googlenet": {"aux_logits": True, "init_weights": False},
    "resnet50": {},
    "vgg16": {},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    warnings.simplefilter("ignore")
    report: dict[str, Any] = {"built-in": ratio(xk.load_classifier("toyworld/vehicles", device=device))}
    for name, arguments in NETWORKS.items():
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None, **arguments).eval()
        report[name] = ratio(xk.Classifier(model, [f"class {k}" for k in range(1000)], device=device))
    record("explain", report | {"rounds": ROUNDS}, device)


def ratio(classifier: xk.Classifier) -> dict[str, float]:
    """Medians of the ratios of neighbouring measurements, and the lowest times."""
    picture = noise(classifier.input_size)
    vrx = explainer(classifier, picture)
    batch = classifier.inputs(picture[None])

    def bare() -> None:
        with torch.inference_mode():
            classifier.model(batch)

    pairs = [(spent(lambda: vrx.explain(picture)), spent(bare)) for _ in range(ROUNDS + 1)][1:]
    ours, theirs = (np.array(each) for each in zip(*pairs, strict=True))  # (rounds, 2)
    wall, cpu = (np.median(ours / theirs, axis=0)).round(2).tolist()
    lowest, bare_lowest = ours[:, 0].min(), theirs[:, 0].min()
    masks = (node.mask for graph in vrx.explain(picture).graphs.values() for node in graph.nodes)
    return {
        "regions": len({mask.tobytes() for mask in masks if mask is not None}),
        "ratio_median": wall,
        "ratio_of_lowest": round(lowest / bare_lowest, 2),
        "ratio_of_processor_time": cpu,
        "explain_lowest_ms": round(1000 * lowest, 1),
        "forward_lowest_ms": round(1000 * bare_lowest, 1),
    }


def noise(size: int) -> np.ndarray:
    """Colored blocks with noise on them."""
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 256, (8, 8, 3)).repeat(-(-size // 8), 0).repeat(-(-size // 8), 1)[:size, :size]
    return np.clip(blocks + rng.integers(-20, 21, blocks.shape), 0, 255).astype(np.uint8)


def explainer(classifier: xk.Classifier, picture: np.ndarray) -> xk.VRX:
    """A VRX as it is after a fit, its concepts some superpixels of the picture."""
    classes = classifier.class_names[:N_CLASSES]
    vrx = xk.VRX(classes, n_concepts=N_CONCEPTS, tau=None, segmentation="superpixels")
    (look,) = vrx.proposer(classifier)([picture])
    vrx.concepts = {
        cls: [concept(look, cls, k, N_CONCEPTS * i + k) for k in range(N_CONCEPTS)]
        for i, cls in enumerate(classes)
    }
    width = look.evidence.shape[1] + 1
    vrx.grn_ = GraphReasoningNetwork(N_CLASSES, N_CONCEPTS, width).requires_grad_(False)
    vrx.classifier_, vrx.held_out_, vrx.names_, vrx.usual_ = classifier, {}, {}, {}
    vrx.dictionaries_ = dict.fromkeys(classes)
    vrx.tau = type(vrx)(classes).tau
    return vrx


def concept(look: Any, cls: str, k: int, segment: int) -> Concept:
    return Concept(
        cls=cls,
        index=k,
        patches=[np.full((9, 9, 4), 255, np.uint8)] * 20,
        boxes=np.zeros((20, 2), int),
        sources=["picture"] * 20,
        evidence=np.stack([node_feature(look, np.array([segment]))] * 20),
        distances=np.zeros(20),
        contributions=np.zeros(20, np.float32),
        mean_feature=look.features[segment],
        threshold=0.5,
        score=1.0,
        p_value=0.0,
        sensitivity=1.0,
        picture_size=look.view.shape[:2],
    )


if __name__ == "__main__":
    main()
