"""VRX (Ge et al. 2021): explain a classifier's decision by visual concepts and the relations between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from tqdm.auto import tqdm

from xaikit.core.errors import NotFittedError, did_you_mean
from xaikit.core.hyper import method
from xaikit.metrics import agreement, mean_l1
from xaikit.vrx.candidates import Candidates, Proposer
from xaikit.vrx.edits import Substitution, delete, move, substitute
from xaikit.vrx.explanation import Edge, Node, Probabilities, StructuralConceptGraph, StructuralExplanation
from xaikit.vrx.fitting import (
    Chosen,
    Distillation,
    choose_pictures,
    distillation_pairs,
    random_features,
    read_views,
    stage_rng,
)
from xaikit.vrx.grn import DistillSettings, GraphReasoningNetwork, distill
from xaikit.vrx.scg import match
from xaikit.vrx.vce import Concept, ExtractorSettings, extract_concepts
from xaikit.vrx.vdi import contributions, patch_contributions

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet
    from xaikit.widgets import PatchBoard

__all__ = ["VRX"]


@dataclass
class _Unfinished:
    """What an interrupted fit has done so far; the same fit goes on from here."""

    key: tuple
    concepts: dict[str, list[Concept]] = field(default_factory=dict)
    rows: dict[tuple[str, str], Distillation] = field(default_factory=dict)


@method
class VRX:
    """Visual reasoning explanation: concepts, structural concept graphs, and a graph network that reasons alike.

    Parameters
    ----------
    classes : names of the m classes of interest, two or more
    n_concepts : N, concepts per class
    layer : layer whose features tell concepts apart; None = the last one with a finer grid than the classifier's
        default layer (:func:`xaikit.vrx.candidates.patch_layer`). Graph nodes carry the default layer's features
    seed : of every random choice; the same seed gives the same fit, bit for bit, on the same machine
    n_pictures : pictures used per class, at most; a fifth of them is held out to check the GRN
    n_discovery : pictures per class in which concepts are sought (VRX fig. 3: 50)
    tau : τ, share of its maximum at which a Grad-CAM map is cut; None = no Grad-CAM filter (plain ACE)
    min_inside : share of its area a superpixel must have inside the Grad-CAM mask, 0..1
    resolutions, compactness : of the superpixels (ACE: 15, 50, 80; 20). The finest here is finer, or a wheel of
        a small vehicle would share its superpixel with the street
    n_clusters, min_size, rule : k of k-means (ACE: 25), and ACE's cluster rule
        (:func:`xaikit.vrx.vce.keeps_cluster`). Fewer clusters are found in more of the pictures
    n_patches : patches kept per concept, the nearest to its mean (ACE: 40)
    n_random : TCAV runs per concept
    significance : largest corrected p-value of a concept
    detection_quantile : t is this quantile of the concept's own distances in discovery
    epsilon : ε, feature value of an undetected concept's dummy node
    n_masked : masked copies of each picture in the distillation, each without one detected concept
    fill : how a concept is masked or deleted: "mean" (the classifier's mean colour), "grey", "blur", "inpaint"
    hidden, n_layers, mlp : widths and depth of the GRN; ``mlp=0`` makes the embedding network E linear
    temperature : T of σ(y) = softmax(y / T) over the classes of interest, in training and in every answer
    epochs, learning_rate, weight_decay : of the distillation; the decay is large so that evidence is spread over
        what carries it instead of over chance

    Attributes
    ----------
    concepts : {class: list of N :class:`~xaikit.vrx.Concept`}
    grn_ : the trained :class:`~xaikit.vrx.GraphReasoningNetwork`
    held_out_ : GRN against network on held-out pictures, clean and with a concept masked

    Limits
    ------
    The GRN imitates the network on the classes of interest only. A contribution is the GRN's, not the
    network's: look at ``checks`` for how well the one follows the other.
    """

    classes: Sequence[str]
    n_concepts: int = 4
    layer: str | None = None
    seed: int = 0
    _: KW_ONLY
    n_pictures: int = 150
    n_discovery: int = 50
    tau: float | None = 0.3
    min_inside: float = 0.7
    resolutions: tuple[int, ...] = (25, 60, 120)
    compactness: float = 20.0
    n_clusters: int = 12
    min_size: int = 20
    rule: tuple[float, ...] = (1 / 2, 1 / 4, 1 / 4, 1 / 10, 1 / 2)
    n_patches: int = 20
    n_random: int = 20
    significance: float = 0.05
    detection_quantile: float = 0.99
    epsilon: float = 1e-3
    n_masked: int = 2
    fill: str = "mean"
    hidden: int = 32
    n_layers: int = 2
    mlp: int = 0
    temperature: float = 1.0
    epochs: int = 150
    learning_rate: float = 3e-3
    weight_decay: float = 1.0

    def __post_init__(self) -> None:
        if (
            isinstance(self.classes, str)
            or len(set(self.classes)) != len(self.classes)
            or len(self.classes) < 2
        ):
            raise ValueError(f"`classes` must be two or more different class names; got {self.classes!r}.")
        if self.n_concepts < 1:
            raise ValueError(f"`n_concepts` must be 1 or more; got {self.n_concepts}.")
        self.classes = list(self.classes)
        self._unfinished: _Unfinished | None = None

    # ---- fit ------------------------------------------------------------------------------------------------

    def fit(self, classifier: Classifier, data: ImageSet, progress: bool = True) -> VRX:
        """Find the concepts of each class and distil the network into a graph reasoning network.

        Parameters
        ----------
        classifier : the network to explain; it is left as it was
        data : labelled pictures that contain all the classes of interest
        progress : show a progress bar

        Returns
        -------
        self. Interrupted, the fit keeps what it has done: calling it again with the same arguments goes on
        from there, and until it is through, earlier results stay in place.

        Raises
        ------
        ValueError
            A class is unknown to the network or the pictures, or has too few pictures for any concept.
        """
        proposer = self._proposer(classifier)
        chosen = choose_pictures(data, self.classes, self.n_pictures, self.n_discovery, self.seed)
        work = self._resume(classifier, data)
        with tqdm(total=len(self.classes) * 3 + 1, desc="VRX", disable=not progress) as bar:
            concepts = self._discover(proposer, data, chosen, work, bar)
            training = self._pairs(proposer, data, chosen, concepts, "training", work, bar)
            held_out = self._pairs(proposer, data, chosen, concepts, "held_out", work, bar)
            bar.set_postfix_str("graph reasoning network")
            features, positions, logits, _ = training.arrays()
            grn = distill(features, positions, logits, _pick(DistillSettings, self), self.seed)
            bar.update()
        self.concepts = self._rated(concepts, training, grn)
        self.grn_, self.classifier_, self._unfinished = grn, classifier, None
        self.held_out_ = self._fidelity(held_out)
        return self

    def discover(self, classifier: Classifier, data: ImageSet, progress: bool = True) -> VRX:
        """Only find the concepts of each class (VRX 3.1); ``fit`` does this first and goes on from it."""
        chosen = choose_pictures(data, self.classes, self.n_pictures, self.n_discovery, self.seed)
        work = self._resume(classifier, data)
        with tqdm(total=len(self.classes), desc="VRX", disable=not progress) as bar:
            concepts = self._discover(self._proposer(classifier), data, chosen, work, bar)
        self.concepts = dict(zip(self.classes, concepts, strict=True))
        return self

    def _proposer(self, classifier: Classifier) -> Proposer:
        return Proposer(
            classifier,
            self.classes,
            self.layer,
            self.resolutions,
            self.compactness,
            self.tau,
            self.min_inside,
        )

    def _resume(self, classifier: Classifier, data: ImageSet) -> _Unfinished:
        key = (repr(self), classifier.fingerprint(), len(data), np.asarray(data.labels).tobytes())
        if self._unfinished is None or self._unfinished.key != key:
            self._unfinished = _Unfinished(key)
        return self._unfinished

    def _discover(
        self, proposer: Proposer, data: ImageSet, chosen: list[Chosen], work: _Unfinished, bar: Any
    ) -> list[list[Concept]]:
        if len(work.concepts) < len(self.classes):
            looks, ids = [], []
            for cls, pictures in zip(self.classes, chosen, strict=True):
                bar.set_postfix_str(f"looking at {cls}")
                readable = list(read_views(proposer.classifier, data, pictures.discovery))
                looks.append(list(proposer([view for _, view in readable])))
                ids.append([data[index].id for index, _ in readable])
            for i, cls in enumerate(self.classes):
                bar.set_postfix_str(f"concepts of {cls}")
                others = [look for k, own in enumerate(looks) if k != i for look in own]
                rng = stage_rng(self.seed, "concepts", cls)
                random = random_features(others, 20 * self.n_patches, rng)
                settings = _pick(ExtractorSettings, self)
                work.concepts[cls] = extract_concepts(
                    cls, i, looks[i], ids[i], random, self.n_concepts, settings, rng
                )
                bar.update()
        else:
            bar.update(len(self.classes))
        return [work.concepts[cls] for cls in self.classes]

    def _pairs(
        self,
        proposer: Proposer,
        data: ImageSet,
        chosen: list[Chosen],
        concepts: list[list[Concept]],
        part: str,
        work: _Unfinished,
        bar: Any,
    ) -> Distillation:
        every = Distillation()
        for i, (cls, pictures) in enumerate(zip(self.classes, chosen, strict=True)):
            if (part, cls) not in work.rows:
                bar.set_postfix_str(f"graphs of {cls}")
                views = [view for _, view in read_views(proposer.classifier, data, getattr(pictures, part))]
                rng = stage_rng(self.seed, part, cls)
                work.rows[part, cls] = distillation_pairs(
                    proposer, concepts, views, i, self.n_concepts, self.n_masked, self.fill, self.epsilon, rng
                )
            every.extend(work.rows[part, cls])
            bar.update()
        return every

    def _rated(
        self, concepts: list[list[Concept]], training: Distillation, grn: GraphReasoningNetwork
    ) -> dict[str, list[Concept]]:
        """The concepts with each patch's contribution in the graphs of a typical picture of the class."""
        rated = {}
        for i, (cls, own) in enumerate(zip(self.classes, concepts, strict=True)):
            features, positions = training.typical(i)
            rated[cls] = [
                replace(
                    c, contributions=patch_contributions(grn, features, positions, i, c.index, c.evidence)
                )
                for c in own
            ]
        return rated

    def _fidelity(self, held_out: Distillation) -> dict[str, float]:
        """How well the GRN follows the network on pictures that the fit did not use."""
        features, positions, logits, masked = held_out.arrays()
        network = self.sigma(logits)
        student = self.sigma(self.grn_(torch.from_numpy(features), torch.from_numpy(positions)).numpy())
        scores: dict[str, float] = {"n_pictures": int((~masked).sum())}
        for name, rows in (("clean", ~masked), ("masked", masked)):
            if rows.any():
                scores[f"agreement_{name}"] = agreement(student[rows], network[rows])
                scores[f"l1_{name}"] = mean_l1(student[rows], network[rows])
        return scores

    def sigma(self, logits: np.ndarray) -> np.ndarray:
        """σ of eq. 4: softmax of logits (…, m) of the classes of interest at the temperature."""
        return torch.softmax(torch.from_numpy(logits) / self.temperature, -1).numpy()

    # ---- explain --------------------------------------------------------------------------------------------

    def explain(self, image: Any) -> StructuralExplanation:
        """Explain the network's decision about one picture.

        Parameters
        ----------
        image : a picture in any form the classifier takes

        Raises
        ------
        NotFittedError
            Before ``fit``.
        """
        return self.explain_many([image])[0]

    def explain_many(self, images: Sequence[Any]) -> list[StructuralExplanation]:
        """Explain several pictures; quicker than one by one."""
        self._check_fitted()
        views = [self.classifier_.view(image) for image in images]
        return [self._explain(look) for look in self._proposer(self.classifier_)(views)]

    def _explain(self, look: Candidates) -> StructuralExplanation:
        concepts = [self.concepts[cls] for cls in self.classes]
        graphs = match(look, concepts, self.n_concepts, self.epsilon)
        found = contributions(self.grn_, graphs.features, graphs.positions)
        network = Probabilities(zip(self.classes, self.sigma(look.logits).tolist(), strict=True))
        student = Probabilities(zip(self.classes, self.sigma(found.logits).tolist(), strict=True))
        return StructuralExplanation(
            image=look.view,
            classes=list(self.classes),
            prediction=network.top,
            probabilities=network,
            student_probabilities=student,
            graphs={cls: self._graph(i, look, graphs, found) for i, cls in enumerate(self.classes)},
            node_contributions=found.nodes,
            edge_contributions=found.edges,
            checks={
                "agrees": network.top == student.top,
                "held_out": dict(self.held_out_),
                "completeness_error": float(found.completeness_error.max()),
                "network_top1": self.classifier_.class_names[look.top1],
                "blank": [cls for cls, blank in zip(self.classes, look.blank, strict=True) if blank],
                "temperature": self.temperature,
            },
            method=repr(self),
            examples={cls: [c.patches[:6] for c in own] for cls, own in self.concepts.items()},
        )

    def _graph(self, i: int, look: Candidates, graphs: Any, found: Any) -> StructuralConceptGraph:
        own = self.concepts[self.classes[i]]
        nodes = [
            self._node(
                concept,
                look,
                graphs.segments[i, k],
                graphs.distances[i, k],
                graphs.features[i, k],
                found.nodes[i, i, k],
            )
            for k, concept in enumerate(own)
        ]
        weights = self.grn_.e[i].numpy()
        places = graphs.positions[i]
        edges = {
            (j, k): Edge(
                j,
                k,
                float(found.edges[i, i, k, j]),
                float(weights[k, j]),
                (*map(float, places[j]), *map(float, places[k])),
            )
            for j in range(len(own))
            for k in range(len(own))
            if j != k
        }
        return StructuralConceptGraph(self.classes[i], nodes, edges)

    @staticmethod
    def _node(
        concept: Concept,
        look: Candidates,
        segment: int,
        distance: float,
        feature: np.ndarray,
        contribution: float,
    ) -> Node:
        detected = bool(segment >= 0)
        return Node(
            index=concept.index,
            contribution=float(contribution),
            detected=detected,
            center=tuple(map(float, look.superpixels.centers[segment])) if detected else None,
            mask=look.superpixels.mask(segment) if detected else None,
            distance=float(distance),
            threshold=concept.threshold,
            usual_center=concept.center,
            feature=feature,
        )

    # ---- edit -----------------------------------------------------------------------------------------------

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
        return substitute(self, image, cls, k, patch, soft)

    def move(
        self, image: Any, cls: str, k: int, center: tuple[float, float], fill: str | None = None
    ) -> Substitution:
        """Move concept k of class ``cls`` to another centre (x, y) in pixels; the hole is filled by ``fill``."""
        return move(self, image, cls, k, center, fill or self.fill)

    def delete(self, image: Any, cls: str, k: int, fill: str | None = None) -> Substitution:
        """Erase concept k of class ``cls`` from the picture (default: with the fill of the fit)."""
        return delete(self, image, cls, k, fill or self.fill)

    def board(self, image: Any) -> PatchBoard:
        """A patch board for the picture: drag patches over concepts, and see both networks change their mind."""
        from xaikit.vrx.board import patch_board

        return patch_board(self, image)

    def concept(self, cls: str, k: int) -> Concept:
        """Concept k of a class.

        Raises
        ------
        ValueError
            There is no such class or concept.
        """
        self._check_fitted()
        if cls not in self.concepts:
            raise ValueError(
                f"`cls` must be one of {self.classes}; got {cls!r}.{did_you_mean(str(cls), self.classes)}"
            )
        if not 0 <= k < len(self.concepts[cls]):
            raise ValueError(f"Class {cls!r} has concepts 0 to {len(self.concepts[cls]) - 1}; got {k}.")
        return self.concepts[cls][k]

    # ---- keep -----------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write concepts and GRN to one ``.npz`` file without pickle. The classifier is not in it."""
        from xaikit.vrx.storage import save_vrx

        self._check_fitted()
        return save_vrx(self, path)

    @staticmethod
    def load(path: str | Path, classifier: Classifier | None = None) -> VRX:
        """Read what :meth:`save` wrote.

        Parameters
        ----------
        classifier : the network it was fitted on. None = load it by its name, where it was loaded by name
        """
        from xaikit.vrx.storage import load_vrx

        return load_vrx(path, classifier)

    def _check_fitted(self) -> None:
        if not hasattr(self, "grn_"):
            raise NotFittedError(
                "This VRX is not fitted yet. Call vrx.fit(classifier, data) first, or VRX.load(path)."
            )


def _pick(settings: type, method: VRX) -> Any:
    """The part of the method's hyper-parameters that one of its stages takes."""
    return settings(**{f.name: getattr(method, f.name) for f in fields(settings) if hasattr(method, f.name)})
