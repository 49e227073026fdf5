"""The hint that ends most error messages, and where warnings point to."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.attribution import guided_backprop
from xaikit.core.classifier import Classifier
from xaikit.core.errors import ImageError, NotFittedError, did_you_mean


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("layer9", " Did you mean 'layer4'?"),
        ("LAYER4", " Did you mean 'layer4'?"),
        ("zebra", ""),
        (3, ""),
    ],
)
def test_the_nearest_option_is_named_or_none(name, hint):
    assert did_you_mean(name, ["stem", "layer4"]) == hint


@pytest.mark.parametrize(
    ("name", "options", "nearest"),
    [
        ("panda", ["panama", "giant panda", "red giant panda"], "giant panda"),
        ("giant_panda", ["n02510455_giant_panda", "giant pandas"], "n02510455_giant_panda"),
        ("Panda Giant", ["giant panda", "giant pandas"], "giant panda"),
        ("school buss", ["city bus", "school bus"], "school bus"),
        ("bus", ["a very long name of a bus", "city bus"], "city bus"),
        ("___", ["___x", "giant panda"], "___x"),
    ],
)
def test_whole_words_come_before_letters(name, options, nearest):
    assert did_you_mean(name, options) == f" Did you mean {nearest!r}?"


def test_errors_are_caught_by_their_plain_names():
    assert issubclass(ImageError, ValueError)
    assert issubclass(NotFittedError, ValueError)
    assert not hasattr(NotFittedError("no"), "anything")


@pytest.mark.parametrize(
    "ask",
    [
        lambda clf, picture: clf.logits(picture),
        lambda clf, picture: list(clf.views(picture)),
        lambda clf, picture: clf.features_and_gradients(picture, [0]),
        lambda clf, picture: guided_backprop(clf, picture, 0),
    ],
    ids=["logits", "views", "gradients", "a map"],
)
def test_a_warning_names_the_line_of_the_persons_own_code(tiny_model, ask):
    classifier = Classifier(tiny_model, ["cat", "dog", "bird"], 32, device="cpu")
    with pytest.warns(UserWarning, match="is enlarged") as told:
        ask(classifier, np.zeros((2, 2, 3), np.uint8))
    assert {one.filename for one in told} == {__file__}
