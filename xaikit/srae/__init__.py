"""SRAE: sparse reconstruction autoencoders (Qi, Khorram and Li), a room per part of the paper.

``modules`` are encoders, decoders and read-outs, ``objective`` has the terms of equation 5, ``examples``
draws the pictures that are learned from, ``training`` learns modules for several classes at once, ``fitting``
is the way from pictures to what is ``fitted``. ``rivals`` holds Lasso; the paper's others are objectives of
``training``; ``top_pictures`` are what x-features are known by. ``asking`` explains pictures, ``xfeatures``
is the answer, in ``words``, with the names of ``naming``; ``without`` asks what is left without some of it.
``model`` is the method, and ``storage`` keeps it.
"""

from xaikit.srae.model import SRAE
from xaikit.srae.modules import Modules
from xaikit.srae.without import Without
from xaikit.srae.xfeatures import XFeatures

__all__ = ["SRAE", "Modules", "Without", "XFeatures"]
