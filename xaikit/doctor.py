"""`xaikit doctor`: what is installed, what is missing, what to do about it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from xaikit import __version__

_PACKAGE = Path(__file__).parent
_BRING_BACK = "pip install --force-reinstall --no-deps xaikit (in a clone: git checkout -- xaikit notebooks)"

# what has another name when imported
_IMPORTED_AS = {"pillow": "PIL", "scikit-learn": "sklearn", "scikit-image": "skimage", "umap-learn": "umap"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` is for what is broken; what is merely absent has a `note` in its text."""

    what: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "✗" if self.remedy else "✓"
        return f"{mark} {self.what:<16} {self.found}" + (f"\n    → {self.remedy}" if self.remedy else "")


def examine() -> int:
    """Print a line per finding; return 1 where something is broken, else 0."""
    print(f"  xaikit {__version__}, Python {platform.python_version()}, {platform.platform()}")
    broken = 0
    for finding in _findings():
        print(finding)
        broken += bool(finding.remedy)
    print(f"{broken} thing(s) to mend, see →" if broken else "all is well")
    return 1 if broken else 0


def _findings() -> Iterator[Finding]:
    yield from _packages()
    yield _devices()
    yield _widgets()
    yield _weights()
    yield _notebooks()
    yield _chromium()


def _packages() -> Iterator[Finding]:
    try:
        required, optional = _requirements()
    except PackageNotFoundError:
        yield Finding(
            "xaikit", f"not installed, only found in {_PACKAGE.parent}", "pip install -e . (in that folder)"
        )
        return
    yield from (_required(package) for package in required)
    yield from (_optional(package) for package in optional)


def _requirements() -> tuple[list[str], list[str]]:
    """Names of the packages needed, and of those that the extras meant for users add."""
    required, optional = [], []
    for line in requires("xaikit") or []:
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        if "extra ==" not in line:
            required.append(name)
        elif not re.search(r"extra == .dev\b", line):
            optional.append(name)
    return required, list(dict.fromkeys(optional))  # an extra may stand in another too


def _import(package: str) -> None:
    with warnings.catch_warnings(action="ignore"):  # other packages' deprecations are not the user's to mend
        import_module(_IMPORTED_AS.get(package, package.replace("-", "_")))


def _required(package: str) -> Finding:
    try:
        _import(package)
    except (
        ImportError,
        OSError,
        RuntimeError,
    ) as error:  # what a half-installed or ill-matched package raises
        return Finding(package, f"cannot be imported: {error}", f"pip install --upgrade {package}")
    return Finding(package, version(package))


def _optional(package: str) -> Finding:
    try:
        return Finding(package, version(package))
    except PackageNotFoundError:
        return Finding(package, f"not installed (optional: pip install {package})")


def _devices() -> Finding:
    try:
        import torch
    except (ImportError, OSError):
        return Finding("devices", "unknown without torch", "pip install torch torchvision")
    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.append("mps")
    found += [f"cuda:{i} ({torch.cuda.get_device_name(i)})" for i in range(torch.cuda.device_count())]
    return Finding(
        "devices", ", ".join(found) + ("" if len(found) > 1 else "; no GPU found (none is needed)")
    )


def _widgets() -> Finding:
    from xaikit import widgets

    try:
        for name in widgets.__all__:
            getattr(widgets, name)  # a widget reads its scripts and styles when it is first asked for
    except (ImportError, OSError) as error:
        return Finding("widgets", str(error), _BRING_BACK)
    return Finding("widgets", ", ".join(widgets.__all__))


def _weights() -> Finding:
    files = sorted((_PACKAGE / "zoo" / "weights").glob("*.safetensors"))
    empty = [path.name for path in files if path.stat().st_size == 0]
    if not files or empty:
        return Finding("weights", f"empty: {', '.join(empty)}" if empty else "none came along", _BRING_BACK)
    return Finding("weights", ", ".join(path.stem for path in files))


def _notebooks() -> Finding:
    from xaikit.lab import shipped_notebooks

    try:
        folder = shipped_notebooks()
    except FileNotFoundError as error:
        return Finding("notebooks", str(error), _BRING_BACK)
    return Finding("notebooks", f"{len(list(folder.glob('*.ipynb')))} in {folder}")


def find_chromium() -> str | None:
    """Return the Chromium that XAIKIT_CHROMIUM names, or else one on the PATH, or None."""
    if "XAIKIT_CHROMIUM" in os.environ:
        return shutil.which(os.environ["XAIKIT_CHROMIUM"])
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


def _chromium() -> Finding:
    return Finding("Chromium", find_chromium() or "not found (only the browser tests need it)")
