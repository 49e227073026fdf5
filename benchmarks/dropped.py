"""What lesson 00 promises, counted: its ladder dragged off, a red cross dropped on the vehicle's side.

python benchmarks/dropped.py            # writes benchmarks/results/dropped.json

*turned*: the network's answer is ambulance with the ladder put down at random places off the vehicle, and
anywhere; *found*: a cross dropped on the side is found as itself, within 0.06 of the picture's side of where
it was put.
"""

from __future__ import annotations

import numpy as np
from measuring import record

import xaikit as xk

LESSON, CLASSES = 258, ["fire engine", "ambulance", "school bus"]
N_PLACES, N_DROPS, NEAR = 200, 100, 0.06


def places(mask: np.ndarray, n: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Middles of n random pixels of a mask, (x, y) in shares of the picture."""
    ys, xs = np.nonzero(mask)
    chosen = rng.choice(len(xs), n, replace=len(xs) < n)
    return [((xs[k] + 0.5) / mask.shape[1], (ys[k] + 0.5) / mask.shape[0]) for k in chosen]


def main() -> None:
    network = xk.load_classifier("toyworld/vehicles")
    vrx = xk.VRX(CLASSES, n_pictures=60)
    vrx.fit(network, xk.load_images("toyworld/vehicles", split="train", n=360), progress=False)
    picture = xk.load_images("toyworld/vehicles", split="test", n=360)[LESSON]
    answer, board = vrx.explain(picture), vrx.board(picture)
    strongest, cross = (
        max((n for n in answer.graphs[cls].nodes if n.detected), key=lambda node: node.effect).index
        for cls in CLASSES[:2]
    )
    vehicle = np.any(list(picture.parts.values()), axis=0)
    inner = np.zeros_like(vehicle)
    inner[8:-8, 8:-8] = True
    rng = np.random.default_rng(0)
    told = {}
    for name, where in (("off the vehicle", inner & ~vehicle), ("anywhere", inner)):
        says = [
            board.reset().move(CLASSES[0], strongest, x, y).answer["name"]
            for x, y in places(where, N_PLACES, rng)
        ]
        told[f"ladder put down {name}: turned"] = says.count(CLASSES[1])
    side = np.any([picture.parts[part] for part in ("body", "shutters") if part in picture.parts], axis=0)
    found = 0
    for x, y in places(side, N_DROPS, rng):
        board.reset().substitute(CLASSES[1], cross, 0, on=(x, y))
        node = next(graph for graph in board.graphs if graph["name"] == CLASSES[1])["nodes"][cross]
        found += node["detected"] and max(abs(node["x"] - x), abs(node["y"] - y)) <= NEAR
    told |= {"places": N_PLACES, "cross dropped on the side: found": int(found), "drops": N_DROPS}
    record("dropped", told)


if __name__ == "__main__":
    main()
