"""A real JupyterLab in a real browser: start it, open notebooks, run them, ask their kernels.

Also used outside pytest, by the benchmarks: see :func:`measure_drop`.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, Locator, Page, Playwright, Route

from xaikit.doctor import find_chromium

ROOT = Path(__file__).parents[2]
STARTED_WITHIN = 60  # seconds
PROJECTOR = {"width": 1280, "height": 720}

_QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}


def chromium_path() -> str | None:
    """The browser that XAIKIT_CHROMIUM names, or the one on the PATH."""
    return os.environ.get("XAIKIT_CHROMIUM") or find_chromium()


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium, headless."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])


class Lab:
    """A JupyterLab server of its own, on a free port of this machine, with nothing of the user's set-up."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "notebooks"
        self.token = secrets.token_hex(16)
        self.port = _free_port()
        self._log = home / "server.log"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *self._options()],
            env=self._environment(home),
            stdout=self._log.open("w"),
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{name}?token={self.token}&reset"

    def write(self, name: str, cells: list[str]) -> str:
        """Write a notebook of code cells into the server's folder; returns its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.folder / name)
        return name

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _options(self) -> list[str]:
        return [
            "--allow-root",
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.folder}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
        ]

    def _environment(self, home: Path) -> dict[str, str]:
        self.folder.mkdir(parents=True)
        settings = (
            home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        )
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(_QUIET))
        own = {
            name: str(home / folder)
            for name, folder in (
                ("JUPYTER_CONFIG_DIR", "config"),
                ("JUPYTER_DATA_DIR", "data"),
                ("JUPYTER_RUNTIME_DIR", "runtime"),
                ("IPYTHONDIR", "ipython"),
                ("JUPYTERLAB_SETTINGS_DIR", "settings"),
                ("JUPYTERLAB_WORKSPACES_DIR", "workspaces"),
            )
        }
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        found = {name: value for name, value in os.environ.items() if name != "LOKY_MAX_CPU_COUNT"}
        return found | own | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": os.pathsep.join(paths)}

    def _wait(self) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/status", headers={"Authorization": f"token {self.token}"}
        )
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(request, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()[-3000:]}")


def ran(lab: Lab, name: str, cells: list[str], home: Path) -> nbformat.NotebookNode:
    """A notebook of code cells, run in the server's folder without a browser; it holds its widgets' state."""
    notebook = nbformat.read(lab.folder / lab.write(name, cells), as_version=4)
    own = {
        variable: str(home / variable)
        for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    with mock.patch.dict(os.environ, own | {"PYTHONPATH": str(ROOT)}):
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(lab.folder)}}).execute()
    return notebook


def put(lab: Lab, notebook: nbformat.NotebookNode, name: str) -> str:
    """Put a notebook into the server's folder, as one that is trusted; returns its name."""
    NotebookNotary(data_dir=str(lab.folder.parent / "data")).sign(notebook)
    nbformat.write(notebook, lab.folder / name)
    return name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def watched_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """A page in a fresh context that may not leave this machine.

    Raises
    ------
    AssertionError
        At the end, where the page raised an error or asked for anything outside this machine.
    """
    errors: list[str] = []
    foreign: list[str] = []

    def guard(route: Route) -> None:
        address = route.request.url
        if address.startswith(("http://127.0.0.1:", "data:", "blob:", "file:")):
            route.continue_()
        else:
            foreign.append(address)
            route.abort()

    opened = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, **context})
    try:
        opened.route("**/*", guard)
        page = opened.new_page()
        page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
        yield page
        if errors or foreign:
            raise AssertionError(f"errors in the page: {errors}; requests that leave the machine: {foreign}")
    finally:
        opened.close()


_READY = """async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  while (!window.jupyterapp) await wait(50);
  await window.jupyterapp.started;
  while (!window.jupyterapp.shell.currentWidget?.context?.sessionContext) await wait(50);
  const { context } = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await context.sessionContext.ready;
  while (!context.sessionContext.session?.kernel) await wait(50);
  await context.sessionContext.session.kernel.info;
}"""

_RUN_ALL = """async () => {
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  const { cells } = window.jupyterapp.shell.currentWidget.context.model.toJSON();
  return cells.filter((cell) => cell.cell_type === "code").map((cell) => ({
    count: cell.execution_count,
    errors: cell.outputs.filter((one) => one.output_type === "error").map((one) => one.evalue || one.ename),
  }));
}"""

_REPLACE = """(cells) => {
  const model = window.jupyterapp.shell.currentWidget.context.model.sharedModel;
  const now = model.cells.map((cell) => cell.getSource());
  if (now.length === cells.length && now.every((source, n) => source === cells[n])) return;
  model.transact(() => {
    model.deleteCellRange(0, now.length);
    model.insertCells(0, cells.map((source) => ({ cell_type: "code", source })));
  });
}"""

_SAID_IN_RED = """() => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells
  .flatMap((cell) => cell.outputs ?? [])
  .filter((one) => one.output_type === "stream" && one.name === "stderr")
  .map((one) => [one.text].flat().join(""))"""

_EXECUTE = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  const future = kernel.requestExecute({ code, store_history: false });
  let text = "";
  let error = "";
  future.onIOPub = (message) => {
    if (message.header.msg_type === "stream") text += message.content.text;
    if (message.header.msg_type === "error") error = `${message.content.ename}: ${message.content.evalue}`;
  };
  await future.done;
  return { text, error };
}"""

_SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()"


@contextmanager
def open_notebook(browser: Browser, lab: Lab, name: str, **context: Any) -> Iterator[Page]:
    """Open a notebook of the server's folder in a watched page; its kernel is shut down at the end."""
    with watched_page(browser, **context) as page:
        page.goto(lab.address(name))
        page.evaluate(_READY)
        try:
            yield page
        finally:
            page.evaluate(_SHUT_DOWN)


@contextmanager
def notebook_that_ran(
    browser: Browser, lab: Lab, name: str, cells: list[str], **context: Any
) -> Iterator[Page]:
    """Write a notebook into the server's folder, open it on a projector's screen, and run it."""
    screen = {"viewport": PROJECTOR} | context
    with open_notebook(browser, lab, lab.write(name, cells), **screen) as page:
        run_all(page)
        yield page


def run_all(page: Page) -> int:
    """Run all cells of the open notebook and wait for the last; returns how many ran.

    Raises
    ------
    AssertionError
        A cell raised an error, or did not run.
    """
    cells = page.evaluate(_RUN_ALL)
    failed = [cell for cell in cells if cell["errors"] or not cell["count"]]
    if failed:
        raise AssertionError(f"cells that failed or did not run: {failed}")
    return len(cells)


def run_cells(page: Page, cells: list[str]) -> None:
    """Run these cells in the open notebook in place of its own; they define what they use."""
    page.mouse.move(5, 5)  # off whatever comes to lie where the last test left it
    page.evaluate(_REPLACE, cells)
    assert run_all(page) == len(cells)


def change_theme(page: Page, theme: str) -> None:
    """Change JupyterLab's theme, such as "JupyterLab Dark", and wait until it is done."""
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    # JupyterLab's own splash must be gone before the next change, or JupyterLab removes it twice
    page.locator("#jupyterlab-splash").wait_for(state="detached")


def warnings_of(page: Page) -> list[str]:
    """What the cells of the open notebook wrote in red that is a warning."""
    return [text for text in page.evaluate(_SAID_IN_RED) if "Warning" in text]


def kernel_eval(page: Page, expression: str) -> Any:
    """The value of a Python expression in the open notebook's kernel, as far as JSON can tell it."""
    result = page.evaluate(_EXECUTE, f"import json as _json\nprint(_json.dumps({expression}))")
    if result["error"]:
        raise AssertionError(f"{expression} raised {result['error']}")
    return json.loads(result["text"])


def kernel_comes_to(page: Page, expression: str, seconds: float = 10) -> None:
    """Wait until a Python expression is true in the kernel: what a page has sent may still be on its way."""
    until = time.monotonic() + seconds
    while not kernel_eval(page, f"bool({expression})"):
        if time.monotonic() > until:
            raise AssertionError(f"{expression} did not become true within {seconds} s")
        page.wait_for_timeout(50)


_STANDS = """(thing) => new Promise((done) => {
  let [last, calm] = ["", 0];
  const look = () => {
    const { x, y, width, height } = thing.getBoundingClientRect();
    const now = [x, y, width, height].join();
    calm = now === last ? calm + 1 : 0;
    last = now;
    calm < 2 ? requestAnimationFrame(look) : done({ x, y, width, height });
  };
  look();
})"""


def standing(thing: Locator) -> dict[str, float]:
    """Where an element is in the window once it stands still: a notebook scrolls by itself after a run."""
    return thing.evaluate(_STANDS)


def middle(thing: Locator) -> tuple[float, float]:
    """The middle of an element in the window, after scrolling it into view."""
    thing.scroll_into_view_if_needed()
    return spot(thing, 0.5, 0.5)


def spot(stage: Locator, x: float, y: float) -> tuple[float, float]:
    """A place in the window, given in shares of an element."""
    box = standing(stage)
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], drop: bool = True) -> None:
    """Drag with the mouse."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    if drop:
        page.mouse.up()


@contextmanager
def touch_screen(page: Page, **viewport: int) -> Iterator[Callable[[Locator | tuple[float, float]], None]]:
    """The page under fingers for a while, of another size where one is given; yields what taps on it."""
    before, session = page.viewport_size, page.context.new_cdp_session(page)

    def tap(thing: Locator | tuple[float, float]) -> None:
        x, y = thing if isinstance(thing, tuple) else middle(thing)
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        if viewport:
            page.set_viewport_size(viewport)
        yield tap
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        session.detach()
        page.set_viewport_size(before)


def settled(board: Locator, seq: int) -> None:
    """Wait until the answer to gesture number `seq`, picture and graphs, is on screen."""
    board.page.wait_for_function(
        "([board, seq]) => Number(board.dataset.done) >= seq && Number(board.dataset.graphed) >= seq "
        "&& board.dataset.busy === undefined",
        arg=[board.element_handle(), seq],
    )


_STOPWATCH = """([board, seq]) => new Promise((done) => {
  let start = 0;
  const times = {};
  board.addEventListener("pointerup", () => { start = performance.now(); }, { capture: true, once: true });
  const look = () => requestAnimationFrame(() => {
    for (const name of ["done", "graphed"]) {
      if (!(name in times) && Number(board.dataset[name]) >= seq) times[name] = performance.now() - start;
    }
    if ("done" in times && "graphed" in times) {
      observer.disconnect();
      window.xkTimes = times;
    }
  });
  const observer = new MutationObserver(look);
  observer.observe(board, { attributes: true });
  window.xkTimes = null;
  done();
})"""


def measure_drop(page: Page, tile: Locator, x: float, y: float) -> tuple[float, float]:
    """Drag a tile of the page's patch board to (x, y) of the picture, and time the answer.

    Returns
    -------
    (picture, graphs) : milliseconds from letting go until the new picture and the network's probabilities,
        and until the graphs and the GRN's probabilities, have been painted
    """
    board = page.locator("[data-testid=patch-board]:visible").first
    seq = int(board.get_attribute("data-done") or 0) + 1
    start = middle(tile)
    page.evaluate(_STOPWATCH, [board.element_handle(), seq])
    drag(page, start, spot(board.get_by_test_id("stage"), x, y))
    page.wait_for_function("() => window.xkTimes")
    times = page.evaluate("() => window.xkTimes")
    return times["done"], times["graphed"]
