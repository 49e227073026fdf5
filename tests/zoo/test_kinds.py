"""Pictures for a network of one kind, and what training makes small."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from xaikit.interpretable import FilterLoss
from xaikit.loading import load_images
from xaikit.zoo.kinds import OTHER, of_kind, without_animal
from xaikit.zoo.networks import PartVGG
from xaikit.zoo.objectives import attributes, cross_entropy, with_filter_loss
from xaikit.zoo.training import as_pictures


def test_half_is_of_the_kind_and_a_quarter_of_each_is_not() -> None:
    made = of_kind("cow", "val", 12, 0, 32, progress=False)
    assert made.class_names == ("cow", OTHER)
    assert made.labels.tolist() == [0] * 6 + [1] * 6
    cows = as_pictures(
        load_images("toyworld/animals", "val", n=36, seed=0).of_class("cow"), 32, progress=False
    )
    assert np.array_equal(made.pixels[:6], cows.pixels)
    others = load_images("toyworld/animals", "val", n=36, seed=0)
    first = next(others[k] for k in range(36) if others.class_names[others.labels[k]] == "bird")
    assert np.array_equal(made.pixels[6], as_pictures(others.of_class("bird"), 32, progress=False).pixels[0])
    assert set(first.scene.part_names), "it had parts"


def test_without_the_animal_what_is_not_animal_stays() -> None:
    sample = load_images("toyworld/animals", "val", n=6, seed=3)[3]
    left = without_animal(sample.scene)
    changed = (left != sample.image).any(2)
    animal = np.any(list(sample.parts.values()), 0)
    assert changed[animal].mean() > 0.9
    assert changed[~animal].mean() < 0.1


def test_attributes_are_asked_one_by_one() -> None:
    logits, labels = torch.randn(5, 3), torch.randint(0, 2, (5, 3)).float()
    assert attributes()(logits, labels, 0.0) == F.binary_cross_entropy_with_logits(logits, labels)
    soft = labels.where(labels == 1, torch.tensor(0.1)).where(labels == 0, torch.tensor(0.9))
    assert attributes(0.2)(logits, labels, 0.0) == pytest.approx(
        float(F.binary_cross_entropy_with_logits(logits, soft))
    )


def test_the_filter_loss_counts_once_its_time_has_come() -> None:
    model, pixels, labels = PartVGG(2, size=32), torch.rand(4, 3, 32, 32), torch.tensor([0, 1, 0, 1])
    with FilterLoss(model.top, 0.5) as filters:
        objective = with_filter_loss(cross_entropy(), filters, 0.5)
        logits = model(pixels)
        plain = cross_entropy()(logits, labels, 0.0)
        assert objective(logits, labels, 0.4) == plain
        assert objective(logits, labels, 0.5) != plain
    assert not model.top._forward_hooks


def test_filters_fall_silent_in_training_alone() -> None:
    model = PartVGG(2, size=32, silenced=0.5)
    given: list[torch.Tensor] = []
    model.silence.register_forward_hook(lambda _module, _given, out: given.append(out))
    model.train()(torch.rand(4, 3, 32, 32))
    assert (given[0].amax((2, 3)) == 0).float().mean() > 0.3
    model.eval()
    assert torch.equal(model(torch.ones(1, 3, 32, 32)), model(torch.ones(1, 3, 32, 32)))
