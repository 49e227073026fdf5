"""Concepts are shown as their world draws them finely, and are called what it calls their parts."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import xaikit as xk
from xaikit.core.images import fit_view, in_context
from xaikit.data.images import ImageSet, Sample
from xaikit.vrx.concept import Concept
from xaikit.vrx.seen import Origin, finer_in_context, finer_view, suggested_names, with_origins

SIDE = 16


def square(x: int, y: int, size: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[y : y + size, x : x + size] = True
    return mask


def concept_on(*masks: np.ndarray, sources: list[str]) -> Concept:
    patches = [
        np.dstack([np.zeros((SIDE, SIDE, 3), np.uint8), mask.astype(np.uint8) * 255]) for mask in masks
    ]
    nothing = np.zeros(len(masks))
    return Concept(
        cls="bus",
        index=0,
        patches=patches,
        boxes=np.zeros((len(masks), 2), int),
        sources=sources,
        evidence=nothing[:, None],
        distances=nothing,
        contributions=nothing,
        mean_feature=nothing,
        threshold=1.0,
        score=1.0,
        p_value=0.0,
        sensitivity=0.0,
        picture_size=(SIDE, SIDE),
    )


class Painted:
    """A scene whose finer picture is as many times as large, and half red; wheels are of one kind."""

    def kind(self, name: str) -> str:
        return name.split()[-1]

    def drawn_finely(self, times: int) -> np.ndarray:
        picture = np.zeros((SIDE * times, SIDE * times, 3), np.uint8)
        picture[:, : SIDE * times // 2, 0] = 200
        return picture


def classifier(size: int = SIDE) -> SimpleNamespace:
    return SimpleNamespace(input_size=size, framed=lambda image, times=1: fit_view(image, times * size))


def sample(name: str, parts: dict[str, np.ndarray], scene: object = None) -> Sample:
    return Sample(np.zeros((SIDE, SIDE, 3), np.uint8), 0, name, parts=parts, scene=scene)


def origins(*samples: Sample, size: int = SIDE) -> dict[str, Origin]:
    known = {one.id: Origin.of(one, classifier(size)) for one in samples}
    return {name: origin for name, origin in known.items() if origin is not None}


def told(concept: Concept, known: dict[str, Origin]) -> Concept:
    return with_origins([[concept]], known)[0][0]


# ---- names, by hand ----


def test_the_kind_under_most_of_the_area_is_suggested() -> None:
    parts = {"front wheel": square(0, 0, 4), "rear wheel": square(8, 0, 4), "door": square(0, 8, 8)}
    masks = [square(0, 0, 4) | square(8, 0, 4), square(0, 8, 4)]  # 32 pixels on wheels, 16 on the door
    known = origins(sample("a", parts, Painted()), sample("b", parts, Painted()))
    suggested = told(concept_on(*masks, sources=["a", "b"]), known).suggested
    assert suggested == {"name": "wheel", "share": pytest.approx(32 / 48)}


def test_what_lies_on_the_background_lowers_the_share_and_is_no_name() -> None:
    known = origins(sample("a", {"door": square(0, 0, 2)}))
    suggested = told(concept_on(square(0, 0, 4), sources=["a"]), known).suggested
    assert suggested == {"name": "door", "share": pytest.approx(4 / 16)}


def test_of_parts_that_overlap_the_smaller_one_is_on_top() -> None:
    known = origins(sample("a", {"cross": square(4, 4, 3), "body": square(0, 0, 12)}))
    assert told(concept_on(square(4, 4, 3), sources=["a"]), known).suggested == {
        "name": "cross",
        "share": 1.0,
    }


def test_where_nothing_is_known_nothing_is_suggested_or_drawn() -> None:
    assert origins(sample("a", {})) == {}
    for known in (
        origins(sample("b", {"door": square(0, 0, 4)})),
        origins(sample("a", {"door": square(12, 12, 2)})),
    ):
        concept = told(concept_on(square(0, 0, 4), sources=["a"]), known)
        assert concept.suggested is None
        assert concept.drawn == []


def test_parts_are_found_in_what_the_network_sees() -> None:
    """A network that sees the picture twice as large."""
    origin = origins(sample("a", {"door": square(2, 4, 6)}), size=2 * SIDE)["a"]
    expected = square(2, 4, 6).repeat(2, axis=0).repeat(2, axis=1)
    assert (origin.owners_in_view == expected).mean() > 0.99


# ---- pictures, by hand ----


def test_every_context_is_drawn_or_none() -> None:
    concept = concept_on(square(0, 0, 4), square(4, 4, 4), sources=["a", "b"])
    both = origins(sample("a", {}, Painted()), sample("b", {}, Painted()))
    assert [one.shape for one in told(concept, both).drawn] == [(144, 144, 3)] * 2
    assert told(concept, {"a": both["a"]}).drawn == []


def test_finer_contexts_show_the_same_place() -> None:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    fine = np.asarray(Image.fromarray(coarse).resize((512, 512), Image.Resampling.BICUBIC))
    picture = fine.reshape(128, 4, 128, 4, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    mask = np.zeros((128, 128), bool)
    mask[40:70, 80:120] = True
    seen, seen_finely = in_context(picture, mask), finer_in_context(fine, mask)
    assert seen_finely.shape == seen.shape
    assert np.abs(seen.astype(int) - seen_finely).mean() < 4
    lines = [(one == (255, 230, 0)).all(axis=-1) for one in (seen, seen_finely)]
    assert (lines[0] & lines[1]).sum() > 0.8 * lines[0].sum()


def test_a_finer_view_is_four_times_what_the_network_sees() -> None:
    known = sample("a", {}, Painted())
    for size in (SIDE, 40):
        fine = finer_view(known, classifier(size))
        assert fine is not None
        assert fine.shape == (4 * size, 4 * size, 3)
        assert fine[0, 4, 0] == 200
        assert fine[0, -4, 0] == 0
    assert finer_view(known.image, classifier()) is None
    assert finer_view(replace(known, scene=None), classifier()) is None


# ---- in the built-in world ----


def test_a_fit_on_scenes_draws_and_suggests(least: xk.VRX) -> None:
    for own in least.concepts.values():
        for concept in own:
            assert len(concept.drawn) == len(concept.contexts) > 0
            assert {one.shape for one in concept.drawn} == {(144, 144, 3)}
            apart = [
                np.abs(a.astype(int) - b).mean() for a, b in zip(concept.drawn, concept.contexts, strict=True)
            ]
            assert max(apart) < 16
            assert concept.suggested is not None
            assert 0 < concept.suggested["share"] <= 1


class PixelsOnly(ImageSet):
    """The pictures of a set, and nothing else that is known of them."""

    def __init__(self, whole: ImageSet) -> None:
        super().__init__(whole.class_names, whole.labels)
        self.whole = whole

    def _read(self, index: int) -> Sample:
        return replace(self.whole[index], parts={}, scene=None)


def test_without_scenes_the_fit_is_the_same_and_nothing_is_drawn(small_network, pictures, least) -> None:
    hyper = {field.name: getattr(least, field.name) for field in fields(least)}
    bare = xk.VRX(**hyper).discover(small_network, PixelsOnly(pictures), progress=False)
    for cls, own in bare.concepts.items():
        for concept, drawn in zip(own, least.concepts[cls], strict=True):
            assert concept.drawn == []
            assert concept.suggested is None
            assert (concept.distances == drawn.distances).all()


def test_an_explanation_of_a_sample_has_its_finer_picture(least: xk.VRX, unseen: list[Sample]) -> None:
    exp, plain = least.explain(unseen[0]), least.explain(unseen[0].image)
    assert exp.drawn is not None
    assert exp.drawn.shape == (256, 256, 3)
    assert plain.drawn is None
    assert exp.widget().drawn != b""
    assert plain.widget().drawn == b""
    many = least.explain_many([unseen[0], unseen[1].image])
    assert [one.drawn is None for one in many] == [False, True]


def test_a_board_shows_the_finer_picture_and_suggests(least: xk.VRX, unseen: list[Sample]) -> None:
    board = least.board(unseen[0])
    assert board.drawn != b""
    names = [tray["suggested"]["name"] for tray in board.trays]
    assert names == [one.suggested["name"] for own in least.concepts.values() for one in own]
    nodes = [node for graph in board.graphs for node in graph["nodes"]]
    assert [node["suggested"]["name"] for node in nodes] == names
    assert least.board(unseen[0].image).drawn == b""


def test_what_is_seen_is_saved(least: xk.VRX, small_network, unseen: list[Sample], tmp_path) -> None:
    again = xk.VRX.load(least.save(tmp_path / "vrx.npz"), small_network)
    for cls, own in least.concepts.items():
        for concept, read in zip(own, again.concepts[cls], strict=True):
            assert read.suggested == concept.suggested
            assert all((a == b).all() for a, b in zip(read.drawn, concept.drawn, strict=True))
    exp = least.explain(unseen[0])
    read = type(exp).load(exp.save(tmp_path / "why.npz"))
    assert (read.drawn == exp.drawn).all()
    assert read.suggested == exp.suggested != {}
    plain = least.explain(unseen[0].image)
    assert type(plain).load(plain.save(tmp_path / "plain.npz")).drawn is None


@pytest.fixture
def nameless(least: xk.VRX, small_network, tmp_path) -> xk.VRX:
    """A copy that may be named; the names of the one that is shared are taken away."""
    copy = xk.VRX.load(least.save(tmp_path / "copy.npz"), small_network)
    copy.names_.clear()
    return copy


def test_suggested_names_are_given_where_sure_enough(nameless: xk.VRX) -> None:
    every = {(cls, one.index): one.suggested for cls, own in nameless.concepts.items() for one in own}
    limit = sorted(one["share"] for one in every.values())[1]
    given = nameless.suggest_names(limit)
    sure = {place: one["name"] for place, one in every.items() if one["share"] >= limit}
    assert given.keys() == sure.keys()
    assert all(given[place].startswith(name) for place, name in sure.items())
    assert nameless.names_ == given
    assert nameless.suggest_names(limit) == {}, "all have names"


def test_names_of_one_class_differ() -> None:
    def called(cls: str, k: int, name: str, share: float) -> Concept:
        concept = concept_on(square(0, 0, 4), sources=["a"])
        return replace(concept, cls=cls, index=k, suggested={"name": name, "share": share})

    bus = [
        called("bus", k, name, s) for k, (name, s) in enumerate([("body", 0.9), ("body", 0.2), ("body", 0.6)])
    ]
    tank = [called("tank", 0, "body", 0.7), replace(called("tank", 1, "", 0), suggested=None)]
    given = suggested_names({"bus": bus, "tank": tank}, 0.5, {})
    assert given == {("bus", 0): "body", ("bus", 2): "body 2", ("tank", 0): "body"}
    given = suggested_names({"bus": bus, "tank": tank}, 0.0, {("bus", 1): "body 2"})
    assert given == {("bus", 0): "body", ("bus", 2): "body 3", ("tank", 0): "body"}


def test_a_persons_name_stays(nameless: xk.VRX) -> None:
    place = nameless.classes[0], 0
    nameless.name({place: "mine"})
    assert place not in nameless.suggest_names(0.0)
    assert nameless.names_[place] == "mine"


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_wrong_share_is_named(nameless: xk.VRX, share: float) -> None:
    with pytest.raises(ValueError, match="`min_share`"):
        nameless.suggest_names(share)
