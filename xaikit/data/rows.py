"""Text files that tell of pictures, a row in each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

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
