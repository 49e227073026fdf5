"""Which class is a kind of what: a path from the top to each class."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from os import PathLike
from pathlib import Path

from xaikit.core.errors import did_you_mean
from xaikit.core.files import checked_path
from xaikit.core.params import Natural, check

SEPARATORS = {".csv": ",", ".tsv": "\t"}


class Hierarchy:
    """A path from the top to each class, such as ("living thing", "animal", "dog").

    Parameters
    ----------
    paths : mapping of class name to names, from the top down to the class itself

    Raises
    ------
    ValueError
        For a path without a name on it.
    """

    def __init__(self, paths: Mapping[str, Sequence[str]]) -> None:
        self._paths = {str(name): tuple(map(str, path)) for name, path in paths.items()}
        self._meanings: dict[str, list[str]] = {}
        empty = [name for name, path in self._paths.items() if not path]
        if empty:
            raise ValueError(f"`paths` must lead from the top to each class; that of {empty[0]!r} is empty.")

    @classmethod
    def from_file(cls, path: str | PathLike[str], words: str | PathLike[str] | None = None) -> Hierarchy:
        """Read a hierarchy from a text file, encoded as UTF-8.

        Parameters
        ----------
        path
            A ``.csv`` or ``.tsv`` table, a class in each row: its name, its sub-category, and so on up to the
            top, in two columns or more; a first row that begins with "class" is a heading. Or lines
            "parent child" as in WordNet's ``wordnet.is_a.txt``: everything named in it is a class.
        words
            Only with such lines: a file of lines "name words", as ``words.txt`` or ``synset_words.txt``.
            Paths then show the first of the words (up to a comma), and a class may be asked for by its name,
            by that first word, or by all words as they stand in the file.

        Raises
        ------
        FileNotFoundError
        ValueError
            For a line that cannot be understood, a class in two rows that differ, a class that is a kind of
            itself, and a file without classes; it tells the line.

        Notes
        -----
        Where a class has several parents, its path is the shortest from the top; of several shortest, the
        first by the names on it from the top down.
        """
        file = checked_path(path, "path")
        if file.suffix.lower() in SEPARATORS:
            if words is not None:
                raise ValueError("`words` goes with lines 'parent child'; a table names its classes itself.")
            return cls(_table(file))
        found = _paths(file)
        if words is None:
            return cls(found)
        named = _words(checked_path(words, "words"))
        shown = {name: named.get(name, name).split(",")[0].strip() for name in found}
        hierarchy = cls({name: [shown[step] for step in path] for name, path in found.items()})
        hierarchy._add_words(found, named, shown)
        return hierarchy

    def _add_words(self, names: Iterable[str], words: Mapping[str, str], first: Mapping[str, str]) -> None:
        meanings = defaultdict(list)
        for name in names:
            for word in {first[name], words.get(name, name)} - {name}:
                meanings[word].append(name)
        for word, meant in meanings.items():
            if word not in self._paths:
                self._meanings[word] = meant

    def __repr__(self) -> str:
        return f"Hierarchy({len(self._paths)} classes, {len(set(self.labels(self._paths)))} at the top)"

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __contains__(self, name: object) -> bool:
        return name in self._paths or (isinstance(name, str) and len(self._meanings.get(name, ())) == 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hierarchy) and self._paths == other._paths

    __hash__ = None  # type: ignore[assignment]

    def path(self, name: str) -> tuple[str, ...]:
        """The names from the top down to the class itself.

        Raises ValueError for an unknown class, and for a word that several classes go by.
        """
        meant = self._meanings.get(name, [name])
        if len(meant) > 1:
            raise ValueError(f"{name!r} is the name of several classes: {meant}. Ask for one of these.")
        if meant[0] not in self._paths:
            hint = did_you_mean(name, [*self._paths, *self._meanings])
            raise ValueError(f"`name` must be a class of the hierarchy; got {name!r}.{hint}")
        return self._paths[meant[0]]

    def labels(self, names: Iterable[str], level: int = 0) -> list[str]:
        """What each class belongs to at a level, 0 the top; a class whose path ends sooner stands for itself.

        Raises ValueError for an unknown class and a level below 0, TypeError for one that is no whole number.
        """
        level = check("level", level, Natural)
        paths = [self.path(name) for name in names]
        return [path[min(level, len(path) - 1)] for path in paths]

    def renamed(self, names: Mapping[str, str]) -> Hierarchy:
        """The hierarchy of some classes alone, which go by other names.

        Parameters
        ----------
        names : mapping of each class's new name to the one it has here
        """
        return Hierarchy({new: (*self.path(known)[:-1], new) for new, known in names.items()})


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not empty, and where it stands."""
    with open(file, encoding="utf-8-sig") as opened:
        for number, line in enumerate(opened, 1):
            if line.strip():
                yield f"{file.name}, line {number}", line.strip()


def _table(file: Path) -> dict[str, list[str]]:
    paths: dict[str, list[str]] = {}
    with open(file, encoding="utf-8-sig", newline="") as opened:
        for number, row in enumerate(csv.reader(opened, delimiter=SEPARATORS[file.suffix.lower()]), 1):
            cells = [cell.strip() for cell in row if cell.strip()]
            if not cells or (number == 1 and cells[0].lower() == "class"):
                continue
            if len(cells) < 2:
                raise ValueError(
                    f"{file.name}, row {number} must name a class and what it belongs to; got {cells}."
                )
            if paths.setdefault(cells[0], cells[::-1]) != cells[::-1]:
                raise ValueError(
                    f"{file.name}, row {number}: {cells[0]!r} has another place above. Keep one of them."
                )
    if not paths:
        raise ValueError(f"{file.name} names no class: expected rows 'class, sub-category, top'.")
    return paths


def _words(file: Path) -> dict[str, str]:
    pairs = [(line.split(None, 1), where) for where, line in _lines(file)]
    short = [where for pair, where in pairs if len(pair) < 2]
    if short:
        raise ValueError(f"{short[0]} must be 'name words', such as 'n01440764 tench, Tinca tinca'.")
    return {pair[0]: pair[1] for pair, _ in pairs}


def _paths(file: Path) -> dict[str, tuple[str, ...]]:
    """Every name's shortest path from the top, found level by level."""
    parents: dict[str, set[str]] = defaultdict(set)
    children: dict[str, set[str]] = defaultdict(set)
    for where, line in _lines(file):
        pair = line.split()
        if len(pair) != 2:
            raise ValueError(f"{where} must be 'parent child', two names without spaces; got {line!r}.")
        children[pair[0]].add(pair[1])
        parents[pair[1]].add(pair[0])
    if not parents:
        raise ValueError(f"{file.name} names no class: expected lines 'parent child'.")
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        circle = " is a ".join(error.args[1][::-1])
        raise ValueError(f"in {file.name} a class is a kind of itself: {circle}.") from None
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in sorted(children.keys() - parents.keys())}
    level = list(found)
    while level:
        below: list[str] = []
        for parent in level:  # in the order of their paths, so that the first to come is the first by name
            for child in sorted(children.get(parent, ())):
                if child not in found:
                    found[child] = (*found[parent], child)
                    below.append(child)
        level = sorted(below, key=found.__getitem__)
    return found
