"""Visual concept extractor (VRX 3.1): the top-N concepts of a class, by one of two ways.

The paper's, after ACE (Ghorbani 2019): superpixels of the discovery pictures are clustered by their features;
ACE's rule drops clusters that come from too few pictures; each remaining cluster is tested with TCAV against
random patches; the N clusters with the highest TCAV scores are the class's concepts. Many scores are 1: of
equal ones, the cluster found in more of the pictures goes first, because a concept that is seldom there
explains little.

The default: what recurs in the class's pictures (:mod:`xaikit.vrx.dictionary`), ranked by what the network
loses without it; TCAV scores are told, but do not choose.

Notation: d features, n pictures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept, Sighting, concept_of
from xaikit.vrx.dictionary import Dictionary, DictionarySettings, Found, learn
from xaikit.vrx.tcav import Tcav, tcav

__all__ = ["ExtractorSettings", "dictionary_settings", "extract_concepts", "recurring_concepts"]

# k-means is given fewer clusters than asked where there are few patches, so that they can pass ACE's rule.
PATCHES_PER_CLUSTER = 30
# And more clusters where there are many: the rule drops a cluster with more than ten patches of each picture.
PATCHES_PER_PICTURE = 5


@dataclass(frozen=True)
class ExtractorSettings:
    """The extractor's hyper-parameters (see :class:`xaikit.VRX` for their meaning)."""

    n_clusters: int = 12
    min_size: int = 20
    rule: tuple[float, ...] = (1 / 2, 1 / 4, 1 / 4, 1 / 10, 1 / 2)
    n_patches: int = 20
    n_random: int = 20
    significance: float = 0.05
    detection_quantile: float = 0.99
    n_judged: int = 12
    min_found: float = 0.3
    n_groups: int = 12


def dictionary_settings(settings: ExtractorSettings, segmentation: str) -> DictionarySettings:
    """The part of the extractor's hyper-parameters that its dictionaries take."""
    n_groups = settings.n_groups if segmentation == "union" else None
    return DictionarySettings(n_groups=n_groups, min_found=settings.min_found)


@dataclass(frozen=True)
class _Pool:
    """All candidate patches of a class's discovery pictures, one row each."""

    features: np.ndarray
    evidence: np.ndarray
    pictures: np.ndarray
    segments: np.ndarray


def extract_concepts(
    cls: str,
    i: int,
    looks: Sequence[Candidates],
    ids: Sequence[str],
    random_features: np.ndarray,
    n_concepts: int,
    settings: ExtractorSettings,
    rng: np.random.Generator,
) -> list[Concept]:
    """The top-N concepts of class of interest ``cls`` (the i-th), most important first.

    Parameters
    ----------
    looks : the class's n discovery pictures
    ids : their names
    random_features : (r, d), features of random patches from other pictures, TCAV's counterpart
    n_concepts : N; fewer are returned, with a warning, where fewer pass the rule and the test

    Raises
    ------
    ValueError
        No cluster passes: too few pictures, or a Grad-CAM mask that leaves nothing.
    """
    pool = _gather(looks, i)
    gradients = np.stack([look.sensitivity[i] for look in looks])
    found: list[_Tested] = []
    # Twice as many, smaller clusters are tried where too few of the large ones are significant concepts.
    for n_clusters in (settings.n_clusters, 2 * settings.n_clusters):
        clusters = _clusters(pool, n_clusters, len(looks), settings, rng)
        tested = _tested(pool, clusters, gradients, random_features, settings, rng)
        found = max(found, tested, key=lambda some: (sum(one.significant for one in some), len(some)))
        if sum(one.significant for one in found) >= n_concepts:
            break
    if not found:
        raise ValueError(
            f"No concept found for class {cls!r}: {len(pool.features)} candidate patches from {len(looks)} "
            "pictures, none in a cluster that passes `rule` and `min_size`. "
            + _remedy(looks, i, "`min_size`, `tau` or the shares in `rule`")
        )
    chosen = _most_important(cls, found, n_concepts)
    return [_concept(cls, k, pool, one, looks, ids, settings) for k, one in enumerate(chosen)]


def _remedy(looks: Sequence[Candidates], i: int, lower: str) -> str:
    blank = sum(bool(look.blank[i]) for look in looks)
    if not blank:
        return f"Give more pictures of the class, or lower {lower}."
    return (
        f"In {blank} of the pictures its Grad-CAM map is zero everywhere: nothing speaks for the class. "
        "Give pictures that the network takes for the class, or look everywhere with `tau=None`."
    )


def _most_important(cls: str, found: list[_Tested], n_concepts: int) -> list[_Tested]:
    significant = [one for one in found if one.significant]
    if not significant:
        warnings.warn(
            f"No concept of class {cls!r} has a significant TCAV score; the best ones are kept. "
            "Look at their p_value before you trust them.",
            stacklevel=3,
        )
    chosen = sorted(significant or found, key=lambda one: (-round(one.tcav.score, 2), -one.coverage))
    chosen = chosen[:n_concepts]
    if len(chosen) < n_concepts:
        warnings.warn(f"Class {cls!r} has {len(chosen)} concepts, not {n_concepts}.", stacklevel=3)
    return chosen


def _gather(looks: Sequence[Candidates], i: int) -> _Pool:
    chosen = [look.of_class(i) for look in looks]
    return _Pool(
        features=np.concatenate([look.features[k] for look, k in zip(looks, chosen, strict=True)]),
        evidence=np.concatenate([look.evidence[k] for look, k in zip(looks, chosen, strict=True)]),
        pictures=np.repeat(np.arange(len(looks)), [len(k) for k in chosen]),
        segments=np.concatenate(chosen),
    )


def _clusters(
    pool: _Pool, n_clusters: int, n_pictures: int, settings: ExtractorSettings, rng: np.random.Generator
) -> list[np.ndarray]:
    """Members of the clusters that ACE's rule keeps."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if not len(pool.features):
        return []
    wanted = max(n_clusters, len(pool.features) // (PATCHES_PER_PICTURE * n_pictures))
    n_clusters = min(wanted, max(1, len(pool.features) // PATCHES_PER_CLUSTER))
    seed = int(rng.integers(2**31))
    with threadpool_limits(1):  # sums over threads are not repeatable bit for bit
        found = KMeans(n_clusters, n_init=1, random_state=seed).fit_predict(pool.features)
    members = [np.flatnonzero(found == k) for k in range(n_clusters)]
    return [m for m in members if keeps_cluster(len(m), len(set(pool.pictures[m])), n_pictures, settings)]


def keeps_cluster(size: int, pictures: int, n_pictures: int, settings: ExtractorSettings) -> bool:
    """ACE's cluster rule: many patches, from enough different pictures (the larger the cluster, the more).

    With ``rule = (a, b, c, d, e)``: size > min_size, and pictures > a·size, or pictures > b·size and
    pictures > c·n_pictures, or pictures > d·size and pictures > e·n_pictures. ACE's min_size is meant for
    its 50 pictures; from fewer pictures proportionally fewer patches are asked for.
    """
    a, b, c, d, e = settings.rule
    min_size = settings.min_size * min(1.0, n_pictures / 50)
    common = pictures > a * size
    frequent = pictures > b * size and pictures > c * n_pictures
    popular = pictures > d * size and pictures > e * n_pictures
    return size > min_size and (common or frequent or popular)


@dataclass(frozen=True)
class _Tested:
    """A cluster of patches and its TCAV score; ``coverage`` counts the pictures its patches come from."""

    members: np.ndarray
    coverage: int
    tcav: Tcav
    significant: bool


def _tested(
    pool: _Pool,
    clusters: list[np.ndarray],
    gradients: np.ndarray,
    random_features: np.ndarray,
    settings: ExtractorSettings,
    rng: np.random.Generator,
) -> list[_Tested]:
    groups = [pool.features[members] for members in clusters]
    scores = tcav(groups, gradients, random_features, settings.n_patches, settings.n_random, rng)
    return [
        _Tested(
            members=members,
            coverage=len(set(pool.pictures[members])),
            tcav=one,
            significant=one.p_value <= settings.significance and one.score > 0.5,
        )
        for members, one in zip(clusters, scores, strict=True)
    ]


def _concept(
    cls: str,
    number: int,
    pool: _Pool,
    found: _Tested,
    looks: Sequence[Candidates],
    ids: Sequence[str],
    settings: ExtractorSettings,
) -> Concept:
    members = found.members
    mean = pool.features[members].mean(axis=0)
    distances = np.linalg.norm(pool.features[members] - mean, axis=1)
    sightings = [
        Sighting(looks[p], str(ids[p]), np.array([segment]), float(distance))
        for p, segment, distance in zip(
            pool.pictures[members], pool.segments[members], distances, strict=True
        )
    ]
    threshold = float(np.quantile(distances, settings.detection_quantile))
    told = vars(found.tcav) | {"found": found.coverage / len(looks)}
    return concept_of(cls, number, sightings, settings.n_patches, mean, threshold, **told)


Effects = Callable[[Sequence[Candidates], Sequence[Sequence[np.ndarray]]], list[np.ndarray]]
"""What the class's logit loses without each of some masks (a list a look): float (masks,) for each look."""


def recurring_concepts(
    cls: str,
    i: int,
    looks: Sequence[Candidates],
    ids: Sequence[str],
    random_features: np.ndarray,
    n_concepts: int,
    settings: ExtractorSettings,
    dictionary: DictionarySettings,
    effects: Effects,
    rng: np.random.Generator,
) -> tuple[list[Concept], Dictionary]:
    """What recurs in the pictures of class of interest ``cls`` (the i-th) and matters most to the network.

    Parameters
    ----------
    looks : the class's n discovery pictures
    ids : their names
    random_features : (r, d), features of random segments of other pictures, TCAV's counterpart
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
    learned = learn(looks, i, dictionary)
    readings = [learned.read(look, i) for look in looks]
    n_entries = len(learned.means)
    found = np.array([np.mean([k in reading for reading in readings]) for k in range(n_entries)])
    lost = _mean_effects(looks, readings, n_entries, settings.n_judged, effects)
    often = [int(k) for k in np.argsort(-lost, kind="stable") if found[k] >= settings.min_found]
    if not often:
        raise ValueError(
            f"No concept found for class {cls!r}: of the {n_entries} things that recur in its {len(looks)} "
            f"pictures none is in {settings.min_found:.0%} of them. "
            + _remedy(looks, i, "`min_found` or `tau`")
        )
    chosen = often[:n_concepts]
    if len(chosen) < n_concepts:
        warnings.warn(f"Class {cls!r} has {len(chosen)} concepts, not {n_concepts}.", stacklevel=2)
    learned = learned.reordered([*chosen, *(k for k in range(n_entries) if k not in chosen)])
    sightings = [_sightings(looks, ids, readings, k) for k in chosen]
    width = looks[0].sensitivity.shape[1]  # the patch layer's features come first
    groups = [np.concatenate([one.look.features[one.region, :width] for one in own]) for own in sightings]
    gradients = np.stack([look.sensitivity[i] for look in looks])
    scores = tcav(groups, gradients, random_features[:, :width], settings.n_patches, settings.n_random, rng)
    concepts = [
        concept_of(
            cls,
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


def _sightings(
    looks: Sequence[Candidates], ids: Sequence[str], readings: Sequence[dict[int, Found]], k: int
) -> list[Sighting]:
    return [
        Sighting(look, str(name), reading[k].segments, float(reading[k].distances.min()))
        for look, name, reading in zip(looks, ids, readings, strict=True)
        if k in reading
    ]


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
