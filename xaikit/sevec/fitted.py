"""What a fit of semantic vectors learned, frozen: all that questions are answered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit.core.errors import did_you_mean
from xaikit.core.params import check, check_numbers

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.core.images.checks import UInt8
    from xaikit.data import Hierarchy
    from xaikit.sevec.units import Units

__all__ = ["Fitted", "Reference"]


class Reference(NamedTuple):
    """Binarised features of some pictures, eight units to a byte (m, ⌈d/8⌉), and their concepts (m,)."""

    patterns: NDArray[np.uint8]
    concepts: NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """The concepts that were learned, and the network that they are of.

    Attributes
    ----------
    names, kinds : of the K concepts
    vectors, rates : float32 (K, d); diversity : float64 (K,); counts : int64 (K,), pictures of each
    classifier, units : the network, and how its features become zeros and ones
    examples : per concept, a list of small pictures uint8
    reference : binarised pictures of all concepts, from which is known what is usual
    saliency_layer, saliency_rates : a layer with places, and float32 (K, c, h, w) of it, or None
    hierarchy : the data's, or None
    checks : what was noticed in fitting
    """

    names: list[str]
    kinds: list[str]
    vectors: NDArray[np.float32]
    rates: NDArray[np.float32]
    diversity: NDArray[np.float64]
    counts: NDArray[np.int64]
    classifier: Classifier
    units: Units
    examples: list[list[UInt8]]
    reference: Reference
    saliency_layer: str | None
    saliency_rates: NDArray[np.float32] | None
    hierarchy: Hierarchy | None
    checks: Mapping[str, Any]

    def numbers(self, concepts: str | int | Sequence[str | int] | None = None) -> list[int]:
        """See :meth:`xaikit.SemanticVectors.numbers`."""
        if concepts is None:
            return list(range(len(self.names)))
        places = {name: number for number, name in enumerate(self.names)}
        if isinstance(concepts, str) and concepts not in places and concepts in self.kinds:
            return [k for k, kind in enumerate(self.kinds) if kind == concepts]
        listed = [concepts] if isinstance(concepts, str | int) else concepts
        return [self._number(one, places) for one in listed]

    def _number(self, concept: str | int, places: dict[str, int]) -> int:
        if isinstance(concept, str):
            if concept not in places:
                known = [*self.names, *dict.fromkeys(self.kinds)]
                hint = did_you_mean(concept, known) or f" The first are {self.names[:5]}."
                raise ValueError(f"{concept!r} is neither a concept nor a kind of concepts.{hint}")
            return places[concept]
        (number,), n = check_numbers([concept], "concepts"), len(self.names)
        if not 0 <= number < n:
            raise ValueError(f"a concept's number must lie in 0..{n - 1}; got {concept!r}.")
        return int(number)

    def similarity_batches(self, images: Any, binarized: bool = False) -> Iterator[NDArray[np.float32]]:
        """See :meth:`xaikit.SemanticVectors.similarity_batches`."""
        vectors, binarized = torch.from_numpy(self.vectors), check("binarized", binarized, bool)
        for batch in self.classifier.layer_batches(images, [self.units.layer]):
            features = torch.from_numpy(batch.features[self.units.layer])
            seen = self.units.on(features).float() if binarized else self.units.values(features)
            rows = (torch.nn.functional.normalize(seen) @ vectors.T).numpy()
            rows[~batch.read] = np.nan
            yield rows

    def similarity(self, images: Any, binarized: bool = False) -> NDArray[np.float32]:
        """See :meth:`xaikit.SemanticVectors.similarity`."""
        return np.concatenate(list(self.similarity_batches(images, binarized)))
