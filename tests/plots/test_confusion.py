"""The figure of a diagnosis: all counts are in it, rare mistakes are seen, two or twenty classes fit."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from xaikit.plots.confusion import KIND_COLORS, N_PAIRS
from xaikit.plots.figures import to_png
from xaikit.vrx.causes import Cause
from xaikit.vrx.diagnosing import ADVICE
from xaikit.vrx.diagnosis import ConfusedPair, Diagnosis, Mistake

KINDS = list(KIND_COLORS)
NO_CAUSE = Cause("a", "b", "concept", [], -1.0, 1.0, 0.0)


def diagnosis(classes: list[str], wrong: dict[tuple[int, int], list[str]], n_right: int = 50) -> Diagnosis:
    """`n_right` right answers per class, and the mistakes' types by (true, predicted)."""
    confusion = n_right * np.eye(len(classes), dtype=int)
    pairs = []
    for (true, predicted), kinds in sorted(wrong.items(), key=lambda item: -len(item[1])):
        confusion[true, predicted] = len(kinds)
        mistakes = [Mistake(i, str(i), kind, NO_CAUSE, 0.9, None) for i, kind in enumerate(kinds)]
        pairs.append(ConfusedPair(classes[true], classes[predicted], mistakes, [], ""))
    return Diagnosis(classes, confusion, pairs, [])


def many(m: int) -> Diagnosis:
    """Every class is taken for the next one, class k k+1 times."""
    wrong = {(k, (k + 1) % m): [KINDS[i % len(KINDS)] for i in range(k + 1)] for k in range(m)}
    return diagnosis([f"a class with a long name {k}" for k in range(m)], wrong)


def drawn(figure) -> None:
    assert to_png(figure).startswith(b"\x89PNG")


def test_every_type_of_error_has_a_color():
    assert set(KIND_COLORS) == set(ADVICE)


@pytest.mark.parametrize("m", [2, 3, 20])
def test_every_count_stands_in_its_cell_and_within_it(m):
    shown = many(m)
    figure = shown.plot()
    drawn(figure)
    matrix = figure.axes[0]
    told = {(t.get_position()[1], t.get_position()[0]): int(t.get_text()) for t in matrix.texts}
    assert told == {cell: n for cell, n in np.ndenumerate(shown.confusion) if n}
    side = abs(np.diff(matrix.transData.transform([(0, 0), (1, 1)]), axis=0)).min()
    assert max(max(text.get_window_extent().size) for text in matrix.texts) <= side
    assert f"of {shown.confusion.sum()} right" in matrix.get_title()


def test_the_bars_add_up_to_the_types_of_error_of_the_most_confused_pairs():
    cells = [(i, j) for i in range(5) for j in range(5) if i != j]
    every = {(i, j): [KINDS[(i + n) % len(KINDS)] for n in range(3 * i + j + 1)] for i, j in cells}
    shown = diagnosis(list("abcde"), every)
    figure = shown.plot()
    drawn(figure)
    bars = figure.axes[1]
    found = {c.get_label(): [bar.get_width() for bar in c] for c in bars.containers}
    for kind in KINDS:
        own = [Counter(m.kind for m in pair.mistakes)[kind] for pair in shown.pairs[:N_PAIRS]]
        assert found[kind] == own
    assert len(bars.get_yticks()) == N_PAIRS
    assert f"{N_PAIRS} of 20" in bars.get_title()


def test_a_rare_mistake_is_colored():
    figure = diagnosis(["a", "b"], {(0, 1): ["false alarm"]}, n_right=1000).plot()
    cells = figure.axes[0].images[0].get_array()
    assert cells[0, 1].min() < cells[1, 0].min(), "one of a thousand is told from none"
    drawn(figure)


def test_without_mistakes_there_is_the_matrix_alone():
    figure = diagnosis(["a", "b"], {}).plot()
    assert len(figure.axes) == 1
    drawn(figure)


def test_a_class_without_pictures_leaves_its_row_empty():
    shown = diagnosis(["a", "b", "c"], {(0, 1): ["false alarm"]})
    shown.confusion[2] = 0
    figure = shown.plot()
    drawn(figure)
    assert np.isfinite(figure.axes[0].images[0].get_array()).all()
