"""The additive explainer (Chen, Chen, Huang, Ren and Zhang): how much each concept counted for a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from xaikit.additive.asking import explain
from xaikit.additive.concepts import Concepts
from xaikit.additive.contributions import Contributions
from xaikit.additive.fitted import Fitted
from xaikit.additive.fitting import fit
from xaikit.additive.naming import give_parts
from xaikit.additive.prior import PRIORS
from xaikit.additive.suggesting import suggest
from xaikit.additive.training import Settings
from xaikit.core.classifier import check_classifier
from xaikit.core.method import method
from xaikit.core.params import Above, Between, Count, Natural, OneOf, Seed, Weight, check
from xaikit.core.readable import check_set
from xaikit.core.store import found_again

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet
    from xaikit.widgets import FilterNamer

__all__ = ["AdditiveExplainer"]

Shown = Annotated[int, Between(1, 12)]
BETAS = {"jacobian": 10.0, "taylor": 0.2, None: 0.0}
"""β of the paper's two experiments."""


@method
class AdditiveExplainer:
    """A score as a sum of contributions of concepts, distilled from the network (the performer).

    ŷ ≈ Σ_i α_i(I) y_i + b (eq. 1): y_i says how strongly concept i is there, and a small network, the
    explainer α = g(I), gives each picture's weights. It is learned by
    min |ŷ − Σ_i α_i y_i − b|² + β/√t 𝓛(α, w) (eq. 2 to 4), with prior weights w that keep it from explaining
    all by the few concepts that suffice for that (bias-interpreting), and count less in every epoch t.

    Parameters
    ----------
    target : the class (or other output) whose score, before softmax, is explained
    concepts
        :class:`~xaikit.additive.Filters` of a layer, other :class:`~xaikit.additive.Outputs`,
        :class:`~xaikit.additive.Directions` among channels, :class:`~xaikit.additive.Functions` of pictures
    prior
        "jacobian": w_i = Σ_hw ∂ŷ/∂x_hwi, of filters (Case 1); "taylor": w_i = Δŷ / Δy_i along ∂y_i/∂x of
        shared features (Case 2); None: none, the paper's baseline
    positive
        whether weights are kept from being negative, and 𝓛 is the cross-entropy; prior weights below 0 are
        then 0. Else 𝓛 is the distance of the normalised weights. None is True with the "jacobian" prior
    layer
        whose feature map g looks at; None is the concepts' own where it has places, else the default layer
    beta : β; None takes the paper's, 10 with "jacobian" and 0.2 with "taylor"
    width, n_blocks : channels of g, and its residual blocks
    unevenness
        how far apart the logarithms of weights are at the start: 0 begins with all alike, 3 by lot with a few
        far ahead of all others, which distillation alone then leaves so
    n_epochs : of training
    n_pictures
        that are learned from, at most; half of them of the target's class where the data know it
    held_out : share of them that is kept for `checks`
    seed : of every random choice

    Attributes
    ----------
    target_ : name of the class
    concepts_ : names of the n concepts
    layer_ : that g looks at
    parts_ : {concept: what it stands for}, as `name` has given
    checks
        on pictures held out: relative deviation, entropy, agreement with the performer, accuracy at the τ
        that is best on the others, where labels tell; the same of the "baseline", distilled without prior

    Notes
    -----
    Departures from the paper. g is a residual network of few blocks, whose size is an argument, and not
    ResNet-152. It puts out weights in units of ŷ's spread over that of y_i, and begins with all of them
    alike, unless `unevenness` says otherwise. What the baseline tells is decided by where it begins.

    Limits
    ------
    A contribution says what a concept adds to this sum, not what the network would lose without it: where
    concepts say the same, the sum may be shared among them in many ways, and a prior chooses one. Whether
    that is near the truth is measured, not sure: look at `checks`, and take things away.
    """

    MADE_BY_FIT = ("checks",)

    target: str | int
    concepts: Concepts
    _: KW_ONLY
    prior: Annotated[str, OneOf(PRIORS)] | None = "jacobian"
    positive: bool | None = None
    layer: str | None = None
    beta: Weight | None = None
    width: Count = 64
    n_blocks: Natural = 2
    unevenness: Weight = 0.0
    n_epochs: Count = 30
    n_pictures: Count = 2000
    held_out: Annotated[float, Above(0, 1)] = 0.2
    seed: Seed = 0

    def fit(
        self,
        classifier: Classifier,
        data: ImageSet,
        *,
        checkpoint: str | Path | None = None,
        progress: bool = True,
        cache: bool = True,
    ) -> AdditiveExplainer:
        """Learn to explain the target's score, in one pass over the pictures that are drawn.

        Parameters
        ----------
        classifier : the performer
        data : pictures; labels are used to measure accuracy, and to draw as many of the class as of others
        checkpoint : folder in which an interrupted fit leaves what it has, to go on from there
        progress : show progress bars
        cache : take the fit from the store where it was made before, else keep it there
            (:mod:`xaikit.core.store`)

        Raises
        ------
        ValueError
            An unknown class, layer or concept, none at all, too few pictures, a score that never changes, a
            prior that these concepts cannot have, or a training that went to NaN.

        Warns
        -----
        UserWarning
            Concepts that have one value in all pictures; pictures that cannot be read.
        """
        check_classifier(classifier)
        kept = check("cache", cache, bool) and self.concepts.told() is not None
        with found_again(self, classifier, check_set(data), kept, progress) as found:
            if not found:
                self._take(self._learned(classifier, data, checkpoint, progress), {})
        return self

    @property
    def _settings(self) -> Settings:
        positive = self.prior == "jacobian" if self.positive is None else self.positive
        beta = BETAS[self.prior] if self.beta is None else self.beta
        return Settings(positive, beta, self.width, self.n_blocks, self.n_epochs, self.seed, self.unevenness)

    def _learned(
        self, classifier: Classifier, data: ImageSet, checkpoint: str | Path | None, progress: bool
    ) -> Fitted:
        return fit(
            classifier,
            data,
            classifier.class_index(self.target),
            self.concepts,
            self.prior,
            self.layer,
            self._settings,
            self.n_pictures,
            self.held_out,
            checkpoint,
            progress,
        )

    def _take(self, fitted: Fitted, parts: Mapping[str, str]) -> AdditiveExplainer:
        """Have what was learned, under the names that people ask for it by."""
        self.fitted_ = fitted
        self.target_, self.concepts_, self.layer_ = fitted.target, fitted.bound.names, fitted.asked.looks_at
        self.parts_, self.checks = dict(parts), dict(fitted.checks)
        return self

    def explain(self, images: Any) -> Contributions:
        """How much each concept counted for the target's score of each picture.

        Parameters
        ----------
        images : pictures in any form

        Returns
        -------
        Contributions

        Raises
        ------
        ValueError
            There is no picture.
        """
        return explain(self.fitted_, images, self.parts_, repr(self))

    def name(
        self, parts: Mapping[str, str] | Mapping[int, str] | Mapping[str | int, str]
    ) -> AdditiveExplainer:
        """Say what concepts stand for, {concept, or its number from 0: part}; "" takes a name away.

        Several may stand for one part: their contributions add up to its. Explanations that were made before
        know it as well.

        Raises
        ------
        ValueError
            An unknown concept, or a name that is no text of one line with at most 40 letters. Then none is
            given.
        """
        give_parts(self.parts_, parts, self.fitted_.bound.names)
        return self

    def suggest(self, data: ImageSet) -> dict[str, str]:
        """What each concept may be called: the part that it is mostly seen on, {concept: part}.

        ``explainer.name(explainer.suggest(data))`` takes all of it. A concept that is on no part has none.

        Parameters
        ----------
        data : pictures whose parts have masks; those of the target's class tell most

        Raises
        ------
        ValueError
            It is not known where concepts are seen, or no picture has masks of parts.
        """
        return suggest(self.fitted_, check_set(data))

    def namer(self, data: ImageSet, *, n_pictures: Shown = 6, progress: bool = True) -> FilterNamer:
        """A widget in which every concept is named by hand, once: what counts most comes first.

        It goes once over the pictures and shows of each concept those in which it is seen most strongly, how
        much it counts (its mean \\|α_i y_i\\| over pictures of the target's class; over all where there are
        none), and, where masks of parts are known, what `suggest` would call it. What is named there is named
        as with `name`.

        Parameters
        ----------
        data : pictures to look at; those of the target's class tell most. A few hundred will do
        n_pictures : of each concept, 1 to 12
        progress : show a progress bar

        Raises
        ------
        ValueError
            There is no picture.
        xaikit.ImageError
            None can be read.

        Warns
        -----
        UserWarning
            Pictures that cannot be read.

        Limits
        ------
        A concept is what all pictures together make of it: the strongest six may show one part, and weaker
        ones another. Where no map of a concept is known, its pictures are whole, and chosen by its value.
        """
        from xaikit.additive.namer import namer_of

        shown = check("n_pictures", n_pictures, Shown)
        return namer_of(self.fitted_, check_set(data), shown, self.parts_, check("progress", progress, bool))

    def save(self, path: str | Path) -> Path:
        """Write everything but the network into one ``.npz`` file, without pickle.

        Raises
        ------
        ValueError
            The concepts are functions, which a file cannot hold.
        """
        from xaikit.additive.storage import save_explainer

        hyper = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "concepts"}
        return save_explainer(self.fitted_, self.parts_, hyper, path)

    @classmethod
    def load(cls, path: str | Path, classifier: Classifier | None = None) -> AdditiveExplainer:
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
        from xaikit.additive.storage import load_explainer

        hyper, fitted, parts = load_explainer(
            path, classifier, lambda given, concepts: cls(concepts=concepts, **given)
        )
        return cls(concepts=fitted.concepts, **hyper)._take(fitted, parts)
