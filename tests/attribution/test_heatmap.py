"""Heatmap: what it says of itself and how it shows itself without a plot library."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xaikit.attribution import Heatmap
from xaikit.core.images import read_image


def heatmap(values: np.ndarray) -> Heatmap:
    n, height, width = values.shape
    names = ("cat",) * n
    images = np.full((n, height, width, 3), 90, np.uint8)
    return Heatmap(values.astype(np.float32), names, names, "layer4", images, "Grad-CAM")


def test_checks_name_blank_and_broken_maps():
    values = np.ones((4, 2, 2))
    values[1] = 0
    values[3, 0, 0] = np.nan
    with pytest.warns(UserWarning) as told:
        checks = heatmap(values).checks
    assert checks["blank"] == [1]
    assert checks["not_finite"] == [3]
    assert checks["peak"][:3] == [1, 0, 1]
    assert ["zero everywhere" in str(told[0].message), "NaN" in str(told[1].message)] == [True, True]


def test_overlays_share_one_scale_and_leave_broken_maps_bare():
    values = np.stack([np.full((2, 2), v) for v in (1.0, 0.25, np.inf)])
    with pytest.warns(UserWarning, match="not finite"):
        strong, weak, broken = heatmap(values).overlays().astype(int)
    assert np.abs(strong - 90).max() > np.abs(weak - 90).max() > 0
    assert (broken == 90).all()


def test_a_notebook_without_widgets_gets_a_picture():
    bundle = heatmap(np.ones((10, 6, 5)))._repr_mimebundle_()
    assert read_image(bundle["image/png"]).shape == (6, 5 * 8, 3)
    assert bundle["text/plain"] == "Heatmap(Grad-CAM, 10 pictures, 6×5, layer 'layer4')"


def test_a_result_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        heatmap(np.ones((1, 2, 2))).layer = "other"
