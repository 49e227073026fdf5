"""The set of pictures that everything reads from."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.data import Hierarchy, ImageSet, Sample
from xaikit.loading import load_images
from xaikit.worlds import WORLDS


class Counted(ImageSet):
    """Four grey pictures; counts how often one is read."""

    def __init__(self) -> None:
        super().__init__(["dark", "light"], [0, 1, 0, 1])
        self.reads = 0

    def _read(self, index: int) -> Sample:
        self.reads += 1
        return Sample(np.full((2, 2, 3), 10 * index, np.uint8), int(self.labels[index]), f"grey {index}")


def test_pictures_are_read_on_access_only() -> None:
    data = Counted()
    part = data.subset([3, 0])
    assert (len(data), len(part), data.reads) == (4, 2, 0)
    assert part[0].id == "grey 3"
    assert data.reads == 1


def test_indexing_counts_from_both_ends_and_stops_at_them() -> None:
    data = Counted()
    assert data[-1].id == "grey 3"
    assert data[np.int64(1)].id == "grey 1"
    for index in (4, -5):
        with pytest.raises(IndexError, match="4"):
            data[index]
    with pytest.raises(TypeError, match="subset"):
        data[1:2]


def test_iteration_gives_every_picture_once() -> None:
    assert [sample.id for sample in Counted()] == ["grey 0", "grey 1", "grey 2", "grey 3"]


def test_subsets_by_number_mask_and_class_agree() -> None:
    data = Counted()
    for part in (data.subset([1, 3]), data.subset(data.labels == 1), data.of_class("light")):
        assert [sample.id for sample in part] == ["grey 1", "grey 3"]
        assert part.labels.tolist() == [1, 1]
        assert part.class_names == data.class_names


def test_a_subset_of_a_subset_keeps_its_own_numbers() -> None:
    assert Counted().subset([3, 2, 1]).subset([-1])[0].id == "grey 1"


def test_wrong_subsets_are_refused() -> None:
    data = Counted()
    with pytest.raises(IndexError):
        data.subset([4])
    with pytest.raises(ValueError, match="length 4"):
        data.subset(np.array([True]))
    with pytest.raises(ValueError, match="Did you mean 'light'"):
        data.of_class("ligth")


def test_an_empty_subset_is_empty() -> None:
    assert list(Counted().subset([])) == []


def test_load_images_opens_a_world() -> None:
    data = load_images("toyworld/vehicles", split="val", n=12, seed=5)
    assert len(data) == 12
    assert np.bincount(data.labels).tolist() == [2] * 6
    assert data[2].id == "toyworld/vehicles/val/5/2"


def test_load_images_has_a_number_of_its_own() -> None:
    sizes = [len(load_images("toyworld/vehicles", split)) for split in ("train", "val", "test")]
    assert sizes == [6000, 600, 600]


def test_load_images_names_what_it_knows() -> None:
    with pytest.raises(ValueError, match=r"toyworld/vehicles.*Did you mean"):
        load_images("toyworld/vehicle")
    with pytest.raises(ValueError, match="toyworld/vehicles"):
        load_images("toyworld/nope")
    with pytest.raises(FileNotFoundError, match="toyworld/vehicles"):
        load_images("no/such/folder")
    with pytest.raises(ValueError, match="split"):
        load_images("toyworld/vehicles", split="all")
    with pytest.raises(ValueError, match="1 or more"):
        load_images("toyworld/vehicles", n=0)


def known() -> Counted:
    data = Counted()
    data.hierarchy = Hierarchy({"dark": ("grey", "dark"), "light": ("grey", "light")})
    data.truths = {"color": {"dark": "black", "light": "white"}}
    return data


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_is_told_from_others_without_being_drawn(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit that was kept is found at once; drawing thousands of pictures for that would take minutes."""
    data, others = (WORLDS[world]("test", 24, seed) for seed in (0, 1))

    def drawn(*_: object) -> Sample:
        raise AssertionError("a picture was drawn")

    reader = next(kind for kind in type(data).__mro__ if "_read" in vars(kind))
    monkeypatch.setattr(reader, "_read", drawn)
    assert data.signature() == WORLDS[world]("test", 24, 0).signature() != others.signature()
    assert data.subset([3]).signature() != data.subset([4]).signature()


def test_nothing_is_known_of_classes_unless_a_reader_says_so() -> None:
    data = Counted()
    assert data.hierarchy is None and data.truth("texture") == {}
    assert data[0].boxes == {}


def test_what_is_known_of_classes_goes_with_their_pictures() -> None:
    data = known()
    for part in (data.subset([1]), data.of_class("dark"), data.kept(progress=False), data + known()):
        assert part.hierarchy == data.hierarchy
        assert part.truth("color") == {"dark": "black", "light": "white"}
        assert part.truth("material") == {}


def test_sets_that_disagree_about_classes_know_nothing_of_them_together() -> None:
    both = known() + Counted()
    assert both.hierarchy is None and both.truth("color") == {}


def test_truths_are_handed_out_as_copies() -> None:
    data = known()
    data.truth("color")["dark"] = "green"
    assert data.truth("color")["dark"] == "black"


@pytest.mark.parametrize("indices", [[0.7], [True, 2], np.array([1.0]), 1, "12", [None]])
def test_pictures_are_numbered_by_whole_numbers(indices: object) -> None:
    with pytest.raises(TypeError, match="`indices` must be a list of whole numbers"):
        Counted().subset(indices)


@pytest.mark.parametrize("wrong", [{"n": 2.5}, {"n": True}, {"n": "3"}, {"seed": 0.5}, {"seed": True}])
@pytest.mark.parametrize(
    "spec",
    ["toyworld/vehicles", "toyworld/things", "toyworld/textures", "toyworld/birds", "toyworld/faces", "."],
)
def test_counts_are_whole_numbers(spec: str, wrong: dict) -> None:
    with pytest.raises(TypeError, match="must be a whole number"):
        load_images(spec, **wrong)


@pytest.mark.parametrize("n", [-1, 0])
def test_less_than_one_picture_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="`n` must be a whole number, 1 or more"):
        load_images(".", n=n)


def test_a_hierarchy_has_whole_levels() -> None:
    with pytest.raises(TypeError, match="`level` must be a whole number"):
        Hierarchy({"dark": ("grey", "dark")}).labels(["dark"], 0.5)


@pytest.mark.parametrize("labels", [[0.0, 1.0], [True, False], [0, 2], [-1]])
def test_labels_are_indices_of_class_names(labels: list) -> None:
    with pytest.raises((TypeError, ValueError), match="`labels` must be"):
        ImageSet(["dark", "light"], labels)
