"""The world of rooms: same seed same bytes, every pixel owned, things that can be taken away, shares kept."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from xaikit.loading import load_images
from xaikit.worlds import rooms as world
from xaikit.worlds.drawing.render import Rendering
from xaikit.worlds.drawing.scene import Light, Paint, Plate
from xaikit.worlds.drawing.shapes import box, disc, rectangle
from xaikit.worlds.rooms import inventory
from xaikit.worlds.rooms.faces import polygons
from xaikit.worlds.rooms.furniture.common import Piece
from xaikit.worlds.rooms.interiors import LIGHTS
from xaikit.worlds.rooms.plan import Plan, footprint
from xaikit.worlds.rooms.scene import SHELL, Camera, Furnishing, RoomScene, Shape, Shell, Taper
from xaikit.worlds.rooms.textures import TEXTURES, texture

N_ROOMS = 45  # scenes of each class where shares are counted
WHITE = Paint((240, 240, 240))


def scene_of(label: str, seed: int = 0) -> RoomScene:
    return world.sample_scene(label, np.random.default_rng(seed))


@cache
def many(label: str) -> list[RoomScene]:
    return [scene_of(label, seed) for seed in range(N_ROOMS)]


@cache
def drawn(label: str, seed: int = 0) -> Rendering:
    return world.render(scene_of(label, seed))


def changed(before: Rendering, after: Rendering) -> np.ndarray:
    return (before.image != after.image).any(axis=-1)


def near(mask: np.ndarray) -> np.ndarray:
    """The mask and the pixels that touch it: a thing's rim may cover too little of a pixel to own it."""
    return ndimage.binary_dilation(mask, np.ones((3, 3), bool))


def shadowless(scene: RoomScene) -> RoomScene:
    return replace(scene, light=replace(scene.light, sun=0.0))


def digests(indices: list[int]) -> list[str]:
    data = world.rooms("val", 12, seed=3)
    return [hashlib.sha256(data[i].image.tobytes()).hexdigest() for i in indices]


# ---- the set of pictures


def test_same_seed_same_bytes_in_any_order_and_process() -> None:
    code = (
        "import hashlib; from xaikit.loading import load_images;"
        "d = load_images('toyworld/rooms', 'val', n=12, seed=3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in (11, 7, 0)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert digests([0, 11, 7]) == [elsewhere.stdout.split()[k] for k in (2, 0, 1)]


def test_splits_seeds_and_turns_share_no_scene() -> None:
    data = [world.rooms(split, 12, seed) for split in ("train", "val", "test") for seed in (0, 1)]
    scenes = [one.scene(i) for one in data for i in (0, 1, 10)]
    assert len({repr(scene) for scene in scenes}) == len(scenes)
    ids = [world.rooms("test", 12, seed)[i].id for seed in (0, 1) for i in (0, 10)]
    assert len(set(ids)) == 4


def test_labels_go_round_the_classes_and_pictures_have_their_form() -> None:
    data = world.rooms("test", 13)
    assert data.labels.tolist() == [*range(10), 0, 1, 2]
    sample = data[12]
    assert sample.image.shape == (128, 128, 3)
    assert sample.image.dtype == np.uint8
    assert sample.image.std() > 3
    assert sample.scene.label == "conference room" == data.class_names[sample.label]
    assert sample.id == "toyworld/rooms/test/0/conference room/1"
    assert sample.box is None
    assert set(sample.attributes) == set(world.VOCABULARY)
    assert len(world.rooms("train")) == 6000
    assert len(world.rooms("val")) == len(world.rooms()) == 600


def test_a_picture_depends_neither_on_how_many_there_are_nor_on_the_other_classes() -> None:
    whole, some = world.rooms("train", 100, seed=1), world.rooms("train", 6, 1, ["kitchen", "bedroom"])
    twin = whole.class_names.index("kitchen") + len(whole.class_names)
    assert (some[2].image == whole[twin].image).all()
    assert some[2].id == whole[twin].id
    assert some.scene(-1) == some.scene(5)
    with pytest.raises(IndexError):
        some.scene(6)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"split": "trian"}, "`split` must be among .*; got 'trian'. Did you mean 'train'"),
        ({"classes": ["kitchn"]}, "`classes` must be among .*; got 'kitchn'. Did you mean 'kitchen'"),
        ({"classes": []}, "at least one"),
        ({"classes": "kitchen"}, "list"),
        ({"n": -1}, "0 or more"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_a_wrong_wish_is_named(given: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        world.rooms(**given)


@pytest.mark.parametrize(
    "wrong", [{"n": 2.5}, {"n": True}, {"seed": "1"}, {"classes": {"kitchen", "office"}}]
)
def test_a_wrong_kind_of_wish_is_named(wrong: dict) -> None:
    with pytest.raises(TypeError):
        world.rooms(**wrong)


def test_an_unknown_label_is_named() -> None:
    with pytest.raises(ValueError, match=r"`label` must be among .*Did you mean 'office'"):
        scene_of("ofice")


def test_the_hierarchy_says_what_rooms_are_for() -> None:
    tree = load_images("toyworld/rooms", n=1).hierarchy
    tops = dict(zip(world.CLASS_NAMES, tree.labels(list(world.CLASS_NAMES), 0), strict=True))
    assert tops["kitchen"] == tops["bedroom"] == "homes"
    assert tops["office"] == "work places"
    assert tree.labels(list(world.CLASS_NAMES), 1) == list(world.CLASS_NAMES)


# ---- what stands where


@pytest.mark.parametrize("label", world.CLASS_NAMES)
def test_things_stand_in_rooms_as_often_as_the_table_says(label: str) -> None:
    counts = Counter(kind for scene in many(label) for kind in {part.kind for part in scene.parts})
    for kind in world.KINDS:
        share, told = counts[kind] / N_ROOMS, world.SHARES[kind][label]
        spread = 3.3 * (max(told, 0.02) * (1 - min(told, 0.98)) / N_ROOMS) ** 0.5
        assert share <= told + spread, f"{kind} stands in {share:.0%} of rooms, not in {told:.0%}"
        if told == 0:
            assert share == 0, f"{kind} never stands in a {label}"
        if told >= 0.8:
            assert share >= told - 0.12 - spread, f"{kind} stands in {share:.0%} of rooms, not in {told:.0%}"


def test_rooms_have_typical_things_and_similar_rooms_share_most_of_theirs() -> None:
    def typical(label: str, least: float) -> set[str]:
        return {kind for kind, shares in world.SHARES.items() if shares[label] >= least}

    for label in world.CLASS_NAMES:
        assert len(typical(label, 0.8)) >= 2
    for first, second, n in (
        ("bedroom", "hotel room", 4),
        ("office", "home office", 3),
        ("dining room", "kitchen", 2),
        ("living room", "waiting room", 2),
    ):
        assert len(typical(first, 0.25) & typical(second, 0.25)) >= n
        assert typical(first, 0.75) != typical(second, 0.75)


def test_the_table_and_its_needs_name_known_kinds() -> None:
    assert 35 <= len(world.KINDS) == len(set(world.KINDS))
    for kind, carriers in inventory.NEEDS.items():
        assert {kind, *carriers} <= set(world.KINDS)
    kinds = {part.kind for label in world.CLASS_NAMES for scene in many(label) for part in scene.parts}
    assert kinds == set(world.KINDS), "and every kind is built somewhere"


@pytest.mark.parametrize("label", world.CLASS_NAMES)
def test_names_are_unique_and_tell_the_kind(label: str) -> None:
    for scene in many(label):
        names = scene.part_names
        assert len(set(names)) == len(names)
        for part in scene.parts:
            assert part.name == part.kind or part.name.rsplit(" ", 1)[0] == part.kind
            assert scene.kind(part.name) == part.kind


def test_walls_floor_light_and_camera_do_not_depend_on_the_kind_of_room() -> None:
    for seed in range(20):
        scenes = [scene_of(label, seed) for label in world.CLASS_NAMES]
        bare = {(scene.shell, scene.light, scene.camera) for scene in scenes}
        assert len(bare) == 1, "the same lots give the same bare room, whatever is put into it"
    assert {scene.light.name for scene in many("kitchen")} == set(LIGHTS)
    assert len({scene.shell.floor.texture for scene in many("kitchen")}) >= 5


def test_things_on_the_floor_stand_inside_and_apart() -> None:
    plan = Plan(np.random.default_rng(0), 4.0, 3.5, 2.6)
    cupboard = Piece((box(-0.4, 0.4, 0.0, 0.5, 0.0, 1.0, WHITE),), 0.8, 0.5, 1.0)
    while plan.against("cupboard", cupboard):
        pass
    areas = [footprint(cupboard, *thing.place[:2], thing.turn) for thing in plan.things]
    assert len(areas) >= 4
    for k, (x0, y0, x1, y1) in enumerate(areas):
        assert x0 >= 0 and y0 >= 0 and x1 <= 4.0 and y1 <= 3.75
        for a0, b0, a1, b1 in areas[:k]:
            assert x1 <= a0 or a1 <= x0 or y1 <= b0 or b1 <= y0
    assert [thing.name for thing in plan.things[:3]] == ["cupboard", "cupboard 2", "cupboard 3"]


def test_what_hangs_does_not_hang_over_something_else() -> None:
    plan = Plan(np.random.default_rng(0), 4.0, 3.5, 2.6)
    wide = Piece((), 3.0, 0.05, 1.0)
    assert plan.hang_at("board", wide, 1.0, "back", 2.0) is not None
    assert plan.hang_at("board", wide, 1.5, "back", 2.5) is None
    assert plan.hang_at("board", wide, 1.0, "left", 2.0) is not None
    assert plan.hang_at("board", wide, 1.8, "right", 2.0) is None, "it would reach through the ceiling"
    assert not plan.bare("back", 2.0, 0.5, 1.5) and plan.bare("back", 2.0, 0.5, 0.9)


# ---- pictures and masks


@pytest.mark.parametrize("label", world.CLASS_NAMES)
def test_each_pixel_belongs_to_one_thing_and_boxes_hold_them(label: str) -> None:
    data = world.rooms("val", 1, classes=[label])
    sample = data[0]
    assert (np.sum(list(sample.parts.values()), axis=0) == 1).all()
    assert {"wall", "floor"} <= set(sample.parts) <= {*SHELL, *sample.scene.part_names}
    assert set(sample.boxes) == set(sample.parts) - set(SHELL)
    for name, (x0, y0, x1, y1) in sample.boxes.items():
        mask = sample.parts[name]
        assert mask[y0:y1, x0:x1].sum() == mask.sum() > 0
        x, y = sample.landmarks[name]
        assert x0 <= x < x1 and y0 <= y < y1
    seen = {sample.scene.kind(name) for name in sample.parts}
    assert {name for name, true in sample.attributes.items() if true} == {
        *(f"has {kind}" for kind in seen),
        f"light {sample.scene.light.name}",
    }


@pytest.mark.parametrize("label", world.CLASS_NAMES)
def test_most_of_what_stands_in_a_room_is_seen(label: str) -> None:
    scenes = {seed: scene_of(label, seed) for seed in (0, 1, 2, 4)}
    seen = sum(
        name in drawn(label, seed).parts for seed, scene in scenes.items() for name in scene.part_names
    )
    assert seen >= 0.7 * sum(len(scene.parts) for scene in scenes.values())


@pytest.mark.parametrize("label", world.CLASS_NAMES)
def test_without_a_thing_nothing_else_changes_but_its_shadow(label: str) -> None:
    scene = scene_of(label, 2)
    plain = shadowless(scene)
    before, dark = drawn(label, 2), world.render(plain)
    shown = sorted(before.parts, key=lambda name: -before.parts[name].sum())
    for name in [name for name in shown if name not in SHELL][:3]:
        mask = before.parts[name]
        where = changed(before, world.render(scene.without(name)))
        assert where[mask].mean() > 0.8, f"{name} leaves no trace"
        beside = changed(dark, world.render(plain.without(name))) & ~near(mask)
        assert beside.sum() <= 4 + 0.01 * mask.sum(), "but for slivers too thin to own a pixel"
        shadow = where & ~near(mask)
        things = np.logical_or.reduce([before.parts[other] for other in before.parts if other not in SHELL])
        assert not (shadow & things & ~near(~things)).any(), f"the shadow of {name} falls on walls and floor"


def test_what_was_behind_shows_and_the_rest_is_the_same_thing() -> None:
    scene = scene_of("hotel room", 4)
    before = drawn("hotel room", 4)
    after = world.render(scene.without("bed"))
    assert "bed" in before.parts and "bed" not in after.parts
    assert before.attributes["has bed"] and not after.attributes["has bed"]
    assert (np.sum(list(after.parts.values()), axis=0) == 1).all()
    for name in set(before.parts) - {"bed"}:
        assert not (before.parts[name] & ~after.parts[name]).any(), f"{name} loses nothing"


def test_an_edit_undone_gives_the_same_bytes() -> None:
    scene = scene_of("living room", 1)
    name = scene.part_names[0]
    again = scene.without(name).with_part(scene.part(name))
    assert sorted(again.part_names) == sorted(scene.part_names)
    assert scene.with_part(scene.part(name)) == scene
    assert world.render(scene).image.tobytes() == drawn("living room", 1).image.tobytes()
    moved = scene.moved(name, 0.3, 0.1)
    assert moved != scene and moved.part_names == scene.part_names
    x, y, _ = moved.part(name).place
    assert (x, y) == pytest.approx((scene.part(name).place[0] + 0.3, scene.part(name).place[1] + 0.1))


def test_anothers_thing_can_be_put_in() -> None:
    scene, tub = scene_of("office", 3), scene_of("bathroom", 0).part("bathtub")
    mixed = world.render(scene.with_part(replace(tub, place=(scene.shell.width / 2, 1.2, 0.0), turn=0.0)))
    assert mixed.attributes["has bathtub"]
    assert mixed.parts["bathtub"].sum() > 300


def test_an_unknown_thing_is_named() -> None:
    scene = scene_of("bathroom", 0)
    for edit in (scene.without, scene.kind, scene.part, lambda name: scene.moved(name, 1, 1)):
        with pytest.raises(ValueError, match=r"`name` must be a thing.*Did you mean 'bathtub'"):
            edit("bathtube")
    with pytest.raises(ValueError, match="must be a thing"):
        scene.without("wall")
    assert scene.kind("wall") == "wall"


def test_an_empty_room_is_walls_floor_and_ceiling() -> None:
    bare = world.render(replace(scene_of("kitchen"), parts=()))
    assert set(bare.parts) <= set(SHELL)
    assert not any(bare.attributes[f"has {kind}"] for kind in world.KINDS)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_drawn_finely_it_is_the_same_room(times: int) -> None:
    for seed, label in enumerate(world.CLASS_NAMES[:: 3 * times - 2]):
        scene = scene_of(label, seed)
        scene = replace(scene, light=replace(scene.light, grain=0.0))
        fine = scene.drawn_finely(times)
        assert fine.shape == (128 * times, 128 * times, 3)
        assert fine.dtype == np.uint8
        small = fine.reshape(128, times, 128, times, 3).mean(axis=(1, 3))
        picture = world.render(scene).image.astype(float)
        assert abs(picture - small).mean() < 4
        assert abs(picture.mean(axis=(0, 1)) - small.mean(axis=(0, 1))).max() < 2


@pytest.mark.parametrize("times", [0, 9, 2.0, True])
def test_only_some_sizes_can_be_drawn(times: object) -> None:
    with pytest.raises(ValueError, match="`times` must be a whole number from 1 to 8"):
        world.drawn_finely(scene_of("kitchen"), times)


# ---- geometry, by hand


def test_a_thing_is_seen_where_the_camera_says() -> None:
    shell = Shell(4.0, 4.0, 3.0, WHITE, WHITE, WHITE, WHITE)
    light = Light("day", 0.0, 60.0, 1.0, 0.0, (1.0, 1.0, 1.0), 0.0, 0)
    camera = Camera((2.0, 8.0, 1.5), (2.0, 0.0, 1.5), focus=1.0)
    block = Furnishing("block", "block", (box(-0.25, 0.25, 0.0, 1.0, 0.0, 1.0, WHITE),), (3.0, 3.0, 1.0))
    scene = RoomScene("rooms", "kitchen", shell, (block,), light, camera)
    rows, columns = np.nonzero(world.render(scene).parts["block"])
    # its front is 4 m away: a metre is 32 pixels; from 0.75 m to 1.25 m right, 0.5 m up and down
    assert (rows.min(), rows.max() + 1) == pytest.approx((64 - 16, 64 + 16), abs=1)
    assert columns.max() + 1 == pytest.approx(64 + 1.25 * 32, abs=1)
    # its left side goes back to 5 m, where 0.75 m are 19 pixels
    assert columns.min() == pytest.approx(64 + 0.75 * 128 / 5, abs=1)
    mirrored = world.render(replace(scene, camera=replace(camera, mirrored=True)))
    assert (mirrored.parts["block"] == world.render(scene).parts["block"][:, ::-1]).mean() > 0.995


@pytest.mark.parametrize(
    "shape",
    [
        box(-1, 1, 0, 2, 0, 3, WHITE),
        Taper(disc(0, 0, 1, 8), disc(0, 0, 0.5, 8), 0.0, 2.0, WHITE),
        Taper(rectangle(-1, 0, 1, 1), rectangle(-1, -0.5, 1, 0.2), 0.0, 1.0, WHITE),
    ],
    ids=["box", "cone", "slanted"],
)
def test_normals_point_outwards(shape: Shape) -> None:
    faces = list(polygons(shape))
    middle = np.mean([point for corners, _ in faces for point in corners], axis=0)
    for corners, normal in faces:
        points = np.asarray(corners)
        assert np.linalg.norm(normal) == pytest.approx(1)
        assert (points.mean(axis=0) - middle) @ normal > 0
        assert (points - points[0]) @ normal == pytest.approx(0, abs=1e-9)


def test_a_plate_lies_before_its_surface_by_its_layer() -> None:
    plate = Plate(((0, 0, 0), (1, 0, 0), (1, 0, 1)), (0.0, 1.0, 0.0), WHITE, layer=2)
    ((corners, normal),) = polygons(plate)
    assert [y for _, y, _ in corners] == pytest.approx([0.012] * 3)
    assert normal == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("kind", TEXTURES)
def test_a_texture_leaves_brightness_about_as_it_is(kind: str) -> None:
    u, v = (side.ravel().astype(np.float32) for side in np.meshgrid(*2 * [np.linspace(-2, 2, 60)]))
    factors = texture(kind, 5, u, v)
    assert factors.shape[0] == u.size and factors.shape[1] in (1, 3)
    assert 0 <= factors.min() and factors.max() < 1.6
    assert factors.std() > 0.005
    assert (texture(kind, 5, u, v) == factors).all()
