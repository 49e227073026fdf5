"""Learning explanation modules: pictures are drawn, the network sees them once, modules are trained."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm.auto import tqdm

from xaikit import metrics
from xaikit.attribution.maps import spatial_layer
from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import warn
from xaikit.core.files import checked_path
from xaikit.core.passes import INPUT
from xaikit.core.vector_layer import vector_layer
from xaikit.srae.asking import seen_batches
from xaikit.srae.examples import Examples, Sampling, chosen_targets, gather
from xaikit.srae.fitted import Fitted
from xaikit.srae.modules import Modules, joined
from xaikit.srae.rivals import select
from xaikit.srae.top_pictures import N_TOP, SIDE, top_numbers, top_pictures
from xaikit.srae.training import Settings, Trained, train

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.core.layers import Layer
    from xaikit.data import ImageSet

__all__ = ["fit"]

GROUP, GROUP_ON_GPU = 8, 64
"""Modules trained in one run: on a processor more take more memory, and are no faster."""
N_LOOKED_AT = 12
"""Pictures held out of each class whose heatmaps are compared."""
KIND, FORMAT = "explanation modules in training", 1


def fit(
    classifier: Classifier,
    data: ImageSet,
    target: Any,
    layer: str | None,
    heat_layer: str | None,
    n_features: int,
    settings: Settings,
    sampling: Sampling,
    checkpoint: str | Path | None,
    progress: bool,
) -> Fitted:
    """See :meth:`xaikit.SRAE.fit`."""
    targets = chosen_targets(target, classifier, data)
    found = classifier.layer(layer) if layer is not None else vector_layer(classifier)
    ends = _end_of_heat(classifier, heat_layer, found)
    if n_features > found.n_channels:
        raise ValueError(
            f"`n_features` must be at most {found.n_channels}, the units of layer {found.name!r}; got "
            f"{n_features}."
        )
    examples = gather(classifier, data, found.name, targets, sampling, checkpoint, progress)
    trained = _in_groups(
        classifier, examples, targets, n_features, settings, sampling.seed, checkpoint, progress
    )
    checks = [_checked(classifier, examples, trained, k, name) for k, name in enumerate(targets)]
    told = dict(zip(targets, checks, strict=True))
    kept = np.zeros((len(targets), n_features, N_TOP, SIDE, SIDE, 4), np.uint8)
    fitted = Fitted(classifier, found.name, ends, targets, trained.modules, told, kept)
    for k, own in enumerate(checks):
        pictures = [
            data[int(i)].image for i in examples.numbers[examples.splits[k].held_positives[:N_LOOKED_AT]]
        ]
        own |= _orthogonality(fitted, pictures, k)
        kept[k] = top_pictures(fitted, data, k, _top(examples, trained.modules, k), "refused" not in own)
    _tell(checks, targets)
    return fitted


def _end_of_heat(classifier: Classifier, asked: str | None, start: Layer) -> str:
    """The layer asked for; by default the last fine one below x-features, where there is none the picture."""
    if asked == INPUT:
        return INPUT
    names = [layer.name for layer in classifier.layers()]
    below = names[: names.index(start.name)]
    if asked is None:
        fine = classifier.fine_layer
        return fine.name if fine and fine.name in below else INPUT
    found = spatial_layer(classifier, asked).name
    if found not in below:
        raise ValueError(
            f"`heat_layer` must be a layer below {start.name!r}, of which x-features are made, or 'input'; "
            f"got {asked!r}."
        )
    return found


@torch.no_grad()
def _top(examples: Examples, modules: Modules, k: int) -> list[NDArray[np.int64]]:
    """Of each x-feature of module k, the numbers of its class's pictures that switch it on most."""
    own = examples.splits[k].positives
    activations = modules.encode_one(torch.from_numpy(examples.features[own]), k)
    return top_numbers(activations.numpy(), examples.numbers[own])


def _in_groups(
    classifier: Classifier,
    examples: Examples,
    targets: Sequence[str],
    n_features: int,
    settings: Settings,
    seed: int,
    checkpoint: str | Path | None,
    progress: bool,
) -> Trained:
    """Train some modules after the others; a group that the checkpoint has a file of is taken from there."""
    indices = [classifier.class_names.index(name) for name in targets]
    described = hashlib.sha256(
        f"{classifier.fingerprint()} {targets} {n_features} {settings} {seed}".encode()
    )
    described.update(examples.features.tobytes() + examples.logits.tobytes())
    size = GROUP if classifier.device.type == "cpu" else GROUP_ON_GPU
    groups = [range(first, min(first + size, len(targets))) for first in range(0, len(targets), size)]
    done: list[Trained] = []
    with tqdm(total=len(groups) * settings.n_steps, desc="modules", unit="step", disable=not progress) as bar:
        for number, group in enumerate(groups):
            path = checkpoint and checked_path(checkpoint, "checkpoint") / (
                f"modules-{described.hexdigest()[:16]}-{number}.npz"
            )
            one = _kept(path) if path and path.exists() else None
            if one is None:
                learn = select if settings.objective == "lasso" else partial(train, device=classifier.device)
                one = _ordered(
                    learn(
                        examples.features,
                        [examples.logits[:, indices[k]] for k in group],
                        [examples.splits[k] for k in group],
                        n_features,
                        settings,
                        [(seed, indices[k]) for k in group],
                        bar.update,
                    ),
                    examples,
                    group,
                )
                if path:
                    meta = {"steps": one.steps, "terms": one.terms}
                    write_archive(path, KIND, FORMAT, meta, one.modules.arrays(), compressed=False)
            done.append(one)
    terms = {name: [value for one in done for value in one.terms[name]] for name in done[0].terms}
    return Trained(joined([one.modules for one in done]), [step for one in done for step in one.steps], terms)


def _kept(path: Path) -> Trained:
    meta, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        return Trained(Modules.of_arrays(arrays), meta["steps"], meta["terms"])


@torch.no_grad()
def _ordered(trained: Trained, examples: Examples, group: Sequence[int]) -> Trained:
    """The same with each module's x-features by how much they give pictures of its class on average."""
    modules = trained.modules
    rows = torch.from_numpy(examples.features)
    own = [modules.encode_one(rows[examples.splits[k].positives], i).mean(0) for i, k in enumerate(group)]
    order = (torch.stack(own) * modules.readout).argsort(stable=True, dim=1, descending=True)
    return trained._replace(modules=modules.reordered(order))


@torch.no_grad()
def _checked(
    classifier: Classifier, examples: Examples, trained: Trained, k: int, name: str
) -> dict[str, Any]:
    """How faithful module k is on pictures held out, and which x-features are off, on its own or anywhere."""
    split, index = examples.splits[k], classifier.class_names.index(name)
    modules, rows = trained.modules, torch.from_numpy(examples.features)
    own, others = (modules.encode_one(rows[some], k) for some in (split.positives, split.negatives))
    off, dead = (own <= 0).all(0), (torch.cat([own, others]) <= 0).all(0)
    said = (modules.encode_one(rows[split.held], k) * modules.readout[k]).sum(1) + modules.baseline[k]
    logits = examples.logits[split.held]
    spread = float(np.ptp(examples.logits[:, index]))
    f_reg = metrics.regression_faithfulness(logits[:, index], said.numpy())
    return {
        "F_reg": f_reg,
        "F_reg / range": f_reg / spread,
        "F_cls": metrics.classification_faithfulness(logits, index, said.numpy()),
        "loss": {term: values[k] for term, values in trained.terms.items()},
        "step": trained.steps[k],
        "off on its own": torch.nonzero(off)[:, 0].tolist(),
        "dead": torch.nonzero(dead)[:, 0].tolist(),
        "n_positives": len(split.positives),
        "n_negatives": len(split.negatives),
        "n_held_out": len(split.held),
        "negative units": int((examples.features < 0).any(0).sum()),
        "pictures not read": len(examples.skipped),
    }


def _orthogonality(fitted: Fitted, pictures: list[np.ndarray], k: int) -> dict[str, Any]:
    """O1 and O2 of the heatmaps of module k's x-features that show any; None where fewer than two do."""
    try:
        maps = np.concatenate([one.maps for one in seen_batches(fitted, pictures, k)])
    except ValueError as error:
        return {"O1": None, "O2": None, "refused": str(error)}
    shown = np.flatnonzero(maps.any((0, 2, 3)))
    if len(shown) < 2:
        return {"O1": None, "O2": None}
    heat = maps[:, shown].astype(np.float64)
    total = heat.sum((2, 3), keepdims=True)
    found = metrics.orthogonality(heat / np.where(total > 0, total, 1))
    return {"O1": found.o1, "O2": found.o2 if np.isfinite(found.o2) else None}


def _tell(checks: Sequence[dict[str, Any]], targets: Sequence[str]) -> None:
    dead = [
        f"{name} {[k + 1 for k in own['dead']]}"
        for name, own in zip(targets, checks, strict=True)
        if own["dead"]
    ]
    if dead:
        warn(
            "some x-features are off on all pictures, so fewer explain their class: "
            f"{'; '.join(dead[:5])}{'; …' if len(dead) > 5 else ''}. `eta` pulls them apart; a "
            "smaller one keeps more of them."
        )
    if refused := [own["refused"] for own in checks if "refused" in own]:
        warn(f"where x-features are seen cannot be shown, so `explain` will raise: {refused[0]}")
