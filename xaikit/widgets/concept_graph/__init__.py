"""Why a network decided as it did: its structural concept graphs, to look into."""

from __future__ import annotations

from xaikit.widgets.concept_graph.widget import ConceptGraph

__all__ = ["ConceptGraph"]
