"""The worlds that can be asked for by name."""

from __future__ import annotations

from collections.abc import Callable

from xaikit.data.images import ImageSet
from xaikit.worlds import animals, birds, faces, rooms, things, vehicles

WORLDS: dict[str, Callable[..., ImageSet]] = {
    "vehicles": vehicles.dataset,
    "things": things.things,
    "pairs": things.pairs,
    "textures": things.textures,
    "materials": things.materials,
    "colors": things.colors,
    "birds": birds.birds,
    "rooms": rooms.rooms,
    "animals": animals.animals,
    "faces": faces.faces,
}
