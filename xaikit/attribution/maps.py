"""From what a method says of batches of pictures to the heatmap that it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from xaikit.attribution.heatmap import Heatmap
from xaikit.core.layers import Layer
from xaikit.core.readable import NOT_READ

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["PICTURE", "Answer", "Channels", "enlarged", "heatmap_of", "over_channels", "spatial_layer"]

Channels = Literal["sum", "max"]
PICTURE = "input"


class Answer(NamedTuple):
    """What a method says of some pictures: the fields of `InputGradients`, and `maps` float32 (b, h, w)."""

    views: NDArray[np.uint8]
    targets: NDArray[np.int64]
    logits: NDArray[np.float32]
    maps: NDArray[np.float32]


def heatmap_of(
    classifier: Classifier,
    answers: Iterable[Answer],
    method: str,
    layer: str = PICTURE,
    names: Sequence[str] | None = None,
) -> Heatmap:
    """Put the answers about batches together.

    Maps that are coarser than the views are enlarged bilinearly. Of pictures that could not be read, whose
    logits are NaN, target and prediction are "not read". `names` are those of the targets, where these are no
    classes.
    """
    classes = [*classifier.class_names, NOT_READ]
    asked = classes if names is None else [*names, NOT_READ]
    values, views, targets, predicted = [], [], [], []
    for answer in answers:
        values.append(enlarged(answer.maps, answer.views.shape[1:3]))
        views.append(answer.views)
        read = ~np.isnan(answer.logits).any(1)
        targets += np.where(read, answer.targets, -1).tolist()
        predicted += np.where(read, answer.logits.argmax(1), -1).tolist()
    return Heatmap(
        values=np.concatenate(values),
        targets=tuple(asked[index] for index in targets),
        predictions=tuple(classes[index] for index in predicted),
        layer=layer,
        images=np.concatenate(views),
        method=method,
    )


def spatial_layer(classifier: Classifier, layer: str | None) -> Layer:
    """Return a layer that has places; None is the default."""
    found = classifier.layer(layer)
    if found.grid is None:
        spatial = [one.name for one in classifier.layers() if one.grid and min(one.grid) > 1]
        raise ValueError(
            f"`layer` must have places; {found.name!r} is a vector. The last that do: {spatial[-3:]}."
        )
    return found


def over_channels(channels: Channels) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return what makes a map (b, h, w) of (b, c, h, w): the sum, or the largest magnitude."""
    if channels == "sum":
        return lambda values: values.sum(1)
    if channels == "max":
        return lambda values: np.abs(values).max(1)
    raise ValueError(f"`channels` must be 'sum' or 'max'; got {channels!r}.")


def enlarged(maps: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Bring maps (..., h, w) to size (h, w) bilinearly, where they do not have it."""
    if maps.shape[-2:] == tuple(size):
        return maps
    coarse = torch.from_numpy(np.ascontiguousarray(maps)).reshape(1, -1, *maps.shape[-2:])
    fine = interpolate(coarse, size, mode="bilinear", align_corners=False)
    return fine.reshape(*maps.shape[:-2], *size).numpy()
