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


def test_errors_are_caught_by_their_plain_names():
    assert issubclass(ImageError, ValueError)
    assert issubclass(NotFittedError, ValueError)
    assert not hasattr(NotFittedError("no"), "anything")
