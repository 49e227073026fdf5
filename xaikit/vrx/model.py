"""VRX (Ge et al. 2021): explain a classifier's decision by visual concepts and how they relate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from tqdm.auto import tqdm

from xaikit.core.classifier import check_classifier
from xaikit.core.images import FILLS
from xaikit.core.method import method
from xaikit.core.params import Between, Count, Different, Natural, OneOf, Positive, Seed, Share, Weight, check
from xaikit.core.readable import check_set
from xaikit.core.store import found_again
from xaikit.vrx.answer import explain_many, explained
from xaikit.vrx.candidates import PATCHES, SEGMENTATIONS, Candidates, Proposer
from xaikit.vrx.causes import Cause, cause_as
from xaikit.vrx.comparing import LastRegions
from xaikit.vrx.concept import Concept
from xaikit.vrx.diagnosing import diagnose
from xaikit.vrx.diagnosis import Diagnosis
from xaikit.vrx.edits import Substitution, delete, move, substitute
from xaikit.vrx.explanation import Measure, StructuralExplanation
from xaikit.vrx.fitted import Fitted, concept_in, sigma
from xaikit.vrx.fitting import Study, fidelity, rated
from xaikit.vrx.grn import DistillSettings, distill
from xaikit.vrx.naming import give_names
from xaikit.vrx.presence import presence
from xaikit.vrx.repair import N_TRIED, Correction, Suggestion, correct, suggest
from xaikit.vrx.scg import match
from xaikit.vrx.seen import suggested_names
from xaikit.vrx.substituting import replaced
from xaikit.vrx.vce import ExtractorSettings

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet
    from xaikit.widgets import PatchBoard

__all__ = ["VRX"]


@method
class VRX:
    """Visual reasoning explanation: concepts, graphs of them, and a graph network that reasons alike.

    Parameters
    ----------
    classes : names of the m classes of interest, two or more
    n_concepts : N, concepts per class
    layer : layer whose features tell concepts apart; None = the last one with a finer grid than the
        classifier's default layer (:func:`xaikit.vrx.candidates.patch_layers`). Nodes of the graphs carry the
        default layer's features
    seed : of every random choice; the same seed gives the same fit, bit for bit, on the same machine
    n_pictures : pictures used per class, at most; a fifth of them is held out to check the GRN
    n_discovery : pictures per class in which concepts are sought (VRX fig. 3: 50)
    segmentation : how pictures are cut into what may be a concept (:mod:`xaikit.vrx.candidates`): "tree", for
        drawings; "union", for photographs; "superpixels", the paper's; "auto" is the tree where its nodes are
        found again near enough in a few discovery pictures, else the union
    n_groups : kinds of leaf in a class, with "union"
    n_judged, min_found : a concept is ranked by what the network loses without it, mean over that many
        discovery pictures, and in a tree by how it stands out and keeps its shape; one found in a smaller
        share of its class's pictures is none
    tau : τ, share of its maximum at which a Grad-CAM map is cut; None = no Grad-CAM filter (plain ACE)
    min_inside : share of its area a segment must have inside the Grad-CAM mask, 0..1
    patches : "pool" reads all superpixels of a picture from one pass of the network; "crop" sends each
        through it on its own, as ACE does
    resolutions, compactness : of the superpixels (ACE: 15, 50, 80; 20). The finest here is finer, or a wheel
        of a small vehicle would share its superpixel with the street. These and the next serve "superpixels"
    n_clusters, min_size, rule : k of k-means (ACE: 25), and ACE's cluster rule
        (:func:`xaikit.vrx.vce.keeps_cluster`). Fewer clusters are found in more of the pictures
    n_patches : patches kept per concept, the nearest to its mean (ACE: 40)
    n_random : TCAV runs per concept
    significance : largest corrected p-value of a concept
    detection_quantile : t is this quantile of the concept's own distances in discovery
    epsilon : ε, feature value of an undetected concept's dummy node
    n_masked : masked copies of each picture in the distillation, each without one region: that many of its
        own class's concepts; None = one for every region of all its graphs, whose effects are learned from
    n_substituted : copies of each training picture in the distillation in which a concept of its class was
        replaced (:mod:`xaikit.vrx.substituting`); 0 is the paper's
    lam : λ, weight of the measured effects in the distillation; 0 is the paper's
    areas : whether nodes tell how large their regions are; the paper's do not
    rest : whether graphs tell of what no concept covers, as one more thing that speaks; the paper's do not
    deviations : whether relations tell how much farther than usual two concepts are from where they usually
        are; the paper's tell where they are
    fill : how a concept is masked or deleted: "mean" (the classifier's mean color), "grey", "blur" or
        "inpaint"
    hidden, n_layers, mlp : widths and depth of the GRN; ``mlp=0`` makes the embedding network E linear
    temperature : T of σ(y) = softmax(y / T) over the classes of interest, in training and in every answer
    epochs, learning_rate, weight_decay : of the distillation; more decay silences the relations first

    Attributes
    ----------
    concepts : {class: list of N :class:`~xaikit.vrx.Concept`}
    grn_ : the trained :class:`~xaikit.vrx.GraphReasoningNetwork`
    dictionaries_ : {class: :class:`~xaikit.vrx.dictionary.Dictionary`, or None for superpixels}
    segmentation_ : the segmentation that is used
    names_ : {(class, k): name}, see :meth:`name`
    usual_ : {class: :class:`~xaikit.vrx.causes.Usual`, what speaks for it where the network answers it}
    skipped_ : list of (number, reason), the pictures that could not be read in the fit; not saved
    held_out_ : GRN against network on held-out pictures, clean and with a region filled in; and the rank
        correlation of contributions with measured effects

    Limits
    ------
    The GRN imitates the network on the classes of interest only. A contribution is the GRN's, not the
    network's: look at ``checks`` for how well the one follows the other.
    """

    MADE_BY_FIT = ("concepts",)

    classes: Annotated[Sequence[str], Different("class names")]
    n_concepts: Count = 4
    layer: str | None = None
    seed: Seed = 0
    _: KW_ONLY
    # each stage holds its own defaults; they are taken from there
    n_pictures: Count = 150
    n_discovery: Count = 50
    segmentation: Annotated[str, OneOf(("auto", *SEGMENTATIONS))] = "auto"
    n_groups: Count = ExtractorSettings.n_groups
    n_judged: Count = ExtractorSettings.n_judged
    min_found: Share = ExtractorSettings.min_found
    tau: Share | None = Proposer.tau
    min_inside: Share = Proposer.min_inside
    patches: Annotated[str, OneOf(PATCHES)] = Proposer.patches
    resolutions: tuple[Count, ...] = Proposer.resolutions
    compactness: Positive = Proposer.compactness
    n_clusters: Count = ExtractorSettings.n_clusters
    min_size: Count = ExtractorSettings.min_size
    rule: tuple[Weight, Weight, Weight, Weight, Weight] = ExtractorSettings.rule
    n_patches: Count = ExtractorSettings.n_patches
    n_random: Count = ExtractorSettings.n_random
    significance: Share = ExtractorSettings.significance
    detection_quantile: Share = ExtractorSettings.detection_quantile
    epsilon: float = 1e-3
    n_masked: Natural | None = None
    n_substituted: Natural = 2
    fill: Annotated[str, OneOf(FILLS)] = "inpaint"
    lam: Weight = DistillSettings.lam
    areas: bool = DistillSettings.areas
    rest: bool = DistillSettings.rest
    deviations: bool = DistillSettings.deviations
    hidden: Count = DistillSettings.hidden
    n_layers: Count = DistillSettings.n_layers
    mlp: Natural = DistillSettings.mlp
    temperature: Positive = DistillSettings.temperature
    epochs: Count = DistillSettings.epochs
    learning_rate: Positive = DistillSettings.learning_rate
    weight_decay: Weight = DistillSettings.weight_decay

    def __post_init__(self) -> None:
        self._study: Study | None = None
        self._last_regions = LastRegions()

    @classmethod
    def as_published(cls, classes: Sequence[str], **changes: Any) -> VRX:
        """VRX with the settings of the papers, as far as they are told, to compare like with like.

        Parameters
        ----------
        classes : names of the classes of interest
        changes : hyper-parameters that shall differ from the published ones

        Notes
        -----
        From VRX (Ge 2021): ``n_discovery`` 50 (fig. 3); ``n_concepts`` 4 (fig. 1 and 6); ``n_masked`` 1 ("one
        of the detected visual concepts", 3.2.2); no weight decay (none is told of). A Grad-CAM filter (3.1),
        whose τ is not told and is as by default.
        From ACE (Ghorbani 2019) and its code, which VRX follows in 3.1: ``patches`` "crop"; ``resolutions``
        15, 50, 80 with ``compactness`` 20; ``n_clusters`` 25, ``min_size`` and ``rule`` of the clusters;
        ``n_patches`` 40; ``n_random`` 20; ``significance`` 0.01. ACE names its layer for one network (mixed8
        of Inception); here it is found as by default.
        Not told, and as by default: how many pictures are distilled from; ε; σ and its temperature; the GRN's
        widths, depth, epochs and learning rate.

        Limits
        ------
        What is not as published, because it cannot be meant literally or is an error of the reference code:
        a concept is detected where the distance is below a threshold of its own, not above one number for all
        (3.2.1); patches are matched one-to-one, not first come first served; one rule says in discovery and
        in matching when a superpixel is inside the Grad-CAM mask, which is the logit's, of a preprocessed
        picture; crops are filled with the classifier's mean color, not with grey or black, and none is lost;
        k-means is seeded, takes fewer clusters from few patches and more from many, and is tried again with
        twice as many; p-values are corrected for the number of clusters; concept activation vectors are the
        normals of ridge classifiers; pictures are cut into superpixels at 112 pixels at most, by five rounds
        of SLIC; features are scaled to unit length; nodes and edges have contributions of their own; places
        are divided by width and height; a fifth of the pictures is held out.
        """
        published: dict[str, Any] = {
            "n_concepts": 4,
            "n_discovery": 50,
            "segmentation": "superpixels",
            "min_inside": 0.7,
            "lam": 0.0,
            "areas": False,
            "rest": False,
            "deviations": False,
            "fill": "mean",
            "patches": "crop",
            "resolutions": (15, 50, 80),
            "compactness": 20.0,
            "n_clusters": 25,
            "min_size": 20,
            "rule": (1 / 2, 1 / 4, 1 / 4, 1 / 10, 1 / 2),
            "n_patches": 40,
            "n_random": 20,
            "significance": 0.01,
            "n_masked": 1,
            "n_substituted": 0,
            "weight_decay": 0.0,
        }
        return cls(classes, **{**published, **changes})

    # ---- fit ----

    def fit(
        self, classifier: Classifier, data: ImageSet, progress: bool = True, *, cache: bool = True
    ) -> VRX:
        """Find the concepts of each class and distil the network into a graph reasoning network.

        Parameters
        ----------
        classifier : the network to explain; it is left as it was
        data : labelled pictures that contain all the classes of interest
        progress : show a progress bar
        cache : take the fit from the store where it was made before, else keep it there
            (:mod:`xaikit.core.store`)

        Returns
        -------
        self. Interrupted, the fit keeps what it has done: calling it again with the same arguments goes on
        from there, and until it is through, earlier results stay in place.

        Raises
        ------
        ValueError
            A class is unknown to the network or the pictures, or has too few pictures for any concept.

        Warns
        -----
        UserWarning
            Pictures cannot be read; they are left out.
        """
        check_classifier(classifier)
        with found_again(self, classifier, check_set(data), check("cache", cache, bool), progress) as found:
            if not found:
                self._fit(classifier, data, progress)
        return self

    def _fit(self, classifier: Classifier, data: ImageSet, progress: bool) -> None:
        study = self._go_on(classifier, data)
        with tqdm(total=len(self.classes) * 3 + 1, desc="VRX", disable=not progress) as bar:
            concepts = study.discover(bar)
            training, held_out = study.pairs("training", bar), study.pairs("held_out", bar)
            bar.set_postfix_str("graph reasoning network")
            grn = distill(
                training.lessons(),
                self.settings(DistillSettings),
                self.seed,
                replaced=replaced(training.copies),
            )
            bar.update()
        self.concepts = dict(zip(self.classes, rated(concepts, training, grn), strict=True))
        self.dictionaries_ = dict(zip(self.classes, study.dictionaries, strict=True))
        self.segmentation_ = study.proposer.segmentation
        self.grn_, self.classifier_, self._study = grn, classifier, None
        self._last_regions = LastRegions()
        self.skipped_ = study.tell_skipped()
        self.names_: dict[tuple[str, int], str] = {}
        self.usual_ = {cls: training.usual(i, grn) for i, cls in enumerate(self.classes)}
        self.held_out_ = fidelity(grn, held_out, self.temperature)

    def discover(self, classifier: Classifier, data: ImageSet, progress: bool = True) -> VRX:
        """Only find the concepts of each class (VRX 3.1); ``fit`` does this first and goes on from it."""
        with tqdm(total=len(self.classes), desc="VRX", disable=not progress) as bar:
            study = self._go_on(classifier, data)
            self.concepts = dict(zip(self.classes, study.discover(bar), strict=True))
            self.segmentation_ = study.proposer.segmentation
            self.dictionaries_ = dict(zip(self.classes, study.dictionaries, strict=True))
            self.skipped_ = study.tell_skipped()
        return self

    def _go_on(self, classifier: Classifier, data: ImageSet) -> Study:
        """The study that was interrupted, if it was this one; else a new one."""
        check_classifier(classifier)
        check_set(data)
        study = Study(self, classifier, data)
        if self._study is None or self._study.key != study.key:
            self._study = study
        return self._study

    def proposer(self, classifier: Classifier) -> Proposer:
        """What looks at pictures for this method's classes, with its hyper-parameters."""
        chosen = {"classifier", "batch_size", "areas", "segmentation"}
        names = [f.name for f in fields(Proposer) if f.init and f.name not in chosen]
        hyper = {name: getattr(self, name) for name in names}
        return Proposer(classifier, segmentation=self._segmentation, **hyper)

    @property
    def _segmentation(self) -> str:
        """The one asked for, or found best by the fit; "tree" until then."""
        return getattr(self, "segmentation_", "tree") if self.segmentation == "auto" else self.segmentation

    def settings(self, kind: type) -> Any:
        """The part of the hyper-parameters that one of the method's stages takes."""
        return kind(**{f.name: getattr(self, f.name) for f in fields(kind) if hasattr(self, f.name)})

    def sigma(self, logits: np.ndarray) -> np.ndarray:
        """σ of eq. 4: softmax of logits (…, m) of the classes of interest at the temperature."""
        return sigma(logits, self.temperature)

    @property
    def fitted_(self) -> Fitted:
        """What the fit learned, frozen: what questions are answered from."""
        return Fitted(
            classes=self.classes,
            classifier=self.classifier_,
            proposer=self.proposer(self.classifier_),
            concepts=self.concepts,
            dictionaries=self.dictionaries_,
            usual=self.usual_,
            grn=self.grn_,
            held_out=self.held_out_,
            names=self.names_,
            last_regions=self._last_regions,
            n_concepts=self.n_concepts,
            epsilon=self.epsilon,
            temperature=self.temperature,
            fill=self.fill,
            method=repr(self),
        )

    # ---- explain ----

    def explain(self, image: Any, measure: Measure = True) -> StructuralExplanation:
        """Explain the network's decision about one picture.

        Parameters
        ----------
        image : a picture in any form the classifier takes. A sample that knows its scene is drawn again more
            finely, for the eye alone; give its ``image`` where nobody will look
        measure : whether each concept's effect is measured on the network, by filling its region in: one more
            pass for each region, in one batch. "edges" measures each relation's as well, by moving one
            concept away from the other, and so without the other: a pass more for each concept and each arrow

        Raises
        ------
        NotFittedError
            Before ``fit``.
        """
        return self.explain_many([image], measure)[0]

    def explain_many(self, images: Sequence[Any], measure: Measure = True) -> list[StructuralExplanation]:
        """Explain several pictures; quicker than one by one."""
        return explain_many(self.fitted_, images, measure)

    def name(self, given: Mapping[tuple[str, int], str]) -> VRX:
        """Give names to concepts: ``vrx.name({("fire engine", 1): "ladder"})``.

        They are used in graphs, trays, words, tables and pages, also of explanations made before, and are
        saved with the method. An empty name takes a concept's away.

        Parameters
        ----------
        given : {(class, k): name}, k counted from 0; one line of at most 40 letters

        Raises
        ------
        ValueError, TypeError
            There is no such concept, or a name is no such line. Then none is given.
        """
        give_names(self.names_, given, {cls: len(own) for cls, own in self.concepts.items()})
        return self

    def suggest_names(self, min_share: float = 0.5) -> dict[tuple[str, int], str]:
        """Give concepts the names that the world of their pictures suggests; those named before keep theirs.

        Parameters
        ----------
        min_share : share of the concept's area, 0 to 1, that must lie on parts of the suggested kind

        Returns
        -------
        {(class, k): name}, the names given; none where the pictures know no parts

        Limits
        ------
        A name says what a concept covers, not what the network sees in it. Of several concepts of a class on
        one kind of part, the less important ones get a number: "body", "body 2".
        """
        given = suggested_names(self.concepts, check("min_share", min_share, Share), self.names_)
        self.name(given)
        return given

    def explained(self, image: Any) -> StructuralExplanation:
        """The explanation of a picture; an explanation that is given is handed back.

        Raises
        ------
        ValueError
            The explanation given has other classes or concepts than this VRX.
        """
        return explained(self.fitted_, image)

    def regions(self, look: Candidates) -> dict[str, dict[int, np.ndarray]]:
        """Where the concepts are in a look at a picture: {class: {k: bool (H, W)}}, detected ones alone.

        It needs concepts, not a GRN: ``discover`` is enough.
        """
        concepts = [self.concepts[cls] for cls in self.classes]
        dictionaries = [self.dictionaries_[cls] for cls in self.classes]
        graphs = match(look, concepts, dictionaries, self.n_concepts, self.epsilon)
        masks = graphs.masks()
        return {
            cls: {int(k): masks[graphs.rows[i, k]] for k in np.flatnonzero(graphs.detected[i])}
            for i, cls in enumerate(self.classes)
        }

    def presence(self, images: Any, cls: str) -> np.ndarray:
        """How surely each concept of a class is in each picture: exp(−(d / t)²).

        With it another method may explain by these concepts: ``additive.Functions({("ladder", "wheel"):
        lambda views: vrx.presence(views, "fire engine")})``.

        Parameters
        ----------
        images : pictures in any form
        cls : one of the classes of interest

        Returns
        -------
        float32 (n, N)
            From 0, nothing is like it, to 1: d is how far the most similar region is, t the threshold

        Raises
        ------
        ValueError
            ``cls`` is no class of interest.
        NotFittedError
            Before ``fit``.
        """
        return presence(self.fitted_, images, cls)

    # ---- edit ----

    def substitute(self, image: Any, cls: str, k: int, patch: np.ndarray, soft: float = 1.5) -> Substitution:
        """Paste a patch over concept k of class ``cls`` in the picture, and ask network and GRN again.

        Parameters
        ----------
        image : a picture, or its explanation
        patch : uint8 (h, w, 4), for example ``vrx.concepts[cls][k].patches[0]``; it is scaled to the concept
            found in the picture, or put in its usual place at its own size where the concept is not detected
        soft : width of the patch's soft edge in pixels

        Returns
        -------
        Substitution: the edited picture, and both explanations before and after
        """
        return substitute(self.fitted_, image, cls, k, patch, soft)

    def move(
        self, image: Any, cls: str, k: int, center: tuple[float, float], fill: str | None = None
    ) -> Substitution:
        """Move concept k of class ``cls`` to a centre (x, y) in pixels; the hole is filled by ``fill``.

        What reaches over the picture's border is cut off there.

        Raises
        ------
        ValueError
            The concept is not detected, ``center`` is no place, or nothing would be left inside the picture.
        """
        return move(self.fitted_, image, cls, k, center, fill or self.fill)

    def delete(self, image: Any, cls: str, k: int, fill: str | None = None) -> Substitution:
        """Erase concept k of class ``cls`` from the picture (default: with the fill of the fit)."""
        return delete(self.fitted_, image, cls, k, fill or self.fill)

    # ---- correct ----

    def cause(self, image: Any, target: str) -> Cause:
        """What the network's answer comes from, where ``target`` is the right one.

        Parameters
        ----------
        image : a picture, or its explanation
        target : the right class

        Raises
        ------
        ValueError
            ``target`` is no class of interest, or is the answer already.

        Limits
        ------
        What a concept costs is measured by filling in its region, and so is what every other region of the
        picture costs: some sixty passes more, and as many for each of five usual pictures that was not asked
        about before. Given an explanation, ``suggest``, ``correct`` and causes of other classes use the same
        passes. What a missing concept would have given is what it usually gives. How often the flaws named
        first lie on a part that is known to be at fault stands in table 1.
        """
        exp = self._wrong(image, target)
        return self.cause_as(exp, target, exp.prediction)

    def cause_as(self, exp: StructuralExplanation, target: str, predicted: str) -> Cause:
        """The cause of an answer that is known, as that of a labelled picture; see :meth:`cause`."""
        return cause_as(self.fitted_, exp, target, predicted)

    def suggest(self, image: Any, target: str, n: int = 5, n_tried: int = N_TRIED) -> list[Suggestion]:
        """Substitutions that turn the network's answer towards ``target``, the best first.

        The GRN foresees the effect of every patch of the target's concepts: in its own place, over each
        concept of the answer, and over all else that the cause blames, of which what covering it gives is
        measured. The network is asked about those of which most is expected.

        Parameters
        ----------
        image : a picture, or its explanation
        target : the wanted class
        n : how many suggestions, at most
        n_tried : how many edited pictures the network is shown

        Returns
        -------
        list of Suggestion, by what the network's margin of the target gains

        Raises
        ------
        ValueError
            ``target`` is no class of interest, or is the answer already.
        """
        n = check("n", n, Count)
        n_tried = check("n_tried", n_tried, Annotated[int, Between(n)])
        exp = self._wrong(image, target)
        return suggest(self.fitted_, exp, self.cause(exp, target), n, n_tried)

    def correct(
        self, image: Any, target: str, max_edits: int | None = None, n_tried: int = N_TRIED
    ) -> Correction:
        """Put in suggested patches, one after the other, until the network answers ``target``.

        Of the suggestions that do it, the one with the smallest patch is taken; of others, the best.

        Parameters
        ----------
        image : a picture, or its explanation
        target : the wanted class
        max_edits : patches put in at most; None = as many as the target has concepts
        n_tried : edited pictures shown to the network before each patch

        Raises
        ------
        ValueError
            ``target`` is no class of interest, or is the answer already.
        """
        max_edits = check("max_edits", max_edits, Count | None)
        n_tried = check("n_tried", n_tried, Count)
        exp = self._wrong(image, target)
        return correct(
            self.fitted_, exp, self.cause(exp, target), max_edits or len(self.concepts[target]), n_tried
        )

    def diagnose(self, data: ImageSet, progress: bool = True) -> Diagnosis:
        """What the network gets wrong in some labelled pictures, of which type each error is, and advice.

        Parameters
        ----------
        data : pictures of the classes of interest; others in it are passed over
        progress : show a progress bar

        Returns
        -------
        Diagnosis: confusion matrix, confused pairs with evidence and advice, a frame with a row per mistake

        Raises
        ------
        ValueError
            No picture of the classes of interest, or none that can be read.
        """
        return diagnose(self.fitted_, check_set(data), progress)

    def _wrong(self, image: Any, target: str) -> StructuralExplanation:
        """The explanation of a picture whose answer is not ``target``."""
        self.concept(target, 0)
        exp = self.explained(image)
        if exp.prediction == target:
            raise ValueError(
                f"The network's answer is {target!r} already: there is nothing to correct. "
                f"Name another of {self.classes} to see what would turn it."
            )
        return exp

    def board(self, image: Any) -> PatchBoard:
        """A patch board for the picture: drag patches over concepts, see both networks change their mind."""
        from xaikit.vrx.board import patch_board

        return patch_board(self.fitted_, image)

    def concept(self, cls: str, k: int) -> Concept:
        """Concept k of a class.

        Raises
        ------
        ValueError
            There is no such class or concept.
        """
        return concept_in(self.concepts, cls, k)

    # ---- keep ----

    def save(self, path: str | Path) -> Path:
        """Write concepts and GRN to one ``.npz`` file without pickle. The classifier is not in it.

        It is written whole or not at all: where that fails, an older file stays.
        """
        from xaikit.vrx.storage import save_vrx

        return save_vrx(self, path)

    @staticmethod
    def load(path: str | Path, classifier: Classifier | None = None) -> VRX:
        """Read what :meth:`save` wrote.

        Parameters
        ----------
        classifier : the network it was fitted on. None = load it by its name, where it was loaded by name

        Raises
        ------
        FileNotFoundError
            There is no such file.
        xaikit.FileError
            It is damaged, holds something else, or is of another format.
        ValueError
            The network is another one, or is not given where it must be.
        """
        from xaikit.vrx.storage import load_vrx

        return load_vrx(VRX, path, classifier)
