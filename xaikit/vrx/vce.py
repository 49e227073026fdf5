"""Visual concept extractor (VRX 3.1, after ACE, Ghorbani 2019): the top-N concepts of a class, as published.

Superpixels of the discovery pictures are clustered by their features; ACE's rule drops clusters that come
from too few pictures; each remaining cluster is tested with TCAV against random patches; the N clusters with
the highest TCAV scores are the class's concepts. Many scores are 1: of equal ones, the cluster found in more
of the pictures goes first, because a concept that is seldom there explains little.

What is done by default instead is in :mod:`xaikit.vrx.recurring`. Notation: d features, n pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.core.errors import warn
from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept, Discovery, Sighting, concept_of
from xaikit.vrx.tcav import Tcav, tcav

__all__ = ["ExtractorSettings", "extract_concepts", "remedy"]

# k-means is given fewer clusters than asked where there are few patches, so that they can pass ACE's rule.
PATCHES_PER_CLUSTER = 30
# And more clusters where there are many: the rule drops a cluster with more than ten patches of each picture.
PATCHES_PER_PICTURE = 5


@dataclass(frozen=True)
class ExtractorSettings:
    """The extractor's hyper-parameters (see :class:`xaikit.VRX` for their meaning)."""

    n_clusters: int = 12
    min_size: int = 20
    rule: tuple[float, float, float, float, float] = (1 / 2, 1 / 4, 1 / 4, 1 / 10, 1 / 2)
    n_patches: int = 20
    n_random: int = 20
    significance: float = 0.05
    detection_quantile: float = 0.99
    n_judged: int = 12
    min_found: float = 0.3
    n_groups: int = 12


@dataclass(frozen=True)
class _Pool:
    """All candidate patches of a class's discovery pictures, one row each."""

    features: np.ndarray
    evidence: np.ndarray
    pictures: np.ndarray
    segments: np.ndarray


def extract_concepts(
    seen: Discovery, n_concepts: int, settings: ExtractorSettings, rng: np.random.Generator
) -> list[Concept]:
    """The top-N concepts of a class, most important first.

    Parameters
    ----------
    n_concepts : N; fewer are returned, with a warning, where fewer pass the rule and the test

    Raises
    ------
    ValueError
        No cluster passes: too few pictures, or a Grad-CAM mask that leaves nothing.
    """
    looks = seen.looks
    pool = _gather(looks, seen.i)
    found: list[_Tested] = []
    # Twice as many, smaller clusters are tried where too few of the large ones are significant concepts.
    for n_clusters in (settings.n_clusters, 2 * settings.n_clusters):
        clusters = _clusters(pool, n_clusters, len(looks), settings, rng)
        tested = _tested(pool, clusters, seen.gradients, seen.random_features, settings, rng)
        found = max(found, tested, key=lambda some: (sum(one.significant for one in some), len(some)))
        if sum(one.significant for one in found) >= n_concepts:
            break
    if not found:
        raise ValueError(
            f"No concept found for class {seen.cls!r}: {len(pool.features)} candidate patches from "
            f"{len(looks)} pictures, none in a cluster that passes `rule` and `min_size`. "
            + remedy(seen, "`min_size`, `tau` or the shares in `rule`")
        )
    chosen = _most_important(seen.cls, found, n_concepts)
    return [_concept(seen, k, pool, one, settings) for k, one in enumerate(chosen)]


def remedy(seen: Discovery, lower: str) -> str:
    """What to do where no concept was found; ``lower`` names the hyper-parameters that are too high."""
    blank = sum(bool(look.blank[seen.i]) for look in seen.looks)
    if not blank:
        return f"Give more pictures of the class, or lower {lower}."
    return (
        f"In {blank} of the pictures its Grad-CAM map is zero everywhere: nothing speaks for the class. "
        "Give pictures that the network takes for the class, or look everywhere with `tau=None`."
    )


def _most_important(cls: str, found: list[_Tested], n_concepts: int) -> list[_Tested]:
    significant = [one for one in found if one.significant]
    if not significant:
        warn(
            f"No concept of class {cls!r} has a significant TCAV score; the best ones are kept. "
            "Look at their p_value before you trust them.",
        )
    chosen = sorted(significant or found, key=lambda one: (-round(one.tcav.score, 2), -one.coverage))
    chosen = chosen[:n_concepts]
    if len(chosen) < n_concepts:
        warn(f"Class {cls!r} has {len(chosen)} concepts, not {n_concepts}.")
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
    seen: Discovery, number: int, pool: _Pool, found: _Tested, settings: ExtractorSettings
) -> Concept:
    members = found.members
    mean = pool.features[members].mean(axis=0)
    distances = np.linalg.norm(pool.features[members] - mean, axis=1)
    sightings = [
        Sighting(seen.looks[p], seen.ids[p], np.array([segment]), float(distance))
        for p, segment, distance in zip(
            pool.pictures[members], pool.segments[members], distances, strict=True
        )
    ]
    threshold = float(np.quantile(distances, settings.detection_quantile))
    told = vars(found.tcav) | {"found": found.coverage / len(seen.looks)}
    return concept_of(seen.cls, number, sightings, settings.n_patches, mean, threshold, **told)
