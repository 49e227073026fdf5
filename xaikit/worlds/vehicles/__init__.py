"""The world of vehicles: `fleet` builds them, `pictures` puts them into scenes, `faults` takes parts away."""

from __future__ import annotations

from xaikit.worlds.vehicles.pictures import (
    BACKDROPS,
    CLASS_NAMES,
    KINDS,
    POSES,
    SPLITS,
    VOCABULARY,
    dataset,
    sample_scene,
)

__all__ = ["BACKDROPS", "CLASS_NAMES", "KINDS", "POSES", "SPLITS", "VOCABULARY", "dataset", "sample_scene"]
