"""How much each part counted for a score, of one picture or of two side by side."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

import traitlets
from PIL.Image import Image

from xaikit.plots.views import Counted
from xaikit.widgets.contribution_chart.counted import check_views, pack_views
from xaikit.widgets.contribution_chart.still import draw_chart
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.view import View

__all__ = ["ContributionChart"]


class ContributionChart(View):
    """How much each part or concept counted for the score of a class, and where it is seen.

    The parts that count most have bars, all others one together. Scales and the order of the bars stay when
    another reading is shown.

    Parameters
    ----------
    views : :class:`xaikit.plots.views.Counted` of each picture, all of the same parts and readings
    title : heading

    Attributes
    ----------
    picture : number of the picture shown
    other : number of the picture beside it; -1 where there is none
    reading : whose numbers are shown, one of the readings' names
    names : of the parts

    Raises
    ------
    ValueError
        No view, or views of other parts or readings, or whose fields do not fit each other.

    Limits
    ------
    Shares are of all that counts, for and against: they say nothing of how well the sum meets the score,
    which the sentence below does.
    """

    _esm = bundle("contribution_chart")
    _css = stylesheet("contribution_chart")
    _from_page: ClassVar[frozenset[str]] = frozenset({"picture", "other", "reading"})

    views = traitlets.List(traitlets.Dict()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    readings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picture = traitlets.Int(0).tag(sync=True)
    other = traitlets.Int(-1).tag(sync=True)
    reading = traitlets.Unicode().tag(sync=True)

    def __init__(self, views: Sequence[Counted], title: str = "") -> None:
        self._views = check_views(views)
        readings = list(self._views[0].readings)
        super().__init__(
            title=title,
            views=pack_views(self._views),
            names=list(self._views[0].names),
            readings=readings,
            reading=readings[0],
        )

    def shared(self) -> dict[str, Hashable]:
        """The chosen picture, with views of as many pictures of the same sizes."""
        return {"picture": ("picture", *(one.picture.shape[1::-1] for one in self._views))}

    def still(self) -> Image:
        """Draw the chart as a picture, without a browser."""
        other = None if self.other < 0 else self._views[self.other]
        return draw_chart(self.title, self._views[self.picture], other, self.reading)

    @traitlets.validate("picture")
    def _check_picture(self, proposal: dict[str, Any]) -> int:
        return self._numbered("picture", proposal["value"], 0)

    @traitlets.validate("other")
    def _check_other(self, proposal: dict[str, Any]) -> int:
        number = self._numbered("other", proposal["value"], -1)
        if number == self.picture:
            raise traitlets.TraitError(f"`other` must be another picture than {self.picture}, or -1.")
        return number

    @traitlets.validate("reading")
    def _check_reading(self, proposal: dict[str, Any]) -> str:
        who: str = proposal["value"]
        if who not in self._views[0].readings:
            raise traitlets.TraitError(
                f"`reading` must be one of {list(self._views[0].readings)}; got {who!r}."
            )
        return who

    @traitlets.observe("picture")
    def _on_picture(self, change: dict[str, Any]) -> None:
        if self.other == self.picture:
            self.other = -1

    def _numbered(self, what: str, number: int, least: int) -> int:
        if not least <= number < len(self._views):
            last = len(self._views) - 1
            raise traitlets.TraitError(f"`{what}` must be from {least} to {last}; got {number}.")
        return number

    def __repr__(self) -> str:
        view = self._views[self.picture]
        return f"ContributionChart({len(self._views)} pictures, {len(view.names)} parts of {view.cls!r})"
