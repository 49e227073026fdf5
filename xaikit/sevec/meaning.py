"""What a picture shows in low-level concepts, or that none of them fits (SeVec 4.3, table 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from xaikit.plots.views import Bars
    from xaikit.sevec.fitted import Fitted
    from xaikit.widgets import FigureView

__all__ = ["Meaning", "meanings"]

N_BARS = 8


@dataclass(frozen=True, eq=False)
class Meaning(Result, Kept):
    """The low-level concept that fits each picture best, and whether it fits at all.

    Attributes
    ----------
    kind : of the concepts asked about
    concepts : their names (K,)
    answers : per picture, the concept that fits best, or None where none of them does
    best : per picture, the nearest concept, whether or not it fits; None of one that cannot be read
    similarities : float32 (n, K), cos(a(x), v_c) of the binarised features
    p_values
        float64 (n, K): share of the reference pictures of other kinds that are at least as near to the
        concept as this picture is
    limit : largest p-value of a concept that fits
    """

    KIND = "meaning of pictures"
    FORMS: ClassVar = {
        "concepts": "K",
        "answers": "n",
        "best": "n",
        "similarities": "f n K",
        "p_values": "f n K",
    }

    kind: str
    concepts: tuple[str, ...]
    answers: tuple[str | None, ...]
    best: tuple[str | None, ...]
    similarities: NDArray[np.float32]
    p_values: NDArray[np.float64]
    limit: float

    def __len__(self) -> int:
        return len(self.answers)

    def __str__(self) -> str:
        return "\n".join(
            _said(self.kind, answer, best) for answer, best in zip(self.answers, self.best, strict=True)
        )

    def __repr__(self) -> str:
        n_fit = sum(answer is not None for answer in self.answers)
        return f"Meaning({self.kind}, {len(self)} pictures, {n_fit} of them with one that fits)"

    @property
    def checks(self) -> dict[str, Any]:
        """How many pictures have a concept that fits, and how many could not be read."""
        fit, read = ([one is not None for one in own] for own in (self.answers, self.best))
        return {"fit": sum(fit), "not read": len(self) - sum(read)}

    def plot(self, interactive: bool = False) -> Any:
        """The nearest concepts of the first pictures as bars, faint where they do not fit.

        A matplotlib figure, or one of plotly.
        """
        from xaikit.plots.charts import N_BESIDE, bars_side_by_side
        from xaikit.plots.interactive import interactive_bars

        views = [self._bars(number) for number in range(len(self))]
        return interactive_bars(views[:N_BESIDE]) if interactive else bars_side_by_side(views, "cosine")

    def widget(self) -> FigureView:
        """The figure of `plot`, with the same in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    def _bars(self, number: int) -> Bars:
        from xaikit.plots.views import Bars

        values = self.similarities[number]
        read = bool(np.isfinite(values).all())
        order = np.argsort(-values, kind="stable")[:N_BARS] if read else np.array([], int)
        said = self.answers[number] or f"no {self.kind} fits"
        return Bars(
            names=[self.concepts[k] for k in order],
            values=values[order].tolist(),
            title=f"picture {number}: {said if read else 'not read'}",
            faint=(self.p_values[number, order] > self.limit).tolist(),
        )


def meanings(fitted: Fitted, images: Any, concepts: list[int], kind: str, significance: float) -> Meaning:
    """See :meth:`xaikit.SemanticVectors.explain`.

    What is usual is told by the reference pictures that were kept in fitting and are of another kind: a
    picture of a class is as a rule nearer to some textures than to others, whatever it shows, because these
    switch on more units. So the nearest is the one that is nearest against what is usual for it.
    """
    if not 0 < significance < 1:
        raise ValueError(f"`significance` must lie between 0 and 1; got {significance!r}.")
    usual = _usual(fitted, concepts)
    similarities = fitted.similarity(images, binarized=True)[:, concepts]
    above = np.stack(
        [
            len(usual) - np.searchsorted(np.sort(u), s, "left")
            for u, s in zip(usual.T, similarities.T, strict=True)
        ],
        axis=1,
    )
    read = ~np.isnan(similarities[:, 0])
    p_values = np.where(read[:, None], (1 + above) / (1 + len(usual)), np.nan)
    middle, spread = usual.mean(0), usual.std(0) + np.finfo(np.float32).eps
    order = ((similarities - middle) / spread).argmax(1)
    names = [fitted.names[c] for c in concepts]
    best = [names[j] if there else None for j, there in zip(order, read, strict=True)]
    fits = p_values[np.arange(len(order)), order] <= significance
    return Meaning(
        kind=kind,
        concepts=tuple(names),
        answers=tuple(name if fit else None for name, fit in zip(best, fits, strict=True)),
        best=tuple(best),
        similarities=similarities,
        p_values=p_values,
        limit=significance,
    )


def _said(kind: str, answer: str | None, best: str | None) -> str:
    if best is None:
        return "the picture could not be read"
    return f"none of these {kind}s fits (nearest: {best})" if answer is None else f"{kind}: {answer}"


def _usual(fitted: Fitted, concepts: list[int]) -> NDArray[np.float32]:
    """Cosines of the reference pictures of other kinds with each concept (m, K)."""
    kinds = np.array(fitted.kinds)
    asked = {kinds[c] for c in concepts}
    others = ~np.isin(kinds[fitted.reference.concepts], list(asked))
    if not others.any():
        raise ValueError(
            "what is usual is not known: all pictures given to `fit` are of the kind asked about. Fit it on "
            "classes as well, as in fit(clf, {'class': pictures, 'texture': textures})."
        )
    d = fitted.vectors.shape[1]
    on = np.unpackbits(fitted.reference.patterns[others], axis=1, count=d).astype(np.float32)
    lengths = np.sqrt(np.maximum(on.sum(1, keepdims=True), 1))
    usual: NDArray[np.float32] = (on / lengths) @ fitted.vectors[concepts].T
    return usual
