"""Small trained networks that ship with xaikit, and `train_classifier` to train others.

`python -m xaikit.zoo.train NAME` made each of those that ship.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaikit.core.archive import understood
from xaikit.core.errors import FileError, did_you_mean
from xaikit.core.fields import check_hyper

if TYPE_CHECKING:
    from xaikit.zoo.training import train_classifier

__all__ = ["About", "about", "load", "names", "train_classifier", "weights_path"]

FOLDER = Path(__file__).parent
SUMS = "SHA256SUMS"
"""The file beside the weights, of `sha256sum`'s lines, by which they are known to be those that ship."""
NAMES = (
    "vehicles",
    "things",
    "things-alexnet",
    "birds",
    "rooms",
    "faces",
    "animals-bird",
    "animals-cat",
    "animals-cow",
    "animals-dog",
    "animals-horse",
    "animals-sheep",
)


@dataclass(frozen=True)
class About:
    """What a weights file says about itself.

    `mean` and `std` are the colors, 0..1, by which a picture is normalised; `accuracy` is the share of
    `n_test` fresh pictures of the world that the network names rightly, `true_probability` the mean
    probability that it gives to their true class, None where it was not measured. `network` names its class
    in `xaikit.zoo.networks`.
    """

    world: str
    class_names: tuple[str, ...]
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    seed: int
    accuracy: float
    n_test: int
    network: str = "SmallResNet"
    true_probability: float | None = None


def names() -> list[str]:
    """The networks of the zoo."""
    return list(NAMES)


def weights_path(name: str) -> Path:
    """Where the weights of network `name` lie. Raises ValueError for an unknown name."""
    if name not in NAMES:
        raise ValueError(f"`name` must be one of {names()}; got {name!r}.{did_you_mean(name, NAMES)}")
    return FOLDER / "weights" / f"{name}.safetensors"


def about(name: str) -> About:
    """What is known about network `name`, from its weights file. Raises as `load` does."""
    from xaikit.core.weights import read_header

    path = _existing(name)
    header = read_header(path)
    with understood(path):
        return read_metadata(header)


def load(name: str) -> tuple[Any, list[str], int, tuple[float, ...], tuple[float, ...]]:
    """A trained network, in evaluation mode, float32, on the CPU.

    Returns
    -------
    (model, class_names, input_size, mean, std)
        `model` is a torch module; it takes pictures (n, 3, input_size, input_size), normalised by `mean`
        and `std`, and gives logits.

    Raises
    ------
    ValueError
        For an unknown name; it lists the known ones.
    FileNotFoundError
        Where the weights are missing; it says how to make them again.
    xaikit.FileError
        Where they are damaged.
    """
    from xaikit.core.weights import read_weights
    from xaikit.zoo.networks import BY_NAME

    known, path = about(name), _existing(name)
    stored = read_weights(path)
    with understood(path):
        model = BY_NAME[known.network](len(known.class_names))
        model.load_state_dict(stored)
    return model.eval(), list(known.class_names), known.input_size, known.mean, known.std


def write_metadata(known: About) -> dict[str, str]:
    """The header of a weights file: safetensors keeps strings only."""
    return {key: json.dumps(value) for key, value in vars(known).items()}


def read_metadata(header: dict[str, str]) -> About:
    """The inverse of `write_metadata`. Raises ValueError, or TypeError, for another header."""
    values: dict[str, Any] = {key: json.loads(value) for key, value in header.items()}
    check_hyper(values, About)
    for key in ("class_names", "mean", "std"):
        values[key] = tuple(values[key])
    return About(**values)


def _existing(name: str) -> Path:
    path = weights_path(name)
    if not path.is_file():
        raise FileNotFoundError(
            f"the weights of {name!r} are missing: expected {path}. "
            f"`python -m xaikit.zoo.train {name}` trains them again in about 20 minutes on two cores."
        )
    line = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"
    if line not in path.with_name(SUMS).read_text(encoding="utf-8").splitlines():
        raise FileError(
            f"the weights of {name!r} are not those that ship: {path} is damaged, or was changed. Install "
            f"xaikit again; or `python -m xaikit.zoo.train {name}` trains them again."
        )
    return path


def __getattr__(name: str) -> Any:
    """`train_classifier` needs torch, which the names and cards of the networks do not."""
    if name != "train_classifier":
        raise AttributeError(f"module 'xaikit.zoo' has no attribute {name!r}.{did_you_mean(name, __all__)}")
    from xaikit.zoo.training import train_classifier

    return train_classifier
