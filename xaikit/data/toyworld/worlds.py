"""The worlds that can be asked for by name."""

from __future__ import annotations

from xaikit.data.toyworld import vehicles

WORLDS = {"vehicles": vehicles.dataset}
