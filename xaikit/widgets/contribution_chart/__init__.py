"""How much each part counted for a score: bars, shares, places, and every single concept."""

from __future__ import annotations

from xaikit.widgets.contribution_chart.widget import ContributionChart

__all__ = ["ContributionChart"]
