"""Would other patches have corrected the error as well? The two controls of VRX 4.2, table 1.

Both make as many edits as VRX did in the same picture. "Random patches" go to the same spots, in the same
outlines, and show random places of pictures of other classes. "Good for good" replaces the concepts that
speak most for the right class by other patches of the same concepts that speak for it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from xaikit.core.errors import ImageError
from xaikit.core.images import paste
from xaikit.core.params import Count, check
from xaikit.core.readable import Skipped, readable
from xaikit.core.result import Kept, Parts, Result
from xaikit.vrx.edits import SOFT, Spot, spot_of, spot_over
from xaikit.vrx.fitted import Fitted, fitted_of
from xaikit.vrx.repair import Correction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.data import ImageSet
    from xaikit.widgets import FigureView

__all__ = ["ControlTrials", "Controls", "Trial", "try_controls"]


@dataclass(frozen=True)
class Trial(Parts):
    """A control's picture, uint8 (H, W, 3), the network's answer, and its probability of the right class."""

    FORMS: ClassVar = {"image": "u H W c"}

    image: np.ndarray
    prediction: str
    probability: float


@dataclass(frozen=True, repr=False)
class ControlTrials(Result, Kept):
    """A correction beside its controls, each tried several times.

    Attributes
    ----------
    correction : what VRX did
    random_patches, good_for_good : list of :class:`Trial`
    """

    KIND = "control trials"

    correction: Correction
    random_patches: list[Trial]
    good_for_good: list[Trial]

    @property
    def corrected(self) -> dict[str, int]:
        """In how many trials the network gave the right answer, by the name of the control."""
        target = self.correction.target
        ways = {"random patches": self.random_patches, "good for good": self.good_for_good}
        return {name: sum(trial.prediction == target for trial in trials) for name, trials in ways.items()}

    def plot(self) -> Figure:
        """The picture before and after VRX's correction, and the first trials of each control."""
        from xaikit.plots.controls import control_trials

        target, correction = self.correction.target, self.correction

        def captioned(image: np.ndarray, prediction: str, share: float) -> tuple[np.ndarray, str]:
            return image, f"{prediction}\n{target} {share:.0%}"

        done = [
            captioned(exp.image, exp.prediction, exp.probabilities[target])
            for exp in (correction.before, correction.after)
        ]
        rows = {"random patches": self.random_patches, "good for good": self.good_for_good}
        controls = {
            f"{name}: {target} in {self.corrected[name]} of {len(some)} trials": [
                captioned(one.image, one.prediction, one.probability) for one in some
            ]
            for name, some in rows.items()
        }
        return control_trials(done, controls)

    def widget(self) -> FigureView:
        """The figure of `plot`, with the counts in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    @property
    def checks(self) -> dict[str, Any]:
        """How many trials each control had, and in how many it gave the right answer."""
        return {"trials": len(self.random_patches), "corrected": self.corrected}

    def __repr__(self) -> str:
        steps, n = len(self.correction.steps), len(self.random_patches)
        does = "corrects it" if self.correction.corrected else "does not correct it"
        controls = ", ".join(f"{name} in {k} of {n} trials" for name, k in self.corrected.items())
        return (
            f"{self.correction.cause.predicted} instead of {self.correction.target}: VRX {does} with {steps} "
            f"patch{'' if steps == 1 else 'es'}; {controls}."
        )


class Controls:
    """Makes the controls' pictures.

    Parameters
    ----------
    vrx : a fitted VRX, or what it learned
    data : labelled pictures from which random patches are cut
    seed : of every random choice
    """

    def __init__(self, vrx: Any, data: ImageSet, seed: int = 0) -> None:
        self.fitted, self.data = fitted_of(vrx), data
        self.rng = np.random.default_rng(seed)

    def random_patches(self, correction: Correction) -> np.ndarray:
        """The picture with a random patch in the place of each of VRX's patches."""
        picture = correction.before.image
        for step in correction.steps:
            patch = self._stranger(step.patch, correction.target)
            picture = paste(picture, patch, step.center, step.size, soft=SOFT)
        return picture

    def good_for_good(self, correction: Correction) -> np.ndarray:
        """The picture with good patches over as many of the right class's best concepts as VRX edited.

        A concept that is not detected has nothing to replace: where none is, the picture stays as it was.
        """
        picture = correction.before.image
        nodes = [node for node in correction.before.graphs[correction.target].nodes if node.detected]
        for node in sorted(nodes, key=lambda n: -n.contribution)[: len(correction.steps)]:
            concept = self.fitted.concepts[correction.target][node.index]
            good = np.argsort(-concept.contributions, kind="stable")[: max(1, len(concept.patches) // 2)]
            patch = concept.patches[int(self.rng.choice(good))]
            spot = spot_of(node, patch).landing(patch, picture)
            picture = paste(picture, patch, spot.center, spot.size, soft=SOFT)
        return picture

    def random_edits(self, image: np.ndarray, target: str, n: int, over: Sequence[np.ndarray]) -> np.ndarray:
        """The picture with one random patch, n times anew, uint8 (n, H, W, 3): as many tries as VRX has.

        A patch has the outline of one of the target's patches and shows a random place of a picture of
        another class.

        Parameters
        ----------
        image : uint8 (H, W, 3)
        over : regions, bool (H, W), of which it goes over one by lot; where there are none, it goes anywhere
        """
        bank = [patch for concept in self.fitted.concepts[target] for patch in concept.patches]
        pictures = []
        for _ in range(n):
            patch = self._stranger(bank[int(self.rng.integers(len(bank)))], target)
            spot = Spot(tuple(self.rng.uniform(0, image.shape[1::-1])), patch.shape[1::-1])
            if len(over):
                spot = spot_over(over[int(self.rng.integers(len(over)))], patch)
            spot = spot.landing(patch, image)
            pictures.append(paste(image, patch, spot.center, spot.size, soft=SOFT))
        return np.stack(pictures)

    def _stranger(self, patch: np.ndarray, cls: str) -> np.ndarray:
        """A patch of the same outline that shows a random place of a picture of another class."""
        names = np.array(self.data.class_names)[self.data.labels]
        foreign = np.flatnonzero(names != cls)
        if len(foreign) == 0:
            raise ValueError(
                f"`data` must have pictures of other classes than {cls!r}, to cut random patches from; "
                f"all of its {len(names)} are of that class."
            )
        view = self._one_of(foreign)
        h, w = patch.shape[:2]
        y, x = (int(self.rng.integers(view.shape[axis] - side + 1)) for axis, side in enumerate((h, w)))
        return np.dstack([view[y : y + h, x : x + w], patch[..., -1]])

    def _one_of(self, numbers: np.ndarray) -> np.ndarray:
        """The view of a picture by lot; another where that cannot be read."""
        skipped: list[Skipped] = []
        while len(numbers) > len(skipped):
            left = np.setdiff1d(numbers, [one.number for one in skipped])
            drawn = [int(self.rng.choice(left))]
            for _, view in readable(self.data, self._view, skipped, drawn):
                return view
        raise ImageError(f"none of {len(numbers)} pictures can be read; the first: {skipped[0].reason}")

    def _view(self, sample: Any) -> np.ndarray:
        return self.fitted.classifier.view(sample.image)


def try_controls(
    vrx: Any, correction: Correction, data: ImageSet, n_trials: int = 20, seed: int = 0
) -> ControlTrials:
    """Try both controls of a correction, and ask the network each time.

    Parameters
    ----------
    vrx : the fitted VRX that made the correction, or what it learned
    data : labelled pictures from which random patches are cut
    n_trials : of each control
    seed : of every random choice

    Raises
    ------
    ValueError
        ``n_trials`` is below 1, or all of ``data`` is of the right class.

    Limits
    ------
    Where a random patch corrects the error, too, what the patch *covered* mattered and not what it shows;
    or the network was so unsure that anything turned it.
    """
    n_trials = check("n_trials", n_trials, Count)
    controls, fitted = Controls(vrx, data, seed), fitted_of(vrx)
    return ControlTrials(
        correction,
        _answered(fitted, [controls.random_patches(correction) for _ in range(n_trials)], correction.target),
        _answered(fitted, [controls.good_for_good(correction) for _ in range(n_trials)], correction.target),
    )


def _answered(fitted: Fitted, pictures: list[np.ndarray], target: str) -> list[Trial]:
    shares = fitted.sigma(fitted.asked(np.stack(pictures)))
    return [
        Trial(picture, fitted.classes[int(row.argmax())], float(row[fitted.classes.index(target)]))
        for picture, row in zip(pictures, shares, strict=True)
    ]
