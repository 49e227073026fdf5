"""The charts again as plotly figures, in which pointing at a bar or a cell tells its number."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.plots.charts import BLUE, FAINT, RUST
from xaikit.plots.figures import diverging
from xaikit.plots.views import Bars, Table

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Figure

__all__ = ["interactive_bars", "interactive_table"]

LETTERS = {"size": 16}
ROW, HEAD = 30, 130  # pixels


def interactive_bars(views: Sequence[Bars]) -> Figure:
    """Bars, of several questions beside each other, on one scale."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        1, len(views), subplot_titles=_plain([one.title for one in views]), shared_xaxes="all"
    )
    for column, one in enumerate(views, start=1):
        figure.add_trace(_trace(one), row=1, col=column)
        figure.update_yaxes(autorange="reversed", row=1, col=column)
        figure.update_xaxes(title_text=one.axis, zeroline=True, zerolinecolor="#333333", row=1, col=column)
    most = max(len(one.names) for one in views)
    return _dressed(figure, ROW * most + HEAD)


def _trace(view: Bars) -> Bar:
    from plotly.graph_objects import Bar

    values = np.asarray(view.values, float)
    faint = np.asarray(view.faint, bool) if len(view.faint) else np.zeros(len(values), bool)
    ends = np.abs(np.asarray(view.spans, float).reshape(-1, 2).T - (values if view.spans else 0))
    spans = {"type": "data", "array": ends[1], "arrayminus": ends[0]} if view.spans else None
    return Bar(
        x=values,
        y=_plain(view.names),
        orientation="h",
        marker={"color": np.where(values < 0, RUST, BLUE), "opacity": np.where(faint, FAINT, 1.0)},
        error_x=spans,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        showlegend=False,
    )


def interactive_table(view: Table) -> Figure:
    """Colors for numbers, centred on zero where any is below."""
    from plotly.graph_objects import Figure, Heatmap

    values = np.asarray(view.values, float)
    limit = float(np.abs(values).max()) or 1.0
    below = bool(values.min() < 0)
    shades = [[stop, _color(diverging()(stop))] for stop in np.linspace(0, 1, 9)]
    cells = Heatmap(
        z=values,
        x=_plain(view.columns),
        y=_plain(view.rows),
        zmin=-limit if below else float(values.min()),
        zmax=limit,
        colorscale=shades if below else "Blues",
        hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
    )
    figure = Figure(cells)
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title_text=view.axis)
    figure.update_layout(title=html.escape(view.title, quote=False))
    return _dressed(figure, ROW * len(view.rows) + HEAD)


def _plain(names: Sequence[str]) -> list[str]:
    """Names as they are: plotly would take what stands in angle brackets for markup."""
    return [html.escape(name, quote=False) for name in names]


def _dressed(figure: Figure, height: int) -> Figure:
    figure.update_layout(template="plotly_white", font=LETTERS, height=height, margin={"t": 70})
    return figure


def _color(rgba: Any) -> str:
    return "rgb({},{},{})".format(*(round(255 * part) for part in rgba[:3]))
