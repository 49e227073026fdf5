"""A filter namer of four concepts: one has a name, two have suggestions, the last is seen nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sample

from xaikit.plots.views import Seen
from xaikit.widgets import FilterNamer

ENGINE, AMBULANCE = sample.whole("fire engine"), sample.whole("ambulance")
FIELD, PEAK = (0.5, 0.25, 0.25, 0.25), (0.625, 0.375)
VIEWS = [
    Seen("filter 3", 2, 4.0, [ENGINE, AMBULANCE], [FIELD, FIELD], [PEAK, PEAK], "wheel", 0.75),
    Seen("filter 1", 0, 3.0, [AMBULANCE], [FIELD], [PEAK], "door", 0.5),
    Seen("a <b>filter</b>", 1, 2.0, [ENGINE], [None], [None]),
    Seen("filter 4", 3, 1.0, [], [], []),
]


def seen(**other: Any) -> Seen:
    return replace(VIEWS[0], **other)


def namer_of_four(**other: Any) -> FilterNamer:
    given = {"rename": lambda *_: None, "cls": "bus", **other}
    return FilterNamer(VIEWS, {1: "lamp"}, "What counts for bus", **given)
