"""The concepts on a plane: the global picture of what a network knows (SeVec 4.1, fig. 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import UInt8
from xaikit.core.result import Kept, Result
from xaikit.sevec.vectors import centered_by_kind, means_by_kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.sevec.fitted import Fitted
    from xaikit.widgets import SemanticMap

__all__ = ["METHODS", "ConceptMap", "map_concepts", "project"]

METHODS = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}
LEVELS = ("top level", "sub-category")
PERPLEXITY = 30
N_NEIGHBORS = 15


@dataclass(frozen=True, eq=False)
class ConceptMap(Result, Kept):
    """Concepts laid out on a plane.

    Attributes
    ----------
    names : the concepts (K,)
    positions : {"t-SNE" | "UMAP" | "PCA": float64 (K, 2)}
    diversity : float64 (K,), D_c
    labels : {kind of label: (K,) names}, as "top level", "sub-category", "kind", as far as they are known
    vectors : float32 (K, d), unit rows
    examples : a few small pictures per concept
    means : {kind: the mean of its vectors (d,)}, where concepts of several kinds are on the map
    checks
        "trustworthiness" of each layout, 0..1: whether neighbours on the plane are neighbours in the feature
        space (1 is best)
    """

    KIND = "concept map"
    FORMS: ClassVar = {
        "names": "K",
        "positions": "{} f K 2",
        "diversity": "f K",
        "vectors": "f K d",
        "examples": "pictures",
        "means": "{} f d",
    }

    names: tuple[str, ...]
    positions: Mapping[str, NDArray[np.float64]]
    diversity: NDArray[np.float64]
    labels: Mapping[str, tuple[str, ...]]
    vectors: NDArray[np.float32] = field(repr=False)
    examples: Sequence[Sequence[UInt8]] = field(repr=False)
    checks: Mapping[str, Any]
    means: Mapping[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"ConceptMap({len(self)} concepts, {', '.join(self.positions)})"

    def neighbours(self, name: str, k: int = 3) -> list[tuple[str, float]]:
        """The concepts nearest to one of them in the feature space (not on the plane), with their cosines."""
        if name not in self.names:
            hint = did_you_mean(name, self.names)
            raise ValueError(f"`name` must be a concept of the map; got {name!r}.{hint}")
        return self._ranked(self.names.index(name), self.vectors)[:k]

    def _relevant(self, number: int) -> list[tuple[str, float]]:
        """The concepts most relevant to one; where there are several kinds, centred (`relevance`)."""
        vectors = self.vectors
        return self._ranked(
            number, centered_by_kind(vectors, self.labels["kind"], self.means) if self.means else vectors
        )

    def _ranked(self, number: int, vectors: NDArray[np.floating[Any]]) -> list[tuple[str, float]]:
        cosines = vectors @ vectors[number]
        order = np.argsort(-cosines, kind="stable")
        return [(self.names[j], float(cosines[j])) for j in order if j != number]

    def agreement(self, label: str = LEVELS[0]) -> float:
        """Adjusted mutual information of the vectors' clusters with a label, 1 for the same, 0 for chance.

        As many clusters as labels, by k-means on the unit vectors: the map itself plays no part.

        Raises
        ------
        ValueError
            The map knows no such label, or it has a single value.
        """
        if label not in self.labels:
            raise ValueError(f"`label` must be one of {list(self.labels)}; got {label!r}.")
        return metrics.cluster_agreement(self.vectors, self.labels[label])

    def plot(self, projection: str | None = None, color_by: str | None = None) -> Figure:
        """The map as a matplotlib figure."""
        from xaikit.plots.semantic_map import semantic_map

        projection, color_by = (
            projection or next(iter(self.positions)),
            color_by or next(iter(self.labels), None),
        )
        return semantic_map(
            self.names,
            self.positions[projection],
            sizes=self.diversity,
            labels=self.labels[color_by] if color_by else None,
            title=f"{projection}, size: degree of diversity",
        )

    def widget(self, title: str = "") -> SemanticMap:
        """The map to search, select and compare in: :class:`xaikit.widgets.SemanticMap`.

        Its bars of relevance leave out, where concepts of several kinds are on the map, what all of a kind
        have in common, as ``SemanticVectors.relevance(..., centered=True)`` does.
        """
        from xaikit.widgets import SemanticMap

        return SemanticMap(
            list(self.names),
            dict(self.positions),
            sizes=self.diversity,
            labels={label: list(values) for label, values in self.labels.items()},
            pictures=[list(pictures) for pictures in self.examples],
            relevance=self._relevant,
            title=title,
        )

    def to_html(self, path: str | Path, title: str = "What the network knows") -> Path:
        """Write the map into one HTML file that works offline."""
        return self.widget(title).to_html(path)


def map_concepts(fitted: Fitted, chosen: list[int], method: str | Sequence[str], seed: int) -> ConceptMap:
    """See :meth:`xaikit.SemanticVectors.map`."""
    if len(chosen) < 3:
        raise ValueError(f"a map needs three or more concepts; got {len(chosen)}.")
    methods = [method] if isinstance(method, str) else list(method)
    unknown = [name for name in methods if name not in METHODS]
    if unknown or not methods:
        hint = did_you_mean(unknown[0], METHODS) if unknown else ""
        raise ValueError(f"`method` must be one or more of {list(METHODS)}; got {method!r}.{hint}")
    rows, kinds = fitted.vectors[chosen], fitted.kinds
    positions = {METHODS[name]: project(rows, name, seed) for name in methods}
    return ConceptMap(
        names=tuple(fitted.names[k] for k in chosen),
        positions=positions,
        diversity=fitted.diversity[chosen],
        labels=_labels(fitted, chosen),
        vectors=rows,
        examples=[fitted.examples[k] for k in chosen],
        checks={"trustworthiness": {name: _trust(rows, places) for name, places in positions.items()}},
        means=means_by_kind(fitted.vectors, kinds) if len({kinds[k] for k in chosen}) > 1 else {},
    )


def project(vectors: NDArray[np.float32], method: str, seed: int) -> NDArray[np.float64]:
    """Places (K, 2) of unit vectors (K, d) on a plane, by cosine.

    Raises
    ------
    ImportError
        UMAP is asked for and not installed; the message says how to.
    """
    rows = vectors.astype(np.float64)
    if method == "umap":
        return _umap(rows, seed)
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if method == "pca":
        places = PCA(2, random_state=seed).fit_transform(rows)
    else:
        perplexity = min(PERPLEXITY, (len(rows) - 1) / 3)
        places = TSNE(2, perplexity=perplexity, metric="cosine", init="pca", random_state=seed).fit_transform(
            rows
        )
    return np.asarray(places, np.float64)


def _umap(rows: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    try:
        from umap import UMAP
    except ImportError as error:
        raise ImportError(
            "UMAP is not installed: `pip install 'xaikit[umap]'`, or use method='tsne' or 'pca'."
        ) from error
    # the default start is spectral, for which few concepts are too few
    start = "spectral" if len(rows) > N_NEIGHBORS + 2 else "random"
    neighbors = min(N_NEIGHBORS, len(rows) - 1)
    layout = UMAP(n_neighbors=neighbors, metric="cosine", init=start, random_state=seed, n_jobs=1)
    return np.asarray(layout.fit_transform(rows), np.float64)


def _trust(rows: NDArray[np.float32], places: NDArray[np.float64]) -> float:
    from sklearn.manifold import trustworthiness

    k = min(10, (len(rows) - 1) // 2)
    return float(trustworthiness(rows, places, n_neighbors=k, metric="cosine"))


def _labels(fitted: Fitted, chosen: list[int]) -> dict[str, tuple[str, ...]]:
    """By the hierarchy, where the data had one, and by kind, where there are several.

    A concept that the hierarchy does not know (a texture) is labelled by its kind.
    """
    names = [fitted.names[k] for k in chosen]
    kinds = [fitted.kinds[k] for k in chosen]
    tree = fitted.hierarchy
    labels: dict[str, tuple[str, ...]] = {}
    if tree is not None:
        for level, label in enumerate(LEVELS):
            labels[label] = tuple(
                tree.labels([name], level)[0] if name in tree else kind
                for name, kind in zip(names, kinds, strict=True)
            )
    if len(set(kinds)) > 1 or not labels:
        labels["kind"] = tuple(kinds)
    return labels
