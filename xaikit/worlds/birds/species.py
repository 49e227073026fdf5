"""Which birds there are: eight families of three species, and what each part of a species looks like.

The birds of a family have one shape and most of their plumage in common. Its first species is the ordinary
one; either of the others has one part painted otherwise, its mark. Put into the ordinary paint at that part,
it *is* the ordinary species.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xaikit.worlds.drawing.surfaces import Color, Surface, toned

PARTS = (
    *("tail", "legs", "bill", "belly", "back", "breast", "cheek", "nape", "throat", "crown", "forehead"),
    *("brow", "wing", "wing bars", "eye"),
)
"""All parts of a bird, in the order in which they are painted."""

MALE_SPOT = "nape"
"""Where the males of a family with two plumages have a spot that the females lack."""

WHITE, BLACK = (240, 238, 230), (38, 36, 42)
RED, YELLOW, ROSE = (206, 40, 36), (244, 204, 52), (226, 92, 110)


@dataclass(frozen=True)
class Family:
    """A family's ordinary plumage, and the marks of its species.

    Attributes
    ----------
    plumage : the surface of each of `PARTS`, as the ordinary species has it
    ordinary : the name of the ordinary species
    marks : of each other species, its part that is painted otherwise, and how
    male_spot : the surface of `MALE_SPOT` that only males have, or None where the sexes look alike
    """

    plumage: Mapping[str, Surface]
    ordinary: str
    marks: Mapping[str, tuple[str, Surface]]
    male_spot: Surface | None = None


def plain(color: Color) -> Surface:
    """Feathers of one color."""
    return Surface("smooth", toned(color, 0.9), toned(color, 1.08), 0.5)


def barred(first: Color, second: Color, period: float = 0.17, turn: float = 0.0) -> Surface:
    """Feathers crossed by bars of two colors."""
    return Surface("striped", first, second, period, turn)


def spotted(first: Color, second: Color, period: float = 0.2) -> Surface:
    """Spots of the second color on the first."""
    return Surface("spotted", first, second, period)


def streaked(first: Color, second: Color, period: float = 0.15) -> Surface:
    """Feathers with a dark middle."""
    return Surface("feathered", first, second, period)


def _plumage(**of: Surface) -> dict[str, Surface]:
    return {part: of[part.replace(" ", "_")] for part in PARTS}


_FINCH = _plumage(
    tail=plain((88, 68, 52)),
    legs=plain((186, 128, 110)),
    bill=plain((206, 170, 120)),
    belly=plain((232, 220, 196)),
    back=streaked((92, 66, 44), (168, 128, 88)),
    breast=plain((214, 190, 154)),
    cheek=plain((158, 122, 88)),
    nape=plain((136, 102, 72)),
    throat=plain((224, 208, 178)),
    crown=plain((122, 118, 116)),
    forehead=plain((150, 116, 84)),
    brow=plain((166, 132, 98)),
    wing=streaked((82, 60, 42), (150, 112, 76)),
    wing_bars=plain((164, 130, 94)),
    eye=plain((84, 62, 46)),
)
_WARBLER = _plumage(
    tail=plain((84, 86, 50)),
    legs=plain((92, 72, 58)),
    bill=plain((62, 56, 52)),
    belly=plain((240, 220, 110)),
    back=plain((124, 134, 62)),
    breast=plain((242, 212, 74)),
    cheek=plain((160, 160, 66)),
    nape=plain((132, 138, 64)),
    throat=plain(WHITE),
    crown=plain((112, 122, 54)),
    forehead=plain((156, 156, 64)),
    brow=plain((206, 196, 84)),
    wing=plain((92, 96, 58)),
    wing_bars=plain((112, 116, 66)),
    eye=plain((66, 66, 36)),
)
_WOODPECKER = _plumage(
    tail=plain((44, 42, 46)),
    legs=plain((110, 110, 112)),
    bill=plain((84, 84, 92)),
    belly=plain((232, 226, 208)),
    back=plain((46, 44, 50)),
    breast=plain((236, 230, 214)),
    cheek=plain((238, 234, 222)),
    nape=plain((44, 42, 46)),
    throat=plain((240, 236, 224)),
    crown=plain((42, 40, 44)),
    forehead=plain((222, 204, 170)),
    brow=plain((50, 48, 52)),
    wing=spotted((44, 42, 48), WHITE, 0.19),
    wing_bars=plain((48, 46, 52)),
    eye=plain((60, 56, 56)),
)
_JAY = _plumage(
    tail=barred((40, 84, 164), (66, 122, 206), 0.12, 0.3),
    legs=plain((64, 60, 62)),
    bill=plain((50, 48, 52)),
    belly=plain((222, 222, 224)),
    back=plain((84, 124, 186)),
    breast=plain((182, 188, 200)),
    cheek=plain((206, 210, 218)),
    nape=plain((78, 116, 184)),
    throat=plain((234, 234, 234)),
    crown=plain((62, 104, 184)),
    forehead=plain((84, 124, 192)),
    brow=plain((222, 224, 228)),
    wing=barred((34, 60, 124), (78, 136, 218), 0.14),
    wing_bars=plain((62, 112, 190)),
    eye=plain((48, 52, 72)),
)
_GULL = _plumage(
    tail=plain((234, 234, 234)),
    legs=plain((222, 152, 142)),
    bill=plain((238, 186, 44)),
    belly=plain((242, 241, 238)),
    back=plain((164, 172, 182)),
    breast=plain((240, 239, 236)),
    cheek=plain((241, 240, 237)),
    nape=plain((236, 236, 235)),
    throat=plain((242, 241, 238)),
    crown=plain((240, 239, 237)),
    forehead=plain((241, 240, 238)),
    brow=plain((238, 238, 236)),
    wing=plain((150, 158, 170)),
    wing_bars=plain((158, 166, 178)),
    eye=plain((188, 180, 168)),
)
_DUCK = _plumage(
    tail=plain((74, 66, 62)),
    legs=plain((230, 126, 50)),
    bill=plain((222, 178, 60)),
    belly=streaked((168, 164, 158), (206, 203, 196), 0.11),
    back=plain((112, 96, 82)),
    breast=plain((128, 70, 46)),
    cheek=plain((34, 96, 66)),
    nape=plain((28, 82, 60)),
    throat=plain((36, 92, 68)),
    crown=plain((30, 88, 62)),
    forehead=plain((36, 98, 68)),
    brow=plain((34, 94, 66)),
    wing=streaked((122, 110, 98), (176, 166, 152), 0.16),
    wing_bars=plain((150, 138, 124)),
    eye=plain((22, 48, 38)),
)
_WREN = _plumage(
    tail=barred((92, 56, 34), (158, 102, 62), 0.1, 0.6),
    legs=plain((168, 122, 92)),
    bill=plain((112, 86, 66)),
    belly=plain((206, 172, 130)),
    back=streaked((112, 68, 40), (166, 108, 66), 0.13),
    breast=plain((214, 186, 148)),
    cheek=plain((168, 118, 78)),
    nape=plain((146, 94, 58)),
    throat=plain((222, 200, 166)),
    crown=plain((132, 82, 50)),
    forehead=plain((142, 92, 58)),
    brow=plain((152, 102, 66)),
    wing=barred((96, 58, 36), (166, 108, 66), 0.11),
    wing_bars=plain((134, 86, 54)),
    eye=plain((80, 54, 38)),
)
_KINGFISHER = _plumage(
    tail=plain((24, 96, 142)),
    legs=plain((214, 92, 60)),
    bill=plain((52, 48, 54)),
    belly=plain((238, 230, 214)),
    back=plain((54, 186, 206)),
    breast=plain((236, 220, 190)),
    cheek=plain((34, 112, 154)),
    nape=plain((28, 118, 158)),
    throat=plain((240, 236, 226)),
    crown=spotted((22, 92, 138), (72, 178, 204), 0.13),
    forehead=plain((30, 106, 150)),
    brow=plain((30, 108, 152)),
    wing=spotted((20, 106, 134), (66, 178, 194), 0.16),
    wing_bars=plain((34, 128, 156)),
    eye=plain((20, 62, 92)),
)

FAMILIES: dict[str, Family] = {
    "finches": Family(
        _FINCH,
        "grey-crowned finch",
        {
            "red-crowned finch": ("crown", plain(RED)),
            "rosy-breasted finch": ("breast", plain(ROSE)),
        },
    ),
    "warblers": Family(
        _WARBLER,
        "white-throated warbler",
        {
            "black-throated warbler": ("throat", plain(BLACK)),
            "white-barred warbler": ("wing bars", plain(WHITE)),
        },
    ),
    "woodpeckers": Family(
        _WOODPECKER,
        "black-backed woodpecker",
        {
            "white-backed woodpecker": ("back", plain(WHITE)),
            "red-bellied woodpecker": ("belly", plain((212, 54, 46))),
        },
        male_spot=plain((216, 38, 34)),
    ),
    "jays": Family(
        _JAY,
        "blue-tailed jay",
        {
            "white-tailed jay": ("tail", plain(WHITE)),
            "black-bibbed jay": ("throat", plain(BLACK)),
        },
    ),
    "gulls": Family(
        _GULL,
        "yellow-billed gull",
        {
            "red-billed gull": ("bill", plain((204, 42, 34))),
            "black-winged gull": ("wing", plain((50, 50, 58))),
        },
    ),
    "ducks": Family(
        _DUCK,
        "green-faced duck",
        {
            "white-faced duck": ("cheek", plain(WHITE)),
            "white-fronted duck": ("forehead", plain(WHITE)),
        },
    ),
    "wrens": Family(
        _WREN,
        "brown-browed wren",
        {
            "white-browed wren": ("brow", plain((246, 242, 230))),
            "black-naped wren": ("nape", plain(BLACK)),
        },
    ),
    "kingfishers": Family(
        _KINGFISHER,
        "white-bellied kingfisher",
        {
            "rufous-bellied kingfisher": ("belly", plain((206, 104, 44))),
            "white-eyed kingfisher": ("eye", plain(WHITE)),
        },
    ),
}
"""The families by name."""

FAMILY: dict[str, str] = {
    name: family for family, known in FAMILIES.items() for name in (known.ordinary, *known.marks)
}
"""The family of each species."""

SPECIES = tuple(FAMILY)
"""All species, family by family."""

RIVALS: dict[str, str] = {
    name: next(iter(known.marks)) if name == known.ordinary else known.ordinary
    for known in FAMILIES.values()
    for name in (known.ordinary, *known.marks)
}
"""The species that each is told from by one part: the ordinary one of its family, or the first other."""

MARKS: dict[str, str] = {
    name: FAMILIES[FAMILY[name]].marks[name if name in FAMILIES[FAMILY[name]].marks else rival][0]
    for name, rival in RIVALS.items()
}
"""The part by which each species is told from its rival."""


def surface_of(species: str, part: str, sex: str = "unknown") -> Surface:
    """How a part of a species looks.

    Parameters
    ----------
    species : one of `SPECIES`
    part : one of `PARTS`
    sex : {"male", "female", "unknown"}
    """
    family = FAMILIES[FAMILY[species]]
    if sex == "male" and part == MALE_SPOT and family.male_spot is not None:
        return family.male_spot
    marked, paint = family.marks.get(species, (None, None))
    return paint if paint is not None and part == marked else family.plumage[part]


def parts_apart(first: str, second: str) -> list[str]:
    """The parts that two species of any families have painted differently, of the same sex."""
    return [part for part in PARTS if surface_of(first, part) != surface_of(second, part)]
