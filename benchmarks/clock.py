"""The clock that the benchmarks share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the wall, and of the processor: a busy machine has no second core to lend."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked
