"""SeVec: semantic vectors (Gu and Tresp 2019), a room per part of the paper.

``units`` says when a unit of a layer is on, ``vectors`` holds equation 3 and the degree of diversity,
``fitting`` is the one pass over the pictures, with what ``picked`` keeps of some of them. ``retrieval`` finds
pictures by concept and concepts by picture, ``concept_map`` lays the concepts out, ``relevance`` and
``meaning`` relate them, ``modification`` compares a vector with a single unit, ``look`` is the saliency.
``model`` is the method; ``joining`` and ``storage`` put fits together and keep them.
"""

from xaikit.sevec.concept_map import ConceptMap
from xaikit.sevec.meaning import Meaning
from xaikit.sevec.model import SemanticVectors
from xaikit.sevec.relevance import Relevance
from xaikit.sevec.retrieval import Nearest, Retrieved
from xaikit.sevec.units import Units

__all__ = ["ConceptMap", "Meaning", "Nearest", "Relevance", "Retrieved", "SemanticVectors", "Units"]
