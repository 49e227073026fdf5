"""Weights from safetensors files: read them, count their classes, fit them into a model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import torch
from torch import Tensor, nn

from xaikit.core.errors import FileError
from xaikit.core.files import open_file

State = dict[str, Tensor]
# Counters of training steps; they take no part in evaluation and some files leave them out.
UNNEEDED = "num_batches_tracked"
TORCH_PICKLE = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
"""How files begin that torch.save wrote before it wrote zips; they hold several pickles."""


def read_weights(path: str | os.PathLike[str]) -> State:
    """Read a .safetensors file; floating-point tensors become float32.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    xaikit.FileError
        It is not a safetensors file, a truncated one, or no file but a device; that is not read.
    """
    from safetensors.torch import load_file

    with _weights_in(path):
        state = load_file(path)
        return {key: value.float() if value.is_floating_point() else value for key, value in state.items()}


def read_header(path: str | os.PathLike[str]) -> dict[str, str]:
    """What a .safetensors file tells of itself, beside its tensors. Raises as `read_weights` does."""
    from safetensors import safe_open

    with _weights_in(path), safe_open(path, framework="numpy") as file:
        return file.metadata() or {}


@contextmanager
def _weights_in(path: str | os.PathLike[str]) -> Iterator[None]:
    """Look at a file before it is opened as safetensors; what is found wrong in it is one kind of error."""
    from safetensors import SafetensorError

    name = os.fspath(path)
    if not os.path.exists(path) or os.path.isdir(path):
        raise FileNotFoundError(f"there is no file of weights at {name!r}. Check spelling and folder.")
    with open_file(path) as file:
        if _is_pickle(file):
            raise FileError(
                f"`weights` must be a .safetensors file; got {name!r}, a pickle, which can run foreign code "
                "when it is opened. Where you trust it, convert it: "
                "safetensors.torch.save_file(torch.load(path, weights_only=True), 'weights.safetensors')"
            )
    try:
        yield
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise FileError(
            f"weights {name!r} cannot be read as safetensors: {error}. The file is truncated, damaged "
            "or of another format; copy it again."
        ) from error


def _is_pickle(file: BinaryIO) -> bool:
    """Whether it is one by what it holds, whatever its name: alone, or in a zip, as torch.save does."""
    start = file.read(4096)
    file.seek(max(0, os.fstat(file.fileno()).st_size - 1))
    alone = start[:1] == b"\x80" and start[1:2] in (b"\2", b"\3", b"\4", b"\5") and file.read(1) == b"."
    return alone or (start.startswith(b"PK\3\4") and b"data.pkl" in start) or start.startswith(TORCH_PICKLE)


def unwrapped(state: State, model: nn.Module) -> State:
    """The weights by the model's own names, where a wrapper put a word before all of them.

    So do DataParallel ("module."), Lightning ("model.") and torch.compile ("_orig_mod."), also one around the
    other.
    """
    expected = set(model.state_dict())
    while state and not expected & set(state):
        words = {name.partition(".")[0] for name in state}
        if len(words) > 1 or not all("." in name for name in state):
            break
        state = {name.partition(".")[2]: tensor for name, tensor in state.items()}
    return state


def head_size(state: State, model: nn.Module, n_classes: int) -> int:
    """Return how many classes the weights were saved with, given the same network built for `n_classes`.

    That is the length, in `state`, of the network's last tensor of length `n_classes`; `n_classes` where
    `state` has no such tensor, for then it is no state of this network.
    """
    head = [key for key, tensor in model.state_dict().items() if tensor.shape[:1] == (n_classes,)]
    return state[head[-1]].shape[0] if head and head[-1] in state else n_classes


def fit_weights(model: nn.Module, state: State, name: str, spec: str) -> None:
    """Put weights into the model, all of them or none.

    Raises
    ------
    ValueError
        A tensor is missing, superfluous or of another shape; the first of each is named.
    """
    expected = model.state_dict()
    missing = [key for key in expected if key not in state and not key.endswith(UNNEEDED)]
    superfluous = [key for key in state if key not in expected and not key.endswith(UNNEEDED)]
    different = [key for key in expected if key in state and state[key].shape != expected[key].shape]
    problems = []
    if missing:
        problems.append(f"{len(missing)} of {len(expected)} tensors are missing, the first is {missing[0]!r}")
    if superfluous:
        problems.append(f"{len(superfluous)} are not known to it, the first is {superfluous[0]!r}")
    if different:
        key = different[0]
        problems.append(
            f"{len(different)} have another shape, the first is {key!r}: "
            f"expected {tuple(expected[key].shape)}, got {tuple(state[key].shape)}"
        )
    if problems:
        raise ValueError(
            f"{name} do not fit {spec}: {'; '.join(problems)}. "
            "Name the network that the weights were saved from."
        )
    with torch.no_grad():
        for key, tensor in expected.items():
            if key in state:
                tensor.copy_(state[key])
