"""A network's card: what it was made of, how well it does, where it ends."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xaikit.zoo import About
    from xaikit.zoo.train import Recipe


CARD = """# {known.world}

A small residual network (`xaikit.zoo.networks.SmallResNet`) for the {n_classes} classes of
`toyworld/{known.world}`.

| | |
| --- | --- |
| input | {known.input_size} x {known.input_size} pixels, mean {known.mean}, std {known.std} |
| data | {recipe.n_train} drawn pictures, `load_images("toyworld/{known.world}", "train")` |
| seed | {known.seed} |
| training | {recipe.epochs} epochs, AdamW, one cycle to {recipe.rate:g}, smoothing {recipe.smoothing:g} |
| time | {minutes:.0f} minutes, drawing included, on the machine that made it |
| accuracy | {known.accuracy:.2%} of {known.n_test} fresh pictures (95 % interval {low:.2%} to {high:.2%}) |
| confidence | median {confidence:.2f} |
| weights | 16 bits, `weights/{known.world}.safetensors` |
| licence | the project's own; the pictures are drawn by the project's own code |

## By class

{table}

Rows are the truth, columns the answers, in shares of the row.

## Limits

It knows drawn pictures only and says nothing about photographs. It errs on pictures that are dark, far away
or half hidden, and on vehicles that miss the part that would tell. Label smoothing keeps its confidences
away from 0 and 1; they are not calibrated beyond that.

## Again

`python -m xaikit.zoo.train {known.world} --seed {known.seed}` writes the weights and this card. The same seed
gives the same pictures everywhere; the weights agree bit for bit on the same machine only.
"""


def wilson_interval(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `right` in `n`, by Wilson's score."""
    z = 1.959964
    share = right / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)


def write_card(
    path: Path,
    known: About,
    recipe: Recipe,
    labels: np.ndarray,
    probabilities: np.ndarray,
    minutes: float,
) -> None:
    """Write the card of a network as Markdown, from its answers (n, n_classes) to fresh pictures."""
    answers = probabilities.argmax(1)
    right = int((answers == labels).sum())
    low, high = wilson_interval(right, len(labels))
    text = CARD.format(
        known=known,
        recipe=recipe,
        n_classes=len(known.class_names),
        minutes=minutes,
        low=low,
        high=high,
        confidence=float(np.median(probabilities.max(1))),
        table=_table(known.class_names, labels, answers),
    )
    path.write_text(text, encoding="utf-8")


def _table(class_names: tuple[str, ...], labels: np.ndarray, answers: np.ndarray) -> str:
    rows = ["| | " + " | ".join(class_names) + " |", "| --- " * (len(class_names) + 1) + "|"]
    for k, name in enumerate(class_names):
        shares = np.bincount(answers[labels == k], minlength=len(class_names)) / max((labels == k).sum(), 1)
        rows.append(f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    return "\n".join(rows)
