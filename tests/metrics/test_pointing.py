"""The generalised pointing game: spelt out slowly, by hand, and at its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xaikit import metrics

SHARES = [0, 0.05, 0.3, 0.5, 0.77, 0.95, 1]


def slow_kept(values: np.ndarray, share: float, sign: str = "positive") -> set[tuple[int, int]]:
    """Take the strongest pixels one by one until they hold the share; then all as strong as the last."""
    energy = {}
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            energy[y, x] = max(float(values[y, x]), 0.0) if sign == "positive" else abs(float(values[y, x]))
    whole, kept, held = math.fsum(energy.values()), set(), 0.0
    for pixel in sorted(energy, key=energy.__getitem__, reverse=True):
        if (kept and held >= share * whole) or not energy[pixel]:
            break
        kept.add(pixel)
        held = math.fsum(energy[one] for one in kept)
    weakest = min((energy[one] for one in kept), default=math.inf)
    return kept | {pixel for pixel, e in energy.items() if e >= weakest}


def slow_hit(values, box, share, fraction=1.0, sign="positive") -> bool:
    kept = slow_kept(values, share, sign)
    x0, y0, x1, y1 = box
    inside = sum(x0 <= x < x1 and y0 <= y < y1 for y, x in kept)
    return inside >= fraction * len(kept)


@pytest.fixture
def maps() -> np.ndarray:
    """Bumps near the middle of the box with noise of both signs; the last has ties."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:9, :11]
    bumps = [
        9 * np.exp(-((y - 4) ** 2 + (x - cx) ** 2) / 3) + rng.normal(0, 0.3, (9, 11)) for cx in (3, 5, 8)
    ]
    return np.stack([*bumps, rng.integers(-3, 4, (9, 11)).astype(float)])


BOXES = [(1, 2, 6, 7), (2, 1, 9, 8), (6, 3, 11, 6), (0, 0, 11, 5)]


@pytest.mark.parametrize("sign", ["positive", "magnitude"])
def test_kept_energy_in_paper_form(maps, sign):
    for share in SHARES:
        kept = metrics.kept_energy(maps, share, sign)
        for mask, values in zip(kept, maps, strict=True):
            assert {tuple(place) for place in np.argwhere(mask).tolist()} == slow_kept(values, share, sign)


@pytest.mark.parametrize("sign", ["positive", "magnitude"])
@pytest.mark.parametrize("fraction", [1.0, 0.8, 0.5])
def test_hits_in_paper_form(maps, sign, fraction):
    hits = metrics.pointing_hits(maps, BOXES, SHARES, fraction, sign)
    expected = [[slow_hit(m, b, s, fraction, sign) for s in SHARES] for m, b in zip(maps, BOXES, strict=True)]
    np.testing.assert_array_equal(hits, expected)
    assert hits.dtype == bool and hits.any() and not hits.all()


def test_many_random_maps_in_paper_form():
    rng = np.random.default_rng(1)
    for _ in range(60):
        values = rng.normal(size=(5, 6)) ** 3 if rng.random() < 0.5 else rng.integers(-1, 3, (5, 6))
        x0, y0 = rng.integers(0, 4), rng.integers(0, 3)
        box = (x0, y0, rng.integers(x0 + 1, 7), rng.integers(y0 + 1, 6))
        share, fraction = float(rng.random()), float(rng.uniform(0.3, 1))
        (hit,) = metrics.pointing_hits(values[None], [box], [share], fraction)[0]
        assert bool(hit) == slow_hit(values, box, share, fraction)


def test_by_hand():
    values = np.array([[4.0, 3.0, 0.0], [2.0, 1.0, -9.0]])
    rows = [metrics.kept_energy(values, share).astype(int).tolist() for share in (0, 0.4, 0.41, 0.7, 0.91, 1)]
    assert rows == [
        [[1, 0, 0], [0, 0, 0]],
        [[1, 0, 0], [0, 0, 0]],
        [[1, 1, 0], [0, 0, 0]],
        [[1, 1, 0], [0, 0, 0]],
        [[1, 1, 0], [1, 1, 0]],
        [[1, 1, 0], [1, 1, 0]],
    ]
    assert metrics.kept_energy(values, 0, "magnitude").tolist() == [[False] * 3, [False, False, True]]
    hits = metrics.pointing_hits([values] * 2, [(0, 0, 2, 1), (0, 0, 2, 2)], [0, 0.7, 0.8, 1])
    assert hits.astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]
    np.testing.assert_allclose(metrics.energy_in_box([values], [(0, 0, 2, 1)]), [0.7])
    np.testing.assert_allclose(metrics.energy_in_box([values], [(0, 0, 2, 1)], "magnitude"), [7 / 19])


def test_share_0_is_the_plain_pointing_game():
    rng = np.random.default_rng(2)
    values, box = rng.random((40, 6, 6)), (1, 1, 5, 4)
    peaks = [np.unravel_index(one.argmax(), one.shape) for one in values]
    plain = [1 <= x < 5 and 1 <= y < 4 for y, x in peaks]
    assert metrics.pointing_hits(values, [box] * 40, [0])[:, 0].tolist() == plain
    assert metrics.pointing_hits(values, [box] * 40, [0]).mean() == pytest.approx(np.mean(plain))


def test_of_equal_maxima_all_must_be_inside():
    values = np.zeros((1, 4, 4))
    values[0, 1, 1] = values[0, 1, 2] = 1
    assert metrics.pointing_hits(values, [(1, 1, 3, 2)], [0, 1]).all()
    assert not metrics.pointing_hits(values, [(0, 0, 2, 4)], [0, 1]).any()


def test_a_constant_map_hits_only_the_whole_picture():
    constant = np.full((2, 4, 4), 0.3)
    hits = metrics.pointing_hits(constant, [(0, 0, 4, 3), (0, 0, 4, 4)], SHARES)
    assert not hits[0].any() and hits[1].all()


def test_a_map_without_energy_is_said_and_not_counted(maps):
    maps[1] = 0
    maps[2] = -1
    with pytest.warns(UserWarning, match=r"2 of 4 maps \(1, 2\) have no energy"):
        hits = metrics.pointing_hits(maps, BOXES, SHARES)
    assert hits.mask.all(1).tolist() == [False, True, True, False]
    np.testing.assert_allclose(hits.mean(0), np.asarray(hits)[[0, 3]].mean(0))
    assert not metrics.kept_energy(maps, 0.5)[1:3].any()
    with pytest.warns(UserWarning, match="no energy"):
        share = metrics.energy_in_box(maps, BOXES)
    assert np.isnan(share).tolist() == [False, True, True, False]
    for baseline in metrics.pointing_baselines(maps, BOXES, SHARES).values():
        np.testing.assert_array_equal(baseline.mask, hits.mask)


def test_several_boxes_are_taken_together(maps):
    parts = [[(1, 2, 6, 4), (1, 4, 6, 7)]] + [[box] for box in BOXES[1:]]
    together, single = (metrics.pointing_hits(maps, boxes, SHARES) for boxes in (parts, BOXES))
    np.testing.assert_array_equal(together, single)


def test_a_pixel_is_inside_where_its_centre_is():
    values = np.zeros((1, 4, 4))
    values[0, 1, 2] = 1
    inside = {0: True, 0.4: True, 0.6: False}
    for by, hit in inside.items():
        assert bool(metrics.pointing_hits(values, [(2 + by, 1, 4, 2)], [0])[0, 0]) is hit


def test_centre_blob_is_round_and_has_the_area_asked():
    blob = metrics.centre_blob((20, 30), 177)
    assert blob.sum() == 177
    y, x = np.nonzero(blob)
    far = np.hypot(y - 9.5, x - 14.5).max()
    yy, xx = np.nonzero(~blob)
    assert far <= np.hypot(yy - 9.5, xx - 14.5).min()
    assert metrics.centre_blob((5, 5), 1)[2, 2]


def test_baselines_in_paper_form(maps):
    found = metrics.pointing_baselines(maps, BOXES, SHARES, 0.9)
    for number, (values, (x0, y0, x1, y1)) in enumerate(zip(maps, BOXES, strict=True)):
        box = np.zeros(values.shape, bool)
        box[y0:y1, x0:x1] = True
        for column, share in enumerate(SHARES):
            blob = metrics.centre_blob(values.shape, len(slow_kept(values, share)))
            assert bool(found["centre blob"][number, column]) == (box[blob].mean() >= 0.9)
        assert (found["centre point"][number] == box[4, 5]).all()
    assert not found["uniform"].any()


def test_the_middle_of_an_even_picture_is_four_pixels():
    for box, hit in (((1, 1, 3, 3), True), ((0, 0, 2, 4), False)):
        found = metrics.pointing_baselines(np.ones((1, 4, 4)), [box], [0.5])
        assert bool(found["centre point"][0, 0]) is hit


def test_energy_in_box_of_a_constant_map_is_the_box_area():
    np.testing.assert_allclose(metrics.energy_in_box(np.ones((1, 10, 10)), [(2, 3, 7, 9)]), 0.3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heatmaps": np.ones((4, 4))}, r"shape \(n, h, w\)"),
        ({"heatmaps": np.full((1, 4, 4), np.nan)}, r"numbered \[0\] hold NaN"),
        ({"boxes": [(0, 0, 2, 2)] * 2}, "one box, or one set of boxes, per map: 1; got 2"),
        ({"boxes": [(0, 0, 2)]}, r"\(x0, y0, x1, y1\).*got shape \(3,\)"),
        ({"boxes": [(8, 0, 12, 4)]}, "has no pixel of the 4×4 map"),
        ({"boxes": [(3, 3, 1, 1)]}, "has no pixel"),
        ({"shares": [0.5, 50]}, "must be in 0..1"),
        ({"shares": []}, "at least one"),
        ({"fraction": 0}, "`fraction` must be above 0"),
        ({"sign": "both"}, "`sign` must be"),
    ],
)
@pytest.mark.parametrize("play", [metrics.pointing_hits, metrics.pointing_baselines])
def test_bad_input_raises(play, changes, message):
    arguments = {"heatmaps": np.ones((1, 4, 4)), "boxes": [(0, 0, 2, 2)], "shares": [0.5]} | changes
    with pytest.raises(ValueError, match=message):
        play(**arguments)


def test_a_blob_larger_than_the_picture_is_refused():
    with pytest.raises(ValueError, match=r"`n_pixels` must be a whole number from 0 to 12"):
        metrics.centre_blob((3, 4), 13)
