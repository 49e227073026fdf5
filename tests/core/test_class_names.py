"""Names of classes are taken in the order of the logits, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

import xaikit as xk
from xaikit.core.names import check_class_names, matched
from xaikit.data import ImageSet
from xaikit.worlds import animals, birds, rooms, vehicles
from xaikit.worlds.things import dataset as things


@pytest.mark.parametrize(
    "given",
    [
        ["cat", "dog", "owl"],
        ("cat", "dog", "owl"),
        np.array(["cat", "dog", "owl"]),
        {"dog": 1, "cat": 0, "owl": 2},
        {"owl": np.int64(2), "dog": np.int64(1), "cat": np.int64(0)},
        {2: "owl", 0: "cat", 1: "dog"},
    ],
    ids=repr,
)
def test_names_come_in_the_order_of_their_numbers(given: object) -> None:
    assert check_class_names(given) == ["cat", "dog", "owl"]


WRONG = [
    ({"cat"}, TypeError, "A set has no order"),
    (frozenset({"cat"}), TypeError, "A set has no order"),
    ({"dog": 1, "cat": 0}.keys(), TypeError, "A set has no order"),
    ("cat", TypeError, "must be a list of str"),
    (b"cat", TypeError, "must be a list of str"),
    (7, TypeError, "must be a list of str"),
    (["cat", 1], TypeError, "must be a list of str"),
    ({"cat": "a"}, TypeError, "must map names to whole numbers"),
    ({"cat": True, "dog": False}, TypeError, "must map names to whole numbers"),
    ({"0": "cat"}, TypeError, "must map names to whole numbers"),
    ({"cat": 0, "dog": 2}, ValueError, "must number the classes 0 to 1, each once"),
    ({"cat": 1, "dog": 2}, ValueError, "must number the classes 0 to 1, each once"),
    ({"cat": 0, "dog": 0}, ValueError, "must number the classes 0 to 1, each once"),
    (["cat", "dog", "cat"], ValueError, r"got \['cat'\] more than once"),
    ({0: "cat", 1: "cat"}, ValueError, r"got \['cat'\] more than once"),
]


@pytest.mark.parametrize(("given", "error", "told"), WRONG, ids=lambda one: repr(one)[:40])
def test_names_without_an_order_are_refused(given: object, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        check_class_names(given)


KNOWN = ["airliner", "crane", "Crane", "great white shark, white shark", "polar-bear", "n01440764 tench"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("airliner", "airliner"),
        ("n02690373_airliner", "airliner"),
        ("n02690373 Airliner", "airliner"),
        ("AIRLINER, plane", "airliner"),
        ("n01484850_great_white_shark", "great white shark, white shark"),
        ("Polar_bear", "polar-bear"),
        ("tench", "n01440764 tench"),
        ("crane", "crane"),
    ],
)
def test_one_name_written_otherwise_is_the_same(name: str, meant: str) -> None:
    assert matched([name], KNOWN) == [meant]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["n02012849_crane"], r"'n02012849_crane' could be any of \['crane', 'Crane'\]"),
        (["n02690373_airlinr"], "is none of them. Did you mean 'airliner'"),
        (["n02690373"], "'n02690373' is none of them"),
        (["___"], "'___' is none of them"),
        (["airliner", "n02690373_airliner"], r"\['airliner', 'n02690373_airliner'\] are all 'airliner'"),
    ],
)
def test_a_name_that_is_none_or_several_is_refused(names: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        matched(names, KNOWN)


TAKERS = {
    "Classifier": lambda names, model: xk.Classifier(model, names, input_size=32, device="cpu"),
    "load_classifier": lambda names, model: xk.load_classifier("toyworld/vehicles", class_names=names),
    "an untrained network": lambda names, model: xk.load_classifier("torchvision/resnet18", None, names),
    "ImageSet": lambda names, model: ImageSet(names, [0]),
    "vehicles": lambda names, model: vehicles.dataset(classes=names),
    "things": lambda names, model: things.things(classes=names),
    "birds": lambda names, model: birds.birds(classes=names),
    "rooms": lambda names, model: rooms.rooms(classes=names),
    "animals": lambda names, model: animals.animals(classes=names),
}


@pytest.mark.parametrize("taker", TAKERS)
def test_a_set_is_refused_wherever_names_are_taken(taker: str, tiny_model) -> None:
    known = {
        "things": {"zebra", "chair"},
        "birds": {"red-crowned finch", "blue-tailed jay"},
        "rooms": {"kitchen", "office"},
        "animals": {"cat", "dog"},
    }
    names = known.get(taker, {"tank", "ambulance"})
    with pytest.raises(TypeError, match="A set has no order"):
        TAKERS[taker](names, tiny_model)
    with pytest.raises(ValueError, match=r"`classes` must be two or more different class names; got {"):
        xk.VRX(names)


def test_a_mapping_gives_each_logit_its_own_name(tiny_model, pictures) -> None:
    listed = TAKERS["Classifier"](["cat", "dog", "owl"], tiny_model)
    mapped = TAKERS["Classifier"]({"owl": 2, "dog": 1, "cat": 0}, tiny_model)
    assert mapped.class_names == ["cat", "dog", "owl"]
    assert mapped.predict(pictures) == listed.predict(pictures)
