"""Paths from the top to each class, given or read from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from xaikit.data import Hierarchy

ANIMALS = Hierarchy(
    {
        "dog": ("living thing", "mammal", "dog"),
        "cat": ("living thing", "mammal", "cat"),
        "moss": ("living thing", "moss"),
        "bus": ("artifact", "vehicle", "bus"),
    }
)
IS_A = """entity thing
entity idea
thing animal
thing pet
animal dog
pet dog
animal mammal
mammal cat
"""
WORDS = """entity entity
dog\tdog, domestic dog, Canis familiaris
cat cat, true cat
mammal mammal
animal crane
pet crane
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_lead_from_the_top_to_the_class() -> None:
    assert ANIMALS.path("dog") == ("living thing", "mammal", "dog")
    assert "bus" in ANIMALS and "mammal" not in ANIMALS
    assert (len(ANIMALS), list(ANIMALS)) == (4, ["dog", "cat", "moss", "bus"])
    assert repr(ANIMALS) == "Hierarchy(4 classes, 2 at the top)"


def test_labels_at_a_level() -> None:
    names = ["bus", "moss", "dog"]
    assert ANIMALS.labels(names) == ["artifact", "living thing", "living thing"]
    assert ANIMALS.labels(names, 1) == ["vehicle", "moss", "mammal"]
    assert ANIMALS.labels(names, 9) == names


def test_bad_questions() -> None:
    with pytest.raises(ValueError, match="Did you mean 'moss'"):
        ANIMALS.path("mos")
    with pytest.raises(ValueError, match="`level`"):
        ANIMALS.labels(["dog"], -1)
    with pytest.raises(ValueError, match="that of 'x' is empty"):
        Hierarchy({"x": ()})


def test_equal_where_all_paths_are() -> None:
    assert ANIMALS == Hierarchy({name: ANIMALS.path(name) for name in ANIMALS})
    assert ANIMALS != Hierarchy({"dog": ("dog",)}) and ANIMALS != 1


def test_some_classes_under_other_names() -> None:
    renamed = ANIMALS.renamed({"hound": "dog"})
    assert list(renamed) == ["hound"] and renamed.path("hound") == ("living thing", "mammal", "hound")


# ---- lines "parent child" ----


def test_the_shortest_path_is_taken_and_of_several_the_first_by_name(tmp_path: Path) -> None:
    found = Hierarchy.from_file(write(tmp_path / "is_a.txt", IS_A))
    assert found.path("dog") == ("entity", "thing", "animal", "dog")
    assert found.path("cat") == ("entity", "thing", "animal", "mammal", "cat")
    assert found.path("entity") == ("entity",)
    longer = Hierarchy.from_file(write(tmp_path / "is_a.txt", IS_A + "idea cat\nb z\na z\n"))
    assert longer.path("cat") == ("entity", "idea", "cat")
    assert longer.path("z") == ("a", "z")


def test_the_order_of_lines_does_not_matter(tmp_path: Path) -> None:
    backwards = "\n".join(reversed(IS_A.splitlines()))
    one, other = write(tmp_path / "a.txt", IS_A), write(tmp_path / "b.txt", backwards)
    assert Hierarchy.from_file(one) == Hierarchy.from_file(other)


def test_words_name_the_steps_and_find_the_classes(tmp_path: Path) -> None:
    found = Hierarchy.from_file(write(tmp_path / "a.txt", IS_A), write(tmp_path / "words.txt", WORDS))
    assert found.path("cat") == ("entity", "thing", "crane", "mammal", "cat")
    assert found.path("dog, domestic dog, Canis familiaris") == found.path("dog")
    assert found.path("cat, true cat") == found.path("cat")
    assert "cat, true cat" in found and "crane" not in found
    with pytest.raises(ValueError, match=r"'crane' is the name of several.*'animal', 'pet'"):
        found.path("crane")


def test_a_circle_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is_a\.txt a class is a kind of itself: .*mammal"):
        Hierarchy.from_file(write(tmp_path / "is_a.txt", IS_A + "cat mammal\n"))
    with pytest.raises(ValueError, match="x is a x"):
        Hierarchy.from_file(write(tmp_path / "is_a.txt", "x x\n"))


def test_a_long_chain_is_no_trouble(tmp_path: Path) -> None:
    chain = "\n".join(f"n{k} n{k + 1}" for k in range(3000))
    assert len(Hierarchy.from_file(write(tmp_path / "a.txt", chain)).path("n3000")) == 3001


@pytest.mark.parametrize(
    ("text", "message"),
    [("a b\n\na b c\n", r"a\.txt, line 3 must be 'parent child'"), ("alone\n", "line 1"), ("\n", "no class")],
)
def test_lines_that_cannot_be_understood(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hierarchy.from_file(write(tmp_path / "a.txt", text))


def test_words_that_cannot_be_understood(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"words\.txt, line 2"):
        Hierarchy.from_file(write(tmp_path / "a.txt", IS_A), write(tmp_path / "words.txt", "a b\nc\n"))


# ---- tables ----


@pytest.mark.parametrize("heading", ["class,sub-category,top-level\n", "", "\ufeffClass,x\n"])
def test_a_table_has_the_class_first_and_the_top_last(tmp_path: Path, heading: str) -> None:
    rows = 'dog,mammal,living thing\n\n"bus, coach",vehicle,artifact\nmoss,living thing,\n'
    found = Hierarchy.from_file(write(tmp_path / "h.csv", heading + rows))
    assert list(found) == ["dog", "bus, coach", "moss"]
    assert found.path("bus, coach") == ("artifact", "vehicle", "bus, coach")
    assert found.labels(found) == ["living thing", "artifact", "living thing"]
    tabs = Hierarchy.from_file(write(tmp_path / "h.tsv", "dog\tmammal\tliving thing\n"))
    assert tabs.path("dog") == found.path("dog")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dog,mammal\ndog\n", "row 2 must name a class and what"),
        ("dog,mammal\ndog,pet\n", "row 2: 'dog' has another place above"),
        ("class,top\n", "no class"),
    ],
)
def test_tables_that_cannot_be_understood(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hierarchy.from_file(write(tmp_path / "h.csv", text))


def test_files_that_are_not_there_or_do_not_belong(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Hierarchy.from_file(tmp_path / "nowhere.txt")
    with pytest.raises(ValueError, match="`words` goes with"):
        Hierarchy.from_file(write(tmp_path / "h.csv", "a,b\n"), tmp_path / "words.txt")
