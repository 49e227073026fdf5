"""The world of things: same seed same bytes, true boxes, truths to be looked up, a whole hierarchy."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from xaikit.data import ImageSet
from xaikit.loading import load_images
from xaikit.worlds import things as world
from xaikit.worlds.drawing.pen import Frame, Pen, box, ellipse, shaded, soft, stroke
from xaikit.worlds.drawing.surfaces import (
    COLORS,
    MATERIALS,
    PATTERNS,
    TEXTURES,
    Surface,
    material,
    toned,
)
from xaikit.worlds.things.catalogue import THINGS
from xaikit.worlds.things.scenes import SIZE, box_of, developed
from xaikit.worlds.things.surroundings import PLACES, USUAL, choose_place, light_of, paint_place

SETS = {
    "things": world.things,
    "pairs": world.pairs,
    "textures": world.textures,
    "materials": world.materials,
    "colors": world.colors,
}


def digests(data: ImageSet, indices: list[int]) -> list[str]:
    return [hashlib.sha256(data[i].image.tobytes()).hexdigest() for i in indices]


@pytest.mark.parametrize("name", SETS)
def test_same_seed_same_bytes_in_any_order_and_process(name: str) -> None:
    code = (
        "import hashlib; from xaikit.loading import load_images;"
        f"d = load_images('toyworld/{name}', 'val', n=8, seed=3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in range(7, -1, -1)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    data = load_images(f"toyworld/{name}", "val", n=8, seed=3)
    assert digests(data, [5, 0, 7]) == [elsewhere.stdout.split()[7 - i] for i in (5, 0, 7)]


@pytest.mark.parametrize("name", SETS)
def test_splits_seeds_and_turns_share_no_picture(name: str) -> None:
    made = SETS[name]
    n = len(made("test", 1).class_names) + 3
    shown = [
        digest
        for split in ("train", "val", "test")
        for seed in (0, 1)
        for digest in digests(made(split, n, seed), [0, 2, n - 1])
    ]
    assert len(set(shown)) == len(shown)
    ids = [made("test", n, seed)[i].id for seed in (0, 1) for i in (0, 2, n - 1)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", SETS)
def test_pictures_have_their_form_and_labels_go_round_the_classes(name: str) -> None:
    data = SETS[name]("test", 5)
    assert data.labels.tolist() == [0, 1, 2, 3, 4]
    for sample in data:
        assert sample.image.shape == (SIZE, SIZE, 3)
        assert sample.image.dtype == np.uint8
        assert sample.image.std() > 3, "a picture shows something"
    assert len(SETS[name]("val")) % len(data.class_names) == 0


def test_a_picture_does_not_depend_on_how_many_there_are_nor_on_the_other_classes() -> None:
    whole, some = (
        world.things("train", 400, seed=1),
        world.things("train", 6, seed=1, classes=["zebra", "chair"]),
    )
    k = len(whole.class_names)
    assert (some[2].image == whole[whole.class_names.index("zebra") + k].image).all()
    assert some[2].id == whole[whole.class_names.index("zebra") + k].id
    assert some.hierarchy == whole.hierarchy


def test_there_is_as_much_as_was_promised() -> None:
    assert len(THINGS) >= 60
    assert len(TEXTURES) >= 12
    assert len(MATERIALS) >= 6
    assert len(COLORS) >= 8


def test_the_hierarchy_has_two_levels_above_every_class() -> None:
    data = world.things("test", 1)
    assert data.hierarchy is not None
    tops, kinds = data.hierarchy.labels(data.class_names, 0), data.hierarchy.labels(data.class_names, 1)
    assert set(tops) == {"living things", "artifacts", "others"}
    assert data.hierarchy.labels(data.class_names, 2) == data.class_names
    assert len(set(zip(tops, kinds, strict=True))) == len(set(kinds)), "a sub-category belongs to one top"
    for top in set(tops):
        below = [kind for kind, above in zip(kinds, tops, strict=True) if above == top]
        assert len(set(below)) >= 4
        assert all(below.count(kind) >= 4 for kind in below)


def test_truths_name_what_the_other_sets_show() -> None:
    data = world.things("test", 1)
    for kind, plural in (("texture", "textures"), ("material", "materials"), ("color", "colors")):
        known = data.truth(kind)
        assert set(known) <= set(data.class_names)
        assert set(known.values()) <= set(load_images(f"toyworld/{plural}", "test", n=1).class_names)
        assert 10 <= len(known) < len(data.class_names), "many classes have one, and not all"
    assert data.truth("texture")["zebra"] == "striped"
    assert "zebra" not in data.truth("material")
    assert world.textures("test", 1).truth("texture") == {}


@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if thing.texture or thing.material])
def test_a_true_texture_or_material_is_what_the_thing_is_filled_with(name: str) -> None:
    """Most of what is drawn of a thing is drawn with the pattern that its class is said to have."""
    thing = THINGS[name]
    said = {known for known in (thing.texture, thing.material) if known}
    painted: dict[str, float] = dict.fromkeys(PATTERNS, 0.0)

    class Measuring(Pen):
        def fill(self, surface: Surface, *outlines: np.ndarray, relief: float | None = None) -> None:
            before = self.picture.copy()
            super().fill(surface, *outlines, relief=relief)
            painted[surface.pattern] += float((self.picture != before).any(axis=-1).sum())

    for seed in range(5):
        rng = np.random.default_rng(seed)
        thing.draw(Measuring(np.zeros((96, 96, 3), np.float32), Frame((48, 48), 44), rng, thing.variety))
    others = sum(area for pattern, area in painted.items() if pattern not in said and pattern != "smooth")
    assert sum(painted[pattern] for pattern in said) > others


@pytest.mark.parametrize("name", THINGS)
def test_a_thing_fills_its_frame_and_stays_near_it(name: str) -> None:
    thing = THINGS[name]
    for seed in range(6):
        pen = Pen(
            np.zeros((120, 120, 3), np.float32),
            Frame((60, 60), 40),
            np.random.default_rng(seed),
            thing.variety,
        )
        thing.draw(pen)
        x0, y0, x1, y1 = box_of(pen.covered > 0.5)
        assert max(x1 - x0, y1 - y0) >= 48, "it is as large as its frame says"
        assert min(x0, y0) >= 60 - 40 * 1.35 and max(x1, y1) <= 60 + 40 * 1.35


def test_the_box_holds_what_is_seen_of_the_thing() -> None:
    for sample in world.things("train", 150):
        seen = sample.parts["object"]
        assert seen.any(), sample.id
        x0, y0, x1, y1 = sample.box
        assert seen[y0:y1, x0:x1].sum() == seen.sum()
        assert seen[y0].any() and seen[y1 - 1].any() and seen[:, x0].any() and seen[:, x1 - 1].any()
        assert list(sample.boxes.values()) == [sample.box]


def test_a_thing_changes_the_picture_within_its_mask_alone() -> None:
    """Drawn with and without its thing, a picture differs where the mask says and hardly anywhere else."""
    rng = np.random.default_rng(0)
    picture = np.zeros((SIZE, SIZE, 3), np.float32)
    paint_place(picture, "meadow", rng)
    before = picture.copy()
    pen = Pen(picture, Frame((30, 34), 20), rng)
    THINGS["zebra"].draw(pen)
    changed = (picture != before).any(axis=-1)
    assert (changed == (pen.covered > 0)).mean() > 0.999


def test_things_are_not_always_in_the_middle() -> None:
    centers = np.array([np.add(s.box[:2], s.box[2:]) / 2 for s in world.things("train", 200)])
    assert (np.abs(centers - SIZE / 2).max(axis=1) > SIZE / 10).mean() > 0.4


def test_pairs_show_two_things_of_different_kinds_apart() -> None:
    data = world.pairs("test", 120)
    for sample in data:
        first = data.class_names[sample.label]
        assert len(sample.boxes) == 2
        names = list(sample.boxes)
        assert names[0] == first
        assert sample.boxes[first] == sample.box
        kinds = {data.hierarchy.path(name)[:2] for name in names}
        assert len(kinds) == 2
        masks = [sample.parts[name] for name in names]
        assert not (masks[0] & masks[1]).any()
        for name, mask in zip(names, masks, strict=True):
            assert box_of(mask) == sample.boxes[name]
        shared = _overlap(*sample.boxes.values())
        assert shared <= 0.2 * min(mask.sum() for mask in masks)


def _overlap(a: tuple, b: tuple) -> int:
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def test_either_thing_of_a_pair_may_be_the_left_one() -> None:
    data = world.pairs("train", 60)
    left = [
        sample.box[0]
        < min(box[0] for name, box in sample.boxes.items() if name != data.class_names[sample.label])
        for sample in data
    ]
    assert 0.25 < np.mean(left) < 0.75


def test_classes_come_in_one_look_or_in_many() -> None:
    """Things of a class of little variety are more alike than those of a class of great variety."""

    def spread(thing: str, variety: float) -> float:
        pictures = []
        for seed in range(30):
            pen = Pen(
                np.zeros((48, 48, 3), np.float32), Frame((24, 24), 22), np.random.default_rng(seed), variety
            )
            THINGS[thing].draw(pen)
            pictures.append(pen.picture)
        return float(np.std(pictures, axis=0).mean())

    for thing in ("tulip", "car", "vase", "duck", "chair", "cloud"):
        assert spread(thing, 0.1) < spread(thing, 0.95), thing
    assert min(thing.variety for thing in THINGS.values()) <= 0.2
    assert max(thing.variety for thing in THINGS.values()) >= 0.85


def test_places_are_usual_for_every_kind() -> None:
    assert set(USUAL) == {thing.kind[1] for thing in THINGS.values()}
    rng = np.random.default_rng(0)
    for thing in THINGS.values():
        assert set(USUAL[thing.kind[1]]) <= set(PLACES[thing.kind[0]])
    chosen = [choose_place(("living things", "fishes"), rng, 0.2) for _ in range(300)]
    assert 0.7 < chosen.count("pond") / 300 < 0.95


def test_the_light_is_that_of_the_place() -> None:
    assert light_of("meadow")[1] == max(light_of("meadow"))
    assert light_of("room")[0] == max(light_of("room"))
    assert light_of("sea")[2] == max(light_of("sea"))
    grey = np.full((SIZE, SIZE, 3), 128, np.float32)
    warm = np.mean(
        [developed(grey.copy(), np.random.default_rng(k), light_of("room")) for k in range(20)], (0, 1, 2)
    )
    assert warm[0] > warm[1] > warm[2]


# ---- what it is drawn with


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_lies_between_its_two_colors(name: str) -> None:
    x, y = np.meshgrid(*2 * [np.linspace(-1, 1, 50, dtype=np.float32)])
    for seed in range(4):
        rng = np.random.default_rng(seed)
        colors = Surface(name, (10, 20, 30), (210, 220, 230), 0.25, rng.uniform(0, 6)).painted(x, y, rng)
        assert colors.shape == (50, 50, 3)
        assert colors.dtype == np.float32
        assert colors.min() > -70 and colors.max() < 310
        assert np.allclose(colors[..., 1] - colors[..., 0], 10, atol=1e-2)


def test_stripes_by_hand() -> None:
    """A stripe of either color to a period, wherever it is not bent."""
    x = np.linspace(0, 1, 400, dtype=np.float32)[None]
    mix = Surface("striped", (0, 0, 0), (1, 1, 1), 0.25).painted(
        x, np.zeros_like(x), np.random.default_rng(0)
    )
    turns = np.flatnonzero(np.diff(mix[0, :, 0] > 0.5))
    assert len(turns) in (7, 8)
    assert np.diff(turns) == pytest.approx(50, abs=2)


def test_materials_come_in_their_first_color_where_there_is_no_variety() -> None:
    tones = {tuple(np.round(material("wood", np.random.default_rng(k), 0.0).first, -1)) for k in range(20)}
    many = {tuple(np.round(material("wood", np.random.default_rng(k), 1.0).first, -1)) for k in range(20)}
    assert len(tones) < len(many)
    assert material("glass", np.random.default_rng(0)).opacity < 1


def test_toned_by_hand() -> None:
    assert toned((100, 200, 55), 0.5) == (50, 100, 27.5)
    assert toned((100, 200, 55), 1.2) == pytest.approx((131, 211, 95))
    assert toned((1, 2, 3), 1.0) == (1, 2, 3)


def test_frames_map_there_and_back() -> None:
    frame = Frame((20.0, 30.0), 8.0, 0.6, mirrored=True)
    points = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    for point, (column, row) in zip(points, frame.pixels(points), strict=True):
        x, y = frame.within(np.array([column - 0.5]), np.array([row - 0.5]))
        assert (x[0, 0], y[0, 0]) == pytest.approx(point, abs=1e-5)
    assert Frame((20, 30), 8).pixels(np.array([[1.0, -1.0]])).tolist() == [[28, 22]]


def test_a_fill_covers_what_its_outline_encloses() -> None:
    pen = Pen(np.zeros((40, 40, 3), np.float32), Frame((20, 20), 20), np.random.default_rng(0))
    pen.fill(shaded((200, 100, 50), 0), box(-0.5, -0.5, 0.5, 0.25), relief=0)
    assert pen.covered.sum() == pytest.approx(20 * 15, rel=0.03)
    assert pen.picture[20, 20] == pytest.approx((200, 100, 50), abs=1)
    assert (pen.picture[:9] == 0).all()
    pen.fill(shaded((1, 2, 3), 0), box(3, 3, 4, 4))  # outside of the picture


def test_outlines_by_hand() -> None:
    round_ = ellipse(1, 2, 3, 0.5, np.pi / 2)
    assert np.abs(round_[:, 0] - 1).max() == pytest.approx(0.5, abs=0.02)
    assert np.abs(round_[:, 1] - 2).max() == pytest.approx(3, abs=0.02)
    band = stroke([(0, 0), (1, 0), (2, 0)], 0.2, 0.4)
    assert band[:3, 1].tolist() == pytest.approx([0.1, 0.15, 0.2])
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    curve = soft(*corners)
    assert all((np.abs(curve - corner).sum(axis=1) < 1e-9).any() for corner in corners)
    assert box_of(np.zeros((4, 4), bool)) is None


@pytest.mark.parametrize("made", SETS.values())
def test_wrong_wishes_are_named(made) -> None:
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        made("trian")
    with pytest.raises(ValueError, match="`n` must be a whole number, 0 or more; got -1"):
        made("test", -1)
    with pytest.raises(ValueError, match="`seed` must be a whole number, 0 or more; got -2"):
        made("test", 4, -2)


def test_wrong_classes_are_named() -> None:
    with pytest.raises(ValueError, match="Did you mean 'zebra'"):
        world.things(classes=["zebro"])
    with pytest.raises(ValueError, match="list of at least one"):
        world.things(classes="zebra")
    with pytest.raises(ValueError, match="list of at least one"):
        world.things(classes=[])
    with pytest.raises(ValueError, match="Did you mean 'toyworld/textures'"):
        load_images("toyworld/texture")
    with pytest.raises(IndexError, match="picture 4 of a set of 4"):
        world.things("test", 4)[4]
