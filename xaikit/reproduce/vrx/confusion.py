"""VRX's figure 8: the confusion matrix of six classes, and the types of error behind it (section 4.4)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.vrx.bench import bench_of

__all__ = ["fig8"]


def fig8(setting: Setting) -> Outcome:
    """Errors on fresh pictures by pair of classes and by type, with the advice for each pair."""
    bench = bench_of(setting, n_classes=6)
    vrx = bench.fitted()
    fresh = setting.images("test", (900 if setting.quick else 6_000) if bench.has_scenes else None)
    diagnosis = vrx.diagnose(fresh, progress=False)
    kinds = Counter(diagnosis.frame["kind"])
    measured: dict[str, Any] = {
        "pictures": int(diagnosis.confusion.sum()),
        "errors": kinds.total(),
        "accuracy, %": 100 * diagnosis.accuracy,
        **{f"errors by {kind}": kinds[kind] for kind in sorted(kinds)},
    }
    measured |= {f"{pair.true} taken for {pair.predicted}": len(pair.mistakes) for pair in diagnosis.pairs}
    notes = [f"{pair.true} → {pair.predicted}: {pair.advice}" for pair in diagnosis.pairs[:3]]
    return Outcome({}, measured, notes, {"confusion": diagnosis.plot()})
