"""A loss by which each filter of a layer becomes the detector of one part of one class (survey 5.1).

    Loss_f = −MI(X; T) = −Σ_T p(T) Σ_x p(x|T) log(p(x|T) / p(x))
    p(x|T) = exp⟨x, T⟩ / Z_T      Z_T = Σ_x exp⟨x, T⟩      p(x) = Σ_T p(T) p(x|T)

X are the maps of a filter, T its templates: for each place μ, T_μ[i, j] = τ max(1 − β |[i, j] − μ|₁ / n, −1),
and T⁻ = −τ, of a filter that is silent. p(T_μ) = α / n², p(T⁻) = 1 − α, α = n² / (1 + n²).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from xaikit.core.params import Positive, check
from xaikit.interpretable.templates import STEEPNESS, part_templates

__all__ = ["FilterLoss", "filter_loss"]

WEIGHT, STRENGTH = 0.003, 4.0
TINY = 1e-6
MEMORY = 0.9
"""Share of what is known of a filter that stays, of each batch."""


class FilterLoss(nn.Module):
    """The filter loss of a layer, for any training loop::

        filters = xk.interpretable.FilterLoss(model.layer4)
        ...
        loss = cross_entropy(model(pictures), labels) + filters(labels)

    It needs no label: what a filter comes to answer, at one place of a picture, and of which class, it finds
    itself. Labels tell which class that is (`classes`). It watches the layer's output; `close` ends that, and
    so does the end of a `with` block.

    Parameters
    ----------
    layer : puts out maps (b, c, h, w)
    weight
        of the loss, a mean over filters; more of it makes filters surer of their places, and costs answers
    strength
        τ, of maps in units of the filter's usual peak (on its class, where labels tell). The paper's
        τ = 0.5 / n² is of maps as they come, whose size depends on the network
    steepness : β

    Raises
    ------
    TypeError
        `layer` is no module.
    ValueError
        The layer puts out no maps, or has not run since the last call.

    Notes
    -----
    X is a batch, so that batches should hold several pictures of each class. As in the paper's own derivation
    Z_T is taken to be constant where gradients are concerned. The sum over all templates is taken, where the
    paper keeps that of one alone, which it chooses by the picture's class.
    """

    def __init__(
        self,
        layer: nn.Module,
        weight: float = WEIGHT,
        strength: float = STRENGTH,
        steepness: float = STEEPNESS,
    ) -> None:
        super().__init__()
        if not isinstance(layer, nn.Module):
            raise TypeError(f"`layer` must be a torch.nn.Module; got {type(layer).__name__}.")
        self.weight, self.strength, self.steepness = (
            check(name, value, Positive)
            for name, value in (("weight", weight), ("strength", strength), ("steepness", steepness))
        )
        self._maps: Tensor | None = None
        self._hook = layer.register_forward_hook(self._watch)
        self.peaks: Tensor | None = None
        """Usual peak of each filter on pictures of each class, (n_classes seen, c)."""

    def _watch(self, _layer: nn.Module, _given: object, maps: object) -> None:
        if not isinstance(maps, Tensor) or maps.ndim != 4:
            raise ValueError(
                "the filter loss needs a layer that puts out maps (b, c, h, w); this one puts out "
                f"{tuple(maps.shape) if isinstance(maps, Tensor) else type(maps).__name__}."
            )
        self._maps = maps

    def forward(self, labels: Tensor | None = None) -> Tensor:
        """The weighted loss of the batch that the layer saw last, a number.

        Parameters
        ----------
        labels : int64 (b,), the pictures' classes, where `classes` shall be known
        """
        maps, self._maps = self._maps, None
        if maps is None:
            raise ValueError("the layer has not run since the last call: run the network first.")
        if labels is not None and labels.shape != maps.shape[:1]:
            raise ValueError(
                f"`labels` must be one class for each of {len(maps)} pictures; got {tuple(labels.shape)}."
            )
        maps = maps.float().clamp(min=0)
        classes = maps.new_zeros(len(maps), dtype=torch.int64) if labels is None else labels.to(maps.device)
        self._remember(maps.detach(), classes)
        # The usual peak is taken as it is: were gradients to go through it, a filter that finds nothing on
        # most of its pictures would rather fall silent on all.
        scaled = maps / self.usual_peaks[None, :, None, None]
        return self.weight * filter_loss(scaled, self.strength, self.steepness).mean()

    @property
    def classes(self) -> Tensor:
        """The class that each filter belongs to, int64 (c,).

        Raises
        ------
        ValueError
            The loss has not seen a batch.
        """
        return self._known.argmax(0)

    @property
    def usual_peaks(self) -> Tensor:
        """The usual peak of each filter on pictures of its class, (c,)."""
        return self._known.amax(0).clamp(min=TINY)

    @property
    def _known(self) -> Tensor:
        if self.peaks is None:
            raise ValueError("the filters' classes are not known before a batch was seen.")
        return self.peaks.nan_to_num(-torch.inf)

    def _remember(self, maps: Tensor, labels: Tensor) -> None:
        peaks, n_seen = maps.float().amax((2, 3)), int(labels.max()) + 1
        n_known = 0 if self.peaks is None else len(self.peaks)
        grown = peaks.new_full((max(n_seen, n_known), peaks.shape[1]), torch.nan)
        if self.peaks is not None:
            grown[:n_known] = self.peaks
        for label in labels.unique().tolist():
            now = peaks[labels == label].mean(0)
            before = grown[label]
            grown[label] = torch.where(before.isnan(), now, MEMORY * before + (1 - MEMORY) * now)
        self.peaks = grown

    def close(self) -> None:
        """Watch the layer no more."""
        self._hook.remove()

    def __enter__(self) -> FilterLoss:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def filter_loss(maps: Tensor, strength: float = STRENGTH, steepness: float = STEEPNESS) -> Tensor:
    """−MI(X; T) of each filter, (c,); see the head of this file.

    Parameters
    ----------
    maps : X, float (b, c, h, w)
    strength : τ
    steepness : β
    """
    h, w = maps.shape[2:]
    n_places = h * w
    templates = torch.cat([part_templates(h, w, steepness), -torch.ones((1, n_places), dtype=torch.float64)])
    prior = torch.full((1 + n_places,), 1 / (1 + n_places), dtype=torch.float64)  # α / n² is 1 − α
    templates, prior = (one.to(maps.device, maps.dtype) for one in (templates, prior))
    fits = strength * maps.flatten(2) @ templates.T  # ⟨x, T⟩, (b, c, T)
    log_given = fits - fits.detach().logsumexp(0)  # log p(x|T)
    log_prior = prior.log()
    log_alone = (log_given + log_prior).logsumexp(2, keepdim=True)  # log p(x)
    told = (log_given + log_prior).exp() * (log_given - log_alone)
    return -told.sum((0, 2))
