from __future__ import annotations

import base64
import io
import json
import re
import zlib
from typing import Any

import numpy as np
import pytest
import sample
from ipywidgets.widgets.widget import _remove_buffers
from PIL import Image
from traitlets import TraitError

from xaikit.core.images import COLOR_MAPS
from xaikit.metrics.pointing import energy_in_box, kept_energy, pointing_hits
from xaikit.widgets import HeatmapExplorer
from xaikit.widgets.heatmaps.maps import (
    BUDGET,
    energy_cut,
    full_from,
    inside_share,
    percent,
    quantise,
    sizes_of,
)
from xaikit.widgets.heatmaps.still import Settings, see
from xaikit.widgets.kit.bundle import WIDGETS

RNG = np.random.default_rng(5)
PICTURES = [sample.whole(cls, 32, seed) for seed, cls in enumerate(sample.CLASSES)]
BOXES = [{"bus": (4, 4, 20, 28), "tram": (20.5, 0, 32, 32)}, None, {"bus": (0, 0, 32, 32)}]


def smooth(n: int, side: int = 32) -> np.ndarray:
    """Maps like Grad-CAM's: a hill somewhere, nowhere below zero."""
    y, x = np.mgrid[:side, :side] / side
    tops = RNG.uniform(0.2, 0.8, (n, 2))
    return np.stack([np.maximum(1 - 4 * ((x - u) ** 2 + (y - v) ** 2), 0) for u, v in tops])


def noisy(n: int, side: int = 32) -> np.ndarray:
    """Maps like a gradient's: many small values, few large ones, of both signs."""
    return RNG.laplace(size=(n, side, side)) ** 3


CAM, NOISE = smooth(3), noisy(3)
MAPS = [
    {"method": "Grad-CAM", "target": "bus", "values": CAM, "layer": "layer4", "note": "coarse"},
    {"method": "gradient", "target": ["bus", "tram", "tram"], "values": list(NOISE)},
]


@pytest.fixture
def explorer() -> HeatmapExplorer:
    return HeatmapExplorer(PICTURES, MAPS, BOXES, title="Where?")


def decoded(explorer: HeatmapExplorer, k: int, number: int) -> np.ndarray:
    """What the page makes of a map, written out slowly from the description of the format."""
    cell, (width, height) = explorer.maps[k]["cells"][number], explorer.grids[number]
    planes, n = zlib.decompress(cell["data"]), width * height
    values = np.zeros((height, width))
    for row in range(height):
        last = 0
        for column in range(width):
            i = row * width + column
            step = planes[i] * 256 + planes[n + i]
            last = (last + step + 32768) % 65536 - 32768
            values[row, column] = np.sign(last) * (last / explorer.levels) ** 2 * cell["peak"]
    return values


@pytest.mark.parametrize("precision", [16, 12, 8])
def test_values_travel_as_exactly_as_their_precision_says(precision: int) -> None:
    explorer = HeatmapExplorer(PICTURES, MAPS, precision=precision)
    assert explorer.precision == precision
    for k, values in enumerate((CAM, NOISE)):
        for number, one in enumerate(values):
            half, peak = 0.51 / (2 ** (precision - 1) - 1), np.abs(one).max()
            error = np.abs(decoded(explorer, k, number) - one) / peak
            assert (error <= 2 * half * np.sqrt(np.abs(one) / peak) + half**2 + 1e-6).all()
            strong = np.abs(one) > 0.01 * peak
            most = {16: 0.0005, 12: 0.005, 8: 0.085}[precision]
            assert (error[strong] <= most * (np.abs(one) / peak)[strong]).all()


def test_what_the_page_is_told(explorer: HeatmapExplorer) -> None:
    cam, gradient = explorer.maps
    assert (cam["method"], cam["layer"], cam["notes"], cam["signed"]) == (
        "Grad-CAM",
        "layer4",
        ["coarse"] * 3,
        False,
    )
    assert (gradient["targets"], gradient["signed"]) == (["bus", "tram", "tram"], True)
    assert explorer.sizes == explorer.grids == [[32, 32]] * 3
    assert explorer.boxes[0] == [["bus", [4, 4, 20, 28]], ["tram", [20.5, 0, 32, 32]]]
    assert explorer.boxes[1] == []
    picture = np.asarray(Image.open(io.BytesIO(explorer.pictures[1])).convert("RGB")).astype(int)
    assert np.abs(picture - PICTURES[1]).mean() < 10
    json.dumps(_remove_buffers(explorer.get_state())[0], allow_nan=False)


def test_one_picture_may_come_bare() -> None:
    one = HeatmapExplorer(PICTURES[0], [{**MAPS[0], "values": CAM[0]}], BOXES[0])
    assert (len(one.pictures), one.verdicts()) == (1, HeatmapExplorer(PICTURES, MAPS, BOXES).verdicts()[:1])
    stacked = HeatmapExplorer(np.stack(PICTURES), MAPS)
    assert len(stacked.pictures) == 3


def test_pictures_may_differ_in_size_and_large_ones_are_shrunk() -> None:
    wide = np.zeros((100, 400, 3), np.uint8)
    values = np.zeros((100, 400))
    values[:50, 200:] = 2.0
    explorer = HeatmapExplorer(
        [PICTURES[0], wide],
        [{"method": "a", "target": "b", "values": [CAM[0], values]}],
        [None, {"b": (200, 0, 400, 50)}],
        side=200,
    )
    assert explorer.grids == [[32, 32], [200, 50]]
    assert explorer.sizes[1] == [400, 100]
    small = decoded(explorer, 0, 1)
    assert (small[:25, 100:] == 2).all() and small.sum() == 25 * 100 * 2
    explorer.reading = {"picture": 1, "x": 399, "y": 49}  # a pixel of the picture as given
    assert explorer.reading["values"] == [2.0]
    assert explorer.verdicts() == ["all inside the box; half is a hit; the box covers 25% of the picture"]


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["magnitude", "positive"])
@pytest.mark.parametrize("share", [0, 0.05, 0.3, 0.9, 1])
def test_kept_energy_is_that_of_the_pointing_game(sign: str, share: float) -> None:
    """On squares of whole numbers both count exactly, so they must agree pixel by pixel."""
    for values in (CAM[0], NOISE[0]):
        whole = quantise(values.astype(np.float32), 16)
        sizes = sizes_of(whole, sign)
        squares = np.sign(whole) * whole.astype(float) ** 2
        kept = sizes >= max(energy_cut(sizes, share), 1)
        np.testing.assert_array_equal(kept, kept_energy(squares, share, sign))
        box = (3, 5, 21, 30)
        if share == 1:
            told = inside_share(sizes, 0, box, (32, 32))
            assert told == pytest.approx(energy_in_box(squares[None], [box], sign)[0])
        (hit,) = pointing_hits(squares[None], [box], [share], sign=sign)[0]
        assert (inside_share(sizes, energy_cut(sizes, share), box, (32, 32)) == 1) == hit


def test_kept_energy_by_hand() -> None:
    sizes = sizes_of(np.array([[10, 6], [-8, 0]], np.int16), "magnitude")  # of values 100, 36, −64 and 0
    assert [energy_cut(sizes, share) for share in (0, 0.5, 0.51, 0.82, 0.83, 1)] == [10, 10, 8, 8, 6, 0]
    ties = np.array([[7, 7], [7, 1]])
    assert [energy_cut(ties, share) for share in (0, 0.99, 0.995)] == [7, 7, 1]
    assert energy_cut(np.zeros((2, 2), np.int64), 0.5) == 0
    assert inside_share(sizes, 0, (0, 0, 2, 2), (4, 4)) == 0.5
    assert inside_share(sizes, 11, (0, 0, 2, 2), (4, 4)) is None


def test_verdicts_follow_the_sliders(explorer: HeatmapExplorer) -> None:
    values = np.zeros((1, 32, 32))
    values[0, 10, 10], values[0, 10, 30], values[0, 20, 20] = 3, 1, -6
    one = HeatmapExplorer(
        PICTURES[0], [{"method": "m", "target": "bus", "values": values}], {"bus": (8, 8, 16, 16)}
    )
    covers = "inside the box; half is a hit; the box covers 6% of the picture"
    assert one.verdicts() == [f"30% {covers}"]
    one.sign = "positive"
    assert one.verdicts() == [f"75% {covers}"]
    one.energy = 0.7
    assert one.verdicts() == [f"all {covers}"]
    one.sign, one.energy = "magnitude", 0
    assert one.verdicts() == [f"none {covers}"]
    one.energy, one.threshold = 1, 0.5
    assert one.verdicts() == [f"33% {covers}"]
    assert explorer.verdicts()[1] != ""
    explorer.picture = 1
    assert explorer.verdicts() == ["", ""]  # no boxes are known there


def test_on_one_scale_a_threshold_means_the_same_value_everywhere() -> None:
    weak, strong = np.full((4, 4), 0.4), np.eye(4)
    maps = [{"method": name, "target": "t", "values": v} for name, v in (("weak", weak), ("strong", strong))]
    one = HeatmapExplorer(np.zeros((4, 4, 3), np.uint8), maps)
    one.threshold = 0.5
    assert [np.isfinite(seen.shares).sum() for seen in one._seen()] == [16, 4]
    one.shared_scale = True
    assert [np.isfinite(seen.shares).sum() for seen in one._seen()] == [0, 4]
    assert [seen.full for seen in one._seen()] == [1, 1]


def test_a_shared_scale_is_signed_where_one_map_is(explorer: HeatmapExplorer) -> None:
    def signs() -> list[bool]:
        return [seen.signed for seen in explorer._seen()]

    assert signs() == [False, True]
    explorer.shared_scale = True
    assert signs() == [True, True]


def test_contrast_lets_colors_be_full_earlier() -> None:
    explorer = HeatmapExplorer(PICTURES, MAPS)
    explorer.contrast = 1
    for seen, values in zip(explorer._seen(), (CAM[0], NOISE[0]), strict=True):
        ranked = np.sort(np.abs(values[values != 0]))[::-1]
        assert seen.full == pytest.approx(ranked[len(ranked) // 5], rel=0.03)  # the faintest round to zero
        assert seen.beyond and np.abs(seen.shares).max() == 1
    explorer.contrast = 0
    assert [seen.beyond for seen in explorer._seen()] == [False, False]


def test_full_color_by_hand() -> None:
    whole = np.array([[9, -8, 7, 6, -5, 4], [3, 2, 1, -1, 0, 0]], np.int16)  # ten that are not zero
    assert [full_from(whole, contrast) for contrast in (0, 0.4, 0.5, 1)] == [9, 9, 8, 7]
    assert full_from(np.array([[0, 3]], np.int16), 1) == 3


# --- what is said, not drawn ------------------------------------------------------------------------------


def test_blank_and_broken_maps_are_said_and_not_sent(explorer: HeatmapExplorer) -> None:
    values = smooth(3)
    values[0] = 0
    values[1, 3, :5] = np.nan
    values[2, 0, 0] = -np.inf
    explorer = HeatmapExplorer(PICTURES, [{"method": "m", "target": "bus", "values": values}], BOXES)
    cells = explorer.maps[0]["cells"]
    assert [cell["said"] for cell in cells] == [
        "Zero everywhere: this map shows nothing.",
        "Not drawn: 5 of 1,024 values are NaN or infinite.",
        "Not drawn: 1 of 1,024 values are NaN or infinite.",
    ]
    assert [cell["data"] for cell in cells] == [None] * 3
    assert [cell["peak"] for cell in cells] == [0, None, None]
    assert not explorer.maps[0]["signed"]
    assert "3 with nothing to show" in repr(explorer)
    assert explorer.verdicts() == [""]
    explorer.still()
    explorer.reading = {"picture": 1, "x": 0, "y": 3}
    assert explorer.reading["values"] == [None]
    json.dumps(_remove_buffers(explorer.get_state())[0], allow_nan=False)


# --- hands ------------------------------------------------------------------------------------------------


def test_a_click_reaches_python_with_the_exact_values(explorer: HeatmapExplorer, page_says: Any) -> None:
    answers = page_says(explorer, reading={"picture": 0, "x": 7, "y": 30})
    assert explorer.reading == {
        "picture": 0,
        "x": 7,
        "y": 30,
        "values": [float(np.float32(CAM[0][30, 7])), float(np.float32(NOISE[0][30, 7]))],
    }
    assert [answer["data"]["state"] for answer in answers] == [{"exact": explorer.reading}]
    assert explorer.get_state()["reading"] == {"picture": 0, "x": 7, "y": 30}
    page_says(explorer, reading=None)
    assert explorer.reading is None


def test_sliders_and_switches_reach_python_and_are_not_sent_back(
    explorer: HeatmapExplorer, page_says: Any
) -> None:
    state = {
        "opacity": 0.3, "contrast": 0.1, "threshold": 0.25, "energy": 0, "sign": "positive",
        "colormap": "grey", "shared_scale": True, "mode": "map", "show_boxes": False, "picture": 2,
    }  # fmt: skip
    for name, value in state.items():
        assert page_says(explorer, **{name: value}) == []
        assert getattr(explorer, name) == value
    assert explorer.error == ""


def test_another_picture_ends_the_reading_and_a_reading_opens_its_picture(explorer: HeatmapExplorer) -> None:
    explorer.reading = {"picture": 1, "x": 0, "y": 0}
    assert explorer.picture == 1
    explorer.picture = 2
    assert explorer.reading is None


@pytest.mark.parametrize(
    "state",
    [
        {"opacity": 1.5},
        {"energy": -0.1},
        {"threshold": "much"},
        {"contrast": float("nan")},
        {"sign": "negative"},
        {"colormap": "jet"},
        {"mode": "x-ray"},
        {"picture": 3},
        {"picture": -1},
        {"reading": {"picture": 0, "x": 32, "y": 0}},
        {"reading": {"picture": 9, "x": 0, "y": 0}},
        {"reading": {"picture": 0, "x": 0.5, "y": 0}},
        {"reading": {"x": 1, "y": 0}},
        {"reading": 7},
        {"maps": []},
    ],
    ids=str,
)
def test_a_bad_message_changes_nothing_and_is_seen(
    explorer: HeatmapExplorer, page_says: Any, state: dict[str, Any]
) -> None:
    (name,) = state
    before = getattr(explorer, name)
    answers = page_says(explorer, **state)
    assert explorer.error.startswith("Refused: ")
    assert getattr(explorer, name) == before
    assert any(name in answer["data"]["state"] for answer in answers)
    if name != "maps":  # Python may set those, though nobody should
        with pytest.raises(TraitError):
            setattr(explorer, name, state[name])


# --- what does not fit ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        ([], "`maps` must be a sequence of at least one mapping"),
        ({"method": "a"}, "`maps` must be a sequence of at least one mapping"),
        ([{"method": "a", "target": "b"}], "needs the field 'values'"),
        ([{"target": "b", "values": CAM}], "a map needs the field 'method'"),
        ([{**MAPS[0], "values": CAM[:2]}], "a map for each of 3 pictures; got 2"),
        ([{**MAPS[0], "values": CAM[:, :16]}], r"the picture's shape \(32, 32\); got \(16, 32\)"),
        ([{**MAPS[0], "values": CAM[..., None]}], r"the picture's shape \(32, 32\); got \(32, 32, 1\)"),
        ([{**MAPS[0], "target": ["bus"]}], "one for each of 3 pictures; got"),
        ([{**MAPS[0], "target": 7}], "must be a text"),
        ([MAPS[0], MAPS[0]], r"must differ in method, target or layer; \('Grad-CAM', 'bus', 'layer4'\)"),
        (
            [MAPS[1], {**MAPS[1], "target": ["tram", "bus", "tram"]}],
            r"\('gradient', 'tram', ''\) came twice",
        ),
    ],
)
def test_maps_that_do_not_fit_are_refused(maps: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HeatmapExplorer(PICTURES, maps)


def test_the_same_method_and_class_at_another_layer_is_another_map() -> None:
    assert len(HeatmapExplorer(PICTURES, [MAPS[0], {**MAPS[0], "layer": "layer3"}]).maps) == 2


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([None], "for each of 3 pictures; got 1"),
        ({"bus": (0, 0, 1, 1)}, "for each of 3 pictures"),
        ([{"bus": (0, 0, 1)}, None, None], r"the box of 'bus' must be \(x0, y0, x1, y1\)"),
        ([{"bus": (0, 0, float("nan"), 1)}, None, None], "the box of 'bus' must be finite"),
        ([{"bus": (9, 0, 5, 9)}, None, None], "with some of the 32×32 picture in it"),
        ([{"bus": (40, 0, 50, 9)}, None, None], "with some of the 32×32 picture in it"),
    ],
)
def test_boxes_that_do_not_fit_are_refused(boxes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HeatmapExplorer(PICTURES, MAPS, boxes)


def test_other_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        HeatmapExplorer([], MAPS)
    with pytest.raises(TypeError, match="`image` must be a uint8 array"):
        HeatmapExplorer([PICTURES[0] / 255.0] * 3, MAPS)
    with pytest.raises(TypeError, match="must be real numbers; got <U1"):
        HeatmapExplorer(PICTURES, [{**MAPS[0], "values": np.full((3, 32, 32), "a")}])
    with pytest.raises(ValueError, match=r"`precision` must be one of \(16, 12, 8\) bits or None; got 10"):
        HeatmapExplorer(PICTURES, MAPS, precision=10)
    with pytest.raises(ValueError, match="`side` must be a number of pixels"):
        HeatmapExplorer(PICTURES, MAPS, side=0)


def test_a_box_that_looks_over_the_edge_is_cut_there() -> None:
    assert HeatmapExplorer(PICTURES, MAPS, [{"bus": (-3, 2, 40, 9)}, None, None]).boxes[0] == [
        ["bus", [0, 2, 32, 9]]
    ]


# --- size, still, words -----------------------------------------------------------------------------------


def saved_size(widget: Any) -> int:
    state, _, buffers = _remove_buffers(widget.get_state())
    data, _ = widget._repr_mimebundle_()
    outputs = {name: base64.b64encode(v).decode() if isinstance(v, bytes) else v for name, v in data.items()}
    return len(json.dumps({"state": state, "outputs": outputs})) + sum(len(b) * 4 // 3 for b in buffers)


def explorer_of(values: list[np.ndarray]) -> HeatmapExplorer:
    maps = [{"method": f"method {k}", "target": "bus", "values": one} for k, one in enumerate(values)]
    return HeatmapExplorer([sample.whole("school bus", 224, n) for n in range(len(values[0]))], maps)


def test_a_saved_notebook_stays_small() -> None:
    two_by_two = explorer_of([*smooth(2, 224)[:, None], *noisy(2, 224)[:, None]])
    assert two_by_two.precision == 12
    assert saved_size(two_by_two) <= 400_000
    eight_pictures = explorer_of([smooth(8, 224)] * 2)
    assert eight_pictures.precision == 12
    assert saved_size(eight_pictures) <= 450_000


def test_what_would_be_large_travels_less_exactly() -> None:
    for n, precision in ((2, 16), (3, 8), (6, 8)):
        one = explorer_of([noisy(1, 224)] * n)
        assert one.precision == precision
        sent = sum(len(cell["data"]) for packed in one.maps for cell in packed["cells"])
        assert sent <= BUDGET or n == 6  # at the lowest precision, as large as it is
    assert HeatmapExplorer(PICTURES, MAPS, precision=16).precision == 16


def test_the_still_shows_what_the_page_shows() -> None:
    red = np.zeros((32, 32))
    red[:, 16:] = 1.0
    blue = -red
    picture = np.full((32, 32, 3), 200, np.uint8)
    maps = [{"method": m, "target": "t", "values": v} for m, v in (("heat", red), ("signed", blue))]
    one = HeatmapExplorer(picture, maps, title="A title")
    one.mode = "map"
    pixels = np.asarray(one.still()).reshape(-1, 3)
    colors = {tuple(int(part) for part in color) for color in pixels}
    assert {COLOR_MAPS["heat"][0], COLOR_MAPS["heat"][-1], COLOR_MAPS["diverging"][-1]} <= colors
    one.mode = "picture"
    bare = np.asarray(one.still())
    assert (bare == 200).all(-1).sum() > 2 * 200 * 200
    one.opacity, one.mode = 0, "blended"
    np.testing.assert_array_equal(np.asarray(one.still()), bare)


def test_the_still_of_many_maps_and_long_names_is_drawn() -> None:
    names = "a method with a rather long name × " * 3
    maps = [{"method": f"{names}{k}", "target": names, "values": CAM} for k in range(14)]
    picture = HeatmapExplorer(PICTURES, maps, [{names: (1, 1, 30, 30)}, None, None]).still()
    assert picture.width < 1000


def test_its_words_are_stable(explorer: HeatmapExplorer) -> None:
    words = "HeatmapExplorer(pictures: 3, maps of each: 2: Grad-CAM for bus, gradient for bus)"
    assert repr(explorer) == words
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == words
    assert data["image/png"].startswith(b"\x89PNG")


def test_numbers_are_written_as_in_the_page() -> None:
    assert [percent(share) for share in (0, 0.001, 0.125, 0.996, 1)] == ["0%", "<1%", "13%", ">99%", "100%"]


def test_python_and_javascript_share_the_colors() -> None:
    source = (WIDGETS / "heatmaps" / "colors.js").read_text(encoding="utf-8")
    listed = re.search(r"HEAT = (\[.*?\]);", source, re.DOTALL)
    stops = json.loads(re.sub(r",\s*\]", "]", listed[1]))
    assert stops == [list(color) for color in COLOR_MAPS["heat"][::-1]]


def test_a_map_hidden_by_the_sliders_has_no_share_to_show() -> None:
    explorer = HeatmapExplorer(PICTURES, MAPS)
    settings = Settings(energy=0, sign="magnitude", threshold=0, contrast=0, shared_scale=False)
    (cam, _) = see(explorer._series, 0, (32, 32), 16, (32, 32), {}, settings)
    assert np.isfinite(cam.shares).sum() == (CAM[0] == CAM[0].max()).sum()
