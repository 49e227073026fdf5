"""Does every family of networks run? One of each of timm's and of torchvision's, by each method.

python benchmarks/architectures.py                  # those that the results lack
python benchmarks/architectures.py timm/vit …       # these anew, whatever the results have

A family is a module of the library; its smallest network is taken, with random weights (seed 0) and the
classes of toyworld's vehicles. Each runs in a process of its own, within a time and a memory, so that one
crash does not end the table, and what it gave is written at once. A cell says one of these:

    ran              the answer is finite, not constant and of the right shape
    said why not: …  an error of xaikit's own told the reason
    failed: …        anything else: a fault to mend
"""

from __future__ import annotations

import argparse
import itertools
import json
import linecache
import multiprocessing
import resource
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
import torchvision
from measuring import RESULTS, write
from torch import nn

import xaikit as xk
from xaikit.vrx.candidates import patch_layers

SECONDS = 300
MEMORY = 12 * 2**30
MOST_PARAMETERS = 200e6
N_ASKED = 2
N_SHOWN = 6  # one of each class
N_SQUARES = 4  # along each side of the picture
SQUARES = list(itertools.product(range(N_SQUARES), repeat=2))
N_NOISES = 8  # pictures with noise in each square, at most: attention with random weights says little in one
ALIKE, SURE = 0.3, 0.6
"""Least correlation of where something changed and where it is said to lie, and when a picture is enough.

Places in a wrong order give 0.1."""
TINY = {
    "n_concepts": 2,
    "n_pictures": 5,
    "n_discovery": 4,
    "n_judged": 2,
    "n_patches": 3,
    "n_random": 2,
    "n_masked": 1,
    "epochs": 5,
    # random networks have no places that speak for a class, and see the same in all pictures
    "tau": None,
    "min_found": 0.1,
}

LIBRARIES = {"timm": f"timm {timm.__version__}", "torchvision": f"torchvision {torchvision.__version__}"}

Row = dict[str, Any]


# ---- the networks ----


def families() -> Iterator[str]:
    """'timm/<module>' and 'torchvision/<module>' of every module that builds classifiers."""
    yield from (f"torchvision/{name}" for name in _torchvision_families())
    yield from (f"timm/{name}" for name in timm.list_modules() if timm.list_models(module=name))


def _torchvision_families() -> dict[str, list[str]]:
    found = defaultdict(list)
    for name in torchvision.models.list_models(module=torchvision.models):
        found[torchvision.models.get_model_builder(name).__module__.split(".")[-1]].append(name)
    return found


def smallest(family: str) -> tuple[str, int]:
    """The spec of a family's smallest network and how many parameters it has.

    timm's ``test_…``, made for its own tests, are no network that anybody explains.
    """
    library, module = family.split("/")
    if library == "torchvision":
        offered = {name: _weights(name).meta["num_params"] for name in _torchvision_families()[module]}
    else:
        names = timm.list_models(module=module)
        real = [name for name in names if not name.startswith("test_")] or names
        offered = {name: _n_parameters(name) for name in real}
    name = min(offered, key=offered.__getitem__)
    return f"{library}/{name}", offered[name]


def _weights(name: str) -> Any:
    return torchvision.models.get_model_weights(name).DEFAULT


def _n_parameters(name: str) -> int:
    """Counted without the memory for them, where a network can be built so."""
    try:
        with torch.device("meta"):
            model = timm.create_model(name)
    except (RuntimeError, ValueError, TypeError, NotImplementedError):
        model = timm.create_model(name)
    return sum(tensor.numel() for tensor in model.parameters())


def wake(classifier: xk.Classifier, pictures: xk.ImageSet) -> None:
    """Let random weights give different pictures different answers.

    A head that starts at zero is drawn anew, and batch norms take these pictures' own statistics.
    """
    model, norms = classifier.model, nn.modules.batchnorm._BatchNorm
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in model.parameters():
            if tensor.ndim > 1 and not tensor.any():
                tensor.normal_(std=0.1, generator=generator)
        for module in model.modules():
            if isinstance(module, norms) and module.track_running_stats:
                module.train()
                module.momentum = 1.0
        views = np.concatenate(list(classifier.views(pictures)))
        model(classifier.inputs(views))
    model.eval()


# ---- the cells ----


def places(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    """Noise in a square of a picture changes a layer most at the place that is said to lie there."""
    for name in dict.fromkeys([classifier.default_layer.name, *patch_layers(classifier)]):
        changes: Any = 0.0
        for number in range(N_NOISES):
            changes = changes + _changes(classifier, name, data[number].image, number)
            likeness = _likeness(changes)
            if min(likeness) > SURE:
                break
        if not min(likeness) > ALIKE:
            raise AssertionError(f"the places of {name!r} lie elsewhere: {np.round(likeness, 2)}")


def _changes(classifier: xk.Classifier, layer: str, image: np.ndarray, seed: int) -> np.ndarray:
    """How much each place of a layer changes by noise in each square, (squares, h, w)."""
    noisy = _noisy(classifier.view(image), seed)
    batches = classifier.layer_batches(noisy, [layer], as_view=True)
    seen = np.concatenate([batch.features[layer] for batch in batches])
    if seen.ndim != 4:
        raise AssertionError(f"{layer!r} has no places")
    changes = np.square(seen[1:] - seen[0]).sum(1)
    return changes / (changes.mean(0) + 1e-30)  # some places answer to whatever changes


def _likeness(changes: np.ndarray) -> list[float]:
    """Correlation of where the noise was and of where the layer changed, of rows and of columns."""
    found = [_centre(np.maximum(change - np.median(change), 0)) for change in changes]
    pairs = zip(np.transpose(SQUARES), np.transpose(found), strict=True)
    return [float(np.corrcoef(*pair)[0, 1]) for pair in pairs]


def _noisy(view: np.ndarray, seed: int) -> np.ndarray:
    """The picture, and for each square the picture with noise in it."""
    side, rng = len(view) // N_SQUARES, np.random.default_rng(seed)
    pictures = np.stack([view] * (1 + len(SQUARES)))
    for picture, (y, x) in zip(pictures[1:], SQUARES, strict=True):
        noise = rng.integers(0, 256, (side, side, view.shape[2]), np.uint8)
        picture[y * side : (y + 1) * side, x * side : (x + 1) * side] = noise
    return pictures


def _centre(weights: np.ndarray) -> list[float]:
    """Row and column of the centre of gravity."""
    rows, columns = np.indices(weights.shape)
    return [float(np.average(axis, weights=weights + 1e-30)) for axis in (rows, columns)]


def gradcam(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    """In the maps of some pictures a place speaks for the class; in each it may be that none does."""
    heatmap = xk.attribution.gradcam(classifier, _asked(data))
    _check(heatmap, classifier)
    if not np.ptp(heatmap.values, axis=(1, 2)).any():
        raise AssertionError("every map is constant")


def guided_backprop(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    _check_each(xk.attribution.guided_backprop(classifier, _asked(data)), classifier)


def gradient_x_input(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    _check_each(xk.attribution.gradient_x_input(classifier, _asked(data)), classifier)


def vrx(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    """Concepts are found, and a picture is explained with them, completely."""
    fitted = xk.VRX(data.class_names[:2], **TINY).fit(classifier, data, progress=False, cache=False)
    explained = fitted.explain(data[0].image)
    parts = explained.node_contributions.sum((1, 2)) + explained.edge_contributions.sum((1, 2, 3))
    if not all(fitted.concepts[cls] for cls in fitted.classes):
        raise AssertionError("a class has no concept")
    if not np.isfinite(parts).all() or not np.ptp(parts):
        raise AssertionError(f"contributions add up to {parts}")
    if explained.checks["completeness_error"] > 1e-4 * max(1, np.abs(parts).max()):
        raise AssertionError(f"incomplete by {explained.checks['completeness_error']}")


def semantic_vectors(classifier: xk.Classifier, data: xk.ImageSet) -> None:
    """The vectors of two concepts differ, and the saliency for one is a map."""
    vectors = xk.SemanticVectors().fit(classifier, data.subset(range(N_SHOWN)), progress=False, cache=False)
    if not np.isfinite(vectors.vectors_).all() or np.array_equal(*vectors.vectors_[:2]):
        raise AssertionError("the vectors are not finite, or the same")
    _check_each(vectors.saliency(_asked(data), data.class_names[0]), classifier)


CELLS = {
    cell.__name__: cell
    for cell in (places, gradcam, guided_backprop, gradient_x_input, semantic_vectors, vrx)
}


def _asked(data: xk.ImageSet) -> list[np.ndarray]:
    return [data[number].image for number in range(N_ASKED)]


def _check(heatmap: xk.attribution.Heatmap, classifier: xk.Classifier) -> None:
    if heatmap.values.shape != (N_ASKED, *classifier.view_size) or not np.isfinite(heatmap.values).all():
        raise AssertionError(f"not finite, or of shape {heatmap.values.shape}")


def _check_each(heatmap: xk.attribution.Heatmap, classifier: xk.Classifier) -> None:
    _check(heatmap, classifier)
    if not np.ptp(heatmap.values, axis=(1, 2)).all():
        raise AssertionError("a map is constant")


# ---- one network ----


def judged(work: Callable[[], None]) -> tuple[str, list[str]]:
    """What a cell says, and the warnings beside it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        verdict = _verdict(work)
    own = [str(one.message) for one in caught if one.category is UserWarning]
    return verdict, sorted({_first_sentence(text) for text in own})


def _verdict(work: Callable[[], None]) -> str:
    try:
        work()
    except Exception as error:
        told = _first_sentence(str(error))
        return f"said why not: {told}" if _is_ours(error) else f"failed: {type(error).__name__}: {told}"
    return "ran"


def _is_ours(error: Exception) -> bool:
    """Whether a ``raise`` in xaikit made it, and not torch or NumPy on its behalf."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not isinstance(error, ValueError | TypeError):
        return False
    path = trace.tb_frame.f_code.co_filename
    line = linecache.getline(path, trace.tb_lineno).strip()
    return Path(xk.__file__).parent in Path(path).parents and line.startswith("raise ")


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).split(". ")[0].rstrip(".")[:300]


def run_one(family: str, row: Row, cells: Sequence[str], sender: Connection) -> None:
    """Run cells of a family's network, and tell what each gave as soon as it is known."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    torch.set_num_threads(1)
    if "network" not in row:
        row["network"], row["parameters"] = smallest(family)
        row["library"] = LIBRARIES[family.split("/")[0]]
        sender.send({name: row[name] for name in ("network", "parameters", "library")})
    if row["parameters"] > MOST_PARAMETERS:
        sender.send(dict.fromkeys(cells, "not run: more than 200 million parameters"))
        return
    data = xk.load_images("toyworld/vehicles", split="train", n=30)
    loaded: list[xk.Classifier] = []

    def load() -> None:
        loaded.append(xk.load_classifier(row["network"], class_names=data.class_names, device="cpu"))
        wake(loaded[0], data.subset(range(4)))

    verdict, _ = judged(load)
    if verdict != "ran":
        sender.send(dict.fromkeys(cells, verdict))
        return
    judged(lambda: sender.send(_layer(loaded[0])))
    for cell in cells:
        started = time.perf_counter()
        verdict, said = judged(partial(CELLS[cell], loaded[0], data))
        seconds = round(time.perf_counter() - started, 1)
        sender.send({cell: verdict, "warned": {cell: said} if said else {}, "seconds": {cell: seconds}})


def _layer(classifier: xk.Classifier) -> Row:
    layer = classifier.default_layer.layer
    return {"input_size": classifier.input_size, "layer": layer.name, "shape": layer.shape}


def collected(family: str, known: Row, cells: Sequence[str]) -> Row:
    """What a process of its own told of a family, and of the cells that it did not come to, why not."""
    context = multiprocessing.get_context("fork")  # what is imported need not be imported again
    ours, its = context.Pipe(duplex=False)
    process = context.Process(target=run_one, args=(family, known, cells, its))
    process.start()
    its.close()
    row: Row = {"network": "", "parameters": 0, **known}
    for name in ("warned", "seconds"):
        row[name] = {cell: value for cell, value in known.get(name, {}).items() if cell not in cells}
    for told in _messages(ours, process):
        for name in ("warned", "seconds"):
            row[name] |= told.pop(name, {})
        row |= told
    ended = f"failed: no answer within {SECONDS} s, or the process ended with code {process.exitcode}"
    return {**row, **{cell: row.get(cell, ended) for cell in cells}}


def _messages(source: Connection, process: Any) -> Iterator[Row]:
    """What a process sends until it ends or its time is over; then it is at an end in any case."""
    last = time.monotonic() + SECONDS
    try:
        while source.poll(max(0, last - time.monotonic())):
            yield source.recv()
    except EOFError:
        process.join()
    finally:
        process.kill()
        process.join()


# ---- the table ----


def counts(rows: dict[str, Row]) -> dict[str, dict[str, int]]:
    """Of each column, how many cells say what."""
    return {
        cell: dict(Counter(row.get(cell, "open").split(":")[0] for row in rows.values())) for cell in CELLS
    }


def table(rows: dict[str, Row]) -> str:
    """The rows as Markdown, each reason once below, by its number."""
    reasons: dict[str, int] = {}
    lines = [
        "# Which networks run",
        "",
        "One network of each family, with random weights; `benchmarks/architectures.py` makes this table.",
        "",
        "| family | network | parameters | default layer | " + " | ".join(CELLS) + " |",
        "| --- | --- | ---: | --- |" + " --- |" * len(CELLS),
    ]
    for family, row in sorted(rows.items()):
        told = [_shown(row.get(cell, "open"), reasons) for cell in CELLS]
        shape = "×".join(map(str, row["shape"])) if "shape" in row else ""
        size = f"{row['parameters'] / 1e6:.1f} M"
        lines.append(
            f"| {family} | {row['network'].split('/')[-1]} | {size} | {row.get('layer', '')} {shape} | "
            + " | ".join(told)
            + " |"
        )
    total = [
        ", ".join(f"{n} {what}" for what, n in sorted(column.items())) for column in counts(rows).values()
    ]
    lines += [f"| all {len(rows)} | | | | " + " | ".join(total) + " |", ""]
    lines += [f"{number}. {reason}" for reason, number in reasons.items()]
    return "\n".join(lines) + "\n"


def _shown(verdict: str, reasons: dict[str, int]) -> str:
    if ":" not in verdict:
        return verdict
    number = reasons.setdefault(verdict, len(reasons) + 1)
    return f"{verdict.split(':')[0]} ({number})"


def read() -> dict[str, Row]:
    path = RESULTS / "architectures.json"
    return json.loads(path.read_text(encoding="utf-8"))["families"] if path.exists() else {}


def keep(rows: dict[str, Row]) -> None:
    write("architectures", {"counts": counts(rows), "families": rows})
    (RESULTS / "architectures.md").write_text(table(rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("families", nargs="*", help="such as timm/vit, to be run anew")
    parser.add_argument("--cells", nargs="*", choices=CELLS, default=list(CELLS))
    options = parser.parse_args()
    rows = read()
    for family in options.families or families():
        row = rows.get(family, {})
        cells = [cell for cell in options.cells if options.families or cell not in row]
        if cells:
            known = {name: value for name, value in row.items() if name not in cells}
            rows[family] = collected(family, known, cells)
            print(family, {cell: rows[family][cell] for cell in cells}, flush=True)
            keep(rows)
    print(json.dumps(counts(rows), indent=2))


if __name__ == "__main__":
    main()
