"""Which class is a kind of what: a path from the top to each class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xaikit.core.errors import did_you_mean


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
        empty = [name for name, path in self._paths.items() if not path]
        if empty:
            raise ValueError(f"`paths` must lead from the top to each class; that of {empty[0]!r} is empty.")

    def __repr__(self) -> str:
        return f"Hierarchy({len(self._paths)} classes, {len(set(self.labels(self._paths)))} at the top)"

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hierarchy) and self._paths == other._paths

    __hash__ = None  # type: ignore[assignment]

    def path(self, name: str) -> tuple[str, ...]:
        """The names from the top down to the class itself. Raises ValueError for an unknown class."""
        if name not in self._paths:
            raise ValueError(
                f"`name` must be a class of the hierarchy; got {name!r}.{did_you_mean(name, self._paths)}"
            )
        return self._paths[name]

    def labels(self, names: Iterable[str], level: int = 0) -> list[str]:
        """What each class belongs to at a level, 0 the top; a class whose path ends sooner stands for itself.

        Raises ValueError for an unknown class and a level below 0.
        """
        if level < 0:
            raise ValueError(f"`level` must be 0, the top, or more; got {level!r}.")
        paths = [self.path(name) for name in names]
        return [path[min(level, len(path) - 1)] for path in paths]
