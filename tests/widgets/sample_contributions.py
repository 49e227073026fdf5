"""A contribution chart of three pictures, of which the last could not be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sample

from xaikit.plots.views import Counted, Reading
from xaikit.widgets import ContributionChart

NAN = float("nan")
NAMES = ["legs", "head", "a <b>torso</b> with a name far too long for any room", "tail"]
PRIOR = Reading(-1.5, np.array([0.5, 3.0, -1.5, 0.0], np.float32), np.array([0.5, 2, 1, -1.5, 0], np.float32))
BASELINE = Reading(-0.5, np.array([2.0, 0.5, 0.5, -4.0], np.float32), np.array([1, 1, 1, -4, 0], np.float32))


def counted(vehicle: str = "fire engine", **other: Any) -> Counted:
    """Legs are seen on the left, the head on the right, the torso above the middle, the tail nowhere."""
    y, x = np.mgrid[:128, :128].astype(np.float32) / 127
    maps = np.stack([x < 0.25, 2 * (x > 0.75), (y < 0.5) * 0.5, 0 * x]).astype(np.float32)
    view = Counted(
        picture=sample.whole(vehicle),
        cls="bus",
        answer="tram",
        names=NAMES,
        score=0.75,
        readings={"with prior": PRIOR, "baseline": BASELINE},
        maps=maps,
        heat=y * x,
        heat_name="Grad-CAM",
    )
    return replace(view, **other)


def unread() -> Counted:
    nothing = Reading(-1.5, np.full(4, NAN, np.float32), np.full(5, NAN, np.float32))
    return counted(
        answer="not read",
        score=NAN,
        readings=dict.fromkeys(["with prior", "baseline"], nothing),
        maps=np.full((4, 128, 128), NAN, np.float32),
        heat=np.full((128, 128), NAN, np.float32),
    )


def other_picture() -> Counted:
    less = replace(PRIOR, gives=PRIOR.gives / 2 - 1)
    return counted("ambulance", answer="bus", readings={"with prior": less, "baseline": BASELINE}, score=-1.0)


def many_parts(n: int = 40, **other: Any) -> Counted:
    """Part k gives k / 10, every other one against; nobody knows where they are."""
    gives = np.arange(n, dtype=np.float32) / 10 * (-1) ** np.arange(n)
    given = {"maps": None, "heat": None, "heat_name": "", "readings": {"explainer": Reading(0.0, gives)}}
    return counted(names=[f"part {k}" for k in range(n)], **given, **other)


def chart_of_three() -> ContributionChart:
    return ContributionChart([counted(), other_picture(), unread()], "How much each part counted")
