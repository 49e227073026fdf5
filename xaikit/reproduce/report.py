"""Running a figure, and what is kept of it (`Report`)."""

from __future__ import annotations

import json
import math
import platform
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaikit.core.files import replacing
from xaikit.reproduce.registry import Figure
from xaikit.reproduce.setting import Setting, Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture


_VERSIONED = ("xaikit", "torch", "torchvision", "numpy", "scikit-learn", "scikit-image", "torch-geometric")


@dataclass(frozen=True)
class Report:
    """One figure, run: the paper's numbers and ours, and everything needed to run it again."""

    name: str
    title: str
    paper: dict[str, Value]
    measured: dict[str, Value]
    notes: list[str]
    setting: Setting
    seconds: float
    device: str
    versions: dict[str, str]
    pictures: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain dictionaries, lists, strings and finite numbers."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the report as a JSON object."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """Return a table with the paper's figures beside ours, for a terminal."""
        keys = [*self.measured, *(key for key in self.paper if key not in self.measured)]
        rows = [("", "paper", "measured")]
        rows += [(key, _cell(self.paper, key), _cell(self.measured, key)) for key in keys]
        first, second, third = (max(len(row[i]) for row in rows) for i in range(3))
        table = [f"  {a:<{first}}  {b:>{second}}  {c:>{third}}".rstrip() for a, b, c in rows]
        ran = [f"network {self.setting.model}", f"pictures {self.setting.data}"]
        ran += [self.device, f"seed {self.setting.seed}"]
        ran += ["quick"] if self.setting.quick else []
        head = [f"{self.name}: {self.title}", f"  {' · '.join(ran)} · {self.seconds:.1f} s"]
        tail = [f"  note: {note}" for note in self.notes] + [f"  saved {path}" for path in self.pictures]
        return "\n".join([*head, *table, *tail])


def run_figure(figure: Figure, setting: Setting, out: Path | None = None) -> Report:
    """Run one figure and save its pictures as ``out/<name>-<picture>.png``.

    Raises
    ------
    OSError, ValueError
        Where `out` cannot be written to, or there is no such device; both before the long work begins.
    """
    from xaikit.core.running import pick_device

    if out is not None:
        ensure_writable(out)
    device = str(pick_device(setting.device))
    started = time.perf_counter()
    outcome = figure.load()(setting)
    seconds = time.perf_counter() - started
    return Report(
        name=figure.name,
        title=figure.title,
        paper=_finite(outcome.paper),
        measured=_finite(outcome.measured),
        notes=[*outcome.notes, *_said_nan(outcome.measured)],
        setting=setting,
        seconds=round(seconds, 2),
        device=device,
        versions=installed_versions(),
        pictures=_save_pictures(outcome.figures, figure.name, out),
    )


def ensure_writable(folder: Path) -> None:
    """Create `folder` and write a small file there and back.

    Raises
    ------
    OSError
        Where that fails: no permission, a file in the way, a full disk.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(bytes(1_000_000))
            trial.flush()
    except OSError as error:
        raise OSError(f"results are to go to {str(folder)!r}, which cannot be written to: {error}") from error


def installed_versions() -> dict[str, str]:
    """Return the versions a result depends on, without importing the packages."""
    versions = {"python": platform.python_version()}
    for package in _VERSIONED:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _save_pictures(figures: Mapping[str, Picture], name: str, out: Path | None) -> list[str]:
    if out is None:
        return []
    paths = [out / f"{name}-{picture}.png" for picture in figures]
    for path, figure in zip(paths, figures.values(), strict=True):
        with replacing(path) as file:
            figure.savefig(file, format="png", dpi=150, bbox_inches="tight")
    return [str(path) for path in paths]


def _plain(value: Any) -> float | str:
    if isinstance(value, str):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _finite(values: Mapping[str, float | str]) -> dict[str, Value]:
    plain = {key: _plain(value) for key, value in values.items()}
    return {key: v if isinstance(v, str) or math.isfinite(v) else None for key, v in plain.items()}


def _said_nan(values: Mapping[str, float | str]) -> list[str]:
    return [
        f"{key!r} came out as no finite number" for key, value in _finite(values).items() if value is None
    ]


def _cell(values: Mapping[str, Value], key: str) -> str:
    value = values.get(key)
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:.4g}"
