"""The picture of a widget that stays in the notebook's file, for where the widget itself does not live.

JupyterLab does not save widgets by itself. Opened again, it prefers the widget to all else that the same
output holds, and finds "model not found"; a page made by nbconvert fetches what runs widgets from elsewhere,
and is blank without a network. So the picture is an output of its own, before that of the widget, which hides
it as long as it lives (js/living.js).
"""

from __future__ import annotations

import base64
import html

WORDS = (
    "A picture of an interactive widget, taken when this cell ran. Run the notebook to work with the widget."
)

# JupyterLab's "model not found", which is text alone, below a picture that says what to do.
_NO_COMPLAINT = (
    ".jp-OutputArea-child:has(.xk-keepsake)+.jp-OutputArea-child>.jupyter-widgets:not(:has(*)){display:none}"
)


def keepsake(png: bytes, words: str, of: str) -> dict[str, str | bytes]:
    """Return the output that stands before that of a widget.

    Parameters
    ----------
    png : the picture, a PNG file
    words : what it shows, for who cannot see it
    of : the model_id of the widget's layout, by which the widget finds its picture
    """
    source = f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
    page = (
        f'<style>{_NO_COMPLAINT}</style><div class="xk-keepsake" data-of="{html.escape(of)}"><p>{WORDS}</p>'
        f'<img src="{source}" alt="{html.escape(words)}" style="max-width:100%"></div>'
    )
    return {"text/html": page, "image/png": png}
