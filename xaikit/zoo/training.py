"""Trains a classifier on any set of pictures: one loop for the zoo's own networks and for everybody's."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from xaikit.core.classifier import Classifier
from xaikit.core.errors import did_you_mean
from xaikit.core.images import fit_view
from xaikit.core.params import Count, Positive, Seed, check
from xaikit.core.running import class_scores, pick_device, undisturbed
from xaikit.core.store import found_again
from xaikit.data import ImageSet
from xaikit.zoo.augment import augmented
from xaikit.zoo.kept import Training, told_by_description
from xaikit.zoo.networks import SmallResNet
from xaikit.zoo.objectives import Objective, cross_entropy

Colors = tuple[torch.Tensor, torch.Tensor]
Feeding = Callable[[np.ndarray, np.random.Generator], tuple[torch.Tensor, torch.Tensor]]
"""Makes, of the numbers (b,) of some pictures and a generator, float32 pictures in 0..1 and their labels:
int64 (b,), or float32 (b, n_classes) where a picture shows something of several classes."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a network is trained.

    AdamW under a one-cycle schedule with peak rate `rate`; `smoothing` keeps the confidences off 0 and 1.
    """

    seed: int = 0
    epochs: int = 12
    batch: int = 64
    rate: float = 4e-3
    decay: float = 0.05
    smoothing: float = 0.1


@dataclass(frozen=True)
class Pictures:
    """Pictures to train on or to test with: uint8 (n, 3, h, w), and their labels.

    Labels are int64 (n,) of one class each, or of attributes float32 (n, n_classes), 1 where one is there.
    """

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def train_classifier(
    data: ImageSet,
    network: str | nn.Module = "small",
    *,
    epochs: int = 12,
    size: int = 64,
    rate: float | None = None,
    augment: bool = False,
    seed: int = 0,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
) -> Classifier:
    """Train a classifier on a set of pictures, from scratch.

    Parameters
    ----------
    data : labelled pictures; ``data.kept()`` saves reading them again for the next training
    network
        "small", xaikit's residual network of 0.3 million weights; "resnet18", torchvision's; or a module of
        your own that gives one logit per class: a copy of it is trained, from the weights it has
    epochs : how often every picture is seen
    size : side of the square in pixels that pictures are brought to
    rate
        highest learning rate of the one-cycle schedule; None takes 0.003 for "small" and 0.001 for any other
        network: a large one may learn nothing at a high rate
    augment
        shift pictures, jitter their colors and blot out pieces, other ones every time. They are not
        mirrored: left and right may be what is asked about
    seed : of the first weights and of the order of the pictures; the same seed gives the same network, bit
        for bit on the same machine
    device : "auto" takes cuda, then mps, then cpu
    progress : show progress bars
    cache
        take the network from the store where it was trained before, else keep it there
        (:mod:`xaikit.core.store`); one with modules of a class of your own is trained each time, since
        what such a module does is not known from its description

    Returns
    -------
    Classifier
        In evaluation mode, with the classes of `data`.

    Raises
    ------
    TypeError, ValueError
        `data` is no ImageSet, is empty, or lacks pictures of a class that can be read; an unknown network, or
        one that does not give a logit per class; `epochs` or `size` is no whole number, or, as `rate`, not
        positive; there is no such device.

    Warns
    -----
    UserWarning
        Pictures cannot be read; they are left out.

    Limits
    ------
    Classes count as often as they have pictures. A pass runs in bfloat16, which is quick where the processor
    knows it and slow elsewhere. The last epoch's network is returned, whether or not it was the best.
    """
    if rate is None:
        rate = SMALL_RATE if network == "small" else LARGE_RATE
    _check(data, {"epochs": epochs, "size": size, "rate": rate})
    seed = check("seed", seed, Seed)
    where = pick_device(device)
    model = _network(network, len(data.class_names), seed)
    with undisturbed(model, torch.device("cpu")), torch.no_grad():
        class_scores(model.cpu(), torch.rand(2, 3, size, size), len(data.class_names))
    training = Training(epochs=epochs, size=size, rate=float(rate), augment=augment, seed=seed)
    kept = check("cache", cache, bool) and told_by_description(model)
    before = Classifier(model, data.class_names, size, device=where, crop=1.0)
    with found_again(training, before, data, kept, progress) as found:
        if not found:
            training.learned(model, _trained(model, data, training, where, progress))
    return training.classifier(model, data.class_names, where)


def _trained(
    model: nn.Module, data: ImageSet, training: Training, device: torch.device, progress: bool
) -> Colors:
    """Train a network in place; the mean and standard deviation of the colors that it is given."""
    pictures = as_pictures(data, training.size, progress)
    _check_classes(pictures.labels, data.class_names)
    schedule = Schedule(seed=training.seed, epochs=training.epochs, rate=training.rate)
    # a joined set comes class by class, so some from all along it
    colors = color_statistics(pictures.pixels[:: max(1, len(pictures.labels) // 1000)])
    change = partial(augmented, mean=colors[0], mirror=False) if training.augment else _plain
    fit(model, pictures, colors, schedule, device, feeding(pictures, change), progress)
    return colors


def as_pictures(data: ImageSet, size: int, progress: bool = True, attributes: Sequence[str] = ()) -> Pictures:
    """Read a whole set into memory, each picture brought to a square of `size` pixels.

    Labels tell the classes or, where some are named, the attributes. Pictures that cannot be read are left
    out, with a warning.
    """
    read = data.kept(progress)
    views = np.stack([fit_view(sample.image, size) for sample in read])
    pixels = np.ascontiguousarray(views.transpose(0, 3, 1, 2))
    if not attributes:
        return Pictures(pixels, read.labels.copy(), tuple(data.class_names))
    there = [[sample.attributes[name] for name in attributes] for sample in read]
    return Pictures(pixels, np.array(there, np.float32), tuple(attributes))


def fit(
    model: nn.Module,
    pictures: Pictures,
    colors: Colors,
    schedule: Schedule,
    device: torch.device,
    feed: Feeding,
    progress: bool = True,
    objective: Objective | None = None,
) -> None:
    """Train a network in place; it ends in evaluation mode, on the CPU. Random numbers are left as they were.

    Parameters
    ----------
    colors : mean and standard deviation by which pictures are normalised
    feed : makes what the network is fed, from the numbers of some pictures; see `feeding`
    objective : the cross-entropy, smoothed, where not given
    """
    objective = objective or cross_entropy(schedule.smoothing)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(schedule.seed)
        model.to(memory_format=torch.channels_last).to(device).train()
        _descend(model, pictures, colors, schedule, device, feed, progress, objective)
    model.zero_grad()  # gradients take as much room as the weights, for as long as the network is kept
    model.to("cpu").to(memory_format=torch.contiguous_format).eval()


def _descend(
    model: nn.Module,
    pictures: Pictures,
    colors: Colors,
    schedule: Schedule,
    device: torch.device,
    feed: Feeding,
    progress: bool,
    objective: Objective,
) -> None:
    mean, std = colors
    optimizer = torch.optim.AdamW(model.parameters(), schedule.rate, weight_decay=schedule.decay)
    batch = min(schedule.batch, len(pictures.labels))
    steps = schedule.epochs * (len(pictures.labels) // batch)
    # of 4 steps a quarter would be a rise of no length, by which torch divides
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.rate, steps, pct_start=0.5 if steps == 4 else 0.25
    )
    batches = _batches(schedule, batch, len(pictures.labels))
    bar = tqdm(batches, "training", steps, unit="batch", disable=not progress)
    for step, (chosen, rng) in enumerate(bar):
        fed, labels = feed(chosen, rng)
        fed = (fed - column(mean)) / column(std)
        with torch.autocast(device.type, torch.bfloat16):
            logits = model(fed.to(device, memory_format=torch.channels_last))
            loss = objective(logits.float(), labels.to(device), step / steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        cycle.step()
        bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)


def _batches(schedule: Schedule, batch: int, n: int) -> Iterator[tuple[np.ndarray, np.random.Generator]]:
    rng = np.random.default_rng(schedule.seed)
    for _ in range(schedule.epochs):
        order = rng.permutation(n)
        for start in range(0, n - batch + 1, batch):
            yield order[start : start + batch], rng


def feeding(pictures: Pictures, change: Callable[..., torch.Tensor]) -> Feeding:
    """Feeds pictures with their labels, after `change`: of uint8 pictures and `rng`, float32 ones in 0..1."""

    def feed(chosen: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        pixels = torch.from_numpy(pictures.pixels[chosen])
        return change(pixels, rng=rng), torch.from_numpy(pictures.labels[chosen])

    return feed


def color_statistics(pixels: np.ndarray) -> Colors:
    """Mean and standard deviation (3,) of the colors, 0..1, of uint8 pictures (n, 3, h, w)."""
    some = torch.from_numpy(pixels).double() / 255
    return some.mean((0, 2, 3)).float(), some.std((0, 2, 3)).float()


def column(color: torch.Tensor) -> torch.Tensor:
    """A color (3,) as (3, 1, 1), to be applied to pictures."""
    return color[:, None, None]


def _plain(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    return pixels.float() / 255


def _network(network: str | nn.Module, n_classes: int, seed: int) -> nn.Module:
    """A network to train: a new one by name, or a copy of the one given."""
    if isinstance(network, nn.Module):
        return copy.deepcopy(network)
    if network not in NETWORKS:
        raise ValueError(
            f"`network` must be a torch.nn.Module or one of {list(NETWORKS)}; got {network!r}."
            f"{did_you_mean(str(network), NETWORKS)}"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NETWORKS[network](n_classes)


def _resnet18(n_classes: int) -> nn.Module:
    from torchvision.models import resnet18

    return resnet18(num_classes=n_classes)


NETWORKS: dict[str, Callable[[int], nn.Module]] = {"small": SmallResNet, "resnet18": _resnet18}
SMALL_RATE, LARGE_RATE = 3e-3, 1e-3


def _check(data: ImageSet, positive: dict[str, float]) -> None:
    if not isinstance(data, ImageSet):
        raise TypeError(f"`data` must be an ImageSet; got {type(data).__name__}. load_images makes one.")
    _check_classes(data.labels, data.class_names)
    for name, value in positive.items():
        check(name, value, Positive if name == "rate" else Count)


def _check_classes(labels: np.ndarray, class_names: list[str]) -> None:
    seen = np.bincount(labels, minlength=len(class_names)) > 0
    missing = [name for name, there in zip(class_names, seen, strict=True) if not there]
    if missing or len(seen) < 2:
        raise ValueError(
            f"`data` must hold pictures of two or more classes and of each of its own; got classes "
            f"{class_names}, with no picture of {missing or 'a second one'} that can be read."
        )
