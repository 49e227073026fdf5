"""What can be reproduced: one row per table or figure of a paper.

The rows are plain text, so listing them imports neither torch nor any method. The function behind a row is
imported when the row is run. To add a figure, write ``def fig3(setting: Setting) -> Outcome`` in a module of
this folder and give it a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from xaikit.core.errors import did_you_mean

if TYPE_CHECKING:
    from xaikit.reproduce.setting import Outcome, Setting


@dataclass(frozen=True)
class Figure:
    """One table or figure of a paper.

    Parameters
    ----------
    name : str
        What the command line calls it, such as ``"vrx.fig3"``: the paper, a dot, the table or figure.
    title : str
        What it shows, in a few words.
    needs : str
        The pictures, weights or packages it stands on.
    where : str
        ``"module:function"``; the function takes a `Setting` and returns an `Outcome`.
    world : str
        The built-in pictures, and the network of that name, that it runs on where no others are named.
    network : str
        The built-in network, where it has another name.
    """

    name: str
    title: str
    needs: str
    where: str
    world: str = "toyworld/vehicles"
    network: str | None = None

    def load(self) -> Callable[[Setting], Outcome]:
        """Import the function that makes this figure."""
        module, function = self.where.split(":")
        loaded: Callable[[Setting], Outcome] = getattr(import_module(module), function)
        return loaded


_BUILT_IN = "nothing beyond the package"
_THINGS = "toyworld/things"
_BIRDS = "toyworld/birds"
_ROOMS = "toyworld/rooms"
_ANIMALS = "toyworld/animals"
_DOG = "toyworld/animals-dog"
_FACES = "toyworld/faces"

FIGURES: tuple[Figure, ...] = (
    Figure(
        "vrx.fig3",
        "concept discovery with and without the Grad-CAM filter: share of the patches on the object",
        _BUILT_IN,
        "xaikit.reproduce.vrx.explaining:fig3",
    ),
    Figure(
        "vrx.fig4",
        "decisions of the network and of the GRN, on clean pictures and with one concept masked",
        _BUILT_IN,
        "xaikit.reproduce.vrx.explaining:fig4",
    ),
    Figure(
        "vrx.fig5",
        "which relations between concepts matter to which class: the weights e_ji",
        _BUILT_IN,
        "xaikit.reproduce.vrx.explaining:fig5",
    ),
    Figure(
        "vrx.fig6",
        "why and why not in concepts; contributions, measured effects and scenes without the parts",
        _BUILT_IN,
        "xaikit.reproduce.vrx.explaining:fig6",
    ),
    Figure(
        "vrx.table1",
        "errors corrected by the patches VRX advises, against random and good-for-good patches",
        _BUILT_IN,
        "xaikit.reproduce.vrx.correction:table1",
    ),
    Figure(
        "vrx.table2",
        "a training set with one pose per class, and two ways to mend it: accuracy in all poses",
        _BUILT_IN,
        "xaikit.reproduce.vrx.pose_bias:table2",
    ),
    Figure(
        "vrx.fig7",
        "a concept replaced by a bad one, a concept moved: does the explanation find which?",
        _BUILT_IN,
        "xaikit.reproduce.vrx.sensitivity:fig7",
    ),
    Figure(
        "vrx.fig8",
        "six classes: what is confused with what, and of which type each error is",
        _BUILT_IN,
        "xaikit.reproduce.vrx.confusion:fig8",
    ),
    Figure(
        "vrx.fig9",
        "diagnosis of the network of table 2: what concepts and relations say of its errors",
        _BUILT_IN,
        "xaikit.reproduce.vrx.pose_bias:fig9",
    ),
    Figure(
        "sevec.fig1",
        "unseen pictures nearest to each class's semantic vector",
        _BUILT_IN,
        "xaikit.reproduce.sevec.validation:fig1",
        _THINGS,
    ),
    Figure(
        "sevec.fig2",
        "textures, materials and colors found by their vectors; accuracy on grey pictures",
        _BUILT_IN,
        "xaikit.reproduce.sevec.validation:fig2",
        _THINGS,
    ),
    Figure(
        "sevec.table1",
        "one unit, a random unit, the semantic vector, a permutation: gain of the true class",
        _BUILT_IN,
        "xaikit.reproduce.sevec.validation:table1",
        _THINGS,
    ),
    Figure(
        "sevec.fig3",
        "the map of all classes: agreement of the vectors' clusters with the hierarchy",
        _BUILT_IN,
        "xaikit.reproduce.sevec.knowledge:fig3",
        _THINGS,
    ),
    Figure(
        "sevec.fig4",
        "concepts with many facets and with few: degree of diversity and nearest pictures",
        _BUILT_IN,
        "xaikit.reproduce.sevec.knowledge:fig4",
        _THINGS,
    ),
    Figure(
        "sevec.table2",
        "degree of diversity against top-1 and top-5 accuracy over the classes",
        _BUILT_IN,
        "xaikit.reproduce.sevec.knowledge:table2",
        _THINGS,
    ),
    Figure(
        "sevec.fig5",
        "relevance of textures, materials and colors to classes: is the true one first?",
        _BUILT_IN,
        "xaikit.reproduce.sevec.knowledge:fig5",
        _THINGS,
    ),
    Figure(
        "sevec.table3",
        "single pictures in low-level concepts, with 'none fits' as a possible answer",
        _BUILT_IN,
        "xaikit.reproduce.sevec.knowledge:table3",
        _THINGS,
    ),
    Figure(
        "sevec.fig6",
        "saliency of two classes in one picture, plain and semantic",
        _BUILT_IN,
        "xaikit.reproduce.sevec.seeing:fig6",
        _THINGS,
    ),
    Figure(
        "sevec.fig7",
        "generalised pointing game: gain by semantic suppression at every kept energy",
        _BUILT_IN,
        "xaikit.reproduce.sevec.seeing:fig7",
        _THINGS,
    ),
    Figure(
        "srae.table1",
        "birds: faithfulness, orthogonality and locality of SRAE, NN, SAE, Lasso and CAE",
        _BUILT_IN,
        "xaikit.reproduce.srae.comparing:table1",
        _BIRDS,
    ),
    Figure(
        "srae.table2",
        "birds: units that Lasso needs to be faithful; accuracy with only the highlighted left",
        _BUILT_IN,
        "xaikit.reproduce.srae.masking:table2",
        _BIRDS,
    ),
    Figure(
        "srae.table3",
        "rooms: faithfulness, orthogonality and locality of SRAE, NN, SAE, Lasso and CAE",
        _BUILT_IN,
        "xaikit.reproduce.srae.comparing:table3",
        _ROOMS,
    ),
    Figure(
        "srae.table4",
        "birds: accuracy with only the highlighted left, at four thresholds",
        _BUILT_IN,
        "xaikit.reproduce.srae.masking:table4",
        _BIRDS,
    ),
    Figure(
        "srae.table5",
        "rooms: units that Lasso needs to be faithful",
        _BUILT_IN,
        "xaikit.reproduce.srae.selecting:table5",
        _ROOMS,
    ),
    Figure(
        "srae.fig4",
        "birds in x-features: is the part that tells a species what the first one sees?",
        _BUILT_IN,
        "xaikit.reproduce.srae.seeing:fig4",
        _BIRDS,
    ),
    Figure(
        "srae.fig5",
        "rooms in x-features: is each the same object in every picture?",
        _BUILT_IN,
        "xaikit.reproduce.srae.seeing:fig5",
        _ROOMS,
    ),
    Figure(
        "srae.fig8",
        "degeneration: three x-features of SRAE and of NN",
        _BUILT_IN,
        "xaikit.reproduce.srae.seeing:fig8",
        _BIRDS,
    ),
    Figure(
        "additive.table1",
        "entropy of contributions: animals by filters, attributes of faces by others",
        _BUILT_IN,
        "xaikit.reproduce.additive.tables:table1",
        _ANIMALS,
        _DOG,
    ),
    Figure(
        "additive.table2",
        "accuracy of performers and explainers, and relative deviation",
        _BUILT_IN,
        "xaikit.reproduce.additive.tables:table2",
        _ANIMALS,
        _DOG,
    ),
    Figure(
        "additive.table3",
        "error of part contributions, and whether they foretell scenes without the part",
        _BUILT_IN,
        "xaikit.reproduce.additive.parts:table3",
        _ANIMALS,
        _DOG,
    ),
    Figure(
        "additive.fig5",
        "how much each part of an animal counted",
        _BUILT_IN,
        "xaikit.reproduce.additive.parts:fig5",
        _ANIMALS,
        _DOG,
    ),
    Figure(
        "additive.fig6",
        "what speaks for and against an attribute of a face, and whether that causes it",
        _BUILT_IN,
        "xaikit.reproduce.additive.attributes:fig6",
        _FACES,
    ),
    Figure(
        "additive.fig7",
        "how contributions are spread over filters, with the prior and without",
        _BUILT_IN,
        "xaikit.reproduce.additive.parts:fig7",
        _ANIMALS,
        _DOG,
    ),
    Figure(
        "additive.fig8",
        "how much is left unsaid by fewer concepts",
        _BUILT_IN,
        "xaikit.reproduce.additive.attributes:fig8",
        _FACES,
    ),
    Figure(
        "survey.interpretable_cnn",
        "filters that learn parts: location instability and purity beside an ordinary twin's",
        _BUILT_IN,
        "xaikit.reproduce.survey.interpretable_cnn:interpretable_cnn",
        _ANIMALS,
    ),
)


def find_figure(name: str) -> Figure:
    """Return the row called `name`.

    Raises
    ------
    ValueError
        Where no row has that name; the message names the nearest one.
    """
    names = [figure.name for figure in FIGURES]
    if name not in names:
        hint = did_you_mean(name, names) or f" Known names: {', '.join(names)}."
        raise ValueError(f"a name must be one that `xaikit reproduce --list` prints; got {name!r}.{hint}")
    return FIGURES[names.index(name)]
