"""Figures show what the result says, and are returned rather than shown."""

from __future__ import annotations

import matplotlib.pyplot
import numpy as np

from xaikit.attribution import Heatmap
from xaikit.plots import concept_graphs, heatmaps
from xaikit.plots.dependencies import dependency_matrices
from xaikit.plots.figures import to_png

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
