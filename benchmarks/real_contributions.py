"""The additive explainer on a network of photographs, by its own filters: do contributions foretell ablation?

python benchmarks/real_contributions.py FOLDER CLASS --model torchvision/resnet18 --weights FILE --names FILE

FOLDER is an ImageFolder, its folders named as for `photographs.py`. With prior and without, weights alike at
the start and by lot: relative deviation and entropy on photographs held out; and on some photographs of the
class the rank correlation, over filters, of contributions with what the score loses where a filter gives
nothing, beside the plain Jacobian times the value and beside the value alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measuring import record
from photographs import names_of

import xaikit as xk
from xaikit import metrics
from xaikit.additive import Filters
from xaikit.additive.examples import seen

N_ASKED = 8
STEP = 4  # of filters, those that are silenced
STARTS = {"alike": 0.0, "by lot": 3.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target")
    parser.add_argument("--model", default="torchvision/resnet18")
    parser.add_argument("--weights", required=True)
    parser.add_argument("--names", type=Path, required=True)
    given = parser.parse_args()
    data = xk.load_images(str(given.folder), split="all").kept()
    names = names_of(given.names, data.class_names)
    network = xk.load_classifier(given.model, weights=given.weights, class_names=names, device="cpu")
    report: dict[str, Any] = {"network": given.model, "class": given.target, "photographs": len(data)}
    for start, unevenness in STARTS.items():
        method = xk.AdditiveExplainer(given.target, Filters(), unevenness=unevenness, n_pictures=600)
        method.fit(network, data)
        asked = [data.of_class(given.target)[k].image for k in range(N_ASKED)]
        told = method.explain(asked)
        checks = {"ours": method.checks, "baseline": method.checks["baseline"]}
        foretold = agreed(method, asked, {"ours": told, "baseline": told.baseline})
        for who, own in checks.items():
            report[f"{who}, {start}"] = {
                "relative deviation": round(own["relative deviation"], 4),
                "entropy": round(own["entropy"], 2),
                "rank correlation with ablation": round(foretold[who], 3),
            }
        report["rank correlation with ablation, jacobian x value"] = round(foretold["jacobian"], 3)
        report["rank correlation with ablation, value"] = round(foretold["value"], 3)
    report["filters"], report["most entropy"] = len(told.names), round(float(np.log(len(told.names))), 2)
    record(f"real_contributions.{given.model.split('/')[-1]}", report, torch.device("cpu"))


def agreed(method: xk.AdditiveExplainer, asked: list[Any], told: dict[str, Any]) -> dict[str, float]:
    """Mean rank correlations over photographs with what the score loses without each filter."""
    lost = ablated(method, asked)
    views = np.concatenate(list(method.fitted_.classifier.views(asked)))
    found = seen(method.fitted_.classifier, views, method.fitted_.asked)
    value = found["values"].cpu().numpy()
    said = {who: one.contributions for who, one in told.items()}
    said |= {"jacobian": found["priors"].cpu().numpy() * value, "value": value}
    return {
        who: float(np.mean([metrics.rank_correlation(a[::STEP], b) for a, b in zip(own, lost, strict=True)]))
        for who, own in said.items()
    }


def ablated(method: xk.AdditiveExplainer, asked: list[Any]) -> np.ndarray:
    """(m, n / STEP): what the score of each photograph loses where a filter gives nothing."""
    classifier, bound = method.fitted_.classifier, method.fitted_.bound
    target, layer = method.fitted_.asked.target, str(bound.layer)
    inputs = classifier.inputs(np.concatenate(list(classifier.views(asked))))
    whole = classifier.forward(inputs).logits[:, target]
    rows = []
    for channel in np.asarray(bound.channels)[::STEP].tolist():

        def silent(features: torch.Tensor, channel: int = channel) -> torch.Tensor:
            features[:, channel] = 0
            return features

        rows.append(whole - classifier.forward(inputs, edit={layer: silent}).logits[:, target])
    return torch.stack(rows, 1).cpu().numpy()


if __name__ == "__main__":
    main()
