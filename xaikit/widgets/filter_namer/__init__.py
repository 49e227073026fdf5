"""Concepts to give names to, one after the other: the pictures in which each is seen most."""

from __future__ import annotations

from xaikit.widgets.filter_namer.widget import FilterNamer

__all__ = ["FilterNamer"]
