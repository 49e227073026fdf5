"""How well a reasoning network that was fitted on few pictures answers as the classifier does; three seeds.

python benchmarks/few_pictures.py       # writes benchmarks/results/few_pictures.json

VRX is fitted on 30 pictures of each of three vehicles, and asked about 300 that it has not seen, with the
default settings and without the copies in which a concept was replaced.
"""

from __future__ import annotations

import numpy as np
from measuring import record

import xaikit as xk
from xaikit import metrics

CLASSES = ["fire engine", "ambulance", "school bus"]
N_FIT, N_ASKED, SEEDS = 30, 100, 3
WAYS = {"with substituted copies": {}, "without": {"n_substituted": 0}}


def main() -> None:
    network = xk.load_classifier("toyworld/vehicles")
    test = xk.load_images("toyworld/vehicles", split="test", n=6 * N_ASKED)
    asked = [sample.image for sample in test if test.class_names[sample.label] in CLASSES]
    report: dict[str, object] = {"pictures of a class": N_FIT, "asked": len(asked)}
    for name, settings in WAYS.items():
        shares = []
        for seed in range(SEEDS):
            data = xk.load_images("toyworld/vehicles", split="train", n=6 * N_FIT, seed=seed)
            vrx = xk.VRX(CLASSES, seed=seed, **settings).fit(network, data, progress=False)
            exps = vrx.explain_many(asked, measure=False)
            both = (
                np.array([list(getattr(exp, of).values()) for exp in exps])
                for of in ("student_probabilities", "probabilities")
            )
            shares.append(metrics.agreement(*both))
            print(name, seed, shares[-1], flush=True)
        report[f"agreement, {name}"] = {"mean": float(np.mean(shares)), "seeds": shares}
    record("few_pictures", report)


if __name__ == "__main__":
    main()
