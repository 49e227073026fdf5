"""SRAE (Qi, Khorram and Li): a network's score for a class, embedded into a few x-features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from xaikit.core.classifier import check_classifier
from xaikit.core.method import method
from xaikit.core.params import Above, Count, OneOf, Positive, Seed, Weight, check
from xaikit.core.readable import check_set
from xaikit.core.store import found_again
from xaikit.srae.asking import explain
from xaikit.srae.examples import Sampling
from xaikit.srae.fitted import Fitted
from xaikit.srae.fitting import fit
from xaikit.srae.naming import give_names
from xaikit.srae.training import OBJECTIVES, Settings
from xaikit.srae.xfeatures import XFeatures

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["SRAE"]

InnerShare = Annotated[float, Above(0, 1)]


@method
class SRAE:
    """X-features: a few concepts whose sum is the score of a class, by a sparse reconstruction autoencoder.

    min Σ_m w_m (ȳ^m − ŷ^m)² + β 1/S Σ_k log(1 + q Q_k) + η 1/(n(n−1)) Σ_{l≠l'} cos²(E_l, E_l') + λ |θ|²
    (SRAE, eq. 5), with ȳ = b + v·E(Z): features E of a layer's units Z that give the score, that together
    reconstruct some of the units, and that differ from each other.

    Parameters
    ----------
    target : the class that is explained, a list of classes, or None for all that data and network share
    n_features : n, of each class
    layer
        that Z is of, pooled over its places; None takes the first vector of rectified features behind the
        last layer with places (fc1 of VGG16, as in the paper), or, where there is none, the default layer
    heat_layer
        at which heatmaps end, and from where they are enlarged: "input" is the picture, as in the paper; None
        takes the last layer whose places are still fine (``classifier.fine_layer``): there heat is less
        sparse, and lies more often on what decides (``srae.fig4``)
    objective
        "srae", or one of the paper's rivals: "nn" (no reconstruction, no pull-away), "sae" (plain
        reconstruction, no pull-away), "cae" (reconstruction alone), "lasso" (selects units of Z)
    beta : β, weight of the reconstruction; more of it makes x-features differ, and the sum less exact
    eta : η, weight of the pull-away term; more of it leaves fewer x-features to a class
    q : of the log penalty; the larger, the fewer units are reconstructed
    l2 : λ, of all weights; of a layer of more than 128 units as much less as it has more
    positive_weight
        of the class's own pictures together, between 0 and 1, however few they are
    n_positives : pictures of a class that are learned from, at most
    n_negatives : pictures of other classes, at most
    held_out : share of them that is kept to stop by, and for `checks`
    n_steps : of training
    seed : of every random choice

    Attributes
    ----------
    targets_ : names of the classes that are explained
    layer_, heat_layer_ : names of the layers that x-features are made of, and that heatmaps end at
    modules_ : :class:`~xaikit.srae.Modules`, of all classes
    names_ : {(class, number): name} of x-features that `name` has given
    examples_
        {class: uint8 (n, 4, 64, 64, 4)}, of each x-feature squares of the class's pictures that switch it on
        most, and as alpha where it is seen in them (:mod:`xaikit.srae.top_pictures`)
    checks : per class F_reg, F_cls, O1, O2, each term of the loss, and x-features that are never on

    Notes
    -----
    Departures from the paper. Features and scores are trained in units of their own spread, so that β and η
    mean the same on any network. Behind a third of the training β, η and λ fall, to a five-hundredth at its
    end: by then x-features are told apart, and the sum becomes exact. ȳ has an offset b, what pictures of
    other classes score on average (with one or two x-features, which all speak for the class, at least):
    where these lie far below zero, a module without it explains a class by what is absent (on toyworld/things
    its features are off on the class's own pictures). The x-features begin alike, and not off. Q_k is a
    running average over batches, and the pull-away term of a batch stands for the training set's.

    Limits
    ------
    An x-feature is what tells a class from others in the data, not what a person would name: look at several
    pictures before you name one. Heatmaps are contrastive excitation backprop's, with its limits; where a
    network has attention there are none.
    """

    MADE_BY_FIT = ("checks",)

    target: str | int | Sequence[str | int] | None = None
    n_features: Count = 5
    layer: str | None = None
    _: KW_ONLY
    heat_layer: str | None = None
    objective: Annotated[str, OneOf((*OBJECTIVES, "lasso"))] = "srae"
    beta: Weight = 0.5
    eta: Weight = 0.03
    q: Positive = 10.0
    l2: Weight = 0.003
    positive_weight: InnerShare = 0.25
    n_positives: Count = 500
    n_negatives: Count = 2000
    held_out: InnerShare = 0.2
    n_steps: Count = 600
    seed: Seed = 0

    def fit(
        self,
        classifier: Classifier,
        data: ImageSet,
        *,
        checkpoint: str | Path | None = None,
        progress: bool = True,
        cache: bool = True,
    ) -> SRAE:
        """Learn the x-features of every target, in one pass over the pictures that are drawn.

        Parameters
        ----------
        classifier : the network
        data : labelled pictures; its class names are the network's
        checkpoint : folder in which an interrupted fit leaves what it has, to go on from there
        progress : show progress bars
        cache : take the fit from the store where it was made before, else keep it there
            (:mod:`xaikit.core.store`)

        Raises
        ------
        ValueError
            Too few pictures of a class or of others, a class without pictures or unknown to the network, more
            x-features than the layer has units, a score that never changes, or a training that went to NaN.

        Warns
        -----
        UserWarning
            X-features that are never on; pictures that cannot be read; a network without heatmaps.
        """
        check_classifier(classifier)
        with found_again(self, classifier, check_set(data), check("cache", cache, bool), progress) as found:
            if not found:
                self._take(self._learned(classifier, data, checkpoint, progress), {})
        return self

    def _learned(
        self, classifier: Classifier, data: ImageSet, checkpoint: str | Path | None, progress: bool
    ) -> Fitted:
        settings = Settings(
            self.objective, self.beta, self.eta, self.q, self.l2, self.positive_weight, self.n_steps
        )
        sampling = Sampling(self.n_positives, self.n_negatives, self.held_out, self.seed)
        return fit(
            classifier,
            data,
            self.target,
            self.layer,
            self.heat_layer,
            self.n_features,
            settings,
            sampling,
            checkpoint,
            progress,
        )

    def _take(self, fitted: Fitted, names: Mapping[tuple[str, int], str]) -> SRAE:
        """Have what was learned, under the names that people ask for it by."""
        self.fitted_ = fitted
        self.classifier_, self.targets_ = fitted.classifier, fitted.targets
        self.layer_, self.heat_layer_ = fitted.layer, fitted.heat_layer
        self.modules_, self.checks, self.names_ = fitted.modules, dict(fitted.checks), dict(names)
        self.examples_ = dict(zip(fitted.targets, fitted.examples, strict=True))
        return self

    def explain(self, images: Any, target: str | int | None = None) -> XFeatures:
        """Why each picture has its score for a class, in x-features, and where each is seen.

        Parameters
        ----------
        images : pictures in any form
        target
            one of the classes that were fitted; None takes, of each picture, the one of them that the network
            gives the highest score

        Returns
        -------
        XFeatures

        Raises
        ------
        ValueError
            A class that was not fitted, no picture, or a network that excitation backprop is not defined for.
        """
        return explain(self.fitted_, images, target, self.names_, repr(self))

    def name(self, names: Mapping[tuple[str, int], str]) -> SRAE:
        """Give x-features names, {(class, number): name}; numbers count from 0, "" takes a name away.

        Explanations that were made before bear them as well.

        Raises
        ------
        ValueError
            A class that was not fitted, a number that is no x-feature's, or a name that is no text of one
            line with at most 40 letters. Then none is given.
        """
        give_names(self.names_, names, self.targets_, self.fitted_.n_features)
        return self

    def save(self, path: str | Path) -> Path:
        """Write everything but the network into one ``.npz`` file, without pickle."""
        from xaikit.srae.storage import save_srae

        hyper = {one.name: getattr(self, one.name) for one in fields(self)}
        return save_srae(self.fitted_, self.names_, hyper, path)

    @classmethod
    def load(cls, path: str | Path, classifier: Classifier | None = None) -> SRAE:
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
        from xaikit.srae.storage import load_srae

        hyper, fitted, names = load_srae(path, classifier, lambda given: cls(**given))
        return cls(**hyper)._take(fitted, names)
