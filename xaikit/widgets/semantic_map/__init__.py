"""Every concept that a network knows as a map."""

from __future__ import annotations

from xaikit.widgets.semantic_map.widget import SemanticMap

__all__ = ["SemanticMap"]
