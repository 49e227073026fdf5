"""Pictures that the network gets wrong: of a large fresh set, and scenes with a known fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.worlds.drawing.render import Rendering, render
from xaikit.worlds.vehicles.faults import faulty

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample

__all__ = ["ExplainedMistake", "made_mistakes", "mistakes_of"]

CHUNK = 600
MIN_PIXELS = 40
WHOLE = ("body", "hull", "chassis", "cab")  # these are most of the vehicle, not a part that can go wrong


@dataclass(frozen=True)
class ExplainedMistake:
    """A mistake whose cause is known.

    Attributes
    ----------
    image : uint8 (h, w, 3), the picture that the network gets wrong
    label, id : the name of its class, and what was done to which scene
    fault : what was done to some parts, see :mod:`xaikit.worlds.vehicles.faults`
    whole : uint8 (h, w, 3), the same scene without the fault, which the network gets right
    where : bool (h, w), where these parts were seen in it, or are now
    """

    image: np.ndarray
    label: str
    id: str
    fault: str
    whole: np.ndarray
    where: np.ndarray


def mistakes_of(classifier: Classifier, data: ImageSet, classes: Sequence[str]) -> Iterator[Sample]:
    """Pictures of the classes of interest that the network takes for another one of them.

    They are read in chunks, by several processes; no more than a chunk is held.
    """
    columns = [classifier.class_index(cls) for cls in classes]
    wanted = np.flatnonzero(np.isin(data.labels, [data.class_names.index(cls) for cls in classes]))
    for first in range(0, len(wanted), CHUNK):
        numbers = wanted[first : first + CHUNK]
        chunk = data.subset(numbers).kept(progress=False)
        answers = classifier.logits(chunk)[:, columns].argmax(axis=1)
        read = np.delete(numbers, [one.number for one in chunk.skipped])
        for number, sample, answer in zip(read.tolist(), chunk, answers, strict=True):
            if classes[int(answer)] != data.class_names[sample.label]:
                yield data[number]  # with its scene, which what is kept leaves out


def made_mistakes(
    classifier: Classifier,
    data: Any,
    classes: Sequence[str],
    faults: Sequence[str],
    max_parts: int,
    seed: int,
) -> Iterator[ExplainedMistake]:
    """Scenes that the network gets right until some of their parts have a fault.

    Parts get the fault one after the other, in random order and ``max_parts`` at most, until it errs.

    Parameters
    ----------
    data : pictures of toyworld, whose scenes can be edited
    faults : the faults, taken in turn
    """
    columns = [classifier.class_index(cls) for cls in classes]

    def answer(drawn: Rendering) -> str:
        return classes[int(classifier.logits(drawn.image)[0, columns].argmax())]

    for index in range(len(data)):
        rng = np.random.default_rng([seed, index])
        scene = data.scene(index)
        whole = render(scene)
        if scene.label not in classes or answer(whole) != scene.label:
            continue
        fault = faults[index % len(faults)]
        seen = [n for n, m in whole.parts.items() if m.sum() >= MIN_PIXELS and scene.kind(n) not in WHOLE]
        changed: list[str] = []
        for name in rng.permutation(seen)[:max_parts]:
            try:
                scene = faulty(scene, str(name), fault, rng)
            except ValueError:  # no other class has such a part, or a bush already hides it
                continue
            changed.append(str(name))
            drawn = render(scene)
            if answer(drawn) != scene.label:
                where = np.any([whole.parts[part] for part in changed], axis=0)
                now = [drawn.parts[part] for part in changed if part in drawn.parts]
                yield ExplainedMistake(
                    drawn.image,
                    scene.label,
                    f"{index}: {', '.join(changed)} {fault}",
                    fault,
                    whole.image,
                    np.any([where, *now], axis=0),
                )
                break
