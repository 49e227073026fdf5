"""Classifier: any torch image classifier together with its preprocessing, class names and device."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaikit.core.batches import GradientBatch, LayerBatch, Views
from xaikit.core.errors import ParameterError, did_you_mean, warn
from xaikit.core.images import View, fit_view
from xaikit.core.images.checks import Float32, UInt8
from xaikit.core.images.reading import sides
from xaikit.core.inputs import iterate_images, iterate_readable
from xaikit.core.layers import Layer
from xaikit.core.names import check_class_names
from xaikit.core.normalising import Normalising
from xaikit.core.outputs import OUTPUTS, READ_AS, Answering
from xaikit.core.params import Count, OneOf, check
from xaikit.core.passes import INPUT, Edit, Pass, run_pass
from xaikit.core.probe import LayerChoice, Probe, probed
from xaikit.core.running import class_scores, on_device, pick_device, to_numpy, undisturbed
from xaikit.core.targets import Targets

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
MAX_BATCH = 256
MAX_ENLARGED = 10


class Classifier:
    """A trained image classifier that can be asked about pictures.

    Pictures are given in any of these forms, one or several: path, PIL picture, uint8 array (h, w, 3) or
    (n, h, w, 3), float tensor (n, 3, h, w) in 0..1, a list of these, an ImageSet. Every picture is brought to
    the *view* the network sees, a square or not; all places that xaikit speaks of are pixels of that view.
    Pictures are read and answered batch by batch, so that memory does not grow with their number beyond what
    is returned. A picture that cannot be read is an error, but for those of an ImageSet: what is returned has
    a row for each of its pictures, with NaN (of names, None) where there was nothing to read, and it warns.

    Every picture is scaled and cropped, also one that happens to have the view's size. Only a `View` of that
    size is taken as it is: what `view` and `views` return, what was indexed, copied, stacked or edited from
    it, and the pictures in results. Where an array is a view but no `View` any more (`np.asarray`, a tensor,
    a file), say `as_view=True`, or make it one with ``clf.view(array, as_view=True)``.

    The model is left as it was found: training flags, `requires_grad`, hooks, gradients and random numbers
    are as before after every call, also after an error.

    Parameters
    ----------
    model : maps float32 pictures (n, 3, H, W), normalised, to scores (n, n_classes)
    class_names
        one different name per score, in the order of the scores; or {name: number}, as ImageFolder's
        `class_to_idx`. A set is refused: it has no order. Of a network that gives one number, the name of the
        class that it speaks for: then the classes are *it* and "not *it*"
    input_size : side of the square view in pixels, or (H, W), its height and width, where it is no square
    mean, std
        per channel, of pictures in 0..1; the default is ImageNet's. Of one number each where the network
        takes grey pictures (n, 1, H, W): they are made from the colors (0.299 r + 0.587 g + 0.114 b). Of c
        numbers where it takes c channels, as a satellite's: pictures are then arrays (h, w, c) and tensors
        (c, h, w), views uint8 (H, W, c), and what is shown of them is the first three channels
    device
        "auto" takes cuda, then mps, then cpu. Where the model lies elsewhere, or is not float32, a copy of it
        is used and the caller's own stays where it is
    crop
        part of the picture's short side that the view keeps, in (0, 1]. Give 1 where pictures are to be seen
        whole: those of the view's size are then seen pixel by pixel
    memory_budget
        bytes that the activations of one batch may take; the batch size follows from a trial pass. None takes
        64 MiB on a processor, where larger batches are no faster, and 512 MiB elsewhere
    interpolation : "bilinear" or "bicubic", how pictures are resized
    framing
        how a picture becomes a view: "crop", "pad", "squash" or "border" (with `mean` as its color), see
        :func:`xaikit.core.images.fit_view`; with all but the first, `crop` may be up to 2
    output
        what the network's scores are: "logits", "probabilities" that add up to 1, "sigmoid" (each class's own
        probability); "auto" finds out from two pictures of noise and warns where they are no logits. What
        `logits` returns are logits in any case (:mod:`xaikit.core.outputs`)
    spec : what `load_classifier` was given, kept for the record

    Attributes
    ----------
    class_names : list of str
    device : torch.device
    input_size : int, or (H, W) where the view is no square
    view_size : (H, W) of the view
    n_channels : of pictures and views
    mean_color : (r, g, b), `mean` as a uint8 color; of other channels, a number for each
    spec : str or None

    Raises
    ------
    TypeError, ValueError
        For a model that is no torch module and for arguments out of range. A model that is not an image
        classifier (it returns a tuple, NaN, another number of logits) is refused on first use.

    Limits
    ------
    A view of another network of the same input size is taken as it is, too, though that one may crop
    otherwise. Layers are found as modules of the model: what a forward method computes without a module has
    no name. TorchScript modules cannot be looked into; give the original. A module compiled with
    `torch.compile` runs as the original does, uncompiled.
    """

    def __init__(
        self,
        model: nn.Module,
        class_names: Sequence[str] | Mapping[str, int],
        input_size: int | tuple[int, int] = 224,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        device: str | torch.device = "auto",
        crop: float = 0.875,
        memory_budget: int | None = None,
        *,
        interpolation: str = "bilinear",
        framing: str = "crop",
        output: str = "auto",
        spec: str | None = None,
    ) -> None:
        if not isinstance(model, nn.Module):
            raise TypeError(f"`model` must be a torch.nn.Module; got {type(model).__name__}.")
        height, width = self.view_size = sides(input_size, "input_size")
        memory_budget = check("memory_budget", memory_budget, Count | None)
        names = _checked_names(class_names)
        self._single = len(names) == 1
        self.class_names = [*names, f"not {names[0]}"] if self._single else names
        self._asked_output = check("output", output, Annotated[str, OneOf(OUTPUTS)])
        self.input_size = height if height == width else self.view_size
        self.crop = crop
        self.interpolation = interpolation
        self.framing = framing
        self.spec = spec
        self.normalising = Normalising.of(mean, std)
        self.n_channels = self.normalising.n_channels
        self.mean_color = self.normalising.mean_color
        self.device = pick_device(device)
        self.memory_budget = memory_budget or (64 if self.device.type == "cpu" else 512) * 2**20
        self.model = on_device(getattr(model, "_orig_mod", model), self.device)
        # checks `crop`, `interpolation` and `framing` as well
        self.framed(np.zeros((2, 3, self.n_channels), np.uint8))

    def __repr__(self) -> str:
        name = self.spec or type(self.model).__name__
        size = f"{self.input_size} px" if isinstance(self.input_size, int) else self._sized
        return f"Classifier({name!r}, {len(self.class_names)} classes, {size}, {self.device})"

    @property
    def _sized(self) -> str:
        """Width and height of the view in words."""
        height, width = self.view_size
        return f"{width}×{height} pixels"

    # ---- what the network sees ----

    def view(self, image: Any, as_view: bool = False) -> View:
        """Return what the network sees of one picture, uint8 (H, W, 3).

        Parameters
        ----------
        image : a picture in any form
        as_view
            whether it is such a view already, to be taken as it is, as a `View` always is; so in every
            method of a classifier

        Raises
        ------
        ValueError
            There are several pictures; or it is said to be a view and is not (H, W, 3).
        """
        views = [self._viewed(one, as_view) for one in iterate_images(image, self.n_channels)]
        if len(views) != 1:
            raise ValueError(f"`view` takes one picture; got {len(views)}. `views` takes several.")
        return views[0]

    def views(self, images: Any, as_view: bool = False) -> Iterator[View]:
        """Yield the views of many pictures in batches uint8 (b, H, W, 3), reading them as they are needed.

        A picture that cannot be read is an error here, also one of an ImageSet.
        """
        return (some.views for some in self.batches(iterate_images(images, self.n_channels), as_view=as_view))

    def framed(self, image: UInt8, times: int = 1) -> UInt8:
        """Scale and crop a picture, be it a view or not, to t times the view's size, uint8 (tH, tW, 3)."""
        size = times * self.view_size[0], times * self.view_size[1]
        return fit_view(image, size, self.crop, self.interpolation, self.framing, self.mean_color)

    def batches(self, images: Any, graph: bool = False, as_view: bool = False) -> Iterator[Views]:
        """Yield views, as many at a time as the memory budget allows, and which pictures could be read.

        Parameters
        ----------
        images, as_view : as in `view`
        graph : whether a pass over them keeps what a gradient needs, which takes more memory
        """
        return self.view_batches(images, self.graph_batch_size if graph else self.batch_size(), as_view)

    def inputs(self, views: UInt8) -> Tensor:
        """Return what the network is given for views uint8 (b, H, W, 3): float32 (b, c, H, W), normalised."""
        return self.normalising(views, self.device)

    def pictures(self, inputs: Tensor) -> View:
        """Return the views uint8 (b, H, W, 3) that inputs stand for, colors out of range clipped.

        The inverse of `inputs`; where the network takes grey pictures, they are grey.
        """
        return View.of(self.normalising.pictures(inputs))

    def view_batches(self, images: Any, size: int, as_view: bool = False) -> Iterator[Views]:
        """Yield views, `size` at a time, and which of an ImageSet's pictures could not be read."""
        blank = np.full((*self.view_size, self.n_channels), self.mean_color, np.uint8)
        pictures = iterate_readable(images, self.n_channels)
        while some := list(islice(pictures, size)):
            views = [blank if image is None else self._viewed(image, as_view) for image in some]
            yield Views(View.of(np.stack(views)), np.array([image is not None for image in some]))

    def _fitting(self, bytes_per_image: int) -> int:
        return max(1, min(self.memory_budget // bytes_per_image, MAX_BATCH))

    def _viewed(self, image: UInt8, as_view: bool) -> View:
        height, width = image.shape[:2]
        there = (height, width) == self.view_size
        if as_view and not there:
            raise ValueError(
                f"with `as_view=True` a picture must be what the network sees, {self._sized}; got "
                f"{width}×{height}. Leave `as_view` out to have it prepared."
            )
        if as_view or (there and isinstance(image, View)):
            return View.of(image)
        if min(height, width) * MAX_ENLARGED < min(self.view_size):
            warn(
                f"a picture of {width}×{height} pixels is enlarged to {self._sized}: "
                "the network sees little more than a blur.",
            )
        return View.of(self.framed(image))

    # ---- answers ----

    def logits(self, images: Any, as_view: bool = False) -> Float32:
        """Return the logits, float32 (n, n_classes): the scores before softmax or sigmoid."""
        batches = self.batches(images, as_view=as_view)
        return np.concatenate([some.blanked(to_numpy(self.run(some.views).logits)) for some in batches])

    def probabilities(self, images: Any, as_view: bool = False) -> Float32:
        """Return the classes' probabilities, float32 (n, n_classes).

        They are the softmax of the logits, and each row sums to 1; of a network that ends in a sigmoid for
        each of several classes, they are these.
        """
        return self.chances(self.logits(images, as_view))

    def chances(self, logits: NDArray[Any]) -> NDArray[Any]:
        """Return the probabilities (…, n_classes) that belong to logits of all classes."""
        return self.answering.probabilities(logits)

    def predict(self, images: Any, as_view: bool = False) -> list[str | None]:
        """Return the name of the highest-scoring class of each picture; None of one that cannot be read."""
        return [
            None if np.isnan(row).any() else self.class_names[row.argmax()]
            for row in self.logits(images, as_view)
        ]

    def features(self, images: Any, layer: str | None = None, as_view: bool = False) -> Float32:
        """Return a layer's output: float32 (n, c, h, w) of a spatial layer, (n, c) of a vector.

        Token layers are brought to their grid of places, without class tokens; None is `default_layer`.
        """
        found = self.layer(layer)
        batches = self.batches(images, as_view=as_view)
        return np.concatenate([some.blanked(self._features(some.views, found)) for some in batches])

    def features_and_gradients(
        self, images: Any, targets: Any = None, layer: str | None = None, as_view: bool = False
    ) -> tuple[Float32, Float32, Float32]:
        """Return a layer's output and the gradient of target logits with respect to it.

        Parameters
        ----------
        images : pictures in any form
        targets
            T classes (names or indices) asked of every picture; or an int array (n, T), each picture's own
            classes; or None for the class that the network predicts, T = 1
        layer : name of the layer; None is `default_layer`
        as_view : as in `view`

        Returns
        -------
        logits : float32 (n, n_classes)
        features : float32 (n, c, h, w), or (n, c) of a vector layer
        gradients : float32 (n, T, c, h, w), or (n, T, c)
            ∂ logit[target] / ∂ features of the same picture

        Notes
        -----
        One forward pass and T backward passes per batch; the backward passes end at the layer.
        """
        batches = [batch[2:5] for batch in self.gradient_batches(images, targets, layer, as_view)]
        logits, features, gradients = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
        return logits, features, gradients

    def gradient_batches(
        self, images: Any, targets: Any = None, layer: str | None = None, as_view: bool = False
    ) -> Iterator[GradientBatch]:
        """Yield what `features_and_gradients` returns batch by batch, for more pictures than memory holds."""
        name = self.layer(layer).name
        for batch in self.layer_batches(images, [name], targets, [name], as_view):
            yield GradientBatch(*batch[:3], batch.features[name], batch.gradients[name], batch.read)

    def layer_batches(
        self,
        images: Any,
        layers: Sequence[str],
        targets: Any = None,
        gradients_at: Sequence[str] = (),
        as_view: bool = False,
    ) -> Iterator[LayerBatch]:
        """Yield, batch by batch, what one forward pass tells of several layers.

        Parameters
        ----------
        images, targets, as_view : as in `features_and_gradients`
        layers : names of the layers whose output is wanted
        gradients_at : names, some of `layers`, at which the gradients of the target logits are wanted too;
            with none the pass keeps no graph

        Notes
        -----
        The backward passes run once, from the logits to the earliest of `gradients_at`.
        """
        asked = Targets(self.class_index, targets)
        first = 0
        for some in self.batches(images, bool(gradients_at), as_view):
            yield self._asked(some, layers, asked, gradients_at, first)
            first += len(some.views)
        asked.check_all_used(first)

    def _asked(
        self, some: Views, layers: Sequence[str], targets: Targets, gradients_at: Sequence[str], first: int
    ) -> LayerBatch:
        done = self.forward(self.inputs(some.views), layers, grad=gradients_at)
        rows = targets.rows(done.logits, first)
        gradients = done.gradients(done.chosen(rows))
        return LayerBatch(
            some.views,
            rows,
            some.blanked(to_numpy(done.logits)),
            {name: some.blanked(to_numpy(done.features[name])) for name in layers},
            {name: some.blanked(to_numpy(own)) for name, own in gradients.items()},
            some.read,
        )

    def forward(
        self,
        inputs: Tensor,
        record: Sequence[str] = (),
        edit: Mapping[str, Edit] | None = None,
        grad: Sequence[str] = (),
    ) -> Pass:
        """Run the network once; the seam that every method is written on.

        Parameters
        ----------
        inputs : float32 tensor (b, c, H, W) on the device, what `inputs` makes of views
        record : names of layers whose output is kept, as it is before any edit
        edit
            {layer: function}, given a copy of the layer's output (b, c, h, w), or (b, c) of a vector; what it
            returns, of the same shape, goes on in its place
        grad : names of layers at whose output gradients will be asked for, or "input" for the inputs

        Returns
        -------
        Pass
            `logits` (b, n_classes) and `features` {layer: (b, c, h, w)}, tensors on the device. They carry a
            graph where `grad` names something, and `gradients` then goes back from scores made of them

        Raises
        ------
        ValueError
            Unknown layer.
        """
        ends = {name: None if name == INPUT else self.layer(name) for name in grad}
        order: list[Layer | None] = [None, *self._probe.layers]
        return run_pass(
            self.model,
            self.scores,
            inputs,
            [self.layer(name) for name in record],
            {self.layer(name): change for name, change in (edit or {}).items()},
            sorted(ends.values(), key=order.index),
        )

    def tail(self, layer: str | None = None) -> Callable[[Tensor, Tensor], Tensor]:
        """Return the network from a layer on: of its output (b, c, h, w) and the inputs, the logits.

        The inputs stand for what does not go through the layer's places: shortcuts around it, class tokens.
        The part before the layer runs as well, once each call. Gradients pass to the output that is given.
        """
        found = self.layer(layer)

        def onwards(features: Tensor, inputs: Tensor) -> Tensor:
            graph = features.requires_grad and torch.is_grad_enabled()
            return run_pass(
                self.model, self.scores, inputs, edit={found: lambda _: features}, graph=graph
            ).logits

        return onwards

    def run(
        self, views: UInt8, layers: Sequence[Layer] = (), mixed: bool = False, grad: Sequence[str] = ()
    ) -> Pass:
        """Run one batch, and leave what it gives on the device: for work over many pictures.

        Parameters
        ----------
        views : uint8 (b, H, W, 3)
        layers : those whose features are wanted
        mixed : whether the network may compute in half precision, where the device is CUDA and no gradient is
            asked for
        grad : as in `forward`

        Returns
        -------
        Pass
            As `forward` gives it, in float32.
        """
        half = mixed and self.device.type == "cuda" and not grad
        with torch.autocast("cuda", torch.float16) if half else nullcontext():
            done = self.forward(self.inputs(views), [layer.name for layer in layers], grad=grad)
        features = {name: own.float() for name, own in done.features.items()}
        return replace(done, logits=done.logits.float(), features=features)

    def batch_size(self, layers: Sequence[Layer] = ()) -> int:
        """Return how many pictures `run` may be given at once within the memory budget."""
        kept = sum(4 * math.prod(layer.shape) for layer in layers)
        return self._fitting(self._probe.forward_bytes + kept)

    @property
    def graph_batch_size(self) -> int:
        """How many pictures' graphs of a gradient pass the memory budget holds."""
        return self._fitting(self._probe.graph_bytes)

    def _features(self, views: UInt8, layer: Layer) -> Float32:
        return to_numpy(self.run(views, [layer]).features[layer.name])

    # ---- layers and classes ----

    def layers(self) -> list[Layer]:
        """Return the modules with a known kind of output, in the order they finish; from one cached pass."""
        return list(self._probe.layers)

    @property
    def default_layer(self) -> LayerChoice:
        """The layer used when none is named, and why: the last whose places still speak to the scores."""
        if self._probe.default is None:
            raise ValueError(
                "the model has no module whose output could serve as a layer. Split it into modules."
            )
        return self._probe.default

    @property
    def fine_layer(self) -> Layer | None:
        """The last layer whose places are still fine and that nothing goes around: layer1 of ResNet-18.

        Its grid is a fifth as fine as the picture or finer; None where no layer is so.
        """
        return self._probe.fine

    def layer(self, name: str | None = None) -> Layer:
        """Return the description of a layer; None is the default. An unknown name gives a ValueError."""
        if name is None:
            return self.default_layer.layer
        layers = {layer.name: layer for layer in self._probe.layers}
        if name in layers:
            return layers[name]
        if name and name in dict(self.model.named_modules()):
            raise ValueError(
                f"`layer` {name!r} does not run, or puts out neither a grid of places nor a vector. "
                "clf.layers() lists those that do."
            )
        raise ValueError(
            f"`layer` must name a module of the model; got {name!r}.{did_you_mean(name, layers)}"
        )

    def class_index(self, name: str | int) -> int:
        """Return the index of a class given by name, or check one given by index."""
        if isinstance(name, str):
            if name not in self._indices:
                hint = did_you_mean(name, self.class_names) or f" The first are {self.class_names[:5]}."
                raise ValueError(f"{name!r} is not a class of this network.{hint}")
            return self._indices[name]
        index = -1 if isinstance(name, bool) else int(name)
        if index != name or not 0 <= index < len(self.class_names):
            raise ValueError(f"a class index must lie in 0..{len(self.class_names) - 1}; got {name!r}.")
        return index

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.class_names)}

    @property
    def output(self) -> str:
        """What the network's scores are: "logits", "probabilities" or "sigmoid"."""
        return self.answering.output

    @cached_property
    def answering(self) -> Answering:
        """The network as a module whose forward gives logits, whatever it gives itself."""
        output = self._probe.output if self._asked_output == "auto" else self._asked_output
        if output != self._asked_output and output != "logits":
            warn(READ_AS[output])
        return Answering(self.model, output, self._single)

    def scores(self, inputs: Tensor) -> Tensor:
        """The logits, float32 (n, n_classes), of normalised inputs; inside :func:`undisturbed`."""
        return class_scores(self.answering, inputs, len(self.class_names))

    @cached_property
    def _probe(self) -> Probe:
        shape = (2, *self.view_size, self.n_channels)
        noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        with undisturbed(self.model, self.device):
            found = probed(self.model, self.inputs(noise), self._n_scores)
        if found.depends_on:
            warn(found.depends_on)
        return found

    @property
    def _n_scores(self) -> int:
        return 1 if self._single else len(self.class_names)

    def fingerprint(self) -> str:
        """Return a short hash of class names, input size, preprocessing and weights.

        Of each tensor in the model's state a few evenly spread values are hashed, so it takes milliseconds; a
        change of a single weight elsewhere goes unseen.
        """
        # The plain framing goes unsaid, so that what was saved before there were others is still known.
        framing = () if self.framing == "crop" else (self.framing,)
        digest = hashlib.sha256(
            repr((self.class_names, self.input_size, self.crop, self.interpolation, *framing)).encode()
            + self.normalising.mean.tobytes()
            + self.normalising.std.tobytes()
            + (b"" if self.output == "logits" else self.output.encode())
        )
        for name, tensor in self.model.state_dict().items():
            flat = tensor.detach().reshape(-1)
            sample = flat[:: max(1, flat.numel() // 64)].cpu().double()
            digest.update(f"{name}{tuple(tensor.shape)}".encode() + sample.numpy().tobytes())
        return digest.hexdigest()[:16]

    def signature(self) -> str:
        """Return a hash of all that decides what the network answers, every weight included.

        What forward does is told by the modules' own descriptions and by the logits of a picture of noise, to
        two digits, so that networks of the same weights are told apart where they compute something else.
        """
        noise = np.random.default_rng(0).integers(0, 256, (1, *self.view_size, self.n_channels), np.uint8)
        with torch.inference_mode(), undisturbed(self.model, self.device):
            logits = to_numpy(self.scores(self.inputs(noise)))
        told = [f"{number:.1e}" for number in logits.ravel()]
        digest = hashlib.sha256(f"{self.fingerprint()} {self.model} {told}".encode())
        for tensor in self.model.state_dict().values():
            flat = tensor.detach().cpu().contiguous().reshape(-1)
            digest.update(flat.view(torch.uint8).numpy())
        return digest.hexdigest()


def _checked_names(class_names: Sequence[str] | Mapping[str, int]) -> list[str]:
    names = check_class_names(class_names)
    if not names:
        raise ValueError("`class_names` must be at least one name, one per logit; got none.")
    return names


def check_classifier(given: Any) -> Classifier:
    """Return a Classifier, or raise a ParameterError that says how to make one."""
    if not isinstance(given, Classifier):
        raise ParameterError(
            f"`classifier` must be an xaikit.Classifier; got a {type(given).__name__}. "
            "xaikit.Classifier(model, class_names) makes one of a torch module, load_classifier one by name."
        )
    return given
