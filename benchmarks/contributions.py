"""Time of `AdditiveExplainer.explain` of 1,000 pictures against the bare forward pass of its performer.

Ten rounds of a hundred pictures, as the network sees them; explaining, the bare pass in the same batches, and
the explainer's own pass g (twice where there is a baseline) follow each other in each round. A network of
random weights takes as long as any. Beside it, how much of a fit's pass over the pictures is the bare pass.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import torch
from measuring import record, spent
from sweep import Blocks, resnet18

import xaikit as xk
from xaikit.additive import Filters
from xaikit.additive.examples import gather, seen

ROUNDS, AT_ONCE = 10, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    warnings.simplefilter("ignore")
    networks = {
        "toyworld/animals-dog": (
            xk.load_classifier("toyworld/animals-dog", device=device),
            Filters("filters"),
        ),
        "resnet18": (resnet18(device), Filters()),
    }
    report: dict[str, Any] = {name: ratios(*own) for name, own in networks.items()}
    record("contributions", report | {"pictures": ROUNDS * AT_ONCE}, device)


def ratios(classifier: xk.Classifier, filters: Filters) -> dict[str, float]:
    """Medians over the rounds of the wall's and the processor's time, in bare passes."""
    target = classifier.class_names[0]
    data = Blocks(AT_ONCE, classifier.input_size, 2)
    views = np.stack([classifier.view(one.image) for one in data])
    method = xk.AdditiveExplainer(target, filters, n_pictures=AT_ONCE, n_epochs=1)
    method.fit(classifier, data, progress=False, cache=False)
    fitted = method.fitted_
    features = [
        seen(classifier, some.views, fitted.asked)["features"].cpu()
        for some in classifier.batches(views, as_view=True)
    ]

    def bare() -> None:
        with torch.inference_mode():
            for some in classifier.batches(views, as_view=True):
                classifier.model(classifier.inputs(some.views))

    def own() -> None:
        with torch.inference_mode():
            for some in features:
                fitted.explainer(some)
                fitted.baseline(some)

    def learned_from() -> None:
        gather(classifier, data, fitted.asked, len(views), 0.2, 0, None, False)

    works = (lambda: method.explain(views), bare, own, learned_from)
    times = np.array([[spent(work) for work in works] for _ in range(ROUNDS + 1)][1:])  # (rounds, 4, 2)
    told = np.median(times / times[:, 1:2], 0)
    return {
        f"{what}, {clock}": round(float(told[k, n]), 3)
        for n, clock in enumerate(("wall", "processor"))
        for k, what in ((0, "explained"), (2, "of it g"), (3, "seen with gradients, to learn from"))
    }


if __name__ == "__main__":
    main()
