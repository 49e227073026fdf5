"""Does a network see what its library's own evaluation transform shows it? Every name of timm, torchvision.

python benchmarks/views.py

Pictures of five shapes, one of them as large as the network's input, are brought to the view and compared
with `timm.data.create_transform` or the `transforms` of torchvision's weights: a view is right within one
grey level. Names with the same setting are asked once. No network is built, and no weights are needed.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import timm
import torch
import torchvision
from measuring import record
from PIL import Image
from timm.data import create_transform, resolve_data_config
from torch import nn

from xaikit import Classifier
from xaikit.loading import classifiers

SHAPES = ((0, 0), (300, 431), (431, 300), (57, 41), (9, 200))  # the first: as large as the input

Setting = tuple[str, Callable[[], Any], Any, Any, Any]
"""A name, what makes xaikit's preprocessing of it, the library's transform, its mean and std."""


def timm_settings(names: list[str]) -> Iterator[tuple[int, Setting]]:
    """Each setting of some of timm's networks, and how many of them have it."""
    alike = defaultdict(list)
    for name in names:
        config = timm.models.get_pretrained_cfg(name)
        own = resolve_data_config(pretrained_cfg=config.to_dict())
        alike[repr(sorted(own.items()))].append((name, config, own))
    for members in alike.values():
        name, config, own = members[0]

        def make(name: str = name, config: Any = config) -> Any:
            return classifiers._timm_preprocessing(name, config)

        transform = create_transform(**own, is_training=False)
        yield len(members), (name, make, transform, own["mean"], own["std"])


def torchvision_settings() -> Iterator[tuple[int, Setting]]:
    """Each setting of torchvision's weights for classifiers, and how many of them have it."""
    alike = defaultdict(list)
    for builder in torchvision.models.list_models(module=torchvision.models):
        for weights in torchvision.models.get_model_weights(builder):
            alike[repr(weights.transforms())].append(weights)
    for members in alike.values():
        own, transform = members[0], members[0].transforms()

        def make(own: Any = own) -> Any:
            return classifiers._torchvision_preprocessing(own)

        yield len(members), (str(own), make, transform, transform.mean, transform.std)


def judged(setting: Setting) -> str:
    """Whether the views of all shapes are the transform's, or the setting is refused."""
    _, make, transform, mean, std = setting
    try:
        network = Classifier(nn.Flatten(), ["a", "b"], device="cpu", **vars(make()))
    except ValueError:
        return "refused"
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        height, width = (side or own for side, own in zip(shape, network.view_size, strict=True))
        picture = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        normalised = transform(Image.fromarray(picture))
        levels = 255 * (normalised * torch.tensor(std).view(3, 1, 1) + torch.tensor(mean).view(3, 1, 1))
        right = levels.permute(1, 2, 0).numpy()
        view = network.view(picture)
        if right.shape != view.shape or np.abs(right - view).max() > 1.001:
            return "other pixels"
    return "the same"


def main() -> None:
    warnings.filterwarnings("ignore", "a picture of .* is enlarged")
    sets = {
        "timm, each network": timm_settings(timm.list_models()),
        "timm, each set of weights": timm_settings(timm.list_pretrained()),
        "torchvision, each set of weights": torchvision_settings(),
    }
    result = {"timm": timm.__version__, "torchvision": torchvision.__version__}
    for name, settings in sets.items():
        counts = Counter[str]()
        for n, setting in settings:
            counts[judged(setting)] += n
        result[name] = dict(counts)
        print(name, dict(counts), flush=True)
    record("views", result)


if __name__ == "__main__":
    main()
