"""The vehicles of toyworld, one function each: `build(rng) -> Vehicle`, in metres."""

from __future__ import annotations
