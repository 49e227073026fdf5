"""SeVec (Gu and Tresp 2019): every concept that a network knows is a direction in its feature space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.core.classifier import check_classifier
from xaikit.core.method import method
from xaikit.core.params import Above, Count, OneOf, Seed, check
from xaikit.core.readable import check_set
from xaikit.core.store import found_again
from xaikit.sevec.concept_map import ConceptMap, map_concepts
from xaikit.sevec.fitted import Fitted
from xaikit.sevec.fitting import gather, learned, one_set
from xaikit.sevec.look import look
from xaikit.sevec.meaning import Meaning, meanings
from xaikit.sevec.modification import Modification, modify
from xaikit.sevec.relevance import Relevance
from xaikit.sevec.retrieval import Nearest, Retrieved, nearest, retrieve
from xaikit.sevec.units import BINARIZATIONS, POOLINGS, choose_units
from xaikit.sevec.vectors import centered_by_kind, means_by_kind

if TYPE_CHECKING:
    from xaikit.attribution import Heatmap
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["SemanticVectors"]


@method
class SemanticVectors:
    """Semantic vectors: a unit vector per concept, learned from pictures of it in one pass of the network.

    v_c = A / |A|,  A = Σ_i a_i / |a_i|,  a_i = 1[φ(x_i) > 0]   (SeVec, eq. 3): the direction nearest to the
    binarised features of all pictures x_i of concept c.

    Parameters
    ----------
    layer
        where the concepts are sought; None takes the first vector of rectified features behind the last layer
        with places (fc1 of VGG16, as in the paper), or, where there is none, the classifier's default layer
    pooling
        of a layer with places: "mean" or "max" over them; or "none", every place has units of its own
    binarize
        "zero" as in the paper, which presumes rectified features; "quantile": a unit is on above a quantile
        of its own values; "auto" takes zero where a unit is read at one place and zeros say something
    quantile : of "quantile", between 0 and 1
    saliency_layer
        layer with places whose rates `saliency` suppresses by (the paper: pool5); None takes the classifier's
        default layer, False none
    n_examples : small pictures kept per concept, to show it by
    n_reference : binarised pictures kept, from which `explain` knows what is usual
    seed : of every random choice

    Attributes
    ----------
    concept_names, concept_kinds : lists of str (K,)
        "class" where one set of pictures was given
    vectors_ : float32 (K, d), unit rows
    rates_ : float32 (K, d), share of a concept's pictures in which each unit is on, 0..1
    diversity_ : float64 (K,), D_c, 0 where all pictures point in one direction
    counts_ : int64 (K,), pictures per concept
    units_ : :class:`~xaikit.sevec.Units`, the layer and how its features become zeros and ones
    saliency_rates_ : float32 (K, c, h, w) or None, rates of the units of `saliency_layer` above zero
    saliency_layer_ : its name, or None
    examples_ : per concept, a list of small pictures uint8
    hierarchy_ : the data's :class:`~xaikit.data.Hierarchy`, or None
    checks : what was noticed in fitting: dead units, blank and unreadable pictures, the rule of binarising

    Limits
    ------
    A cosine says that two concepts use the same units, not that one causes the other. A concept that is shown
    by few pictures, or always before one background, has the background in its vector. `saliency`
    suppresses by rates above zero, also at a layer whose features are not rectified.
    """

    MADE_BY_FIT = ("concept_names", "concept_kinds", "checks")

    layer: str | None = None
    _: KW_ONLY
    pooling: Annotated[str, OneOf(POOLINGS)] = "mean"
    binarize: Annotated[str, OneOf(BINARIZATIONS)] = "auto"
    quantile: Annotated[float, Above(0, 1)] = 0.8
    saliency_layer: str | bool | None = None
    n_examples: Count = 3
    n_reference: Count = 1000
    seed: Seed = 0

    def fit(
        self,
        classifier: Classifier,
        data: ImageSet | Mapping[str, ImageSet],
        *,
        checkpoint: str | Path | None = None,
        progress: bool = True,
        cache: bool = True,
    ) -> SemanticVectors:
        """Learn a vector for every class of the data, in one pass.

        Parameters
        ----------
        classifier : the network
        data
            an ImageSet, whose classes are the concepts; or {kind: ImageSet}, such as ``{"class": pictures,
            "texture": textures}``: then each set's classes are concepts of that kind
        checkpoint : folder in which an interrupted pass leaves what it has, to go on from there
        progress : show a progress bar
        cache : take the fit from the store where it was made before, else keep it there
            (:mod:`xaikit.core.store`)

        Raises
        ------
        ValueError
            A concept has no picture, two concepts have one name, the layer is unknown, or no unit is ever on.

        Warns
        -----
        UserWarning
            A concept has a single picture; pictures cannot be read.
        """
        check_classifier(classifier)
        joined, kinds = one_set(data)
        with found_again(self, classifier, data, check("cache", cache, bool), progress) as found:
            if not found:
                self._take(self._learned(classifier, joined, kinds, checkpoint, progress))
        return self

    def _learned(
        self,
        classifier: Classifier,
        joined: ImageSet,
        kinds: list[str],
        checkpoint: str | Path | None,
        progress: bool,
    ) -> Fitted:
        units = choose_units(
            classifier, joined, self.layer, self.pooling, self.binarize, self.quantile, self.seed
        )
        kept = {name: getattr(self, name) for name in ("saliency_layer", "n_examples", "n_reference", "seed")}
        found = gather(classifier, joined, units, **kept, checkpoint=checkpoint, progress=progress)
        return learned(classifier, joined, kinds, units, found)

    def _take(self, fitted: Fitted) -> SemanticVectors:
        """Have what was learned, under the names that people ask for it by."""
        self.fitted_ = fitted
        self.concept_names, self.concept_kinds, self.checks = fitted.names, fitted.kinds, dict(fitted.checks)
        self.classifier_, self.units_ = fitted.classifier, fitted.units
        self.vectors_, self.rates_ = fitted.vectors, fitted.rates
        self.diversity_, self.counts_ = fitted.diversity, fitted.counts
        self.saliency_layer_, self.saliency_rates_ = fitted.saliency_layer, fitted.saliency_rates
        self.examples_, self.reference_, self.hierarchy_ = fitted.examples, fitted.reference, fitted.hierarchy
        return self

    # ---- what was asked about ----

    def numbers(self, concepts: str | int | Sequence[str | int] | None = None) -> list[int]:
        """Numbers of concepts given by name, by number, as a list of these, or by their kind; None is all.

        Raises
        ------
        ValueError
            For a name that is neither a concept nor a kind.
        """
        return self.fitted_.numbers(concepts)

    # ---- global ----

    def relevance(
        self,
        a: str | Sequence[str] | None = None,
        b: str | Sequence[str] | None = None,
        *,
        centered: bool = False,
    ) -> Relevance:
        """How relevant concepts are to each other: cos(v_a, v_b) (SeVec 4.3, fig. 5).

        Parameters
        ----------
        a, b : a concept, several, or a kind such as "texture"; None is all of them
        centered
            leave out of every vector what all of its kind have in common (their mean), so that a concept that
            is near to everything, because it switches many units on, does not come first everywhere. The
            paper does not

        Returns
        -------
        Relevance
            `values` float (len(a), len(b)); ``float(...)`` of a single pair
        """
        rows, columns = self.numbers(a), self.numbers(b)
        centered = check("centered", centered, bool)
        vectors = self.vectors_.astype(np.float64)
        if centered:
            kinds = self.concept_kinds
            vectors = centered_by_kind(vectors, kinds, means_by_kind(self.vectors_, kinds))
        return Relevance(
            names=tuple(self.concept_names[k] for k in rows),
            to=tuple(self.concept_names[k] for k in columns),
            values=vectors[rows] @ vectors[columns].T,
            kind=" or ".join(dict.fromkeys(self.concept_kinds[k] for k in columns)),
            centered=centered,
        )

    def map(
        self,
        method: str | Sequence[str] = "tsne",
        concepts: str | Sequence[str] | None = None,
        *,
        seed: int | None = None,
    ) -> ConceptMap:
        """Lay the concepts out on a plane, similar ones near each other (SeVec 4.1, fig. 3).

        Parameters
        ----------
        method : "tsne", "umap", "pca", or several of them, between which the widget switches
        concepts : which; None is all
        seed : of the layout; None takes the method's

        Raises
        ------
        ValueError
            An unknown method, or fewer than three concepts.
        """
        chosen = self.numbers(concepts)
        return map_concepts(self.fitted_, chosen, method, self._seed(seed))

    def _seed(self, given: int | None) -> int:
        return self.seed if given is None else check("seed", given, Seed)

    # ---- pictures ----

    def similarity(self, images: Any, *, binarized: bool = False) -> NDArray[np.float32]:
        """cos(φ(x), v_c) of each picture with each concept, float32 (n, K).

        Rows of an ImageSet's pictures that cannot be read are NaN.

        Parameters
        ----------
        images : pictures in any form
        binarized : compare the binarised features a(x) instead of φ(x)
        """
        return self.fitted_.similarity(images, binarized)

    def similarity_batches(self, images: Any, binarized: bool = False) -> Iterator[NDArray[np.float32]]:
        """Yield what `similarity` returns batch by batch, for more pictures than memory holds."""
        return self.fitted_.similarity_batches(images, binarized)

    def nearest(self, images: Any, k: int = 5, concepts: str | Sequence[str] | None = None) -> Nearest:
        """The `k` concepts nearest to each picture, by cos(φ(x), v_c).

        Parameters
        ----------
        images : pictures in any form
        concepts : among which; None is all, "texture" those of a kind
        """
        return nearest(self.fitted_, images, k, self.numbers(concepts))

    def retrieve(
        self, data: ImageSet, concepts: str | Sequence[str], k: int = 10, *, progress: bool = True
    ) -> Retrieved:
        """The `k` pictures of a set that are nearest to each concept (SeVec eq. 2, figs. 1, 2 and 4).

        Pictures that cannot be read are left out, with a warning.
        """
        return retrieve(self.fitted_, data, self.numbers(concepts), k, progress)

    def explain(self, images: Any, kind: str = "texture", *, significance: float = 0.025) -> Meaning:
        """Which low-level concept a picture shows, or that none of them fits (SeVec 4.3, table 3).

        Parameters
        ----------
        images : pictures in any form
        kind : of the concepts asked about
        significance
            a concept fits where at most this share of the reference pictures of other kinds is as near to it.
            On toyworld, 0.025 names a texture for four in ten of the pictures that have one, rightly three
            times in four, and says of 96 % of the others that none fits
        """
        return meanings(self.fitted_, images, self.numbers(kind), kind, significance)

    def saliency(
        self,
        images: Any,
        cls: str | int | Sequence[str | int] | None = None,
        method: str = "guided_backprop",
        *,
        rate: float | None = None,
    ) -> Heatmap:
        """Where the picture speaks for a class, with what is foreign to the class suppressed (SeVec 5).

        Parameters
        ----------
        images : pictures in any form
        cls : class of the network that is also a concept; a list gives each picture its own; None is the
            predicted class
        method : "guided_backprop" or "gradient_x_input"
        rate
            units that are on in no larger share of the class's pictures are suppressed (the paper: 0.5); None
            suppresses the channels that are on no more often than in pictures of all concepts

        Returns
        -------
        Heatmap
        """
        return look(self.fitted_, images, cls, method, rate)

    def modify(self, data: ImageSet, *, rate: float = 0.5, seed: int | None = None) -> Modification:
        """Is a concept a single unit or a direction? Change one or the other and ask the network (table 1).

        Parameters
        ----------
        data : pictures not used in `fit`; their classes are classes of the network and concepts here
        rate : units on in a larger share of the class's pictures make its mask
        seed : of the random unit and the permutation

        Returns
        -------
        Modification
            Change of the probability of each picture's own class, for four changes of its features; of the
            pictures that can be read
        """
        return modify(self.fitted_, check_set(data), rate, self._seed(seed))

    # ---- keeping ----

    def join(self, other: SemanticVectors) -> SemanticVectors:
        """These concepts and those of `other`, which must come from the same network and the same layer."""
        from xaikit.sevec.joining import joined

        both = SemanticVectors(**self._hyper)
        return both._take(joined(self.fitted_, check("other", other, SemanticVectors).fitted_))

    @property
    def _hyper(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def save(self, path: str | Path) -> Path:
        """Write everything but the network into one ``.npz`` file, without pickle."""
        from xaikit.sevec.storage import save_vectors

        return save_vectors(self.fitted_, self._hyper, path)

    @classmethod
    def load(cls, path: str | Path, classifier: Classifier | None = None) -> SemanticVectors:
        """Read what `save` wrote.

        Parameters
        ----------
        classifier : the network it was fitted on; None loads it by the spec that was saved

        Raises
        ------
        FileNotFoundError
            There is no such file.
        xaikit.FileError
            It is damaged, or holds something else.
        ValueError
            The network is another one, or is not given where it must be.
        """
        from xaikit.sevec.storage import load_vectors

        hyper, fitted = load_vectors(path, classifier, lambda given: cls(**given))
        return cls(**hyper)._take(fitted)
