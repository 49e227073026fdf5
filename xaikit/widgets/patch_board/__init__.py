"""The picture, to change by hand, and what network and explanation say to it."""

from __future__ import annotations

from xaikit.widgets.patch_board.widget import PatchBoard

__all__ = ["PatchBoard"]
