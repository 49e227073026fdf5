"""What the score of a class is the sum of: where each feature is seen, what it gives, what is left."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from PIL.Image import Image

from xaikit.core.images.checks import UInt8
from xaikit.plots.views import Summed
from xaikit.widgets.feature_board.still import draw_features
from xaikit.widgets.feature_board.sums import (
    check_features,
    check_views,
    check_words,
    pack_examples,
    pack_labels,
    pack_view,
    pack_views,
)
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.dialogue import check_seq, seq_of
from xaikit.widgets.kit.naming import Concept, NamingView, Rename
from xaikit.widgets.kit.view import told

__all__ = ["FeatureBoard"]


class FeatureBoard(NamingView):
    """Features whose sum is the score of a class, to look at, to name, and to switch off.

    Parameters
    ----------
    views : :class:`xaikit.plots.views.Summed` of each picture, with maps, all of as many features
    names : {(class, number of a feature): name}
    examples : {class: for each feature pictures uint8 (h, w, 3) that switch it on most}
    title : heading
    kind : what a feature without a name is called, before its number
    rename
        called as ``rename(class, number, name)`` when a hand names a feature; "" takes the name away. Without
        it nothing can be named
    without
        (number of the picture, numbers of features) -> Summed, the same picture with the places filled in
        where these are seen; its maps are not needed. Without it nothing can be switched off

    Attributes
    ----------
    picture : number of the picture shown
    off : numbers of the features that are switched off
    changed : what is known of the picture without them; empty where none is off
    labels : {class: names of its features}
    gesture : what the page asked last
    done : number of the last gesture answered

    Raises
    ------
    ValueError, TypeError
        No view, views of other numbers of features, or a field that is not what it should be.

    Limits
    ------
    A picture that was filled in is one that no camera took: the network answers the filling as well.
    """

    _esm = bundle("feature_board")
    _css = stylesheet("feature_board")
    _from_page: ClassVar[frozenset[str]] = frozenset({"picture", "gesture"})

    views = traitlets.List(traitlets.Dict()).tag(sync=True)
    levels = traitlets.Int().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    examples = traitlets.Dict().tag(sync=True)
    kind = traitlets.Unicode("feature").tag(sync=True)
    nameable = traitlets.Bool(False).tag(sync=True)
    removable = traitlets.Bool(False).tag(sync=True)
    picture = traitlets.Int(0).tag(sync=True)
    changed = traitlets.Dict().tag(sync=True)
    gesture = traitlets.Dict().tag(sync=True, echo_update=False)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        views: Sequence[Summed],
        names: Mapping[Concept, str] | None = None,
        examples: Mapping[str, Sequence[Sequence[UInt8]]] | None = None,
        title: str = "",
        *,
        kind: str = "feature",
        rename: Rename | None = None,
        without: Callable[[int, list[int]], Summed] | None = None,
    ) -> None:
        self._views = check_views(views)
        self._n = len(self._views[0].gives)
        self._rename, self._without = rename, without
        self._left: Summed | None = None
        packed, levels = pack_views(self._views)
        super().__init__(
            title=title,
            views=packed,
            levels=levels,
            labels=pack_labels(names or {}, [one.cls for one in self._views], self._n),
            examples=pack_examples(examples or {}, self._n),
            kind=kind,
            nameable=rename is not None,
            removable=without is not None,
        )

    @property
    def off(self) -> list[int]:
        """Numbers of the features that are switched off."""
        return list(self.changed.get("off", []))

    def switch_off(self, features: Sequence[int]) -> FeatureBoard:
        """Fill in the places of these features of the picture shown, and ask the network again.

        All others are on; none, and the picture is as it was.

        Raises
        ------
        ValueError
            No such feature, or nobody to ask.
        """
        changed, left = self._asked(check_features(list(features), self._n))
        self._show(changed, left)
        return self

    def reset(self) -> FeatureBoard:
        """Switch all features on again."""
        return self.switch_off([])

    def shared(self) -> dict[str, Hashable]:
        """The chosen picture, with views of as many pictures of the same sizes."""
        return {"picture": ("picture", *(one.picture.shape[1::-1] for one in self._views))}

    def still(self) -> Image:
        """Draw the board as a picture, without a browser."""
        view = self._views[self.picture]
        now = view if self._left is None else self._left
        names = [label or f"{self.kind} {k + 1}" for k, label in enumerate(self.labels[view.cls])]
        return draw_features(self.title, view, now, names, self.off)

    # --- from a gesture to the page ----------------------------------------------------------------------
    @traitlets.validate("picture")
    def _check_picture(self, proposal: dict[str, Any]) -> int:
        number: int = proposal["value"]
        if not 0 <= number < len(self._views):
            raise traitlets.TraitError(f"`picture` must be from 0 to {len(self._views) - 1}; got {number}.")
        return number

    @traitlets.observe("picture")
    def _on_picture(self, change: dict[str, Any]) -> None:
        self._show({}, None)

    @traitlets.validate("gesture")
    def _check_gesture(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        try:
            check_seq(value.get("seq"), self.done)
            check_features(value.get("features"), self._n)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return value  # as it came: a changed value would be sent back to the page

    @traitlets.observe("gesture")
    def _on_gesture(self, change: dict[str, Any]) -> None:
        asked = change["new"]
        failure, changed, left = "", self.changed, self._left
        # Whatever `without` raises belongs into the cell: from a message handler nobody sees it.
        try:
            if asked.get("picture") == self.picture:  # else another one was turned to meanwhile
                changed, left = self._asked(check_features(asked["features"], self._n))
        except Exception as error:
            failure = told(error)
        self._show(changed, left, failure, done=asked["seq"])

    def _refused(self, sync_data: dict[str, Any]) -> None:
        super()._refused({name: one for name, one in sync_data.items() if name != "gesture"})
        self.done = seq_of(sync_data, self.done)

    def _asked(self, features: list[int]) -> tuple[dict[str, Any], Summed | None]:
        """What is to be shown of the picture without some features, packed and as it came."""
        if not features:
            return {}, None
        if self._without is None:
            raise ValueError("there is nobody to ask what is left; give `without` to the board.")
        left = self._without(self.picture, features)
        if not isinstance(left, Summed) or len(left.gives) != self._n:
            raise TypeError(f"`without` must return a Summed of {self._n} features; got {left!r}.")
        check_words(left, self._n)
        return pack_view(left) | {"picture": self.picture, "off": features}, left

    def _show(self, changed: dict[str, Any], left: Summed | None, failure: str = "", **sequence: int) -> None:
        """Send what is left, in one message."""
        self._left = left
        with self.hold_sync():
            self.changed, self.error = changed, failure
            for name, value in sequence.items():
                setattr(self, name, value)

    def _nameable(self) -> set[Concept]:
        return {(cls, k) for cls in self.labels for k in range(self._n)} if self.nameable else set()

    def _name(self, cls: str, concept: int, name: str) -> None:
        own = [name if k == concept else label for k, label in enumerate(self.labels[cls])]
        self.labels = {**self.labels, cls: own}

    def __repr__(self) -> str:
        view = self._views[self.picture]
        off = f", without {[k + 1 for k in self.off]}" if self.off else ""
        return f"FeatureBoard({len(self._views)} pictures, {self._n} features of {view.cls!r}{off})"
