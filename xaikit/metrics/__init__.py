"""The papers' metrics as plain functions on arrays."""

from xaikit.metrics.clusters import cluster_agreement
from xaikit.metrics.concepts import PartMatch, area_on_object, main_part, part_match, purity
from xaikit.metrics.contributions import (
    accuracy_at,
    best_threshold,
    contribution_entropy,
    contribution_error,
    relative_deviation,
    true_contributions,
)
from xaikit.metrics.features import (
    Orthogonality,
    classification_faithfulness,
    locality,
    orthogonality,
    part_shares,
    regression_faithfulness,
    voronoi_regions,
)
from xaikit.metrics.fidelity import agreement, interval, mean_l1, rank_correlation
from xaikit.metrics.instability import location_instability
from xaikit.metrics.masking import MaskedAccuracy, highlighted, masked_accuracy
from xaikit.metrics.pointing import (
    centre_blob,
    energy_in_box,
    kept_energy,
    pointing_baselines,
    pointing_hits,
)

__all__ = [
    "MaskedAccuracy",
    "Orthogonality",
    "PartMatch",
    "accuracy_at",
    "agreement",
    "area_on_object",
    "best_threshold",
    "centre_blob",
    "classification_faithfulness",
    "cluster_agreement",
    "contribution_entropy",
    "contribution_error",
    "energy_in_box",
    "highlighted",
    "interval",
    "kept_energy",
    "locality",
    "location_instability",
    "main_part",
    "masked_accuracy",
    "mean_l1",
    "orthogonality",
    "part_match",
    "part_shares",
    "pointing_baselines",
    "pointing_hits",
    "purity",
    "rank_correlation",
    "regression_faithfulness",
    "relative_deviation",
    "true_contributions",
    "voronoi_regions",
]
