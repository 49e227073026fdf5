"""`xaikit lab`: JupyterLab, opened on the first lesson."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from xaikit.core.files import replacing

FIRST = "00_start_here.ipynb"
_PACKAGE = Path(__file__).parent

# Nothing is asked of the outside: no news, no update check, no list of extensions. These files change
# JupyterLab's defaults; the user's own settings, and arguments on the command line, have the last word.
_DEFAULTS = _PACKAGE / "jupyter"


def start_lab(for_jupyter: Sequence[str] = (), n_students: int = 1) -> int:
    """Put the notebooks in place, run JupyterLab until it ends, return its exit code.

    Parameters
    ----------
    for_jupyter : arguments for JupyterLab
    n_students : who work on this machine at once; each kernel computes on its share of the cores, since
        kernels that compete for all of them wait for each other
    """
    if find_spec("jupyterlab") is None:
        print('xaikit lab: JupyterLab is not installed; run: pip install "xaikit[lab]"', file=sys.stderr)
        return 1
    try:
        first = place_notebooks(Path.cwd())
    except OSError as error:
        print(f"xaikit lab: the notebooks could not be put in place: {error}", file=sys.stderr)
        return 1
    return _wait_for(_command(first, for_jupyter), _environment(n_students))


def shipped_notebooks() -> Path:
    """Return the folder of the notebooks that came with this package.

    Raises
    ------
    FileNotFoundError
        Where there are none.
    """
    for folder in (_PACKAGE / "notebooks", _PACKAGE.parent / "notebooks"):  # a wheel, a clone
        if (folder / FIRST).is_file():
            return folder
    raise FileNotFoundError(f"{FIRST} did not come with this installation; reinstall xaikit")


def place_notebooks(folder: Path) -> Path:
    """Copy the notebooks into `folder` where they are absent; return the first lesson's path.

    In a clone, whose ``notebooks`` folder holds them already, nothing is copied. A file that is there stays
    as it is.
    """
    in_clone = folder / "notebooks" / FIRST
    if in_clone.is_file():
        return in_clone
    source = shipped_notebooks()
    for notebook in sorted(source.glob("*.ipynb")):
        copy = folder / notebook.name
        if os.path.lexists(copy):
            print(f"kept {copy}")
        else:
            with replacing(copy) as file:  # half a notebook would be kept ever after
                file.write(notebook.read_bytes())
            print(f"copied {copy}")
    return folder / FIRST


def _command(first: Path, for_jupyter: Sequence[str]) -> list[str]:
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: -1)() == 0 else []
    url = f"/lab/tree/{first.relative_to(Path.cwd()).as_posix()}"
    return [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url={url}", *as_root, *for_jupyter]


def _environment(n_students: int) -> dict[str, str]:
    """What the server and its kernels find set; what was set before has the last word on threads."""
    given = os.environ.get("JUPYTER_CONFIG_PATH")
    paths = os.pathsep.join(filter(None, [given, str(_DEFAULTS)]))
    share = max(1, (os.cpu_count() or 1) // n_students)
    threads = {"OMP_NUM_THREADS": str(share)} if n_students > 1 else {}
    return {**threads, **os.environ, "JUPYTER_CONFIG_PATH": paths}


def _wait_for(command: Sequence[str], environment: Mapping[str, str]) -> int:
    server = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    with _fits_made_ready():
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:
                continue  # JupyterLab got the Ctrl-C too, asks whether it is meant, and ends when it is


@contextmanager
def _fits_made_ready() -> Iterator[None]:
    """Meanwhile a process that stands back makes what the lessons fit, which is there ever after.

    Ctrl-C is not for it: where there are sessions it has its own, which ends as a whole.
    """
    command = [sys.executable, "-m", "xaikit", "cache", "warm", "--background"]
    apart = os.name == "posix"
    warming = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=apart)
    try:
        yield
    finally:
        if warming.poll() is None and apart:
            os.killpg(warming.pid, signal.SIGTERM)
        warming.terminate()
        warming.wait()
