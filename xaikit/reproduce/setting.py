"""What a figure is asked to run on (`Setting`), and what came out (`Outcome`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

    from xaikit.core.classifier import Classifier
    from xaikit.data.images import ImageSet

__all__ = ["Outcome", "Setting", "Value"]

Value = float | str | None


@dataclass(frozen=True)
class Setting:
    """What a figure is asked to run on.

    Parameters
    ----------
    quick : bool
        Fewer pictures, so that the figure is done inside five minutes on two CPU cores.
    model, data : str
        What `xaikit.load_classifier` and `xaikit.load_images` take.
    weights : str, optional
        Passed to `xaikit.load_classifier`: a ``.safetensors`` file or ``"default"``.
    device : str
        ``"auto"``, ``"cuda"``, ``"mps"`` or ``"cpu"``.
    seed : int
        Seed of every random choice.
    """

    quick: bool = False
    model: str = "toyworld/vehicles"
    data: str = "toyworld/vehicles"
    weights: str | None = None
    device: str = "auto"
    seed: int = 0

    def classifier(self) -> Classifier:
        """Load the model this setting names."""
        from xaikit.loading.classifiers import load_classifier

        return load_classifier(self.model, weights=self.weights, device=self.device)

    def images(self, split: str, n: int | None = None) -> ImageSet:
        """Load `n` pictures of the data this setting names, the same for the same seed."""
        from xaikit.loading.images import load_images

        return load_images(self.data, split=split, n=n, seed=self.seed)


@dataclass(frozen=True)
class Outcome:
    """What a figure's function returns.

    Parameters
    ----------
    paper : mapping of str to float or str
        The paper's figures; empty where it shows an example only.
    measured : mapping of str to float or str
        Ours, by what they measure; the keys are those of `paper` where both exist.
    notes : list of str
        What a reader must know beside the numbers: a departure, a shortfall.
    figures : mapping of str to matplotlib figure
        Pictures to save, by a short file name.
    """

    paper: Mapping[str, float | str]
    measured: Mapping[str, float | str]
    notes: list[str] = field(default_factory=list)
    figures: Mapping[str, Picture] = field(default_factory=dict)
