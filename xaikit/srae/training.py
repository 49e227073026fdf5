"""Training explanation modules: the objective of eq. 5 for several classes in one batched run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.srae.examples import Split
from xaikit.srae.modules import LEAST_FOR_AGAINST, Modules, Scale
from xaikit.srae.objective import (
    RunningErrors,
    faithfulness,
    pull_away,
    reconstruction_errors,
    sparse_reconstruction,
)

__all__ = ["OBJECTIVES", "Objective", "Settings", "Trained", "train"]

N_OWN, N_OTHERS = 50, 206
"""Pictures of a batch, of the class and of others: enough for Q and the pull-away term to say something."""
N_HELD_OWN, N_HELD_OTHERS = 20, 200
LEARNING_RATE, WARM = 2e-3, 0.3
"""The highest of both cycles of the training, and the share of a cycle after which it is reached."""
EVERY = 20
"""Steps between two looks at the pictures held out."""
SHAPED_UNTIL, FAITHFUL_FROM, LEAST_SHARE = 0.25, 0.5, 0.05
"""Shares of the training: until the first, all terms of eq. 5 have their weight; to the second, those beside
faithfulness lose it, down to the third of it; from there on, in a second cycle of the learning rate, there is
faithfulness alone. The others decide early what tells x-features apart; held to the end they would cost
faithfulness, and twice the time."""
WIDE = 128
"""Units of a layer from which on λ falls with their number. Eq. 4 is a mean over units: the more there are,
the less the reconstruction of one weighs, and the weights that it takes would cost more than it brings."""
N_FOLLOWS = 60
"""Steps of the decoder alone at the end, after x-features that have gone on without it."""


class Objective(NamedTuple):
    """Which terms of eq. 5 there are: the paper's method and its rivals (4.2)."""

    faithful: bool
    reconstructs: bool
    sparse: bool
    pulls_away: bool


OBJECTIVES = {
    "srae": Objective(True, True, True, True),
    "nn": Objective(True, False, False, False),
    "sae": Objective(True, True, False, False),
    "cae": Objective(False, True, False, False),
}
"""By name. "lasso", which trains nothing, is in :mod:`xaikit.srae.rivals`."""


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of :class:`xaikit.SRAE` that training needs."""

    objective: str
    beta: float
    eta: float
    q: float
    l2: float
    positive_weight: float
    n_steps: int


class Trained(NamedTuple):
    """Modules for features and scores as they are; each of K: the step it was taken from, its terms (K,)."""

    modules: Modules
    steps: list[int]
    terms: dict[str, list[float]]


def train(
    features: NDArray[np.float32],
    scores: Sequence[NDArray[np.float32]],
    splits: Sequence[Split],
    n_features: int,
    settings: Settings,
    seeds: Sequence[Sequence[int]],
    stepped: Callable[[], object] = lambda: None,
    device: torch.device | str = "cpu",
) -> Trained:
    """Train a module for each split; each is the one that it would be alone.

    Of the steps that are looked at while there is faithfulness alone, the one is kept that is most faithful
    on the pictures held out.

    Parameters
    ----------
    features : (N, S)
    scores : ŷ of each module's class, (N,) each
    seeds : of each module
    stepped : called after each step
    device : where it is done; what was learned comes back to the processor

    Raises
    ------
    ValueError
        A term became NaN or infinite.
    """
    work = _Work(features, scores, splits, n_features, settings, device)
    generators = [np.random.default_rng(seed) for seed in seeds]
    with torch.random.fork_rng(devices=[]), torch.inference_mode(False), torch.enable_grad():
        modules = Modules.drawn(features.shape[1], n_features, work.objective.reconstructs, generators)
        modules.to(work.device)
        rows, _ = work.batch(work.drawn(generators))
        modules.settle(rows, work.scale.center / work.scale.spread)
        running = RunningErrors(settings.q)
        steps = _descend(work, modules, generators, running, stepped)
        if modules.decoder is not None:
            _follow(work, modules, generators, running)
    terms = work.held_terms(modules)
    _check_finite(terms, settings.n_steps)
    told = {name: own.tolist() for name, own in terms.items()}
    return Trained(modules.cpu().unscaled(work.scale.to("cpu")), steps, told)


def _descend(
    work: _Work,
    modules: Modules,
    generators: Sequence[np.random.Generator],
    running: RunningErrors,
    stepped: Callable[[], object],
) -> list[int]:
    """Train modules; return the step that each was taken from."""
    n_steps, best = work.settings.n_steps, _Best(modules)
    optimizer = torch.optim.Adam(modules.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step / n_steps))
    for step in range(1, n_steps + 1):
        optimizer.zero_grad()
        share = share_at(step / n_steps)
        terms = work.terms(modules, work.drawn(generators), running, shaping=share > 0)
        _check_finite(terms, step)
        objective_of(terms, share).sum().backward()
        optimizer.step()
        schedule.step()
        stepped()
        if (share == 0 and step % EVERY == 0) or step == n_steps:
            best.consider(modules, work.held_terms(modules), step)
    best.restore(modules)
    return best.steps


def _follow(
    work: _Work, modules: Modules, generators: Sequence[np.random.Generator], running: RunningErrors
) -> None:
    """Train the decoder of x-features that stay as they are."""
    modules.encoder.requires_grad_(False)
    optimizer = torch.optim.Adam(modules.decoder.parameters())  # type: ignore[union-attr]
    for _ in range(N_FOLLOWS):
        optimizer.zero_grad()
        work.terms(modules, work.drawn(generators), running)[work.reconstruction].sum().backward()
        optimizer.step()
    modules.encoder.requires_grad_(True)


def rate_at(progress: float) -> float:
    """The learning rate over its highest: two cycles, each rising in a line and falling by a cosine."""
    first, last = FAITHFUL_FROM, 1 - FAITHFUL_FROM
    at = progress / first if progress < first else (progress - first) / last
    return at / WARM if at < WARM else (1 + math.cos(math.pi * (at - WARM) / (1 - WARM))) / 2


def share_at(progress: float) -> float:
    """What is left of the weights of all terms but faithfulness, at this share of the training."""
    if progress >= FAITHFUL_FROM:
        return 0.0
    fallen = max(0.0, progress - SHAPED_UNTIL) / (FAITHFUL_FROM - SHAPED_UNTIL)
    return float(LEAST_SHARE**fallen)


def objective_of(terms: dict[str, Tensor], share: float) -> Tensor:
    """Eq. 5 of each module, (K,): faithfulness, and a share of the weight of every other term."""
    others = [one for name, one in terms.items() if name != "faithfulness"]
    return terms["faithfulness"] + share * sum(others, torch.zeros(()))


class _Work:
    """What a batch of pictures says of modules."""

    def __init__(
        self,
        features: NDArray[np.float32],
        scores: Sequence[NDArray[np.float32]],
        splits: Sequence[Split],
        n_features: int,
        settings: Settings,
        device: torch.device | str = "cpu",
    ) -> None:
        self.splits, self.settings, self.device = splits, settings, device
        self.l2 = settings.l2 * min(1.0, WIDE / features.shape[1])
        rows, seen = torch.from_numpy(features), torch.from_numpy(np.stack(scores))
        against = n_features >= LEAST_FOR_AGAINST
        self.scale = _scale_of(rows, seen, splits, settings.positive_weight, against).to(device)
        self.features, self.scores = rows.to(device), seen.to(device)
        self.objective = OBJECTIVES[settings.objective]
        self.reconstruction = "sparse reconstruction" if self.objective.sparse else "reconstruction"
        self.weights = _weights(N_OWN, N_OTHERS, settings.positive_weight).to(device)
        self.held = np.stack(
            [
                np.concatenate(
                    [np.resize(one.held_positives, N_HELD_OWN), np.resize(one.held_negatives, N_HELD_OTHERS)]
                )
                for one in splits
            ]
        )
        self.held_weights = _weights(N_HELD_OWN, N_HELD_OTHERS, settings.positive_weight).to(device)
        # As often as each picture of the training set stands for itself.
        share = torch.tensor([len(one.negatives) / max(1, len(one.positives)) for one in splits])
        alike = [_weights(N_OWN, N_OTHERS, float(1 / (1 + one))) for one in share]
        self.alike = torch.stack(alike).to(device)

    def drawn(self, generators: Sequence[np.random.Generator]) -> NDArray[np.int64]:
        """Rows of a batch for each module, (K, b): first its own pictures, then others."""
        return np.stack(
            [
                np.concatenate(
                    [np.resize(rng.permutation(one.positives), N_OWN), rng.choice(one.negatives, N_OTHERS)]
                )
                for rng, one in zip(generators, self.splits, strict=True)
            ]
        )

    def batch(self, numbers: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Features (K, b, S) and scores (K, b) as modules are trained on them."""
        chosen = torch.from_numpy(numbers).to(self.device)
        return self.scale.rows(self.features[chosen]), self.scale.scores(self.scores.gather(1, chosen))

    def terms(
        self, modules: Modules, numbers: NDArray[np.int64], running: RunningErrors, shaping: bool = True
    ) -> dict[str, Tensor]:
        """The weighted terms of eq. 5 of a batch, (K,) each; that of Q has its slope, not its value.

        Without `shaping`, faithfulness alone.
        """
        settings, (rows, scores) = self.settings, self.batch(numbers)
        found = modules.encode(rows)
        # A classic autoencoder does not know the score: its read-out takes the features as they are.
        read = modules.read(found if self.objective.faithful else found.detach())
        terms = {"faithfulness": faithfulness(read, scores, self.weights)}
        if not shaping:
            return terms
        if modules.decoder is not None:
            errors = reconstruction_errors(
                modules.decoder(found), rows + self.scale.center / self.scale.spread, self.weights
            )
            sparse = self.objective.sparse
            penalty = running.penalty(errors) if sparse else errors.mean(1)
            terms[self.reconstruction] = settings.beta * penalty
        if self.objective.pulls_away:
            terms["pull-away"] = settings.eta * pull_away(found, self.alike)
        return terms | {"l2": self.l2 * _squares(modules)}

    @torch.no_grad()
    def held_terms(self, modules: Modules) -> dict[str, Tensor]:
        """Each weighted term of eq. 5 but the last on the pictures held out, (K,)."""
        settings, (rows, scores) = self.settings, self.batch(self.held)
        found = modules.encode(rows)
        terms = {"faithfulness": faithfulness(modules.read(found), scores, self.held_weights)}
        if modules.decoder is not None:
            target = rows + self.scale.center / self.scale.spread
            errors = reconstruction_errors(modules.decoder(found), target, self.held_weights)
            sparse = self.objective.sparse
            penalty = sparse_reconstruction(errors, settings.q) if sparse else errors.mean(1)
            terms[self.reconstruction] = settings.beta * penalty
        if self.objective.pulls_away:
            alike = torch.full_like(self.held_weights, 1 / len(self.held_weights))
            terms["pull-away"] = settings.eta * pull_away(found, alike)
        return terms


class _Best:
    """Of each module the numbers that did best so far on what was held out."""

    def __init__(self, modules: Modules) -> None:
        self._state = {name: own.clone() for name, own in modules.state_dict().items()}
        self._least = modules.readout.new_full((len(modules.readout),), torch.inf)
        self.steps = [0] * len(modules.readout)

    def consider(self, modules: Modules, terms: dict[str, Tensor], step: int) -> None:
        _check_finite(terms, step)
        error = terms["faithfulness"]
        better = error < self._least
        self._least = torch.where(better, error, self._least)
        for name, own in modules.state_dict().items():
            self._state[name][better] = own[better]
        for k in torch.nonzero(better)[:, 0].tolist():
            self.steps[k] = step

    def restore(self, modules: Modules) -> None:
        modules.load_state_dict(self._state)


def _check_finite(terms: dict[str, Tensor], step: int) -> None:
    for name, own in terms.items():
        if not own.isfinite().all():
            raise ValueError(
                f"training stopped at step {step}: the term {name!r} became NaN or infinite. Take a smaller "
                "weight for it, or look whether the layer's features are of a usual size."
            )


def _scale_of(
    features: Tensor, scores: Tensor, splits: Sequence[Split], positive_weight: float, against: bool
) -> Scale:
    """Features about their weighted mean; scores above what pictures of other classes have.

    On average, where an x-feature can speak `against` the class; else at least, or none would reach below.
    """
    own = [(features[one.positives], features[one.negatives]) for one in splits]
    center = torch.stack([positive_weight * p.mean(0) + (1 - positive_weight) * n.mean(0) for p, n in own])
    spread = float(features.double().pow(2).mean().sqrt()) or 1.0
    pairs = [(y[one.positives], y[one.negatives]) for y, one in zip(scores, splits, strict=True)]
    baseline = torch.stack([n.mean() if against else n.min() for _, n in pairs])
    height = torch.stack([((p - b) ** 2).mean().sqrt() for (p, _), b in zip(pairs, baseline, strict=True)])
    return Scale(center[:, None], spread, baseline, height.clamp(min=1e-6))


def _weights(n_own: int, n_others: int, own: float) -> Tensor:
    """Of the pictures of a batch, adding up to 1: those of the class together `own`."""
    return torch.cat([torch.full((n_own,), own / n_own), torch.full((n_others,), (1 - own) / n_others)])


def _squares(modules: Modules) -> Tensor:
    """Σ of all weights squared, (K,): ‖θ‖² + ‖θ̃‖² + ‖v‖², without the biases."""
    stacks = [one for one in (modules.encoder, modules.decoder) if one is not None]
    every = [weight for stack in stacks for weight in stack.weights]
    return sum(((one**2).sum((1, 2)) for one in every), (modules.readout**2).sum(1))
