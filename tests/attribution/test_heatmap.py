"""Heatmap: what it says of itself and how it shows itself without a plot library."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.core.damage import check_told
from xaikit.attribution import Heatmap
from xaikit.core.images import read_image


def heatmap(values: np.ndarray, **fields: Any) -> Heatmap:
    n, height, width = values.shape
    names = ("cat",) * n
    images = np.full((n, height, width, 3), 90, np.uint8)
    made = {"targets": names, "predictions": names, "layer": "layer4", "images": images, "method": "Grad-CAM"}
    return Heatmap(values.astype(np.float32), **{**made, **fields})


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


def test_signed_maps_are_colored_around_zero():
    values = np.stack([np.full((2, 2), v) for v in (1.0, 0.0, -1.0)])
    with pytest.warns(UserWarning, match="zero everywhere"):
        signed = heatmap(values)
    blue, bare, orange = signed.overlays()[:, 0, 0].astype(int)
    assert (signed.signed, signed.limit) == (True, 1)
    assert blue[2] > blue[0] and orange[0] > orange[2]
    assert bare.tolist() == [90, 90, 90]
    assert not heatmap(np.ones((1, 2, 2))).signed


def test_outliers_do_not_pale_the_rest():
    values = np.full((1, 20, 20), 0.5)
    values[0, 0, 0] = -100
    one = heatmap(values)
    assert one.limit == 0.5
    assert one.plot().axes[-1].get_ylim() == (-0.5, 0.5)
    with pytest.warns(UserWarning):
        assert heatmap(np.zeros((1, 2, 2))).limit == 0


def test_the_figure_shows_the_scale_and_names_what_shows_nothing():
    values = np.stack([np.full((2, 2), v) for v in (0.5, 0.0, np.nan, -2.0)])
    with pytest.warns(UserWarning):
        figure = heatmap(values).plot()
    bar = figure.axes[-1]
    assert bar.get_ylim() == (-2, 2)
    said = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert said == ["zero everywhere", "not finite"]
    assert heatmap(np.full((1, 2, 2), 0.5)).plot().axes[-1].get_ylim() == (0, 0.5)
    with pytest.warns(UserWarning):
        assert len(heatmap(np.zeros((1, 2, 2))).plot().axes) == 2, "no scale where there is nothing"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"images": np.zeros((2, 2, 3, 3), np.uint8)}, r"`images` must have shape \(2, 2, 2, 3\)"),
        ({"targets": ("cat",)}, "`targets` must have one entry for each of 2 pictures; got 1"),
        ({"boxes": [None]}, "`boxes` must have one entry"),
    ],
)
def test_fields_that_do_not_fit_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        heatmap(np.ones((2, 2, 2)), **fields)
    with pytest.raises(ValueError, match=r"`values` must have shape"):
        Heatmap(np.ones((2, 2), np.float32), ("cat",), ("cat",), "l", np.zeros((2, 2, 3), np.uint8), "m")


def test_what_was_saved_comes_back_exactly(tmp_path: Path):
    values = np.random.default_rng(0).normal(size=(3, 4, 5))
    values[1, 0, 0] = np.nan
    boxes = ({"cat": (0.5, 1, 3, 4)}, None, {})
    with pytest.warns(UserWarning):
        made = heatmap(values, boxes=boxes, targets=("cat", "dog", "käse"), predictions=("a", "b", "c"))
        object.__setattr__(made, "checks", {**made.checks, "completeness_error": [0.1, np.pi, 1e-30]})
        path = made.save(tmp_path / "map.npz")
        back = Heatmap.load(path)
    assert path == tmp_path / "map.npz"
    for name in ("values", "images"):
        np.testing.assert_array_equal(getattr(back, name), getattr(made, name))
        assert getattr(back, name).dtype == getattr(made, name).dtype
    for name in ("targets", "predictions", "layer", "method", "boxes"):
        assert getattr(back, name) == getattr(made, name)
    np.testing.assert_equal(dict(back.checks), dict(made.checks))


def test_without_boxes_none_come_back(tmp_path: Path):
    assert Heatmap.load(heatmap(np.ones((1, 2, 2))).save(tmp_path / "a.npz")).boxes is None


def test_damage_of_any_kind_is_told(tmp_path: Path):
    path = heatmap(np.ones((2, 9, 9)), boxes=[{"cat": (0, 0, 2, 2)}, None]).save(tmp_path / "map.npz")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of maps that are blank, where the damage is no damage
        check_told(path, Heatmap.load, 15, tmp_path)


def test_what_is_no_heatmap_is_refused(tmp_path: Path):
    (tmp_path / "other.npz").write_bytes(b"PK not really")
    with pytest.raises(ValueError, match="not a file that xaikit wrote"):
        Heatmap.load(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError):
        Heatmap.load(tmp_path / "none.npz")


def test_heatmaps_of_the_same_pictures_stand_side_by_side(tmp_path: Path):
    cam = heatmap(np.ones((2, 4, 4)), boxes=[{"cat": (0, 0, 2, 2)}, None])
    dog = heatmap(np.ones((2, 4, 4)), targets=("dog", "bird"), boxes=[{"dog": (2, 2, 4, 4)}, None])
    widget = cam.widget(dog, title="Where?")
    assert [one["targets"] for one in widget.maps] == [["cat", "cat"], ["dog", "bird"]]
    assert widget.boxes[0] == [["cat", [0, 0, 2, 2]], ["dog", [2, 2, 4, 4]]]
    assert widget.title == "Where?"
    assert "<title>Grad-CAM</title>" in cam.to_html(tmp_path / "a.html", dog).read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(cam.widget().maps) == 1


def test_heatmaps_of_other_pictures_or_with_one_name_do_not(tmp_path: Path):
    cam, others = heatmap(np.ones((2, 4, 4))), np.zeros((2, 4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="must lie over the same pictures"):
        cam.widget(heatmap(np.ones((2, 4, 4)), images=others))
    with pytest.raises(ValueError, match="must lie over the same pictures"):
        cam.widget(heatmap(np.ones((1, 4, 4))))
    with pytest.raises(ValueError, match=r"must differ in method, target or layer; \('Grad-CAM', 'cat'"):
        cam.widget(cam)
    with pytest.raises(TypeError, match="only heatmaps"):
        cam.widget(np.ones((2, 4, 4)))


def test_boxes_are_added_to_a_copy_and_its_checks_stay():
    plain = heatmap(np.ones((2, 4, 4)))
    plain.checks["completeness"] = 0.5
    told = plain.with_boxes({"cat": (0, 0, 3, 3)})
    assert [dict(one) for one in told.boxes] == [{"cat": (0, 0, 3, 3)}] * 2
    assert plain.boxes is None
    assert told.checks["completeness"] == 0.5
    with pytest.raises(ValueError, match="`boxes` must have one entry for each of 2 pictures; got 1"):
        plain.with_boxes([None])
