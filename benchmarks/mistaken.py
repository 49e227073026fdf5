"""Photographs of one class that a network takes for another: what VRX blames, and what corrects them.

python benchmarks/mistaken.py FOLDER RIGHT ANSWER --weights FILE --names FILE

RIGHT and ANSWER are two classes of FOLDER (see photographs.py). VRX is fitted on pictures of both, as they
are labelled; of the first mistakes it names the cause, and corrects them. Beside it stand the controls:
random patches in VRX's places, and good for good, twenty tries of each. It adds to
benchmarks/results/mistaken.json.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from photographs import names_of

import xaikit as xk
from xaikit.vrx.controls import try_controls

RESULT = Path(__file__).parent / "results" / "mistaken.json"
N_FIT, N_MISTAKES, N_TRIALS = 40, 12, 20


def mistakes(network: Any, data: Any, right: str, answer: str) -> list[np.ndarray]:
    """Pictures of the class `right` that the network, of the two, gives the other."""
    own = [data[int(k)].image for k in np.flatnonzero(data.labels == data.class_names.index(right))]
    logits = network.logits(own)[:, [network.class_index(right), network.class_index(answer)]]
    return [image for image, (r, a) in zip(own, logits, strict=True) if a > r]


def corrected(vrx: xk.VRX, data: Any, image: np.ndarray, right: str) -> dict[str, Any]:
    """One mistake: its cause in words, and in what share of tries each way corrects it."""
    exp = vrx.explain(image)
    correction = vrx.correct(exp, right)
    controls = try_controls(vrx, correction, data, N_TRIALS).corrected
    return {
        "probability": round(exp.probabilities[exp.prediction], 3),
        "cause": str(correction.cause),
        "blamed first": correction.cause.flaws[0].state if correction.cause.flaws else "",
        "VRX": correction.corrected,
        "patches": len(correction.steps),
        **{name: n / N_TRIALS for name, n in controls.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("right")
    parser.add_argument("answer")
    parser.add_argument("--network", default="torchvision/resnet18")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    told = parser.parse_args()
    data = xk.load_images(told.folder, split="all")
    names = names_of(told.names, list(data.class_names))
    network = xk.load_classifier(told.network, weights=told.weights, class_names=names)
    both = [told.right, told.answer]
    data = data.subset(np.flatnonzero(np.isin(data.labels, [data.class_names.index(one) for one in both])))
    vrx = xk.VRX(both, n_pictures=N_FIT).fit(network, data)
    wrong = mistakes(network, data, *both)
    rows = [corrected(vrx, data, image, told.right) for image in wrong[:N_MISTAKES]]
    report = {
        "mistakes": len(wrong),
        "asked about": len(rows),
        **{
            key: float(np.mean([row[key] for row in rows]))
            for key in ("VRX", "random patches", "good for good")
        },
        "VRX with one patch": float(np.mean([row["VRX"] and row["patches"] == 1 for row in rows])),
        "blamed first": Counter(row["blamed first"] for row in rows),
        "held out": vrx.held_out_,
        "effects": {cls: [round(one.effect, 2) for one in own] for cls, own in vrx.concepts.items()},
        "rows": rows,
    }
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    kept[f"{told.network}: {told.right} taken for {told.answer}"] = report
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
