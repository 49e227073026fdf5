"""What the score of a class is the sum of: features to look at, to name, and to switch off."""

from __future__ import annotations

from xaikit.widgets.feature_board.widget import FeatureBoard

__all__ = ["FeatureBoard"]
