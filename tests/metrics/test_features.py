"""Metrics of explaining features: by hand, and literally as the paper writes them."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit import metrics


def test_faithfulness_by_hand():
    logits = np.array([[2.0, 1, 0], [0, 3, 1], [0, 1, 5]])
    near = [1.5, 3.0, 6.0]  # of class 1: the first and the last picture become its own
    assert metrics.regression_faithfulness(logits[:, 1], near) == pytest.approx((0.5 + 0 + 5) / 3)
    assert metrics.classification_faithfulness(logits, 1, near) == pytest.approx(2 / 3)
    assert metrics.classification_faithfulness(logits, 1, logits[:, 1]) == 1


def literal_orthogonality(maps: np.ndarray) -> tuple[float, float]:
    """SRAE 4.1 for maps (M, n, h, w): covariance by its definition, P, both norms."""
    vectors = np.stack([maps[:, k].ravel() for k in range(maps.shape[1])])
    n = len(vectors)
    C = np.array([[np.mean((a - a.mean()) * (b - b.mean())) for b in vectors] for a in vectors])
    P = np.diag(np.diag(C) ** -0.5) @ C @ np.diag(np.diag(C) ** -0.5)
    return np.sqrt((P**2).sum()) - np.sqrt(n), -np.log(np.linalg.det(P))


def test_orthogonality_in_paper_form():
    maps = np.random.default_rng(0).random((6, 4, 5, 7)) ** 3
    maps[:, 1] += maps[:, 0]
    found = metrics.orthogonality(maps)
    assert (found.o1, found.o2) == pytest.approx(literal_orthogonality(maps))
    np.testing.assert_allclose(found.correlations, np.corrcoef(maps.transpose(1, 0, 2, 3).reshape(4, -1)))


def test_copies_are_as_far_from_orthogonal_as_can_be():
    one = np.random.default_rng(0).random((3, 1, 8, 8))
    found = metrics.orthogonality(one.repeat(4, 1))
    assert found.o1 == pytest.approx(4 - 2)
    assert found.o2 > 30


def test_maps_that_do_not_vary_together_are_orthogonal():
    sign = np.array([[1, -1], [1, -1]])
    found = metrics.orthogonality([np.stack([sign, sign.T])])
    assert (found.o1, found.o2) == pytest.approx((0, 0))


def test_a_feature_without_heat_has_no_correlation():
    maps = np.random.default_rng(0).random((2, 3, 4, 4))
    maps[:, 1] = 0.3
    with pytest.raises(ValueError, match=r"features \[1\] have one value everywhere"):
        metrics.orthogonality(maps)
    with pytest.raises(ValueError, match="same number of heatmaps"):
        metrics.orthogonality([np.ones((2, 4, 4)), np.ones((3, 4, 4))])
    with pytest.raises(ValueError, match="there is no picture"):
        metrics.orthogonality([])


def literal_algorithm_1(heat: np.ndarray, points: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Appendix 1, pixel by pixel; the last share is of what lies outside of the box."""
    height, width = heat.shape
    x0, y0, x1, y1 = box
    S = heat / heat.sum()
    region = {}
    for i in range(height):
        for j in range(width):
            if x0 <= j + 0.5 < x1 and y0 <= i + 0.5 < y1:
                d = [np.hypot(j + 0.5 - x, i + 0.5 - y) for x, y in points]
                region[i, j] = int(np.argmin(d)), min(d)
    shares = np.zeros(len(points) + 1)
    for p in range(len(points)):
        largest = max(d for k, d in region.values() if k == p)
        shares[p] = sum(S[place] * (1 - d / largest) for place, (k, d) in region.items() if k == p)
    shares[-1] = sum(S[i, j] for i in range(height) for j in range(width) if (i, j) not in region)
    return shares


def test_algorithm_1_pixel_by_pixel():
    rng = np.random.default_rng(1)
    heat, points, box = rng.random((3, 9, 12)), np.array([[3.5, 2.5], [8.0, 6.0], [5.2, 4.1]]), (2, 1, 10, 8)
    regions = metrics.voronoi_regions(points, box, (9, 12))
    shares = metrics.part_shares(heat, regions)
    for n in range(3):
        np.testing.assert_allclose(shares[n], literal_algorithm_1(heat[n], points, box))


def test_a_part_that_is_not_seen_owns_nothing():
    regions = metrics.voronoi_regions([[1, 1], [np.nan, np.nan]], (0, 0, 4, 4), (4, 6))
    assert not regions[1].any()
    np.testing.assert_array_equal(regions[2], np.arange(6) >= 4 * np.ones((4, 1)))
    with pytest.raises(ValueError, match=r"parts \[0\] lie outside of the box"):
        metrics.voronoi_regions([[5, 1]], (0, 0, 4, 4), (4, 6))
    with pytest.raises(ValueError, match="a part must be seen"):
        metrics.voronoi_regions([[np.nan, 1]], (0, 0, 4, 4), (4, 6))


def test_locality_by_hand():
    """The first feature is on one object, the second on two alike, the third on a quarter of all four."""
    masks = np.eye(4).reshape(4, 2, 2)
    heat = np.array([[[3.0, 0], [0, 0]], [[0, 2], [0, 2]], [[1, 1], [1, 1]]])
    shares = np.stack([metrics.part_shares(heat, masks)] * 2)
    np.testing.assert_allclose(metrics.locality(shares), [0, np.log(2), np.log(4)], atol=1e-12)


def test_locality_is_of_the_mean_over_pictures():
    """On another object in each picture: as little local as on both at once."""
    masks = np.eye(4).reshape(4, 2, 2)
    shares = np.stack([metrics.part_shares(masks[[k]], masks) for k in (0, 3)])
    assert metrics.locality(shares) == pytest.approx([np.log(2)])


def test_empty_heatmaps_are_not_counted_and_said():
    masks = np.eye(4).reshape(4, 2, 2)
    heat = np.stack([masks[0], np.zeros((2, 2))])
    shares = np.stack([metrics.part_shares(heat, masks), metrics.part_shares(heat[[0, 0]], masks)])
    with pytest.warns(UserWarning, match="1 of 4 heatmaps have no heat"):
        np.testing.assert_allclose(metrics.locality(shares), [0, 0], atol=1e-12)
    with pytest.warns(UserWarning, match="1 of 2 heatmaps have no heat"):
        assert np.isnan(metrics.locality(shares[:1])).tolist() == [False, True]


@pytest.mark.parametrize(
    "call",
    [
        lambda: metrics.regression_faithfulness([1.0], [1.0, 2.0]),
        lambda: metrics.regression_faithfulness([np.nan], [1.0]),
        lambda: metrics.classification_faithfulness([[1.0, 2.0]], 2, [1.0]),
        lambda: metrics.classification_faithfulness([[1.0, np.inf]], 0, [1.0]),
        lambda: metrics.part_shares(-np.ones((1, 2, 2)), np.ones((1, 2, 2))),
        lambda: metrics.part_shares(np.ones((1, 2, 2)), np.ones((1, 3, 2))),
        lambda: metrics.part_shares(np.ones((1, 2, 2)), 2 * np.ones((1, 2, 2))),
        lambda: metrics.locality(np.ones((2, 2))),
        lambda: metrics.locality(-np.ones((1, 2, 2))),
        lambda: metrics.orthogonality([np.full((2, 2, 2), np.nan)]),
    ],
)
def test_what_does_not_go_together_is_refused(call):
    with pytest.raises(ValueError):
        call()
