"""The answer of the additive explainer: how much each concept counted for a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.additive.views import check_heatmaps, views_of
from xaikit.additive.words import report
from xaikit.core.images import View
from xaikit.core.params import check_numbers
from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.attribution import Heatmap
    from xaikit.widgets import ContributionChart

__all__ = ["Contributions"]

N_SHOWN = 4
OTHER = "other"
"""What concepts that nobody named are called together."""


@dataclass(frozen=True, eq=False)
class Contributions(Result, Kept):
    """A score as a sum over n concepts, for each picture: ŷ ≈ Σ_i α_i y_i + b (eq. 1).

    Attributes
    ----------
    images : uint8 (m, h, w, c), the views that the network saw
    target : the class whose logit is explained
    predictions : per picture what the network answers; "not read" of one that cannot be read
    performer : float32 (m,), ŷ, the network's logit of the target
    values : y, float32 (m, n)
    weights : α, float32 (m, n)
    contributions : α_i y_i, float32 (m, n), in logits
    bias : b, a number
    names : of the n concepts
    stands_for : {concept: what it stands for}, as people named it; several may stand for one
    maps : float32 (m, n, gh, gw), where each concept is seen; None where that is not known
    baseline_weights : α of the twin distilled without prior, float32 (m, n); None where there is none
    baseline_bias : its b
    method : the call that made it
    checks
        "held_out": relative deviation, entropy, accuracy at τ and the same of the "baseline" that was only
        distilled; "deviation": |ŷ − Σ − b| of each picture over the range of ŷ; "not_read": their numbers
    """

    KIND = "contributions of concepts"
    FORMS: ClassVar = {
        "images": "u m h w c",
        "predictions": "m",
        "performer": "f m",
        "values": "f m n",
        "weights": "f m n",
        "contributions": "f m n",
        "names": "n",
        "maps": "f m n p q ?",
        "baseline_weights": "f m n ?",
    }

    images: NDArray[np.uint8] = field(repr=False)
    target: str
    predictions: tuple[str, ...]
    performer: NDArray[np.float32]
    values: NDArray[np.float32] = field(repr=False)
    weights: NDArray[np.float32] = field(repr=False)
    contributions: NDArray[np.float32]
    bias: float
    names: tuple[str, ...]
    method: str
    checks: Mapping[str, Any]
    stands_for: dict[str, str] = field(default_factory=dict)
    maps: NDArray[np.float32] | None = field(default=None, repr=False)
    baseline_weights: NDArray[np.float32] | None = field(default=None, repr=False)
    baseline_bias: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", View.of(self.images))  # also where they come from a file

    def __len__(self) -> int:
        return len(self.predictions)

    def __repr__(self) -> str:
        m, n = self.contributions.shape
        return f"Contributions({self.method}, {m} pictures, {n} concepts)"

    def __str__(self) -> str:
        return "\n".join(self.report(k) for k in range(len(self)))

    @property
    def reconstruction(self) -> NDArray[np.float32]:
        """Σ_i α_i y_i + b, float32 (m,)."""
        return self.contributions.sum(1) + np.float32(self.bias)

    @property
    def baseline(self) -> Contributions | None:
        """The same of the paper's baseline, distilled without prior; None where this is it."""
        if self.baseline_weights is None:
            return None
        return replace(
            self,
            weights=self.baseline_weights,
            contributions=self.baseline_weights * self.values,
            bias=self.baseline_bias,
            baseline_weights=None,
            baseline_bias=0.0,
        )

    def by_part(self) -> tuple[list[str], NDArray[np.float32]]:
        """Contri_p = Σ_{i ∈ Ω_p} α_i y_i: names of the parts, and what each gives, float32 (m, n_parts).

        Concepts that nobody named stand together as "other" where some are named; where none is, each is a
        part of its own.
        """
        members = self.members()
        return list(members), np.stack([self.contributions[:, of].sum(1) for of in members.values()], 1)

    def members(self) -> dict[str, list[int]]:
        """Ω_p: {part: numbers of its concepts}, in the order of `by_part`."""
        if not self.stands_for:
            return {name: [k] for k, name in enumerate(self.names)}
        called = [self.stands_for.get(name, OTHER) for name in self.names]
        names = [name for name in dict.fromkeys(called) if name != OTHER] + [OTHER] * (OTHER in called)
        return {part: [k for k, name in enumerate(called) if name == part] for part in names}

    def report(self, picture: int = 0) -> str:
        """How much each concept counted, in words.

        Raises
        ------
        ValueError
            There is no such picture.
        """
        (number,) = check_numbers([picture], "picture")
        if not 0 <= number < len(self):
            raise ValueError(f"`picture` must be a number from 0 to {len(self) - 1}; got {picture!r}.")
        if number in self.checks["not_read"]:
            return "This picture cannot be read."
        names, given = self.by_part()
        return report(self.target, names, given[number], self.bias, float(self.performer[number]))

    def plot(self) -> Figure:
        """The first pictures above what counted most in each, as bars."""
        from xaikit.plots.contributions import counted_parts

        return counted_parts(views_of(self, most=N_SHOWN), len(self))

    def widget(self, heatmaps: Heatmap | None = None) -> ContributionChart:
        """What each part counted and where it is seen, beside what the baseline would have told.

        Parameters
        ----------
        heatmaps : of the same pictures, to look at beside, such as those of `xaikit.attribution.gradcam`

        Raises
        ------
        TypeError, ValueError
            `heatmaps` is no heatmap, or is of other pictures.
        """
        from xaikit.widgets import ContributionChart

        views = views_of(self, check_heatmaps(heatmaps, self))
        return ContributionChart(views, f"How much each part counted for {self.target}")
