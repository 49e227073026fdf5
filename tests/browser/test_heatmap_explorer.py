"""The heatmap explorer in a real JupyterLab: by mouse, keyboard and touch, in both themes, and exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driving import (
    Lab,
    change_theme,
    kernel_eval,
    middle,
    open_notebook,
    run_cells,
    spot,
    standing,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect

from xaikit.core.images import COLOR_MAPS

EXPLORER = """
import numpy as np
import sample
from xaikit.widgets import HeatmapExplorer
y, x = np.mgrid[:128, :128] / 127
hill = np.maximum(1 - 6 * ((x - 0.3) ** 2 + (y - 0.4) ** 2), 0)
wave = np.sin(9 * x) * y * 0.01
maps = [
    {"method": "hill", "target": "fire engine", "values": np.stack([hill, hill.T, hill * 0])},
    {"method": "wave", "target": "ambulance", "values": np.stack([wave, -wave, wave]), "layer": "layer4"},
]
boxes = [{"fire engine": (10, 20, 70, 90), "ambulance": (0, 0, 128, 128)}, None, None]
pictures = [sample.whole(cls) for cls in sample.CLASSES]
explorer = HeatmapExplorer(pictures, maps, boxes, title="Where does it look?")
explorer.contrast = 0
heard = []
taken = explorer.set_state
explorer.set_state = lambda state: (heard.append(state), taken(state))[1]
explorer
"""
Y, X = np.mgrid[:128, :128] / 127
HILL = np.maximum(1 - 6 * ((X - 0.3) ** 2 + (Y - 0.4) ** 2), 0)
WAVE = np.sin(9 * X) * Y * 0.01


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with open_notebook(browser, lab, lab.write("heatmaps.ipynb", [EXPLORER])) as page:
        yield page


@pytest.fixture
def page(notebook: Page) -> Page:
    run_cells(notebook, [EXPLORER])  # every test gets an explorer of its own
    return notebook


@pytest.fixture
def explorer(page: Page) -> Locator:
    return the_explorer(page)


def the_explorer(page: Page) -> Locator:
    explorer = page.locator("[data-testid=heatmap-explorer]:visible")
    painted(explorer)
    explorer.scroll_into_view_if_needed()
    return explorer


def painted(explorer: Locator, picture: int = 0) -> None:
    expect(explorer).to_have_attribute("data-picture", str(picture))


def frames(explorer: Locator) -> int:
    return int(explorer.get_attribute("data-frames") or 0)


def stage(explorer: Locator, number: int) -> Locator:
    return explorer.locator(f'[data-map="{number}"]').get_by_test_id("heat-stage")


def told(explorer: Locator, number: int, testid: str = "value") -> Locator:
    return explorer.locator(f'[data-map="{number}"]').get_by_test_id(testid)


def canvas(explorer: Locator, number: int) -> np.ndarray:
    """The pixels of a map's canvas, (h, w, 4)."""
    width, height, values = told(explorer, number, "heat").first.evaluate(
        """(canvas) => {
      const { width, height } = canvas;
      return [width, height, [...canvas.getContext("2d").getImageData(0, 0, width, height).data]];
    }"""
    )
    return np.array(values).reshape(height, width, 4)


def interpolated(name: str, place: np.ndarray) -> np.ndarray:
    """Colors of a scale from least (0) to most (1), as a color table written out."""
    stops = np.array(COLOR_MAPS[name][::-1], float)
    steps = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(place, steps, stops[:, channel]) for channel in range(3)], axis=-1)


def known(page: Page, expression: str, value: Any) -> None:
    """Wait until Python knows: the page sends the next message only when the last has been taken in."""
    for _ in range(50):
        if kernel_eval(page, expression) == value:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} is {kernel_eval(page, expression)}, not {value}")


def choose(explorer: Locator, value: str) -> None:
    explorer.locator(f'[data-choice="{value}"]').click()
    drawn(explorer)


def drawn(explorer: Locator) -> None:
    """Wait until what the page knows is on screen: it draws in the next frame."""
    explorer.evaluate(
        """async () => {
          const next = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          await next();
          await next();
        }"""
    )


def test_what_is_painted_are_the_arrays(page: Page, explorer: Locator) -> None:
    choose(explorer, "map")
    expect(stage(explorer, 0)).to_have_class("xk-heat-stage xk-bare")
    kernel_eval(page, "explorer.mode")
    hill, wave = canvas(explorer, 0), canvas(explorer, 1)
    np.testing.assert_allclose(hill[..., :3], interpolated("heat", HILL / HILL.max()), atol=2)
    np.testing.assert_allclose(
        wave[..., :3], interpolated("diverging", (WAVE / np.abs(WAVE).max() + 1) / 2), atol=2
    )
    assert (hill[..., 3] == 255).all() and (wave[..., 3] == 255).all()
    choose(explorer, "blended")
    expect(stage(explorer, 0)).to_have_class("xk-heat-stage")
    cover = canvas(explorer, 0)[..., 3] / 255 / 0.8
    np.testing.assert_allclose(cover**2, HILL / HILL.max(), atol=0.01)
    choose(explorer, "picture")
    expect(told(explorer, 0, "heat").first).to_be_hidden()


def test_a_slider_repaints_in_the_page_and_tells_python_when_let_go(page: Page, explorer: Locator) -> None:
    kernel_eval(page, "heard.clear()")
    before, slider = frames(explorer), explorer.get_by_test_id("energy")
    box = standing(slider)
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2, steps=20)
    drawn(explorer)
    assert 20 < float(slider.input_value()) < 40
    assert frames(explorer) > before + 5
    visible = canvas(explorer, 0)[..., 3] > 0
    assert 0.02 < visible.mean() < 0.5 * (HILL > 0).mean()
    assert kernel_eval(page, "[heard, explorer.energy]") == [[], 1.0]
    page.mouse.up()
    known(page, "explorer.energy < 1", True)
    assert kernel_eval(page, "len(heard)") == 1
    share = kernel_eval(page, "explorer.energy")
    assert 0.2 < share < 0.4
    strongest = np.sort(HILL, axis=None)[::-1]
    n_kept = np.searchsorted(strongest.cumsum(), share * strongest.sum()) + 1
    assert visible.sum() == pytest.approx(n_kept, abs=3)
    assert HILL[visible].min() > HILL[~visible].max() - 1e-4
    assert kernel_eval(page, "explorer.verdicts()[0]") in (told(explorer, 0, "verdict").text_content() or "")


def test_each_move_of_a_slider_is_painted_in_its_frame(explorer: Locator) -> None:
    painted_frames = explorer.evaluate(
        """async (root) => {
          const slider = root.querySelector("[data-testid=opacity]");
          const next = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          await next();
          const before = Number(root.dataset.frames);
          for (let n = 0; n < 60; n++) {
            slider.value = 20 + n;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            await next();
          }
          return Number(root.dataset.frames) - before;
        }"""
    )
    assert painted_frames >= 60


def test_a_click_reads_the_value_in_every_map(page: Page, explorer: Locator) -> None:
    expect(told(explorer, 0)).to_contain_text("Point at a pixel")
    page.mouse.click(*spot(stage(explorer, 1), 32.5 / 128, 100.5 / 128))
    page.mouse.move(5, 5)
    expect(told(explorer, 0)).to_contain_text("at (32, 100)")
    known(page, "explorer.reading is not None", True)
    reading = kernel_eval(page, "explorer.reading")
    assert [reading["picture"], reading["x"], reading["y"]] == [0, 32, 100]
    assert reading["values"] == pytest.approx([HILL[100, 32], WAVE[100, 32]], rel=1e-6)
    for number, value in enumerate(reading["values"]):
        shown = told(explorer, number).locator("strong").text_content() or ""
        assert float(shown.replace("−", "-")) == pytest.approx(value, rel=0.005)
    kernel_eval(page, "setattr(explorer, 'reading', {'picture': 0, 'x': 64, 'y': 10})")
    expect(told(explorer, 1)).to_contain_text("at (64, 10)")


def test_with_python_a_kept_value_is_exact_however_small_the_maps_travelled(notebook: Page) -> None:
    coarse = EXPLORER.replace('title="Where does it look?"', "precision=8")
    run_cells(notebook, [coarse])
    explorer = the_explorer(notebook)
    place = spot(stage(explorer, 0), 40.5 / 128, 30.5 / 128)
    notebook.mouse.move(*place)
    expect(told(explorer, 0)).to_contain_text("at (40, 30)")
    rounded = told(explorer, 0).locator("strong").text_content() or ""
    assert len(rounded) == 4 and float(rounded) == pytest.approx(HILL[30, 40], abs=0.01)
    notebook.mouse.click(*place)
    notebook.mouse.move(5, 5)
    expect(told(explorer, 0).locator("strong")).to_have_text(f"{HILL[30, 40]:.3f}")


def test_pointing_reads_without_a_word_to_python(page: Page, explorer: Locator) -> None:
    kernel_eval(page, "heard.clear()")
    page.mouse.move(*spot(stage(explorer, 0), 0.5, 0.5))
    expect(told(explorer, 1)).to_contain_text("at (64, 64)")
    page.mouse.move(5, 5)
    expect(told(explorer, 1)).not_to_contain_text("at (")
    assert kernel_eval(page, "[heard, explorer.reading]") == [[], None]


def test_everything_by_keyboard(page: Page, explorer: Locator) -> None:
    stage(explorer, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(told(explorer, 1)).to_contain_text("at (64, 64)")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(told(explorer, 1)).to_contain_text("at (54, 63)")
    known(page, "[explorer.reading['x'], explorer.reading['y']]", [54, 63])
    page.keyboard.press("Escape")
    known(page, "explorer.reading", None)
    explorer.get_by_test_id("opacity").focus()
    page.keyboard.press("ArrowLeft")
    known(page, "explorer.opacity", 0.79)
    explorer.locator('[data-choice="blended"]').focus()
    page.keyboard.press("ArrowRight")
    known(page, "explorer.mode", "map")
    explorer.get_by_test_id("shared_scale").focus()
    page.keyboard.press("Space")
    known(page, "explorer.shared_scale", True)
    explorer.locator('[data-picture="0"]').focus()
    page.keyboard.press("ArrowRight")
    painted(explorer, 1)
    known(page, "explorer.picture", 1)
    for key in "ddbaxx":
        page.keyboard.press(key)
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.cells.length") == 1


def test_on_one_scale_all_maps_have_its_ends(page: Page, explorer: Locator) -> None:
    expect(told(explorer, 0, "heat-scale")).to_have_text("01.00")
    expect(told(explorer, 1, "heat-scale")).to_contain_text("−0.0100")
    explorer.get_by_test_id("shared_scale").click()
    for number in (0, 1):
        expect(told(explorer, number, "heat-scale")).to_have_text("−1.0001.00")
    choose(explorer, "map")
    np.testing.assert_allclose(
        canvas(explorer, 0)[..., :3], interpolated("diverging", (HILL / HILL.max() + 1) / 2), atol=2
    )
    assert np.ptp(canvas(explorer, 1)[..., 0]) < 12  # what is weak on the common scale looks weak


def test_verdicts_are_told_in_words(page: Page, explorer: Locator) -> None:
    expect(told(explorer, 1, "verdict")).to_contain_text(
        "all inside the box; half is a hit; the box covers 100%"
    )
    expect(told(explorer, 0, "verdict")).to_contain_text(
        "% inside the box; half is a hit; the box covers 26%"
    )
    expect(stage(explorer, 0).locator("[data-box]")).to_have_count(2)
    kernel_eval(page, "setattr(explorer, 'energy', 0.1)")
    expect(told(explorer, 0, "verdict")).to_contain_text("all inside the box")
    explorer.get_by_test_id("show_boxes").click()
    expect(told(explorer, 0, "verdict")).to_be_hidden()
    expect(stage(explorer, 0).locator("[data-box]")).to_have_count(0)
    known(page, "explorer.show_boxes", False)


def test_pictures_are_turned_over_and_a_blank_map_is_said(page: Page, explorer: Locator) -> None:
    page.mouse.click(*middle(stage(explorer, 0)))
    explorer.get_by_test_id("next").click()
    painted(explorer, 1)
    known(page, "[explorer.picture, explorer.reading]", [1, None])
    choose(explorer, "map")
    np.testing.assert_allclose(
        canvas(explorer, 0)[..., :3], interpolated("heat", HILL.T / HILL.max()), atol=2
    )
    explorer.locator('[data-picture="2"]').click()
    painted(explorer, 2)
    expect(told(explorer, 0, "said")).to_have_text("Zero everywhere: this map shows nothing.")
    expect(told(explorer, 0, "heat").first).to_be_hidden()
    expect(told(explorer, 1, "said")).to_be_hidden()
    expect(explorer.get_by_test_id("next")).to_be_disabled()
    page.mouse.click(*middle(stage(explorer, 0)))
    expect(told(explorer, 0)).to_contain_text("0 at (64, 64)")


def test_python_moves_the_page(page: Page, explorer: Locator) -> None:
    changes = "opacity=0.35, contrast=0.2, threshold=0.5, energy=0.6, colormap='grey', mode='map', picture=1"
    kernel_eval(page, f"[setattr(explorer, *pair) for pair in dict({changes}).items()]")
    painted(explorer, 1)
    shares = {"opacity": "35", "contrast": "20", "threshold": "50", "energy": "60"}
    for name, percent in shares.items():
        expect(explorer.get_by_test_id(name)).to_have_value(percent)
    for value in ("grey", "map"):
        expect(explorer.locator(f'[data-choice="{value}"]')).to_have_attribute("aria-checked", "true")
    kernel_eval(page, "setattr(explorer, 'sign', 'positive')")
    expect(explorer.get_by_test_id("sign")).to_be_checked()
    drawn(explorer)
    pixels = canvas(explorer, 1)
    assert (pixels[-WAVE < 0.004][:, 3] == 0).all() and (pixels[..., 3] > 0).any()


def test_what_is_refused_is_said_in_the_cell(page: Page, explorer: Locator) -> None:
    kernel_eval(page, "explorer.set_state({'energy': 7})")
    expect(explorer.get_by_test_id("error")).to_contain_text("Refused: `energy` must be from 0 to 1; got 7.0")


def test_ink_is_light_on_dark_in_the_dark_theme(page: Page, explorer: Locator) -> None:
    def look() -> tuple[float, float]:
        return tuple(
            sum(float(part) for part in color.split("(")[1].strip(")").split(",")[:3]) / 3
            for color in explorer.evaluate(
                "(root) => [getComputedStyle(root).color, getComputedStyle(root).backgroundColor]"
            )
        )

    try:
        change_theme(page, "JupyterLab Dark")
        expect(explorer).to_have_attribute("data-theme", "dark")
        ink, paper = look()
    finally:
        change_theme(page, "JupyterLab Light")
    assert ink > 200 and paper < 60


def test_by_touch_in_a_narrow_cell_nothing_is_cut_off(notebook: Page) -> None:
    with touch_screen(notebook, width=700, height=1000) as tap:
        run_cells(notebook, [EXPLORER])
        explorer = the_explorer(notebook)
        place = stage(explorer, 0)
        place.scroll_into_view_if_needed()
        tap(spot(place, 0.25, 0.25))
        expect(told(explorer, 0)).to_contain_text("at (32, 32)")
        known(notebook, "explorer.reading and [explorer.reading['x'], explorer.reading['y']]", [32, 32])
        tap(explorer.get_by_test_id("next"))
        painted(explorer, 1)
        assert explorer.evaluate("(root) => root.scrollWidth <= root.clientWidth")


EVIL = '<img src=x onerror="window.__pwned=1"></script><script>window.__pwned=2</script>'

EVIL_EXPLORER = f"""
import numpy as np
import sample
from xaikit.widgets import HeatmapExplorer
evil = {EVIL!r}
map = {{"method": evil, "target": evil, "layer": evil, "note": evil, "values": np.eye(128)}}
blank = {{**map, "method": "blank", "values": np.zeros((128, 128))}}
box = {{evil: (0, 0, 128, 128)}}
explorer = HeatmapExplorer(sample.muddled(), [map, blank], box, title=evil)
explorer.to_html("evil_heatmaps.html", title=evil)
explorer.error = evil
explorer
"""


def test_labels_that_look_like_markup_stay_text(browser: Browser, lab: Lab, notebook: Page) -> None:
    run_cells(notebook, [EVIL_EXPLORER])
    explorer = the_explorer(notebook)
    notebook.mouse.move(*middle(stage(explorer, 1)))
    for text in (explorer.locator(".xk-title"), explorer.locator(".xk-toward").first):
        expect(text).to_contain_text("<img src=x onerror=")
    assert notebook.evaluate("() => window.__pwned") is None
    assert explorer.locator("img[src=x]").count() == 0
    with watched_page(browser) as page:
        page.goto((lab.folder / "evil_heatmaps.html").as_uri())
        expect(page.locator(".xk-toward").first).to_contain_text("<img src=x onerror=")
        assert page.evaluate("() => window.__pwned") is None


def test_shown_twice_and_closed_it_leaves_nothing_behind(notebook: Page) -> None:
    run_cells(notebook, [EXPLORER, "explorer", "explorer.close()"])
    expect(notebook.get_by_test_id("heatmap-explorer")).to_have_count(0)


def test_an_exported_page_does_everything_without_python(browser: Browser, tmp_path: Path) -> None:
    import sample

    from xaikit.widgets import HeatmapExplorer

    maps = [
        {"method": "hill", "target": "bus", "values": np.stack([HILL, HILL.T])},
        {"method": "wave", "target": "tram", "values": np.stack([WAVE, np.full((128, 128), np.nan)])},
    ]
    boxes = [{"bus": (10, 20, 70, 90)}, None]
    made = HeatmapExplorer([sample.muddled(), sample.muddled(seed=2)], maps, boxes)
    path = made.to_html(tmp_path / "heatmaps.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        explorer = page.get_by_test_id("heatmap-explorer")
        painted(explorer)
        explorer.get_by_test_id("energy").fill("10")
        expect(told(explorer, 0, "verdict")).to_contain_text("all inside the box")
        page.mouse.click(*spot(stage(explorer, 0), 0.25, 0.25))
        page.mouse.move(5, 5)
        expect(told(explorer, 0)).to_contain_text("at (32, 32)")
        explorer.get_by_test_id("shared_scale").click()
        choose(explorer, "map")
        choose(explorer, "grey")
        expect(explorer.locator('[data-choice="grey"]')).to_have_attribute("aria-checked", "true")
        explorer.get_by_test_id("next").click()
        painted(explorer, 1)
        expect(told(explorer, 1, "said")).to_have_text(
            "Not drawn: 16,384 of 16,384 values are NaN or infinite."
        )
        page.mouse.click(*middle(stage(explorer, 1)))
        expect(told(explorer, 1)).to_contain_text("no value at (64, 64)")
        page.set_viewport_size({"width": 500, "height": 900})
        expect(explorer.locator('[data-choice="map"]')).to_have_attribute("aria-checked", "true")
        expect(explorer.get_by_test_id("energy")).to_have_value("10")
