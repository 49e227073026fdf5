"""One JupyterLab and one Chromium for all browser tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "widgets")]

from driving import Lab, chromium_path, launch  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium_path() is None:
        message = "no Chromium: install one (Debian: apt-get install chromium) or name it in XAIKIT_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as running:
        opened = launch(running)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Browser, kept_fits: Any) -> Iterator[Lab]:
    with kept_fits():
        server = Lab(tmp_path_factory.mktemp("lab"))
    shutil.copy(HERE.parent / "widgets" / "sample.py", server.folder)
    yield server
    server.stop()
