"""SeVec, section 5: saliency with what is foreign to the class suppressed (figure 6), and whether it points
better at one of two things in a picture (figure 7)."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit import attribution, metrics
from xaikit.loading import load_images
from xaikit.plots.pointing import improvements, side_by_side
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.sevec.bench import Bench, bench_of
from xaikit.sevec.look import METHODS

if TYPE_CHECKING:
    from xaikit.attribution import Heatmap
    from xaikit.data import Sample

__all__ = ["fig6", "fig7"]

N_PAIRS = {False: 1000, True: 150}
N_SHOWN = 3
SHARES = np.round(np.linspace(0, 1, 21), 2)
OTHER_NETWORK = "toyworld/things-alexnet"
FRACTIONS = {"most of what is kept": 0.5, "all of what is kept": 1.0}
"""How much of the kept pixels must lie in the box for a hit."""
PLAIN = {"guided_backprop": attribution.guided_backprop, "gradient_x_input": attribution.gradient_x_input}


def fig6(setting: Setting) -> Outcome:
    """Two things in a picture: plain and semantic maps for the one and for the other."""
    bench = bench_of(setting)
    samples = _pairs(setting)
    measured: dict[str, Any] = {}
    for method in METHODS:
        for name, maps in _maps(bench, samples, method).items():
            own, other = (metrics.energy_in_box(maps, boxes) for boxes in _boxes(samples))
            measured[f"{method}, {name}: energy on the thing asked about"] = float(np.nanmean(own))
            measured[f"{method}, {name}: energy on the other thing"] = float(np.nanmean(other))
            measured[f"{method}, {name}: correlation of the maps for the two"] = _likeness(maps)
    shown = _right(bench, samples)[:N_SHOWN]
    columns = {
        f"{method.replace('_', ' ')}, {name}": maps
        for method in METHODS
        for name, maps in _maps(bench, shown, method).items()
        if name in ("plain", "semantic")
    }
    notes = ["Each picture is asked about both things; energy is the positive part of the map."]
    return Outcome({}, measured, notes, {"maps": side_by_side(*_asked(shown), columns)})


def fig7(setting: Setting) -> Outcome:
    """The generalised pointing game: how much better does the semantic map point, at every kept energy?"""
    networks = [setting.model]
    networks += [OTHER_NETWORK] if setting.model == setting.data == "toyworld/things" else []
    measured: dict[str, Any] = {}
    curves: dict[str, dict[str, NDArray[np.float64]]] = {}
    for network in networks:
        bench = bench_of(replace(setting, model=network))
        samples = _pairs(setting)
        boxes, _ = _boxes(samples)
        for method in METHODS:
            maps = _maps(bench, samples, method)
            for rule, fraction in FRACTIONS.items():
                found = {name: _hits(values, boxes, fraction) for name, values in maps.items()}
                for name in (name for name in found if name != "plain"):
                    curve = 100 * (found[name] - found["plain"])
                    played = np.asarray((found[name] + found["plain"]).any(axis=0))
                    measured |= _told(f"{network}, {method}, {name}, {rule}", curve, played)
                    if name == "semantic":
                        curves.setdefault(rule, {})[f"{network}, {method}"] = curve.mean(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # blank maps were told of above
                blind = metrics.pointing_baselines(maps["plain"], boxes, SHARES[:1])
                for name, values in maps.items():
                    share = 100 * float(metrics.pointing_hits(values, boxes, SHARES[:1]).mean())
                    measured[f"{network}, {method}, {name}: maximum in the box, %"] = share
            for name, hits in blind.items():
                measured[f"{network}, {name} in the box, %"] = 100 * float(hits.mean())
    measured["questions"] = len(boxes)
    paper = {"improvement at every kept energy": "above 0 (AlexNet and VGG16, both methods)"}
    figures = {rule.split()[0]: improvements(SHARES, rows, rule) for rule, rows in curves.items()}
    return Outcome(
        paper,
        measured,
        [
            "A map without energy counts as a miss. Where no map hits at all, because no box holds as much "
            "as is kept, nothing can be gained; the smallest gain is that of the other kept energies.",
            "'semantic' keeps channels that are on more often than usual; 'rate above 0.5' is the paper's.",
        ],
        figures,
    )


def _pairs(setting: Setting) -> list[Sample]:
    data = load_images("toyworld/pairs", split="test", n=N_PAIRS[setting.quick], seed=setting.seed)
    return list(data)


def _asked(samples: list[Sample]) -> tuple[NDArray[np.uint8], list[str]]:
    """Every picture twice, with the one thing and with the other that is asked about."""
    pictures = np.stack([sample.image for sample in samples for _ in sample.boxes])
    return pictures, [name for sample in samples for name in sample.boxes]


def _boxes(samples: list[Sample]) -> tuple[list[Any], list[Any]]:
    """Boxes of the things asked about, and of the other ones."""
    own = [box for sample in samples for box in sample.boxes.values()]
    other = [box for sample in samples for box in list(sample.boxes.values())[::-1]]
    return own, other


def _maps(bench: Bench, samples: list[Sample], method: str) -> dict[str, NDArray[np.float32]]:
    pictures, names = _asked(samples)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of blank maps: they are counted as misses
        plain: Heatmap = PLAIN[method](bench.classifier, pictures, names)
        rules = {"semantic": None, "semantic, rate above 0.5": 0.5}
        semantic = {
            name: bench.vectors.saliency(pictures, names, method, rate=rate) for name, rate in rules.items()
        }
    return {"plain": plain.values} | {name: heatmap.values for name, heatmap in semantic.items()}


def _hits(maps: NDArray[np.float32], boxes: list[Any], fraction: float) -> NDArray[np.float64]:
    """Hits (n, shares), 0 or 1; a map without energy points nowhere and misses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return metrics.pointing_hits(maps, boxes, SHARES, fraction).filled(False).astype(float)


def _told(name: str, curve: NDArray[np.float64], played: NDArray[np.bool_]) -> dict[str, Any]:
    """The smallest gain, with its interval, and how often there is one.

    `played` tells at which kept energies any map hit at all: where as much is kept as no box can hold,
    nothing can be gained.
    """
    from scipy.stats import sem

    middle = curve.mean(0)
    worst = int(np.where(played, middle, np.inf).argmin())
    half = 1.96 * float(sem(curve[:, worst]))
    told: dict[str, Any] = {f"{name}: smallest gain, points": float(middle[worst])}
    told[f"{name}: smallest gain, where and 95 % interval"] = (
        f"at {SHARES[worst]:.0%} kept, {middle[worst] - half:.1f} to {middle[worst] + half:.1f}"
    )
    told[f"{name}: mean gain, points"] = float(middle.mean())
    told[f"{name}: kept energies with a gain, of those at which a map hits"] = (
        f"{int((middle > 0).sum())} of {int(played.sum())}"
    )
    return told


def _likeness(maps: NDArray[np.float32]) -> float:
    """Mean correlation of the two maps of a picture: 1 where the question makes no difference."""
    rows = maps.reshape(len(maps) // 2, 2, -1)
    with np.errstate(invalid="ignore"):
        return float(np.nanmean([np.corrcoef(a, b)[0, 1] for a, b in rows if np.ptp(a) and np.ptp(b)]))


def _right(bench: Bench, samples: list[Sample]) -> list[Sample]:
    """Pictures of whose two things the network names one."""
    predicted = bench.classifier.predict([sample.image for sample in samples])
    known = [s for s, name in zip(samples, predicted, strict=True) if name in s.boxes]
    return known or samples
