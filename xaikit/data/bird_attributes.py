"""What people said of each bird of CUB-200-2011: 3.7 million lines, of which few are ever needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xaikit.core.errors import ImageError
from xaikit.data.rows import told

LABELS = "image_attribute_labels.txt"
NOT_VISIBLE = 1
"""The certainty of who could not see what was asked for."""
EXAMPLE = "17 3 1 4 27.7"


class BirdAttributes:
    """The attributes of each picture, looked up in the file when asked for.

    Where each picture's lines begin is found once, in a second; the lines themselves stay in the file.

    Parameters
    ----------
    root : the folder with ``attributes/image_attribute_labels.txt``
    pictures : the numbers of the pictures

    Raises
    ------
    ValueError
        For lines of a picture that is none of them, or that do not follow each other.
    """

    def __init__(self, root: Path, pictures: Iterable[str]) -> None:
        self._file = root / "attributes" / LABELS
        # The archive has the names beside CUB_200_2011, its README in the folder of the attributes.
        names = (folder / "attributes.txt" for folder in (root / "attributes", root, root.parent))
        file = next((file for file in names if file.is_file()), None)
        self._names = told(file, "1 has_bill_shape::curved") if file else {}
        self._begins = _begins(self._file, set(pictures)) if file and self._file.is_file() else {}

    def of(self, picture: str) -> dict[str, bool]:
        """Name → whether people saw it; without those that they could not see. Empty where nothing is known.

        Raises
        ------
        xaikit.core.errors.ImageError
            For a line that cannot be understood, or tells of an attribute that has no name.
        """
        known: dict[str, bool] = {}
        if picture not in self._begins:
            return known
        with open(self._file, "rb") as opened:
            opened.seek(self._begins[picture])
            for line in filter(bytes.strip, opened):
                number, attribute, present, certainty = self._first_four(line)
                if number != picture:
                    break
                if int(certainty) != NOT_VISIBLE:
                    known[self._names[attribute]] = present == "1"
        return known

    def _first_four(self, line: bytes) -> list[str]:
        """The first four fields of a line; a few lines of the data have more than the five they should."""
        fields = line.decode("ascii", "replace").split()
        right = len(fields) >= len(EXAMPLE.split()) and all(field.isdecimal() for field in fields[:4])
        if not right or fields[1] not in self._names or fields[2] not in ("0", "1"):
            raise ImageError(
                f"{LABELS} must have lines like {EXAMPLE!r}, the second an attribute's number and the third "
                f"0 or 1; got {line.decode('ascii', 'replace').strip()!r}. Copy the file again."
            )
        return fields[:4]


def _begins(file: Path, pictures: set[str]) -> dict[str, int]:
    """Where in the file, in bytes, the lines of each picture begin."""
    begins: dict[str, int] = {}
    at, own = 0, b" "
    with open(file, "rb") as opened:
        for line in opened:
            if not line.startswith(own) and line.strip():
                number = line.split(b" ", 1)[0].decode("ascii", "replace").strip()
                if number not in pictures:
                    raise ValueError(
                        f"{LABELS} tells of number {number!r}, which images.txt does not know. Copy both "
                        "from the same data."
                    )
                if number in begins:
                    raise ValueError(
                        f"{LABELS}: the lines of picture {number} must follow each other. Copy the file "
                        "again."
                    )
                begins[number], own = at, f"{number} ".encode()
            at += len(line)
    return begins
