"""Living things that move: birds, fishes, insects, four-legged animals, reptiles."""

from __future__ import annotations

from xaikit.worlds.drawing.pen import (
    Pen,
    around,
    bend,
    ellipse,
    flipped,
    polygon,
    shaded,
    shifted,
    soft,
    stroke,
)
from xaikit.worlds.drawing.surfaces import Surface, toned
from xaikit.worlds.things.catalogue import SubCategory

bird = SubCategory("living things", "birds", relief=0.5)
fish = SubCategory("living things", "fishes", relief=0.5)
insect = SubCategory("living things", "insects", relief=0.5)
mammal = SubCategory("living things", "four-legged animals", relief=0.5, upright=True)
reptile = SubCategory("living things", "reptiles", relief=0.5)


# ---- birds


def _perching(pen: Pen, body: Surface, wing: Surface, belly: Surface, bill: Surface, long: float) -> None:
    """A small bird looking right: legs, tail, body, belly, wing, head, bill."""
    legs = shaded((120, 86, 60))
    pen.line(legs, stroke([(-0.05, 0.5), (-0.1, 0.95)], 0.07), stroke([(0.15, 0.5), (0.12, 0.95)], 0.07))
    pen.fill(wing, polygon((-0.35, 0.1), (-0.62 - long, 0.5 + 0.4 * long), (-0.5 - long, 0.68), (-0.2, 0.42)))
    pen.fill(body, soft((-0.5, 0.1), (-0.1, -0.32), (0.4, -0.2), (0.5, 0.2), (0.15, 0.62), (-0.3, 0.5)))
    pen.fill(belly, soft((0.1, 0.05), (0.44, 0.0), (0.42, 0.32), (0.1, 0.58), (-0.1, 0.45)))
    head = pen.between(0.27, 0.35)
    pen.fill(bill, polygon((0.62, -0.55), (0.66 + 0.32, -0.42), (0.6, -0.34)))
    pen.fill(body, ellipse(0.42, -0.42, head, head))
    pen.fill(wing, soft((-0.55, 0.3), (-0.3, -0.12), (0.12, -0.05), (0.16, 0.22), (-0.2, 0.44)))
    pen.eye(0.52, -0.48)


@bird(0.35, texture="feathered")
def sparrow(pen: Pen) -> None:
    brown, dark = pen.color("brown", "grey"), pen.color("black")
    feathers = pen.texture("feathered", dark, toned(brown, 1.45), 0.3)
    _perching(
        pen,
        feathers,
        feathers,
        pen.texture("feathered", brown, (232, 220, 196), 0.3),
        pen.plain("black"),
        0.1,
    )


@bird(0.75, texture="feathered")
def parrot(pen: Pen) -> None:
    main, other = pen.color("green", "red", "blue", "yellow"), pen.color("yellow", "blue", "green", "red")
    feathers = pen.texture("feathered", toned(main, 0.6), toned(main, 1.4), 0.32)
    pen.fill(feathers, soft((-0.15, 0.3), (0.05, 0.3), (-0.25, 0.98), (-0.42, 0.98)))
    pen.fill(feathers, soft((-0.35, 0.0), (-0.1, -0.6), (0.3, -0.55), (0.42, 0.0), (0.15, 0.62), (-0.2, 0.5)))
    pen.fill(feathers, ellipse(0.16, -0.58, 0.36, 0.34))
    pen.fill(pen.plain("black", "grey"), soft((0.42, -0.72), (0.68, -0.55), (0.5, -0.25), (0.44, -0.45)))
    wing = pen.texture("feathered", toned(other, 0.65), toned(other, 1.4), 0.28)
    pen.fill(wing, soft((-0.4, -0.05), (-0.1, -0.2), (0.12, 0.1), (-0.1, 0.6), (-0.3, 0.72)))
    pen.eye(0.26, -0.62, 0.07)


@bird(0.4, texture="feathered")
def owl(pen: Pen) -> None:
    brown = pen.color("brown", "grey")
    feathers = pen.texture("feathered", toned(brown, 0.55), toned(brown, 1.55), 0.3)
    pen.fill(feathers, soft((-0.5, 0.5), (-0.5, -0.5), (0, -0.72), (0.5, -0.5), (0.5, 0.5), (0, 0.9)))
    pen.fill(
        feathers,
        polygon((-0.5, -0.55), (-0.46, -0.95), (-0.1, -0.68)),
        polygon((0.5, -0.55), (0.46, -0.95), (0.1, -0.68)),
    )
    pen.fill(shaded((216, 192, 150)), ellipse(-0.22, -0.42, 0.24, 0.24), ellipse(0.22, -0.42, 0.24, 0.24))
    for x in (-0.2, 0.2):
        pen.fill(shaded((240, 186, 50)), ellipse(x, -0.42, 0.15, 0.15), relief=0)
        pen.fill(shaded((20, 18, 20)), ellipse(x, -0.42, 0.08, 0.08), relief=0)
    pen.fill(shaded((90, 76, 60)), polygon((-0.08, -0.34), (0.08, -0.34), (0, -0.14)))
    pen.fill(
        feathers,
        soft((-0.6, 0.5), (-0.62, -0.1), (-0.4, -0.2), (-0.36, 0.6)),
        soft((0.6, 0.5), (0.62, -0.1), (0.4, -0.2), (0.36, 0.6)),
    )


@bird(0.15, color="pink")
def flamingo(pen: Pen) -> None:
    pink = pen.plain("pink")
    legs = pen.plain("pink")
    pen.line(
        legs,
        stroke([(-0.12, 0.2), (-0.1, 0.95)], 0.06),
        stroke([(0.05, 0.2), (0.16, 0.55), (0.0, 0.62)], 0.06),
    )
    pen.fill(pink, soft((-0.7, 0.12), (-0.3, -0.22), (0.2, -0.15), (0.26, 0.15), (-0.15, 0.35)))
    pen.fill(pink, stroke(bend((0.15, 0.05), (0.75, -0.1), (0.35, -0.6)), 0.16, 0.12))
    pen.fill(pink, stroke(bend((0.35, -0.58), (0.2, -0.95), (0.52, -0.85)), 0.13, 0.2))
    pen.fill(shaded((40, 36, 40)), polygon((0.58, -0.94), (0.8, -0.72), (0.72, -0.58), (0.52, -0.76)))
    pen.eye(0.5, -0.87, 0.035)


@bird(0.3)
def penguin(pen: Pen) -> None:
    black = pen.plain("black")
    pen.fill(shaded((236, 160, 50)), ellipse(-0.22, 0.88, 0.22, 0.09), ellipse(0.22, 0.88, 0.22, 0.09))
    pen.fill(black, soft((-0.48, 0.6), (-0.42, -0.3), (0, -0.5), (0.42, -0.3), (0.48, 0.6), (0, 0.9)))
    spread = pen.between(0.0, 0.3)
    for side in (-1, 1):
        pen.fill(
            black,
            soft(
                (0.38 * side, -0.2),
                (0.7 * side, 0.3 - spread),
                (0.6 * side, 0.45 - spread),
                (0.36 * side, 0.2),
            ),
        )
    pen.fill(black, ellipse(0, -0.58, 0.3, 0.34))
    pen.fill(
        pen.plain("white"), soft((-0.32, 0.5), (-0.26, -0.2), (0, -0.36), (0.26, -0.2), (0.32, 0.5), (0, 0.8))
    )
    pen.fill(shaded((236, 160, 50)), polygon((-0.12, -0.55), (0.12, -0.55), (0, -0.34)))
    pen.eye(-0.12, -0.66, 0.045)
    pen.eye(0.12, -0.66, 0.045)


@bird(0.85)
def duck(pen: Pen) -> None:
    body, head = pen.plain("white", "brown", "yellow", "grey"), pen.plain("white", "green", "yellow", "brown")
    pen.fill(
        body, soft((-0.9, -0.05), (-0.4, 0.0), (0.1, 0.05), (0.45, 0.0), (0.5, 0.4), (0, 0.66), (-0.6, 0.5))
    )
    pen.fill(head, stroke(bend((0.35, 0.2), (0.5, -0.1), (0.4, -0.4)), 0.36, 0.3))
    pen.fill(shaded((232, 150, 46)), soft((0.62, -0.52), (0.98, -0.42), (0.96, -0.32), (0.62, -0.32)))
    pen.fill(head, ellipse(0.45, -0.45, 0.28, 0.26))
    wing = pen.texture("feathered", toned(body.first, 0.7), body.second, 0.4)
    pen.fill(wing, soft((-0.62, 0.12), (-0.1, 0.05), (0.2, 0.25), (-0.1, 0.45), (-0.5, 0.38)))
    pen.eye(0.52, -0.5)


# ---- fishes


def _fish(pen: Pen, body: Surface, fins: Surface, high: float, long: float = 0.72) -> None:
    """A fish swimming right: tail, fins, body, eye."""
    tail = pen.between(0.35, 0.5)
    pen.fill(fins, soft((-long + 0.12, 0), (-long - 0.28, -tail), (-long - 0.12, 0), (-long - 0.28, tail)))
    pen.fill(fins, soft((-0.35, -0.6 * high), (0.0, -high - 0.26), (0.3, -0.7 * high)))
    pen.fill(fins, soft((-0.25, 0.6 * high), (-0.1, high + 0.22), (0.15, 0.8 * high)))
    pen.fill(
        body,
        soft(
            (-long, 0),
            (-0.3, -0.8 * high),
            (0.2, -high),
            (0.65, -0.5 * high),
            (long + 0.08, 0.05),
            (0.55, 0.6 * high),
            (0.1, high),
            (-0.35, 0.75 * high),
        ),
    )
    pen.fill(fins, soft((0.05, 0.05), (-0.25, 0.2), (-0.12, 0.32)), relief=0.2)
    pen.eye(long - 0.26, -0.12 * high - 0.04, 0.07)


@fish(0.3, texture="scaly", color="orange")
def goldfish(pen: Pen) -> None:
    orange = pen.color("orange")
    scales = pen.texture("scaly", toned(orange, 1.4), toned(orange, 0.5), 0.3)
    _fish(pen, scales, shaded(toned(orange, 1.15)), pen.between(0.4, 0.5), 0.66)


@fish(0.25, texture="striped")
def clownfish(pen: Pen) -> None:
    _fish(
        pen,
        pen.texture("striped", pen.color("orange", "yellow"), (246, 244, 238), 0.46),
        pen.plain("orange"),
        0.42,
    )


@fish(0.3)
def shark(pen: Pen) -> None:
    grey = shaded(toned(pen.color("grey", "blue"), 0.9))
    pen.fill(grey, polygon((-0.6, 0.0), (-1.0, -0.48), (-0.82, 0.0), (-0.95, 0.34)))
    pen.fill(
        grey,
        polygon((-0.12, -0.18), (0.0, -0.62), (0.24, -0.2)),
        polygon((0.1, 0.15), (-0.12, 0.55), (0.32, 0.18)),
    )
    pen.fill(grey, soft((-0.8, 0.02), (-0.2, -0.2), (0.4, -0.26), (0.98, -0.05), (0.6, 0.16), (0.0, 0.24)))
    pen.fill(
        shaded((226, 228, 228)),
        soft((-0.3, 0.12), (0.3, 0.08), (0.82, 0.02), (0.5, 0.17), (0.0, 0.23)),
        relief=0.1,
    )
    for x in (0.3, 0.38, 0.46):
        pen.line(shaded((70, 74, 80)), stroke([(x, -0.1), (x - 0.03, 0.06)], 0.025))
    pen.eye(0.7, -0.09, 0.04)


@fish(0.45, texture="spotted")
def pufferfish(pen: Pen) -> None:
    skin = pen.color("yellow", "white", "brown")
    spotted = pen.texture("spotted", skin, toned(skin, 0.25), 0.28)
    spike = polygon((-0.05, -0.55), (0, -0.82), (0.05, -0.55))
    pen.line(shaded(toned(skin, 0.7)), *around(spike, 18, 0, 0, 0.2))
    pen.fill(shaded(toned(skin, 0.8)), soft((-0.55, 0), (-0.95, -0.25), (-0.85, 0.0), (-0.95, 0.25)))
    pen.fill(spotted, ellipse(0, 0, 0.64, 0.6))
    pen.eye(0.36, -0.2, 0.09)
    pen.fill(shaded((200, 120, 100)), ellipse(0.62, 0.08, 0.08, 0.1))


@fish(0.7)
def ray(pen: Pen) -> None:
    back = pen.plain("grey", "brown", "blue", "black")
    wing = pen.between(0.1, 0.4)
    pen.line(back, stroke(bend((-0.4, 0.0), (-0.7, 0.1), (-1.0, pen.between(-0.4, 0.4))), 0.1, 0.03))
    pen.fill(
        back,
        soft(
            (0.62, 0.0),
            (0.3, -0.4),
            (0.0 - wing, -0.92),
            (-0.3, -0.3),
            (-0.55, 0.0),
            (-0.3, 0.3),
            (0.0 - wing, 0.92),
            (0.3, 0.4),
        ),
    )
    pen.eye(0.38, -0.13, 0.05)
    pen.eye(0.38, 0.13, 0.05)


# ---- insects


def _six_legs(pen: Pen, reach: float, surface: Surface) -> None:
    for y in (-0.3, 0.05, 0.4):
        leg = stroke([(0.1, y), (0.8 * reach, y - 0.12), (reach, y + 0.14)], 0.06)
        pen.line(surface, leg, flipped(leg))


@insect(0.9)
def butterfly(pen: Pen) -> None:
    main, rim = (
        pen.color("orange", "blue", "yellow", "purple", "white", "red"),
        pen.color("black", "brown", "blue"),
    )
    pattern = ("smooth", "spotted", "scaly", "striped")[pen.whole(0, 3)]
    wings = pen.texture(pattern, main, toned(main, 0.45), 0.4)
    high, low = pen.between(0.6, 0.95), pen.between(0.45, 0.7)
    upper = soft((0.06, -0.1), (0.45, -high), (0.95, -high + 0.06), (0.85, -0.2), (0.3, 0.05))
    lower = soft((0.06, 0.0), (0.6, 0.02), (0.72, low), (0.4, low + 0.2), (0.15, 0.4))
    pen.fill(shaded(rim), *(shape * 1.06 for wing in (upper, lower) for shape in (wing, flipped(wing))))
    pen.fill(
        wings,
        *(shape * 0.88 for wing in (upper, lower) for shape in (wing, flipped(wing))),
        relief=0.25,
    )
    pen.fill(shaded((44, 36, 34)), ellipse(0, 0.02, 0.09, 0.5))
    feeler = stroke(bend((0.03, -0.4), (0.1, -0.75), (0.28, -0.85)), 0.05, 0.03)
    pen.line(shaded((44, 36, 34)), feeler, flipped(feeler))


@insect(0.2, texture="spotted", color="red")
def ladybird(pen: Pen) -> None:
    _six_legs(pen, 0.85, shaded((30, 28, 30)))
    pen.fill(shaded((32, 30, 32)), ellipse(0, -0.6, 0.34, 0.28))
    pen.fill(pen.texture("spotted", pen.color("red"), (28, 24, 26), 0.3), ellipse(0, 0.1, 0.68, 0.74))
    pen.line(shaded((36, 26, 28)), stroke([(0, -0.6), (0, 0.84)], 0.05))
    pen.fill(
        shaded((236, 232, 224)), ellipse(-0.16, -0.68, 0.08, 0.08), ellipse(0.16, -0.68, 0.08, 0.08), relief=0
    )


@insect(0.25, texture="striped")
def bee(pen: Pen) -> None:
    wing = Surface("smooth", (190, 206, 214), (244, 250, 252), 0.4, 0.0, 0.7)
    _six_legs(pen, 0.6, shaded((40, 32, 26)))
    pen.fill(
        pen.texture("striped", pen.color("yellow"), (34, 28, 26), 0.34, 1.5708), ellipse(0, 0.36, 0.42, 0.56)
    )
    pen.fill(shaded((176, 126, 58)), ellipse(0, -0.28, 0.36, 0.32))
    pen.fill(shaded((40, 34, 32)), ellipse(0, -0.66, 0.24, 0.2))
    lobe = soft((0.1, -0.3), (0.75, -0.55), (0.98, -0.25), (0.5, 0.1))
    pen.fill(wing, lobe, flipped(lobe), relief=0.2)


@insect(0.45)
def dragonfly(pen: Pen) -> None:
    body = pen.plain("blue", "green", "red")
    wing = Surface("smooth", (176, 198, 206), (246, 250, 252), 0.3, 0.0, 0.75)
    for turn in (pen.between(-0.4, -0.15), pen.between(0.1, 0.35)):
        pane = ellipse(0.52 * 1.0, -0.28 + turn, 0.48, 0.13, turn)
        pen.fill(wing, pane, flipped(pane), relief=0.25)
    pen.fill(body, stroke([(0, -0.5), (0, 0.3), (0, 0.96)], 0.15, 0.09))
    pen.fill(body, ellipse(0, -0.38, 0.13, 0.24))
    pen.fill(shaded((60, 110, 70)), ellipse(-0.1, -0.68, 0.13, 0.13), ellipse(0.1, -0.68, 0.13, 0.13))


@insect(0.6)
def beetle(pen: Pen) -> None:
    shell = pen.plain("black", "green", "brown", "blue")
    _six_legs(pen, 0.8, shaded((34, 30, 32)))
    horn = stroke(bend((0.1, -0.75), (0.4, -0.9), (0.2, -1.0)), 0.1, 0.04)
    pen.fill(shell, horn, flipped(horn), ellipse(0, -0.66, 0.24, 0.2))
    pen.fill(shell, soft((-0.4, -0.5), (0.4, -0.5), (0.44, -0.22), (-0.44, -0.22)))
    pen.fill(shell, soft((-0.46, -0.2), (0.46, -0.2), (0.56, 0.3), (0, 0.94), (-0.56, 0.3)))
    pen.line(shaded((20, 20, 22)), stroke([(0, -0.2), (0, 0.9)], 0.04))


# ---- four-legged animals


def _standing(pen: Pen, coat: Surface, leg: float, thick: float, deep: float) -> None:
    """Body and legs of an animal looking right; `leg` long, legs `thick`, body `deep`."""
    stride = pen.between(-0.1, 0.1)
    far = shaded(toned(coat.first, 0.55) if coat.pattern != "smooth" else toned(coat.first, 0.75))
    foot = min(0.96, 0.1 + deep / 2 + leg)
    for x, lean in ((-0.36, -stride), (0.34, stride)):
        pen.fill(far, stroke([(x, 0.1), (x + lean, foot - 0.03)], thick, 0.75 * thick))
    for x, lean in ((-0.5, stride), (0.2, -stride)):
        pen.fill(coat, stroke([(x, 0.1), (x + lean, foot)], 1.1 * thick, 0.8 * thick))
    pen.fill(
        coat,
        soft(
            (-0.62, 0.0),
            (-0.3, -0.1 - deep / 2),
            (0.25, -0.06 - deep / 2),
            (0.48, 0.0),
            (0.3, deep / 2 + 0.06),
            (-0.3, deep / 2 + 0.06),
        ),
    )


@mammal(0.2, texture="striped")
def zebra(pen: Pen) -> None:
    coat = pen.texture("striped", (242, 240, 234), (28, 26, 30), 0.24, pen.between(-0.2, 0.2))
    pen.line(shaded((40, 36, 36)), stroke(bend((-0.6, -0.1), (-0.8, 0.1), (-0.72, 0.42)), 0.07, 0.1))
    _standing(pen, coat, 0.62, 0.17, 0.5)
    pen.line(shaded((36, 32, 34)), stroke([(0.2, -0.32), (0.56, -0.92)], 0.12))
    pen.fill(coat, polygon((0.16, -0.2), (0.46, -0.86), (0.68, -0.78), (0.5, 0.05)))
    pen.fill(coat, soft((0.46, -0.92), (0.7, -0.9), (0.98, -0.55), (0.9, -0.42), (0.55, -0.6)))
    pen.fill(shaded((40, 36, 38)), ellipse(0.92, -0.48, 0.09, 0.08))
    pen.eye(0.66, -0.76, 0.04)


@mammal(0.45)
def horse(pen: Pen) -> None:
    coat, mane = pen.plain("brown", "black", "white", "grey"), pen.plain("black", "brown", "white")
    pen.line(mane, stroke(bend((-0.58, -0.15), (-0.95, 0.0), (-0.8, 0.55)), 0.12, 0.16))
    _standing(pen, coat, 0.64, 0.16, 0.5)
    pen.fill(mane, stroke([(0.18, -0.3), (0.5, -0.94)], 0.2, 0.14))
    pen.fill(coat, polygon((0.16, -0.2), (0.46, -0.86), (0.68, -0.78), (0.5, 0.05)))
    pen.fill(coat, soft((0.46, -0.92), (0.7, -0.9), (0.98, -0.55), (0.9, -0.42), (0.55, -0.6)))
    pen.eye(0.66, -0.76, 0.04)


@mammal(0.3, texture="spotted")
def leopard(pen: Pen) -> None:
    fur = pen.color("yellow", "orange")
    coat = pen.texture("spotted", toned(fur, 1.1), (58, 38, 24), 0.2)
    pen.fill(coat, stroke(bend((-0.55, -0.1), (-1.0, -0.1), (-0.85, -0.65)), 0.12, 0.09))
    _standing(pen, coat, 0.42, 0.2, 0.46)
    pen.fill(coat, ellipse(0.42, -0.46, 0.09, 0.1), ellipse(0.72, -0.48, 0.09, 0.1))
    pen.fill(coat, ellipse(0.58, -0.24, 0.3, 0.27))
    pen.fill(shaded((238, 226, 200)), ellipse(0.66, -0.12, 0.16, 0.12))
    pen.fill(shaded((60, 40, 40)), ellipse(0.7, -0.17, 0.06, 0.04), relief=0)
    pen.eye(0.48, -0.28, 0.045)
    pen.eye(0.7, -0.3, 0.045)


@mammal(0.5, texture="furry")
def bear(pen: Pen) -> None:
    brown = pen.color("brown", "black", "white")
    coat = pen.texture("furry", toned(brown, 0.65), toned(brown, 1.5), 0.3)
    _standing(pen, coat, 0.36, 0.3, 0.72)
    pen.fill(coat, ellipse(0.36, -0.56, 0.12, 0.12), ellipse(0.72, -0.56, 0.12, 0.12))
    pen.fill(coat, ellipse(0.54, -0.28, 0.34, 0.32))
    pen.fill(shaded(toned(brown, 1.35)), ellipse(0.66, -0.16, 0.17, 0.14))
    pen.fill(shaded((26, 22, 24)), ellipse(0.72, -0.22, 0.07, 0.05), relief=0)
    pen.eye(0.46, -0.34, 0.04)
    pen.eye(0.68, -0.38, 0.04)


@mammal(0.15, texture="furry")
def sheep(pen: Pen) -> None:
    wool = pen.texture("furry", (170, 160, 144), (250, 246, 236), 0.24)
    face = pen.plain("black")
    for x in (-0.42, -0.2, 0.2, 0.4):
        pen.fill(face, stroke([(x, 0.3), (x, 0.85)], 0.12, 0.1))
    pen.fill(wool, *around(ellipse(0.5, 0.0, 0.28, 0.24), 9), ellipse(0, 0, 0.6, 0.5))
    pen.fill(face, soft((0.5, -0.42), (0.72, -0.5), (0.92, -0.12), (0.82, 0.02), (0.56, -0.1)))
    pen.fill(face, stroke([(0.55, -0.36), (0.36, -0.24)], 0.12, 0.06))
    pen.fill(wool, ellipse(0.6, -0.46, 0.17, 0.12))
    pen.eye(0.7, -0.3, 0.04)


@mammal(0.2)
def elephant(pen: Pen) -> None:
    grey = pen.plain("grey")
    _standing(pen, grey, 0.46, 0.28, 0.84)
    pen.fill(grey, ellipse(0.5, -0.3, 0.32, 0.34))
    pen.fill(grey, stroke(bend((0.72, -0.3), (1.02, 0.1), (pen.between(0.7, 1.0), 0.62)), 0.26, 0.12))
    pen.fill(shaded((244, 238, 222)), stroke(bend((0.66, 0.0), (0.78, 0.22), (0.96, 0.18)), 0.09, 0.03))
    pen.fill(
        shaded(toned(grey.first, 0.9)),
        soft((0.42, -0.5), (0.2, -0.62), (0.02, -0.3), (0.14, 0.06), (0.4, 0.0)),
    )
    pen.eye(0.64, -0.36, 0.04)


@mammal(0.2, texture="spotted")
def giraffe(pen: Pen) -> None:
    tan = pen.color("orange")
    coat = pen.texture("spotted", (246, 226, 180), toned(tan, 0.55), 0.21)
    for x, shade in ((-0.36, 0.5), (-0.1, 0.5), (-0.5, 0.8), (0.04, 0.8)):
        pen.fill(shaded(toned(tan, shade)), stroke([(x, 0.2), (x, 0.97)], 0.13, 0.1))
    pen.fill(coat, soft((-0.62, 0.12), (-0.4, -0.1), (0.1, -0.22), (0.22, 0.1), (0.1, 0.4), (-0.45, 0.4)))
    pen.fill(coat, polygon((-0.12, -0.05), (0.36, -0.86), (0.54, -0.78), (0.2, 0.2)))
    pen.line(
        shaded((90, 60, 40)),
        stroke([(0.42, -0.8), (0.36, -1.0)], 0.05),
        stroke([(0.5, -0.82), (0.48, -1.0)], 0.05),
    )
    pen.fill(coat, soft((0.34, -0.9), (0.54, -0.9), (0.8, -0.68), (0.72, -0.6), (0.42, -0.7)))
    pen.eye(0.52, -0.8, 0.035)


# ---- reptiles


@reptile(0.55, texture="scaly")
def snake(pen: Pen) -> None:
    green = pen.color("green", "brown", "yellow", "red")
    skin = pen.texture("scaly", toned(green, 1.3), toned(green, 0.35), 0.22)
    high = pen.between(0.3, 0.62)
    first = bend((-0.95, high), (-0.7, -1.5 * high), (-0.3, 0.2))
    second = bend((-0.3, 0.2), (0.0, 1.5 * high), (0.3, 0.0))
    third = bend((0.3, 0.0), (0.5, -1.5 * high), (0.75, -0.2))
    for part, widths in ((first, (0.06, 0.28)), (second, (0.28, 0.3)), (third, (0.3, 0.24))):
        pen.fill(skin, stroke(part, *widths))
    pen.line(shaded((190, 40, 50)), stroke([(0.9, -0.1), (1.02, -0.02)], 0.05))
    pen.fill(skin, ellipse(0.78, -0.18, 0.2, 0.16, 0.5))
    pen.eye(0.8, -0.24, 0.045)


@reptile(0.25, texture="scaly", color="green")
def crocodile(pen: Pen) -> None:
    green = pen.color("green")
    skin = pen.texture("scaly", toned(green, 1.15), toned(green, 0.35), 0.2)
    for x in (-0.38, 0.2):
        pen.fill(skin, stroke([(x, 0.1), (x - 0.1, 0.34), (x + 0.04, 0.38)], 0.16, 0.12))
    pen.fill(
        skin,
        soft((-1.0, 0.1), (-0.5, -0.12), (0.0, -0.24), (0.4, -0.14), (0.42, 0.14), (0.0, 0.26), (-0.5, 0.2)),
    )
    tooth = polygon((-0.06, -0.1), (0.0, -0.26), (0.06, -0.1))
    pen.fill(
        skin,
        *(
            shifted(tooth, x, y)
            for x, y in ((-0.6, 0.0), (-0.4, -0.05), (-0.2, -0.1), (0.0, -0.12), (0.2, -0.1))
        ),
    )
    gape = pen.between(0.0, 0.16)
    pen.fill(skin, soft((0.3, -0.2), (0.5, -0.26), (1.0, -0.06 - gape), (0.96, 0.0 - gape), (0.4, 0.02)))
    pen.fill(skin, soft((0.3, 0.0), (0.96, 0.06), (0.96, 0.12), (0.36, 0.18)))
    pen.eye(0.46, -0.24, 0.05)


@reptile(0.3, texture="scaly")
def tortoise(pen: Pen) -> None:
    skin = pen.plain("green", "brown")
    shell = pen.color("brown", "green")
    for x in (-0.45, 0.3):
        pen.fill(skin, soft((x - 0.14, 0.2), (x + 0.14, 0.2), (x + 0.16, 0.62), (x - 0.16, 0.62)))
    pen.fill(skin, soft((0.5, 0.15), (0.6, -0.12), (0.86, -0.2), (0.98, 0.0), (0.8, 0.22), (0.6, 0.34)))
    pen.fill(skin, polygon((-0.6, 0.3), (-0.9, 0.42), (-0.6, 0.42)))
    shield = pen.texture("scaly", toned(shell, 1.2), toned(shell, 0.3), 0.34)
    pen.fill(shield, soft((-0.74, 0.36), (-0.6, -0.2), (0.0, -0.52), (0.5, -0.2), (0.66, 0.36), (0.0, 0.44)))
    pen.eye(0.84, -0.06, 0.045)


@reptile(0.5)
def frog(pen: Pen) -> None:
    skin = pen.plain("green", "brown", "yellow")
    leg = soft((0.3, 0.1), (0.8, -0.1), (0.92, 0.5), (0.55, 0.7), (0.3, 0.6))
    foot = ellipse(0.74, 0.76, 0.26, 0.09)
    pen.fill(skin, leg, flipped(leg), foot, flipped(foot))
    pen.fill(skin, soft((-0.5, 0.6), (-0.6, 0.0), (-0.4, -0.4), (0.4, -0.4), (0.6, 0.0), (0.5, 0.6)))
    pen.fill(skin, ellipse(-0.32, -0.46, 0.2, 0.2), ellipse(0.32, -0.46, 0.2, 0.2))
    pen.fill(shaded((226, 226, 176)), soft((-0.36, 0.6), (-0.36, 0.1), (0.36, 0.1), (0.36, 0.6)))
    pen.line(shaded((50, 60, 34)), stroke(bend((-0.42, -0.1), (0, 0.14), (0.42, -0.1)), 0.05))
    for x in (-0.32, 0.32):
        pen.fill(shaded((236, 196, 70)), ellipse(x, -0.48, 0.13, 0.13), relief=0)
        pen.fill(shaded((24, 22, 22)), ellipse(x, -0.48, 0.09, 0.05), relief=0)
