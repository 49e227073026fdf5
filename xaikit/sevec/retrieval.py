"""Concepts of a picture, and pictures of a concept, by cosine (SeVec, eq. 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from xaikit.core.images import fit_view, shown
from xaikit.core.images.checks import UInt8
from xaikit.core.params import Count, check
from xaikit.core.readable import NOT_READ
from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.data import ImageSet
    from xaikit.sevec.fitted import Fitted
    from xaikit.widgets import FigureView

__all__ = ["Nearest", "Retrieved", "nearest", "retrieve"]

SHOWN_SIDE = 96


@dataclass(frozen=True, eq=False)
class Nearest(Result, Kept):
    """The concepts nearest to each picture.

    Attributes
    ----------
    names : per picture, the k nearest concepts, nearest first; none for one that cannot be read
    similarities : float32 (n, k), their cosines
    """

    KIND = "nearest concepts"
    FORMS: ClassVar = {"names": "n", "similarities": "f n k"}

    names: tuple[tuple[str, ...], ...]
    similarities: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        rows = [
            ", ".join(f"{name} {value:.2f}" for name, value in zip(row, values, strict=True))
            if row
            else NOT_READ
            for row, values in zip(self.names[:8], self.similarities, strict=False)
        ]
        more = [f"… {len(self) - 8} more"] if len(self) > 8 else []
        return "\n".join([f"Nearest({len(self)} pictures)", *(f"  {row}" for row in rows), *more])

    @property
    def checks(self) -> dict[str, Any]:
        """How many of the pictures could not be read."""
        return {NOT_READ: sum(not row for row in self.names)}

    def plot(self, interactive: bool = False) -> Any:
        """Bars of the nearest concepts of the first pictures: a matplotlib figure, or one of plotly."""
        from xaikit.plots.charts import N_BESIDE, bars_side_by_side
        from xaikit.plots.interactive import interactive_bars
        from xaikit.plots.views import Bars

        views = [
            Bars(
                row,
                values[: len(row)].tolist(),
                f"picture {number}" if row else f"picture {number}: not read",
            )
            for number, (row, values) in enumerate(zip(self.names, self.similarities, strict=True))
        ]
        return interactive_bars(views[:N_BESIDE]) if interactive else bars_side_by_side(views, "cosine")

    def widget(self) -> FigureView:
        """The figure of `plot`, with the same in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)


@dataclass(frozen=True, eq=False)
class Retrieved(Result, Kept):
    """The pictures of a set that are nearest to each of some concepts.

    Attributes
    ----------
    names : the concepts
    numbers : int64 (concepts, k), numbers of the pictures in the set, nearest first
    similarities : float32 (concepts, k), their cosines
    labels : the pictures' own classes by name, (concepts, k)
    pictures : uint8 (concepts, k, s, s, 3), small
    """

    KIND = "retrieved pictures"
    FORMS: ClassVar = {
        "names": "c",
        "numbers": "i c k",
        "similarities": "f c k",
        "labels": "c",
        "pictures": "u c k s s 3",
    }

    names: tuple[str, ...]
    numbers: NDArray[np.int64]
    similarities: NDArray[np.float32]
    labels: tuple[tuple[str, ...], ...]
    pictures: UInt8

    def __repr__(self) -> str:
        return f"Retrieved({self.numbers.shape[1]} pictures for each of {len(self.names)} concepts)"

    def precision(self) -> NDArray[np.float64]:
        """Share of the pictures whose own class is the concept (concepts,), 0..1."""
        return np.array(
            [
                np.mean([label == name for label in row])
                for name, row in zip(self.names, self.labels, strict=True)
            ]
        )

    def plot(self) -> Figure:
        """A row of pictures for each concept, as a matplotlib figure."""
        from xaikit.plots.retrieved import retrieved
        from xaikit.plots.views import Gallery

        return retrieved(Gallery(self.names, self.pictures, self.labels))

    def widget(self) -> FigureView:
        """The figure of `plot`, with the same in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    @property
    def checks(self) -> dict[str, Any]:
        """The share of the pictures whose own class is the concept, by concept."""
        return {"precision": dict(zip(self.names, self.precision().tolist(), strict=True))}


def nearest(fitted: Fitted, images: Any, k: int, concepts: list[int]) -> Nearest:
    """See :meth:`xaikit.SemanticVectors.nearest`."""
    k = check("k", k, Count)
    similarities = fitted.similarity(images)[:, concepts]
    order = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
    read = ~np.isnan(similarities[:, 0])
    names = tuple(
        tuple(fitted.names[concepts[j]] for j in row) if there else ()
        for row, there in zip(order, read, strict=True)
    )
    return Nearest(names, np.take_along_axis(similarities, order, 1))


def retrieve(fitted: Fitted, data: ImageSet, concepts: list[int], k: int, progress: bool) -> Retrieved:
    """See :meth:`xaikit.SemanticVectors.retrieve`. Holds no more than the best so far."""
    k = check("k", k, Count)
    if k > len(data):
        raise ValueError(f"`k` must lie in 1..{len(data)}, the number of pictures; got {k!r}.")
    best = np.zeros((len(concepts), 0), np.float32)
    numbers = np.zeros((len(concepts), 0), np.int64)
    for start, similarities in _in_pieces(fitted, data, progress):
        similarities = np.nan_to_num(similarities, nan=-np.inf)  # of pictures that could not be read
        found = np.broadcast_to(
            np.arange(start, start + len(similarities)), (len(concepts), len(similarities))
        )
        best = np.concatenate([best, similarities[:, concepts].T], 1)
        numbers = np.concatenate([numbers, found], 1)
        order = np.argsort(-best, axis=1, kind="stable")[:, :k]
        best, numbers = np.take_along_axis(best, order, 1), np.take_along_axis(numbers, order, 1)
    n_read = int(np.isfinite(best).sum(1).min(initial=k))
    if n_read < k:
        raise ValueError(f"`k` must lie in 1..{n_read}, the number of pictures that can be read; got {k!r}.")
    samples = {int(n): data[int(n)] for n in np.unique(numbers)}
    small = {n: fit_view(shown(sample.image), SHOWN_SIDE) for n, sample in samples.items()}
    return Retrieved(
        names=tuple(fitted.names[c] for c in concepts),
        numbers=numbers,
        similarities=best,
        labels=tuple(tuple(data.class_names[samples[int(n)].label] for n in row) for row in numbers),
        pictures=np.stack([np.stack([small[int(n)] for n in row]) for row in numbers]),
    )


def _in_pieces(fitted: Fitted, data: ImageSet, progress: bool) -> Iterator[tuple[int, NDArray[np.float32]]]:
    start = 0
    with tqdm(total=len(data), desc="looking through pictures", disable=not progress) as bar:
        for similarities in fitted.similarity_batches(data):
            yield start, similarities
            start += len(similarities)
            bar.update(len(similarities))
