"""A small world for the widgets' tests: pictures of colored shapes, and a "network" that counts colors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from xaikit.core.images import cut

CONCEPTS = {
    "fire engine": {
        "body": (200, 30, 30),
        "ladder": (150, 150, 160),
        "wheel": (30, 30, 35),
        "lamp": (250, 140, 20),
    },
    "ambulance": {
        "box": (245, 245, 240),
        "cross": (230, 60, 120),
        "light": (40, 110, 240),
        "stripe": (255, 90, 40),
    },
    "school bus": {
        "coach": (250, 200, 30),
        "sign": (150, 20, 60),
        "window": (120, 200, 230),
        "band": (70, 60, 20),
    },
}
CLASSES = list(CONCEPTS)
GRASS = (120, 160, 90)
LAYOUT = [(0.5, 0.5, 0.34, 0.16), (0.5, 0.26, 0.28, 0.05), (0.26, 0.74, 0.09, 0.09), (0.84, 0.34, 0.07, 0.07)]


def draw(parts: dict[str, str | None], side: int = 128, seed: int = 0) -> np.ndarray:
    """Draw a picture; `parts` gives for each of the four places the class whose part is there, or None."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 6, (side, side, 3))
    picture = Image.fromarray(np.clip(np.array(GRASS) + noise, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for place, (k, cls) in zip(LAYOUT, enumerate(parts.values()), strict=True):
        if cls is None:
            continue
        shift = rng.uniform(-0.02, 0.02, 2)
        x, y, w, h = place
        box = [
            (x + shift[0] - w) * side,
            (y + shift[1] - h) * side,
            (x + shift[0] + w) * side,
            (y + shift[1] + h) * side,
        ]
        color = list(CONCEPTS[cls].values())[k]
        if k in (2, 3):
            pen.ellipse(box, fill=color)
        else:
            pen.rectangle(box, fill=color)
    return np.asarray(picture)


def whole(cls: str, side: int = 128, seed: int = 0) -> np.ndarray:
    return draw(dict.fromkeys("abcd", cls), side, seed)


def mask_of(picture: np.ndarray, cls: str, k: int) -> np.ndarray:
    red, green, blue = (
        np.abs(picture[..., c].astype(np.int16) - level) < 14
        for c, level in enumerate(list(CONCEPTS[cls].values())[k])
    )
    return red & green & blue


def _areas(picture: np.ndarray) -> dict[str, np.ndarray]:
    size = picture.shape[0] * picture.shape[1]
    usual = np.array([4 * w * h for _, _, w, h in LAYOUT])
    return {
        cls: np.minimum([mask_of(picture, cls, k).sum() / size for k in range(4)] / usual, 1.2)
        for cls in CLASSES
    }


def predict(picture: np.ndarray) -> dict[str, float]:
    logits = np.array([float(area.sum()) for area in _areas(picture).values()])
    powers = np.exp(2 * (logits - logits.max()))
    return dict(zip(CLASSES, (powers / powers.sum()).tolist(), strict=True))


def explain(picture: np.ndarray, placed: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What a GRN says, and what was measured; a concept that was placed is where it was placed last."""
    chances, areas = predict(picture), _areas(picture)
    top = max(chances, key=chances.__getitem__)
    known = {(one["cls"], one["concept"]): one["mask"] for one in placed}
    graphs = [_graph(picture, cls, areas[cls], chances[cls], top, known) for cls in CLASSES]
    return {
        "student": {cls: 0.9 * p + 0.1 / 3 for cls, p in chances.items()},
        "graphs": graphs,
        "prediction": top,
    }


def explain_plainly(picture: np.ndarray) -> dict[str, Any]:
    """As methods that measure nothing and know no names say it: only the fields that have to be there."""
    said = explain(picture)
    needed = ("name", "x", "y", "contribution", "detected", "mask")
    for graph in said["graphs"]:
        graph["nodes"] = [{key: node[key] for key in needed} for node in graph["nodes"]]
        graph["edges"] = [
            {key: edge[key] for key in ("source", "target", "contribution")} for edge in graph["edges"]
        ]
    return said


PANDA = {"name": "giant panda", "probability": 0.34}


def predict_all(picture: np.ndarray) -> dict[str, Any]:
    """The network knows a class more, whose answer it gives where nothing of the others is to be seen."""
    chances = predict(picture)
    best = max(chances, key=chances.__getitem__)
    own = {"name": best, "probability": chances[best]} if chances[best] > 0.6 else PANDA
    return {"probabilities": chances, "answer": own}


def _graph(
    picture: np.ndarray,
    cls: str,
    areas: np.ndarray,
    chance: float,
    top: str,
    known: dict[tuple[str, int], np.ndarray],
) -> dict[str, Any]:
    nodes = [_node(picture, cls, k, float(areas[k]), known.get((cls, k))) for k in range(4)]
    edges = [
        {
            "source": j, "target": i,
            "contribution": float(0.4 * areas[j] * areas[i] - 0.15 + 0.05 * (j - i)),
            "effect": float(0.3 * areas[j] * areas[i]) if j < i else None,
        }
        for j in range(4) for i in range(4) if i != j
    ]  # fmt: skip
    versus = {"nodes": [0.3 - n["contribution"] for n in nodes], "edges": [-e["contribution"] for e in edges]}
    return {
        "name": cls, "network": chance, "student": 0.9 * chance + 0.1 / 3, "nodes": nodes, "edges": edges,
        "why": f"Why {cls}? Because concepts 1 and 2 speak for it.",
        "why_not": f"Why not {cls}? Its concepts are not in the picture.",
        "versus": versus | {"sentence": f"Why not {cls}? Its concepts speak for {top}."},
    }  # fmt: skip


def _node(picture: np.ndarray, cls: str, k: int, area: float, known: np.ndarray | None) -> dict[str, Any]:
    """Concepts of fire engines have names; for the others some are suggested."""
    side, part = picture.shape[0], list(CONCEPTS[cls])[k]
    mask = mask_of(picture, cls, k) if known is None else known
    found = bool(mask.sum() > 12)
    ys, xs = np.nonzero(mask) if found else (np.array([LAYOUT[k][1] * side]), np.array([LAYOUT[k][0] * side]))
    named = cls == "fire engine"
    return {
        "name": str(k + 1), "label": part if named else "",
        "suggested": None if named else {"name": part, "share": 0.83},
        "x": float(xs.mean() / side), "y": float(ys.mean() / side),
        "contribution": float(area * 1.5 - 0.6), "effect": float(0.9 * area - 0.2 * k) if found else None,
        "detected": found, "mask": mask if found else None, "distance": 1.1 if found else 3.4,
        "threshold": 2.0,
        "missing": "" if found else "the most similar region is 1.7 times as far in features as allowed",
        "examples": contexts(cls, k, side), "cutouts": [patch["image"] for patch in patches(cls, k, side)],
        "heat": heat_of(picture, cls, k),
    }  # fmt: skip


def heat_of(picture: np.ndarray, cls: str, k: int) -> np.ndarray:
    """How much each sixteenth of the picture has the concept's color, 0 to 255."""
    step = picture.shape[0] // 16
    shares = mask_of(picture, cls, k)[: 16 * step, : 16 * step].reshape(16, step, 16, step).mean((1, 3))
    return np.rint(255 * shares).astype(np.uint8)


_patches: dict[tuple[str, int, int], list[dict[str, Any]]] = {}


_contexts: dict[tuple[str, int, int], list[np.ndarray]] = {}


def contexts(cls: str, k: int, side: int = 128, n: int = 6) -> list[np.ndarray]:
    """The pictures from which the patches of a concept come, the concept outlined in white."""
    if (cls, k, side) not in _contexts:
        shown = []
        for seed in range(100, 100 + n):
            picture = whole(cls, side, seed).copy()
            mask = mask_of(picture, cls, k)
            inner = (
                mask & np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1)
            )
            picture[mask & ~inner] = 255
            shown.append(picture)
        _contexts[cls, k, side] = shown
    return _contexts[cls, k, side]


def patches(cls: str, k: int, side: int = 128, n: int = 6) -> list[dict[str, Any]]:
    """Patches of a concept from other pictures of its class, the same arrays every time."""
    if (cls, k, side) not in _patches:
        pictures = [whole(cls, side, seed) for seed in range(100, 100 + n)]
        _patches[cls, k, side] = [
            {
                "image": cut(p, mask_of(p, cls, k)),
                "good": i < n // 2,
                "score": 0.8 - 0.3 * i,
                "source": f"{cls}/{i}",
                "context": contexts(cls, k, side)[i],
            }
            for i, p in enumerate(pictures)
        ]
    return _patches[cls, k, side]


def trays(side: int = 128) -> list[dict[str, Any]]:
    return [
        {
            "cls": cls,
            "concept": k,
            "name": str(k + 1),
            "label": part if cls == "fire engine" else "",
            "suggested": None if cls == "fire engine" else {"name": part, "share": 0.83},
            "patches": patches(cls, k, side),
        }
        for cls in CLASSES
        for k, part in enumerate(CONCEPTS[cls])
    ]


def muddled(side: int = 128, seed: int = 1) -> np.ndarray:
    """A fire engine whose body is an ambulance's."""
    return draw({"a": "ambulance", "b": "fire engine", "c": "ambulance", "d": "fire engine"}, side, seed)


def mistaken(true: str, predicted: str, side: int = 128, seed: int = 0) -> np.ndarray:
    """A picture of class `true` that the "network" takes for `predicted`, whose body and window it has."""
    return draw({"a": predicted, "b": true, "c": predicted, "d": None}, side, seed)


CONFUSION = np.array([[30, 6, 0], [1, 28, 0], [2, 0, 31]])
PAIRS = {
    ("fire engine", "ambulance"): {
        "kind": "confused concepts",
        "advice": "Add fire engines with pale bodies: concept 1 is taken for that of ambulance.",
        "evidence": [
            {"text": "In 5 of 6 pictures, concept 1 of ambulance lies where that of fire engine should be."},
            {"text": "With concept 1 replaced by a good patch, 6 of 6 are answered rightly."},
        ],
    },
    ("ambulance", "fire engine"): {"kind": "false alarm", "advice": "Look at the picture.", "evidence": []},
}


def pictures_of_cells(side: int = 128) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Pictures for some cells of `CONFUSION`: two confusions, and three right answers."""
    cells = {(CLASSES[0], CLASSES[1]): 6, (CLASSES[1], CLASSES[0]): 1, (CLASSES[0], CLASSES[0]): 3}
    return {
        (true, predicted): [
            {"image": picture, "id": f"{true}/{seed}", "probability": predict(picture)[predicted]}
            for seed in range(n)
            for picture in [
                whole(true, side, seed) if true == predicted else mistaken(true, predicted, side, seed)
            ]
        ]
        for (true, predicted), n in cells.items()
    }


def explain_confusion(true: str, predicted: str, number: int, side: int = 128) -> dict[str, Any]:
    picture = pictures_of_cells(side)[true, predicted][number]["image"]
    graphs = {graph["name"]: graph for graph in explain(picture)["graphs"]}
    if true == predicted:
        return {"views": [graphs[true]], "cause": "", "repair": None}
    mended = draw({"a": true, "b": true, "c": true, "d": None}, side, number)
    return {
        "views": [graphs[true], graphs[predicted]],
        "cause": f"Concept 1 of {true} is not found: where it should be lies concept 1 of {predicted}.",
        "where": picture[::-1],
        "repair": {
            "text": f"Replace concepts 1 and 3 with those of {true}.",
            "before": picture,
            "after": mended,
            "probabilities_before": predict(picture),
            "probabilities_after": predict(mended),
        },
    }
