"""The answer of SRAE: a few x-features that together are the score of a class, and where each is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import shown
from xaikit.core.params import check_numbers
from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.plots.views import FeatureMaps
    from xaikit.widgets import HeatmapExplorer

__all__ = ["XFeatures", "said_number"]

WORTH_SAYING = 0.05
"""Of the largest contribution; smaller ones are left out where one is told or shown."""
N_SHOWN = 4
LEAST_SAID = 0.05


@dataclass(frozen=True, eq=False)
class XFeatures(Result, Kept):
    """Why each picture has its score for a class: ŷ ≈ b + Σ_i v_i E_i, in n x-features.

    Attributes
    ----------
    images : uint8 (m, h, w, c), the views that the network saw
    targets : per picture the class that is explained; "not read" of one that cannot be read
    predictions : per picture what the network answers
    scores : float32 (m,), ŷ, the network's logit of the target
    baseline : float32 (m,), b, the logit that pictures of other classes have
    activations : float32 (m, n), E, none below zero
    contributions : float32 (m, n), v_i E_i, in logits
    heatmaps : float32 (m, n, h, w), where each x-feature is seen, none below zero: c-MWP
    reconstruction : float32 (m, S), Ẑ, what the x-features know of the layer; None where nothing is
        reconstructed
    names : per picture, the names of the n x-features; "" where nobody gave one
    layer : that the x-features are made of
    method : the call that made it
    checks
        "held_out": per class F_reg, F_cls, O1, O2, each term of the loss, dead x-features, as measured on
        pictures that were not learned from; "error": |ȳ − ŷ| of each picture; "not_read": their numbers
    """

    KIND = "x-features of pictures"
    FORMS: ClassVar = {
        "images": "u m h w c",
        "targets": "m",
        "predictions": "m",
        "scores": "f m",
        "baseline": "f m",
        "activations": "f m n",
        "contributions": "f m n",
        "heatmaps": "f m n h w",
        "reconstruction": "f m s ?",
        "names": "m",
    }

    images: NDArray[np.uint8] = field(repr=False)
    targets: tuple[str, ...]
    predictions: tuple[str, ...]
    scores: NDArray[np.float32]
    baseline: NDArray[np.float32]
    activations: NDArray[np.float32] = field(repr=False)
    contributions: NDArray[np.float32]
    heatmaps: NDArray[np.float32] = field(repr=False)
    reconstruction: NDArray[np.float32] | None = field(repr=False)
    names: tuple[tuple[str, ...], ...]
    layer: str
    method: str
    checks: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.targets)

    def __repr__(self) -> str:
        m, n = self.contributions.shape
        return f"XFeatures({self.method}, {m} pictures, {n} x-features of {self.layer!r})"

    def __str__(self) -> str:
        return "\n".join(self.sentence(k) for k in range(len(self)))

    @property
    def approximation(self) -> NDArray[np.float32]:
        """ȳ = b + Σ_i v_i E_i, float32 (m,)."""
        return self.baseline + self.contributions.sum(1)

    def called(self, picture: int, feature: int) -> str:
        """The name of an x-feature, or its number where it has none.

        Raises
        ------
        ValueError
            There is no such picture, or no such x-feature.
        """
        picture = self._numbered("picture", picture, len(self))
        feature = self._numbered("feature", feature, self.contributions.shape[1])
        return self.names[picture][feature] or f"x-feature {feature + 1}"

    def sentence(self, picture: int = 0) -> str:
        """Why, in words: the x-features that count, by how much each gives.

        Raises
        ------
        ValueError
            There is no such picture.
        """
        picture = self._numbered("picture", picture, len(self))
        if picture in self.checks["not_read"]:
            return "This picture cannot be read."
        given = self.contributions[picture]
        counts = np.abs(given) > WORTH_SAYING * np.abs(given).max()
        order = [k for k in np.argsort(-np.abs(given)) if counts[k]]
        reasons, against = (
            [f"{self.called(picture, k)} ({said_number(given[k])})" for k in order if sign * given[k] > 0]
            for sign in (1, -1)
        )
        target, said = self.targets[picture], self.predictions[picture]
        because = f" because of {_listed(reasons)}" if reasons else ", though no x-feature speaks for it"
        if said != target:
            because = f"For {target} speaks {_listed(reasons) if reasons else 'no x-feature'}"
        but = f", against it {_listed(against)}" if against else ""
        opening = f"It is {target}{because}" if said == target else f"The network says {said}. {because}"
        whole, start, score = self._numbers(picture)
        return f"{opening}{but}: {whole} in all, from {start}; the network gives {score}."

    def _numbers(self, picture: int) -> list[str]:
        """ȳ, b and ŷ as people read them."""
        return [said_number(one[picture]) for one in (self.approximation, self.baseline, self.scores)]

    def _numbered(self, what: str, number: int, n: int) -> int:
        (found,) = check_numbers([number], what)
        if not 0 <= found < n:
            raise ValueError(f"`{what}` must be a number from 0 to {n - 1}; got {number!r}.")
        return int(found)

    def plot(self) -> Figure:
        """The first pictures, each beside the maps of the x-features that count, and what they give."""
        from xaikit.plots.feature_maps import feature_maps

        n = min(len(self), N_SHOWN)
        counting = self._counting(n)
        return feature_maps([self._view(k, counting) for k in range(n)])

    def widget(self, title: str = "") -> HeatmapExplorer:
        """The maps of the x-features that count in any of the pictures, side by side, to work with."""
        from xaikit.widgets import HeatmapExplorer

        maps = [
            {
                "method": f"x-feature {k + 1}",
                "target": self.targets,
                "values": self.heatmaps[:, k],
                "note": [self._note(picture, k) for picture in range(len(self))],
            }
            for k in self._counting(len(self))
        ]
        return HeatmapExplorer(shown(self.images), maps, title=title or "What the score is made of")

    def _counting(self, n: int) -> list[int]:
        """Numbers of the x-features that count in any of the first n pictures; the first where none does."""
        given = np.abs(np.nan_to_num(self.contributions[:n]))
        return np.flatnonzero((given > WORTH_SAYING * given.max(1, keepdims=True)).any(0)).tolist() or [0]

    def _note(self, picture: int, feature: int) -> str:
        name, gives = self.names[picture][feature], self.contributions[picture, feature]
        said = f"gives {said_number(gives)}" if np.isfinite(gives) else "not read"
        return f"{name}: {said}" if name else said

    def _view(self, picture: int, some: Sequence[int]) -> FeatureMaps:
        from xaikit.plots.views import FeatureMaps

        whole, start, score = self._numbers(picture)
        return FeatureMaps(
            picture=shown(self.images[picture]),
            title=self.targets[picture],
            said=[f"network {score}", f"x-features {whole}, from {start}"],
            maps=self.heatmaps[picture, some],
            names=[self.called(picture, k) for k in some],
            gives=[said_number(self.contributions[picture, k]) for k in some],
        )


def said_number(value: float) -> str:
    """A number of logits as people read it, with its sign."""
    if not np.isfinite(value):
        return "nothing"
    return "0" if abs(value) < LEAST_SAID else f"{value:+.1f}".replace("-", "−")


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
