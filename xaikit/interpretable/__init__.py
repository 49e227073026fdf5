"""Networks whose inner parts can be read (survey 5): filters that learn parts."""

from __future__ import annotations

from xaikit.interpretable.filter_loss import FilterLoss
from xaikit.interpretable.templates import PartMask

__all__ = ["FilterLoss", "PartMask"]
