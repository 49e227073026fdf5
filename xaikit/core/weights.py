"""Weights from safetensors files: read them, count their classes, fit them into a model."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import Tensor, nn

State = dict[str, Tensor]
# Counters of training steps; they take no part in evaluation and some files leave them out.
UNNEEDED = "num_batches_tracked"


def read_weights(path: str | os.PathLike[str]) -> State:
    """Read a .safetensors file; floating-point tensors become float32.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is not a safetensors file, or a truncated one.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file of weights at {str(path)!r}. Check spelling and folder.")
    if path.suffix in (".pt", ".pth", ".bin", ".pkl", ".ckpt"):
        raise ValueError(
            f"`weights` must be a .safetensors file; got {str(path)!r}, a pickle, which can run foreign code "
            "when it is opened. Where you trust it, convert it: "
            "safetensors.torch.save_file(torch.load(path, weights_only=True), 'weights.safetensors')"
        )
    try:
        state = load_file(path)
    except (SafetensorError, ValueError) as error:
        raise ValueError(
            f"weights {str(path)!r} cannot be read as safetensors: {error}. The file is truncated, damaged "
            "or of another format; copy it again."
        ) from error
    return {key: value.float() if value.is_floating_point() else value for key, value in state.items()}


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
