"""A parameter is what its annotation allows; anything else is refused by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pytest

import xaikit as xk
from xaikit.additive import Filters
from xaikit.core.errors import ParameterError
from xaikit.core.params import (
    Above,
    Between,
    Count,
    Different,
    Natural,
    OneOf,
    Positive,
    Seed,
    Share,
    check,
    check_numbers,
)

WORDS = Annotated[str, OneOf(("tree", "union"))]
NAMES = Annotated[Sequence[str], Different("class names")]


@pytest.mark.parametrize(
    ("value", "hint", "right"),
    [
        (3, Count, 3),
        (np.int64(3), Count, 3),
        (0, Natural, 0),
        (0, Share, 0.0),
        (np.float32(0.5), Share, 0.5),
        (None, Share | None, None),
        (0.25, Share | None, 0.25),
        (np.bool_(True), bool, True),
        ("tree", WORDS, "tree"),
        ([1, 2], tuple[Count, ...], (1, 2)),
        (np.array([1, 2]), tuple[Count, ...], (1, 2)),
        ((1, 0.5), tuple[float, float], (1.0, 0.5)),
        (("a", "b"), NAMES, ["a", "b"]),
        (2**32 - 1, Seed, 2**32 - 1),
    ],
)
def test_what_fits_comes_back_as_a_plain_value(value, hint, right):
    found = check("x", value, hint)
    assert found == right and type(found) is type(right)


@pytest.mark.parametrize(
    ("value", "hint", "told"),
    [
        (0, Count, "a whole number, 1 or more; got 0."),
        (2.0, Count, "a whole number, 1 or more; got 2.0."),
        (True, Count, "a whole number, 1 or more; got True."),
        ("3", Count, "a whole number, 1 or more; got '3'."),
        (None, Count, "a whole number, 1 or more; got None."),
        (-1, Natural, "a whole number, 0 or more; got -1."),
        (2**32, Seed, "a whole number from 0 to 4,294,967,295; got 4294967296."),
        (1.5, Share, "a number from 0 to 1; got 1.5."),
        (float("nan"), Share, "a number from 0 to 1; got nan."),
        (float("inf"), Positive, "a number above 0; got inf."),
        (0, Positive, "a number above 0; got 0."),
        (1, Annotated[float, Above(0, 1)], "a number between 0 and 1; got 1."),
        (2, Annotated[int, Between(3)], "a whole number, 3 or more; got 2."),
        (2, Share | None, "a number from 0 to 1 or None; got 2."),
        (1, bool, "True or False; got 1."),
        (b"tree", str, "a text; got b'tree'."),
        ("trees", WORDS, "one of ['tree', 'union']; got 'trees'. Did you mean 'tree'?"),
        ("tre", WORDS | None, "one of ['tree', 'union'] or None; got 'tre'. Did you mean 'tree'?"),
        (3, WORDS, "one of ['tree', 'union']; got 3."),
        ((), tuple[Count, ...], "one or more values, each a whole number, 1 or more; got ()."),
        ((1, 0), tuple[Count, ...], "one or more values, each a whole number, 1 or more; got (1, 0)."),
        ((1,), tuple[float, float], "2 values, each a number; got (1,)."),
        ("ab", NAMES, "two or more different class names; got 'ab'."),
        (["a", "a"], NAMES, "two or more different class names; got ['a', 'a']."),
        ({"a": 0, "b": 1}, NAMES, "two or more different class names; got {'a': 0, 'b': 1}."),
    ],
)
def test_anything_else_is_refused_by_name(value, hint, told):
    with pytest.raises(ValueError, match=re.escape(f"`x` must be {told}")):
        check("x", value, hint)


WRONG_OF_VRX = {
    "classes": ("bus", ["bus", "bus"], ["bus"], {"bus", "tank"}),
    "layer": (3,),
    **dict.fromkeys(
        ["n_concepts", "n_pictures", "n_discovery", "n_groups", "n_judged", "n_clusters", "min_size"],
        (0, -1, 1.5, True, "2", None),
    ),
    **dict.fromkeys(["n_patches", "n_random", "hidden", "n_layers", "epochs"], (0, -1, 2.5, None)),
    **dict.fromkeys(["seed", "mlp", "n_masked", "n_substituted"], (-1, 0.5, "0")),
    **dict.fromkeys(["min_found", "min_inside", "significance", "detection_quantile", "tau"], (-0.1, 1.1)),
    **dict.fromkeys(["temperature", "learning_rate", "compactness"], (0, -1, float("nan"), "1", None)),
    **dict.fromkeys(["lam", "weight_decay"], (-1, float("inf"))),
    **dict.fromkeys(["areas", "rest", "deviations"], (1, None, "yes")),
    "epsilon": (float("nan"), "small"),
    "resolutions": ((), 5, (0,), "25"),
    "rule": ((0.5,), None),
    "segmentation": ("trees", None),
    "patches": ("crops",),
    "fill": ("means", 3),
}
WRONG_OF_VECTORS = {
    "layer": (3,),
    "pooling": ("median",),
    "binarize": ("median", None),
    "quantile": (0, 1, float("nan")),
    "saliency_layer": (3,),
    "n_examples": (0, -1, 1.5),
    "n_reference": (0, True),
    "seed": (-1, 0.5),
}
WRONG_OF_ADDITIVE = {
    "target": (1.5, True, None, ["bus"]),
    "concepts": ("filters", None, 3),
    "prior": ("jacobi", 3),
    "positive": (1, "yes"),
    "layer": (3,),
    "beta": (-1, float("nan"), "1"),
    **dict.fromkeys(["width", "n_epochs", "n_pictures"], (0, True, 1.5, None)),
    "unevenness": (-1, float("nan"), "1", None),
    "n_blocks": (-1, 1.5, None),
    "held_out": (0, 1, "0.5"),
    "seed": (-1, 0.5),
}
GIVEN = {
    xk.VRX: {"classes": ["bus", "tank"]},
    xk.AdditiveExplainer: {"target": "bus", "concepts": Filters("layer")},
}
WRONG_OF_SRAE = {
    "target": (1.5, True, [], {"bus"}),
    "n_features": (0, 2.5, None),
    "layer": (3,),
    "heat_layer": (3,),
    "objective": ("nns", None),
    **dict.fromkeys(["beta", "eta", "l2"], (-1, float("nan"), "1", None)),
    "q": (0, -1, float("inf")),
    **dict.fromkeys(["positive_weight", "held_out"], (0, 1, "0.5")),
    **dict.fromkeys(["n_positives", "n_negatives", "n_steps"], (0, True, 1.5)),
    "seed": (-1, 0.5),
}


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        (xk.VRX, WRONG_OF_VRX),
        (xk.SemanticVectors, WRONG_OF_VECTORS),
        (xk.SRAE, WRONG_OF_SRAE),
        (xk.AdditiveExplainer, WRONG_OF_ADDITIVE),
    ],
)
def test_every_hyper_parameter_is_checked_in_the_constructor_and_when_it_is_set(method, wrong):
    given = GIVEN.get(method, {})
    made = method(**given)
    before = dict(vars(made))
    assert set(wrong) == {name for name in before if not name.startswith("_")}
    for name, values in wrong.items():
        for value in values:
            with pytest.raises(ValueError, match=f"^`{name}` must be "):
                method(**{**given, name: value})
            with pytest.raises(ValueError, match=f"^`{name}` must be "):
                setattr(made, name, value)
    assert vars(made) == before


@pytest.mark.parametrize(
    "method",
    [xk.VRX(["bus", "tank"]), xk.SemanticVectors(), xk.SRAE(), xk.AdditiveExplainer("bus", Filters())],
    ids=["vrx", "vectors", "srae", "additive"],
)
def test_what_fit_makes_is_asked_for_too_early(method):
    attributes = method.__doc__.split("Attributes\n")[1].split("Limits")[0]
    named = re.findall(r"^    (\w[\w, ]*) :", attributes, re.MULTILINE)
    for name in ", ".join(named).split(", "):
        with pytest.raises(xk.NotFittedError, match=f"no `{name}`, for it is not fitted yet. Call fit"):
            getattr(method, name)
        assert not hasattr(method, name)
    with pytest.raises(AttributeError, match="no attribute 'consepts'") as caught:
        _ = method.consepts
    assert not isinstance(caught.value, xk.NotFittedError)


@pytest.mark.parametrize("given", [[0, 2], (0, 2), np.array([0, 2], np.uint8), range(0, 4, 2)])
def test_lists_of_whole_numbers(given):
    found = check_numbers(given, "indices")
    assert found.dtype == np.int64 and found.tolist() == [0, 2]
    assert check_numbers([], "indices").shape == check_numbers(np.array([]), "indices").shape == (0,)


@pytest.mark.parametrize("given", [[0.7], np.array([1.0]), [True, 2], 3, "12", [[0, 1]], {1, 2}, [None]])
def test_lists_of_other_things_are_refused(given):
    with pytest.raises(ParameterError, match="`indices` must be a list of whole numbers"):
        check_numbers(given, "indices")


@pytest.mark.parametrize("kind", [ValueError, TypeError])
def test_a_wrong_parameter_is_caught_by_either_name(kind):
    with pytest.raises(kind, match="`n` must be"):
        check("n", 2.5, Count)
