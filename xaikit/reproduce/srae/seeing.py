"""SRAE's figures 4, 5 and 8: do x-features separate what a decision stands on, and is each the same thing?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.attribution import gradcam
from xaikit.core.passes import INPUT
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.srae.bench import Bench, bench_of, half_width, maps_of, mean, modules_of, shown
from xaikit.reproduce.srae.judging import Maps, masks_of, normalised, orthogonal, score_heat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.data import ImageSet

__all__ = ["fig4", "fig5", "fig8"]

WAYS: dict[str, dict[str, Any]] = {
    "as by default": {"objective": "srae"},
    "heat at the picture": {"objective": "srae", "heat_layer": INPUT},
    "NN": {"objective": "nn"},
}
"""How the modules are made whose x-features are asked for the mark."""
N_FIGURES = 4
"""Classes that are shown."""
CONTEXT = "context"
LEAST = 0.05
"""Share of the largest mean contribution from which on an x-feature counts."""


def fig4(setting: Setting) -> Outcome:
    """Birds: x-features beside excitation backprop; where marks are known, is the mark what is seen?"""
    bench, notes = bench_of(setting), ["The paper shows examples."]
    if not bench.new.truth("mark"):
        return Outcome({}, {}, notes, _pictures(bench))
    notes += [
        "Heat is compared over the parts of the bird; it is densest where there is most for the part's size. "
        "Without the mark: it is painted as the rival's. Of the x-features that count, does the one that has "
        "most heat on the mark fall most? One that has nothing to do with the mark keeps all.",
    ]
    ways = {what: _marks(bench, how) for what, how in WAYS.items()}
    measured = {f"{what}: {key}": one for what, own in ways.items() for key, one in own.items()}
    return Outcome({}, measured, notes, _pictures(bench))


def fig5(setting: Setting) -> Outcome:
    """Rooms: is an x-feature's place the same object in every picture of its class?"""
    bench = bench_of(setting)
    return Outcome({}, _same_thing(bench), ["The paper shows examples."], _pictures(bench))


def fig8(setting: Setting) -> Outcome:
    """Degeneration: of three x-features, how alike are those of SRAE and of NN, and how many speak for it?"""
    bench = bench_of(setting)
    measured: dict[str, Any] = {}
    figures: dict[str, Figure] = {}
    for who, objective in (("SRAE", "srae"), ("NN", "nn")):
        srae = modules_of(bench, objective, 3)
        rows = []
        for name in bench.targets:
            found = srae.explain(shown(bench, name), name)
            gives = found.contributions.mean(0)
            alike = orthogonal(found.heatmaps.astype(float))
            rows.append(
                {**alike, "x-features that speak for the class": float((gives > LEAST * gives.max()).sum())}
            )
        measured |= {f"{what}, {who}": mean([row[what] for row in rows]) for what in rows[0]}
        first = bench.targets[0]
        figures[objective] = srae.explain(shown(bench, first).subset(range(2)), first).plot()
    return Outcome({}, measured, ["The paper shows examples."], figures)


def _pictures(bench: Bench) -> dict[str, Figure]:
    srae = modules_of(bench, "srae")
    spread = np.linspace(0, len(bench.targets) - 1, min(N_FIGURES, len(bench.targets))).round().astype(int)
    names = [bench.targets[k] for k in spread]
    figures = {name: srae.explain(shown(bench, name).subset(range(2)), name).plot() for name in names}
    for name in names:
        heat = score_heat(srae, shown(bench, name).subset(range(2)), name)
        figures[f"{name}, ExcitationBP"] = heat.plot()
    return figures


# ---- birds: the mark ----


class _Seen(NamedTuple):
    """Of a species: shares of the heat by part; per picture whether what sees the mark fell most without it.

    `gave_fell` says it of what gives most by the mark: what it gives times its share of heat there. `left` is
    what is left without the mark, of the x-feature that sees it and of the others that count; `least_left`
    says whether of all that count least is left of it.
    """

    shares: dict[str, dict[str, float]]
    fell: list[bool]
    gave_fell: list[bool]
    chance: float
    left: tuple[float, float]
    least_left: bool
    f_reg: float


def _marks(bench: Bench, how: Mapping[str, Any]) -> dict[str, Any]:
    """Is the part that tells a species what its x-features see; and does what sees it fall without it?"""
    marks, rivals = bench.new.truth("mark"), bench.new.truth("rival")
    own = {name: _looked(bench, how, name, rivals[name]) for name in bench.targets}
    seen = list(own.values())
    fell = [mean(one.fell) for one in seen]
    measured: dict[str, Any] = _on_marks({name: one.shares for name, one in own.items()}, marks)
    return measured | {
        "falls most without the mark, %": 100 * mean(fell),
        "falls most without the mark, ±": 100 * half_width(fell),
        "falls most without the mark, what gives most by it, %": 100
        * mean([mean(one.gave_fell) for one in seen]),
        "falls most without the mark, by chance, %": 100 * mean([one.chance for one in seen]),
        "species: least is left of what sees the mark, %": 100 * mean([one.least_left for one in seen]),
        "left without the mark, of what sees it": mean([one.left[0] for one in seen]),
        "left without the mark, of the others": mean([one.left[1] for one in seen]),
        "x-features that count": mean([1 / one.chance for one in seen]),
        "F_reg, % of the score's range": 100 * mean([one.f_reg for one in seen]),
        "pictures": sum(len(one.fell) for one in seen),
    }


def _on_marks(
    shares: Mapping[str, Mapping[str, Mapping[str, float]]], marks: Mapping[str, str]
) -> dict[str, float]:
    """Of each map in how many species the mark has most heat, and the densest; shares by species and map."""
    measured: dict[str, float] = {}
    for who in next(iter(shares.values())):
        most, densest, on_mark = [], [], []
        for name, maps in shares.items():
            parts = {part: share for part, share in maps[who].items() if part != CONTEXT}
            dense = {part: share / max(maps["area"][part], 1e-9) for part, share in parts.items()}
            most.append(max(parts, key=parts.__getitem__, default="") == marks[name])
            densest.append(max(dense, key=dense.__getitem__, default="") == marks[name])
            on_mark.append(parts.get(marks[name], 0.0))
        measured |= {
            f"species whose mark has most of the heat, {who}, %": 100 * mean(most),
            f"species whose mark has the densest heat, {who}, %": 100 * mean(densest),
            f"share of the heat on the mark, {who}, %": 100 * mean(on_mark),
        }
    return measured


def _looked(bench: Bench, how: Mapping[str, Any], name: str, rival: str) -> _Seen:
    pictures, mark, srae = shown(bench, name), bench.new.truth("mark")[name], modules_of(bench, **how)
    found = srae.explain(pictures, name)
    gives, heat = found.contributions.mean(0), found.heatmaps
    counted = np.flatnonzero(gives > LEAST * gives.max())
    samples = list(pictures)  # drawn once
    seen = [k for k, sample in enumerate(samples) if mark in sample.parts]
    repainted = [samples[k].scene.with_mark(mark, rival).rendered().image for k in seen]
    before, after = found.contributions[seen], srae.explain(np.stack(repainted), name).contributions
    falls = (before - after)[:, counted]
    left = after.mean(0)[counted] / before.mean(0)[counted]
    maps = {
        "first x-feature": heat[:, int(gives.argmax())],
        "x-feature that falls most": heat[:, counted[falls.mean(0).argmax()]],
        "x-feature of which least is left": heat[:, counted[left.argmin()]],
        "ExcitationBP": score_heat(srae, pictures, name).values,
        "Grad-CAM": gradcam(bench.classifier, pictures, name).values,
        "area": np.ones_like(heat[:, 0]),
    }
    names = sorted({part for sample in samples for part in sample.parts})
    parts = [masks_of(bench.classifier, sample, names) for sample in samples]
    seeing = [_part_shares(names, parts, heat[:, k]).get(mark, 0.0) for k in counted]
    sees_mark = int(np.argmax(seeing))
    return _Seen(
        {who: _part_shares(names, parts, np.maximum(own, 0)) for who, own in maps.items()},
        (falls.argmax(1) == sees_mark).tolist(),
        (falls.argmax(1) == np.argmax(gives[counted] * seeing)).tolist(),
        1 / len(counted),
        (float(left[sees_mark]), mean(np.delete(left, sees_mark))),
        bool(left.argmin() == sees_mark),
        float(srae.checks[name]["F_reg / range"]),
    )


def _part_shares(names: Sequence[str], parts: Sequence[Maps], heat: NDArray[Any]) -> dict[str, float]:
    """Mean share of the heat (m, h, w) on each part, pictures without heat left out."""
    rows = [
        metrics.part_shares(normalised(one[None]), there)[0]
        for one, there in zip(heat, parts, strict=True)
        if one.any()
    ]
    return dict(zip([*names, CONTEXT], np.mean(rows, 0).tolist(), strict=True)) if rows else {CONTEXT: 1.0}


# ---- rooms: the same thing ----


def _same_thing(bench: Bench) -> dict[str, Any]:
    """The object on which an x-feature's heat is densest in most pictures: in how many is it that one?"""
    rows: dict[str, list[float]] = {}
    things: dict[str, str] = {}
    for name in bench.targets:
        pictures = shown(bench, name)
        heat = maps_of(bench, "srae", name)
        gives = modules_of(bench, "srae").explain(pictures, name).contributions.mean(0)
        counted = np.flatnonzero(gives > LEAST * gives.max()).tolist()
        score = score_heat(modules_of(bench, "srae"), pictures, name).values
        for who, maps in (("x-features", [heat[:, k] for k in counted]), ("ExcitationBP", [score])):
            tops = [_tops(bench, pictures, own) for own in maps]
            common = [Counter(own).most_common(1)[0] for own in tops if own]
            rows.setdefault(who, []).extend(count / len(pictures) for _, count in common)
            if who == "x-features":
                things[name] = ", ".join(thing for thing, _ in common)
    measured: dict[str, Any] = {
        f"pictures in which it is the class's usual object, {who}, %": 100 * mean(own)
        for who, own in rows.items()
    }
    return measured | {f"usual objects of x-features, {name}": told for name, told in things.items()}


def _tops(bench: Bench, pictures: ImageSet, heat: NDArray[Any]) -> list[str]:
    """In each picture the object that heat falls on most for its size."""
    found = []
    for one, sample in zip(heat, pictures, strict=True):
        names = sorted(sample.parts)
        if not one.any() or not names:
            continue
        masks = masks_of(bench.classifier, sample, names)[:-1]
        areas = masks.sum((1, 2))
        dense = (masks * one).sum((1, 2)) / np.where(areas >= 0.005 * one.size, areas, np.inf)
        found.append(_kind(sample, names[int(dense.argmax())]))
    return found


def _kind(sample: Any, name: str) -> str:
    """What an object is: two chairs are of one kind."""
    kind = getattr(sample.scene, "kind", None)
    return str(kind(name)) if callable(kind) else name
