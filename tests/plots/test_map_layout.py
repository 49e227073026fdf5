from __future__ import annotations

import numpy as np
import pytest

from xaikit.plots.map_layout import (
    GROUP_COLORS,
    N_COLORED,
    N_NAMED,
    OTHER,
    Groups,
    group_centers,
    place_groups,
    place_names,
    point_radii,
    unit_places,
)


def meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_groups_come_by_size_and_of_two_as_large_the_first_is_first() -> None:
    groups = Groups.by(["b", "a", "c", "a", "c", "d"])
    assert groups.names == ("a", "c", "b", "d")
    assert groups.of.tolist() == [2, 0, 1, 0, 1, 3]
    assert groups.counts.tolist() == [2, 2, 1, 1]


def test_sixteen_groups_look_different_and_the_rarest_of_more_are_grey() -> None:
    labels = [f"group {k}" for k in range(20) for _ in range(20 - k)]
    groups = Groups.by(labels)
    colors, diamonds = groups.colors(), groups.diamonds()
    looks = {
        groups.names[g]: (*map(int, c), bool(d)) for g, c, d in zip(groups.of, colors, diamonds, strict=True)
    }
    assert looks["group 0"] == (*GROUP_COLORS[0], False)
    assert looks["group 8"] == (*GROUP_COLORS[0], True)
    assert len(set(looks.values())) == N_COLORED + 1
    assert {looks[f"group {k}"] for k in range(N_COLORED, 20)} == {(*OTHER, False)}


def contrast(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    def light(rgb: tuple[int, ...]) -> float:
        parts = [v / 255 for v in rgb]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    return max(light(a), light(b)) / min(light(a), light(b))


def test_no_color_is_swallowed_by_a_dark_page_nor_its_rim_by_a_light_one() -> None:
    for color in GROUP_COLORS:
        assert contrast(color, (17, 17, 17)) > 1.9
        assert contrast(tuple(part * 6 // 10 for part in color), (255, 255, 255)) > 2.5


def test_places_keep_their_proportions_and_up_stays_up() -> None:
    places = unit_places(np.array([[10.0, 0], [30, 0], [10, 5]]))
    np.testing.assert_allclose(places, [[0, 0.625], [1, 0.625], [0, 0.375]])
    np.testing.assert_array_equal(unit_places(np.full((3, 2), 7.0)), np.full((3, 2), 0.5))


def test_radii_run_from_the_smallest_size_to_the_largest() -> None:
    radii = point_radii(np.array([1.0, 3.0, 2.0]), 3, 600 * 800)
    assert radii == pytest.approx([0.4 * 18, 18, 0.7 * 18])
    assert point_radii(np.array([5.0, 5.0]), 2, 600 * 800) == pytest.approx([0.7 * 18] * 2)
    assert len(set(point_radii(None, 7, 600 * 800))) == 1
    assert point_radii(None, 100_000, 600 * 800)[0] >= 1


def slow_center(places: np.ndarray) -> np.ndarray:
    """The mean of the points in and around the fullest cell of 24 × 24, each counted with its neighbours."""
    cells = [(min(int(x * 24), 23), min(int(y * 24), 23)) for x, y in places]
    best, most = (0, 0), -1
    for i in range(24):
        for j in range(24):
            count = sum(abs(a - i) <= 1 and abs(b - j) <= 1 for a, b in cells)
            if count > most:
                best, most = (i, j), count
    near = [
        p for p, (a, b) in zip(places, cells, strict=True) if abs(a - best[0]) <= 1 and abs(b - best[1]) <= 1
    ]
    return np.mean(near, axis=0)


def test_the_centre_of_a_group_is_where_it_is_fullest() -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 1, (60, 2))
    places[:25] = np.array([0.8, 0.2]) + rng.normal(0, 0.01, (25, 2))  # a cluster, and stragglers everywhere
    groups = Groups.by(["a"] * 40 + ["b"] * 20)
    centers = group_centers(places, groups)
    assert np.hypot(*(centers[0] - [0.8, 0.2])) < 0.02
    np.testing.assert_allclose(centers[0], slow_center(places[:40]))
    np.testing.assert_allclose(centers[1], slow_center(places[40:]))


def test_only_the_largest_groups_have_names_on_the_map() -> None:
    labels = [str(k) for k in range(N_NAMED + 30)]
    places = np.random.default_rng(0).uniform(0, 1, (len(labels), 2))
    centers = group_centers(places, Groups.by(labels))
    np.testing.assert_allclose(centers, places[:N_NAMED])


def test_names_cover_neither_each_other_nor_points() -> None:
    rng = np.random.default_rng(0)
    spots, radii = rng.uniform(20, 480, (80, 2)), np.full(80, 6.0)
    boxes = place_names(spots, radii, [(60, 15)] * 80, (500, 500), [(200, 200, 300, 240)])
    found = [box for box in boxes if box is not None]
    assert len(found) > 20
    for k, box in enumerate(found):
        assert 0 <= box[0] and 0 <= box[1] and box[2] <= 500 and box[3] <= 500
        assert not any(meet(box, other) for other in [*found[k + 1 :], (200, 200, 300, 240)])
        assert not any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in spots)
    alone = place_names(np.array([[100.0, 100.0]]), np.array([6.0]), [(60, 16)], (500, 500))
    assert alone == [(109.0, 92.0, 169.0, 108.0)]  # on the right


def test_the_name_of_a_group_stays_near_and_gives_way_to_points() -> None:
    center, none = np.array([[250.0, 250.0]]), np.empty((0, 3))
    assert place_groups(center, [(100, 30)], (500, 500), none) == [(200.0, 235.0, 300.0, 265.0)]
    crowd = np.array([[x, 250.0, 10.0] for x in (230, 250, 270)])
    (aside,) = place_groups(center, [(100, 30)], (500, 500), crowd)
    assert aside is not None
    assert not meet(aside, (221, 241, 279, 259))
    assert abs(aside[0] - 200) + abs(aside[1] - 235) < 100
    first, second = place_groups(np.array([[250.0, 250], [255, 252]]), [(100, 30)] * 2, (500, 500), none)
    assert first is not None and second is not None
    assert not meet(first, second)
    assert place_groups(center, [(600, 30)], (500, 500), none) == [None]  # wider than the picture
