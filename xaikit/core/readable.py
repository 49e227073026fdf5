"""Going through numbered pictures of which some cannot be read: these are left out, counted and named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from xaikit.core.errors import ImageError, ParameterError, warn

__all__ = ["NOT_READ", "Skipped", "check_set", "is_set", "readable", "tell_skipped"]

UNREADABLE = (ImageError, FileNotFoundError, PermissionError)
"""What a picture fails with; anything else, such as a disk that goes away, is an error of the whole pass."""
N_NAMED = 3
NOT_READ = "not read"
"""What stands in results for the class of a picture that cannot be read."""

T = TypeVar("T")


class Skipped(NamedTuple):
    """A picture that could not be read: its number in the data, and why."""

    number: int
    reason: str


def readable(
    data: Any, look: Callable[[Any], T], skipped: list[Skipped], numbers: Iterable[int] | None = None
) -> Iterator[tuple[int, T]]:
    """Yield the number of each picture that can be read, and what `look` makes of it.

    Parameters
    ----------
    data : an ImageSet, or a sequence of pictures
    look : what is done with each, such as `Classifier.view`
    skipped : is told of each that cannot be read; `tell_skipped` passes that on at the end
    numbers : which pictures; None is all
    """
    for number in range(len(data)) if numbers is None else map(int, numbers):
        try:
            seen = look(data[number])
        except UNREADABLE as error:
            skipped.append(Skipped(number, str(error)))
        except Exception as error:
            error.add_note(f"This came of picture {number} of the data.")
            raise
        else:
            yield number, seen


def tell_skipped(skipped: Sequence[Skipped], n: int, meaning: str = "are left out") -> None:
    """Warn once of the pictures of a pass that could not be read.

    Parameters
    ----------
    skipped : those pictures
    n : how many were tried
    meaning : what follows for them, in words that go on from "2 of 9 pictures cannot be read and"

    Raises
    ------
    xaikit.core.errors.ImageError
        None could be read.
    """
    if n and len(skipped) >= n:
        raise ImageError(f"none of {n} pictures can be read; the first: {skipped[0].reason}")
    if skipped:
        reasons = "; ".join(f"picture {one.number}: {one.reason}" for one in skipped[:N_NAMED])
        warn(
            f"{len(skipped)} of {n} pictures cannot be read and {meaning}. {reasons}",
        )


def is_set(images: Any) -> bool:
    """Whether pictures are given as an ImageSet or its like: numbered, with labels."""
    return all(hasattr(images, name) for name in ("labels", "class_names", "__len__", "__getitem__"))


def check_set(data: Any) -> Any:
    """Return an ImageSet or its like, or raise a ParameterError that says how to come by one."""
    if not is_set(data):
        raise ParameterError(
            f"`data` must be an ImageSet, labelled pictures; got a {type(data).__name__}. xaikit.load_images "
            "opens a folder with one sub-folder per class."
        )
    return data
