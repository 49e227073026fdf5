"""A whole room by lot: its shell, light and camera, which say nothing of its kind, and all that is in it."""

from __future__ import annotations

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.worlds.drawing.scene import Color, Light, Paint
from xaikit.worlds.rooms import groups
from xaikit.worlds.rooms.furniture import cooking, hanging, sitting, sleeping, working
from xaikit.worlds.rooms.furniture.common import WOODS, Piece, Random, Taste, chance, dimmed, picked, seeded
from xaikit.worlds.rooms.inventory import CLASS_NAMES, KINDS, NEEDS, SHARES
from xaikit.worlds.rooms.plan import Plan, footprint
from xaikit.worlds.rooms.scene import SHELL, Camera, RoomScene, Shell

SIZE = 128
"""Width and height of a picture in pixels."""
LIGHTS = ("day", "grey day", "lamp light", "dim")
VOCABULARY = (*(f"has {kind}" for kind in (*SHELL, *KINDS)), *(f"light {light}" for light in LIGHTS))

WALLPAPERS: tuple[Color, ...] = (
    (226, 218, 200),
    (204, 214, 206),
    (198, 210, 222),
    (232, 210, 190),
    (222, 206, 214),
    (216, 214, 208),
    (190, 196, 186),
    (236, 226, 190),
    (172, 184, 200),
    (200, 168, 144),
)
WALLS = ("plain", "plain", "plain", "striped", "dotted", "concrete", "paneled", "tiles", "bricks")
BOARDS: tuple[Color, ...] = ((176, 132, 88), (150, 106, 68), (206, 168, 122), (120, 86, 62), (190, 160, 132))
STONES: tuple[Color, ...] = (
    (206, 200, 188),
    (178, 176, 172),
    (196, 178, 156),
    (160, 168, 172),
    (222, 220, 214),
)
PILES: tuple[Color, ...] = (
    (150, 142, 132),
    (124, 134, 146),
    (160, 132, 116),
    (134, 146, 128),
    (176, 164, 146),
)
FLOORS = {
    "planks": BOARDS,
    "parquet": BOARDS,
    "tiles": STONES,
    "chequered": STONES,
    "carpet": PILES,
    "concrete": STONES,
}


def sample_scene(label: str, rng: Random) -> RoomScene:
    """Draw lots for a whole room of class `label`. Raises ValueError for another label."""
    if label not in CLASS_NAMES:
        raise ValueError(
            f"`label` must be among {list(CLASS_NAMES)}; got {label!r}.{did_you_mean(label, CLASS_NAMES)}"
        )
    seeds = rng.integers(2**31, size=4).tolist()
    bare, lamps, eyes, filling = (np.random.default_rng(seed) for seed in seeds)
    shell, light = _shell(bare), _light(lamps)
    taste = Taste(picked(bare, WOODS), light.name in ("lamp light", "dim"))
    camera = _camera(eyes, shell)
    seen = "left" if camera.place[0] > shell.width / 2 else "right"
    plan = furnished(label, Plan(filling, shell.width, shell.depth, shell.height, seen), taste)
    return RoomScene(
        world="rooms",
        label=label,
        shell=shell,
        parts=tuple(plan.things),
        light=light,
        camera=camera,
        vocabulary=VOCABULARY,
        size=SIZE,
    )


def wanted(label: str, rng: Random) -> set[str]:
    """The kinds of things that a room of class `label` shall have: lots drawn from the table."""
    has = {kind for kind in KINDS if rng.random() < SHARES[kind][label]}
    for kind, carriers in reversed(NEEDS.items()):
        if kind in has and not has & set(carriers):
            has.discard(kind)
    return has


def furnished(label: str, plan: Plan, taste: Taste) -> Plan:
    """The plan, filled with all that a room of class `label` shall have and that finds its place."""
    has = wanted(label, plan.rng)
    arrangements = (
        (("counter", "stove", "fridge"), groups.cook),
        (("bed",), groups.sleep),
        (("conference table",), groups.meet),
        (("bathtub", "shower", "washbasin", "toilet"), groups.wash),
        (("row of seats",), groups.wait),
        (("sofa",), groups.sit),
        (("dining table",), groups.eat),
        (("desk",), groups.work),
    )
    for kinds, arrange in arrangements:
        if has & set(kinds):
            arrange(plan, has, taste)
    _against_walls(plan, has, taste)
    _in_the_open(plan, has, taste)
    _on_walls(plan, has, taste)
    _on_tops(plan, has, taste)
    return plan


_STANDING = {
    "wardrobe": sleeping.wardrobe,
    "television": hanging.television,
    "reception counter": working.reception_counter,
    "bookshelf": working.bookshelf,
    "sideboard": cooking.sideboard,
    "dresser": sleeping.dresser,
    "filing cabinet": working.filing_cabinet,
    "armchair": sitting.armchair,
    "suitcase": sleeping.suitcase,
    "printer": working.printer,
    "water cooler": working.water_cooler,
    "floor lamp": hanging.floor_lamp,
    "chair": sitting.chair,
    "plant": hanging.plant,
    "wastebasket": working.wastebasket,
}


def _against_walls(plan: Plan, has: set[str], taste: Taste) -> None:
    if "projector screen" in has:
        plan.hang("projector screen", working.projector_screen(plan.rng, taste), 0.95)
    if "whiteboard" in has:
        plan.hang("whiteboard", working.whiteboard(plan.rng, taste), 1.05)
    for kind, build in _STANDING.items():
        if kind in has and kind not in plan.pieces:
            plan.against(kind, build(plan.rng, taste))
            if kind in ("plant", "armchair", "filing cabinet", "bookshelf") and chance(plan.rng, 0.25):
                plan.against(kind, build(plan.rng, taste), tries=8)


def _in_the_open(plan: Plan, has: set[str], taste: Taste) -> None:
    """Low tables that stand alone, the rug, a lamp from the ceiling."""
    rng = plan.rng
    for kind, build in (("magazine table", sitting.magazine_table), ("coffee table", sitting.coffee_table)):
        if kind in has and kind not in plan.pieces:
            table = build(rng, taste)
            for _ in range(30):
                x, y = float(rng.uniform(0.7, plan.width - 0.7)), float(rng.uniform(0.6, plan.depth - 0.8))
                if plan.free(footprint(table, x, y, 0.0)):
                    plan.stand(kind, table, x, y)
                    break
    if "rug" in has:
        _rug(plan, taste)
    if "chandelier" in has and "chandelier" not in plan.pieces:
        lamp = hanging.chandelier(rng, taste)
        x, y = plan.width / 2 + float(rng.uniform(-0.4, 0.4)), plan.depth / 2 + float(rng.uniform(-0.4, 0.3))
        plan.put("chandelier", lamp, x, y, plan.height - 0.75 * lamp.height)


def _rug(plan: Plan, taste: Taste) -> None:
    """Under a table, or before what stands at the wall."""
    rng = plan.rng
    wide, deep = float(rng.uniform(1.4, 2.4)), float(rng.uniform(1.0, 1.7))
    rug = sitting.rug(rng, taste, wide, deep)
    x = plan.width / 2 + float(rng.uniform(-0.5, 0.5))
    y = float(rng.uniform(0.9, max(1.0, plan.depth - deep - 0.3)))
    for kind in ("coffee table", "magazine table", "dining table"):
        if kind in plan.pieces and chance(rng, 0.85):
            thing, table = plan.pieces[kind]
            x, y = groups.local(*thing.place[:2], thing.turn, 0.0, table.depth / 2)
            y -= rug.depth / 2
            break
    x = min(max(x, rug.width / 2 + 0.1), plan.width - rug.width / 2 - 0.1)
    plan.put("rug", rug, x, max(y, 0.1))


def _on_walls(plan: Plan, has: set[str], taste: Taste) -> None:
    """Doors first, which reach to the floor, then windows, then what is small."""
    rng = plan.rng
    if "door" in has:
        plan.hang("door", hanging.door(rng, taste), 0.05)
    if "window" in has:
        _window(plan, has, taste)
    hung = {
        "mirror": (hanging.mirror, 1.15),
        "picture": (hanging.picture, float(rng.uniform(1.35, 1.6))),
        "notice board": (hanging.notice_board, 1.25),
        "clock": (hanging.clock, float(rng.uniform(1.7, 1.95))),
        "towel": (cooking.towel, float(rng.uniform(0.8, 1.05))),
    }
    for kind, (build, z) in hung.items():
        if kind in has and kind not in plan.pieces:
            plan.hang(kind, build(rng, taste), z)
            if kind in ("picture", "towel") and chance(rng, 0.4):
                plan.hang(kind, build(rng, taste), z, tries=10)


def _window(plan: Plan, has: set[str], taste: Taste) -> None:
    rng = plan.rng
    for wide in (float(rng.uniform(1.0, 1.4)), 0.8):
        hung = plan.hang("window", hanging.window(rng, taste, wide), 1.0)
        if hung is not None:
            break
    else:
        return
    if "curtain" in has:
        thing, wall, at = hung
        bare = plan.bare(wall, at, wide / 2 + 0.24, 0.95)
        low = 0.04 if bare else 0.84
        curtain = hanging.curtain(rng, taste, wide, min(2.28, plan.height - 0.1) - low)
        plan.reserve(wall, at, wide / 2 + 0.3, low, 2.3)
        plan.put("curtain", curtain, *plan.spot(wall, at, 0.0), low, thing.turn)


def _on_tops(plan: Plan, has: set[str], taste: Taste) -> None:
    """Lamps, computers and flowers on whatever can carry them."""
    rng = plan.rng
    if "lamp" in has:
        stands = [thing for thing in plan.things if thing.kind == "nightstand"]
        for stand in stands:
            x, y, _z = stand.place
            piece = plan.pieces["nightstand"][1]
            px, py = groups.local(x, y, stand.turn, 0.0, 0.06)
            plan.put("lamp", hanging.lamp(rng, taste), px, py, piece.height, stand.turn)
        if not stands:
            _carried(plan, "lamp", hanging.lamp(rng, taste), 0.36)
    if "computer" in has and "computer" not in plan.pieces:
        _carried(plan, "computer", working.computer(rng, taste), 0.1)
    if "vase" in has:
        _carried(plan, "vase", sitting.vase(rng, taste), 0.16)


_OFFSETS = {"dining table": 0.38, "conference table": 0.45, "coffee table": 0.2, "counter": 0.12}


def _carried(plan: Plan, kind: str, piece: Piece, aside: float) -> None:
    for carrier in NEEDS[kind]:
        if carrier in plan.pieces:
            wide = plan.pieces[carrier][1].width
            dx = float(plan.rng.choice((-1, 1))) * aside * wide
            groups.on_top(plan, kind, piece, carrier, dx, _OFFSETS.get(carrier, 0.06))
            return


def _shell(rng: Random) -> Shell:
    style, ground = WALLS[int(rng.integers(len(WALLS)))], list(FLOORS)[int(rng.integers(len(FLOORS)))]
    wall = picked(rng, WALLPAPERS)
    white: Color = (238, 238, 234)
    return Shell(
        width=float(rng.uniform(3.4, 4.2)),
        depth=float(rng.uniform(3.0, 3.7)),
        height=float(rng.uniform(2.45, 2.75)),
        wall=seeded(rng, wall, style),
        floor=seeded(rng, picked(rng, FLOORS[ground]), ground),
        ceiling=Paint(picked(rng, (white, (226, 224, 218), (236, 230, 216)), 6)),
        skirting=Paint(white if chance(rng, 0.6) else dimmed(wall, 0.7)),
    )


def _light(rng: Random) -> Light:
    name = LIGHTS[int(rng.choice(len(LIGHTS), p=(0.4, 0.22, 0.26, 0.12)))]
    ambient, sun, tint, grain = {
        "day": (0.72, 0.5, (1.0, 1.0, 0.99), 2.0),
        "grey day": (0.8, 0.24, (0.94, 0.97, 1.0), 2.5),
        "lamp light": (0.64, 0.46, (1.02, 0.9, 0.74), 3.5),
        "dim": (0.52, 0.38, (0.92, 0.82, 0.74), 5.0),
    }[name]
    gain, warm = rng.uniform(0.9, 1.06), rng.uniform(-0.03, 0.03)
    red, green, blue = tint
    return Light(
        name=name,
        azimuth=float(rng.uniform(-65, 65)),
        elevation=float(rng.uniform(42, 64)),
        ambient=ambient,
        sun=sun,
        tint=(float(gain * red * (1 + warm)), float(gain * green), float(gain * blue * (1 - warm))),
        grain=grain * float(rng.uniform(0.6, 1.4)),
        seed=int(rng.integers(2**31)),
    )


def _camera(rng: Random, shell: Shell) -> Camera:
    """Mostly the whole room from its open side, at times nearer and to one side."""
    far = float(rng.uniform(1.4, 2.2))
    aside = float(rng.uniform(-0.36, 0.36)) * shell.width
    target = (
        shell.width / 2 - 0.35 * aside + float(rng.uniform(-0.35, 0.35)),
        0.35 * shell.depth,
        float(rng.uniform(0.7, 0.95)),
    )
    place = (shell.width / 2 + aside, shell.depth + far, float(rng.uniform(1.6, 2.3)))
    span = float(rng.uniform(0.88, 1.06)) * shell.width
    away = float(np.linalg.norm(np.subtract(target, place)))
    return Camera(place, target, focus=away / span, mirrored=chance(rng, 0.5))
