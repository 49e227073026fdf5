"""What charts are drawn from: names and numbers, whichever method they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Answered",
    "Bars",
    "Counted",
    "FeatureMaps",
    "Gallery",
    "Part",
    "Reading",
    "Seen",
    "Summed",
    "Table",
]


@dataclass(frozen=True, eq=False)
class Bars:
    """A number for each of some names.

    Attributes
    ----------
    names, values : from the top
    title, axis : above, and below
    spans : for each value, where its interval begins and ends; empty where none are known
    faint : names whose bars stand back; empty where none do
    """

    names: Sequence[str]
    values: Sequence[float]
    title: str
    axis: str = ""
    spans: Sequence[tuple[float, float]] = ()
    faint: Sequence[bool] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """A number for each pair of a row and a column.

    Attributes
    ----------
    values : float (rows, columns)
    title, axis : above, and below
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: NDArray[np.float64]
    title: str
    axis: str = ""


@dataclass(frozen=True, eq=False)
class Gallery:
    """Rows of small pictures, each with a word above.

    Attributes
    ----------
    names : of the rows
    pictures : uint8 (rows, k, s, s, 3)
    labels : a word for each picture
    """

    names: Sequence[str]
    pictures: NDArray[np.uint8]
    labels: Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Part:
    """Something in a picture: what is said of it, what it costs, and where it is, bool (h, w), or None."""

    said: str
    loss: float
    mask: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Answered:
    """A picture, uint8 (h, w, c), what was answered, and what each who was asked gives the classes.

    Attributes
    ----------
    title : above the picture
    chances : {who: {class: probability}}
    """

    title: str
    picture: NDArray[np.uint8]
    chances: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """A picture, uint8 (h, w, c), and where each of n features is seen in it.

    Attributes
    ----------
    title, said : above the picture, the second in lines
    maps : (n, h, w), none below zero
    names : of the features
    gives : what each adds to the score, in words
    """

    picture: NDArray[np.uint8]
    title: str
    said: Sequence[str]
    maps: NDArray[np.float32]
    names: Sequence[str]
    gives: Sequence[str]


@dataclass(frozen=True, eq=False)
class Summed:
    """A picture, uint8 (h, w, 3), and how the score of a class is the sum of what n features give.

    What cannot be read has NaN for its numbers.

    Attributes
    ----------
    cls, answer : the class that is asked about, and the network's answer
    start : where the sum begins, with every feature off
    gives : float (n,), what each adds
    score, chance : the network's own for the class, and the probability it gives the class, 0 to 1
    words : why, in parts; a number stands where the name of that feature belongs
    maps : float (n, h, w), where each is seen, none below zero; None where nobody asked
    filled : share of the picture that was filled in, 0 to 1
    """

    picture: NDArray[np.uint8]
    cls: str
    answer: str
    start: float
    gives: NDArray[np.float32]
    score: float
    chance: float
    words: Sequence[str | int]
    maps: NDArray[np.float32] | None = None
    filled: float = 0.0


@dataclass(frozen=True, eq=False)
class Reading:
    """What one explainer says of a picture, in units of the score.

    Attributes
    ----------
    start : where the sum begins
    gives : float (n,), what each of n parts adds
    single : float (k,), what each of k single concepts adds; None where parts are all there is
    """

    start: float
    gives: NDArray[np.float32]
    single: NDArray[np.float32] | None = None

    @property
    def whole(self) -> float:
        """What it all comes to."""
        return self.start + float(np.sum(self.gives))

    @property
    def shares(self) -> NDArray[np.float64]:
        """What each part gives as a share of all that counts for and against, (n,); 0 where nothing does."""
        sizes = np.abs(np.asarray(self.gives, float))
        return sizes / (sizes.sum() or 1.0)


@dataclass(frozen=True, eq=False)
class Counted:
    """A picture, uint8 (h, w, 3), and how much each of n parts counted for the score of a class.

    What cannot be read has NaN for its numbers.

    Attributes
    ----------
    cls, answer : the class that is asked about, and the network's answer
    names : of the n parts
    score : the network's own for the class
    readings : {who: what that explainer says}, the first the one to begin with
    maps
        float (n, gh, gw), where each part is seen, none below zero, over the whole picture and as coarse as
        they come; None where that is not known
    heat, heat_name : a heatmap (h, w) to look at beside, and what it is; None and "" where there is none
    """

    picture: NDArray[np.uint8]
    cls: str
    answer: str
    names: Sequence[str]
    score: float
    readings: Mapping[str, Reading]
    maps: NDArray[np.float32] | None = None
    heat: NDArray[np.float32] | None = None
    heat_name: str = ""

    @property
    def first(self) -> Reading:
        """The reading to begin with."""
        return next(iter(self.readings.values()))

    def largest(self, most: int) -> list[int]:
        """Numbers of the parts that count most in any reading, by what they give in the first."""
        sizes = np.stack([np.nan_to_num(np.abs(one.gives)) for one in self.readings.values()])
        some = np.argsort(-sizes.max(0), kind="stable")[:most].tolist()
        return sorted(some, key=lambda k: (-sizes[0, k], k))


@dataclass(frozen=True, eq=False)
class Seen:
    """A concept, how much it counts, and the pictures in which it is seen most.

    Attributes
    ----------
    name, number : what it is called where nobody named it, and the number by which it is named
    counts : how much it counts for a score, 0 or more, in units of the score
    pictures
        uint8 (h, w, 3) each, the strongest first; none where it is seen in none. One array may stand in the
        views of several concepts
    fields
        for each picture (x, y, width, height) of the place where it is seen most, in shares of the picture;
        None where that is not known
    peaks : for each picture (x, y) of the strongest point in it, in shares of the picture; None likewise
    suggested, share : what it may be called, and how much of what is seen of it speaks for that, 0 to 1
    """

    name: str
    number: int
    counts: float
    pictures: Sequence[NDArray[np.uint8]]
    fields: Sequence[tuple[float, float, float, float] | None]
    peaks: Sequence[tuple[float, float] | None]
    suggested: str = ""
    share: float = 0.0
