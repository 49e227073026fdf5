"""A fitted VRX in one ``.npz`` file: arrays and one JSON text, nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import FileError
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.packed import packed_pictures, unpacked_pictures
from xaikit.loading.classifiers import classifier_of
from xaikit.vrx.candidates import SEGMENTATIONS
from xaikit.vrx.comparing import UsualPictures
from xaikit.vrx.concept import PICTURES, Concept, check_suggested
from xaikit.vrx.dictionary import Dictionary
from xaikit.vrx.fitted import Usual
from xaikit.vrx.grn import GraphReasoningNetwork
from xaikit.vrx.recurring import dictionary_settings
from xaikit.vrx.vce import ExtractorSettings
from xaikit.vrx.vdi import Contributions

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.vrx.model import VRX

__all__ = ["load_vrx", "save_vrx"]

FORMAT = 7
CONCEPT_FORMS = {
    "boxes": "i n 2",
    "evidence": "f n d",
    "distances": "f n",
    "contributions": "f n",
    "mean_feature": "f c",
}
CONCEPT_ARRAYS = tuple(CONCEPT_FORMS)
CONCEPT_NUMBERS = ("threshold", "score", "p_value", "sensitivity", "effect", "found")
DICTIONARY_ARRAYS = {"means": "f K c", "thresholds": "f K"}
USUAL_ARRAYS = {
    "effects": "f m m N",
    "found": "f m N",
    "logits": "f m",
    "nodes": "f m m N",
    "edges": "f m m N N",
    "rest": "f m m",
    "bias": "f m",
}
VRX_META = {
    "hyper": dict[str, Any],
    "concepts": list[Any],
    "held_out": dict[str, float],
    "segmentation": str,
    "names": list[tuple[str, int, str]],
    "grn_shape": tuple[int, int, int],
    "picture_size": tuple[int, int],
    "classifier": {"spec": str | None, "fingerprint": str},
}
CONCEPT_META: dict[str, Any] = {"class": int, "index": int, "sources": list[str], "suggested?": Any}
CONCEPT_META |= dict.fromkeys(CONCEPT_NUMBERS, float)


def save_vrx(vrx: VRX, path: str | Path) -> Path:
    """Write a fitted VRX; see :meth:`xaikit.VRX.save`."""
    arrays = {f"grn/{name}": value.numpy() for name, value in vrx.grn_.state_dict().items()}
    told = []
    for i, cls in enumerate(vrx.classes):
        for concept in vrx.concepts[cls]:
            key = f"concept/{i}/{concept.index}"
            for kind in PICTURES:
                arrays |= packed_pictures(f"{key}/{kind}", getattr(concept, kind))
            arrays |= {f"{key}/{name}": getattr(concept, name) for name in CONCEPT_ARRAYS}
            numbers = {name: getattr(concept, name) for name in CONCEPT_NUMBERS}
            texts = {"sources": concept.sources, "suggested": concept.suggested}
            told.append({"class": i, "index": concept.index, **texts, **numbers})
        dictionary = vrx.dictionaries_[cls]
        if dictionary is not None:
            arrays |= {f"dictionary/{i}/{name}": getattr(dictionary, name) for name in DICTIONARY_ARRAYS}
        usual = vrx.usual_[cls]
        arrays |= {f"usual/{i}/effects": usual.effects, f"usual/{i}/found": usual.found}
        arrays |= packed_pictures(f"usual/{i}/pictures", usual.pictures.views)
        arrays |= {f"usual/{i}/{name}": value for name, value in vars(usual.contributions).items()}
    meta = {
        "hyper": {f.name: getattr(vrx, f.name) for f in fields(vrx)},
        "concepts": told,
        "held_out": vrx.held_out_,
        "segmentation": vrx.segmentation_,
        "names": [[*place, name] for place, name in vrx.names_.items()],
        "grn_shape": vrx.grn_.shape,
        "picture_size": vrx.classifier_.view_size,
        "classifier": {"spec": vrx.classifier_.spec, "fingerprint": vrx.classifier_.fingerprint()},
    }
    return write_archive(path, "vrx", FORMAT, meta, arrays)


def load_vrx(kind: type[VRX], path: str | Path, classifier: Classifier | None) -> VRX:
    """Read a fitted VRX; see :meth:`xaikit.VRX.load`."""
    meta, arrays = read_archive(path, "vrx", FORMAT)
    with understood(path):
        vrx = _vrx_of(meta, arrays, kind)
    vrx.classifier_ = classifier_of(meta["classifier"], classifier, path)
    _check_pictures(vrx, tuple(meta["picture_size"]), path)
    return vrx


def _check_pictures(vrx: VRX, size: tuple[int, int], path: str | Path) -> None:
    """FileError where they are of other size or channels than those of the network."""
    depths = {patch.shape[2] - 1 for own in vrx.concepts.values() for one in own for patch in one.patches}
    channels = vrx.classifier_.n_channels
    if vrx.classifier_.view_size != size or depths - {channels}:
        raise FileError(
            f"{path} is damaged: its pictures are {size[1]}×{size[0]} pixels of {sorted(depths)} channels, "
            f"those of its network {vrx.classifier_.input_size} and of {channels}. Save it again."
        )


def _vrx_of(meta: dict[str, Any], arrays: dict[str, np.ndarray], method: type[VRX]) -> VRX:
    """The method that a file holds; ValueError where its fields do not go together."""
    check_value(meta, VRX_META, "meta")
    hyper: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) and k != "classes" else v for k, v in meta["hyper"].items()
    }
    vrx = method(**hyper)
    m, n, d = meta["grn_shape"]
    if (m, n) != (len(vrx.classes), vrx.n_concepts) or meta["segmentation"] not in SEGMENTATIONS:
        raise ValueError("its classes, concepts and network do not go together")
    vrx.grn_ = _grn(vrx, (m, n, d), arrays)
    vrx.concepts = {cls: [] for cls in vrx.classes}
    sizes = {"d": d}
    for told in meta["concepts"]:
        check_value(told, CONCEPT_META, "concept")
        if not 0 <= told["class"] < m or told["index"] != len(vrx.concepts[vrx.classes[told["class"]]]) < n:
            raise ValueError(f"concept {told['index']} of class {told['class']} is out of place")
        cls, key = vrx.classes[told["class"]], f"concept/{told['class']}/{told['index']}"
        concept = _concept(cls, key, told, arrays, tuple(meta["picture_size"]), sizes)
        vrx.concepts[cls].append(concept)
    vrx.segmentation_ = meta["segmentation"]
    vrx.names_ = {(cls, k): name for cls, k, name in meta["names"]}
    if any(k not in range(len(vrx.concepts[cls])) for cls, k in vrx.names_):
        raise ValueError("a name is of no concept")
    settings = dictionary_settings(vrx.settings(ExtractorSettings), vrx.segmentation_)
    vrx.dictionaries_ = {}
    for i, cls in enumerate(vrx.classes):
        own = {name: arrays[key] for name in DICTIONARY_ARRAYS if (key := f"dictionary/{i}/{name}") in arrays}
        if own:
            check_arrays(own, DICTIONARY_ARRAYS, **sizes)
        vrx.dictionaries_[cls] = Dictionary(**own, settings=settings) if own else None
    size = tuple(meta["picture_size"])
    vrx.usual_ = {cls: _usual(f"usual/{i}", arrays, m, n, size) for i, cls in enumerate(vrx.classes)}
    vrx.held_out_ = meta["held_out"]
    return vrx


def _concept(
    cls: str,
    key: str,
    told: dict[str, Any],
    arrays: dict[str, np.ndarray],
    picture_size: tuple[int, int],
    sizes: dict[str, int],
) -> Concept:
    """``sizes``: the widths that all concepts share, "d" of the evidence and "c" of the features."""
    check_suggested(told.get("suggested"))
    forms = {f"{key}/{name}": form for name, form in CONCEPT_FORMS.items()}
    sizes |= {"c": check_arrays(arrays, forms, **sizes, n=len(told["sources"]))["c"]}
    kept: dict[str, Any] = {name: arrays[f"{key}/{name}"] for name in CONCEPT_ARRAYS}
    kept |= {kind: unpacked_pictures(f"{key}/{kind}", arrays, depth) for kind, depth in PICTURES.items()}
    boxes = kept["boxes"]
    ends = boxes + np.array([patch.shape[1::-1] for patch in kept["patches"]]).reshape(-1, 2)
    if not len(boxes) or (boxes < 0).any() or (ends > picture_size[::-1]).any():
        raise ValueError(f"the patches of {key!r} lie outside of their pictures")
    return Concept(
        cls=cls,
        index=told["index"],
        sources=told["sources"],
        suggested=told.get("suggested"),
        picture_size=picture_size,
        **kept,
        **{name: told[name] for name in CONCEPT_NUMBERS},
    )


def _grn(vrx: VRX, shape: tuple[int, int, int], arrays: dict[str, np.ndarray]) -> GraphReasoningNetwork:
    """The network of these weights; how large it says it is is compared with them before it is made."""
    state = {k.removeprefix("grn/"): torch.from_numpy(v) for k, v in arrays.items() if k.startswith("grn/")}
    n_layers = len({name.split(".")[1] for name in state if name.startswith("convs.")})
    if n_layers != vrx.n_layers:
        raise ValueError(f"`n_layers` is {vrx.n_layers}, but there are weights of {n_layers}")
    layout = {name: getattr(vrx, name) for name in ("hidden", "n_layers", "mlp", "areas", "rest", "epsilon")}
    with torch.device("meta"):  # shapes alone: nothing is allocated
        grn = GraphReasoningNetwork(*shape, n_usual=state["usual"].shape[1], **layout)
    for name, meant in grn.state_dict().items():
        own = state.get(name)
        if own is None or own.shape != meant.shape or own.dtype != meant.dtype:
            found = "missing" if own is None else f"{own.dtype} {tuple(own.shape)}"
            raise ValueError(f"'grn/{name}' must be {meant.dtype} {tuple(meant.shape)}; it is {found}")
    grn.load_state_dict(state, assign=True)
    for name, weight in grn.named_parameters():
        if not weight.isfinite().all():
            raise ValueError(f"'grn/{name}' holds NaN or infinity")
    if not torch.equal(grn.off_diagonal, ~torch.eye(shape[1], dtype=torch.bool)):
        raise ValueError("'grn/off_diagonal' is another matrix")
    return grn.eval().requires_grad_(False)


def _usual(
    key: str, arrays: Mapping[str, np.ndarray], m: int, n: int, picture_size: tuple[int, int]
) -> Usual:
    check_arrays(arrays, {f"{key}/{name}": form for name, form in USUAL_ARRAYS.items()}, m=m, N=n)
    learned = Contributions(**{f.name: arrays[f"{key}/{f.name}"] for f in fields(Contributions)})
    views = unpacked_pictures(f"{key}/pictures", arrays)
    if any(view.shape[:2] != picture_size for view in views):
        raise ValueError(f"the pictures {key!r} are of another size than the network's")
    return Usual(learned, arrays[f"{key}/effects"], arrays[f"{key}/found"], UsualPictures(views))
