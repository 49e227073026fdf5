"""What the benchmarks share: a clock, the machine in words, and where results are kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the wall, and of the processor: a busy machine has no second core to lend."""
    finish = waiting()
    finish()
    started, worked = time.perf_counter(), time.process_time()
    work()
    finish()
    return time.perf_counter() - started, time.process_time() - worked


def waiting() -> Callable[[], Any]:
    """What waits until a GPU, where there is one, has done what it was told."""
    import torch

    return torch.cuda.synchronize if torch.cuda.is_available() else lambda: None


def machine(device: Any = "cpu") -> dict[str, Any]:
    """What the figures depend on beside the code."""
    import torch

    on_gpu = torch.device(device).type == "cuda"
    return {
        "device": torch.cuda.get_device_name(device) if on_gpu else "cpu",
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def record(name: str, report: dict[str, Any], device: Any = "cpu") -> None:
    """Print a report, and write it."""
    print(write(name, report, device))


def write(name: str, report: dict[str, Any], device: Any = "cpu") -> str:
    """Write a report to ``results/<name>.json``, of a GPU to ``<name>.cuda.json``; return what is written."""
    text = json.dumps(report | machine(device), indent=2) + "\n"
    _path(name, device).write_text(text, encoding="utf-8")
    return text


def kept_before(name: str, device: Any = "cpu") -> dict[str, Any]:
    """What `write` wrote before, to which some parts are measured anew; nothing where it wrote nothing."""
    path = _path(name, device)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _path(name: str, device: Any) -> Path:
    kind = str(device).split(":")[0]
    return RESULTS / f"{name}{'' if kind == 'cpu' else '.' + kind}.json"
