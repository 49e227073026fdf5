"""Every other attribution method of Captum, asked in the same words and answered with a Heatmap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaikit.attribution.backprop import Target, as_rows
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.maps import PICTURE, Answer, Channels, heatmap_of, over_channels
from xaikit.core.errors import did_you_mean
from xaikit.core.layers import Layer, find_module, to_grid
from xaikit.core.running import class_scores, to_numpy, twin, undisturbed
from xaikit.core.targets import Targets

if TYPE_CHECKING:
    from xaikit.core.batches import Views
    from xaikit.core.classifier import Classifier

__all__ = ["from_captum"]


def from_captum(
    classifier: Classifier,
    images: Any,
    attribution: str | Callable[..., Any],
    target: Target = None,
    layer: str | None = None,
    *,
    channels: Channels = "sum",
    **arguments: Any,
) -> Heatmap:
    """Show what a method of Captum says of the score of a class.

    Captum is given a copy of the network whose modules do not work in place, which many of its methods ask
    for, and the normalised pictures.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    attribution
        name of a class in `captum.attr` ("Saliency", "DeepLift", "Occlusion"), the class, or a function that
        makes the method of the model: lambda model: NoiseTunnel(Saliency(model))
    target : the class c, by name or index; a list gives each picture its own; None is the predicted class
    layer : name of the layer that a method such as "LayerGradCam" is made with, as its second argument
    channels : "sum" gives Σ_k R_k over colors or channels; "max" gives max_k |R_k|
    arguments : what the method's own `attribute` takes besides pictures and target

    Returns
    -------
    Heatmap
        `values` float32 (n, H, W) in the method's own units, not normalised; of a layer enlarged bilinearly

    Raises
    ------
    ImportError
        Captum is not installed.
    ValueError
        Unknown method, class or layer, or the method answers with something else than one value per place.

    Source
    ------
    Kokhlikyan et al. 2020, "Captum: A unified and generic model interpretability library for PyTorch".

    Limits
    ------
    What the method itself shows, and asks of a network, is in Captum's documentation. DeepLift and LRP refuse
    a network that uses one module several times, and ReLUs that are no modules are plain to them.
    """
    make, flat = _method(attribution), over_channels(channels)
    found = None if layer is None else classifier.layer(layer)
    model = _giving_logits(classifier)
    method = make(model) if found is None else make(model, find_module(model, found.name))
    if not callable(getattr(method, "attribute", None)):
        raise ValueError(f"`attribution` must make a method of Captum; got a {type(method).__name__}.")
    asked = Targets(classifier.class_index, as_rows(classifier.class_index, target))

    def answer(some: Views, first: int) -> Answer:
        with undisturbed(model, classifier.device), torch.enable_grad():
            inputs = classifier.inputs(some.views).requires_grad_()
            logits = class_scores(model, inputs, len(classifier.class_names)).detach()
            targets = asked.rows(logits, first)[:, 0]
            given = method.attribute(inputs, target=torch.from_numpy(targets).to(inputs.device), **arguments)
        scores = some.blanked(logits.float().cpu().numpy())
        maps = some.blanked(flat(_relevance(given, found, len(some.views))))
        return Answer(some.views, targets, scores, maps)

    answers = _numbered(classifier.batches(images, graph=True), answer, asked)
    name = attribution if isinstance(attribution, str) else type(method).__name__
    return heatmap_of(classifier, answers, f"Captum's {name}", found.name if found else PICTURE)


def _numbered(
    batches: Iterable[Views], answer: Callable[[Views, int], Answer], asked: Targets
) -> Iterator[Answer]:
    """Answer batch by batch, each with the number of its first picture."""
    first = 0
    for some in batches:
        yield answer(some, first)
        first += len(some.views)
    asked.check_all_used(first)


def _method(attribution: str | Callable[..., Any]) -> Callable[..., Any]:
    try:
        import captum.attr
    except ImportError as error:
        raise ImportError("`from_captum` needs Captum: pip install captum.") from error
    if callable(attribution):
        return attribution
    if attribution not in captum.attr.__all__:
        raise ValueError(
            f"`attribution` must name a class of captum.attr; got {attribution!r}."
            f"{did_you_mean(attribution, captum.attr.__all__)}"
        )
    return getattr(captum.attr, attribution)


def _giving_logits(classifier: Classifier) -> nn.Module:
    """A copy of the network, module by module, that gives logits and leaves what it is given as it is."""
    copied = twin(classifier.model)
    for module in copied.modules():
        if getattr(module, "inplace", False) is True:
            module.inplace = False  # type: ignore[assignment]
    copied.register_forward_pre_hook(lambda _module, given: (given[0].clone(), *given[1:]))
    copied.register_forward_hook(lambda _module, _given, scores: classifier.answering.logits_of(scores))
    return copied


def _relevance(given: Any, layer: Layer | None, n: int) -> NDArray[np.float32]:
    """Captum's answer as (b, c, h, w)."""
    if isinstance(given, tuple) and len(given) == 1:
        (given,) = given
    if layer and isinstance(given, Tensor) and given.shape[1:] == layer.shape:
        given = to_grid(given, layer)
    if not isinstance(given, Tensor) or given.ndim != 4 or len(given) != n:
        what = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise ValueError(
            f"the method must answer with one value per place, ({n}, c, h, w); got {what}. Ask Captum itself."
        )
    return to_numpy(given)
