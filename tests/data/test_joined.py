"""Sets that are put together, and sets that are held in memory."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.data import ImageSet, Sample
from xaikit.loading import load_images
from xaikit.worlds.vehicles import POSES, dataset


class Grey(ImageSet):
    """Small grey pictures of the given classes; counts how often one is read, and can be slow at it."""

    def __init__(self, name: str, class_names: list[str], labels: list[int]) -> None:
        super().__init__(class_names, labels)
        self.name, self.reads = name, 0

    def _read(self, index: int) -> Sample:
        self.reads += 1
        image = np.full((2, 2, 3), 10 * index, np.uint8)
        return Sample(
            image, int(self.labels[index]), f"{self.name} {index}", parts={"all": image[..., 0] > 0}
        )


CATS = Grey("home", ["cat", "dog"], [0, 1, 1])
BIRDS = Grey("garden", ["bird", "cat"], [0, 1])


def test_classes_of_the_same_name_are_one_class():
    both = CATS + BIRDS
    assert both.class_names == ["cat", "dog", "bird"]
    assert both.labels.tolist() == [0, 1, 1, 2, 0]
    assert (BIRDS + CATS).class_names == ["bird", "cat", "dog"]


def test_classes_are_called_as_a_network_calls_them():
    named = CATS.named_as(["Dog, hound", "bird", "n02121808 cat"])
    assert named.class_names == ["n02121808 cat", "Dog, hound"]
    assert named.labels.tolist() == [0, 1, 1] and named[2].id == "home 2"
    with pytest.raises(ValueError, match="'dog' is none of them"):
        CATS.named_as(["cat", "bird"])


def test_what_is_known_of_classes_goes_with_their_new_names():
    pairs = load_images("toyworld/pairs", split="test", n=2)
    named = pairs.named_as([name.upper() for name in pairs.class_names])
    old, new = pairs[0], named[0]
    assert list(new.boxes) == [name.upper() for name in old.boxes]
    assert named.class_names[new.label] == pairs.class_names[old.label].upper()
    first = pairs.class_names[0]
    assert named.hierarchy.path(first.upper()) == pairs.hierarchy.path(first)
    assert named.truth("texture") == {name.upper(): v for name, v in pairs.truth("texture").items()}


def test_pictures_keep_their_names_and_get_the_label_of_the_whole():
    both = CATS + BIRDS
    assert [sample.id for sample in both] == ["home 0", "home 1", "home 2", "garden 0", "garden 1"]
    assert [sample.label for sample in both] == both.labels.tolist()
    assert both[-1].id == "garden 1"
    assert [sample.id for sample in both.of_class("cat")] == ["home 0", "garden 1"]
    assert "all" in both[3].parts


def test_joining_reads_nothing():
    one, other = Grey("a", ["x"], [0]), Grey("b", ["x"], [0, 0])
    both = one + other
    assert (len(both), one.reads, other.reads) == (3, 0, 0)
    assert both[2].id == "b 1"
    assert (one.reads, other.reads) == (0, 1)


def test_many_sets_join_in_order_whatever_the_brackets():
    empty = CATS.subset([])
    left, right = (CATS + empty) + BIRDS, CATS + (empty + BIRDS)
    assert [sample.id for sample in left] == [sample.id for sample in right]
    assert left.class_names == right.class_names
    assert left.labels.tolist() == right.labels.tolist()


@pytest.mark.parametrize("other", [[1, 2], None, "toyworld/vehicles"])
def test_only_sets_can_be_joined(other):
    with pytest.raises(TypeError, match="load_images makes one"):
        CATS + other


def test_poses_of_different_classes_join_to_a_biased_set():
    buses = dataset("train", 3, 0, ["school bus"], [POSES[0]])
    tanks = dataset("train", 3, 0, ["tank"], [POSES[2]])
    biased = buses + tanks
    assert biased.class_names == ["school bus", "tank"]
    poses = [sample.scene.pose.name for sample in biased]
    assert poses == [POSES[0]] * 3 + [POSES[2]] * 3


def test_different_pictures_of_a_world_have_different_names():
    sets = [
        dataset("train", 6, 0),
        dataset("train", 6, 0, ["tank"]),
        dataset("train", 6, 0, ["tank"], ["side"]),
        dataset("train", 6, 0, ["school bus"], ["side"]),
        dataset("train", 6, 1, ["tank"], ["side"]),
    ]
    joined = sets[0] + sets[1] + sets[2] + sets[3] + sets[4]
    assert len({sample.id for sample in joined}) == len(joined) == 30


def test_kept_pictures_are_read_once_and_the_same():
    slow = Grey("a", ["x", "y"], [0, 1, 0])
    kept = slow.kept(progress=False)
    reads = slow.reads
    assert [sample.id for sample in kept] == ["a 0", "a 1", "a 2"]
    assert kept.labels.tolist() == [0, 1, 0]
    assert kept.class_names == ["x", "y"]
    assert kept[2].image.max() == 20
    assert slow.reads == reads
    assert kept[0].parts == {}, "masks are heavy and stay behind"
    assert len(slow.subset([]).kept(progress=False)) == 0


def test_pictures_read_by_several_processes_are_those_read_here(monkeypatch):
    data = dataset("val", 60, 3, ["tank", "city bus"])
    monkeypatch.setattr("xaikit.data.reading.PATIENCE", 0.0)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    kept = data.kept(progress=False)
    assert [sample.label for sample in kept] == data.labels.tolist()
    for index in (0, 24, 25, 59):
        assert np.array_equal(kept[index].image, data[index].image)
        assert kept[index].id == data[index].id
        assert kept[index].attributes == data[index].attributes
        assert kept[index].box == data[index].box
        assert kept[index].scene is None
