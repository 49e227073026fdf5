"""Figures show what the result says, and are returned rather than shown."""

from __future__ import annotations

import io
from types import SimpleNamespace

import matplotlib.pyplot
import numpy as np
import pytest
from matplotlib.text import Text

from xaikit.attribution import Heatmap
from xaikit.plots import concept_graphs, concept_patches, heatmaps
from xaikit.plots.concept_graph import MEANING
from xaikit.plots.dependencies import dependency_matrices
from xaikit.plots.figures import new_figure, to_png

PICTURE = np.full((16, 16, 3), 120, np.uint8)


def node(name: str, detected: bool, contribution: float) -> dict:
    mask = np.zeros((16, 16), bool)
    mask[2:6, 2:6] = True
    place = {"x": 0.25, "y": 0.25, "mask": mask if detected else None, "detected": detected}
    return {"name": name, "contribution": contribution, **place}


def texts(figure) -> str:
    return " ".join(t.get_text() for ax in figure.axes for t in (*ax.texts, ax.title, ax.xaxis.label))


def test_graphs_name_class_question_and_probabilities():
    edges = [
        {"source": 0, "target": 1, "contribution": -0.5},
        {"source": 1, "target": 0, "contribution": 0.5},
    ]
    graphs = [
        {
            "name": name,
            "network": 0.9,
            "student": 0.8,
            "edges": edges,
            "nodes": [node("1", True, 1.0), node("2", name == "bus", -1.0)],
        }
        for name in ("bus", "tram")
    ]
    figure = concept_graphs(PICTURE, graphs, "bus")
    said = texts(figure)
    assert "Why bus?" in said and "Why not tram?" in said and "network 90% · GRN 80%" in said
    arrows = [sum("FancyArrow" in type(p).__name__ for p in ax.patches) for ax in figure.axes[:2]]
    assert arrows == [4, 0], "an arrow, with its outline, for each relation of two concepts that are there"
    assert matplotlib.pyplot.get_fignums() == []
    assert to_png(figure).startswith(b"\x89PNG")


def test_graphs_show_what_was_measured_and_what_was_learned_as_two_marks():
    graph = {"name": "bus", "network": 0.9, "student": None, "edges": []}
    nodes = [
        node("1", True, 0.5) | {"effect": -0.8, "label": "$5 sign"},
        node("2", True, 0.2) | {"effect": 1.0},
        node("3", False, 0.0) | {"effect": None},
    ]
    figure = concept_graphs(PICTURE, [graph | {"nodes": nodes}], "bus")
    rows = figure.axes[2]
    assert [label.get_text() for label in rows.get_yticklabels()] == ["concept 2", "1 $5 sign", "concept 3"]
    assert [bar.get_width() for bar in rows.patches] == [1.0, -0.8]
    assert [line.get_xdata()[0] for line in rows.lines[:2]] == [0.2, 0.5]
    assert "not found" in [text.get_text() for text in rows.texts]
    assert figure.get_supxlabel() == MEANING
    ring = figure.axes[0].patches[0].get_facecolor()
    assert ring[0] > ring[2], "the color of what was measured, not of what was learned"
    assert to_png(figure).startswith(b"\x89PNG")


def test_without_measurements_there_are_no_marks():
    graph = {"name": "bus", "network": 0.9, "student": 0.8, "edges": [], "nodes": [node("1", True, 0.5)]}
    figure = concept_graphs(PICTURE, [graph], "bus")
    assert len(figure.axes) == 2, "the graph and its scale"


def test_the_answer_and_a_warning_stand_above_the_graphs():
    graph = {"name": "bus", "network": 0.54, "student": 0.8, "edges": [], "nodes": [node("1", True, 0.5)]}
    panda = {"name": "giant panda", "probability": 0.34}
    fine = PICTURE.repeat(4, 0).repeat(4, 1)
    figure = concept_graphs(PICTURE, [graph], "bus", answer=panda, warning="Costs $5 or $6.", drawn=fine)
    said = "The network's answer: giant panda 34%. Among the classes asked about: bus 54%"
    assert said in texts(figure) and "Costs $5 or $6." in texts(figure)
    assert figure.axes[0].images[0].get_array().shape == fine.shape
    known = concept_graphs(PICTURE, [graph], "bus", answer={"name": "bus", "probability": 0.5})
    assert "The network's answer" not in texts(known)
    assert to_png(figure).startswith(b"\x89PNG")


def test_a_concept_is_shown_in_its_surroundings_where_they_are_kept():
    concept = SimpleNamespace(
        cls="bus", index=0, score=0.9, patches=[np.zeros((4, 4, 4), np.uint8)], contexts=[PICTURE, PICTURE]
    )
    plain = SimpleNamespace(cls="bus", index=1, score=0.5, patches=[np.zeros((4, 4, 4), np.uint8)])
    named = SimpleNamespace(**vars(concept) | {"index": 2, "name": "$door$", "effect": 1.25})
    figure = concept_patches({"bus": [concept, plain, named]}, n_patches=2)
    shown = [[image.get_array().shape for image in ax.images] for ax in figure.axes]
    assert shown == [[(16, 16, 3)], [(16, 16, 3)], [(4, 4, 4)], [], [(16, 16, 3)], [(16, 16, 3)]]
    said = texts(figure)
    assert "bus 2\nTCAV 0.50" in said and "bus 3\n$door$\neffect +1.25" in said
    assert to_png(figure).startswith(b"\x89PNG")


def test_a_matrix_per_class_and_no_diagonal():
    figure = dependency_matrices(["bus", "tram"], np.ones((2, 3, 3)))
    shown = figure.axes[0].images[0].get_array()
    assert np.isnan(np.ma.filled(shown, np.nan)[np.eye(3, dtype=bool)]).all()
    assert "bus" in texts(figure) and "tram" in texts(figure)


def test_heatmaps_name_prediction_and_target():
    heatmap = Heatmap(
        np.ones((1, 16, 16), np.float32), ("bus",), ("tram",), "layer", PICTURE[None], "Grad-CAM"
    )
    said = texts(heatmap.plot())
    assert "network: tram" in said and "Grad-CAM:\nbus" in said
    assert len(heatmaps(heatmap).axes) == 3, "the picture, its map, and the scale"


@pytest.mark.parametrize(
    "name", ["$5 to $10", r"a $\b$ and \frac", "two\nlines $x^$", "100 % {of} _it_ & #1"]
)
def test_names_are_written_as_they_are_in_every_part_of_a_figure(name):
    """In titles, ticks, legends, labels of axes and texts, before and after the figure was drawn."""
    figure = new_figure(4, 3)
    ax = figure.subplots()
    ax.bar([0, 1], [1, 2], label=name)
    ax.set_xticks([0, 1], [name, name])
    ax.set_title(name)
    ax.set_ylabel(name)
    ax.text(0, 0, name)
    ax.annotate(name, (0, 1))
    figure.suptitle(name)
    figure.legend()
    assert len(to_png(figure)) == len(to_png(figure)) > 1000
    ax.set_xticks([0, 0.5, 1], [name] * 3)
    figure.savefig(io.BytesIO(), format="pdf")
    shown = [text for text in figure.findobj(Text) if text.get_text() == name]
    assert len(shown) >= 9 and not any(text.get_parse_math() for text in shown)
