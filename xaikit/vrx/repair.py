"""Which patch, put where, would turn the answer into another class (VRX 4.2).

The GRN foresees what a patch of the wanted class would do: its node takes the patch's features and place, and
nodes that lie under the patch become dummies. Of what is no concept and yet to blame it knows nothing: what
covering that gives was measured when the cause was sought. The network is then asked about the most promising
edits, since only its answer counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from xaikit.core.images import paste
from xaikit.core.result import Kept, Parts, Result
from xaikit.vrx.answer import explain_many
from xaikit.vrx.causes import Cause, cause_as
from xaikit.vrx.edits import SOFT, Spot, spot_of, spot_over
from xaikit.vrx.explanation import StructuralExplanation, figure_of_edit
from xaikit.vrx.naming import called

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.vrx.fitted import Fitted
    from xaikit.widgets import FigureView

__all__ = ["N_TRIED", "Correction", "Suggestion", "correct", "suggest"]

N_TRIED = 48  # edited pictures that the network is shown
COVERED = 0.5  # share of a region under a patch's box from which on it is covered
PER_SPOT = 3  # patches of one concept tried on one spot: the bank's patches are much alike


@dataclass(frozen=True)
class Suggestion(Parts):
    """A patch to put over a spot of the picture, what was expected of it, and what the network answers.

    Attributes
    ----------
    cls, concept : whose concept the patch shows, and its number k
    patch : uint8 (h, w, 4), alpha = its mask
    source : id of the picture that the patch comes from
    over : (class, k) of the concept that it covers; None = what it covers is no concept
    where : where it goes, in words: "in its usual place", "over something at the top left"
    center, size : where it goes, (x, y) and (w, h) in pixels of the view
    expected_gain : the GRN's margin of the target over the other classes after less before, in logits; and
        what the network's gained when things that it covers, and that are no concepts, were filled in
    gain : the network's margin after less before
    prediction, probability : the network's answer to the edited picture, and the target's probability
    image : uint8 (H, W, 3), the edited picture
    names : what concepts are called
    """

    FORMS: ClassVar = {"patch": "u h w a", "image": "u H W c", "names": "keyed"}

    cls: str
    concept: int
    patch: np.ndarray = field(repr=False)
    source: str
    over: tuple[str, int] | None
    where: str
    center: tuple[float, float]
    size: tuple[int, int]
    expected_gain: float
    gain: float
    prediction: str
    probability: float
    image: np.ndarray = field(repr=False)
    names: Mapping[tuple[str, int], str] = field(default_factory=dict, repr=False)

    @property
    def area(self) -> float:
        """Pixels that the patch covers."""
        return float((self.patch[..., -1] > 127).mean() * self.size[0] * self.size[1])

    @property
    def edit(self) -> str:
        """What is put where: "ladder of fire engine in its usual place"."""
        return f"{called(self.names, self.cls, self.concept)} of {self.cls} {self.where}"

    def __str__(self) -> str:
        return f"{self.edit}: {self.prediction}, {self.cls} {self.probability:.0%}"


@dataclass(frozen=True, repr=False)
class Correction(Result, Kept):
    """A picture edited, patch by patch, until the network gives the wanted answer or no patch helps.

    Attributes
    ----------
    target : the wanted class
    cause : what the wrong answer came from, before any edit
    steps : the patches put in, in order
    before, after : the explanations of the picture and of the edited picture
    """

    KIND = "correction"

    target: str
    cause: Cause
    steps: list[Suggestion]
    before: StructuralExplanation
    after: StructuralExplanation

    @property
    def image(self) -> np.ndarray:
        """The edited picture, uint8 (H, W, 3)."""
        return self.after.image

    @property
    def corrected(self) -> bool:
        """Whether the network now answers the target."""
        return self.after.prediction == self.target

    @property
    def edit(self) -> str:
        """What was done, in words."""
        return "; ".join(str(step) for step in self.steps) or "no patch raises the target's score"

    def plot(self) -> Figure:
        """Both pictures and both networks' probabilities as a matplotlib figure."""
        return figure_of_edit(self.before, self.after, self.edit)

    def widget(self) -> FigureView:
        """The figure of `plot`, with the cause and the edits in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    @property
    def checks(self) -> dict[str, Any]:
        """Whether it was corrected, and the checks of the explanations before and after."""
        return {"corrected": self.corrected, "before": self.before.checks, "after": self.after.checks}

    def __repr__(self) -> str:
        word = "corrected" if self.corrected else "not corrected"
        return f"Correction to {self.target}: {word}. {self.cause} Put in: {self.edit}."


def suggest(
    fitted: Fitted, exp: StructuralExplanation, cause: Cause, n: int, n_tried: int
) -> list[Suggestion]:
    """The best n edits, best first; see :meth:`xaikit.VRX.suggest`."""
    tried = _tried(fitted, exp, cause, n_tried)
    return sorted(tried, key=lambda one: -one.gain)[:n]


def correct(
    fitted: Fitted, exp: StructuralExplanation, cause: Cause, max_edits: int, n_tried: int
) -> Correction:
    """Edit until the answer is right; see :meth:`xaikit.VRX.correct`."""
    target = cause.target
    steps: list[Suggestion] = []
    now = exp
    while now.prediction != target and len(steps) < max_edits:
        tried = _tried(
            fitted, now, cause_as(fitted, now, target, now.prediction) if steps else cause, n_tried
        )
        right = [one for one in tried if one.prediction == target]
        best = min(right, key=lambda one: one.area) if right else max(tried, key=lambda one: one.gain)
        if best.gain <= 0:
            break
        steps.append(best)
        now = explain_many(fitted, [best.image], exp.measure)[0]
    return Correction(target, cause, steps, exp, now)


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a patch can go: what is there, also in words; which concepts are tried; how one is put there."""

    over: tuple[str, int] | None
    words: str
    concepts: list[int]
    put: Callable[[np.ndarray], Spot]


@dataclass(frozen=True)
class _Option:
    """A patch of the target's concept k in a place, before anyone was asked.

    ``number`` is the patch's; ``relief`` what filling in what it covers gave where that is no concept.
    """

    concept: int
    number: int
    place: _Place
    spot: Spot
    relief: float
    features: np.ndarray
    positions: np.ndarray
    rest: np.ndarray


def _tried(fitted: Fitted, exp: StructuralExplanation, cause: Cause, n_tried: int) -> list[Suggestion]:
    """The edits of which most is expected, each answered by the network."""
    target = cause.target
    options = _options(fitted, exp, cause)
    expected = _foreseen(fitted, exp, target, options)
    chosen = _varied(options, expected, n_tried)
    own = fitted.concepts[target]
    patches = [own[options[o].concept].patches[options[o].number] for o in chosen]
    pictures = [
        paste(exp.image, patch, options[o].spot.center, options[o].spot.size, soft=SOFT)
        for o, patch in zip(chosen, patches, strict=True)
    ]
    answers = fitted.asked(np.stack([exp.image, *pictures]))
    margins = _margins(answers, fitted.classes.index(target))
    shares = fitted.sigma(answers)
    return [
        Suggestion(
            cls=target,
            concept=options[o].concept,
            patch=patch,
            source=own[options[o].concept].sources[options[o].number],
            over=options[o].place.over,
            where=options[o].place.words,
            center=options[o].spot.center,
            size=options[o].spot.size,
            expected_gain=float(expected[o]),
            gain=float(margins[row] - margins[0]),
            prediction=fitted.classes[int(answers[row].argmax())],
            probability=float(shares[row, fitted.classes.index(target)]),
            image=picture,
            names=fitted.names,
        )
        for row, (o, patch, picture) in enumerate(zip(chosen, patches, pictures, strict=True), start=1)
    ]


def _options(fitted: Fitted, exp: StructuralExplanation, cause: Cause) -> list[_Option]:
    """Every patch of the target's concepts in every place that it can go to."""
    target, size = cause.target, exp.image.shape[1::-1]
    features, positions, rest = _graph_arrays(fitted, exp)
    others = np.arange(len(rest)) != exp.classes.index(target)
    i, options = exp.classes.index(target), []
    for place in _places(fitted, exp, cause):
        for k in place.concepts:
            concept = fitted.concepts[target][k]
            for number, patch in enumerate(concept.patches):
                spot = place.put(patch).landing(patch, exp.image)
                x, places = features.copy(), positions.copy()
                for hidden in _covered(exp, spot):
                    x[hidden], places[hidden] = fitted.epsilon, fitted.epsilon
                x[i, k], places[i, k] = concept.evidence[number], np.divide(spot.center, size)
                left = rest.copy()  # in the other graphs, the patch is one of the things no concept covers
                left[others] += concept.evidence[number, -1] * concept.evidence[number, :-1]
                options.append(_Option(k, number, place, spot, _relief(cause, spot), x, places, left))
    return options


def _places(fitted: Fitted, exp: StructuralExplanation, cause: Cause) -> list[_Place]:
    """Each of the target's concepts' own places, the answer's concepts, and whatever else is to blame."""
    target, every = cause.target, [concept.index for concept in fitted.concepts[cause.target]]
    nodes = [(target, node, [node.index]) for node in exp.graphs[target].nodes]
    nodes += [(exp.prediction, node, every) for node in exp.graphs[exp.prediction].nodes if node.detected]
    places = []
    for cls, node, concepts in nodes:
        over = (cls, node.index) if node.detected else None
        words = f"over {called(fitted.names, *over)} of {cls}" if over else "in its usual place"
        places.append(_Place(over, words, concepts, partial(spot_of, node)))
    for flaw in cause.flaws:
        if flaw.mask is not None and flaw.cls not in (target, exp.prediction):
            over = None if flaw.cls is None or flaw.concept is None else (flaw.cls, flaw.concept)
            words = f"over {flaw.name} of {flaw.cls}" if over else f"over {flaw.name}"
            places.append(_Place(over, words, every, partial(spot_over, flaw.mask)))
    return places


def _relief(cause: Cause, spot: Spot) -> float:
    """What filling in all that mostly lies under the patch's box, and is no concept, gave the margin."""
    others = ((flaw.mask, flaw.relief) for flaw in cause.flaws if flaw.cls is None)
    return sum(relief for mask, relief in others if mask is not None and spot.share_of(mask) > COVERED)


def _graph_arrays(fitted: Fitted, exp: StructuralExplanation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (m, N, d), positions (m, N, 2) and rest (m, d - 1), as the GRN takes them."""
    m, n, d = fitted.grn.shape
    features = np.full((m, n, d), fitted.epsilon, np.float32)
    positions = np.full((m, n, 2), fitted.epsilon, np.float32)
    rest = np.repeat(exp.whole[None], m, axis=0)
    for i, cls in enumerate(exp.classes):
        for node in exp.graphs[cls].nodes:
            if node.center is not None:
                features[i, node.index] = node.feature
                positions[i, node.index] = np.divide(node.center, exp.image.shape[1::-1])
                rest[i] -= node.feature[-1] * node.feature[:-1]
    return features, positions, rest


def _covered(exp: StructuralExplanation, spot: Spot) -> list[tuple[int, int]]:
    """Nodes (class, k) of which most lies under the patch's box."""
    return [
        (i, node.index)
        for i, cls in enumerate(exp.classes)
        for node in exp.graphs[cls].nodes
        if node.mask is not None and spot.share_of(node.mask) > COVERED
    ]


def _foreseen(
    fitted: Fitted, exp: StructuralExplanation, target: str, options: Sequence[_Option]
) -> np.ndarray:
    """What each option is expected to add to the margin of the target, float (n,)."""
    before = _graph_arrays(fitted, exp)
    features = np.stack([before[0], *(option.features for option in options)])
    positions = np.stack([before[1], *(option.positions for option in options)])
    rest = np.stack([before[2], *(option.rest for option in options)])
    answers = fitted.grn(*(torch.from_numpy(one) for one in (features, positions, rest))).numpy()
    margins = _margins(answers, exp.classes.index(target))
    return margins[1:] - margins[0] + np.array([option.relief for option in options])


def _margins(logits: np.ndarray, target: int) -> np.ndarray:
    """The target's logit less the largest other one, of logits (n, m)."""
    return logits[:, target] - np.delete(logits, target, axis=1).max(axis=1)


def _varied(options: Sequence[_Option], expected: np.ndarray, n: int) -> list[int]:
    """The n most promising options, at most a few patches of one concept in one place."""
    chosen: list[int] = []
    seen: Counter[tuple[int, _Place]] = Counter()
    for o in map(int, np.argsort(-expected, kind="stable")):
        key = (options[o].concept, options[o].place)
        if seen[key] < PER_SPOT:
            seen[key] += 1
            chosen.append(o)
        if len(chosen) == n:
            break
    return chosen
