"""How much longer `import xaikit` (with its Classifier) takes than `import torch, torchvision`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from measuring import record

HERE = Path(__file__).parent
ROUNDS = 7
OURS = "import xaikit; xaikit.Classifier; import torchvision"
THEIRS = "import torch, torchvision"


def main() -> None:
    seconds(OURS), seconds(THEIRS)  # fills the disk cache
    pairs = [(seconds(OURS), seconds(THEIRS)) for _ in range(ROUNDS)]
    report = {
        "ratio_median": round(statistics.median(ours / theirs for ours, theirs in pairs), 3),
        "xaikit_median_s": round(statistics.median(ours for ours, _ in pairs), 3),
        "torch_median_s": round(statistics.median(theirs for _, theirs in pairs), 3),
        "rounds": ROUNDS,
    }
    record("import_time", report)


def seconds(code: str) -> float:
    """Wall time of a fresh Python process that runs the code."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
