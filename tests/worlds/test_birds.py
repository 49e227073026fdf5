"""The world of birds: same seed same bytes, true parts, marks that are where they are said to be."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from xaikit.core.errors import did_you_mean
from xaikit.data.images import Sample
from xaikit.loading import load_images
from xaikit.worlds import birds as world
from xaikit.worlds.birds import FAMILY, MARKS, PARTS, PLACES, RIVALS, SPECIES, BirdScene, birds, parts_apart
from xaikit.worlds.birds.builds import BUILDS, POSTURES
from xaikit.worlds.birds.scenes import SIZE, sample_scene
from xaikit.worlds.birds.shapes import shape_of
from xaikit.worlds.birds.species import FAMILIES, MALE_SPOT
from xaikit.worlds.drawing.canvas import Canvas
from xaikit.worlds.drawing.pen import Frame, box
from xaikit.worlds.drawing.scene import Hindrance

NEAR = 4  # pixels within which feathers of one part fray into the next


def digest(image: np.ndarray) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def bare(species: str, seed: int = 0, kind: str = "leaves") -> BirdScene:
    """A scene with nothing before the bird, at a place without water."""
    scene = sample_scene(species, np.random.default_rng(seed))
    place = replace(scene.place, kind=kind)
    posture = "level" if scene.posture == "swimming" else scene.posture
    return replace(scene, hindrance=None, place=place, posture=posture)


def changed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first != second).any(axis=-1)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(birds("train", 72))


# ---- the set


def test_same_seed_same_bytes_in_any_order_and_process() -> None:
    code = (
        "import hashlib; from xaikit.loading import load_images;"
        "d = load_images('toyworld/birds', 'val', n=8, seed=3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in range(7, -1, -1)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    data = load_images("toyworld/birds", "val", n=8, seed=3)
    assert [digest(data[i].image) for i in (5, 0, 7)] == [elsewhere.stdout.split()[7 - i] for i in (5, 0, 7)]


def test_splits_seeds_and_turns_share_no_picture() -> None:
    shown = [
        digest(birds(split, 27, seed)[i].image)
        for split in ("train", "val", "test")
        for seed in (0, 1)
        for i in (0, 2, 26)
    ]
    assert len(set(shown)) == len(shown)
    ids = [birds("test", 27, seed)[i].id for seed in (0, 1) for i in (0, 2, 26)]
    assert len(set(ids)) == len(ids)


def test_a_picture_does_not_depend_on_how_many_there_are_nor_on_the_other_classes() -> None:
    whole = birds("train", 60, seed=1)
    some = birds("train", 6, seed=1, classes=["white-browed wren", "red-crowned finch"])
    there = len(SPECIES) + SPECIES.index("white-browed wren")
    assert (some[2].image == whole[there].image).all()
    assert some[2].id == whole[there].id
    assert some[2].scene == whole.scene(there)
    assert some.hierarchy == whole.hierarchy


def test_pictures_have_their_form_and_labels_go_round_the_classes(samples: list[Sample]) -> None:
    assert [sample.label for sample in samples] == list(np.arange(72) % 24)
    for sample in samples:
        assert sample.image.shape == (SIZE, SIZE, 3)
        assert sample.image.dtype == np.uint8
        assert sample.image.std() > 8, "a picture shows something"
    assert len(birds("val")) % len(SPECIES) == 0


def test_wrong_wishes_are_named() -> None:
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        birds("trian")
    with pytest.raises(ValueError, match="`n` must be a whole number, 0 or more; got -1"):
        birds("test", -1)
    with pytest.raises(ValueError, match="`seed` must be a whole number, 0 or more; got -2"):
        birds("test", 4, -2)
    with pytest.raises(ValueError, match="Did you mean 'blue-tailed jay'"):
        birds(classes=["blue-tailed jy"])
    for wrong in ("blue-tailed jay", []):
        with pytest.raises(ValueError, match="list of at least one"):
            birds(classes=wrong)
    with pytest.raises(TypeError, match="A set has no order"):
        birds(classes={"blue-tailed jay"})
    with pytest.raises(IndexError, match="picture 4 of a set of 4"):
        birds("test", 4)[4]
    with pytest.raises(IndexError):
        birds("test", 4).scene(4)


# ---- what is known of the species


def test_there_is_as_much_as_was_promised() -> None:
    assert len(SPECIES) == len(set(SPECIES)) >= 20
    assert 6 <= len(FAMILIES) <= 8
    assert set(BUILDS) == set(FAMILIES)
    assert len(set(MARKS.values())) >= 12, "which part it is, is a real question"


def test_hierarchy_and_truths_hold_families_marks_and_rivals() -> None:
    data = birds("test", 1)
    assert data.hierarchy is not None
    assert data.hierarchy.labels(SPECIES) == [FAMILY[name] for name in SPECIES]
    assert data.truth("mark") == MARKS
    assert data.truth("rival") == RIVALS
    assert set(MARKS.values()) <= set(PARTS)


@pytest.mark.parametrize("species", SPECIES)
def test_a_species_is_told_from_its_rival_by_its_mark_alone(species: str) -> None:
    assert FAMILY[RIVALS[species]] == FAMILY[species]
    assert parts_apart(species, RIVALS[species]) == [MARKS[species]]


def test_no_species_of_a_family_is_nearer_than_its_rival() -> None:
    for species in SPECIES:
        for other in SPECIES:
            apart = parts_apart(species, other)
            assert (apart == []) == (species == other)
            if FAMILY[other] != FAMILY[species]:
                assert len(apart) > 2
            else:
                assert len(apart) <= 2


@pytest.mark.parametrize("species", SPECIES)
def test_with_its_rivals_mark_a_bird_is_its_rival_and_changes_there_alone(species: str) -> None:
    scene, rival, mark = bare(species, 2), RIVALS[species], MARKS[species]
    drawn, other = scene.rendered(), scene.with_mark(mark, rival).rendered()
    assert (other.image == replace(scene, species=rival).rendered().image).all()
    differs, seen = changed(drawn.image, other.image), drawn.parts[mark]
    assert differs[seen].mean() > 0.9, "where the paint is"
    near = ndimage.binary_dilation(seen, iterations=NEAR)
    apart = np.abs(drawn.image.astype(int) - other.image).max(axis=-1)
    assert (apart[~near] <= 40).all() and differs[~near].mean() < 0.002, "and nowhere else"
    assert drawn.parts.keys() == other.parts.keys()
    assert all((drawn.parts[part] == other.parts[part]).all() for part in PARTS if part in drawn.parts)


def test_a_mark_can_be_seen() -> None:
    """A grid of 16 x 16 has cells of 8 x 8 pixels: a mark is about as large, or larger."""
    for species in SPECIES:
        drawn = [bare(species, seed).rendered() for seed in range(2)]
        assert np.median([one.parts[MARKS[species]].sum() for one in drawn]) >= 64, species


def test_repainting_back_gives_the_scene_back() -> None:
    scene = bare("red-crowned finch")
    there = scene.with_mark("crown", "blue-tailed jay")
    assert there != scene
    assert there.with_mark("crown", "red-crowned finch") == scene
    assert there.with_mark("crown", "grey-crowned finch").repainted == (("crown", "grey-crowned finch"),)


@pytest.mark.parametrize(
    ("part", "species", "known"),
    [("crwn", "blue-tailed jay", PARTS), ("crown", "blue-tailed jey", SPECIES)],
)
def test_wrong_edits_are_named(part: str, species: str, known: tuple[str, ...]) -> None:
    wrong = part if part not in PARTS else species
    with pytest.raises(ValueError, match="must be one of") as raised:
        bare("red-crowned finch").with_mark(part, species)
    assert str(raised.value).endswith(did_you_mean(wrong, known))
    with pytest.raises(ValueError, match="`species` must be one of"):
        sample_scene("dodo", np.random.default_rng(0))


# ---- male and female


def test_males_and_females_differ_by_one_spot() -> None:
    scene = bare("black-backed woodpecker", 1)
    male, female = (scene.with_sex(sex).rendered() for sex in ("male", "female"))
    differs, seen = changed(male.image, female.image), male.parts[MALE_SPOT]
    assert differs[seen].mean() > 0.9
    near = ndimage.binary_dilation(seen, iterations=NEAR)
    assert differs[~near].mean() < 0.002
    red = male.image[seen].mean(axis=0)
    assert red[0] > 2 * red[1], "it is red"
    assert male.attributes["sex male"] and not male.attributes["sex female"]


def test_a_wrong_sex_is_named() -> None:
    with pytest.raises(ValueError, match=r"`sex` must be one of .*Did you mean 'female'"):
        bare("black-backed woodpecker").with_sex("femal")
    with pytest.raises(ValueError, match="look alike, as finches do"):
        bare("red-crowned finch").with_sex("male")


def test_the_sex_is_known_of_those_families_alone_where_it_can_be_seen() -> None:
    kinds = {species: set() for species in SPECIES}
    for species in SPECIES:
        for seed in range(8):
            kinds[species].add(sample_scene(species, np.random.default_rng(seed)).sex)
    for species, sexes in kinds.items():
        spotted = FAMILIES[FAMILY[species]].male_spot is not None
        assert sexes == ({"male", "female"} if spotted else {"unknown"}), species
    assert any(family.male_spot is not None for family in FAMILIES.values())


# ---- parts, landmarks, boxes


def test_every_pixel_belongs_to_one_part_and_landmarks_lie_in_theirs(samples: list[Sample]) -> None:
    for sample in samples:
        assert set(sample.parts) <= set(PARTS)
        owners = np.sum(list(sample.parts.values()), axis=0)
        assert owners.max() == 1
        x0, y0, x1, y1 = sample.box
        assert owners[y0:y1, x0:x1].sum() == owners.sum()
        assert owners[y0].any() and owners[y1 - 1].any() and owners[:, x0].any() and owners[:, x1 - 1].any()
        assert list(sample.boxes.values()) == [sample.box]
        assert sample.landmarks.keys() == sample.parts.keys()
        for name, (x, y) in sample.landmarks.items():
            assert sample.parts[name][int(y), int(x)], name
            assert x0 <= x < x1 and y0 <= y < y1


def test_every_part_is_there_where_nothing_hides_it() -> None:
    for family, known in FAMILIES.items():
        assert set(bare(known.ordinary, 3).rendered().parts) == set(PARTS), family


def test_masks_lie_where_the_paint_is() -> None:
    """Painted in a color that is nowhere else, a part is where its mask says."""
    light = replace(bare("yellow-billed gull").light, grain=0.0, tint=(1.0, 1.0, 1.0))
    for part in ("breast", "crown", "throat", "tail"):
        scene = replace(bare("yellow-billed gull", 5), light=light)
        donor = next(name for name in SPECIES if part in parts_apart(name, scene.species))
        before, after = scene.rendered(), scene.with_mark(part, donor).rendered()
        apart = np.abs(before.image.astype(int) - after.image).max(axis=-1) > 20
        seen = before.parts[part]
        assert (apart & seen).sum() / (apart | seen).sum() > 0.6, (part, donor)


def test_the_bird_is_large_and_anywhere(samples: list[Sample]) -> None:
    boxes = np.array([sample.box for sample in samples])
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    assert sides.min() >= 0.4 * SIZE
    assert np.median(sides) >= 0.6 * SIZE
    assert np.ptp(boxes[:, 0]) > 20 and np.ptp(boxes[:, 1]) > 20


@pytest.mark.parametrize("posture", POSTURES)
@pytest.mark.parametrize("family", BUILDS)
def test_a_shape_stands_on_its_origin(family: str, posture: str) -> None:
    shape = shape_of(family, posture)
    assert set(shape.parts) == set(PARTS) - {"eye"}
    feet = np.concatenate(shape.parts["legs"])
    body = np.concatenate(shape.silhouette)
    if posture == "swimming":
        assert body[:, 1].max() > 0 > body[:, 1].min(), "the water reaches up to its body"
    else:
        assert abs(feet[:, 1].max()) < 0.1
        assert body[:, 1].max() < 0
    assert np.concatenate(shape.parts["bill"])[:, 0].max() > body[:, 0].max() - 0.05, "it looks right"


# ---- around the bird


def test_surroundings_do_not_depend_on_the_species() -> None:
    """With the same lots, whatever the species of a family, all but the bird is the same."""
    for family, known in FAMILIES.items():
        scenes = [sample_scene(name, np.random.default_rng(4)) for name in (known.ordinary, *known.marks)]
        assert len({replace(scene, species=known.ordinary) for scene in scenes}) == 1, family
    places = {sample_scene(name, np.random.default_rng(4)).place for name in SPECIES}
    lights = {sample_scene(name, np.random.default_rng(4)).light for name in SPECIES}
    assert len(places) == len(lights) == 1


def test_all_places_lights_and_postures_come_up_with_every_family() -> None:
    seen: dict[str, set[str]] = {family: set() for family in FAMILIES}
    for species in SPECIES:
        for seed in range(26):
            scene = sample_scene(species, np.random.default_rng(seed))
            seen[scene.family] |= {scene.place.kind, scene.light.name, scene.posture}
    for family, words in seen.items():
        assert words >= {*PLACES, *world.LIGHTS, "upright", "level"}, family
        assert ("swimming" in words) == (family in ("gulls", "ducks"))


def test_what_is_before_a_bird_makes_its_masks_smaller() -> None:
    scene = bare("black-winged gull", 6)
    x, y = scene.rendered().landmarks["wing"]
    at = (2 * x / SIZE - 1, 2 * y / SIZE - 1)
    free = scene.rendered()
    for kind in ("leaf", "twig", "grass"):
        hidden = replace(scene, hindrance=Hindrance(kind, 3, at)).rendered()
        assert hidden.attributes["occluded"] and not free.attributes["occluded"]
        seen, left = (np.logical_or.reduce(list(one.parts.values())) for one in (free, hidden))
        assert not (left & ~seen).any()
        assert seen.sum() - left.sum() > 15, kind
        # a pixel on a border may go to the other part where one sub-pixel of it is hidden
        assert all((mask & ~free.parts[name]).sum() <= 5 for name, mask in hidden.parts.items())


def test_attributes_answer_all_questions(samples: list[Sample]) -> None:
    names = set(samples[0].attributes)
    for sample in samples:
        told = {name for name, true in sample.attributes.items() if true}
        assert set(sample.attributes) == names
        scene = sample.scene
        assert told >= {
            f"posture {scene.posture}",
            f"surroundings {scene.place.kind}",
            f"light {scene.light.name}",
        }
        assert ("looks left" in told) == scene.frame.mirrored
    assert 0.1 < np.mean([sample.attributes["occluded"] for sample in samples]) < 0.5
    assert 0.25 < np.mean([sample.attributes["looks left"] for sample in samples]) < 0.75


# ---- drawn larger


def test_the_same_bird_can_be_drawn_larger() -> None:
    scene = bare("white-tailed jay", 2)
    scene = replace(scene, light=replace(scene.light, grain=0.0))
    fine, small = scene.drawn_finely(2), scene.rendered().image
    assert fine.shape == (2 * SIZE, 2 * SIZE, 3)
    reduced = fine.reshape(SIZE, 2, SIZE, 2, 3).mean(axis=(1, 3))
    assert np.abs(reduced - small).mean() < 3
    assert (fine == scene.drawn_finely(2)).all()
    for wrong in (0, 9, 2.0, True):
        with pytest.raises(ValueError, match="`times` must be a whole number from 1 to 8"):
            scene.drawn_finely(wrong)


def test_a_sample_is_drawn_larger_from_its_scene() -> None:
    sample = birds("test", 1)[0]
    assert sample.finer(2).shape == (2 * SIZE, 2 * SIZE, 3)


# ---- the canvas, by hand


def test_a_patch_covers_what_its_outline_encloses() -> None:
    canvas = Canvas(20, 4)
    frame = canvas.frame(Frame((10, 10), 10))
    patch = canvas.patch(frame, [box(-0.5, -0.5, 0.5, 0.25)], 0.25)
    assert patch.alpha.sum() / 16 == pytest.approx(10 * 7.5, rel=0.08)
    canvas.lay(patch, np.array((200, 100, 50), np.float32), 3)
    assert canvas.reduced()[9, 9] == pytest.approx((200, 100, 50), abs=1)
    masks = canvas.masks(["a", "b", "c", "d"])
    assert list(masks) == ["d"]
    assert masks["d"].sum() == pytest.approx(75, abs=6)
    assert canvas.patch(frame, [box(3, 3, 4, 4)]).alpha.size == 0, "outside of the picture"
