"""Learning an additive explainer: pictures are seen once, g is distilled twice, both are measured."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm.auto import tqdm

from xaikit import metrics
from xaikit.additive.concepts import Bound, Concepts
from xaikit.additive.examples import Asked, Examples, gather
from xaikit.additive.explainer import Explainer, restored
from xaikit.additive.fitted import Fitted
from xaikit.additive.training import Settings, new_explainer, train
from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import ParameterError, warn
from xaikit.core.files import checked_path

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["fit", "looks_at"]

KIND, FORMAT = "additive explainer in training", 1
AT_ONCE = 256


def fit(
    classifier: Classifier,
    data: ImageSet,
    target: int,
    concepts: Concepts,
    prior: str | None,
    layer: str | None,
    settings: Settings,
    n_pictures: int,
    held_out: float,
    checkpoint: str | Path | None,
    progress: bool,
) -> Fitted:
    """See :meth:`xaikit.AdditiveExplainer.fit`."""
    bound = concepts.on(classifier, classifier.class_names[target])
    _check_prior(prior, bound)
    asked = Asked(target, bound, looks_at(classifier, layer, bound), prior)
    examples = gather(classifier, data, asked, n_pictures, held_out, settings.seed, checkpoint, progress)
    constant = examples.values.std(0) <= 1e-6 * np.abs(examples.values).max(0)
    if constant.any():
        names = [name for name, still in zip(bound.names, constant, strict=True) if still]
        warn(f"these concepts have the same value in all pictures, and explain nothing: {names[:5]}.")
    truth = _truth(data, examples, classifier.class_names[target])
    with tqdm(
        total=settings.n_epochs * (1 + (prior is not None)),
        desc="explainer",
        unit="epoch",
        disable=not progress,
    ) as bar:
        trained = {
            guided: _train(examples, settings, guided, checkpoint, asked, bar)
            for guided in ([True, False] if prior else [False])
        }
    checks = {guided: _checked(examples, model, truth) for guided, model in trained.items()}
    told = checks[bool(prior)] | {
        "baseline": checks[False],
        "n_learned": int((~examples.held).sum()),
        "n_held_out": int(examples.held.sum()),
        "pictures not read": len(examples.skipped),
        "prior weights below 0": _negative(examples),
    }
    return Fitted(classifier, concepts, asked, trained[bool(prior)], trained[False] if prior else None, told)


def looks_at(classifier: Classifier, layer: str | None, concepts: Bound) -> str:
    """The layer that g looks at: one with places, the concepts' own where it has them."""
    found = classifier.layer(layer or concepts.layer)
    if not found.grid and layer is None:
        found = classifier.default_layer.layer
    if not found.grid:
        raise ValueError(f"`layer` must have places, as a feature map has; {found.name!r} puts out a vector.")
    return found.name


def _check_prior(prior: str | None, bound: Bound) -> None:
    if prior == "jacobian" and bound.channels is None:
        raise ParameterError(
            "`prior='jacobian'` is of filters alone (Case 1); 'taylor' is of all concepts that are made of "
            "the network's features (Case 2)."
        )
    if prior and bound.layer is None:
        raise ParameterError(
            f"`prior={prior!r}` needs concepts that are made of the network's features; of these it is not "
            "known how. `prior=None` learns by distillation alone."
        )


def _train(
    examples: Examples,
    settings: Settings,
    guided: bool,
    checkpoint: str | Path | None,
    asked: Asked,
    bar: tqdm,
) -> Explainer:
    """An explainer, or the same from an interrupted fit."""
    path = None
    if checkpoint is not None:
        digest = hashlib.sha256(f"{asked.signature} {settings} {guided}".encode())
        for own in (examples.features, examples.values, examples.scores):
            digest.update(np.ascontiguousarray(own).tobytes())
        path = checked_path(checkpoint, "checkpoint") / f"explainer-{digest.hexdigest()[:24]}.npz"
    if path is not None and path.exists():
        bar.update(settings.n_epochs)
        return _kept(path, new_explainer(examples, settings))
    model = train(examples, settings, guided, lambda: bar.update(1))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {name: own.numpy() for name, own in model.state_dict().items()}
        write_archive(path, KIND, FORMAT, {}, arrays, compressed=False)
    return model


def _kept(path: Path, model: Explainer) -> Explainer:
    _, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        return restored(model, arrays)


def _truth(data: ImageSet, examples: Examples, target: str) -> NDArray[np.bool_] | None:
    """Whether each picture is of the target's class; None where the data do not know that class."""
    if target not in data.class_names:
        return None
    return np.asarray(data.labels)[examples.numbers] == data.class_names.index(target)


@torch.no_grad()
def _checked(examples: Examples, model: Explainer, truth: NDArray[np.bool_] | None) -> dict[str, Any]:
    """What the paper measures, on pictures held out; τ is chosen on those learned from."""
    batches = torch.from_numpy(examples.features).split(AT_ONCE)
    alpha = np.concatenate([model(some.float()).numpy() for some in batches])
    contributions = alpha * examples.values
    said = contributions.sum(1) + float(model.bias)
    held, scores = examples.held, examples.scores
    own = held & (examples.predicted if truth is None else truth)
    told: dict[str, Any] = {
        "relative deviation": float(metrics.relative_deviation(scores[held], said[held]).mean()),
        "entropy": float(np.nanmean(metrics.contribution_entropy(contributions[own]))) if own.any() else None,
        "agreement": _right(said, examples.predicted, held)[0],
    }
    if truth is not None:
        told["accuracy"], told["tau"] = _right(said, truth, held)
        told["performer's accuracy"], _ = _right(scores, truth, held)
    return told


def _right(scores: NDArray[Any], truth: NDArray[np.bool_], held: NDArray[np.bool_]) -> tuple[float, float]:
    """Accuracy on pictures held out at the τ that is best on the others, and τ."""
    tau = metrics.best_threshold(scores[~held], truth[~held])
    return metrics.accuracy_at(scores[held], truth[held], tau), tau


def _negative(examples: Examples) -> float | None:
    """Share of prior weights that are below 0; None where there are none."""
    return None if examples.priors is None else float((examples.priors < 0).mean())
