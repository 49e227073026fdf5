"""What becomes of a score when the places where some x-features are seen are filled in (SRAE 4.3).

The paper calls it mask-inpaint-classify. The network is asked once, without a way back: where the x-features
are seen in what is left nobody needs to know, and ten times as long would be waited for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import FILLS, View, erase, shown
from xaikit.core.images.checks import Bool, Float32, UInt8
from xaikit.core.params import OneOf
from xaikit.core.result import Kept, Result
from xaikit.core.running import to_numpy
from xaikit.srae.fitted import Fitted
from xaikit.srae.words import Words, said_number, sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.plots.views import Summed
    from xaikit.widgets import FigureView

__all__ = ["SHARE", "Asked", "Fill", "Without", "seen_places", "without"]

SHARE = 0.05
"""Of the highest value of a heatmap, from which on an x-feature counts as seen at a place."""
GAP = 0.009
"""Of the picture's side; places no further apart than twice that are one."""
Fill = Annotated[str, OneOf(FILLS)]


class Asked(NamedTuple):
    """A view, the class that is explained, and what the network and its x-features said of it."""

    image: UInt8
    target: str
    prediction: str
    score: float
    probability: float
    contributions: Float32


@dataclass(frozen=True, eq=False)
class Without(Result, Kept):
    """A picture before and after the places of some x-features were filled in, and what is said of both.

    Attributes
    ----------
    images : uint8 (2, h, w, c), the views before and after
    features : numbers of the x-features whose places were filled in
    target : the class that is explained
    predictions : what the network answers, before and after
    scores : float32 (2,), ŷ, the network's logit of the target
    probabilities : float32 (2,), the network's of the target, among all its classes
    baseline : b, the logit that pictures of other classes have
    contributions : float32 (2, n), v_i E_i, in logits
    names : what the n x-features are called
    fill : with what the places were filled
    checks : "filled": share of the picture; "error": |ȳ − ŷ| before and after
    """

    KIND = "a picture without some x-features"
    FORMS: ClassVar = {
        "images": "u 2 h w c",
        "scores": "f 2",
        "probabilities": "f 2",
        "contributions": "f 2 n",
        "names": "n",
    }

    images: NDArray[np.uint8] = field(repr=False)
    features: tuple[int, ...]
    target: str
    predictions: tuple[str, ...]
    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    baseline: float
    contributions: NDArray[np.float32]
    names: tuple[str, ...]
    fill: str
    checks: Mapping[str, Any]

    @property
    def approximations(self) -> NDArray[np.float32]:
        """ȳ = b + Σ_i v_i E_i before and after, float32 (2,)."""
        return np.float32(self.baseline) + self.contributions.sum(1)

    def __str__(self) -> str:
        which = ", ".join(self.names[k] for k in self.features)
        score, then = (said_number(one) for one in self.scores)
        chance, after = (f"{one:.0%}" for one in self.probabilities)
        return (
            f"Without {which} the network's score of {self.target} goes from {score} to {then}, its "
            f"probability from {chance} to {after}; it says {self.predictions[1]}."
        )

    def words(self) -> Words:
        """Why what is left has its score: see :meth:`XFeatures.words`."""
        numbers = float(self.approximations[1]), float(self.baseline), float(self.scores[1])
        return sentence(self.target, self.predictions[1], self.contributions[1], *numbers)

    def summed(self) -> Summed:
        """What is left, as a widget shows it."""
        from xaikit.plots.views import Summed

        return Summed(
            picture=shown(self.images[1]),
            cls=self.target,
            answer=self.predictions[1],
            start=self.baseline,
            gives=self.contributions[1],
            score=float(self.scores[1]),
            chance=float(self.probabilities[1]),
            words=self.words(),
            filled=self.checks["filled"],
        )

    def plot(self) -> Figure:
        """Both pictures, and what each x-feature gives in them."""
        from xaikit.plots.before_after import before_after
        from xaikit.plots.views import Bars

        titles = ("before", "filled in")
        bars = [
            Bars(self.names, values.tolist(), title, "what it gives")
            for values, title in zip(self.contributions, titles, strict=True)
        ]
        heads = [
            f"{who}: {self.target} {said_number(score)}, {chance:.0%}"
            for who, score, chance in zip(titles, self.scores, self.probabilities, strict=True)
        ]
        return before_after(shown(self.images), heads, bars, str(self))

    def widget(self) -> FigureView:
        """Its figure, with what it says."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)


def seen_places(heatmaps: Float32, features: Sequence[int], share: float, names: Sequence[str]) -> Bool:
    """Where any of some x-features is seen, bool (h, w).

    Parameters
    ----------
    heatmaps : (n, h, w)
    share : of a map's highest value, from which on a place counts
    names : of all n, for the error

    Raises
    ------
    ValueError
        No x-feature is named, or one that is seen nowhere.
    """
    if not len(features):
        raise ValueError("`features` must name one x-feature or more; got none.")
    peaks = heatmaps.max((1, 2))
    if unseen := [names[k] for k in features if not peaks[k] > 0]:
        raise ValueError(f"{', '.join(unseen)} is seen nowhere in this picture: there is nothing to fill in.")
    some = list(features)
    return _closed((heatmaps[some] >= share * peaks[some, None, None]).any(0))


def _closed(mask: Bool) -> Bool:
    # A departure from the paper: such a map leaves out pixels between others, and what shows through there
    # tells the network all the same (toyworld/vehicles: with them the score falls by 2.2, without by 1.7).
    from scipy.ndimage import binary_closing

    gap = max(1, round(GAP * min(mask.shape)))
    found: Bool = binary_closing(np.pad(mask, gap), np.ones((3, 3)), gap)[gap:-gap, gap:-gap]
    return found


def without(
    fitted: Fitted, before: Asked, features: Sequence[int], mask: Bool, fill: str, names: Sequence[str]
) -> Without:
    """See :meth:`XFeatures.without`."""
    network, number = fitted.classifier, fitted.number(before.target)
    view = View.of(_filled(before.image, mask, fill, network.mean_color))
    done = network.forward(network.inputs(view[None]), record=[fitted.layer])
    activations = fitted.encode(done.features[fitted.layer], number).detach().cpu().numpy()
    readout, baseline = (
        getattr(fitted.modules, name).detach().numpy()[number] for name in ("readout", "baseline")
    )
    logits = to_numpy(done.logits)
    own = network.class_names.index(before.target)
    contributions = np.stack([before.contributions, activations[0] * readout]).astype(np.float32)
    scores = np.array([before.score, logits[0, own]], np.float32)
    said = contributions.sum(1) + baseline
    return Without(
        images=np.stack([before.image, view]),
        features=tuple(features),
        target=before.target,
        predictions=(before.prediction, network.class_names[int(logits[0].argmax())]),
        scores=scores,
        probabilities=np.array([before.probability, network.chances(logits)[0, own]], np.float32),
        baseline=float(baseline),
        contributions=contributions,
        names=tuple(names),
        fill=fill,
        checks={"filled": float(mask.mean()), "error": np.abs(said - scores).tolist()},
    )


def _filled(view: UInt8, mask: Bool, fill: str, color: Sequence[int]) -> UInt8:
    # Where nothing is left there is no rim to span from.
    return erase(view, mask, "mean" if mask.all() else fill, fill_color=color)
