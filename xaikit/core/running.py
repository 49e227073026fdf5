"""Run somebody else's model and leave it as it was found."""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

_TURN = threading.RLock()


def to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    """What a network gave, as a float32 array on the processor, without its graph."""
    return tensor.detach().float().contiguous().cpu().numpy()


@contextmanager
def undisturbed(model: nn.Module, device: torch.device) -> Iterator[None]:
    """Evaluation mode with frozen parameters inside the block; everything as before after it, come what may.

    Restored are the training flag of every submodule, `requires_grad` of every parameter, and the state of
    torch's random numbers on the CPU and on `device`. Flags are set one by one because a model's own `train`
    method may do more than that. Frozen parameters keep the graph of a gradient pass as small as it can be.
    Threads take turns, so that none gives the model back while another still runs it. Where the caller works
    under `torch.inference_mode`, that is left for the while; what was compiled runs as it was written.
    """
    with _TURN, _same_random_numbers(device), _evaluating(model), torch.inference_mode(False), _uncompiled():
        yield


def _uncompiled() -> AbstractContextManager[None]:
    """Nothing that torch.compile made runs inside: hooks and gradients would pass it by."""
    compiling = "torch._dynamo" in sys.modules  # else nothing was compiled, and importing it takes seconds
    stance = getattr(torch.compiler, "set_stance", None) if compiling else None  # from torch 2.6 on
    return stance("force_eager") if stance else nullcontext()


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    try:
        for module in training:
            module.training = False
        for parameter in trainable:
            parameter.requires_grad_(False)
        yield
    finally:
        for module in training:
            module.training = True
        for parameter in trainable:
            parameter.requires_grad_(True)


@contextmanager
def _same_random_numbers(device: torch.device) -> Iterator[None]:
    state = torch.get_rng_state()
    accelerator: Any = {"cuda": torch.cuda, "mps": torch.mps}.get(device.type)
    arguments = (device,) if device.type == "cuda" else ()
    accelerator_state = accelerator.get_rng_state(*arguments) if accelerator else None
    try:
        yield
    finally:
        torch.set_rng_state(state)
        if accelerator:
            accelerator.set_rng_state(accelerator_state, *arguments)


def class_scores(model: nn.Module, batch: Tensor, n_classes: int) -> Tensor:
    """Run the model and return its logits (n, n_classes), or say what is wrong with what it returned.

    Raises
    ------
    TypeError
        The model returns something else than a tensor.
    ValueError
        The output is not one row of `n_classes` numbers per picture, or holds NaN or +infinity.
    """
    output = model(batch)
    if isinstance(output, Tensor) and n_classes == 1 and output.shape == (len(batch),):
        output = output[:, None]
    if not isinstance(output, Tensor):
        raise TypeError(
            f"the model must return a tensor of logits (n, n_classes); got {_named(output)}. "
            "Wrap it in a torch.nn.Module whose forward returns the logits alone."
        )
    if output.ndim != 2 or len(output) != len(batch) or not output.is_floating_point():
        raise ValueError(
            f"the model must return one row of logits per picture, (n, n_classes); for {len(batch)} pictures "
            f"it returned {output.dtype} {tuple(output.shape)}. It is not an image classifier as it stands."
        )
    if output.shape[1] != n_classes:
        raise ValueError(
            f"`class_names` has {n_classes} names, but the model returns {output.shape[1]} logits per "
            "picture. Give one name per logit, in the order of the logits."
        )
    broken = (output.isnan() | output.isposinf()).any(1)
    if broken.any():
        raise ValueError(
            f"the model returned NaN or infinity for {int(broken.sum())} of {len(batch)} pictures. "
            "Check its weights for NaN, and that `mean` and `std` are those it was trained with."
        )
    return output


def _named(output: Any) -> str:
    if isinstance(output, dict):
        return f"a {type(output).__name__} with the keys {sorted(map(str, output))}"
    if isinstance(output, Sequence):
        return f"a {type(output).__name__} of {len(output)}"
    return f"a {type(output).__name__}"


def pick_device(device: str | torch.device = "auto") -> torch.device:
    """Return the device to use: "auto" is cuda where there is one, then mps, then cpu."""
    if device != "auto":
        try:
            asked = torch.device(device)
        except RuntimeError as error:
            raise ValueError(f"`device` must be 'auto', 'cuda', 'mps' or 'cpu'; got {device!r}.") from error
        there = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
        if (asked.index or 0) >= there.get(asked.type, 1):
            raise ValueError(f"`device` {device!r} is not on this machine. Use device='auto' or 'cpu'.")
        return asked
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def on_device(model: nn.Module, device: torch.device) -> nn.Module:
    """Return the model if it is float32 and on the device, else a copy that is; it never moves itself.

    One that was made under `torch.inference_mode` is copied, too: no gradient would pass it.
    """
    tensors = [*model.parameters(), *model.buffers()]
    there = all(t.device.type == device.type and device.index in (None, t.device.index) for t in tensors)
    if there and all(_is_ready(tensor) for tensor in tensors):
        return model
    return twin(model).to(device=device, dtype=torch.float32)


def _is_ready(tensor: Tensor) -> bool:
    if is_lazy(tensor) or not tensor.is_floating_point():
        return True
    return tensor.dtype == torch.float32 and not tensor.is_inference()


def twin(model: nn.Module) -> nn.Module:
    """A deep copy; what the model keeps of an earlier pass is copied without the graph that led to it.

    Raises
    ------
    ValueError
        It keeps something else that cannot be copied.
    """
    kept = [value for module in model.modules() for value in vars(module).values()]
    made = {id(one): one.detach().clone() for one in kept if isinstance(one, Tensor) and not one.is_leaf}
    try:
        with torch.inference_mode(False):
            return copy.deepcopy(model, made)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"the model cannot be copied: {error} It keeps something of an earlier pass; take that away, or "
            "move the model to the device, in float32, before it is given."
        ) from error
