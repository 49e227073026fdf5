"""A map of 100,000 concepts in JupyterLab, headless Chromium: time until it is painted, and of a lasso.

The same with 100 concepts, in turn, tells how much of it is the notebook's and the machine's.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from measuring import record
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))

from driving import Lab, drag, kernel_eval, launch, open_notebook, run_all, spot  # noqa: E402

MANY, FEW = 100_000, 100
RUNS = 3
WORLD = """
import time
import numpy as np
from IPython.display import display
from xaikit.widgets import SemanticMap
n, rng = POINTS, np.random.default_rng(0)
families = rng.integers(0, 30, n)
names = [f"concept number {k}" for k in range(n)]
homes = rng.normal(0, 3, (30, 2))
places = {name: homes[families] + rng.normal(0, 0.6, (n, 2)) for name in ("t-SNE", "UMAP", "PCA")}
kingdoms, families = [f"kingdom {f % 3}" for f in families], [f"family {f}" for f in families]
labels = {"top level": kingdoms, "family": families}
sizes = rng.uniform(0.2, 0.9, n)
arrived = []
"""
MAKE = """
begun = time.time()
shown = SemanticMap(names, places, sizes, labels=labels)
shown.on_select(lambda numbers: arrived.append((time.time(), len(numbers))))
made = time.time()
display(shown)
"""

# The page's clock is the kernel's: both are this machine's.
_CLOCK = """() => {
  window.xkPainted = null;
  document.querySelectorAll("[data-testid=semantic-map]").forEach((old) => old.setAttribute("data-old", ""));
  new MutationObserver((changes, observer) => {
    const root = document.querySelector("[data-testid=semantic-map][data-painted]:not([data-old])");
    if (!root || window.xkPainted) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.xkPainted = Date.now() / 1000; }));
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-painted"] });
}"""

_RELEASE = """() => addEventListener("pointerup", () => {
  window.xkUp = Date.now() / 1000;
}, { capture: true, once: true })"""


def main() -> None:
    times: dict[int, list[tuple[float, ...]]] = {MANY: [], FEW: []}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as running:
        lab, browser = Lab(Path(home)), launch(running)
        try:
            for run in range(RUNS):
                for n in times:
                    name = lab.write(f"map{n}_{run}.ipynb", [WORLD.replace("POINTS", str(n)), MAKE])
                    with open_notebook(browser, lab, name) as page:
                        times[n].append(measured(page, n))
        finally:
            browser.close()
            lab.stop()
    report = {f"{n} points": told(times[n]) for n in times}
    record("semantic_map", report | {"runs": RUNS})


def told(times: list[tuple[float, ...]]) -> dict[str, float]:
    names = ("call_to_painted", "first_display_to_painted", "display_to_painted", "lasso_to_python")
    report = {}
    for name, values in zip(names, zip(*times, strict=True), strict=True):
        report |= {
            f"{name}_median_s": round(statistics.median(values), 3),
            f"{name}_best_s": round(min(values), 3),
        }
    return report


def measured(page: Page, n: int) -> tuple[float, ...]:
    """Seconds from the call and from the display of the first map of a page until it is painted, and from the
    display of the second; and of a lasso around all."""
    called, first = painted(page)
    _, second = painted(page)
    return called, first, second, lasso(page, n)


def painted(page: Page) -> tuple[float, float]:
    """Seconds from the call, and from the display, until the map is painted."""
    page.evaluate(_CLOCK)
    run_all(page)
    page.wait_for_function("() => window.xkPainted", timeout=60_000)
    end = page.evaluate("() => window.xkPainted")
    begun, made = kernel_eval(page, "[begun, made]")
    return end - begun, end - made


def lasso(page: Page, n: int) -> float:
    """Draw around all points; seconds from letting go until a listener in Python has their numbers."""
    root = page.locator("[data-testid=semantic-map]:visible")
    root.scroll_into_view_if_needed()
    root.get_by_role("button", name="lasso").click()
    field = root.get_by_test_id("map")
    corners = [(0.005, 0.005), (0.995, 0.005), (0.995, 0.995), (0.005, 0.995)]
    drag(page, spot(field, *corners[0]), spot(field, *corners[1]), drop=False)
    for corner in corners[2:]:
        page.mouse.move(*spot(field, *corner), steps=8)
    page.evaluate(_RELEASE)
    page.mouse.up()
    until = time.monotonic() + 30
    while not kernel_eval(page, "len(arrived)"):
        if time.monotonic() > until:
            raise RuntimeError("the lasso did not reach the kernel.")
        page.wait_for_timeout(100)
    end, count = kernel_eval(page, "arrived[0]")
    if count != n:
        raise RuntimeError(f"{n} points lie in the lasso, {count} reached the kernel.")
    return float(end - page.evaluate("() => window.xkUp"))


if __name__ == "__main__":
    main()
