"""Text files that tell of pictures, a row in each line."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WHOLE, NUMBER, WORD, WORDS = r"(\d+)", r"(-?\d+(?:\.\d*)?)", r"(\S+)", r"(\S.*)"


def rows(file: Path, example: str, heading: str | None = None) -> Iterator[tuple[str, ...]]:
    """The fields of each line that is not empty.

    Parameters
    ----------
    file
        Text in UTF-8; lines may end as on any system.
    example
        A line as it should be, such as "17 60.0 words": where it has a whole number or one with a point, so
        must every line. The last field may hold spaces.
    heading
        How a first line begins that is passed over.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line is not like `example`, or the file is no text.
    """
    pattern = re.compile(_pattern(example.split()), re.ASCII)
    for number, line in enumerate(_lines(file), 1):
        if not line or (number == 1 and heading and line.startswith(heading)):
            continue
        found = pattern.fullmatch(line)
        if found is None:
            raise ValueError(
                f"{file.name}, line {number} must be like {example!r}; got {line!r}. Copy the file again."
            )
        yield found.groups()


def once(file: Path, example: str, n_keys: int = 1, heading: str | None = None) -> Iterator[tuple[str, ...]]:
    """The rows of a file; ValueError where two begin with the same `n_keys` fields."""
    seen = set()
    for row in rows(file, example, heading):
        key = row[:n_keys]
        if key in seen:
            raise ValueError(f"{file.name} has two lines that begin with {' '.join(key)!r}; one is expected.")
        seen.add(key)
        yield row


@dataclass(frozen=True)
class Table:
    """Whole numbers with a name for each row and each column.

    Attributes
    ----------
    columns : list of str
    rows : dict of str to int
        The number of each row, by its name.
    values : int16 (n_rows, n_columns)
    lines : list of int
        The line of the file that each row stands in, from 1.
    """

    columns: list[str]
    rows: dict[str, int]
    values: np.ndarray
    lines: list[int]


def table(file: Path) -> Table:
    """A file whose first line tells how many rows follow, whose second names the columns, and then the rows.

    A row is a name and whole numbers of at most 16 bits, as in "000001.jpg -1 1 1".

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line is not as it should be, two rows have one name, or there are more or fewer rows than the first
        line tells.
    """
    told_lines = ((number, line) for number, line in enumerate(_lines(file), 1) if line)
    number, count = next(told_lines, (1, ""))
    if not count.isdecimal():
        raise ValueError(f"{file.name}, line {number} must be the number of rows; got {count!r}.")
    columns = next(told_lines, (2, ""))[1].split()
    rows, values, lines = dict[str, int](), array("h"), list[int]()
    for number, line in told_lines:
        name, *fields = line.split()
        try:
            values.extend(map(int, fields))
        except (ValueError, OverflowError):
            fields = []
        if len(fields) != len(columns) or name in rows:
            raise ValueError(
                f"{file.name}, line {number} must be a name that no other line has and {len(columns)} whole "
                f"numbers, one for each of {columns[0]} … {columns[-1]}; got {line!r}. Copy the file again."
            )
        rows[name] = len(rows)
        lines.append(number)
    if len(rows) != int(count):
        raise ValueError(f"{file.name} tells of {count} rows and has {len(rows)}. Copy the file again.")
    return Table(columns, rows, np.array(values, np.int16).reshape(len(rows), len(columns)), lines)


def told(file: Path, example: str) -> dict[str, str]:
    """The rows of a file with two fields, the second by the first."""
    return {key: value for key, value in once(file, example)}


def check_known(file: Path, named: Iterable[str], known: Iterable[str], where: Path) -> None:
    """Raise ValueError where `file` names a number that the file `where` does not."""
    unknown = set(named) - set(known)
    if unknown:
        raise ValueError(
            f"{file.name} tells of number {min(unknown, key=int)}, which {where.name} does not know. Copy "
            "both from the same data."
        )


def _lines(file: Path) -> Iterator[str]:
    if not file.is_file():
        raise FileNotFoundError(f"the file {str(file)!r} is missing. Copy the data again.")
    with open(file, encoding="utf-8-sig") as opened:
        try:
            yield from (line.strip() for line in opened)
        except UnicodeDecodeError as error:
            raise ValueError(f"{str(file)!r} is no text in UTF-8: {error}. Copy the file again.") from error


def _pattern(fields: list[str]) -> str:
    kinds = [_kind(field) for field in fields]
    return r"\s+".join(
        WORDS if kind is WORD and k == len(kinds) - 1 else kind for k, kind in enumerate(kinds)
    )


def _kind(field: str) -> str:
    if field.isdecimal():
        return WHOLE
    return NUMBER if re.fullmatch(NUMBER, field) else WORD
