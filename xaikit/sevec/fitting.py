"""The one pass in which semantic vectors are learned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaikit.core.errors import warn
from xaikit.core.images.checks import UInt8
from xaikit.core.reducers import Rate, Reducer
from xaikit.core.sweep import Skipped, sweep
from xaikit.data import ImageSet
from xaikit.sevec.fitted import Fitted, Reference
from xaikit.sevec.picked import Patterns, Thumbnails
from xaikit.sevec.units import Units
from xaikit.sevec.vectors import ConceptSums, Sums, directions, diversity

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Gathered", "Reference", "gather", "learned", "one_set"]


class Gathered(NamedTuple):
    """What the pass brought."""

    sums: Sums
    saliency_layer: str | None
    saliency_rates: NDArray[np.float32] | None
    examples: list[list[UInt8]]
    reference: Reference
    skipped: list[Skipped]


def one_set(data: ImageSet | Mapping[str, ImageSet]) -> tuple[ImageSet, list[str]]:
    """Join the sets of several kinds; return them as one, and the kind of each of its classes.

    Raises
    ------
    TypeError, ValueError
        No set, something else than a set, two concepts of one name, or a concept without pictures.
    """
    sets = dict(data) if isinstance(data, Mapping) else {"class": data}
    if not sets or not all(isinstance(one, ImageSet) for one in sets.values()):
        got = {kind: type(one).__name__ for kind, one in sets.items()}
        raise TypeError(f"`data` must be an ImageSet or {{kind: ImageSet}}; got {got}.")
    names = [name for one in sets.values() for name in one.class_names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"every concept must have a name of its own; {twice[:3]} are in more than one kind. Rename the "
            "classes of one set."
        )
    joined, *others = sets.values()
    first = joined
    for one in others:
        joined = joined + one
    if others and first.hierarchy is not None:
        joined.hierarchy = first.hierarchy
    _check_pictures(joined)
    return joined, [kind for kind, one in sets.items() for _ in one.class_names]


def _check_pictures(data: ImageSet) -> None:
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    missing = [name for name, n in zip(data.class_names, counts, strict=True) if n == 0]
    if missing:
        raise ValueError(
            f"{len(missing)} concepts have no picture: {missing[:5]}. Give each at least one, better 20 or "
            "more, or leave it out of the set."
        )
    single = [name for name, n in zip(data.class_names, counts, strict=True) if n == 1]
    if single:
        warn(
            f"{len(single)} concepts have a single picture ({single[:3]}): their vectors are those pictures, "
            "and their diversity is 0.",
        )


def gather(
    classifier: Classifier,
    data: ImageSet,
    units: Units,
    *,
    saliency_layer: str | bool | None,
    n_examples: int,
    n_reference: int,
    seed: int,
    checkpoint: str | Path | None,
    progress: bool,
) -> Gathered:
    """Run the network once over all pictures; the numbers are those of :class:`xaikit.SemanticVectors`."""
    n_concepts = len(data.class_names)
    layer = _saliency_layer(saliency_layer, classifier)
    shown = _first_of_each(data.labels, n_examples)
    n_kept = min(n_reference, len(data))
    kept = np.sort(np.random.default_rng(seed).choice(len(data), n_kept, replace=False))
    reducers: dict[str, Reducer] = {
        "sums": ConceptSums(n_concepts, units),
        "patterns": Patterns(kept, units),
        "examples": Thumbnails(shown, units.layer),
    }
    if layer is not None:
        reducers["saliency"] = Rate(0.0, n_concepts, layer)
    found = sweep(classifier, data, reducers, units.layer, checkpoint=checkpoint, progress=progress)
    sums: Sums = found["sums"]
    _check_seen(sums, data.class_names, units)
    patterns, examples = found["patterns"], found["examples"]
    thumbs: list[list[UInt8]] = [[] for _ in range(n_concepts)]
    for number, row, there in zip(shown, examples.rows, examples.there, strict=True):
        if there:
            thumbs[data.labels[number]].append(row)
    return Gathered(
        sums,
        layer,
        found["saliency"].astype(np.float32) if layer is not None else None,
        thumbs,
        Reference(patterns.rows[patterns.there], data.labels[kept][patterns.there]),
        found.skipped,
    )


def learned(
    classifier: Classifier, data: ImageSet, kinds: list[str], units: Units, found: Gathered
) -> Fitted:
    """What the pass tells of the concepts (eq. 3)."""
    sums = found.sums
    return Fitted(
        names=list(data.class_names),
        kinds=kinds,
        vectors=directions(sums.unit_sums).astype(np.float32),
        rates=(sums.active / sums.n_pictures[:, None]).astype(np.float32),
        diversity=diversity(sums.unit_sums, sums.n_pictures),
        counts=sums.n_pictures,
        classifier=classifier,
        units=units,
        examples=found.examples,
        reference=found.reference,
        saliency_layer=found.saliency_layer,
        saliency_rates=found.saliency_rates,
        hierarchy=data.hierarchy,
        checks={
            "binarization": units.named,
            "layer": units.layer,
            "units": len(units),
            "dead units": int((sums.active.sum(0) == 0).sum()),
            "blank pictures": int(sums.n_blank.sum()),
            "pictures not read": len(found.skipped),
        },
    )


def _saliency_layer(asked: str | bool | None, classifier: Classifier) -> str | None:
    if asked is False:
        return None
    if isinstance(asked, str):
        if classifier.layer(asked).grid is None:
            raise ValueError(
                f"`saliency_layer` must have places; {asked!r} puts out a vector. clf.layers() lists them "
                "with their grids; None takes the default layer, False none."
            )
        return asked
    choice = classifier.default_layer
    return choice.name if choice.layer.grid else None


def _first_of_each(labels: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Numbers of the first `n` pictures of every label, rising."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], labels[order])
    return np.sort(order[np.arange(len(labels)) - starts < n])


def _check_seen(sums: Sums, names: list[str], units: Units) -> None:
    unread = [name for name, n in zip(names, sums.n_pictures, strict=True) if n == 0]
    if unread:
        raise ValueError(f"none of the pictures of {unread[:3]} can be read. Replace these files.")
    if not sums.active.any():
        other = "binarize='quantile'" if units.rule == "zero" else "a lower quantile"
        raise ValueError(
            f"no unit of layer {units.layer!r} is on in any picture ({units.named}). Name another layer, or "
            f"use {other}."
        )
