"""How things stand together: a table with its chairs, a bed with its lamps, a sofa before its table."""

from __future__ import annotations

import math

from xaikit.worlds.drawing.scene import Paint
from xaikit.worlds.rooms.furniture import cooking, hanging, sitting, sleeping, working
from xaikit.worlds.rooms.furniture.common import Piece, Taste, chance, picked, seeded, shaded
from xaikit.worlds.rooms.plan import TURNS, Plan, footprint

MATTRESS, SEAT = 0.5, 0.45  # heights in metres


def local(x: float, y: float, turn: float, dx: float, dy: float) -> tuple[float, float]:
    """The place `dx` along and `dy` before a thing at x, y that is turned."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x + dx * cos + dy * sin, y - dx * sin + dy * cos


def on_top(plan: Plan, kind: str, piece: Piece, carrier: str, dx: float, dy: float) -> None:
    """Put a piece on the first thing of kind `carrier`, `dx` along and `dy` before its back."""
    thing, below = plan.pieces[carrier]
    x, y = local(thing.place[0], thing.place[1], thing.turn, dx, dy)
    plan.put(kind, piece, x, y, thing.place[2] + below.height, thing.turn)


def sleep(plan: Plan, has: set[str], taste: Taste) -> None:
    """One bed, or two narrow ones side by side; pillows; nightstands beside them."""
    rng = plan.rng
    double = chance(rng, 0.75)
    width = float(rng.uniform(1.4, 1.75)) if double else 0.95
    wall = plan.any_wall(plan.seen_walls)
    long = plan.width if wall == "back" else plan.depth - 0.3
    middle = long / 2 + float(rng.uniform(-0.3, 0.3)) * (1 if wall == "back" else 0.4)
    n = 2 if not double and chance(rng, 0.5) and long > 3.3 else 1
    piece = sleeping.bed(rng, taste, width)
    nights = sleeping.nightstand(rng, taste)
    side = width / 2 + nights.width / 2 + 0.08
    for k in range(n):
        at = middle + (k - (n - 1) / 2) * 2 * side
        if plan.at_wall("bed", piece, wall, at) is None:
            continue
        x, y = plan.spot(wall, at, 0.02)
        for j in range(2 if double else 1):
            if "pillow" in has:
                dx = (j - 0.5) * width * 0.48 if double else 0.0
                px, py = local(x, y, TURNS[wall], dx, 0.12)
                soft = sleeping.pillow(rng, taste, min(0.68, 0.42 * width) if double else 0.62)
                plan.put("pillow", soft, px, py, MATTRESS, TURNS[wall])
    if "nightstand" in has and "bed" in plan.pieces:
        places = [middle] if n == 2 else [middle - side, middle + side]
        for at in places if chance(rng, 0.7) else places[: 1 + (n == 2)]:
            plan.at_wall("nightstand", nights, wall, at)


def sit(plan: Plan, has: set[str], taste: Taste) -> None:
    """A sofa against a wall, a rug and a low table before it, cushions on it."""
    rng = plan.rng
    sofa = sitting.sofa(rng, taste)
    wall = plan.against("sofa", sofa, plan.seen_walls)
    if wall is None:
        return
    thing, _ = plan.pieces["sofa"]
    x, y, turn = thing.place[0], thing.place[1], thing.turn
    if "cushion" in has:
        for dx in (-0.4, 0.36)[: int(rng.integers(1, 3))]:
            px, py = local(x, y, turn, dx * (sofa.width - 0.6), 0.36)
            plan.put("cushion", sitting.cushion(rng, taste), px, py, SEAT, turn)
    for kind, build in _LOW.items():
        if kind in has and kind not in plan.pieces:
            table = build(rng, taste)
            px, py = local(x, y, turn, float(rng.uniform(-0.2, 0.2)), sofa.depth + 0.32)
            if plan.free(footprint(table, px, py, turn)):
                plan.stand(kind, table, px, py, turn)
                break


_LOW = {"coffee table": sitting.coffee_table, "magazine table": sitting.magazine_table}


def eat(plan: Plan, has: set[str], taste: Taste) -> None:
    """A table in the middle, or where there is place; chairs on both sides; a lamp above it."""
    rng = plan.rng
    wide = float(rng.uniform(1.3, 1.9))
    while wide > 0.8:
        table = cooking.dining_table(rng, taste, wide, float(rng.uniform(0.8, 0.95)))
        if _in_the_open(plan, "dining table", table, 0.45):
            break
        wide -= 0.25
    else:
        return
    thing, _ = plan.pieces["dining table"]
    if "chair" in has:
        _around(plan, "chair", sitting.chair(rng, taste), thing.place, table, int(rng.integers(2, 4)))
    if "plates" in has:
        plan.put(
            "plates", cooking.plates(rng, taste, table.width, table.depth), *thing.place[:2], table.height
        )
    if "chandelier" in has:
        x, y, _z = thing.place
        lamp = hanging.chandelier(rng, taste)
        plan.put("chandelier", lamp, x, y + table.depth / 2, plan.height - lamp.height)


def meet(plan: Plan, has: set[str], taste: Taste) -> None:
    """A long table with chairs all round."""
    rng = plan.rng
    wide = float(rng.uniform(2.1, min(3.0, plan.width - 1.2)))
    table = working.conference_table(rng, taste, wide, float(rng.uniform(0.95, 1.2)))
    if not _in_the_open(plan, "conference table", table, 0.5):
        return
    thing, _ = plan.pieces["conference table"]
    n = int(rng.integers(3, 5)) if wide > 2.3 else 3
    kind = "office chair" if "office chair" in has else "chair" if "chair" in has else None
    if kind == "office chair":
        _around(plan, kind, sitting.office_chair(rng, taste), thing.place, table, n)
    elif kind:
        _around(plan, kind, sitting.chair(rng, taste), thing.place, table, n)


def _in_the_open(plan: Plan, kind: str, table: Piece, room: float) -> bool:
    """Stand a table away from the walls, `room` metres for chairs before and behind it."""
    rng = plan.rng
    for _ in range(30):
        x = plan.width / 2 + float(rng.uniform(-0.5, 0.5)) * max(0.0, plan.width - table.width - 0.5)
        y = float(rng.uniform(0.75, max(0.8, plan.depth - table.depth - 0.5)))
        half = table.width / 2
        area = (x - half - 0.1, y - room, x + half + 0.1, y + table.depth + room)
        if plan.free((area[0], area[1], area[2], min(area[3], plan.depth))):
            plan.put(kind, table, x, y)
            plan.occupy(area, table.height)
            return True
    return False


def _around(
    plan: Plan, kind: str, seat: Piece, place: tuple[float, float, float], table: Piece, n: int
) -> None:
    """Seats behind and before a table, facing it, some of them missing, pushed in more or less."""
    rng = plan.rng
    n = min(n, int(table.width / 0.55))
    for k in range(n):
        dx = ((k + 0.5) / n - 0.5) * (table.width - 0.1)
        for before in (False, True):
            if chance(rng, 0.12):
                continue
            out = float(rng.uniform(0.16, 0.36))
            y = place[1] + table.depth + out if before else place[1] - out
            turn = (180.0 if before else 0.0) + float(rng.normal(0, 7))
            plan.put(kind, seat, place[0] + dx, y, 0.0, turn)


def work(plan: Plan, has: set[str], taste: Taste) -> None:
    """A desk at a wall or across the room, its chair, a computer on it."""
    rng = plan.rng
    desk = working.desk(rng, taste)
    if chance(rng, 0.3):
        x, y = plan.width / 2 + float(rng.uniform(-0.5, 0.5)), float(rng.uniform(1.0, 1.6))
        half = desk.width / 2
        if plan.free((x - half, y - 0.75, x + half, y + desk.depth + 0.1)):
            plan.put("desk", desk, x, y + desk.depth, 0.0, 180.0)  # its user looks at the viewer
            plan.occupy((x - half, y - 0.75, x + half, y + desk.depth + 0.1), desk.height)
    if "desk" not in plan.pieces:
        for piece in (desk, working.desk(rng, taste, 1.1)):
            if plan.against("desk", piece, plan.seen_walls):
                break
        else:
            return
    thing, below = plan.pieces["desk"]
    kind = "office chair" if "office chair" in has else "chair" if "chair" in has else None
    if kind and (kind not in plan.pieces):
        seat = sitting.office_chair(rng, taste) if kind == "office chair" else sitting.chair(rng, taste)
        x, y = local(
            *thing.place[:2], thing.turn, float(rng.uniform(-0.2, 0.2)), 0.95 + float(rng.uniform(0, 0.25))
        )
        plan.put(kind, seat, x, y, 0.0, thing.turn + 180 + float(rng.normal(0, 22)))
        plan.occupy((x - 0.3, y - 0.3, x + 0.3, y + 0.3), 1.0)
    if "computer" in has:
        aside = float(rng.uniform(-0.2, 0.2)) * below.width
        on_top(plan, "computer", working.computer(rng, taste), "desk", aside, 0.06)


def cook(plan: Plan, has: set[str], taste: Taste) -> None:
    """A run of counters with the stove among them, a sink in them, cupboards above; the fridge at an end."""
    rng = plan.rng
    fronts = seeded(rng, picked(rng, cooking.UNITS), "wood")
    top = seeded(rng, picked(rng, cooking.TOPS), "marble" if chance(rng, 0.5) else "wood")
    hung = shaded(fronts, 1.03) if chance(rng, 0.7) else seeded(rng, picked(rng, cooking.UNITS), "wood")
    wall = plan.any_wall(plan.seen_walls)
    units = ["counter"] * int(rng.integers(2, 4)) if "counter" in has else []
    if "stove" in has:
        units.insert(int(rng.integers(0, len(units) + 1)), "stove")
    if "fridge" in has:
        units.insert(len(units) if chance(rng, 0.5) else 0, "fridge")
    long = plan.width if wall == "back" else plan.depth
    most = (long - 0.2 - 0.65 * sum(kind != "counter" for kind in units)) / max(1, units.count("counter"))
    pieces = []
    for kind in units:
        if kind == "counter":
            wide = min(float(rng.uniform(0.75, 1.0)), most)
            pieces.append(cooking.counter(rng, taste, wide, fronts, top))
        else:
            pieces.append(cooking.stove(rng, taste) if kind == "stove" else cooking.fridge(rng, taste))
    whole = sum(piece.width + 0.01 for piece in pieces)
    at = 0.05 + float(rng.random()) * max(0.0, long - whole - 0.1)
    order = list(zip(units, pieces, strict=True))
    if wall != "back":
        order.sort(key=lambda one: one[0] != "fridge")  # away from the viewer
    for kind, piece in order:
        at += piece.width / 2
        placed = plan.at_wall(kind, piece, wall, at, 0.0)
        if placed is not None:
            _above(plan, kind, has, taste, (wall, at), piece, hung)
        at += piece.width / 2 + 0.01


def _above(
    plan: Plan, kind: str, has: set[str], taste: Taste, where: tuple[str, float], below: Piece, hung: Paint
) -> None:
    """What belongs over a unit of the kitchen, and the sink in it."""
    rng, (wall, at) = plan.rng, where
    if kind == "stove" and "range hood" in has:
        plan.hang_at("range hood", cooking.range_hood(rng, taste), 1.5, wall, at)
    if kind == "counter":
        if "wall cabinet" in has and chance(rng, 0.75):
            cabinet = cooking.wall_cabinet(rng, taste, below.width - 0.09, hung)
            plan.hang_at("wall cabinet", cabinet, 1.45, wall, at)
        if "sink" in has and "sink" not in plan.pieces:
            x, y = plan.spot(wall, at, 0.0)
            plan.put("sink", cooking.sink(rng, taste), x, y, cooking.LEDGE, TURNS[wall])


def wash(plan: Plan, has: set[str], taste: Taste) -> None:
    """Tub, shower and toilet against the walls, the basin with its mirror and towel."""
    rng = plan.rng
    if "bathtub" in has:
        plan.against("bathtub", cooking.bathtub(rng, taste), plan.seen_walls)
    if "shower" in has:
        tray = cooking.shower(rng, taste)
        for at in (plan.width - 0.44, 0.44):
            if "shower" not in plan.pieces:
                plan.at_wall("shower", tray, "back", at, 0.0)
    if "washbasin" in has:
        wall = plan.against("washbasin", cooking.washbasin(rng, taste), plan.seen_walls)
        if wall:
            thing, _ = plan.pieces["washbasin"]
            at = thing.place[0] if wall == "back" else thing.place[1]
            if "mirror" in has:
                plan.hang_at("mirror", hanging.mirror(rng, taste), 1.2, wall, at)
    if "toilet" in has:
        plan.against("toilet", cooking.toilet(rng, taste), plan.seen_walls)


def wait(plan: Plan, has: set[str], taste: Taste) -> None:
    """One or two rows of seats, the table with magazines before them."""
    rng = plan.rng
    for k in range(int(rng.integers(1, 3))):
        row = sitting.row_of_seats(rng, taste)
        plan.against("row of seats", row, ("back",) if k == 0 and chance(rng, 0.6) else plan.seen_walls)
    if "row of seats" not in plan.pieces:
        plan.against("row of seats", sitting.row_of_seats(rng, taste, 3))
