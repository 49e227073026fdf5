"""What came of a training, as the store of fits keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.classifier import Classifier
from xaikit.core.fields import check_value

__all__ = ["Training", "told_by_description"]

KIND, FORMAT = "trained network", 1
META = {"epochs": int, "size": int, "rate": float, "augment": bool, "seed": int}
COLORS = ("mean", "std")
WEIGHT = "weights."
DESCRIBED = {"torch", "torchvision", "timm", "xaikit"}
"""Packages whose modules say in their description all that decides what they do."""


@dataclass(kw_only=True)
class Training:
    """How a network is trained, and then, in `learned_`, its weights and the colors it is given.

    The fields are the arguments of :func:`xaikit.zoo.train_classifier`.
    """

    epochs: int
    size: int
    rate: float
    augment: bool
    seed: int

    def learned(self, model: nn.Module, colors: tuple[torch.Tensor, torch.Tensor]) -> None:
        """Take what was trained, and the mean and the standard deviation of its colors."""
        weights = {f"{WEIGHT}{name}": own.numpy() for name, own in model.state_dict().items()}
        self.learned_: Mapping[str, np.ndarray] = weights | {
            name: own.numpy() for name, own in zip(COLORS, colors, strict=True)
        }

    def classifier(self, model: nn.Module, class_names: list[str], device: torch.device) -> Classifier:
        """The trained network, of a model of the same form; ValueError where it is of another."""
        own = {
            name.removeprefix(WEIGHT): one for name, one in self.learned_.items() if name.startswith(WEIGHT)
        }
        try:
            model.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in own.items()})
        except RuntimeError as error:
            raise ValueError("the weights are of another network") from error
        mean, std = (self.learned_[name].tolist() for name in COLORS)
        return Classifier(model.eval(), class_names, self.size, mean, std, device, crop=1.0)

    def save(self, path: str | Path) -> Path:
        """Write it into one ``.npz`` file, without pickle."""
        return write_archive(path, KIND, FORMAT, asdict(self), self.learned_)

    @classmethod
    def load(cls, path: str | Path, classifier: Classifier) -> Training:
        """Read what `save` wrote; FileError where it does not fit the network as it was before."""
        meta, arrays = read_archive(path, KIND, FORMAT)
        with understood(path):
            check_value(meta, META, "meta")
            found = cls(**{name: meta[name] for name in META})
            found.learned_ = _fitting(arrays, classifier.model)
        return found


def _fitting(learned: dict[str, np.ndarray], model: nn.Module) -> dict[str, np.ndarray]:
    """The same, or ValueError where it is of a model of another form."""
    forms = {f"{WEIGHT}{name}": tuple(own.shape) for name, own in model.state_dict().items()}
    forms |= dict.fromkeys(COLORS, (3,))
    if set(learned) != set(forms):
        raise ValueError("the weights are of another network")
    for name, own in learned.items():
        if own.shape != forms[name] or not np.isfinite(own).all():
            raise ValueError(f"{name} must be finite numbers {forms[name]}; got {own.shape}")
    return learned


def told_by_description(model: nn.Module) -> bool:
    """Whether two networks of one description are trained alike: not where a class is one's own."""
    return all(type(one).__module__.split(".")[0] in DESCRIBED for one in model.modules())
