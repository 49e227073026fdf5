"""Layers: their kinds, their grids, and hooks that record or cut and always undo."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from xaikit.core.layers import Layer, cutting, describe, from_grid, recording, to_grid


@pytest.mark.parametrize(
    ("shape", "kind", "grid", "n_channels", "n_prefix"),
    [
        ((512, 7, 7), "grid", (7, 7), 512, 0),
        ((7, 7, 768), "grid_last", (7, 7), 768, 0),
        ((197, 192), "tokens", (14, 14), 192, 1),
        ((198, 192), "tokens", (14, 14), 192, 2),
        ((201, 192), "tokens", (14, 14), 192, 5),
        ((196, 192), "tokens", (14, 14), 192, 0),
        ((64,), "vector", None, 64, 0),
    ],
)
def test_a_shape_tells_the_kind(shape, kind, grid, n_channels, n_prefix):
    layer = describe("it", shape)
    assert (layer.kind, layer.grid, layer.n_channels, layer.n_prefix) == (kind, grid, n_channels, n_prefix)


@pytest.mark.parametrize("shape", [(3, 197, 64), (12, 5, 9), (35, 8), (2, 3, 4, 5), ()])
def test_other_shapes_are_no_layer(shape):
    assert describe("it", shape) is None


def test_tokens_are_laid_out_row_by_row_without_the_class_token():
    layer = Layer("it", (5, 1), "tokens", (2, 2))
    tokens = torch.tensor([[[9.0], [1], [2], [3], [4]]])
    assert to_grid(tokens, layer).tolist() == [[[[1, 2], [3, 4]]]]


@pytest.mark.parametrize(
    "layer", [describe("a", (6, 4, 4)), describe("b", (4, 4, 6)), describe("c", (17, 6))]
)
def test_grids_come_back(layer):
    output = torch.randn(2, *layer.shape)
    back = from_grid(to_grid(output, layer), layer, prefix=output[:, : layer.n_prefix])
    assert torch.equal(back, output)


def test_tokens_without_their_prefix_are_refused():
    layer = describe("blocks", (17, 6))
    with pytest.raises(ValueError, match="'blocks' has 1 prefix tokens"):
        from_grid(torch.zeros(1, 6, 4, 4), layer)


def test_recording_sees_what_was_put_out_before_the_next_module_overwrote_it():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True))
    with torch.no_grad():
        model[0].weight.copy_(-torch.eye(2))
        model[0].bias.zero_()
    with recording(model, ["0", "1"]) as outputs:
        model(torch.tensor([[1.0, 2.0]]))
    assert outputs["0"].tolist() == [[-1, -2]]
    assert outputs["1"].tolist() == [[0, 0]]


def test_of_a_reused_module_the_last_run_is_recorded_and_cut(tiny_model):
    x = torch.randn(1, 3, 32, 32)
    with torch.no_grad(), recording(tiny_model, ["act"]) as outputs:
        tiny_model(x)
    assert torch.equal(outputs["act"], tiny_model.body(x))
    with cutting(tiny_model, "act") as cut:
        tiny_model(x)
    assert cut.leaf.shape == (1, 12, 8, 8)


@pytest.mark.parametrize("context", [lambda m: recording(m, ["mix", "act"]), lambda m: cutting(m, "mix")])
def test_hooks_are_gone_afterwards_also_after_an_error(tiny_model, context):
    with pytest.raises(RuntimeError), context(tiny_model):
        tiny_model(torch.zeros(1, 5, 32, 32))
    assert not any(module._forward_hooks for module in tiny_model.modules())


def test_unknown_names_are_refused_and_no_hook_stays(tiny_model):
    with (
        pytest.raises(ValueError, match=r"got 'stm'. Did you mean 'stem'"),
        recording(tiny_model, ["mix", "stm"]),
    ):
        pass
    assert not any(module._forward_hooks for module in tiny_model.modules())


def test_a_layer_that_returns_a_tuple_is_named():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.memory = nn.GRU(4, 4)

        def forward(self, x):
            return self.memory(x)[0]

    model = Recurrent()
    with pytest.raises(ValueError, match="'memory' puts out a tuple"), recording(model, ["memory"]):
        model(torch.zeros(1, 1, 4))
