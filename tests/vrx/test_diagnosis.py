"""A diagnosis counts right, names the type of error and what mistakes have in common, and bears bad input."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy.stats import fisher_exact

import xaikit as xk
from xaikit.core.errors import ImageError
from xaikit.data import ImageSet
from xaikit.vrx import diagnosing
from xaikit.vrx.causes import Cause, Flaw
from xaikit.vrx.diagnosis import Mistake
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.graph import Answer, Node, StructuralConceptGraph

pytestmark = pytest.mark.usefixtures("few_regions")

CLASSES = ["fire engine", "ambulance", "school bus"]


class Given(ImageSet):
    """Samples as they are given; the numbers in `broken` cannot be read."""

    def __init__(self, class_names, samples, broken=()):
        super().__init__(class_names, [sample.label for sample in samples])
        self.samples, self.broken = samples, broken

    def _read(self, index):
        if index in self.broken:
            raise ImageError(f"{index}.png is no picture")
        return self.samples[index]


@pytest.fixture(scope="session")
def right(network, vrx, unseen):
    """Pictures that the network gets right, of the three classes."""
    answers = network.logits([sample.image for sample in unseen])[:, columns(network)].argmax(axis=1)
    return [s for s, answer in zip(unseen, answers, strict=True) if CLASSES[answer] == name(network, s)]


@pytest.fixture(scope="session")
def mixed(network, right):
    """Some of them, every third one under the next class's name: to the labels these answers are wrong."""
    following = {cls: CLASSES[(k + 1) % 3] for k, cls in enumerate(CLASSES)}
    samples = [
        replace(s, label=network.class_names.index(following[name(network, s)])) if i % 3 == 0 else s
        for i, s in enumerate(right[:24])
    ]
    return Given(network.class_names, samples)


@pytest.fixture(scope="module")
def diagnosis(few_regions, vrx, mixed):
    return vrx.diagnose(mixed, progress=False)


def columns(network):
    return [network.class_index(cls) for cls in CLASSES]


def name(network, sample):
    return network.class_names[sample.label]


def test_the_confusion_matrix_counts_labels_and_answers(diagnosis, network, mixed):
    answers = network.logits([s.image for s in mixed])[:, columns(network)].argmax(axis=1)
    counted = Counter((name(network, s), CLASSES[answer]) for s, answer in zip(mixed, answers, strict=True))
    found = {(y, p): diagnosis.confusion[i, j] for i, y in enumerate(CLASSES) for j, p in enumerate(CLASSES)}
    assert {cell: n for cell, n in found.items() if n} == counted
    n_wrong = sum(n for (true, answer), n in counted.items() if true != answer)
    assert n_wrong == len(mixed.samples[::3])
    assert diagnosis.accuracy == pytest.approx(1 - n_wrong / len(mixed))
    assert {(pair.true, pair.predicted): len(pair.mistakes) for pair in diagnosis.pairs} == {
        cell: n for cell, n in counted.items() if cell[0] != cell[1]
    }
    lengths = [len(pair.mistakes) for pair in diagnosis.pairs]
    assert lengths == sorted(lengths, reverse=True)


def test_every_mistake_has_the_cause_that_vrx_names(diagnosis, vrx, mixed):
    pair = diagnosis.pairs[0]
    mistake = pair.mistakes[-1]
    assert mistake.id == mixed[mistake.index].id
    asked = vrx.cause(mixed[mistake.index].image, pair.true)
    assert str(mistake.cause) == str(asked)
    assert mistake.cause.margin == pytest.approx(asked.margin, abs=1e-3)
    assert mistake.kind in diagnosing.ADVICE
    exp = vrx.explain(mixed[mistake.index].image)
    assert mistake.probability == pytest.approx(exp.probabilities[pair.predicted], abs=1e-4)


def test_the_frame_has_a_row_per_mistake(diagnosis):
    frame = diagnosis.frame
    assert len(frame) == sum(len(pair.mistakes) for pair in diagnosis.pairs)
    assert (frame["true"] != frame["predicted"]).all()
    kinds = Counter(mistake.kind for pair in diagnosis.pairs for mistake in pair.mistakes)
    assert dict(frame["kind"].value_counts()) == kinds


def test_the_widget_shows_the_graphs_the_cause_and_the_repair_of_a_mistake(diagnosis, tmp_path):
    pair = diagnosis.pairs[0]
    widget = diagnosis.widget().choose(pair.true, pair.predicted, 1)
    (answer,) = widget.answers
    assert [graph["name"] for graph in answer["graphs"]] == [pair.true, pair.predicted]
    cause = pair.mistakes[1].cause
    assert answer["cause"] == str(cause)
    assert (answer["where"] is None) == all(flaw.mask is None for flaw in cause.named)
    assert answer["repair"]["text"].startswith(
        f"concept {answer['repair']['text'].split()[1]} of {pair.true}"
    )
    assert widget.still().size[0] > 100
    page = diagnosis.to_html(tmp_path / "diagnosis.html").read_text(encoding="utf-8")
    assert pair.true in page and len(page) > 50_000


def test_said_in_words_and_shown_as_a_picture(diagnosis):
    pair = diagnosis.pairs[0]
    assert f"{pair.true} → {pair.predicted} ({len(pair.mistakes)}): {pair.kind}. {pair.advice}" in repr(
        diagnosis
    )
    bundle = diagnosis._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    counted = sum(
        int(line.split(": ")[1].split(" of ")[0])
        for line in pair.evidence
        if line.split(":")[0] in diagnosing.ADVICE
    )
    assert counted == len(pair.mistakes)


# ---- bad input ----


def test_where_nothing_is_wrong_there_is_nothing_to_mend(vrx, network, right, tmp_path):
    found = vrx.diagnose(Given(network.class_names, right[:6]), progress=False)
    assert found.accuracy == 1
    assert found.pairs == []
    assert repr(found) == "Diagnosis: 100.0% of 6 pictures right."
    assert list(found.frame.columns)[:3] == ["index", "id", "true"] and found.frame.empty
    assert "Nothing is confused" in found.widget().summary
    assert found.to_html(tmp_path / "right.html").stat().st_size > 10_000
    assert found._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")


def test_pictures_that_cannot_be_read_are_left_out_and_named(vrx, network, right):
    found = vrx.diagnose(Given(network.class_names, right[:6], broken={1, 4}), progress=False)
    assert found.confusion.sum() == 4
    assert "1.png is no picture" in found.unreadable[0]
    assert "Left out, unreadable" in repr(found) and "2 in all" in repr(found)
    with pytest.raises(ValueError, match=r"None of the 2 pictures could be read.*0\.png"):
        vrx.diagnose(Given(network.class_names, right[:2], broken={0, 1}), progress=False)


def test_pictures_of_other_classes_are_passed_over(vrx, network, right):
    others = xk.load_images("toyworld/vehicles", split="test", n=12)
    strange = [s for s in others if others.class_names[s.label] not in CLASSES]
    found = vrx.diagnose(Given(network.class_names, [*strange, *right[:3]]), progress=False)
    assert found.confusion.sum() == 3
    with pytest.raises(ValueError, match="None of the 6 pictures is of fire engine"):
        vrx.diagnose(Given(network.class_names, strange), progress=False)


def test_a_vrx_must_be_fitted_first(mixed):
    with pytest.raises(xk.NotFittedError):
        xk.VRX(CLASSES).diagnose(mixed)


def test_a_folder_has_no_attributes_and_is_diagnosed_all_the_same(vrx, network, mixed, diagnosis, tmp_path):
    for number, sample in enumerate(mixed):
        folder = tmp_path / name(network, sample)
        folder.mkdir(exist_ok=True)
        Image.fromarray(sample.image).save(folder / f"{number}.png")
    found = vrx.diagnose(xk.load_images(tmp_path, split="all"), progress=False)
    np.testing.assert_array_equal(found.confusion, diagnosis.confusion)
    assert not any("is true of" in line for pair in found.pairs for line in pair.evidence)


# ---- what mistakes have in common ----


def test_every_pose_that_fails_is_named_and_the_one_that_works_is_not():
    """Twenty each of three poses: of "front" all are right, of "side" 18 are mistaken, of "back" 15."""
    seen = diagnosing._Seen()
    for pose, n_wrong in (("front", 0), ("side", 18), ("back", 15)):
        for i in range(20):
            seen.labels.append(0)
            seen.answers.append(int(i < n_wrong))
            seen.attributes.append({f"pose {one}": one == pose for one in ("front", "side", "back")})
    found = diagnosing._striking(seen, 0, 1)
    assert [attribute for attribute, _ in found] == ["pose side", "pose back"]
    assert found[0][1] == (
        "“pose side” is true of 18 of the 33 mistakes, and of 2 of the 27 pictures of the class "
        "that are right"
    )
    assert found[1][1].startswith("of those without, “pose back” is true of 15 of the 15 mistakes, and of 5")
    alone = fisher_exact([[15, 18], [5, 22]], alternative="greater").pvalue
    assert alone > diagnosing.RARE, "side by side with the other pose, this one would have gone unseen"


def test_chance_is_no_evidence():
    rng = np.random.default_rng(0)
    seen = diagnosing._Seen(labels=[0] * 80, answers=[0, 1] * 40)
    seen.attributes = [{f"a{k}": bool(rng.random() < 0.5) for k in range(30)} for _ in range(80)]
    assert diagnosing._striking(seen, 0, 1) == []


def test_without_a_right_answer_there_is_nothing_to_compare_with():
    seen = diagnosing._Seen(labels=[0] * 9, answers=[1] * 9, attributes=[{"pose side": True}] * 9)
    assert diagnosing._striking(seen, 0, 1) == []


# ---- types of error, on graphs by hand ----


def node(k, where):
    mask = None
    if where is not None:
        mask = np.zeros((8, 8), bool)
        mask[where] = True
    return Node(k, 0.0, None, where is not None, None, mask, 0.1, 1.0, (4.0, 4.0), np.ones(3, np.float32))


def kind_of(flaws, cause="concept", tank_at=np.s_[:4, :4]):
    """The type of error of a bus taken for a tank; the bus's concept is found in the upper left quarter."""
    bus = StructuralConceptGraph("bus", [node(0, np.s_[:4, :4]), node(1, None)], {})
    tank = StructuralConceptGraph("tank", [node(0, tank_at)], {})
    exp = StructuralExplanation(
        np.zeros((8, 8, 3), np.uint8),
        ["bus", "tank"],
        "tank",
        Answer("tank", 0.6),
        {},
        {},
        {"bus": bus, "tank": tank},
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        {},
        "by hand",
    )
    ordered = sorted((Flaw(*flaw) for flaw in flaws), key=lambda flaw: -flaw.loss)
    why = Cause("bus", "tank", cause, ordered, -1.0, 1.0, 1.0)
    found = diagnosing._Found(0, "0", why, diagnosing._on_own(exp, "bus"), 0.9, None)
    return diagnosing._kind(found)


def test_the_type_of_error_is_that_of_the_flaw_named_first():
    odd, missing, alarm = ("bus", 0, "odd", 2.0), ("bus", 1, "missing", 3.0), ("tank", 0, "false alarm", 4.0)
    out, strange = ("bus", 0, "out of place", 2.0), (None, None, "strange", 5.0)
    assert kind_of([odd]) == kind_of([out]) == "variance not seen in training"
    assert kind_of([odd, out, missing]) == "missing concepts"
    assert kind_of([odd, missing, alarm]) == "confused concepts"
    assert kind_of([odd, missing, alarm, strange]) == "distraction"
    assert kind_of([missing, alarm], cause="structure") == "variance not seen in training"
    assert kind_of([]) == "variance not seen in training"


def test_a_false_alarm_on_a_concept_of_the_right_class_is_a_confusion():
    alarm = ("tank", 0, "false alarm", 4.0)
    assert kind_of([alarm]) == "confused concepts"
    assert kind_of([alarm], tank_at=np.s_[4:, 4:]) == "false alarm"
    assert kind_of([alarm], tank_at=np.s_[:2, :8]) == "false alarm"  # half of the smaller one, not more
    assert kind_of([alarm], tank_at=np.s_[:2, :6]) == "confused concepts"


def test_what_is_found_in_right_pictures_too_is_no_false_alarm():
    alarm, missing = ("tank", 0, "false alarm", 4.0), ("bus", 1, "missing", 3.0)
    assert kind_of([alarm, missing]) == "confused concepts"
    assert kind_of([("tank", 0, "louder", 4.0), missing]) == "variance not seen in training"


def test_the_flaw_told_fits_the_type_of_error():
    flaws = [Flaw("tank", 0, "false alarm", 4.0), Flaw("bus", 1, "missing", 3.0)]
    cause = Cause("bus", "tank", "concept", flaws, -1.0, 1.0, 0.0)
    mistakes = [Mistake(i, str(i), "missing concepts", cause, 0.9, None) for i in range(3)]
    told = {kind: diagnosing._usual_flaw(mistakes, kind) for kind in diagnosing.ADVICE}
    assert told["missing concepts"] == (("bus", 1, "missing"), 3)
    assert told["confused concepts"] == told["false alarm"] == (("tank", 0, "false alarm"), 3)
    assert told["variance not seen in training"] is None
    twice = replace(cause, flaws=[Flaw(None, None, "strange", 4.0), Flaw(None, None, "strange", 4.0)])
    assert diagnosing._usual_flaw([replace(mistakes[0], cause=twice)], "distraction") is None
    louder = replace(cause, flaws=[Flaw("tank", 0, "louder", 4.0), Flaw("tank", 0, "louder", 3.0)])
    (found, n) = diagnosing._usual_flaw([replace(mistakes[0], cause=louder)], "variance not seen in training")
    assert (found, n) == (("tank", 0, "louder"), 1)
