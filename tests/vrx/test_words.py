"""The sentences of "why" and "why not", word for word."""

from __future__ import annotations

import pytest

from xaikit.vrx.words import (
    Evidence,
    Fact,
    Relation,
    answer_sentence,
    joined,
    signed,
    why_not_sentence,
    why_sentence,
)

LADDER = Fact("ladder", 1.25, True, True)
SIREN = Fact("concept 2", 0.5, True, True)
WHEELS = Fact("wheels", -0.75, True, True)
GONE = Fact("concept 4", 0.0, False, False)


def test_for_against_and_missing():
    assert why_sentence("fire engine", Evidence("fire engine", [SIREN, LADDER, WHEELS, GONE], 0.9)) == (
        "Why fire engine? Because ladder (+1.25) and concept 2 (+0.50) speak for fire engine; wheels (−0.75) "
        "speaks against fire engine; concept 4 is not in the picture."
    )
    assert why_not_sentence("tram", Evidence("bus", [WHEELS, GONE, GONE._replace(name="bell")])) == (
        "Why not tram? Of its concepts, wheels (−0.75) speaks against bus; concept 4 and bell are not in the "
        "picture."
    )


def test_relations_are_learned_and_told_only_where_nothing_was_measured():
    learned, other = (one._replace(measured=False) for one in (LADDER, SIREN._replace(value=0.0)))
    assert why_sentence("bus", Evidence("bus", [learned, other], -0.5)) == (
        "Why bus? Because ladder (+1.25) speaks for bus; the places of the concepts disagree with it (−0.50)."
    )
    assert "places" not in why_sentence("bus", Evidence("bus", [LADDER], -0.5))
    assert "agree with it (+0.50)" in why_sentence("bus", Evidence("bus", [learned, other], 0.5))
    assert "places" not in why_sentence("bus", Evidence("bus", [learned, other], 0.01))
    assert "places" not in why_sentence("bus", Evidence("bus", [learned, GONE], -0.5)), (
        "one concept has no place to others"
    )
    assert "places" not in why_sentence("bus", Evidence("bus", [other, other], -0.004)), "it would read −0.00"


def test_the_relation_that_is_worth_most_is_told_where_it_was_measured():
    hose = Relation("ladder", "hose", -0.25)
    said = why_sentence("bus", Evidence("bus", [LADDER], related=hose))
    assert said == "Why bus? Because ladder (+1.25) speaks for bus; ladder can stand in for hose (−0.25)."
    more = why_not_sentence("bus", Evidence("bus", [LADDER], related=hose._replace(value=0.25)))
    assert "hose in its place counts more beside ladder (+0.25)" in more
    assert "hose" not in why_sentence("bus", Evidence("bus", [LADDER], related=hose._replace(value=0.12)))


def test_what_no_concept_covers_is_told_where_it_says_much():
    said = why_sentence("bus", Evidence("bus", [LADDER], rest=-2.5))
    assert "what no concept covers speaks against it (−2.50, learned)" in said
    assert "no concept covers" not in why_sentence("bus", Evidence("bus", [LADDER], rest=0.1))
    assert "speaks for it (+9.00" in why_not_sentence("bus", Evidence("bus", [LADDER], rest=9.0))


def test_what_is_worth_little_is_not_told():
    little = Fact("paint", 0.05, True, True)
    assert "paint" not in why_sentence("bus", Evidence("bus", [LADDER, little]))
    assert "paint (+0.07)" in why_sentence("bus", Evidence("bus", [LADDER, little._replace(value=0.07)]))


@pytest.mark.parametrize("facts", [[], [Fact("a", 0.0, True, True)]], ids=["no concept", "worth nothing"])
def test_where_nothing_speaks_either_way(facts):
    assert why_sentence("bus", Evidence("bus", facts)) == "Why bus? Nothing here speaks for or against it."


def test_why_not_where_what_is_there_is_worth_nothing():
    said = why_not_sentence("bus", Evidence("bus", [Fact("a", 0.0, True, True)]))
    assert said == "Why not bus? Nothing here speaks for or against it."
    assert (
        why_not_sentence("bus", Evidence("bus", [GONE]))
        == "Why not bus? None of its concepts is in the picture."
    )


def test_numbers_and_lists():
    assert (signed(0.421), signed(-0.1)) == ("+0.42", "−0.10")
    assert [joined(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_the_networks_own_answer():
    assert answer_sentence("giant panda", 0.34, "bee", 0.6) == (
        "The network's answer is giant panda (34%); among the classes asked about, bee (60%) is first."
    )
