"""Filters that become parts: the loss in literal form, the mask by hand, what training makes of it."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xaikit.interpretable import FilterLoss, PartMask
from xaikit.interpretable.filter_loss import filter_loss
from xaikit.interpretable.templates import part_templates
from xaikit.metrics import location_instability

STRENGTH, STEEPNESS = 3.0, 4.0


def maps(b: int = 5, c: int = 3, side: int = 3) -> Tensor:
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.random((b, c, side, side)) * (rng.random((b, c, side, side)) < 0.5))


def templates(side: int) -> list[Tensor]:
    """T of the paper, place by place, and T⁻ at the end."""
    found = []
    for row in range(side):
        for column in range(side):
            one = torch.zeros(side, side, dtype=torch.float64)
            for i in range(side):
                for j in range(side):
                    apart = abs(i - row) + abs(j - column)
                    one[i, j] = STRENGTH * max(1 - STEEPNESS * apart / side, -1)
            found.append(one)
    return [*found, torch.full((side, side), -STRENGTH, dtype=torch.float64)]


def literal(x: Tensor) -> tuple[float, np.ndarray]:
    """−MI(X; T) of the maps (b, h, w) of one filter and, of all templates, the paper's gradient of it."""
    every, side = templates(x.shape[1]), x.shape[1]
    n_places = side * side
    alpha = n_places / (1 + n_places)
    prior = [alpha / n_places] * n_places + [1 - alpha]
    fits = [[float((one * t).sum()) for t in every] for one in x]
    z = [sum(math.exp(row[k]) for row in fits) for k in range(len(every))]
    given = [[math.exp(row[k]) / z[k] for k in range(len(every))] for row in fits]
    alone = [sum(p * g for p, g in zip(prior, row, strict=True)) for row in given]
    total, slopes = 0.0, np.zeros((len(x), side, side))
    for i, row in enumerate(given):
        for k, probability in enumerate(row):
            total -= prior[k] * probability * math.log(probability / alone[i])
            slopes[i] -= (
                prior[k] * every[k].numpy() / z[k] * math.exp(fits[i][k])
                * (fits[i][k] - math.log(z[k] * alone[i]))
            )  # fmt: skip
    return total, slopes


def test_it_is_the_mutual_information_of_maps_and_templates() -> None:
    x = maps()
    found = filter_loss(x, STRENGTH, STEEPNESS)
    np.testing.assert_allclose(found, [literal(x[:, k])[0] for k in range(3)], rtol=1e-9)
    assert (found < 0).all()


def test_its_gradient_is_the_closed_form_of_the_paper() -> None:
    x = maps().requires_grad_()
    filter_loss(x, STRENGTH, STEEPNESS).sum().backward()
    for k in range(3):
        np.testing.assert_allclose(x.grad[:, k], literal(x.detach()[:, k])[1], rtol=1e-8, atol=1e-12)


def test_maps_that_are_alike_tell_nothing() -> None:
    found = filter_loss(maps(1).repeat(4, 1, 1, 1))
    np.testing.assert_allclose(found, 0, atol=1e-12)


def test_one_peak_at_many_places_tells_more_than_spots_all_over() -> None:
    peaks = torch.eye(16).view(16, 1, 4, 4)
    spots = (peaks + peaks.roll(5, 0) + peaks.roll(9, 0)) / 3
    assert filter_loss(peaks) < filter_loss(spots) < 0


@pytest.mark.parametrize(("height", "width"), [(4, 4), (8, 8), (4, 8)])
def test_templates_are_the_papers(height: int, width: int) -> None:
    found = part_templates(height, width).view(height, width, height, width)
    for place in ((0, 0), (1, 3), (height - 1, width - 2)):
        for i, j in np.ndindex(height, width):
            apart = abs(i - place[0]) / height + abs(j - place[1]) / width
            assert found[(*place, i, j)] == pytest.approx(max(1 - 4 * apart, -1), abs=1e-6)


def test_the_mask_keeps_what_is_around_the_highest_place() -> None:
    x = torch.ones(1, 2, 8, 8)
    x[0, 0, 2, 3], x[0, 1, 7, 7] = 5.0, 2.0
    found = PartMask()(x)
    assert found[0, 0, 2, 3] == 5 and found[0, 1, 7, 7] == 2
    assert found[0, 0, 2, 4] == found[0, 0, 1, 3] == pytest.approx(0.5)
    assert found[0, 0, 2, 5] == 0 and (found[0, 1] > 0).sum() == 3


def test_gradients_pass_the_mask_where_it_is_open() -> None:
    x = maps(1, 1, 8).float().requires_grad_()
    PartMask()(x).sum().backward()
    peak = int(x.flatten().argmax())
    assert x.grad.flatten()[peak] == 1 and (x.grad > 0).sum() <= 5


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.mask = PartMask()
        self.head = nn.Linear(6 * 16, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(F.max_pool2d(F.relu(self.mask(self.conv(x))), 2).flatten(1))


def crosses(n: int, seed: int = 0) -> tuple[Tensor, Tensor, np.ndarray]:
    """Pictures with a plus somewhere, others with a square, a bar besides; labels; middles (n, 2)."""
    rng = np.random.default_rng(seed)
    x, y, middles = np.zeros((n, 1, 8, 8), np.float32), np.arange(n) % 2, rng.integers(1, 7, (n, 2))
    for one, label, (j, i) in zip(x[:, 0], y, middles, strict=True):
        one[i - 1 : i + 2, j] = 1
        one[i, j - 1 : j + 2] = 1
        if label:
            one[i - 1 : i + 2, j - 1 : j + 2] = 1
        one[rng.integers(0, 8), :] += 0.3
    return torch.from_numpy(x), torch.from_numpy(y), middles


def trained(weight: float | None, seed: int) -> Small:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Small()
        filters = FilterLoss(model.conv, weight) if weight else None
        x, y, _ = crosses(256)
        optimizer = torch.optim.Adam(model.parameters(), 1e-2)
        for _ in range(150):
            loss = F.cross_entropy(model(x), y) + (filters() if filters else 0)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def test_three_lines_in_a_training_loop_make_filters_sure_of_their_places() -> None:
    """They lie as far from the figure in every picture, and answers stay right."""
    x, y, middles = crosses(200, seed=1)
    told: dict[float | None, list[float]] = {None: [], 0.1: []}
    right = []
    for weight, seed in product(told, range(3)):
        model = trained(weight, seed)
        right.append(float((model(x).argmax(1) == y).float().mean()))
        peaks, found = model.conv(x).clamp(min=0).flatten(2).max(2)
        alive = (peaks.amax(0) > 1e-4).numpy()
        places = np.stack([found % 8, found // 8], 2)
        apart = location_instability(places, peaks.detach(), middles[:, None], math.hypot(8, 8), 200)
        told[weight].append(apart[alive].mean())
    assert np.mean(right[3:]) > 0.95
    assert np.mean(told[0.1]) < 0.5 * np.mean(told[None])
    centre = np.full((200, 1, 2), 3.5)
    (by_centre,) = location_instability(centre, np.ones((200, 1)), middles[:, None], math.hypot(8, 8), 200)
    assert np.mean(told[0.1]) < 0.3 * by_centre


def test_a_filter_belongs_to_the_class_that_it_answers_most() -> None:
    layer = nn.Identity()
    with FilterLoss(layer) as filters:
        x = torch.rand(6, 2, 4, 4)
        x[:3, 0] += 2
        x[3:, 1] += 2
        layer(x)
        filters(torch.tensor([0, 0, 0, 1, 1, 1]))
        assert filters.classes.tolist() == [0, 1]
        np.testing.assert_allclose(filters.usual_peaks[0], x[:3, 0].amax((1, 2)).mean(), rtol=1e-6)
        layer(torch.rand(1, 2, 4, 4))
        filters(torch.tensor([2]))
        assert filters.classes.tolist() == [0, 1], "a batch without some classes forgets none of them"
    assert not layer._forward_hooks, "it watches no more"


def test_what_it_cannot_watch_is_told() -> None:
    with pytest.raises(TypeError, match=r"`layer` must be a torch.nn.Module; got str"):
        FilterLoss("layer4")
    with pytest.raises(ValueError, match="`weight` must be"):
        FilterLoss(nn.Identity(), weight=-1)
    layer = nn.Identity()
    filters = FilterLoss(layer)
    with pytest.raises(ValueError, match="run the network first"):
        filters(torch.zeros(2))
    with pytest.raises(ValueError, match="not known before a batch"):
        _ = filters.classes
    with pytest.raises(ValueError, match=r"maps \(b, c, h, w\); this one puts out \(2, 3\)"):
        layer(torch.rand(2, 3))
    layer(torch.rand(2, 3, 4, 4))
    with pytest.raises(ValueError, match="one class for each of 2 pictures"):
        filters(torch.zeros(3, dtype=torch.long))
