"""The world of faces: same seed same bytes, attributes that can be seen, causes with known weights."""

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
from xaikit.worlds.faces import (
    ATTRIBUTES,
    BIASES,
    CHANCES,
    EXCLUDES,
    GLOBALS,
    LANDMARKS,
    LOCALS,
    PARTS,
    SEEN_IN,
    WEIGHTS,
    FaceScene,
    faces,
    sample_scene,
)
from xaikit.worlds.faces.attributes import BEARDS, HAIR_COLORS, answered, score
from xaikit.worlds.faces.backdrops import BACKDROPS
from xaikit.worlds.faces.person import MEASURES, pale
from xaikit.worlds.faces.scenes import SIZE
from xaikit.worlds.faces.structure import LOTS, sample_lots, sample_traits

NEAR = 7  # pixels that a shadow or a soft border reaches beyond a part
CLEAR = 20  # grey levels that can be seen


def digest(image: np.ndarray) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def scene_of(seed: int, without: frozenset[str] = frozenset({"blurry"})) -> FaceScene:
    scene = sample_scene(np.random.default_rng(seed))
    return replace(scene, traits=scene.traits - without)


def apart(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first.astype(int) - second).max(axis=-1)


@pytest.fixture(scope="module")
def scenes() -> list[FaceScene]:
    return [sample_scene(np.random.default_rng(seed)) for seed in range(600)]


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(faces("train", 24))


# ---- the set


def test_same_seed_same_bytes_in_any_order_and_process() -> None:
    code = (
        "import hashlib; from xaikit.worlds.faces import faces;"
        "d = faces('val', n=6, seed=3);"
        "print(*(hashlib.sha256(d[i].image.tobytes()).hexdigest() for i in range(5, -1, -1)))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    data = load_images("toyworld/faces", "val", n=6, seed=3)
    assert [digest(data[i].image) for i in (4, 0, 5)] == [elsewhere.stdout.split()[5 - i] for i in (4, 0, 5)]


def test_splits_seeds_and_turns_share_no_picture() -> None:
    chosen = [(split, seed, i) for split in ("train", "val", "test") for seed in (0, 1) for i in (0, 1, 9)]
    shown = [faces(split, 10, seed)[i] for split, seed, i in chosen]
    assert len({digest(sample.image) for sample in shown}) == len({sample.id for sample in shown}) == 18


def test_a_picture_does_not_depend_on_how_many_there_are() -> None:
    few, many = faces("test", 3, seed=1), faces("test", 30, seed=1)
    assert (few[2].image == many[2].image).all()
    assert few[2].id == many[2].id and few.scene(2) == many.scene(2)


def test_all_are_of_one_class_and_have_their_form(samples: list[Sample]) -> None:
    data = faces("train", 24)
    assert data.class_names == ["face"] and data.labels.tolist() == [0] * 24
    for sample in samples:
        assert sample.image.shape == (SIZE, SIZE, 3) and sample.image.dtype == np.uint8
        assert sample.image.std() > 15, "a picture shows something"
        assert tuple(sample.attributes) == ATTRIBUTES
    assert data.of_class("face")[3].id == data[3].id
    assert [len(faces(split)) for split in ("train", "val", "test")] == [6000, 600, 600]


def test_wrong_wishes_are_named() -> None:
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        faces("trian")
    with pytest.raises(ValueError, match="`n` must be a whole number, 0 or more; got -1"):
        faces("test", -1)
    with pytest.raises(ValueError, match="`seed` must be a whole number, 0 or more; got -2"):
        faces("test", 4, -2)
    with pytest.raises(IndexError):
        faces("test", 4)[4]
    with pytest.raises(IndexError):
        faces("test", 4).scene(4)


# ---- the attributes and what they cause


def test_there_are_forty_the_local_ones_first() -> None:
    assert len(ATTRIBUTES) == len(set(ATTRIBUTES)) == 40
    assert ATTRIBUTES == (*sorted(LOCALS), *sorted(GLOBALS)) and len(GLOBALS) == 4


def test_weights_have_both_signs_and_no_sum_is_zero() -> None:
    assert tuple(WEIGHTS) == tuple(BIASES) == GLOBALS
    for name, own in WEIGHTS.items():
        assert 8 <= len(own) <= 12 and set(own) <= set(LOCALS)
        assert min(own.values()) < 0 < max(own.values())
        # every weight is a multiple of 0.1, every bias lies between two
        assert all(round(10 * weight, 9).is_integer() for weight in own.values())
        assert round(20 * BIASES[name], 9) % 2 == 1
        sizes = {abs(weight) for weight in own.values()}
        assert max(sizes) >= 3 * min(sizes) and len(sizes) >= 6
        assert abs(score(name, ())) > 0.04


@pytest.mark.parametrize("name", GLOBALS)
def test_a_global_attribute_is_the_sign_of_the_weighted_sum(name: str, scenes: list[FaceScene]) -> None:
    """Written again, slowly: g = 1[Σ w·(±1) + b > 0]."""
    for scene in scenes[:200]:
        total = BIASES[name]
        for local in LOCALS:
            total += WEIGHTS[name].get(local, 0.0) * (1 if scene.attributes[local] else -1)
        assert scene.attributes[name] == (total > 0)


def test_global_attributes_by_hand() -> None:
    bare = answered(())
    assert not any(bare[name] for name in LOCALS)
    # 0.35 - (1.2 + 0.9 + 0.7 + 0.5 + 0.4 + 0.3) + (0.6 + 0.5 + 0.4 + 0.2)
    assert score("heavy-makeup-like", ()) == pytest.approx(-1.95)
    assert score("heavy-makeup-like", {"wearing lipstick"}) == pytest.approx(0.45)
    assert answered({"wearing lipstick"})["heavy-makeup-like"]


def test_every_attribute_comes_often_enough(scenes: list[FaceScene]) -> None:
    shares = {name: np.mean([scene.attributes[name] for scene in scenes]) for name in ATTRIBUTES}
    assert all(0.3 <= shares[name] <= 0.6 for name in GLOBALS), shares
    assert all(0.05 <= shares[name] <= 0.65 for name in LOCALS), shares


def test_nothing_is_there_with_what_it_excludes(scenes: list[FaceScene]) -> None:
    for name in LOCALS:
        assert name not in EXCLUDES[name]
        assert all(name in EXCLUDES[other] for other in EXCLUDES[name])
    for scene in scenes:
        assert not any(scene.traits & EXCLUDES[name] for name in scene.traits)
        assert scene.traits <= set(LOCALS)
    assert set(CHANCES) | set(HAIR_COLORS) == set(LOCALS)


def test_hidden_lots_make_attributes_come_together() -> None:
    """Who is adorned wears lipstick and earrings; no lot but "age" makes hair gray."""
    rng = np.random.default_rng(0)
    lots = [sample_lots(rng) for _ in range(800)]
    traits = [sample_traits(own, rng) for own in lots]
    both = {name: np.array([name in own for own in traits]) for name in LOCALS}
    assert np.corrcoef(both["wearing lipstick"], both["wearing earrings"])[0, 1] > 0.2
    assert np.corrcoef(both["no beard"], both["sideburns"])[0, 1] < -0.1
    for lot in LOTS:
        of_lot = np.array([own[lot] for own in lots])
        assert (np.corrcoef(of_lot, both["gray hair"])[0, 1] > 0.2) == (lot == "age")


def test_no_attribute_depends_on_how_dark_a_skin_is(scenes: list[FaceScene]) -> None:
    light = np.array([sum(scene.person.skin) for scene in scenes])
    for name in ATTRIBUTES:
        there = np.array([scene.attributes[name] for scene in scenes])
        assert abs(np.corrcoef(light, there)[0, 1]) < 0.13, name
    assert light.min() < 230 and light.max() > 610
    for scene in scenes[:50]:
        assert sum(pale(scene.person.skin)) > sum(scene.person.skin) + 25


# ---- switching one


@pytest.mark.parametrize("name", [name for name in LOCALS if name != "blurry"])
def test_an_attribute_is_seen_where_it_is_said_to_be_and_nowhere_else(name: str) -> None:
    for seed in (3, 17):
        scene = scene_of(seed)
        without, with_it = scene.with_attribute(name, False), scene.with_attribute(name, True)
        assert not without.attributes[name] and with_it.attributes[name]
        first, second = without.rendered(), with_it.rendered()
        differs = apart(first.image, second.image)
        assert (differs > CLEAR).sum() >= 25, f"{name} can be seen"
        reach = {part for trait in without.traits ^ with_it.traits for part in SEEN_IN[trait]}
        masks = [drawn.parts[part] for drawn in (first, second) for part in reach if part in drawn.parts]
        near = ndimage.binary_dilation(np.logical_or.reduce(masks), iterations=NEAR)
        assert (differs[near] > CLEAR).sum() >= 25
        assert (differs[~near] > 3).mean() < 0.01, f"{name} changes nothing else"


def test_blurry_blurs() -> None:
    sharp, soft = (scene_of(5).with_attribute("blurry", on).rendered() for on in (False, True))
    edges = [np.abs(np.diff(drawn.image.astype(float), axis=0)).mean() for drawn in (sharp, soft)]
    assert edges[1] < 0.6 * edges[0]
    assert sharp.parts.keys() == soft.parts.keys()


def test_switching_changes_the_face_and_its_attributes_alone() -> None:
    for seed in range(30):
        scene = scene_of(seed)
        for name in LOCALS:
            for present in (False, True):
                other = scene.with_attribute(name, present)
                assert replace(other, traits=scene.traits) == scene
                assert other.attributes == answered(other.traits)
                assert other.attributes[name] == present
                assert not any(other.traits & EXCLUDES[trait] for trait in other.traits)
                if scene.attributes[name] == present:
                    assert other == scene


def test_switching_follows_what_excludes_what() -> None:
    scene = scene_of(2).with_attribute("bald", False)
    blond = scene.with_attribute("black hair").with_attribute("blond hair")
    assert blond.attributes["blond hair"] and not blond.attributes["black hair"]
    assert not set(HAIR_COLORS) & blond.with_attribute("blond hair", False).traits
    bald = blond.with_attribute("bangs").with_attribute("bald")
    assert not bald.traits & {*HAIR_COLORS, "bangs", "straight hair", "wavy hair", "sideburns"}
    assert bald.with_attribute("bald", False).traits & set(HAIR_COLORS) <= scene.person.grown
    assert bald.with_attribute("gray hair").traits & set(HAIR_COLORS) == {"gray hair"}
    shaved = scene.with_attribute("no beard")
    assert not shaved.traits & set(BEARDS)
    assert "beard" not in shaved.rendered().parts
    short = shaved.with_attribute("no beard", False)
    assert not short.traits & set(BEARDS) and short.rendered().parts["beard"].sum() > 150
    goatee = shaved.with_attribute("goatee")
    assert not goatee.attributes["no beard"]
    assert goatee.with_attribute("goatee", False) == shaved
    both = goatee.with_attribute("mustache").with_attribute("goatee", False)
    assert both.attributes["mustache"] and not both.attributes["no beard"]


def test_a_switch_that_matters_turns_the_global_attribute() -> None:
    scene = replace(scene_of(1), traits=frozenset({"no beard"}))
    assert not scene.attributes["heavy-makeup-like"]
    assert scene.with_attribute("wearing lipstick").attributes["heavy-makeup-like"]


def test_wrong_switches_are_named() -> None:
    scene = scene_of(0)
    with pytest.raises(ValueError, match="`name` must be one of") as raised:
        scene.with_attribute("blond hiar", True)
    assert str(raised.value).endswith(did_you_mean("blond hiar", LOCALS)) and "Did you mean" in str(
        raised.value
    )
    for name in GLOBALS:
        cause = next(iter(WEIGHTS[name]))
        with pytest.raises(ValueError, match=f"'{name}' is caused by others and cannot be set.*{cause}"):
            scene.with_attribute(name, True)


# ---- parts, landmarks, boxes


def test_every_pixel_belongs_to_one_part(samples: list[Sample]) -> None:
    for sample in samples:
        assert set(sample.parts) <= set(PARTS)
        assert np.sum(list(sample.parts.values()), axis=0).max() == 1
        assert {"cheeks", "eyes", "eyebrows", "nose", "mouth", "neck", "clothes"} <= set(sample.parts)


def test_parts_are_there_where_their_attributes_are() -> None:
    worn = {
        "eyeglasses": "eyeglasses",
        "wearing hat": "hat",
        "wearing earrings": "earrings",
        "wearing necklace": "necklace",
        "wearing necktie": "necktie",
        "sideburns": "sideburns",
    }
    scene = scene_of(4)
    for name, part in worn.items():
        assert part not in scene.with_attribute(name, False).rendered().parts
        assert scene.with_attribute(name, True).rendered().parts[part].sum() >= 20, part
    assert "hair" not in scene.with_attribute("bald").rendered().parts


def test_landmarks_are_the_five_points_of_celeba(samples: list[Sample]) -> None:
    for sample in samples:
        assert tuple(sample.landmarks) == LANDMARKS
        at = sample.landmarks
        assert all(0 <= x < SIZE and 0 <= y < SIZE for x, y in at.values())
        assert at["left eye"][0] < at["nose"][0] < at["right eye"][0]
        assert at["left mouth"][0] < at["right mouth"][0]
        assert max(at["left eye"][1], at["right eye"][1]) < at["nose"][1] < min(at["left mouth"][1] + 2, SIZE)
        for name, part in {"left eye": "eyes", "right eye": "eyes", "nose": "nose"}.items():
            column, row = (int(value) for value in at[name])
            near = sample.parts[part][row - 5 : row + 6, column - 5 : column + 6]
            assert near.any(), name


def test_the_box_holds_the_head_which_fills_most_of_the_picture(samples: list[Sample]) -> None:
    for sample in samples:
        x0, y0, x1, y1 = sample.box
        head = [
            mask
            for name, mask in sample.parts.items()
            if name in ("cheeks", "forehead", "hair", "hat", "chin")
        ]
        rows, columns = np.nonzero(np.logical_or.reduce(head))
        assert x0 <= columns.min() and columns.max() < x1 and y0 <= rows.min() and rows.max() < y1
        assert y1 - y0 > 0.6 * SIZE and x1 - x0 > 0.45 * SIZE
        assert sample.boxes == {"face": sample.box}


# ---- people and their surroundings


def test_people_differ_and_so_does_what_is_around_them(scenes: list[FaceScene]) -> None:
    assert {scene.backdrop[0] for scene in scenes} == set(BACKDROPS)
    assert len({scene.light.name for scene in scenes}) == 3
    for field in ("length", "curl", "hat", "garment", "earrings", "necklace", "lenses"):
        counts = np.unique([getattr(scene.person, field) for scene in scenes], return_counts=True)[1]
        assert len(counts) >= 2 and counts.min() > 0.1 * len(scenes), field
    measures = np.array([scene.person.measures for scene in scenes])
    assert measures.shape[1] == len(MEASURES) and (np.ptp(measures, axis=0) > 1.8).all()
    yaw = np.array([scene.pose.yaw for scene in scenes])
    assert yaw.min() < -0.2 and yaw.max() > 0.2 and abs(yaw.mean()) < 0.05


def test_what_is_around_does_not_depend_on_the_attributes() -> None:
    scene = scene_of(6, frozenset(LOCALS))
    first, second = scene.rendered(), scene.with_attribute("wearing lipstick").rendered()
    seen = np.logical_or.reduce(list(first.parts.values()))
    assert (first.image[~seen] == second.image[~seen]).all()


# ---- drawn larger


def test_the_same_face_can_be_drawn_larger() -> None:
    scene = scene_of(8)
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
    assert faces("test", 1)[0].finer(2).shape == (2 * SIZE, 2 * SIZE, 3)
