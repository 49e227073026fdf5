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
(`xaikit.zoo.networks.{known.network}`) for the {n_classes} {what} of `toyworld/{known.world}`.

| | |
| --- | --- |
| input | {known.input_size} x {known.input_size} pixels, mean {known.mean}, std {known.std} |
| data | {recipe.n_train} drawn pictures, `load_images("toyworld/{known.world}", "train")` |
| seed | {known.seed} |
| training | {training} |
| time | {minutes:.0f} minutes, drawing included, on the machine that made it |
| accuracy | {known.accuracy:.2%} of {known.n_test} fresh pictures{interval} |
| probability of the true class | mean {known.true_probability:.3f} |
| confidence | mean {confidence:.2f}, median {middle:.2f} |
| weights | 16 bits, `weights/{name}.safetensors` |
| licence | the project's own; the pictures are drawn by the project's own code |

## By {unit}

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
    "FaceVGG": "A small network of 3x3 convolutions and fully connected layers, after VGG",
    "KindVGG": "A small network of 3x3 convolutions, whose last filters speak for one place each",
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
    "faces": """It errs most where a
face is blurry or turned, and on attributes that are a difference of a few pixels, as the form of a nose.
Attributes that come together in this world help it to guess one by another. The four global ones are
inventions of this world.""",
    "animals": """It tells one kind of
animal from other kinds and from places without an animal, and errs where the head is hidden or cut off.""",
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
    confidences = probabilities.max(1) if labels.ndim == 1 else np.maximum(probabilities, 1 - probabilities)
    return CARD.format(
        name=name,
        kind=KINDS[known.network],
        known=known,
        recipe=recipe,
        n_classes=len(known.class_names),
        what="classes" if labels.ndim == 1 else "attributes, a yes or no each,",
        unit="class" if labels.ndim == 1 else "attribute",
        minutes=minutes,
        training=_training(recipe),
        interval=_interval(labels, probabilities),
        confidence=float(confidences.mean()),
        middle=float(np.median(confidences)),
        table=_table(known, labels, probabilities),
        limits=LIMITS[known.world],
    )


def _interval(labels: np.ndarray, probabilities: np.ndarray) -> str:
    """That of the accuracy; of attributes none, since those of one picture are not drawn apart."""
    if labels.ndim == 2:
        return ", mean of all attributes"
    low, high = wilson_interval(int((probabilities.argmax(1) == labels).sum()), len(labels))
    return f" (95 % interval {low:.2%} to {high:.2%})"


def _table(known: About, labels: np.ndarray, probabilities: np.ndarray) -> str:
    if labels.ndim == 2:
        return _by_attribute(known.class_names, labels > 0, probabilities)
    tree = WORLDS[known.world]("test", 1).hierarchy
    if tree is not None and len(known.class_names) > MOST_COLUMNS:
        return _by_kind(known.class_names, labels, probabilities, tree)
    return _answers(known.class_names, labels, probabilities)


def _training(recipe: Recipe) -> str:
    told = f"{recipe.epochs} epochs, AdamW, one cycle to {recipe.rate:g}, smoothing {recipe.smoothing:g}"
    if recipe.parts:
        told += (
            f"; {recipe.parts.redrawn:.0%} of the pictures drawn again without some parts, "
            f"{recipe.parts.covered:.0%} with these covered, {recipe.parts.pasted:.0%} with a part of "
            "another class pasted on, labels by what the parts tell (`xaikit.zoo.parts`)"
        )
    if recipe.kind:
        told += "; half of the pictures show that kind, a quarter other animals, a quarter none"
    if recipe.filters:
        told += (
            f"; filter loss of weight {recipe.filters.weight:g} on the layer `top` after "
            f"{recipe.filters.since:.0%} of it"
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


def _by_attribute(names: tuple[str, ...], there: np.ndarray, probabilities: np.ndarray) -> str:
    rows = [
        "| attribute | there | right | right by always saying one |",
        "| --- | --- | --- | --- |",
    ]
    for name, truth, given in zip(names, there.T, probabilities.T, strict=True):
        share, right = truth.mean(), ((given > 0.5) == truth).mean()
        rows.append(f"| {name} | {share:.0%} | {right:.1%} | {max(share, 1 - share):.1%} |")
    return "\n".join(rows)


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
