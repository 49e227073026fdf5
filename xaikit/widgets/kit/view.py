"""What all widgets have in common: errors drawn in the cell, a still picture where no widget runs, export."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets
from IPython.display import display, update_display
from PIL.Image import Image

from xaikit.widgets.kit.bundle import stylesheet
from xaikit.widgets.kit.export import write_page
from xaikit.widgets.kit.keepsake import keepsake
from xaikit.widgets.kit.still import to_png

REFUSED = "Refused: "


def told(error: Exception) -> str:
    """What an error says, for the cell."""
    return f"{type(error).__name__}: {error}"


class View(anywidget.AnyWidget):
    """A widget of this project.

    Attributes
    ----------
    title : heading above the widget
    error : what went wrong last, shown in the cell; "" where nothing did
    """

    _css = stylesheet()
    _from_page: ClassVar[frozenset[str]] = (
        frozenset()
    )  # the traits that a page may set, beside those of its bases
    _kept_as: tuple[str, ...] = ()  # by which names Jupyter knows the pictures of it that it has been given

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._from_page = frozenset().union(*(vars(one).get("_from_page", ()) for one in cls.__mro__))

    title = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take traits from the page; what is not valid changes nothing and is said in `error`."""
        foreign = sorted(set(sync_data) - self._from_page)
        try:
            if foreign:
                raise traitlets.TraitError(f"a page may set {sorted(self._from_page)}; got {foreign}")
            super().set_state(sync_data)
            if self.error.startswith(REFUSED):
                self.error = ""
        except traitlets.TraitError as refusal:
            self.error = f"{REFUSED}{refusal}"
            self._refused(sync_data)

    def _refused(self, sync_data: dict[str, Any]) -> None:
        """Put the page right after it has sent what is not valid."""
        known = [name for name in sync_data if name in self.keys]
        if known:
            self.send_state(known)

    def to_html(self, path: str | Path, title: str | None = None) -> Path:
        """Write one self-contained page that works offline: :func:`~xaikit.widgets.kit.export.write_page`."""
        return write_page(path, [self], title or self.title or type(self).__name__)

    def shared(self) -> dict[str, Hashable]:
        """The traits that widgets beside it may share, {name: what its value means}; see `linking`."""
        return {}

    def still(self) -> Image:
        """Draw the widget as a picture, without a browser."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = self._live(**kwargs)
        return bundle and ({**bundle[0], "image/png": to_png(self.still())}, bundle[1])

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Show the widget, and before it the picture that stays where no widget lives."""
        bundle = self._live(**kwargs)
        if bundle is not None:
            name = f"xk-{self.layout.model_id}-{len(self._kept_as)}"
            self._kept_as = (*self._kept_as, name)
            display(self._keepsake(), raw=True, display_id=name)
            display(bundle[0], metadata=bundle[1], raw=True)

    def redraw(self) -> None:
        """Draw the pictures anew that stay in the notebook, which then keeps the widget as it is now."""
        for name in self._kept_as:
            update_display(self._keepsake(), raw=True, display_id=name)

    def _keepsake(self) -> dict[str, str | bytes]:
        return keepsake(to_png(self.still()), repr(self), self.layout.model_id)

    def _live(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What Jupyter is given of the widget itself, as (data, metadata); None where it cannot be shown."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self)}, metadata
