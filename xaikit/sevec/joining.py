"""Two fits on one network put together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaikit.sevec.fitted import Fitted, Reference

__all__ = ["joined"]


def joined(one: Fitted, other: Fitted) -> Fitted:
    """See :meth:`xaikit.SemanticVectors.join`."""
    _check_comparable(one, other)
    rates = None
    if one.saliency_layer == other.saliency_layer and _there(one, other):
        rates = _both(one, other, "saliency_rates")
    reference = Reference(
        np.concatenate([one.reference.patterns, other.reference.patterns]),
        np.concatenate([one.reference.concepts, other.reference.concepts + len(one.names)]),
    )
    counted = ("blank pictures", "pictures not read")
    dead = int(((one.rates == 0).all(0) & (other.rates == 0).all(0)).sum())
    return replace(
        one,
        names=one.names + other.names,
        kinds=one.kinds + other.kinds,
        vectors=_both(one, other, "vectors"),
        rates=_both(one, other, "rates"),
        diversity=_both(one, other, "diversity"),
        counts=_both(one, other, "counts"),
        examples=one.examples + other.examples,
        reference=reference,
        saliency_layer=None if rates is None else one.saliency_layer,
        saliency_rates=rates,
        checks={
            **one.checks,
            **{name: one.checks[name] + other.checks[name] for name in counted},
            "dead units": dead,
        },
    )


def _there(one: Fitted, other: Fitted) -> bool:
    return one.saliency_rates is not None and other.saliency_rates is not None


def _both(one: Fitted, other: Fitted, name: str) -> NDArray[Any]:
    return np.concatenate([getattr(one, name), getattr(other, name)])


def _check_comparable(one: Fitted, other: Fitted) -> None:
    if one.classifier.fingerprint() != other.classifier.fingerprint():
        raise ValueError("concepts of two networks cannot be compared: fit both on one network.")
    if not one.units.same_space(other.units):
        raise ValueError(
            "concepts can be compared only in one feature space; got "
            f"{_space(one)} and {_space(other)}. Fit both at one layer with one "
            "binarization; by quantile, give both sets to one fit as {kind: pictures}."
        )
    twice = sorted(set(one.names) & set(other.names))
    if twice:
        raise ValueError(f"every concept must have a name of its own; {twice[:3]} are in both.")


def _space(fitted: Fitted) -> str:
    units = fitted.units
    return f"layer {units.layer!r} ({len(units)} units, {units.named})"
