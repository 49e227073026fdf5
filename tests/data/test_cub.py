"""CUB-200-2011's layout, drawn small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import CUBImages
from xaikit.loading import load_images

CLASSES = ["001.Black_footed_Albatross", "002.Laysan_Albatross", "004.Groove_billed_Ani"]
NAMES = ["Black footed Albatross", "Laysan Albatross", "Groove billed Ani"]
PER_CLASS = 4


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (10, 8), (90, 90, 90)).save(path, quality=100)


def write(path: Path, *lines: str, end: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def lay(root: Path, end: str = "\n") -> Path:
    """Three classes of four pictures each, numbered from 1; the first two of each are training pictures."""
    files = [f"{name}/{name[4:]}_{k}.jpg" for name in CLASSES for k in range(PER_CLASS)]
    for file in files:
        put(root / "images" / file)
    every = range(1, len(files) + 1)
    write(root / "images.txt", *(f"{n} {file}" for n, file in zip(every, files, strict=True)), end=end)
    write(root / "classes.txt", *(f"{n} {name}" for n, name in enumerate(CLASSES, 1)), end=end)
    write(root / "image_class_labels.txt", *(f"{n} {1 + (n - 1) // PER_CLASS}" for n in every), end=end)
    write(root / "train_test_split.txt", *(f"{n} {int((n - 1) % PER_CLASS < 2)}" for n in every), end=end)
    write(root / "bounding_boxes.txt", *(f"{n} 1.0 2.0 6.0 5.5" for n in every), end=end)
    write(root / "parts/parts.txt", "1 back", "2 left eye", "3 tail", end=end)
    points = ["1 3.0 4.0 1", "2 10.0 0.5 1", "3 0.0 0.0 0"]
    write(root / "parts/part_locs.txt", *(f"{n} {point}" for n in every for point in points), end=end)
    return root


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    return lay(tmp_path / "CUB_200_2011")


def test_a_sample_has_all_that_the_files_tell(birds: Path) -> None:
    data = CUBImages(birds)
    assert data.class_names == NAMES
    assert np.bincount(data.labels).tolist() == [PER_CLASS] * 3
    sample = data[5]
    assert (sample.id, sample.label) == ("images/002.Laysan_Albatross/Laysan_Albatross_1.jpg", 1)
    assert sample.image.shape == (8, 10, 3) and sample.image.dtype == np.uint8
    assert sample.landmarks == {"back": (3.0, 4.0), "left eye": (10.0, 0.5)}, "the tail is not visible"
    assert sample.box == (1, 2, 7, 8) and sample.boxes == {"Laysan Albatross": (1, 2, 7, 8)}
    assert all(isinstance(corner, int) for corner in sample.box)


def test_splits_are_those_of_the_file(birds: Path) -> None:
    ids = {split: {s.id for s in CUBImages(birds, split)} for split in ("train", "val", "test", "all")}
    assert {split: len(own) for split, own in ids.items()} == {"train": 6, "val": 6, "test": 6, "all": 12}
    assert ids["val"] == ids["test"], "there is no validation set"
    assert not ids["train"] & ids["test"] and ids["train"] | ids["test"] == ids["all"]
    assert {name[-5] for name in ids["train"]} == {"0", "1"}


def test_what_belongs_to_a_picture_is_found_by_its_number(birds: Path) -> None:
    """Pictures of one class need not follow each other in the lists."""
    lines = (birds / "images.txt").read_text().splitlines()
    write(birds / "images.txt", *lines[::-1])
    write(birds / "bounding_boxes.txt", *(f"{n} 0 0 {1 + n % 10} 2" for n in range(12, 0, -1)))
    number = {name: int(n) for n, name in (line.split() for line in lines)}
    data = CUBImages(birds, "test")
    assert data.labels.tolist() == [0, 0, 1, 1, 2, 2]
    for sample in data:
        assert sample.box == (0, 0, 1 + number[sample.id.removeprefix("images/")] % 10, 2)


def test_the_folder_around_it_does_as_well(birds: Path) -> None:
    around, itself = CUBImages(birds.parent, "test"), CUBImages(birds, "test")
    assert around.paths == itself.paths and around[0].id == itself[0].id


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    data = CUBImages(lay(tmp_path, end="\r\n"))
    assert data.class_names == NAMES and len(data) == 12
    assert list(data[0].landmarks) == ["back", "left eye"]


def test_boxes_and_parts_need_not_be_there(birds: Path) -> None:
    (birds / "bounding_boxes.txt").unlink()
    (birds / "parts/part_locs.txt").unlink()
    sample = CUBImages(birds)[0]
    assert (sample.box, sample.boxes, sample.landmarks) == (None, {}, {})


ATTRIBUTES = ["1 has_bill_shape::cone", "2 has_wing_color::blue", "3 has_size::small_(5_-_9_in)"]
SAID = ["1 1 4 12.5", "2 0 3 1.0", "3 1 1 1.0"]


@pytest.mark.parametrize("place", ["attributes", ".", ".."])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_attributes_are_what_people_saw(birds: Path, place: str, end: str) -> None:
    write(birds / place / "attributes.txt", *ATTRIBUTES, end=end)
    lines = [f"{n} {said}" for n in range(1, 12) for said in SAID] + [""]
    lines[4] = "2 2 1 3 0 1.509"  # the data have a few lines with a field too many
    write(birds / "attributes/image_attribute_labels.txt", *lines, end=end)
    data = CUBImages(birds)
    assert data[0].attributes == {"has_bill_shape::cone": True, "has_wing_color::blue": False}
    assert data[1].attributes == {"has_bill_shape::cone": True, "has_wing_color::blue": True}
    assert data[10].attributes == data[0].attributes
    assert data[11].attributes == {}, "nobody was asked"


def test_attributes_without_names_are_not_known(birds: Path) -> None:
    write(birds / "attributes/image_attribute_labels.txt", "1 1 1 4 12.5")
    assert CUBImages(birds)[0].attributes == {}


@pytest.mark.parametrize("line", ["12 4 1 4 1.0", "12 1 2 4 1.0", "12 1 1 4", "12 a 1 4 1.0", "\xff"])
def test_an_attribute_that_cannot_be_understood_is_said(birds: Path, line: str) -> None:
    write(birds / "attributes.txt", *ATTRIBUTES)
    write(birds / "attributes/image_attribute_labels.txt", "1 1 1 4 1.0", "12 1 1 4 1.0", f"12 {line[3:]}")
    data = CUBImages(birds)
    assert data[0].attributes == {"has_bill_shape::cone": True}
    with pytest.raises(
        ImageError, match=r"must have lines like '17 3 1 4 27\.7', .*; got '12.*Copy the file"
    ):
        data[11]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["1 1 1 4 1.0", "13 1 1 4 1.0"],
            r"labels\.txt tells of number '13', which images\.txt does not know",
        ),
        (["a", "1 1 1 4 1.0"], r"labels\.txt tells of number 'a', which images\.txt does not know"),
        (["1 1 1 4 1.0", "2 1 1 4 1.0", "1 2 1 4 1.0"], r"the lines of picture 1 must follow each other"),
    ],
)
def test_attributes_of_other_pictures_are_said(birds: Path, lines: list[str], message: str) -> None:
    write(birds / "attributes.txt", *ATTRIBUTES)
    write(birds / "attributes/image_attribute_labels.txt", *lines)
    with pytest.raises(ValueError, match=message):
        CUBImages(birds)


def test_load_images_opens_it_balanced(birds: Path) -> None:
    data = load_images(f"cub:{birds}", "train", n=3)
    assert sorted(data.labels) == [0, 1, 2]
    renamed = data.named_as(["laysan albatross", "groove_billed_ani", "black_footed_albatross"])
    assert all(list(sample.boxes) == [renamed.class_names[sample.label]] for sample in renamed)


def test_pictures_that_no_line_names_are_left_out(birds: Path) -> None:
    put(birds / "images" / CLASSES[0] / "more.jpg")
    with pytest.warns(UserWarning, match=r"images\.txt does not name: 1 \('images/001.*more\.jpg'"):
        assert len(CUBImages(birds)) == 12


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("images.txt", "one 1.jpg", r"images\.txt, line 13 must be like '17 001\.Class/1\.jpg'; got 'one 1"),
        ("images.txt", "13", r"images\.txt, line 13 must be like"),
        ("images.txt", "12 001.a/1.jpg", r"two lines that begin with '12'"),
        ("images.txt", "13 ../../1.jpg", r"images\.txt tells of number 13, which image_class_labels\.txt"),
        ("classes.txt", "1 001.Crow", r"classes\.txt has two lines that begin with '1'"),
        ("classes.txt", "7 007.Laysan_Albatross", r"`classes\.txt` must be different from each other"),
        (
            "image_class_labels.txt",
            "13 1",
            r"labels\.txt tells of number 13, which images\.txt does not know",
        ),
        ("image_class_labels.txt", "1 1.5", r"labels\.txt, line 13 must be like '17 1'"),
        ("train_test_split.txt", "99 1", r"split\.txt tells of number 99, which images\.txt"),
        ("bounding_boxes.txt", "1 nan 2 3 4", r"boxes\.txt, line 13 must be like '17 60\.0 27\.0"),
        ("bounding_boxes.txt", "1 1 1 4 4", r"boxes\.txt has two lines that begin with '1'"),
        ("bounding_boxes.txt", "13 1 1 4 4", r"boxes\.txt tells of number 13"),
        ("parts/part_locs.txt", "1 1 3.0 4.0 1", r"locs\.txt has two lines that begin with '1 1'"),
        ("parts/part_locs.txt", "1 7 3.0 4.0 1", r"locs\.txt tells of number 7, which parts\.txt"),
        ("parts/part_locs.txt", "14 1 3.0 4.0 1", r"locs\.txt tells of number 14, which images\.txt"),
        ("parts/part_locs.txt", "1 1 3.0 4.0", r"locs\.txt, line 37 must be like"),
        ("parts/parts.txt", "beak", r"parts\.txt, line 4 must be like '1 back'"),
    ],
)
def test_lines_that_cannot_be_understood(birds: Path, file: str, line: str, message: str) -> None:
    with open(birds / file, "a") as opened:
        opened.write(line + "\n")
    with pytest.raises(ValueError, match=message):
        CUBImages(birds)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("image_class_labels.txt", "12 3\n", "", r"images\.txt tells of number 12, which image_class_labels"),
        (
            "image_class_labels.txt",
            "12 3\n",
            "12 9\n",
            r"tells of number 9, which classes\.txt does not know",
        ),
        ("train_test_split.txt", "12 0\n", "", r"images\.txt tells of number 12, which train_test_split"),
        ("train_test_split.txt", "12 0\n", "12 2\n", r"1 of a training picture and 0 of others; got '2'"),
        ("images.txt", "Ani_3.jpg", "Ani_9.jpg", r"Ani_9\.jpg', which is not there\. Copy the data again"),
        ("bounding_boxes.txt", "12 1.0 2.0 6.0 5.5", "12 1 2 0 5", r"picture 12 must have a width"),
    ],
)
def test_files_that_do_not_fit_together(birds: Path, file: str, old: str, new: str, message: str) -> None:
    text = (birds / file).read_text()
    assert old in text
    (birds / file).write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=message):
        CUBImages(birds)


def test_a_file_that_is_no_text_is_said(birds: Path) -> None:
    (birds / "classes.txt").write_bytes(b"1 001.\xff\xfe\n")
    with pytest.raises(ValueError, match=r"classes\.txt' is no text in UTF-8.*Copy the file again"):
        CUBImages(birds)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "parts/part_locs.txt",
            "1 1 3.0 4.0 1",
            "1 1 3.0 8.5 1",
            r"the part 'back' at \(3\.0, 8\.5\) lies outs",
        ),
        ("parts/part_locs.txt", "1 1 3.0 4.0 1", "1 1 -1.0 4.0 1", r"the part 'back' at \(-1\.0, 4\.0\)"),
        (
            "bounding_boxes.txt",
            "1 1.0 2.0 6.0 5.5",
            "1 1.0 2.0 9.5 5",
            r"the box \(1, 2, 11, 7\) lies outside",
        ),
    ],
)
def test_what_lies_outside_the_picture_is_said(
    birds: Path, file: str, old: str, new: str, message: str
) -> None:
    (birds / file).write_text((birds / file).read_text().replace(f"{old}\n", f"{new}\n", 1))
    data = CUBImages(birds)
    with pytest.raises(ImageError, match=message + r".*Albatross_0\.jpg' of 10×8 pixels"):
        data[0]
    assert data[1].landmarks, "the others can be read"
    with pytest.warns(UserWarning, match="1 of 12 pictures cannot be read"):
        assert len(data.kept(progress=False)) == 11


@pytest.mark.parametrize(
    "name", ["images.txt", "classes.txt", "image_class_labels.txt", "train_test_split.txt"]
)
def test_a_missing_file_is_said(birds: Path, name: str) -> None:
    (birds / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"as CUB-200-2011 does; there is no file '{name}'"):
        load_images(f"cub:{birds}")


def test_what_is_not_there_is_said(birds: Path, tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"must be the folder CUB_200_2011; there is none at .*nowhere"
    ):
        load_images(f"cub:{tmp_path / 'nowhere'}")
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        CUBImages(birds, "trian")
    (birds / "parts/parts.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"parts\.txt' is missing"):
        CUBImages(birds)
    write(birds / "train_test_split.txt", *(f"{n} 1" for n in range(1, 13)))
    with pytest.raises(ValueError, match="no picture for split 'test'"):
        CUBImages(birds, "test")
    (birds / "images").rename(birds / "pictures")
    with pytest.raises(FileNotFoundError, match="there is no folder 'images'"):
        CUBImages(birds)
