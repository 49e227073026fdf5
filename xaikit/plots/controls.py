"""A correction beside its two controls (VRX table 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaikit.core.images import shown
from xaikit.plots.figures import new_figure

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaikit.vrx.controls import ControlTrials

__all__ = ["control_trials"]

N_SHOWN = 4


def control_trials(trials: ControlTrials) -> Figure:
    """Before and after VRX's correction, and the first trials of each control with how many of all did it."""
    correction, target = trials.correction, trials.correction.target
    figure = new_figure(12.5, 7)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1.15, N_SHOWN])[0]
    left.suptitle("before, and by VRX", fontsize=16, fontweight="bold")
    for ax, exp in zip(left.subplots(2, 1), (correction.before, correction.after), strict=True):
        _draw(ax, exp.image, exp.prediction, target, exp.probabilities[target])
    controls = {"random patches": trials.random_patches, "good for good": trials.good_for_good}
    bands = right.subfigures(2, 1, squeeze=False)[:, 0]
    for band, (name, some) in zip(bands, controls.items(), strict=True):
        done = f"{target} in {trials.corrected[name]} of {len(some)} trials"
        band.suptitle(f"{name}: {done}", fontsize=16, fontweight="bold")
        axes = band.subplots(1, N_SHOWN)
        for ax in axes[len(some) :]:
            ax.set_axis_off()
        for ax, trial in zip(axes, some, strict=False):
            _draw(ax, trial.image, trial.prediction, target, trial.probability)
    return figure


def _draw(ax: Axes, image: np.ndarray, prediction: str, target: str, share: float) -> None:
    ax.imshow(shown(image))
    ax.set_axis_off()
    ax.set_title(f"{prediction}\n{target} {share:.0%}", fontsize=13)
