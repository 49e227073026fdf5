"""The dialogue of page and Python: gestures are numbered, and answered in that order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_GESTURES = 2**53  # beyond it, JavaScript no longer counts exactly


def check_seq(seq: Any, done: int) -> int:
    """Return the number of a gesture, or raise ValueError where it does not follow those answered."""
    if not isinstance(seq, int) or isinstance(seq, bool) or not done < seq < MOST_GESTURES:
        raise ValueError(f"`seq` of a gesture must be an integer above {done}; got {seq!r}.")
    return seq


def seq_of(sync_data: Mapping[str, Any], done: int) -> int:
    """Return the number of the gesture in a message that was refused, or `done` where it has no valid one."""
    gesture = sync_data.get("gesture")
    try:
        return check_seq(gesture.get("seq"), done) if isinstance(gesture, Mapping) else done
    except ValueError:
        return done
