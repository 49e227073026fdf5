"""Contributions as charts and widgets take them: the parts of each picture, with and without a prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xaikit.attribution import Heatmap
from xaikit.core.images import shown
from xaikit.core.params import check

if TYPE_CHECKING:
    from xaikit.additive.contributions import Contributions
    from xaikit.plots.views import Counted

__all__ = ["check_heatmaps", "views_of"]

PRIOR, BASELINE, ALONE = "with prior", "baseline", "explainer"


def check_heatmaps(heatmaps: Heatmap | None, found: Contributions) -> Heatmap | None:
    """Return heatmaps of the pictures that are explained, or None, or raise."""
    given: Heatmap | None = check("heatmaps", heatmaps, Heatmap | None)
    if given is not None and not np.array_equal(given.images, found.images):
        raise ValueError(
            f"`heatmaps` must be of the {len(found)} pictures that are explained, in their order; got those "
            f"of {len(given)}. Make both from the same images."
        )
    return given


def views_of(found: Contributions, heatmaps: Heatmap | None = None, most: int | None = None) -> list[Counted]:
    """The first pictures, all where `most` is None; with maps where these are known."""
    from xaikit.plots.views import Counted, Reading

    twin = found.baseline
    told = {ALONE: found} if twin is None else {PRIOR: found, BASELINE: twin}
    parts = {who: (one, one.by_part()[1]) for who, one in told.items()}
    names, _ = found.by_part()
    return [
        Counted(
            picture=shown(found.images[k]),
            cls=found.target,
            answer=found.predictions[k],
            names=names,
            score=float(found.performer[k]),
            readings={
                who: Reading(float(one.bias), given[k], one.contributions[k])
                for who, (one, given) in parts.items()
            },
            maps=part_maps(found, k),
            heat=None if heatmaps is None else heatmaps.values[k],
            heat_name="" if heatmaps is None else heatmaps.method,
        )
        for k in range(len(found))[:most]
    ]


def part_maps(found: Contributions, picture: int) -> NDArray[np.float32] | None:
    """Where each part is seen, (n_parts, gh, gw): Σ_{i ∈ Ω_p} max(0, ± α_i x_i), − where it speaks against.

    So a part is seen where it says what it says in all; None where nothing is known of places. As coarse as
    the layer, since there may be thousands: who shows one brings it to the picture's size.
    """
    if found.maps is None:
        return None
    terms = found.weights[picture, :, None, None] * found.maps[picture]
    sides = np.where(found.by_part()[1][picture] < 0, -1, 1)
    parts = zip(sides, found.members().values(), strict=True)
    return np.stack([np.maximum(side * terms[of], 0).sum(0) for side, of in parts]).astype(np.float32)
