"""The papers' metrics as plain functions on arrays."""

from xaikit.metrics.clusters import cluster_agreement
from xaikit.metrics.concepts import PartMatch, area_on_object, main_part, part_match, purity
from xaikit.metrics.fidelity import agreement, interval, mean_l1, rank_correlation
from xaikit.metrics.pointing import (
    centre_blob,
    energy_in_box,
    kept_energy,
    pointing_baselines,
    pointing_hits,
)

__all__ = [
    "PartMatch",
    "agreement",
    "area_on_object",
    "centre_blob",
    "cluster_agreement",
    "energy_in_box",
    "interval",
    "kept_energy",
    "main_part",
    "mean_l1",
    "part_match",
    "pointing_baselines",
    "pointing_hits",
    "purity",
    "rank_correlation",
]
