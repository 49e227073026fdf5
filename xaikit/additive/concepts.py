"""What a score is explained by: for each picture a number y_i of each of n concepts (eq. 1).

Concepts are made by whoever has them, and passed to :class:`xaikit.AdditiveExplainer`: filters of a layer,
other outputs of the network, directions among channels (semantic vectors), or functions of pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.errors import ParameterError, did_you_mean
from xaikit.core.images.checks import UInt8
from xaikit.core.names import check_class_names
from xaikit.core.params import check_numbers
from xaikit.core.passes import Pass
from xaikit.core.vector_layer import vector_layer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Bound", "Concepts", "Directions", "Filters", "Functions", "Outputs", "concepts_of"]


@dataclass(frozen=True, eq=False)
class Bound:
    """Concepts of one network.

    Attributes
    ----------
    names : of the n concepts
    layer : x, whose output decides them, and at which prior weights take their gradients; of functions of
        pictures None
    values : of a pass over views, with `layer` among its ends, the values (b, n)
    maps : of the layer's output (b, c, h, w), where each concept is seen, (b, n, h, w); None where unknown
    channels : numbers of the layer's channels that the concepts are, where they are filters
    """

    names: list[str]
    layer: str | None
    values: Callable[[Pass, UInt8], Tensor] = field(repr=False)
    maps: Callable[[Tensor], Tensor] | None = field(default=None, repr=False)
    channels: NDArray[np.int64] | None = None


class Concepts:
    """Concepts that are not yet of a network; see `on`."""

    def on(self, classifier: Classifier, target: str) -> Bound:
        """The same for a network whose score for `target` is explained.

        Raises
        ------
        ValueError
            The network has no such layer, channel or class, or there is no concept left.
        """
        raise NotImplementedError

    def told(self) -> dict[str, Any] | None:
        """What makes the same again, as JSON and arrays; None where a file cannot hold it."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Filters(Concepts):
    """Filters of a layer: y_i = Σ_hw x_hwi (eq. 5).

    Parameters
    ----------
    layer : with places; None takes the classifier's default layer
    numbers : of the channels; None takes all
    names : one for each; None calls them "filter 1" and so on
    """

    layer: str | None = None
    numbers: Sequence[int] | None = None
    names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.numbers is not None:
            object.__setattr__(self, "numbers", check_numbers(self.numbers, "numbers").tolist())
        if self.names is not None:
            object.__setattr__(self, "names", check_class_names(self.names, "names"))

    def on(self, classifier: Classifier, target: str) -> Bound:
        layer = classifier.layer(self.layer)
        if not layer.grid:
            raise ValueError(f"filters need a layer with places; {layer.name!r} puts out a vector.")
        numbers = range(layer.n_channels) if self.numbers is None else self.numbers
        channels = check_numbers(numbers, "numbers")
        if not len(channels) or channels.min() < 0 or channels.max() >= layer.n_channels:
            raise ValueError(
                f"`numbers` must be channels of {layer.name!r}, 0 to {layer.n_channels - 1}; got {numbers!r}."
            )
        names = [f"filter {k + 1}" for k in channels] if self.names is None else self.names
        chosen = torch.from_numpy(channels)

        def maps(features: Tensor) -> Tensor:
            return features[:, chosen.to(features.device)]

        def values(done: Pass, _views: UInt8) -> Tensor:
            return maps(done.features[layer.name]).sum((2, 3))

        return Bound(_named(names, len(channels)), layer.name, values, maps, channels)

    def told(self) -> dict[str, Any]:
        return {"kind": "filters", "layer": self.layer, "numbers": self.numbers, "names": self.names}


@dataclass(frozen=True, eq=False)
class Outputs(Concepts):
    """Other outputs of the same network, such as attributes beside the target: y_i = logit_i.

    Parameters
    ----------
    classes : names of the outputs; None takes all but the target
    layer
        x, the features that all outputs are made of; None takes the first vector of rectified features behind
        the last layer with places, as the paper does
    """

    classes: Sequence[str] | None = None
    layer: str | None = None

    def __post_init__(self) -> None:
        if self.classes is not None:
            object.__setattr__(self, "classes", check_class_names(self.classes, "classes"))

    def on(self, classifier: Classifier, target: str) -> Bound:
        layer = vector_layer(classifier) if self.layer is None else classifier.layer(self.layer)
        wanted = classifier.class_names if self.classes is None else self.classes
        numbers = [classifier.class_index(name) for name in wanted if name != target]
        chosen = torch.tensor(numbers, dtype=torch.int64)

        def values(done: Pass, _views: UInt8) -> Tensor:
            return done.logits[:, chosen.to(done.logits.device)]

        return Bound(_named([classifier.class_names[k] for k in numbers]), layer.name, values)

    def told(self) -> dict[str, Any]:
        return {"kind": "outputs", "classes": self.classes, "layer": self.layer}


@dataclass(frozen=True, eq=False)
class Directions(Concepts):
    """Directions among a layer's channels, such as semantic vectors: y_i = ⟨v_i, mean_hw x⟩.

    Parameters
    ----------
    vectors : v, (n, c)
    names : of the n directions
    layer : None takes the classifier's default layer
    """

    vectors: NDArray[np.float32]
    names: Sequence[str]
    layer: str | None = None

    def on(self, classifier: Classifier, target: str) -> Bound:
        layer = classifier.layer(self.layer)
        vectors = np.asarray(self.vectors, np.float32)
        if vectors.ndim != 2 or vectors.shape[1] != layer.n_channels or not np.isfinite(vectors).all():
            raise ValueError(
                f"`vectors` must be finite numbers (n, {layer.n_channels}), one for each channel of "
                f"{layer.name!r}; got {vectors.shape}."
            )
        rows = torch.from_numpy(vectors)

        def maps(features: Tensor) -> Tensor:
            return torch.einsum("nc,bchw->bnhw", rows.to(features.device), features)

        def values(done: Pass, _views: UInt8) -> Tensor:
            features = done.features[layer.name]
            pooled = features.mean((2, 3)) if features.ndim == 4 else features
            return pooled @ rows.T.to(pooled.device)

        return Bound(_named(self.names, len(vectors)), layer.name, values, maps if layer.grid else None)

    def told(self) -> dict[str, Any]:
        vectors = np.asarray(self.vectors, np.float32)
        return {"kind": "directions", "names": list(self.names), "layer": self.layer, "vectors": vectors}

    def __repr__(self) -> str:
        vectors = np.ascontiguousarray(self.vectors, np.float32)
        digest = hashlib.sha256(vectors.tobytes()).hexdigest()[:12]
        return f"Directions({len(vectors)} vectors {digest}, {list(self.names)[:3]}, layer={self.layer!r})"


@dataclass(frozen=True, eq=False)
class Functions(Concepts):
    """Anything that gives numbers for each picture: x-features, concepts of VRX, a detector of your own.

    Parameters
    ----------
    functions
        {name: of views uint8 (b, H, W, c), numbers (b,)}; a function that gives several at once stands under
        all their names, {(name, name, ...): of the same, (b, k)}

    Limits
    ------
    How a function depends on the network's features is not known, so there are no prior weights.
    """

    functions: Mapping[str | tuple[str, ...], Callable[[UInt8], NDArray[Any]]]

    def on(self, classifier: Classifier, target: str) -> Bound:
        names = _named([name for key in self.functions for name in _names_of(key)])

        def values(done: Pass, views: UInt8) -> Tensor:
            columns = [_answers(_names_of(key), one, views) for key, one in self.functions.items()]
            return torch.from_numpy(np.concatenate(columns, 1)).to(done.logits.device)

        return Bound(names, None, values)

    def told(self) -> None:
        return None

    def __repr__(self) -> str:
        return f"Functions({[name for key in self.functions for name in _names_of(key)]})"


def _names_of(key: str | tuple[str, ...]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(key)


def _answers(
    names: Sequence[str], function: Callable[[UInt8], NDArray[Any]], views: UInt8
) -> NDArray[np.float32]:
    got = np.asarray(function(views), np.float32)
    form = (len(views), len(names))
    if got.shape != form and not (len(names) == 1 and got.shape == form[:1]):
        what = f"the concept {names[0]!r}" if len(names) == 1 else f"the concepts {list(names)}"
        raise ValueError(f"{what} must give numbers {form} for {len(views)} pictures; got {got.shape}.")
    return got.reshape(form)


def _named(names: Sequence[str], n: int | None = None) -> list[str]:
    """The names, checked: one for each of n concepts, no two alike, at least one."""
    checked = check_class_names(names, "names")
    if n is not None and len(checked) != n:
        raise ParameterError(f"`names` must be one for each of {n} concepts; got {len(checked)}.")
    if not checked:
        raise ParameterError("`concepts` must be one or more; there is none.")
    return checked


KINDS: dict[str, Callable[..., Concepts]] = {
    "filters": Filters,
    "outputs": Outputs,
    "directions": Directions,
}


def concepts_of(told: Mapping[str, Any]) -> Concepts:
    """What `Concepts.told` told of, made again."""
    kind, given = told["kind"], {name: value for name, value in told.items() if name != "kind"}
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of concepts.{did_you_mean(kind, KINDS)}")
    return KINDS[kind](**given)
