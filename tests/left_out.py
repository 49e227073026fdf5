"""The last words of `make test`: what this machine could not run, and what would let it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import torch

from xaikit.doctor import find_chromium

REAL = Path(os.environ.get("XAIKIT_REAL", Path(__file__).parents[2] / "shared" / "real"))

HERE = {
    "browser tests: no Chromium was found (Debian: apt-get install chromium)": find_chromium() is not None,
    "JavaScript tests: no node was found (Debian: apt-get install nodejs)": shutil.which("node") is not None,
    f"tests on real networks and photographs: there is no folder {REAL}": REAL.is_dir(),
    "runs on a GPU: none was found": torch.cuda.is_available() or torch.backends.mps.is_available(),
}

absent = [what for what, here in HERE.items() if not here]
print("left out here:" if absent else "nothing was left out")
for what in absent:
    print(f"  - {what}")
