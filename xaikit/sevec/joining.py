"""Two fits on one network put together."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np

from xaikit.sevec.fitting import Reference

if TYPE_CHECKING:
    from xaikit.sevec.model import SemanticVectors

__all__ = ["joined"]


def joined(one: SemanticVectors, other: SemanticVectors) -> SemanticVectors:
    """See :meth:`xaikit.SemanticVectors.join`."""
    _check_comparable(one, other)
    both = copy.copy(one)
    both.concept_names = one.concept_names + other.concept_names
    both.concept_kinds = one.concept_kinds + other.concept_kinds
    for name in ("vectors_", "rates_", "diversity_", "counts_"):
        setattr(both, name, np.concatenate([getattr(one, name), getattr(other, name)]))
    both.examples_ = one.examples_ + other.examples_
    if one.saliency_layer_ == other.saliency_layer_ and one.saliency_rates_ is not None:
        both.saliency_rates_ = np.concatenate([one.saliency_rates_, other.saliency_rates_])
    else:
        both.saliency_layer_ = both.saliency_rates_ = None
    both.reference_ = Reference(
        np.concatenate([one.reference_.patterns, other.reference_.patterns]),
        np.concatenate([one.reference_.concepts, other.reference_.concepts + len(one.concept_names)]),
    )
    counted = ("blank pictures", "pictures not read")
    dead = int(((one.rates_ == 0).all(0) & (other.rates_ == 0).all(0)).sum())
    both.checks = one.checks | {name: one.checks[name] + other.checks[name] for name in counted}
    both.checks["dead units"] = dead
    return both


def _check_comparable(one: SemanticVectors, other: SemanticVectors) -> None:
    if one.classifier_.fingerprint() != other.classifier_.fingerprint():
        raise ValueError("concepts of two networks cannot be compared: fit both on one network.")
    if not one.units_.same_space(other.units_):
        raise ValueError(
            "concepts can be compared only in one feature space; got "
            f"{_space(one)} and {_space(other)}. Fit both at one layer with one "
            "binarization; by quantile, give both sets to one fit as {kind: pictures}."
        )
    twice = sorted(set(one.concept_names) & set(other.concept_names))
    if twice:
        raise ValueError(f"every concept must have a name of its own; {twice[:3]} are in both.")


def _space(vectors: SemanticVectors) -> str:
    units = vectors.units_
    return f"layer {units.layer!r} ({len(units)} units, {units.named})"
