"""What a fit of VRX learned, frozen: all that questions about pictures need.

:class:`xaikit.VRX` holds the hyper-parameters and learns; it hands this to whoever answers a question, so
that no answer depends on the front door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from xaikit.core.errors import did_you_mean
from xaikit.core.params import check

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.vrx.candidates import Proposer
    from xaikit.vrx.comparing import LastRegions, UsualPictures
    from xaikit.vrx.concept import Concept
    from xaikit.vrx.dictionary import Dictionary
    from xaikit.vrx.grn import GraphReasoningNetwork
    from xaikit.vrx.vdi import Contributions

__all__ = ["Fitted", "Usual", "concept_in", "fitted_of", "sigma"]


def sigma(logits: np.ndarray, temperature: float) -> np.ndarray:
    """σ of eq. 4: softmax of logits (…, m) of the classes of interest at the temperature."""
    return torch.softmax(torch.from_numpy(logits) / temperature, -1).numpy()


def concept_in(concepts: Mapping[str, list[Concept]], cls: str, k: int) -> Concept:
    """Concept k of a class.

    Raises
    ------
    ValueError
        There is no such class or concept.
    """
    if cls not in concepts:
        classes = list(concepts)
        raise ValueError(f"`cls` must be one of {classes}; got {cls!r}.{did_you_mean(str(cls), classes)}")
    if not 0 <= (number := check("k", k, int)) < len(concepts[cls]):
        raise ValueError(f"Class {cls!r} has concepts 0 to {len(concepts[cls]) - 1}; got {k}.")
    return concepts[cls][number]


@dataclass(frozen=True)
class Usual:
    """What speaks for a class in the pictures that the network gives it, on average over them.

    Attributes
    ----------
    contributions : the GRN's
    effects : float32 (m targets, m graphs, N), measured; 0 where a concept is not found
    found : float64 (m graphs, N), the share of the pictures in which each concept is found
    pictures : some of them, with which others are compared region by region
    """

    contributions: Contributions
    effects: np.ndarray
    found: np.ndarray
    pictures: UsualPictures


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """Concepts, GRN and network of a fitted VRX.

    Attributes
    ----------
    classes : names of the m classes of interest
    classifier, proposer : the network, and what looks at pictures with it
    concepts, dictionaries, usual : {class: its concepts, what finds them, what usually speaks for it}
    grn : the graph reasoning network
    held_out : how well it follows the network on pictures that were held out
    names : {(class, k): name}, the VRX's own, so that a name given later is known
    last_regions : what was asked about the last pictures, the VRX's own, too
    n_concepts, epsilon, temperature, fill : hyper-parameters
    method : repr of the VRX
    """

    classes: Sequence[str]
    classifier: Classifier
    proposer: Proposer
    concepts: Mapping[str, list[Concept]]
    dictionaries: Mapping[str, Dictionary | None]
    usual: Mapping[str, Usual]
    grn: GraphReasoningNetwork
    held_out: Mapping[str, float]
    names: dict[tuple[str, int], str]
    last_regions: LastRegions
    n_concepts: int
    epsilon: float
    temperature: float
    fill: str
    method: str

    @property
    def columns(self) -> list[int]:
        """Where the classes of interest are among the network's."""
        return [self.classifier.class_index(cls) for cls in self.classes]

    def sigma(self, logits: np.ndarray) -> np.ndarray:
        """See :func:`sigma`."""
        return sigma(logits, self.temperature)

    def asked(self, views: np.ndarray) -> np.ndarray:
        """The network's logits of the classes of interest, float32 (n, m), for views uint8 (n, H, W, 3)."""
        return self.classifier.logits(views, as_view=True)[:, self.columns]

    def concept(self, cls: str, k: int) -> Concept:
        """See :func:`concept_in`."""
        return concept_in(self.concepts, cls, k)


def fitted_of(given: Any) -> Fitted:
    """What a VRX learned, or what is that already."""
    return given if isinstance(given, Fitted) else given.fitted_
