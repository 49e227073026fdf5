"""The concepts of a class that recur in its pictures, and what the network loses without each of them.

A dictionary of what recurs (:mod:`xaikit.vrx.dictionary`) is learned; of its entries, the N without which
the network loses most are the class's concepts, if they are found in enough of the pictures. Of nodes of a
tree, an entry k is worth what a person would have a name for as well:

    √(effect_k · contrast_k) · exp(−2 · spread_k)                                        (rank)

a thing stands out from its surroundings and keeps its shape, what is left of a body does neither. TCAV scores
are told, but do not choose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xaikit.core.errors import warn
from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept, Discovery, Sighting, concept_of
from xaikit.vrx.describing import SHAPES
from xaikit.vrx.dictionary import Dictionary, DictionarySettings, Found, learn
from xaikit.vrx.tcav import Tcav, tcav
from xaikit.vrx.vce import ExtractorSettings, remedy

__all__ = ["dictionary_settings", "recurring_concepts"]

ONE_SHAPE = 2.0  # an entry whose shapes differ as the median one's do counts exp(−2) times
Effects = Callable[[Sequence[Candidates], Sequence[Sequence[np.ndarray]]], list[np.ndarray]]
"""What the class's logit loses without each of some masks (a list a look): float (masks,) for each look."""


def dictionary_settings(settings: ExtractorSettings, segmentation: str) -> DictionarySettings:
    """The part of the extractor's hyper-parameters that dictionaries of such segments take."""
    n_groups = settings.n_groups if segmentation == "union" else None
    tree = segmentation == "tree"
    return DictionarySettings(n_groups, settings.min_found, everywhere=tree)


def recurring_concepts(
    seen: Discovery,
    n_concepts: int,
    settings: ExtractorSettings,
    dictionary: DictionarySettings,
    effects: Effects,
    rng: np.random.Generator,
) -> tuple[list[Concept], Dictionary]:
    """What recurs in the pictures of a class and matters most to the network.

    Parameters
    ----------
    n_concepts : N; fewer are returned, with a warning, where fewer are found in ``min_found`` of the pictures
    effects : asks the network; see :func:`xaikit.vrx.effects.effects_of`

    Returns
    -------
    the concepts, most important first, and the dictionary that finds them; concept k is its entry k

    Raises
    ------
    ValueError
        Nothing recurs: too few pictures, or a Grad-CAM mask that leaves nothing.
    """
    learned = learn(seen.looks, seen.i, dictionary)
    readings = [learned.read(look, seen.i) for look in seen.looks]
    n_entries = len(learned.means)
    found = np.array([np.mean([k in reading for reading in readings]) for k in range(n_entries)])
    lost = _mean_effects(seen.looks, readings, n_entries, settings.n_judged, effects)
    # leaves have no shape of their own
    rank = _ranked(seen, readings, lost) if dictionary.everywhere else lost
    often = [int(k) for k in np.argsort(-rank, kind="stable") if found[k] >= settings.min_found]
    if not often:
        raise ValueError(
            f"No concept found for class {seen.cls!r}: of the {n_entries} things that recur in its "
            f"{len(seen.looks)} pictures none is in {settings.min_found:.0%} of them. "
            f"{remedy(seen, '`min_found` or `tau`')}"
        )
    chosen = sorted(often[:n_concepts], key=lambda k: -lost[k])
    if len(chosen) < n_concepts:
        warn(f"Class {seen.cls!r} has {len(chosen)} concepts, not {n_concepts}.")
    learned = learned.reordered([*chosen, *(k for k in range(n_entries) if k not in chosen)])
    sightings = [_sightings(seen, readings, k) for k in chosen]
    scores = _scores(seen, sightings, settings, rng)
    concepts = [
        concept_of(
            seen.cls,
            number,
            sightings[number],
            settings.n_patches,
            learned.means[number],
            float(learned.thresholds[number]),
            effect=float(lost[k]),
            found=float(found[k]),
            **vars(scores[number]),
        )
        for number, k in enumerate(chosen)
    ]
    return concepts, learned


def _scores(
    seen: Discovery,
    sightings: Sequence[Sequence[Sighting]],
    settings: ExtractorSettings,
    rng: np.random.Generator,
) -> list[Tcav]:
    width = seen.gradients.shape[1]  # the patch layer's features come first
    groups = [np.concatenate([one.look.features[one.region, :width] for one in own]) for own in sightings]
    chance = seen.random_features[:, :width]
    return tcav(groups, seen.gradients, chance, settings.n_patches, settings.n_random, rng)


def _ranked(seen: Discovery, readings: Sequence[dict[int, Found]], lost: np.ndarray) -> np.ndarray:
    """What the entries of a dictionary are ranked by: they matter, stand out, and are of one shape."""
    contrasts, spreads = (of(seen.looks, readings, len(lost)) for of in (_contrasts, _spreads))
    return np.sign(lost) * np.sqrt(np.abs(lost) * contrasts) * np.exp(-ONE_SHAPE * spreads)


def _sightings(seen: Discovery, readings: Sequence[dict[int, Found]], k: int) -> list[Sighting]:
    return [
        Sighting(look, name, reading[k].segments, float(reading[k].distances.min()))
        for look, name, reading in zip(seen.looks, seen.ids, readings, strict=True)
        if k in reading
    ]


def _spreads(looks: Sequence[Candidates], readings: Sequence[dict[int, Found]], n_entries: int) -> np.ndarray:
    """How unlike in shape the segments of each entry are, as a share of the median entry's, float (K,)."""
    shapes: list[list[np.ndarray]] = [[] for _ in range(n_entries)]
    for look, reading in zip(looks, readings, strict=True):
        for k, found in reading.items():
            shapes[k].append(look.features[found.segments, SHAPES])
    spreads = np.array([np.concatenate(own).std(axis=0).mean() if own else 0.0 for own in shapes])
    return spreads / max(float(np.median(spreads)) if n_entries else 0.0, 1e-6)


def _contrasts(
    looks: Sequence[Candidates], readings: Sequence[dict[int, Found]], n_entries: int
) -> np.ndarray:
    """How much the nodes of each entry stand out, mean over the pictures with it, float (K,)."""
    total, n_found = np.zeros(n_entries), np.zeros(n_entries)
    for look, reading in zip(looks, readings, strict=True):
        for k, found in reading.items():
            if (contrast := look.segments.contrast) is not None:
                total[k] += contrast[found.segments].mean()
                n_found[k] += 1
    return total / np.maximum(n_found, 1)


def _mean_effects(
    looks: Sequence[Candidates],
    readings: Sequence[dict[int, Found]],
    n_entries: int,
    n_judged: int,
    effects: Effects,
) -> np.ndarray:
    """What the network loses without each entry, mean over some evenly chosen pictures, float (K,)."""
    judged = np.unique(np.linspace(0, len(looks) - 1, min(n_judged, len(looks))).astype(int))
    masks = [[looks[p].segments.mask(one.segments) for one in readings[p].values()] for p in judged]
    total = np.zeros(n_entries)
    for p, lost in zip(judged, effects([looks[p] for p in judged], masks), strict=True):
        total[list(readings[p])] += lost
    return total / len(judged)
