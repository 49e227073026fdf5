"""The answer of SRAE: a few x-features that together are the score of a class, and where each is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import View, shown
from xaikit.core.params import OneOf, Part, check, check_numbers
from xaikit.core.result import Kept, Result
from xaikit.srae.fitted import Fitted
from xaikit.srae.naming import give_names
from xaikit.srae.without import SHARE, Asked, Fill, Without, seen_places, without
from xaikit.srae.words import WORTH_SAYING, Words, said_number, sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.plots.views import Counted, FeatureMaps, Summed
    from xaikit.srae.model import SRAE
    from xaikit.widgets import ContributionChart, FeatureBoard

__all__ = ["XFeatures"]

N_SHOWN = 4
KIND_OF_FEATURE = "x-feature"


@dataclass(frozen=True, eq=False)
class XFeatures(Result, Kept):
    """Why each picture has its score for a class: ŷ ≈ b + Σ_i v_i E_i, in n x-features.

    Attributes
    ----------
    images : uint8 (m, h, w, c), the views that the network saw
    targets : per picture the class that is explained; "not read" of one that cannot be read
    predictions : per picture what the network answers
    scores : float32 (m,), ŷ, the network's logit of the target
    probabilities : float32 (m,), the network's of the target, among all its classes
    baseline : float32 (m,), b, the logit that pictures of other classes have
    activations : float32 (m, n), E, none below zero
    contributions : float32 (m, n), v_i E_i, in logits
    heatmaps : float32 (m, n, h, w), where each x-feature is seen, none below zero: c-MWP
    reconstruction : float32 (m, S), Ẑ, what the x-features know of the layer; None where nothing is
        reconstructed
    names
        {(class, number): name} of x-features that a person has named; the SRAE's own, so a name given later
        is here too
    layer : that the x-features are made of
    method : the call that made it
    checks
        "held_out": per class F_reg, F_cls, O1, O2, each term of the loss, dead x-features, as measured on
        pictures that were not learned from; "error": |ȳ − ŷ| of each picture; "not_read": their numbers
    examples : {class: uint8 (n, k, s, s, 4)} of the classes explained, see :attr:`xaikit.SRAE.examples_`
    fitted : what was fitted, which can be asked more; None where this comes from a file: see `of`
    """

    KIND = "x-features of pictures"
    FORMS: ClassVar = {
        "images": "u m h w c",
        "targets": "m",
        "predictions": "m",
        "scores": "f m",
        "probabilities": "f m",
        "baseline": "f m",
        "activations": "f m n",
        "contributions": "f m n",
        "heatmaps": "f m n h w",
        "reconstruction": "f m S ?",
        "names": "keyed",
        "examples": "{} u n k s s 4",
    }

    images: NDArray[np.uint8] = field(repr=False)
    targets: tuple[str, ...]
    predictions: tuple[str, ...]
    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    baseline: NDArray[np.float32]
    activations: NDArray[np.float32] = field(repr=False)
    contributions: NDArray[np.float32]
    heatmaps: NDArray[np.float32] = field(repr=False)
    reconstruction: NDArray[np.float32] | None = field(repr=False)
    layer: str
    method: str
    checks: Mapping[str, Any]
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    examples: dict[str, NDArray[np.uint8]] = field(default_factory=dict, repr=False)
    fitted: Fitted | None = field(default=None, repr=False, metadata={"kept": False})

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", View.of(self.images))  # also where they come from a file

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
        return self.names.get((self.targets[picture], feature)) or f"{KIND_OF_FEATURE} {feature + 1}"

    def sentence(self, picture: int = 0) -> str:
        """Why, in words: the x-features that count, by how much each gives.

        Raises
        ------
        ValueError
            There is no such picture.
        """
        return self._in_names(picture, self.words(picture))

    def words(self, picture: int = 0) -> Words:
        """The sentence in parts, with the number of an x-feature where its name belongs.

        Raises
        ------
        ValueError
            There is no such picture.
        """
        picture = self._numbered("picture", picture, len(self))
        if picture in self.checks["not_read"]:
            return ["This picture cannot be read."]
        numbers = (float(one[picture]) for one in (self.approximation, self.baseline, self.scores))
        return sentence(
            self.targets[picture], self.predictions[picture], self.contributions[picture], *numbers
        )

    def _in_names(self, picture: int, words: Words) -> str:
        return "".join(one if isinstance(one, str) else self.called(picture, one) for one in words)

    def rename(self, cls: str, feature: int, name: str) -> None:
        """Call an x-feature of a class by a name, here and in the SRAE; "" takes it away: :meth:`SRAE.name`.

        Raises
        ------
        ValueError
            A class that is not explained here, no such x-feature, or a name that does not do.
        """
        give_names(self.names, {(cls, feature): name}, self._explained, self.contributions.shape[1])

    @property
    def _explained(self) -> list[str]:
        """The classes of the pictures that could be read."""
        unread = self.checks["not_read"]
        return sorted({target for k, target in enumerate(self.targets) if k not in unread})

    def of(self, srae: SRAE) -> XFeatures:
        """The same with the SRAE that a file does not hold: it can then be asked `without`, and named.

        Raises
        ------
        ValueError
            The SRAE is another one: it does not explain these classes by so many x-features of this layer.
        """
        from xaikit.srae.model import SRAE

        fitted = check("srae", srae, SRAE).fitted_
        n = self.contributions.shape[1]
        known = {
            cls: start for cls, start in zip(self.targets, self.baseline, strict=True) if np.isfinite(start)
        }
        own = dict(zip(fitted.targets, fitted.modules.baseline.tolist(), strict=True))
        same = all(cls in own and np.isclose(own[cls], start) for cls, start in known.items())
        if not same or (fitted.layer, fitted.n_features) != (self.layer, n):
            raise ValueError(
                f"`srae` must be the one that explained this: {sorted(known)} by {n} x-features of "
                f"{self.layer!r}; got {srae!r}."
            )
        return replace(self, fitted=fitted, names=srae.names_)

    def without(
        self, features: Sequence[int], picture: int = 0, *, fill: str = "inpaint", share: float = SHARE
    ) -> Without:
        """Fill in the places where some x-features are seen, and ask the network again.

        Where their heatmaps have `share` of their highest value or more, the picture is filled in, as in the
        paper's mask-inpaint-classify.

        Parameters
        ----------
        features : numbers of x-features, from 0, one or more
        picture : number of the picture
        fill : one of :data:`xaikit.core.images.FILLS`
        share : above 0, at most 1

        Returns
        -------
        Without

        Raises
        ------
        ValueError
            No such picture or x-feature, one that is not seen in the picture, a picture that cannot be read,
            or an explanation from a file, which knows no network: `of` gives it one.
        """
        if self.fitted is None:
            raise ValueError(
                "an explanation from a file knows no network to ask again; `found.of(srae)` gives it one."
            )
        picture = self._numbered("picture", picture, len(self))
        if picture in self.checks["not_read"]:
            raise ValueError(f"picture {picture} cannot be read, so nothing can be filled in.")
        numbers = [self.fitted.feature(one) for one in check_numbers(features, "features").tolist()]
        asked = Asked(
            self.images[picture],
            self.targets[picture],
            self.predictions[picture],
            float(self.scores[picture]),
            float(self.probabilities[picture]),
            self.contributions[picture],
        )
        names = [self.called(picture, k) for k in range(self.contributions.shape[1])]
        mask = seen_places(self.heatmaps[picture], sorted(set(numbers)), check("share", share, Part), names)
        return without(self.fitted, asked, sorted(set(numbers)), mask, check("fill", fill, Fill), names)

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

    def widget(self, title: str = "") -> FeatureBoard:
        """Every x-feature beside the others, what they add up to, and what is left without some of them.

        What comes from a file can be looked at; to name x-features and to switch them off it needs the SRAE:
        see `of`.
        """
        from xaikit.srae.top_pictures import drawn_examples
        from xaikit.widgets import FeatureBoard

        live = self.fitted is not None
        return FeatureBoard(
            [self._summed(k) for k in range(len(self))],
            self.names,
            {cls: drawn_examples(own) for cls, own in self.examples.items()},
            title or "What the score is made of",
            kind=KIND_OF_FEATURE,
            rename=self.rename if live else None,
            without=(lambda picture, some: self.without(some, picture).summed()) if live else None,
        )

    def chart(self, cls: str | None = None) -> ContributionChart:
        """How much each x-feature counted, as shares and bars, of the pictures explained for one class.

        Parameters
        ----------
        cls : None takes that of the first picture

        Raises
        ------
        ValueError
            No picture is explained for that class.
        """
        from xaikit.widgets import ContributionChart

        explained = self._explained
        first = next((one for one in self.targets if one in explained), self.targets[0])
        cls = check("cls", cls or first, Annotated[str, OneOf(tuple(explained))])
        own = [self._counted(k) for k, target in enumerate(self.targets) if target == cls]
        return ContributionChart(own, f"How much each x-feature counted for {cls}")

    def _counted(self, picture: int) -> Counted:
        from xaikit.plots.views import Counted, Reading

        gives = self.contributions[picture]
        return Counted(
            picture=shown(self.images[picture]),
            cls=self.targets[picture],
            answer=self.predictions[picture],
            names=[self.called(picture, k) for k in range(len(gives))],
            score=float(self.scores[picture]),
            readings={"x-features": Reading(float(self.baseline[picture]), gives)},
            maps=self.heatmaps[picture],
        )

    def _summed(self, picture: int) -> Summed:
        from xaikit.plots.views import Summed

        return Summed(
            picture=shown(self.images[picture]),
            cls=self.targets[picture],
            answer=self.predictions[picture],
            start=float(self.baseline[picture]),
            gives=self.contributions[picture],
            score=float(self.scores[picture]),
            chance=float(self.probabilities[picture]),
            words=self.words(picture),
            maps=self.heatmaps[picture],
        )

    def _counting(self, n: int) -> list[int]:
        """Numbers of the x-features that count in any of the first n pictures; the first where none does."""
        given = np.abs(np.nan_to_num(self.contributions[:n]))
        return np.flatnonzero((given > WORTH_SAYING * given.max(1, keepdims=True)).any(0)).tolist() or [0]

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
