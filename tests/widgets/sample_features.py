"""A feature board of two pictures, of which the second could not be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sample

from xaikit.plots.views import Summed
from xaikit.widgets import FeatureBoard

NAN = float("nan")


def summed(vehicle: str = "fire engine", **other: Any) -> Summed:
    y, x = np.mgrid[:128, :128].astype(np.float32) / 127
    maps = np.stack([np.maximum(0, 1 - 9 * ((x - 0.3) ** 2 + y**2)), y, 0 * y])
    view = Summed(
        picture=sample.whole(vehicle),
        cls="bus",
        answer="tram",
        start=-1.5,
        gives=np.array([3.0, -0.5, 0.0], np.float32),
        score=1.25,
        chance=0.75,
        words=["It is bus because of ", 0, " (+3.0), against it ", 1, "."],
        maps=maps,
    )
    return replace(view, **other)


def without(picture: int, features: list[int]) -> Summed:
    """Each feature that is off gives nothing."""
    gives = np.array([3.0, -0.5, 0.0], np.float32)
    gives[features] = 0
    return summed(
        gives=gives, score=0.5, chance=0.25, answer="bus", maps=None, picture=sample.whole("ambulance")
    )


def board_of_two(**other: Any) -> FeatureBoard:
    views = [summed(), summed("ambulance", cls="tram", chance=NAN, score=NAN, words=["not read"])]
    examples = {"bus": [[sample.whole("fire engine")] * 2, [], []]}
    given = {"rename": lambda *_: None, "without": without, **other}
    return FeatureBoard(views, {("bus", 1): "door"}, examples, "What is it made of?", **given)
