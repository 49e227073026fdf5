"""A widget without a browser: what would go to the page is recorded, what would come from it is handed in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import comm
import pytest

sys.path.insert(0, str(Path(__file__).parent))


class RecordingComm(comm.base_comm.BaseComm):
    """Keeps what a widget sends instead of sending it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        self.sent.append({"type": msg_type, "data": data or {}, "buffers": buffers or []})

    @property
    def updates(self) -> list[dict[str, Any]]:
        """The messages that set traits of the page, without echoes."""
        return [message for message in self.sent if message["data"].get("method") == "update"]


@pytest.fixture(autouse=True)
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", lambda *args, **kwargs: RecordingComm(*args, **kwargs))


@pytest.fixture
def page_says() -> Any:
    """Hand traits to a widget as a page would; returns the messages that answer."""

    def say(widget: Any, **state: Any) -> list[dict[str, Any]]:
        before = len(widget.comm.updates)
        widget._handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})
        return widget.comm.updates[before:]

    return say
