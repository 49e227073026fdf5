"""VRX: visual reasoning explanations (Ge et al. 2021), a room per part of the paper.

Pictures are cut into ``segments``; ``candidates`` are those that the network looks at. Concepts are what is
``recurring`` among them, by a ``dictionary``, or what ``vce`` finds as published. ``scg`` finds them in a
picture, ``effects`` measure what the network loses without each and ``relations`` how two of them hang
together, ``grn`` is the graph network that imitates the classifier, ``vdi`` reads contributions from it,
``words`` say both, by the concepts' names (``naming``).
``edits`` change a picture concept by concept and ``following`` keeps track of the others, ``causes`` name
what a wrong answer comes from, ``repair`` finds the patches that put it right, ``diagnosis`` types the errors
of many pictures. ``model`` is the method, ``fitting`` and ``diagnosing`` its passes over pictures, ``fitted``
what it learned; from that, ``answer`` puts an ``explanation`` with a ``graph`` of every class together.
"""

from xaikit.vrx.causes import Cause, Flaw
from xaikit.vrx.concept import Concept
from xaikit.vrx.diagnosis import ConfusedPair, Diagnosis, Mistake
from xaikit.vrx.edits import Substitution
from xaikit.vrx.explanation import Reading, StructuralExplanation
from xaikit.vrx.graph import Edge, Node, StructuralConceptGraph
from xaikit.vrx.grn import GraphReasoningNetwork
from xaikit.vrx.model import VRX
from xaikit.vrx.repair import Correction, Suggestion

__all__ = [
    "VRX",
    "Cause",
    "Concept",
    "ConfusedPair",
    "Correction",
    "Diagnosis",
    "Edge",
    "Flaw",
    "GraphReasoningNetwork",
    "Mistake",
    "Node",
    "Reading",
    "StructuralConceptGraph",
    "StructuralExplanation",
    "Substitution",
    "Suggestion",
]
