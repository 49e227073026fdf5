"""What tests of several rooms share: a small network with fixed weights, and the real networks' folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from xaikit.core.classifier import Classifier


class TinyModel(nn.Module):
    """32 px → 8×8 places → 3 classes, with what breaks careless hooks: in-place and reused modules."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.mix = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(12, 3)

    def body(self, x: torch.Tensor) -> torch.Tensor:
        return self.act(self.mix(self.act(self.norm(self.stem(x)))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.pool(self.body(x)).flatten(1))


@pytest.fixture
def tiny_model() -> nn.Module:
    """A TinyModel in evaluation mode, with the same weights in every test."""
    model = TinyModel()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point() and "running_var" not in name:
                tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.4)
    return model.eval()


@pytest.fixture
def tiny_classifier(tiny_model: nn.Module) -> Classifier:
    """The TinyModel, classes "cat", "dog" and "bird"; it sees a picture of 32 × 32 pixel by pixel."""
    return Classifier(tiny_model, ["cat", "dog", "bird"], input_size=32, device="cpu", crop=1.0)


@pytest.fixture
def pictures() -> np.ndarray:
    """Five pictures of noise and blocks, uint8 (5, 32, 32, 3)."""
    rng = np.random.default_rng(7)
    blocks = rng.integers(0, 256, (5, 4, 4, 3)).repeat(8, 1).repeat(8, 2)
    return np.clip(blocks + rng.integers(-20, 21, (5, 32, 32, 3)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The folder of real networks and photographs; tests that ask for it are left out where it is absent."""
    folder = Path(os.environ.get("XAIKIT_REAL", Path(__file__).parents[2] / "shared" / "real"))
    if not (folder / "models").is_dir():
        pytest.skip(f"real networks and photographs are not at {folder} (set XAIKIT_REAL to their folder)")
    return folder


@pytest.fixture(scope="session")
def kept_fits(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], AbstractContextManager[Path]]:
    """A context in which fits are kept and found again, in one store of all workers of this run.

    Elsewhere nothing is kept: a test would not see what a fit does.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fits"

    @contextmanager
    def keeping() -> Iterator[Path]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XAIKIT_CACHE", str(folder))
            yield folder

    return keeping


def pytest_configure() -> None:
    os.environ["XAIKIT_CACHE"] = "off"
    # Pictures are drawn by the test's own process: the seconds of others are counted when they end, minutes
    # later, and in CI were some other test's, above its budget.
    os.environ["LOKY_MAX_CPU_COUNT"] = "1"


LONGEST_FIRST = ("browser/test_lessons.py", "vrx/", "reproduce/", "browser/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that workers end together; all else keeps its order."""
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(here).as_posix()
        return next(
            (n for n, start in enumerate(LONGEST_FIRST) if path.startswith(start)), len(LONGEST_FIRST)
        )

    items.sort(key=rank)


def _processor() -> float:
    """Seconds of the processor that this process and those it has waited for have taken."""
    return sum(os.times()[:4])


def _timed(item: pytest.Item, what: str) -> Generator[None, None, None]:
    before = _processor()
    try:
        return (yield)
    finally:
        item.user_properties.append((what, round(_processor() - before, 2)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """What a test's fixtures take, for .ci/budget.py."""
    return (yield from _timed(item, "setup"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """What a test itself takes."""
    return (yield from _timed(item, "call"))
