"""The world of animals: same seed same bytes, true parts, and parts that can be taken off."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from xaikit.data.images import Sample
from xaikit.loading import load_images
from xaikit.worlds.animals import KINDS, LIGHTS, PARTS, PARTS_OF, PLACES, POSES_OF, AnimalScene, animals
from xaikit.worlds.animals.coats import COLORS, sample_coat
from xaikit.worlds.animals.pieces import limb
from xaikit.worlds.animals.places import HINDRANCES
from xaikit.worlds.animals.scenes import SHARES, SIZE, sample_scene
from xaikit.worlds.animals.shapes import shape_of
from xaikit.worlds.drawing.pen import Frame
from xaikit.worlds.drawing.scene import Hindrance

NEAR = 2  # pixels within which the border of a part is soft
SLIVERS = 24  # pixels of which a part owns a little, as of whiskers, beyond those of which it owns most
N = 48


def digest(image: np.ndarray) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def bare(
    kind: str, seed: int = 0, pose: str = "standing", facing: bool = False, share: float = 0.75
) -> AnimalScene:
    """An animal in the middle of its picture, with nothing before it."""
    scene = sample_scene(kind, np.random.default_rng(seed))
    x0, y0, x1, y1 = shape_of(kind, pose, facing, scene.build_seed).bounds()
    reach = share * SIZE / max(x1 - x0, y1 - y0)
    frame = Frame(((SIZE - reach * (x0 + x1)) / 2, (SIZE - reach * (y0 + y1)) / 2), reach)
    return replace(scene, pose=pose, facing=facing, frame=frame, hindrance=None)


def changed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first != second).any(axis=-1)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(animals("train", N))


# ---- the set


def test_same_seed_same_bytes_in_any_order_and_process() -> None:
    code = (
        "import hashlib; from xaikit.worlds.animals import animals; d = animals('val', 8, 3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in range(7, -1, -1)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    data = load_images("toyworld/animals", "val", n=8, seed=3)
    assert [digest(data[i].image) for i in (5, 0, 7)] == [elsewhere.stdout.split()[7 - i] for i in (5, 0, 7)]


def test_splits_seeds_and_turns_share_no_picture() -> None:
    scenes = [
        animals(split, 14, seed).scene(i)
        for split in ("train", "val", "test")
        for seed in (0, 1)
        for i in (0, 1, 6)
    ]
    assert (
        len({scene.place.seed for scene in scenes})
        == len({scene.build_seed for scene in scenes})
        == len(scenes)
    )
    ids = [animals("test", 14, seed)[i].id for seed in (0, 1) for i in (0, 6)]
    assert len(set(ids)) == len(ids)


def test_a_picture_does_not_depend_on_how_many_there_are_nor_on_the_other_classes() -> None:
    whole, some = animals("train", 60, seed=1), animals("train", 6, seed=1, classes=["sheep", "cat"])
    there = len(KINDS) + KINDS.index("sheep")
    assert (some[2].image == whole[there].image).all()
    assert some[2].id == whole[there].id and some[2].scene == whole.scene(there)


def test_pictures_have_their_form_and_labels_go_round_the_classes(samples: list[Sample]) -> None:
    assert animals("train", 1).class_names == ["bird", "cat", "cow", "dog", "horse", "sheep"]
    assert [sample.label for sample in samples] == list(np.arange(N) % 6)
    for sample in samples:
        assert sample.image.shape == (SIZE, SIZE, 3) and sample.image.dtype == np.uint8
        assert sample.image.std() > 8, "a picture shows something"
    assert len(animals("val")) % 6 == 0


def test_wrong_wishes_are_named() -> None:
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        animals("trian")
    with pytest.raises(ValueError, match="`n` must be a whole number, 0 or more; got -1"):
        animals("test", -1)
    with pytest.raises(ValueError, match="Did you mean 'horse'"):
        animals(classes=["hors"])
    with pytest.raises(ValueError, match="list of at least one"):
        animals(classes=[])
    with pytest.raises(TypeError, match="A set has no order"):
        animals(classes={"cat", "dog"})
    with pytest.raises(IndexError):
        animals("test", 4).scene(4)
    with pytest.raises(ValueError, match=r"`kind` must be one of .*Did you mean 'sheep'"):
        sample_scene("shep", np.random.default_rng(0))


# ---- parts, landmarks, boxes


def test_every_pixel_belongs_to_one_part_and_landmarks_lie_in_theirs(samples: list[Sample]) -> None:
    for sample in samples:
        assert set(sample.parts) <= set(PARTS_OF[sample.scene.animal])
        owners = np.sum(list(sample.parts.values()), axis=0)
        assert owners.max() == 1
        x0, y0, x1, y1 = sample.box
        assert owners[y0:y1, x0:x1].sum() == owners.sum()
        assert owners[y0].any() and owners[y1 - 1].any() and owners[:, x0].any() and owners[:, x1 - 1].any()
        assert sample.boxes == {sample.scene.animal: sample.box}
        assert sample.landmarks.keys() == sample.parts.keys()
        for name, (x, y) in sample.landmarks.items():
            assert sample.parts[name][int(y), int(x)], name


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_is_there_where_nothing_hides_it(kind: str) -> None:
    assert set(bare(kind, 3).rendered().parts) == set(PARTS_OF[kind])


def test_parts_are_those_of_pascal_part() -> None:
    assert {kind for kind in KINDS if "horn" in PARTS_OF[kind]} == {"cow"}
    assert {kind for kind in KINDS if "beak" in PARTS_OF[kind]} == {"bird"}
    for kind in KINDS:
        assert {"head", "eye", "neck", "torso", "leg", "tail"} <= set(PARTS_OF[kind]) <= set(PARTS)
        assert ("wing" in PARTS_OF[kind]) != ("ear" in PARTS_OF[kind]) == ("muzzle" in PARTS_OF[kind])


def test_the_animal_is_anywhere(samples: list[Sample]) -> None:
    """The middle of the picture is a bad guess of where a part is."""
    boxes = np.array([sample.box for sample in samples])
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    assert np.median(sides) >= 0.45 * SIZE and sides.max() <= (SHARES[1] + 0.08) * SIZE
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert (np.ptp(middles, axis=0) > 0.55 * SIZE).all()
    heads = np.array([sample.landmarks["head"] for sample in samples if "head" in sample.parts])
    assert np.median(np.hypot(*(heads - SIZE / 2).T)) > 0.25 * SIZE


def test_the_border_cuts_some_animals(samples: list[Sample]) -> None:
    cut = [min(s.box[:2]) == 0 or max(s.box[2:]) == SIZE for s in samples]
    assert 0.15 < np.mean(cut) < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_a_shape_stands_on_the_ground_in_every_pose(kind: str) -> None:
    for pose in POSES_OF[kind]:
        for facing in (False, True):
            shape = shape_of(kind, pose, facing, 5)
            legs = max(piece.bounds()[3] for piece in shape.pieces if piece.part == "leg")
            assert abs(legs) < 0.05, (pose, facing)
            assert shape.bounds()[3] < 0.35, "no head below the ground"
            assert {piece.part for piece in shape.pieces} | {"eye"} == set(PARTS_OF[kind])
    seeds = {shape_of(kind, "standing", False, seed).bounds() for seed in range(4)}
    assert len(seeds) == 4, "no two have the same proportions"


# ---- parts taken off


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_part_the_picture_changes_there_alone(kind: str) -> None:
    scene = bare(kind, 2)
    whole = scene.rendered()
    for part in scene.part_names:
        off = scene.without(part).rendered()
        differs, seen = changed(whole.image, off.image), whole.parts[part]
        assert differs[seen].mean() > 0.4, part
        near = ndimage.binary_dilation(seen, np.ones((3, 3)), iterations=NEAR)
        assert differs[~near].sum() <= SLIVERS, part
        assert part not in off.parts and set(off.parts) == set(whole.parts) - {part}
        for other, mask in off.parts.items():
            assert (mask | seen)[whole.parts[other]].mean() > 0.9, "what is not behind it stays"
        assert off.attributes["has " + part] is False and whole.attributes["has " + part] is True


def test_what_is_behind_a_part_shows() -> None:
    """Behind a cat's muzzle is its head, behind a horse's tail the surroundings."""
    cat = bare("cat", 1, facing=True)
    seen = cat.rendered().parts["muzzle"]
    assert cat.without("muzzle").rendered().parts["head"][seen].mean() > 0.6
    horse = bare("horse", 1)
    gone = horse.without("tail").rendered()
    empty = horse
    for part in PARTS_OF["horse"]:
        empty = empty.without(part)
    nothing = empty.rendered()
    assert nothing.parts == {} and nothing.box is None and nothing.landmarks == {}
    inner = ndimage.binary_erosion(horse.rendered().parts["tail"], iterations=2) & ~gone.parts["leg"]
    behind = inner & ~gone.parts["torso"]
    assert behind.sum() > 20 and (gone.image[behind] == nothing.image[behind]).all()


def test_parts_are_taken_off_in_any_order() -> None:
    scene = bare("cow", 4)
    first, second = scene.without("horn").without("ear"), scene.without("ear").without("horn")
    assert (first.rendered().image == second.rendered().image).all()
    assert first.part_names == [part for part in PARTS_OF["cow"] if part not in ("horn", "ear")]
    assert scene.removed == () and scene.kind("horn") == "horn" and scene.label == "cow"


def test_a_part_that_is_not_there_is_named() -> None:
    scene = bare("dog")
    with pytest.raises(
        ValueError, match=r"got 'ears'\. Did you mean 'ear'\? This dog has: torso, neck, head"
    ):
        scene.without("ears")
    with pytest.raises(ValueError, match="got 'horn'"):
        scene.kind("horn")
    with pytest.raises(ValueError, match="got 'tail'"):
        scene.without("tail").without("tail")


# ---- around the animal


def test_surroundings_do_not_depend_on_the_kind() -> None:
    scenes = [sample_scene(kind, np.random.default_rng(4)) for kind in KINDS]
    assert (
        len({(scene.place.kind, scene.place.seed, scene.light, scene.frame.mirrored) for scene in scenes})
        == 1
    )
    shares = [
        np.subtract(s.shape().bounds()[2:], s.shape().bounds()[:2]).max() * s.frame.reach for s in scenes
    ]
    assert np.ptp(shares) < 1e-9, "nor does how large it is"
    seen = [
        {sample_scene(kind, np.random.default_rng(s)).hindrance is None for kind in KINDS} for s in range(9)
    ]
    assert all(len(own) == 1 for own in seen), "nor whether something is before it"


def test_all_places_lights_poses_and_coats_come_up() -> None:
    scenes = {kind: [sample_scene(kind, np.random.default_rng(seed)) for seed in range(60)] for kind in KINDS}
    for kind, own in scenes.items():
        assert {scene.place.kind for scene in own} == set(PLACES), kind
        assert {scene.light.name for scene in own} == set(LIGHTS)
        assert {scene.pose for scene in own} == set(POSES_OF[kind])
        assert len({scene.coat.name for scene in own}) >= len(COLORS) - 1, "a color tells no kind"
        assert {scene.facing for scene in own} == ({False} if kind == "bird" else {False, True})


@pytest.mark.parametrize("kind", HINDRANCES)
def test_what_is_before_an_animal_makes_its_masks_smaller(kind: str) -> None:
    scene = bare("horse", 6)
    free = scene.rendered()
    x, y = free.landmarks["torso"]
    hidden = replace(scene, hindrance=Hindrance(kind, 3, (2 * x / SIZE - 1, 2 * y / SIZE - 1))).rendered()
    assert hidden.attributes["occluded"] and not free.attributes["occluded"]
    seen, left = (np.logical_or.reduce(list(one.parts.values())) for one in (free, hidden))
    assert not (left & ~seen).any() and seen.sum() - left.sum() > 40


def test_attributes_answer_all_questions(samples: list[Sample]) -> None:
    names = set(samples[0].attributes)
    for sample in samples:
        scene, told = sample.scene, {name for name, true in sample.attributes.items() if true}
        assert set(sample.attributes) == names
        assert told >= {f"pose {scene.pose}", f"surroundings {scene.place.kind}", f"light {scene.light.name}"}
        assert {name.removeprefix("has ") for name in told if name.startswith("has ")} == set(sample.parts)
        assert ("looks left" in told) == scene.frame.mirrored
    assert 0.15 < np.mean([sample.attributes["occluded"] for sample in samples]) < 0.6
    assert 0.25 < np.mean([sample.attributes["looks left"] for sample in samples]) < 0.75


# ---- drawn larger, and by hand


def test_the_same_animal_can_be_drawn_larger() -> None:
    scene = bare("sheep", 2).without("ear")
    scene = replace(scene, light=replace(scene.light, grain=0.0))
    fine, small = scene.drawn_finely(2), scene.rendered().image
    assert fine.shape == (2 * SIZE, 2 * SIZE, 3)
    reduced = fine.reshape(SIZE, 2, SIZE, 2, 3).mean(axis=(1, 3))
    assert np.abs(reduced - small).mean() < 4
    for wrong in (0, 9, 2.0, True):
        with pytest.raises(ValueError, match="`times` must be a whole number from 1 to 8"):
            scene.drawn_finely(wrong)
    assert animals("test", 1)[0].finer(1).shape == (SIZE, SIZE, 3)


def test_a_limb_is_as_large_as_its_radii() -> None:
    left, top, right, bottom = limb("leg", [(0.0, 0.0), (2.0, 1.0)], [0.5, 0.25]).bounds()
    assert (left, top, right, bottom) == (-0.5, -0.5, 2.25, 1.25)


def test_a_pattern_covers_a_share_of_the_coat() -> None:
    places = np.meshgrid(*[np.linspace(-1, 1, 40, dtype=np.float32)] * 2)
    coat = sample_coat("cow", np.random.default_rng(0))
    for pattern, low, high in (
        ("plain", 0, 0),
        ("patched", 0.1, 0.9),
        ("pale below", 0.2, 0.8),
        ("striped", 0.2, 0.6),
    ):
        mix = replace(coat, pattern=pattern).mix(*places, middle=0.0)
        assert mix.min() >= 0 and mix.max() <= 1 and low <= mix.mean() <= high, pattern
