"""A filter namer drawn as a picture: the concepts that count most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from xaikit.core.images.checks import UInt8, check_image
from xaikit.core.images.showing import outlined
from xaikit.plots.views import Seen
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, TRACK, draw_head, font, lines_of

N_SHOWN, N_PICTURES = 6, 6
SIDE, WORDS = 96, 210  # pixels of a picture, and for what is said of a concept
DIMMED = 0.4


def draw_concepts(title: str, views: Sequence[Seen], labels: Sequence[str]) -> Image.Image:
    """Draw the first concepts, each with its name, how much it counts, and the pictures it is seen in."""
    total = sum(view.counts for view in views) or 1.0
    n_named = sum(map(bool, labels))
    share = sum(view.counts for view, label in zip(views, labels, strict=True) if label) / total
    width = 2 * GAP + WORDS + N_PICTURES * (SIDE + 6)
    head = draw_head(width, title, f"{n_named} of {len(views)} named, {share:.0%} of what counts", "")
    shown = views[:N_SHOWN]
    canvas = Image.new("RGB", (width, head.height + len(shown) * (SIDE + 8)), PAPER)
    canvas.paste(head, (0, 0))
    pen = ImageDraw.Draw(canvas)
    most = max(view.counts for view in views) or 1.0
    for row, (view, label) in enumerate(zip(shown, labels, strict=False)):
        top = head.height + row * (SIDE + 8)
        for n, line in enumerate(lines_of(label or view.name, font(18), WORDS - 12)[:2]):
            pen.text((GAP, top + 22 * n), line, INK if label else GREY, font(18))
        wide = WORDS - 80
        pen.rectangle((GAP, top + 56, GAP + wide, top + 68), fill=TRACK)
        pen.rectangle((GAP, top + 56, GAP + round(wide * view.counts / most), top + 68), fill=INK)
        pen.text((GAP + wide + 8, top + 52), f"{view.counts / total:.1%}", INK, font(15))
        for n, (picture, field) in enumerate(list(zip(view.pictures, view.fields, strict=True))[:N_PICTURES]):
            small = Image.fromarray(_marked(check_image(picture), field))
            small.thumbnail((SIDE, SIDE))
            canvas.paste(small, (GAP + WORDS + n * (SIDE + 6), top))
        if not view.pictures:
            pen.text((GAP + WORDS, top + 30), "seen in none of these pictures", GREY, font(15))
    return canvas


def _marked(picture: UInt8, field: tuple[float, float, float, float] | None) -> UInt8:
    """The picture with all but the field dimmed, and a line around that."""
    if field is None:
        return picture
    height, width = picture.shape[:2]
    x0, x1 = (round(one * width) for one in (field[0], field[0] + field[2]))
    y0, y1 = (round(one * height) for one in (field[1], field[1] + field[3]))
    inside = np.zeros((height, width), bool)
    inside[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
    dim = (picture * DIMMED).astype(np.uint8)
    return outlined(np.where(inside[..., None], picture, dim), inside)
