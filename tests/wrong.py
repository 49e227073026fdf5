"""Values that are wrong for each kind of argument, and what must come of them.

A case is a right call and one argument of it replaced by a value of a kind that it is not; beside the kind
stand those of its values that are right here. Ours is an error that was raised by the package itself: what
torch, NumPy or Pillow raise from inside tells a user nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk

PACKAGE = Path(xk.__file__).parent
NAN, INF = float("nan"), float("inf")
SMALL = np.zeros((4, 5, 3), np.uint8)
PICTURE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
MASK = np.zeros((16, 16), bool)
MASK[4:10, 4:10] = True
MAPS = np.random.default_rng(1).random((2, 16, 16))
MAP = MAPS[0]
TABLE = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])

WRONG: dict[str, list[Any]] = {
    "count": [0, -1, 2.5, True, "3", None, NAN, [1]],
    "positive": [0, -1, NAN, INF, "1", None, [1]],
    "share": [-0.1, 1.1, NAN, INF, "0.5", None],
    "word": ["no such word", 3, None, ["a"], b"sum"],
    "name": ["no such name", 99, -1, 1.5, True, b"a"],
    "layer": ["no such layer", 3, b"conv", ["0"]],
    "path": ["", "no/such/file.bin", 3, None, b"\0", ["a"]],
    "picture": [
        *(
            None,
            "no such file.png",
            "",
            3,
            object(),
            b"no picture",
            np.zeros(5),
            np.zeros((0, 4, 3), np.uint8),
        ),
        *(np.full((8, 8, 3), 300), np.full((8, 8, 3), NAN), np.zeros((8, 8, 5), np.uint8), torch.zeros(8, 8)),
        *(torch.full((1, 3, 8, 8), NAN), [], {"a": 1}),
    ],
    "array": [None, "text", 3, SMALL, np.zeros((0, 16, 3), np.uint8), PICTURE / 255, []],
    "mask": [None, "text", np.zeros((4, 5), bool), np.zeros((16, 16, 3), bool), np.zeros((16, 16)), []],
    "maps": [None, "text", 3, MAP, np.full((2, 16, 16), NAN), np.zeros((0, 16, 16)), []],
    "boxes": [None, "text", 3, [], [(0, 0, 4)] * 2, [(4, 4, 2, 2)] * 2, [(0, 0, NAN, 4)] * 2, [(0, 0, 9, 9)]],
    "rows": [None, "text", 3, [], np.zeros(4), np.full((3, 2), NAN), np.zeros((2, 2)), [["a"]]],
    "sample": [None, "text", [], [1, 2], [1, 2, NAN, 4], [1, 2, INF, 4], [1, 1, 1, 1], ["a", "b", "c", "d"]],
    "shares": [None, "text", [], [1, 2], [0.5, NAN], [-0.1], ["a"]],
    "color": ["no color", None, (1, 2), (1, 2, 300), (1, 2, NAN), 7],
    "place": [None, "text", 3, (1,), (NAN, 1), (1, INF), ("a", "b")],
    "extent": ["text", 3, (1,), (0, 4), (-1, 4), (NAN, 1), ("a", "b")],
    "names": [None, "ab", {"a", "b"}, ["a", "a"], [1, 2], [], 3, {"a": 0, "b": 2}],
    "number": [None, "text", 1.5, True, [0.7], "0"],
    "numbers": [None, "text", [0.7], [True, 2], [99], [[0]], {1}],
    "network": [None, "resnet", 3, nn.Linear, lambda x: x],
    "triple": [None, "text", (1, 2), (0.5, NAN, 0.5), ("a", "b", "c")],
    "device": ["gpu", "cuda:99", 3, None],
    "set": [None, "text", 3, [], object()],
    "weight": [-1, NAN, INF, "1", None],
    "fraction": [0, -0.1, 1.1, NAN, "0.5", None],
    "limit": [0, -1, NAN, INF, "1", [1]],
    "values": [None, "text", np.zeros((4, 5)), np.full((16, 16), NAN), np.zeros((16, 16, 3)), []],
    "labels": [None, "text", ["a"], ["a", "a", "a"], [], 3],
    "count of pixels": [-1, 2.5, True, "3", None, NAN, 65],
    "switch": [None, "yes", 2, 0.5, [True]],
    "pictures": [None, 3, [None], ["no such file.png"], [object()], [np.zeros((8, 8, 5), np.uint8)]],
    "concept names": [None, "a", 3, {"a": "b"}, {("no such class", 0): "a"}, [("a", "b")]],
    "patch": [
        None,
        "text",
        np.zeros((4, 5, 3), np.uint8),
        np.zeros((4, 4, 4)),
        np.zeros((0, 4, 4), np.uint8),
    ],
    "fill": ["no such fill", 3, b"mean", [1]],
    "whole": [-1, 2.5, True, "3", None, NAN],
    "edits": [0, -1, 2.5, True, "3", NAN],
    "name or none": ["no such name", 99.5, True, b"a"],
    "class list": ["fire engine", 3, ["no such name"], [0], [None]],
    "label": [None, 3, "two\nlines", "long" * 20, b"a"],
    "concepts": ["no such concept", 1.5, True, [0.5], [99], [None], [-1], {"a": 1}],
    "concepts or none": [None, "no such concept", 1.5, True, [0.5], [99], [None], []],
    "rate": [-0.1, 1.0, NAN, "0.5", None],
    "rate or none": [-0.1, 1.0, NAN, "0.5"],
    "seed": [-1, 1.5, "0", True, NAN],
    "seed or none": [-1, 1.5, "0", True, NAN],
    "fitted": [None, "text", 3],
    "path to write": [None, 3, "", "no/such/folder/file.bin", b"\0", ["a"]],
    "heatmaps or none": ["no heatmaps", 3, MAPS, [], {"a": 1}],
    "baseline": ["grey", 3, np.zeros(5), [1, 2], object()],
}


Call = tuple[Any, dict[str, Any]]
"""What is called, or its name, and {argument: (right value, kind, right ones of the kind's wrong values)}."""


def cases(calls: Sequence[Call]) -> list[Any]:
    made = []
    for number, (call, given) in enumerate(calls):
        label = call if isinstance(call, str) else getattr(call, "__qualname__", str(call))
        label = f"{number}" if "lambda" in label else label
        right = {own: one[0] for own, one in given.items()}
        for name, (_, kind, *fitting) in given.items():
            fine = [id(one) for some in fitting for one in some]
            for k, wrong in enumerate(WRONG[kind]):
                if id(wrong) in fine:
                    continue
                made.append(pytest.param(call, {**right, name: wrong}, name, id=f"{label}-{name}-{k}"))
    return made


def check_told(call: Callable[..., Any], given: dict[str, Any]) -> None:
    """Raise AssertionError where the call is answered, or refused by another error than one of ours."""
    with pytest.raises((ValueError, TypeError, OSError, IndexError)) as caught:
        call(**given)
    raised = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert Path(raised.filename).is_relative_to(PACKAGE), f"raised by {raised.filename}: {caught.value}"
    assert len(str(caught.value)) > 15, "it says what was expected and what came"
