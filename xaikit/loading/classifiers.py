"""load_classifier: a network by name, with weights from xaikit, torchvision, timm or a .safetensors file."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from xaikit.core.classifier import IMAGENET_MEAN, IMAGENET_STD, Classifier
from xaikit.core.errors import did_you_mean, warn
from xaikit.core.names import check_class_names
from xaikit.core.weights import State, fit_weights, head_size, read_weights, unwrapped

KINDS = "'toyworld/<world>', 'torchvision/<builder>' or 'timm/<name>'"
N_IMAGENET = 1000
# These two undo ImageNet's normalisation and apply their own, with which they were trained.
WITH_OWN_NORMALISATION = ("googlenet", "inception_v3")


@dataclass(frozen=True)
class _Preprocessing:
    input_size: int | tuple[int, int] = 224
    mean: Sequence[float] = IMAGENET_MEAN
    std: Sequence[float] = IMAGENET_STD
    crop: float = 0.875
    interpolation: str = "bilinear"
    framing: str = "crop"


@dataclass(frozen=True)
class _Recipe:
    """How a library builds one network: without weights, or with its own; `unused` names parts left out."""

    build: Callable[[int], nn.Module]
    download: Callable[[], nn.Module]
    preprocessing: _Preprocessing
    default_preprocessing: _Preprocessing
    unused: tuple[str, ...] = field(default=())


def load_classifier(
    spec: str,
    weights: str | os.PathLike[str] | None = None,
    class_names: Sequence[str] | Mapping[str, int] | None = None,
    device: str | torch.device = "auto",
) -> Classifier:
    """Load a classifier by name.

    Parameters
    ----------
    spec
        "toyworld/<world>": a small network that ships with xaikit, trained on its own pictures;
        "torchvision/<builder>": any of torchvision's classification networks; "timm/<name>": any of timm's,
        where timm is installed
    weights
        path of a .safetensors file with the builder's own parameter names (float16 is cast to float32);
        "default": the library's own, downloaded on first use; None: what ships with xaikit for a toyworld,
        else none, with a warning: such a network answers at random, the same each time
    class_names
        one name per logit, in the order of the logits, or {name: number}. By default those of the toyworld;
        for 1000 logits ImageNet's as torchvision names them; else "class 0", "class 1", …
    device : "auto" takes cuda, then mps, then cpu

    Returns
    -------
    Classifier

    Raises
    ------
    TypeError, ValueError
        Unknown spec; weights of another architecture, truncated, or no safetensors; too few or too many
        class names, or names without an order, such as a set.
    FileNotFoundError
        There is no file of weights at the path.
    ImportError
        The spec needs timm, which is not installed.
    ConnectionError
        "default" weights could not be downloaded.

    Limits
    ------
    Preprocessing of a weights file is taken to be that of torchvision's first weights for the builder (timm:
    of its default weights). Where the network was trained otherwise, use `Classifier` and say so.
    """
    library, _, name = str(spec).partition("/")
    if not isinstance(spec, str) or library not in ("toyworld", "torchvision", "timm") or not name:
        raise ValueError(f"`spec` must be {KINDS}; got {spec!r}.{_spec_hint(str(spec))}")
    given = None if class_names is None else check_class_names(class_names)
    if library == "toyworld":
        return _from_zoo(name, weights, given, device)
    recipe = _torchvision_recipe(name) if library == "torchvision" else _timm_recipe(name)
    preprocessing = recipe.preprocessing
    n_classes = N_IMAGENET
    if weights is None:
        n_classes = N_IMAGENET if given is None else len(given)
        model = _untrained(spec, recipe, n_classes)
    elif weights == "default":
        model, preprocessing = _downloaded(spec, recipe), recipe.default_preprocessing
        n_classes = getattr(model, "num_classes", N_IMAGENET)  # timm also offers weights for other sets
    else:
        model = _seeded(lambda: recipe.build(N_IMAGENET))
        state = _without(unwrapped(read_weights(weights), model), recipe.unused)
        n_classes = head_size(state, model, N_IMAGENET)
        if n_classes != N_IMAGENET:
            model = _seeded(lambda: recipe.build(n_classes))
        fit_weights(model, state, f"weights {os.fspath(weights)!r}", spec)
    names = _names(given, n_classes)
    return Classifier(model.eval(), names, device=device, spec=spec, **vars(preprocessing))


def classifier_of(
    told: Mapping[str, Any], given: Classifier | None, path: str | os.PathLike[str]
) -> Classifier:
    """The classifier that a file's fitted method belongs to: the one given, or the one its spec names.

    Parameters
    ----------
    told : its `spec` or None, and its `fingerprint`
    path : of the file, for the error

    Raises
    ------
    ValueError
        The file names none and none is given, or it is another one.
    """
    if given is None and told["spec"] is None:
        raise ValueError(
            f"{path} was fitted on a network of your own, which is not in the file, and does not say which. "
            "Give it: load(path, classifier)."
        )
    classifier = given or load_classifier(told["spec"])
    if classifier.fingerprint() != told["fingerprint"]:
        raise ValueError(
            f"{path} was fitted on another network than {'the one given' if given else told['spec']!r}: "
            "weights, classes, input size or preprocessing differ. Give the right one: load(path, it)."
        )
    return classifier


def _from_zoo(
    world: str,
    weights: str | os.PathLike[str] | None,
    class_names: list[str] | None,
    device: str | torch.device,
) -> Classifier:
    from xaikit import zoo

    model, names, input_size, mean, std = zoo.load(world)
    spec = f"toyworld/{world}"
    if weights is not None and weights != "default":
        state = unwrapped(read_weights(weights), model)
        fit_weights(model, state, f"weights {os.fspath(weights)!r}", spec)
    if class_names is not None:
        names = _names(class_names, len(names))
    return Classifier(model, names, input_size, mean, std, device, crop=1.0, spec=spec)


def _untrained(spec: str, recipe: _Recipe, n_classes: int) -> nn.Module:
    warn(
        f"{spec} has no weights, so its answers are random. Give weights='default' or a .safetensors file.",
    )
    return _seeded(lambda: recipe.build(n_classes))


def _seeded(build: Callable[[], nn.Module]) -> nn.Module:
    """Build with the same random start every time, and leave torch's random numbers alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build()


def _downloaded(spec: str, recipe: _Recipe) -> nn.Module:
    try:
        return _seeded(recipe.download)
    except (OSError, RuntimeError) as error:
        raise ConnectionError(
            f"the default weights of {spec} could not be downloaded: {error}. Give weights=<path of a "
            ".safetensors file>, or try again with a connection."
        ) from error


def _without(state: State, unused: tuple[str, ...]) -> State:
    return (
        {name: tensor for name, tensor in state.items() if not name.startswith(unused)} if unused else state
    )


def _names(class_names: list[str] | None, n_classes: int) -> list[str]:
    if class_names is not None:
        if len(class_names) != n_classes:
            raise ValueError(
                f"`class_names` must be {n_classes} names, one per logit; got {len(class_names)}."
            )
        return class_names
    return _imagenet_names() if n_classes == N_IMAGENET else [f"class {index}" for index in range(n_classes)]


def _imagenet_names() -> list[str]:
    import torchvision

    return list(torchvision.models.get_model_weights("resnet18").IMAGENET1K_V1.meta["categories"])


def _torchvision_recipe(name: str) -> _Recipe:
    import torchvision

    builders = torchvision.models.list_models(module=torchvision.models)
    if name not in builders:
        raise ValueError(
            f"{name!r} is not a classification network of torchvision.{did_you_mean(name, builders)}"
        )
    offered = torchvision.models.get_model_weights(name)
    odd = name in WITH_OWN_NORMALISATION

    def build(n_classes: int) -> nn.Module:
        options = {"aux_logits": False, "init_weights": False, "transform_input": True} if odd else {}
        return torchvision.models.get_model(name, weights=None, num_classes=n_classes, **options)

    return _Recipe(
        build=build,
        download=lambda: torchvision.models.get_model(name, weights=offered.DEFAULT),
        preprocessing=_torchvision_preprocessing(next(iter(offered))),
        default_preprocessing=_torchvision_preprocessing(offered.DEFAULT),
        unused=("aux1.", "aux2.", "AuxLogits.") if odd else (),
    )


def _torchvision_preprocessing(weights: Any) -> _Preprocessing:
    transform = weights.transforms()
    size, resize = transform.crop_size[0], transform.resize_size[0]
    return _Preprocessing(size, transform.mean, transform.std, size / resize, transform.interpolation.value)


def _timm_recipe(name: str) -> _Recipe:
    try:
        import timm
    except ImportError as error:
        raise ImportError(f"'timm/{name}' needs the package timm: pip install timm") from error
    if not timm.is_model(name):
        raise ValueError(f"{name!r} is not a network of timm.{did_you_mean(name, timm.list_models())}")
    preprocessing = _timm_preprocessing(name, timm.get_pretrained_cfg(name, allow_unregistered=False))
    return _Recipe(
        build=lambda n_classes: timm.create_model(name, num_classes=n_classes),
        download=lambda: timm.create_model(name, pretrained=True),
        preprocessing=preprocessing,
        default_preprocessing=preprocessing,
    )


def _timm_preprocessing(name: str, config: Any) -> _Preprocessing:
    """What timm's own evaluation transform of the configuration does (`timm.data.create_transform`)."""
    if config is None:
        return _Preprocessing(interpolation="bicubic")
    from timm.data import resolve_data_config

    own = resolve_data_config(pretrained_cfg=config.to_dict())
    _, height, width = own["input_size"]
    scaled = math.floor(width / own["crop_pct"])
    framing = own["crop_mode"] if own["crop_mode"] in ("squash", "border") else "crop"
    if framing == "crop" and scaled < width:
        framing = "pad"
    return _Preprocessing(
        (height, width), own["mean"], own["std"], width / scaled, own["interpolation"], framing
    )


def _spec_hint(spec: str) -> str:
    import torchvision

    from xaikit import zoo

    known = [f"toyworld/{name}" for name in zoo.names()]
    known += [f"torchvision/{name}" for name in torchvision.models.list_models(module=torchvision.models)]
    if f"torchvision/{spec}" in known:
        return f" Did you mean 'torchvision/{spec}'?"
    return did_you_mean(spec, known)
