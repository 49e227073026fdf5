"""The papers' metrics as plain functions on arrays."""

from xaikit.metrics.concepts import area_on_object, main_part, purity
from xaikit.metrics.fidelity import agreement, interval, mean_l1, rank_correlation

__all__ = ["agreement", "area_on_object", "interval", "main_part", "mean_l1", "purity", "rank_correlation"]
