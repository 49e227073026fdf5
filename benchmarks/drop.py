"""Time from the drop of a patch to its answer on screen: JupyterLab in headless Chromium, built-in model."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from measuring import record
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))

from driving import Lab, kernel_eval, launch, measure_drop, open_notebook, run_all, settled  # noqa: E402

DROPS = 20
FIT = """
import xaikit as xk
network = xk.load_classifier("toyworld/vehicles")
pictures = xk.load_images("toyworld/vehicles", split="train", n=360)
vrx = xk.VRX(["fire engine", "ambulance", "school bus"], n_pictures=60).fit(network, pictures)
"""
BOARD = """
board = vrx.board(xk.load_images("toyworld/vehicles", split="test", n=120)[72].image)
board
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as running:
        lab, browser = Lab(Path(home)), launch(running)
        try:
            with open_notebook(browser, lab, lab.write("drop.ipynb", [FIT, BOARD])) as page:
                run_all(page)
                board = page.locator("[data-testid=patch-board]:visible")
                settled(board, 0)
                times = []
                for n in range(DROPS + 1):
                    tile = board.locator(f'[data-tile="{n % 4}/{n % 6}"]')
                    times.append(measure_drop(page, tile, 0.2 + 0.03 * n, 0.45 + 0.01 * (n % 5)))
                check_all_counted(kernel_eval(page, "board.done"))
        finally:
            browser.close()
            lab.stop()
    picture, graphs = zip(*times[1:], strict=True)  # the first drop warms up
    report = {
        "picture_median_ms": round(statistics.median(picture)),
        "picture_p90_ms": round(statistics.quantiles(picture, n=10)[-1]),
        "graphs_median_ms": round(statistics.median(graphs)),
        "graphs_p90_ms": round(statistics.quantiles(graphs, n=10)[-1]),
        "drops": DROPS,
    }
    record("drop", report)


def check_all_counted(done: int) -> None:
    if done != DROPS + 1:
        raise RuntimeError(f"{DROPS + 1} patches were dropped, the kernel answered {done}.")


if __name__ == "__main__":
    main()
