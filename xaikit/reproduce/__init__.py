"""Each table and figure of a paper as a function, printed beside the paper's own numbers."""

from __future__ import annotations

from xaikit.reproduce.registry import FIGURES, Figure, find_figure
from xaikit.reproduce.report import Report, run_figure
from xaikit.reproduce.setting import Outcome, Setting

__all__ = ["FIGURES", "Figure", "Outcome", "Report", "Setting", "find_figure", "run_figure"]
