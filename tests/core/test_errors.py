"""The hint that ends most error messages."""

from __future__ import annotations

import pytest

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
