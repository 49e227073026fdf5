"""Visual concept extractor (VRX 3.1, after ACE, Ghorbani 2019): the top-N concepts of a class.

Superpixels of the discovery pictures are clustered by their features; ACE's rule drops clusters that come
from too few pictures; each remaining cluster is tested with TCAV against random patches; the N clusters with
the highest TCAV scores are the class's concepts. Many scores are 1: of equal ones, the cluster found in more
of the pictures goes first, because a concept that is seldom there explains little.

Notation: d features, n pictures; S = ∇h(x)·v, the derivative of the class's logit along a concept's
direction v; TCAV score = share of the class's pictures with S > 0 (Kim 2018, eq. 2).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control, ttest_ind

from xaikit.core.images import cut
from xaikit.vrx.candidates import Candidates

__all__ = ["Concept", "ExtractorSettings", "extract_concepts"]

# k-means is given fewer clusters than asked where there are few patches, so that they can pass ACE's rule.
PATCHES_PER_CLUSTER = 30
# And more clusters where there are many: the rule drops a cluster with more than ten patches of each picture.
PATCHES_PER_PICTURE = 5


@dataclass(frozen=True)
class Concept:
    """A visual concept of a class: patches the network describes alike.

    Attributes
    ----------
    cls, index : the class it belongs to, and its number there (0 = the most important)
    patches : list of uint8 (h, w, 4), alpha = the superpixel; nearest to the concept's mean first
    boxes : int (n, 2), each patch's upper left corner (x, y) in its picture
    sources : list of str, the id of the picture each patch was cut from
    evidence : float32 (n, d), the default layer's features of the patches, which a graph's node carries
    distances : float (n,), Euclidean distance of each patch's feature to ``mean_feature``
    contributions : float32 (n,), what each patch contributes to the class in a typical picture of it (eq. 6):
        high = a good patch, low or negative = a bad one; NaN before the GRN is trained
    mean_feature : float32 (d,)
    threshold : t, the distance below which a superpixel of a new picture is the concept
    score : TCAV score, mean over runs, in 0..1
    p_value : two-sided, against random directions, corrected for the number of clusters (Benjamini-Hochberg)
    sensitivity : mean derivative of the class's logit along the concept's direction
    picture_size : S, side of the square pictures the patches were cut from, in pixels
    """

    cls: str
    index: int
    patches: list[np.ndarray]
    boxes: np.ndarray
    sources: list[str]
    evidence: np.ndarray
    distances: np.ndarray
    contributions: np.ndarray
    mean_feature: np.ndarray
    threshold: float
    score: float
    p_value: float
    sensitivity: float
    picture_size: int

    @property
    def masks(self) -> np.ndarray:
        """Where each patch was in its picture, bool (n, S, S)."""
        masks = np.zeros((len(self.patches), self.picture_size, self.picture_size), bool)
        for mask, patch, (x, y) in zip(masks, self.patches, self.boxes, strict=True):
            h, w = patch.shape[:2]
            mask[y : y + h, x : x + w] = patch[..., 3] > 127
        return masks

    @property
    def center(self) -> tuple[float, float]:
        """Mean place of the concept's patches as (x, y) in pixels."""
        half = np.array([patch.shape[1::-1] for patch in self.patches]) / 2
        x, y = (self.boxes + half).mean(axis=0)
        return float(x), float(y)


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
            f"pictures, none in a cluster that passes `rule` and `min_size`. {_remedy(looks, i)}"
        )
    chosen = _most_important(cls, found, n_concepts)
    return [_concept(cls, k, pool, one, looks, ids, settings) for k, one in enumerate(chosen)]


def _remedy(looks: Sequence[Candidates], i: int) -> str:
    blank = sum(bool(look.blank[i]) for look in looks)
    if not blank:
        return "Give more pictures of the class, or lower `min_size`, `tau` or the shares in `rule`."
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
    chosen = sorted(significant or found, key=lambda one: (-round(one.score, 2), -one.coverage))[:n_concepts]
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
    score: float
    p_value: float
    sensitivity: float
    significant: bool


def _tested(
    pool: _Pool,
    clusters: list[np.ndarray],
    gradients: np.ndarray,
    random_features: np.ndarray,
    settings: ExtractorSettings,
    rng: np.random.Generator,
) -> list[_Tested]:
    """TCAV score of every cluster over ``n_random`` runs, tested against random directions."""
    from threadpoolctl import threadpool_limits

    if not clusters:
        return []
    size = min(settings.n_patches, len(random_features) // 2)
    scale = float(np.linalg.norm(gradients, axis=1).mean()) or 1.0

    def chance_patches() -> np.ndarray:
        return random_features[rng.choice(len(random_features), size, replace=False)]

    def run(positive: np.ndarray) -> tuple[float, float]:
        derivative = gradients @ _direction(positive, chance_patches())
        return float((derivative > 0).mean()), float(derivative.mean() / scale)

    with threadpool_limits(1):
        chance = [run(chance_patches())[0] for _ in range(settings.n_random)]
        runs = [np.array([run(pool.features[m]) for _ in range(settings.n_random)]) for m in clusters]
    p_values = false_discovery_control([_p_value(list(each[:, 0]), chance) for each in runs])
    return [
        _Tested(
            members=members,
            coverage=len(set(pool.pictures[members])),
            score=float(each[:, 0].mean()),
            p_value=float(p),
            sensitivity=float(each[:, 1].mean()),
            significant=bool(p <= settings.significance and each[:, 0].mean() > 0.5),
        )
        for members, each, p in zip(clusters, runs, p_values, strict=True)
    ]


def _direction(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """The unit normal of a linear classifier between two sets of features (a concept activation vector)."""
    from sklearn.linear_model import Ridge

    x = np.concatenate([positive, negative]).astype(float)
    # what RidgeClassifier does, without its look at the labels, which takes longer than the fit
    y = np.repeat([1.0, -1.0], [len(positive), len(negative)])
    ridge = Ridge(alpha=1e-2 * float(x.var(axis=0).sum()) + 1e-12).fit(x, y)
    normal = ridge.coef_.ravel()
    return normal / (np.linalg.norm(normal) or 1.0)


def _p_value(scores: list[float], chance: list[float]) -> float:
    """Welch's two-sided t-test; constant samples are told apart by their values."""
    if np.ptp(scores) == 0 and np.ptp(chance) == 0:
        return 1.0 if scores[0] == chance[0] else 0.0
    with warnings.catch_warnings():  # one constant sample is common: every run has the same score
        warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
        return float(ttest_ind(scores, chance, equal_var=False).pvalue)


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
    nearest = np.argsort(distances, kind="stable")[: settings.n_patches]
    patches, boxes, sources = [], [], []
    for member in members[nearest]:
        look = looks[pool.pictures[member]]
        mask = look.superpixels.mask(pool.segments[member])
        ys, xs = np.nonzero(mask)
        patches.append(cut(look.view, mask))
        boxes.append((xs.min(), ys.min()))
        sources.append(str(ids[pool.pictures[member]]))
    return Concept(
        cls=cls,
        index=number,
        patches=patches,
        boxes=np.array(boxes),
        sources=sources,
        evidence=pool.evidence[members[nearest]],
        distances=distances[nearest],
        contributions=np.full(len(nearest), np.nan, np.float32),
        mean_feature=mean.astype(np.float32),
        threshold=float(np.quantile(distances, settings.detection_quantile)),
        score=found.score,
        p_value=found.p_value,
        sensitivity=found.sensitivity,
        picture_size=looks[0].view.shape[0],
    )
