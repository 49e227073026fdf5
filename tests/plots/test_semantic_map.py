"""The figure of a map: names do not overlap, the legend says what colors and sizes mean."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from xaikit.plots.figures import to_png
from xaikit.plots.map_layout import N_COLORED
from xaikit.plots.semantic_map import semantic_map


def world(n: int, k: int) -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    rng = np.random.default_rng(0)
    homes, of = rng.normal(0, 4, (k, 2)), np.arange(n) % k
    names = [f"concept {i}" for i in range(n)]
    return names, homes[of] + rng.normal(0, 0.7, (n, 2)), rng.uniform(0.3, 0.9, n), [f"group {g}" for g in of]


@pytest.mark.parametrize(("n", "k"), [(72, 3), (72, 15), (300, 3)])
def test_names_overlap_neither_each_other_nor_the_edge(n: int, k: int) -> None:
    names, places, sizes, labels = world(n, k)
    figure = semantic_map(names, places, sizes, labels, title="t-SNE")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    (ax,) = figure.axes
    texts = [text.get_text() for text in ax.texts]
    assert set(texts) & set(labels)
    assert len(set(texts) & set(names)) > 8
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    for a, b in combinations(boxes, 2):
        assert not (a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1)
    room = ax.get_window_extent(renderer)
    assert all(room.x0 <= box.x0 and box.x1 <= room.x1 for box in boxes)
    (legend,) = figure.legends
    frame = legend.get_window_extent(renderer)
    assert 0 <= frame.y0 and frame.x1 <= figure.bbox.width


def test_the_legend_tells_groups_and_sizes() -> None:
    names, places, sizes, labels = world(72, 3)
    (legend,) = semantic_map(names, places, sizes, labels, size_name="diversity D_c").legends
    told = [text.get_text() for text in legend.get_texts()]
    ends = [f"{sizes.min():.3g}", f"{sizes.max():.3g}"]
    assert told == [*(f"group {g} (24)" for g in range(3)), "size: diversity D_c", *ends]
    assert semantic_map(names, places).legends == []


def test_the_rarest_of_many_groups_are_told_together() -> None:
    names, places, _, labels = world(100, 25)
    (legend,) = semantic_map(names, places, labels=labels).legends
    told = [text.get_text() for text in legend.get_texts()]
    assert len(told) == N_COLORED + 1
    assert told[-1] == "9 others"


def test_names_with_dollars_one_point_and_very_many_can_be_drawn() -> None:
    names, places, _, labels = world(5, 2)
    assert to_png(
        semantic_map([f"$x_{k}^$" for k in range(5)], places, labels=[f"$\\bad{k % 2}$" for k in range(5)])
    )
    assert to_png(semantic_map(["a"], [[3, 3]], [0.0]))
    names, places, sizes, labels = world(5000, 3)
    (ax,) = semantic_map(names, places, sizes, labels).axes
    assert not set(names) & {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"positions": np.zeros((2, 2))}, r"`positions` must have shape \(3, 2\)"),
        ({"positions": np.full((3, 2), np.nan)}, "must be finite"),
        ({"sizes": [1, 2]}, r"`sizes` must have shape \(3,\)"),
        ({"labels": ["a"]}, "one label per name, 3; got 1"),
        ({"names": []}, r"`positions` must have shape \(0, 2\)"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        semantic_map(**{"names": list("abc"), "positions": np.eye(3, 2), **change})
