"""A network's card: what it was made of, how well it does, where it ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from xaikit.worlds import WORLDS

if TYPE_CHECKING:
    from xaikit.data.hierarchy import Hierarchy
    from xaikit.zoo import About
    from xaikit.zoo.recipes import Recipe

MOST_COLUMNS = 12  # classes above which a table of all answers is too wide to be read

CARD = """# {name}

{kind}
(`xaikit.zoo.networks.{known.network}`) for the {n_classes} classes of `toyworld/{known.world}`.

| | |
| --- | --- |
| input | {known.input_size} x {known.input_size} pixels, mean {known.mean}, std {known.std} |
| data | {recipe.n_train} drawn pictures, `load_images("toyworld/{known.world}", "train")` |
| seed | {known.seed} |
| training | {training} |
| time | {minutes:.0f} minutes, drawing included, on the machine that made it |
| accuracy | {known.accuracy:.2%} of {known.n_test} fresh pictures (95 % interval {low:.2%} to {high:.2%}) |
| probability of the true class | mean {known.true_probability:.3f} |
| confidence | mean {confidence:.2f}, median {middle:.2f} |
| weights | 16 bits, `weights/{name}.safetensors` |
| licence | the project's own; the pictures are drawn by the project's own code |

## By class

{table}

## Limits

It knows drawn pictures only and says nothing about photographs. {limits}

## Again

`python -m xaikit.zoo.train {name} --seed {known.seed}` writes the weights and this card. The same seed
gives the same pictures everywhere; the weights agree bit for bit on the same machine only.
"""
KINDS = {
    "SmallResNet": "A small residual network",
    "WiderResNet": "A small residual network",
    "SmallVGG": "A small network of 3x3 convolutions and fully connected layers, after VGG",
    "SmallAlexNet": "A small network of few, wide convolutions and fully connected layers, after AlexNet",
}
LIMITS = {
    "vehicles": """It errs on pictures that are dark, far away
or half hidden, and on vehicles that miss the part that would tell. Its confidences are lower than the share
of right answers, on purpose; they are not calibrated. On fire engines and city buses the one part that
counts most still carries more than 60 % of the margin on average. One pasted cross seldom turns a fire engine
into an ambulance, and two do on about half of the white ones. What each kind of part carries is in
`benchmarks/results/parts_used.json`, with the margins of errors.""",
    "birds": """It errs on birds that are small, dark or
half hidden, and takes a species for another of its family, which differs in one part.""",
    "rooms": """It errs on rooms whose telling
things are cut off, hidden or missing, and takes an office for a home office, a bedroom for a hotel room.""",
    "things": """It errs on things that are small,
half hidden, blurred or pale, and most on those that come in many looks; a thing of which only the surface is
seen it can but guess among those that share it.""",
}


def wilson_interval(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `right` in `n`, by Wilson's score."""
    z = 1.959964
    share = right / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)


def card_of(
    name: str, known: About, recipe: Recipe, labels: np.ndarray, probabilities: np.ndarray, minutes: float
) -> str:
    """The card of network `name` as Markdown, from its answers (n, n_classes) to fresh pictures."""
    answers = probabilities.argmax(1)
    low, high = wilson_interval(int((answers == labels).sum()), len(labels))
    tree = WORLDS[known.world]("test", 1).hierarchy
    confidences = probabilities.max(1)
    return CARD.format(
        name=name,
        kind=KINDS[known.network],
        known=known,
        recipe=recipe,
        n_classes=len(known.class_names),
        minutes=minutes,
        training=_training(recipe),
        low=low,
        high=high,
        confidence=float(confidences.mean()),
        middle=float(np.median(confidences)),
        table=_by_kind(known.class_names, labels, probabilities, tree)
        if tree is not None and len(known.class_names) > MOST_COLUMNS
        else _answers(known.class_names, labels, probabilities),
        limits=LIMITS[known.world],
    )


def _training(recipe: Recipe) -> str:
    told = f"{recipe.epochs} epochs, AdamW, one cycle to {recipe.rate:g}, smoothing {recipe.smoothing:g}"
    if recipe.parts:
        told += (
            f"; {recipe.parts.redrawn:.0%} of the pictures drawn again without some parts, "
            f"{recipe.parts.covered:.0%} with these covered, {recipe.parts.pasted:.0%} with a part of "
            "another class pasted on, labels by what the parts tell (`xaikit.zoo.parts`)"
        )
    if recipe.confidence:
        told += f"; logits scaled to a median confidence of {recipe.confidence:g} on other pictures"
    return f"{told}; then {recipe.finish} of the fully connected layers alone" if recipe.finish else told


def _answers(class_names: tuple[str, ...], labels: np.ndarray, probabilities: np.ndarray) -> str:
    answers = probabilities.argmax(1)
    rows = ["| | " + " | ".join(class_names) + " |", "| --- " * (len(class_names) + 1) + "|"]
    for k, name in enumerate(class_names):
        shares = np.bincount(answers[labels == k], minlength=len(class_names)) / max((labels == k).sum(), 1)
        rows.append(f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    return "\n".join([*rows, "", "Rows are the truth, columns the answers, in shares of the row."])


def _by_kind(
    class_names: tuple[str, ...], labels: np.ndarray, probabilities: np.ndarray, tree: Hierarchy
) -> str:
    """By top category, then by class, with the answer that is wrong most often."""
    answers = probabilities.argmax(1)
    right = answers == labels
    tops = np.array(tree.labels(class_names))[labels]
    rows = ["| | right | mean probability of the true class |", "| --- | --- | --- |"]
    of_truth = probabilities[np.arange(len(labels)), labels]
    for top in dict.fromkeys(tops.tolist()):
        rows.append(f"| {top} | {right[tops == top].mean():.1%} | {of_truth[tops == top].mean():.2f} |")
    rows += ["", "| class | right | mean probability | most often taken for |", "| --- | --- | --- | --- |"]
    for k, name in enumerate(class_names):
        mine = labels == k
        wrong = np.bincount(answers[mine & ~right], minlength=len(class_names))
        mistaken = f"{class_names[wrong.argmax()]}, {wrong.max() / mine.sum():.0%}" if wrong.any() else ""
        seen = mine.any()
        shares = (right[mine].mean(), of_truth[mine].mean()) if seen else (0.0, 0.0)
        rows.append(f"| {name} | {shares[0]:.0%} | {shares[1]:.2f} | {mistaken} |")
    return "\n".join(rows)
