"""Toyworld keeps its promises: same seed same bytes, true masks, true counterfactuals."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from xaikit.data.images import Sample
from xaikit.worlds import Rendering, Scene, drawn_finely, render, vehicles
from xaikit.worlds.drawing.raster import SUPERSAMPLING, draw_parts, outer_points
from xaikit.worlds.drawing.scene import Frame, Light, Paint, Part, Pose, Shape, Solid
from xaikit.worlds.drawing.shapes import box, on_sides, rectangle

ALL = [(label, pose) for label in vehicles.CLASS_NAMES for pose in vehicles.POSES]
CHARACTERISTIC = {
    "fire engine": {"ladder", "light bar", "hose reel", "shutters", "stripe", "front wheel", "rear wheel"},
    "ambulance": {"cross", "light bar", "star of life", "stripe", "front wheel", "cab", "windshield"},
    "school bus": {"black stripes", "side windows", "warning lights", "stop sign", "front wheel", "door"},
    "city bus": {"destination sign", "side windows", "front door", "colour band", "roof unit", "front wheel"},
    "military truck": {"canvas", "bed", "cab", "front wheel", "spare wheel", "star"},
    "tank": {"tracks", "turret", "gun barrel", "road wheels", "hull", "fenders"},
}


def scene_of(label: str, pose: str, seed: int = 0) -> Scene:
    return vehicles.sample_scene(label, np.random.default_rng(seed), [pose])


def unhidden(scene: Scene) -> Scene:
    return replace(scene, props=tuple(prop for prop in scene.props if not prop.front))


def shadowless(scene: Scene) -> Scene:
    def lit(shape: Shape) -> Shape:
        return replace(shape, casts_shadow=False) if isinstance(shape, Solid) else shape

    parts = (replace(part, shapes=tuple(map(lit, part.shapes))) for part in scene.parts)
    return replace(scene, parts=tuple(parts))


def changed(before: Rendering, after: Rendering) -> np.ndarray:
    return (before.image != after.image).any(axis=-1)


def near(mask: np.ndarray) -> np.ndarray:
    """The mask and the pixels that touch it: a part's rim may cover too little of a pixel to own it."""
    return ndimage.binary_dilation(mask, np.ones((3, 3), bool))


def touched(scene: Scene, name: str) -> np.ndarray:
    """The pixels of which a part covers anything at all, even a sliver too small for its mask."""
    zoom = SUPERSAMPLING
    _, owner = draw_parts(scene, zoom * scene.size, set(range(len(scene.parts))))
    mine = owner == scene.part_names.index(name)
    return mine.reshape(scene.size, zoom, scene.size, zoom).any(axis=(1, 3))


def digest(order: list[int]) -> dict[int, str]:
    data = vehicles.dataset("val", 12, seed=3)
    return {i: hashlib.sha256(data[i].image.tobytes()).hexdigest() for i in order}


def test_same_seed_same_bytes_in_any_order_and_process() -> None:
    code = (
        "import hashlib; from xaikit.worlds import vehicles; d = vehicles.dataset('val', 12, seed=3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in range(11, -1, -1)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = digest([4, 0, 11, 7])
    assert here == {i: elsewhere.stdout.split()[11 - i] for i in here}


def test_a_picture_does_not_depend_on_how_many_there_are() -> None:
    few, many = vehicles.dataset("train", 8, seed=1), vehicles.dataset("train", 100, seed=1)
    assert few.scene(7) == many.scene(7)


def test_splits_and_seeds_share_no_scene() -> None:
    scenes = [vehicles.dataset(split, 12, seed).scene(5) for split in vehicles.SPLITS for seed in (0, 1)]
    assert len(set(scenes)) == len(scenes)


def test_labels_go_round_the_classes_and_pictures_have_their_form() -> None:
    data = vehicles.dataset("test", 7)
    assert data.labels.tolist() == [0, 1, 2, 3, 4, 5, 0]
    sample = data[3]
    assert sample.image.shape == (128, 128, 3)
    assert sample.image.dtype == np.uint8
    assert sample.scene.label == "city bus" == data.class_names[sample.label]
    assert set(sample.attributes) == set(vehicles.VOCABULARY)


def test_the_vocabulary_knows_every_kind_of_part() -> None:
    data = vehicles.dataset("train", 240)
    kinds = {part.kind for i in range(len(data)) for part in data.scene(i).parts}
    assert kinds == set(vehicles.KINDS)


def test_part_names_are_unique() -> None:
    data = vehicles.dataset("train", 240, seed=1)
    for i in range(len(data)):
        names = data.scene(i).part_names
        assert len(set(names)) == len(names)


def test_classes_and_poses_can_be_chosen() -> None:
    data = vehicles.dataset("test", 8, classes=["tank", "city bus"], poses=["side"])
    assert data.class_names == ["tank", "city bus"]
    assert [data.scene(i).label for i in range(3)] == ["tank", "city bus", "tank"]
    assert {data.scene(i).pose.name for i in range(8)} == {"side"}
    assert data[0].attributes["pose side"]
    assert data.scene(-1) == data.scene(7)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"split": "trian"}, "'train'"),
        ({"classes": ["tonk"]}, "'tank'"),
        ({"poses": ["sied"]}, "'side'"),
        ({"classes": []}, "at least one"),
        ({"classes": "tank"}, "list"),
        ({"n": -1}, "0 or more"),
    ],
)
def test_a_wrong_wish_is_named(given: dict, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        vehicles.dataset(**given)


@pytest.mark.parametrize(("label", "pose"), ALL)
def test_every_class_and_pose_shows_its_parts_in_most_scenes(label: str, pose: str) -> None:
    drawn = [render(unhidden(scene_of(label, pose, seed))) for seed in range(12)]
    for part in CHARACTERISTIC[label]:
        seen = sum(part in rendering.parts for rendering in drawn)
        assert seen >= 7, f"{part} is seen in {seen} of 12"


@pytest.mark.parametrize(("label", "pose"), ALL)
def test_masks_are_disjoint_and_the_box_holds_them(label: str, pose: str) -> None:
    rendering = render(scene_of(label, pose, 1))
    total = np.sum(list(rendering.parts.values()), axis=0)
    assert total.max() == 1
    x0, y0, x1, y1 = rendering.box
    inside = np.zeros_like(total)
    inside[y0:y1, x0:x1] = 1
    assert (total <= inside).all()
    assert total[y0].any() and total[y1 - 1].any() and total[:, x0].any() and total[:, x1 - 1].any()
    for name, (x, y) in rendering.landmarks.items():
        assert x0 <= x < x1 and y0 <= y < y1, name


@pytest.mark.parametrize("label", vehicles.CLASS_NAMES)
def test_most_objects_are_wholly_in_the_picture_and_all_are_seen(label: str) -> None:
    whole = 0
    for seed in range(40):
        scene = scene_of(label, vehicles.POSES[seed % 3], seed)
        points = outer_points(scene)
        whole += points.min() > -6 and points.max() < scene.size + 6
        middle = points.min(axis=0) / 2 + points.max(axis=0) / 2
        assert (abs(middle / scene.size - 0.5) < 0.42).all()
    assert whole >= 32


@pytest.mark.parametrize(("label", "pose"), ALL)
def test_without_a_part_nothing_else_changes(label: str, pose: str) -> None:
    scene = shadowless(scene_of(label, pose, 2))
    before = render(scene)
    for name, mask in before.parts.items():
        where = changed(before, render(scene.without(name)))
        assert where[mask].mean() > 0.5, f"{name} leaves no trace"
        assert not (where & ~touched(scene, name)).any(), f"{name} changes more than itself"


@pytest.mark.parametrize("label", vehicles.CLASS_NAMES)
def test_a_shadow_falls_on_the_ground_only(label: str) -> None:
    scene = unhidden(scene_of(label, "side", 2))
    where = changed(render(scene), render(shadowless(scene)))
    assert where.any()
    assert np.nonzero(where)[0].min() >= int(scene.backdrop.horizon * scene.size)


def test_without_a_part_what_is_behind_it_shows() -> None:
    scene = unhidden(scene_of("ambulance", "side", 0))
    cross = render(scene).parts["cross"]
    behind = render(scene.without("cross")).parts
    assert behind["body"][cross].mean() > 0.9


def test_an_absent_part_is_absent_everywhere() -> None:
    scene = scene_of("fire engine", "side", 5)
    assert render(scene).attributes["has ladder"]
    bare = scene.without("ladder")
    drawn = render(bare)
    assert "ladder" not in bare.part_names
    assert "ladder" not in drawn.parts
    assert "ladder" not in drawn.landmarks
    assert not drawn.attributes["has ladder"]


def test_an_unknown_part_is_named() -> None:
    scene = scene_of("fire engine", "side")
    for edit in (scene.without, scene.kind, scene.part, lambda name: scene.moved(name, 1, 1)):
        with pytest.raises(ValueError, match="Did you mean 'ladder'"):
            edit("lader")


def test_editing_leaves_the_scene_as_it_was() -> None:
    scene = scene_of("tank", "side")
    names = scene.part_names
    scene.without("turret")
    scene.moved("hull", 3, 0)
    assert scene.part_names == names
    assert scene.part("hull").offset == (0.0, 0.0)
    assert scene.kind("road wheels") == "road wheel"


def test_anothers_part_is_fitted() -> None:
    bus, engine = scene_of("school bus", "side", 1), scene_of("fire engine", "side", 5)
    mixed = unhidden(bus.with_part(engine.part("ladder")))
    drawn = render(mixed)
    assert drawn.attributes["has ladder"]
    ladder, body = drawn.landmarks["ladder"], drawn.landmarks["body"]
    assert ladder[1] < body[1], "a ladder lies on the roof"
    lowest = np.nonzero(drawn.parts["ladder"])[0].max()
    roof = np.nonzero(drawn.parts["body"])[0].min()
    assert roof - 2 <= lowest <= roof + 8, "and touches it"


def test_a_part_of_the_same_name_is_replaced() -> None:
    ours, theirs = scene_of("ambulance", "side", 1), scene_of("fire engine", "side", 5)
    mixed = ours.with_part(theirs.part("light bar"))
    assert mixed.part_names == ours.part_names
    assert mixed.part("light bar").shapes != ours.part("light bar").shapes


def test_a_moved_part_travels_whole() -> None:
    scene = unhidden(scene_of("ambulance", "side", 0))
    before, after = render(scene), render(scene.moved("cross", 6, -3))
    expected = np.roll(before.parts["cross"], (-3, 6), axis=(0, 1))
    assert (after.parts["cross"] == expected).all()
    assert not (changed(before, after) & ~near(before.parts["cross"] | expected)).any()


def test_moved_out_of_the_picture_is_gone() -> None:
    drawn = render(scene_of("ambulance", "side", 0).moved("cross", 500, 0))
    assert "cross" not in drawn.parts


def test_there_and_back_again() -> None:
    scene = scene_of("city bus", "side")
    assert (
        render(scene.moved("body", 4, 2).moved("body", -4, -2)).image.tobytes()
        == render(scene).image.tobytes()
    )


def test_with_no_part_at_all_only_the_backdrop_is_drawn() -> None:
    scene = replace(scene_of("tank", "side"), parts=())
    drawn = render(scene)
    assert drawn.box is None
    assert drawn.parts == {} == drawn.landmarks
    assert drawn.image.std() > 0


def grainless(scene: Scene) -> Scene:
    return replace(scene, light=replace(scene.light, grain=0.0))


def reduced(fine: np.ndarray, times: int) -> np.ndarray:
    size = len(fine) // times
    return fine.reshape(size, times, size, times, 3).mean(axis=(1, 3))


def shift_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(x, y) in pixels by which the second picture lies beside the first, by least squares."""
    before, after = first.mean(axis=2), second.mean(axis=2)
    slopes = np.gradient((before + after) / 2)[::-1]
    return -np.linalg.lstsq(np.stack([s.ravel() for s in slopes], 1), (after - before).ravel())[0]


@pytest.mark.parametrize("backdrop", vehicles.BACKDROPS)
@pytest.mark.parametrize("times", [2, 3, 4])
def test_drawn_finely_it_is_the_same_scene(backdrop: str, times: int) -> None:
    for seed, label in enumerate(vehicles.CLASS_NAMES):
        scene = grainless(scene_of(label, vehicles.POSES[seed % 3], seed))
        scene = replace(scene, backdrop=replace(scene.backdrop, kind=backdrop))
        fine = drawn_finely(scene, times)
        assert fine.shape == (128 * times, 128 * times, 3)
        assert fine.dtype == np.uint8
        picture, small = render(scene).image.astype(float), reduced(fine, times)
        assert abs(picture - small).mean() < 3
        assert abs(picture.mean(axis=(0, 1)) - small.mean(axis=(0, 1))).max() < 1.5
        assert abs(shift_between(picture, small)).max() < 0.15


def test_the_shift_is_measured_rightly() -> None:
    picture = render(grainless(scene_of("tank", "side"))).image.astype(float)
    moved = ndimage.shift(picture, (0.4, -0.3, 0), order=1, mode="nearest")
    assert shift_between(picture, moved) == pytest.approx([-0.3, 0.4], abs=0.12)


def test_drawn_finely_there_is_more_to_see() -> None:
    scene = grainless(scene_of("fire engine", "side", 5))
    picture, fine = render(scene).image, drawn_finely(scene, 4).astype(float)
    enlarged = picture.repeat(4, axis=0).repeat(4, axis=1).astype(float)
    smooth = ndimage.gaussian_filter(enlarged, (2, 2, 0))
    assert np.abs(np.diff(fine, axis=1)).max() > 1.5 * np.abs(np.diff(smooth, axis=1)).max()


def test_drawn_finely_edits_are_seen_where_they_are() -> None:
    scene = grainless(unhidden(scene_of("ambulance", "side", 0)))
    cross = render(scene).parts["cross"]
    for edited in (scene.without("cross"), scene.moved("cross", 9, -5)):
        where = (drawn_finely(scene, 4) != drawn_finely(edited, 4)).any(axis=-1)
        where = where.reshape(128, 4, 128, 4).any(axis=(1, 3))
        drawn = render(edited).parts.get("cross", cross)
        assert where[cross].mean() > 0.9
        assert not (where & ~ndimage.binary_dilation(near(cross | drawn), iterations=2)).any()


def test_the_same_scene_drawn_finely_gives_the_same_bytes() -> None:
    scene = scene_of("city bus", "side", 3)
    assert drawn_finely(scene, 2).tobytes() == drawn_finely(scene, 2).tobytes()


@pytest.mark.parametrize("times", [0, 9, 1.5, True, "4"])
def test_a_wrong_size_of_a_finer_picture_is_named(times: object) -> None:
    with pytest.raises(ValueError, match="`times` must be a whole number"):
        drawn_finely(scene_of("tank", "side"), times)


def test_a_sample_gives_its_finer_picture_where_it_knows_its_scene() -> None:
    sample = vehicles.dataset("test", 2)[1]
    assert (sample.finer(2) == drawn_finely(sample.scene, 2)).all()
    assert sample.finer().shape == (512, 512, 3)
    assert replace(sample, scene=None).finer() is None
    assert Sample(sample.image, 0, "x", scene="words").finer() is None


def by_hand(*parts: Part) -> Scene:
    """Ten pixels a metre, seen exactly from the side, front to the right, floor at row 90."""
    scene = scene_of("tank", "side")
    light = Light("noon", 0.0, 0.0, 1.0, 0.0, (1.0, 1.0, 1.0), 0.0, 0)
    return replace(
        scene, parts=parts, pose=Pose("side", 0.0, 0.0), scale=10.0, place=(60.0, 90.0), light=light, props=()
    )


FRAME = Frame(2.0, 1.0, 2.0)


def test_by_hand_a_cuboid_falls_where_it_must() -> None:
    block = Part("block", "block", (box(-2, 2, -1, 1, 0, 2, Paint((100, 100, 100))),), FRAME)
    rendering = render(by_hand(block))
    rows, columns = np.nonzero(rendering.parts["block"])
    assert (columns.min(), columns.max()) == (40, 80)
    assert (rows.min(), rows.max()) == (70, 90)
    x, y = rendering.landmarks["block"]
    assert (x, y) == (pytest.approx(60, abs=0.5), pytest.approx(80, abs=0.5))


def test_by_hand_the_nearer_side_hides_the_farther() -> None:
    near_block = Part("near", "block", (box(-1, 1, 0.5, 1, 0, 1, Paint((200, 0, 0))),), FRAME)
    far_block = Part("far", "block", (box(-1, 1, -1, -0.5, 0, 2, Paint((0, 0, 200))),), FRAME)
    for parts in ((near_block, far_block), (far_block, near_block)):
        drawn = render(by_hand(*parts)).parts
        assert np.nonzero(drawn["far"])[0].max() <= 80
        assert np.nonzero(drawn["near"])[0].min() >= 80


def test_by_hand_a_plate_is_seen_from_its_own_side_and_above_its_ground() -> None:
    block = Part("block", "block", (box(-2, 2, -1, 1, 0, 2, Paint((100, 100, 100))),), FRAME)
    right, left = on_sides(rectangle(0, 1, 1, 2), 1.0, Paint((255, 255, 255)))
    shown = render(by_hand(block, Part("sign", "sign", (right,), FRAME)))
    assert shown.landmarks["sign"] == (pytest.approx(65, abs=0.6), pytest.approx(75, abs=0.6))
    assert "sign" not in render(by_hand(block, Part("sign", "sign", (left,), FRAME))).parts
