"""Folders of pictures, good and bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import FolderImages, load_images


def put(path: Path, grey: int = 128) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (6, 4), (grey, grey, grey)).save(path)
    return path


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    for k in range(1, 41):
        put(tmp_path / "cat" / f"{k}.png", k)
    for k in range(1, 31):
        put(tmp_path / "Dog 2" / "young" / f"{k}.jpg", 200)
    for k in range(1, 6):
        put(tmp_path / "dog 10" / f"{k}.webp")
    return tmp_path


def test_classes_and_files_come_in_the_order_a_person_counts(animals: Path) -> None:
    data = FolderImages(animals)
    assert data.class_names == ["cat", "Dog 2", "dog 10"]
    assert [path.name for path in data.paths[:3]] == ["1.png", "2.png", "3.png"]
    assert np.bincount(data.labels).tolist() == [40, 30, 5]


def test_a_sample_has_its_picture_label_and_path(animals: Path) -> None:
    sample = FolderImages(animals)[1]
    assert sample.image.shape == (4, 6, 3)
    assert sample.image.dtype == np.uint8
    assert (sample.image == 2).all()
    assert (sample.label, sample.id) == (0, "cat/2.png")
    assert sample.parts == {} and sample.box is None and sample.scene is None


def test_splits_share_nothing_and_miss_nothing(animals: Path) -> None:
    parts = {split: {s.id for s in FolderImages(animals, split)} for split in ("train", "val", "test")}
    assert sum(map(len, parts.values())) == 75
    assert set.union(*parts.values()) == {s.id for s in FolderImages(animals)}
    assert len(parts["train"]) == pytest.approx(45, abs=12)


def test_a_file_keeps_its_split_when_others_come(animals: Path) -> None:
    before = {s.id for s in FolderImages(animals, "val")}
    put(animals / "cat" / "0.png")
    assert before <= {s.id for s in FolderImages(animals, "val")} | {"cat/0.png"}


def test_class_names_are_the_same_in_every_split(animals: Path) -> None:
    names = [FolderImages(animals, split).class_names for split in ("train", "val", "test", "all")]
    assert names == [["cat", "Dog 2", "dog 10"]] * 4


def test_ready_made_splits_are_used(tmp_path: Path) -> None:
    for split, n in (("train", 3), ("test", 2)):
        for label in ("b", "a"):
            for k in range(n):
                put(tmp_path / split / label / f"{k}.png")
    put(tmp_path / "test" / "c" / "0.png")
    assert len(FolderImages(tmp_path, "train")) == 6
    assert FolderImages(tmp_path, "train").class_names == ["a", "b", "c"]
    assert len(FolderImages(tmp_path, "all")) == 11
    with pytest.raises(ValueError, match=r"\['train', 'test'\]"):
        FolderImages(tmp_path, "val")


def test_load_images_balances_and_shuffles(animals: Path) -> None:
    data = load_images(animals, split="all", n=12, seed=1)
    assert np.bincount(data.labels).tolist() == [4, 4, 4]
    ids = [s.id for s in data]
    assert ids == [s.id for s in load_images(str(animals), split="all", n=12, seed=1)]
    assert ids != [s.id for s in load_images(animals, split="all", n=12, seed=2)]
    assert len(load_images(animals, split="all", n=1000)) == 75


def test_a_small_class_leaves_its_turns_to_the_others(animals: Path) -> None:
    data = load_images(animals, split="all", n=25)
    assert np.bincount(data.labels).tolist() == [10, 10, 5]


def test_one_class_is_a_set_too(tmp_path: Path) -> None:
    put(tmp_path / "only" / "a.png")
    assert FolderImages(tmp_path).class_names == ["only"]


def test_files_that_are_no_pictures_are_passed_over(animals: Path) -> None:
    (animals / "cat" / "notes.txt").write_text("not a picture")
    (animals / "cat" / "._1.png").write_bytes(b"\x00")
    (animals / "README.md").write_text("about")
    (animals / ".git").mkdir()
    (animals / "empty").mkdir()
    assert len(FolderImages(animals)) == 75
    assert FolderImages(animals).class_names == ["cat", "Dog 2", "dog 10"]


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n cut off"])
def test_a_corrupt_picture_is_named_and_the_rest_can_be_read(animals: Path, content: bytes) -> None:
    (animals / "cat" / "0.png").write_bytes(content)
    data = FolderImages(animals)
    with pytest.raises(ImageError, match=r"0\.png"):
        data[0]
    assert data[1].id == "cat/1.png"


def test_names_outside_ascii_and_upper_case_endings_are_read(tmp_path: Path) -> None:
    put(tmp_path / "Äpfel" / "größe ☂.PNG")
    assert FolderImages(tmp_path)[0].id == "Äpfel/größe ☂.PNG"


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    for expected in ("one sub-folder per class", "cat/1.jpg"):
        with pytest.raises(ValueError, match=expected):
            FolderImages(tmp_path)


def test_pictures_beside_each_other_are_no_classes(tmp_path: Path) -> None:
    put(tmp_path / "a.png")
    with pytest.raises(ValueError, match="one sub-folder per class"):
        FolderImages(tmp_path)


def test_no_folder_and_no_split(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        FolderImages(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        FolderImages(tmp_path, "trian")
