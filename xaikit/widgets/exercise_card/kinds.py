"""In which ways an exercise is answered: how an answer is checked, compared with the right one, and told.

Each kind says what the page needs to know of it (``packed``), takes what a page sends (``given``, ValueError
where that is no answer), takes the right answer as the author gave it (``truth``), compares the two
(``judged``), and puts an answer into words (``told``).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import UInt8, check_image, check_mask
from xaikit.core.names import check_name
from xaikit.core.params import Part, check
from xaikit.widgets.kit.packing import mask_box, number, share

__all__ = ["Choice", "Deed", "Judged", "Kind", "Number", "Region", "Word", "check_line"]

N_STEPS = 100  # of a slider, where nobody says how fine it is
LEAST_SIDE = 0.01  # of a box, as a share of the picture: what is less was a click
ROUNDING = 1e-9


@dataclass(frozen=True)
class Judged:
    """Whether an answer is right, and what may be said of it without giving the right one away."""

    right: bool
    word: str = ""


def check_line(text: Any, what: str) -> str:
    """Return a text that says something, or raise."""
    if not isinstance(text, str):
        raise TypeError(f"{what} must be text; got {text!r}.")
    if not text.strip():
        raise ValueError(f"{what} must say something; got {text!r}.")
    if any(unicodedata.category(sign) in ("Cs", "Cc") and sign not in "\n\t" for sign in text):
        raise ValueError(f"{what} must be text that can be shown; got {text!r}.")
    return text.strip()


@dataclass(frozen=True)
class Choice:
    """One of some texts."""

    options: Sequence[str]
    name: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        if isinstance(self.options, str) or not isinstance(self.options, Sequence):
            raise TypeError(f"`choices` must be a list of texts; got {self.options!r}.")
        own = [check_line(one, "each of `choices`") for one in self.options]
        if len(own) < 2 or len(set(own)) < len(own):
            raise ValueError(f"`choices` must be two or more different texts; got {own}.")
        object.__setattr__(self, "options", own)

    def packed(self) -> dict[str, Any]:
        return {"kind": self.name, "options": list(self.options)}

    def given(self, value: Any) -> str:
        return self._one(value, "the answer")

    def truth(self, answer: Any) -> str:
        return self._one(answer, "`answer`")

    def judged(self, given: str, truth: str) -> Judged:
        return Judged(given == truth)

    def told(self, value: str) -> str:
        return value

    def _one(self, value: Any, what: str) -> str:
        if not isinstance(value, str) or value.strip() not in self.options:
            guess = did_you_mean(value, self.options) if isinstance(value, str) else ""
            raise ValueError(f"{what} must be one of {list(self.options)}; got {value!r}.{guess}")
        return value.strip()


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``, right where it is at most ``tolerance`` off."""

    low: float
    high: float
    tolerance: float | None = None
    unit: str = ""
    step: float | None = None
    name: ClassVar[str] = "number"

    def __post_init__(self) -> None:
        low, high = number(self.low, "`number`'s low end"), number(self.high, "`number`'s high end")
        if not low < high:
            raise ValueError(f"`number` must be (low, high), low below high; got ({low}, {high}).")
        step = 10.0 ** round(math.log10((high - low) / N_STEPS)) if self.step is None else self.step
        step = number(step, "`step`")
        if not 0 < step <= high - low:
            raise ValueError(f"`step` must be above 0 and fit into {low} to {high}; got {step}.")
        tolerance = number(step / 2 if self.tolerance is None else self.tolerance, "`tolerance`")
        if tolerance < 0:
            raise ValueError(f"`tolerance` must be 0 or more; got {tolerance}.")
        if not isinstance(self.unit, str):
            raise TypeError(f"`unit` must be text; got {self.unit!r}.")
        for name, value in {"low": low, "high": high, "step": step, "tolerance": tolerance}.items():
            object.__setattr__(self, name, value)

    def packed(self) -> dict[str, Any]:
        own = {"low": self.low, "high": self.high, "step": self.step, "digits": self._digits}
        return {"kind": self.name, "unit": self.unit, **own}

    def given(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"the answer must be a number; got {value!r}.")
        return self._inside(value, "the answer")

    def truth(self, answer: Any) -> float:
        if isinstance(answer, bool | np.bool_ | str):
            raise TypeError(f"`answer` must be a number; got {answer!r}.")
        return self._inside(answer, "`answer`")

    def judged(self, given: float, truth: float) -> Judged:
        off = given - truth
        if abs(off) <= float(self.tolerance or 0) + ROUNDING:
            return Judged(True)
        return Judged(False, "It is less." if off > 0 else "It is more.")

    def told(self, value: float) -> str:
        said = f"{value:.{self._digits}f}"
        return f"{said}{self.unit}" if self.unit == "%" else f"{said} {self.unit}".strip()

    @property
    def _digits(self) -> int:
        return max(0, -math.floor(math.log10(float(self.step or 1)) + ROUNDING))

    def _inside(self, value: Any, what: str) -> float:
        try:
            found = number(value, what)
        except OverflowError:
            found = math.inf
        if not self.low - ROUNDING <= found <= self.high + ROUNDING:
            ends = f"{self.told(self.low)} to {self.told(self.high)}"
            raise ValueError(f"{what} must lie from {ends}; got {found}.")
        return found


@dataclass(frozen=True)
class Word:
    """A word or two, written: capitals and space around it do not count."""

    name: ClassVar[str] = "word"

    def packed(self) -> dict[str, Any]:
        return {"kind": self.name}

    def given(self, value: Any) -> str:
        try:
            word = check_name(value)
        except TypeError as error:
            raise ValueError(str(error)) from None
        if not word:
            raise ValueError("the answer must be a word; got none.")
        return word

    def truth(self, answer: Any) -> list[str]:
        accepted = [answer] if isinstance(answer, str) else list(answer)
        if not accepted or not all(isinstance(one, str) and one.strip() for one in accepted):
            raise ValueError(f"`answer` must be a word, or a list of those that are right; got {answer!r}.")
        return [check_name(one) for one in accepted]

    def judged(self, given: str, truth: Sequence[str]) -> Judged:
        return Judged(_plain(given) in map(_plain, truth))

    def told(self, value: str | Sequence[str]) -> str:
        return value if isinstance(value, str) else value[0]


def _plain(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


@dataclass(frozen=True)
class Region:
    """A box drawn on a picture, right where it and the box around the true mask overlap enough.

    ``overlap`` is the least intersection over union of the two.
    """

    picture: UInt8 = field(repr=False)
    overlap: float = 0.4
    name: ClassVar[str] = "region"

    def __post_init__(self) -> None:
        check_image(self.picture)
        check("overlap", self.overlap, Part)

    def packed(self) -> dict[str, Any]:
        height, width = self.picture.shape[:2]
        return {"kind": self.name, "aspect": width / height}

    def given(self, value: Any) -> list[float]:
        if not isinstance(value, list | tuple) or len(value) != 4:
            raise ValueError(f"the answer must be a box, x, y, width and height; got {value!r}.")
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in value):
            raise ValueError("the answer must be a box of four numbers.")
        try:
            x, y, width, height = (share(one, "each number of a box") for one in value)
        except OverflowError:
            raise ValueError("each number of a box must be a share of the picture, 0 to 1.") from None
        if min(width, height) < LEAST_SIDE or max(x + width, y + height) > 1 + 1e-6:
            raise ValueError("the answer must be a box that lies in the picture.")
        return [x, y, width, height]

    def truth(self, answer: Any) -> list[float]:
        mask = check_mask(answer, self.picture)
        return [round(float(one), 4) for one in mask_box(mask)]

    def judged(self, given: Sequence[float], truth: Sequence[float]) -> Judged:
        shared = _shared(given, truth)
        if shared / (_area(given) + _area(truth) - shared) >= self.overlap:
            return Judged(True)
        if shared >= 0.8 * _area(truth):
            return Judged(False, "It is in your box, with much else: draw a smaller one.")
        return Judged(False, "Your box holds a piece of it." if shared > 0 else "It is somewhere else.")

    def told(self, value: Sequence[float]) -> str:
        x, y, width, height = value
        return f"a box from {x:.0%}, {y:.0%} to {x + width:.0%}, {y + height:.0%}"


def _area(box: Sequence[float]) -> float:
    return box[2] * box[3]


def _shared(one: Sequence[float], other: Sequence[float]) -> float:
    """The area that two boxes have in common."""
    sides = [
        max(0.0, min(one[k] + one[k + 2], other[k] + other[k + 2]) - max(one[k], other[k])) for k in (0, 1)
    ]
    return sides[0] * sides[1]


@dataclass(frozen=True)
class Deed:
    """Something to be done elsewhere, such as on a patch board: ``done()`` tells whether it is.

    It returns True or False; or a mapping of what has to be so to whether it is, and then it is said what is
    not so yet.
    """

    done: Callable[[], Any] = field(repr=False)
    name: ClassVar[str] = "deed"

    def __post_init__(self) -> None:
        if not callable(self.done):
            raise TypeError(f"`done` must be callable without arguments; got {self.done!r}.")

    def packed(self) -> dict[str, Any]:
        return {"kind": self.name}

    def given(self, value: Any) -> None:
        if value is not None:
            raise ValueError("what is done elsewhere needs no answer here.")

    def truth(self, answer: Any) -> str:
        return check_line(answer, "`answer`")

    def judged(self, given: None, truth: Any) -> Judged:
        said = self.done()
        if isinstance(said, bool | np.bool_):
            return Judged(bool(said))
        if isinstance(said, Mapping) and said and all(isinstance(k, bool | np.bool_) for k in said.values()):
            open_ones = [str(what) for what, is_so in said.items() if not is_so]
            return Judged(not open_ones, f"Still missing: {open_ones[0]}." if open_ones else "")
        raise TypeError(
            f"`done` must return True or False, or {{what has to be so: whether it is}}; got {said!r}."
        )

    def told(self, value: str) -> str:
        return value


Kind = Choice | Number | Word | Region | Deed
