"""Pascal-Part's layout, drawn small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from xaikit.core.errors import ImageError
from xaikit.data import PascalPartImages
from xaikit.data.pascal_part import CLASSES, word_of
from xaikit.loading import load_images

HEIGHT, WIDTH = 8, 12
IDS = ["2008_000008", "2008_000045", "2009_000001", "2010_000020"]


def block(x0: int, y0: int, x1: int, y1: int, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    mask[y0:y1, x0:x1] = 1
    return mask


def structs(rows: list[dict[str, Any]]) -> np.ndarray:
    """A MATLAB struct array; without an entry it is the empty matrix that the data have there."""
    if not rows:
        return np.zeros((0, 0))
    array = np.empty((1, len(rows)), [(name, object) for name in rows[0]])
    for k, row in enumerate(rows):
        array[0, k] = tuple(row.values())
    return array


def thing(name: str, mask: np.ndarray, **parts: np.ndarray) -> dict[str, Any]:
    told = structs([{"part_name": code, "mask": own} for code, own in parts.items()])
    number = CLASSES.index(name) + 1 if name in CLASSES else {"table": 11}.get(name, 99)
    return {"class": name, "class_ind": float(number), "mask": mask, "parts": told}


HORSE = thing(
    "horse",
    block(4, 1, 12, 8),
    head=block(9, 1, 12, 4),
    lear=block(9, 1, 10, 2),
    rear=block(11, 1, 12, 2),
    lfuleg=block(5, 5, 6, 8),
    rblleg=block(10, 5, 11, 7),
    lfho=block(5, 7, 6, 8),
    tail=block(0, 0, 0, 0),
)
TOLD = {
    IDS[0]: [thing("person", block(0, 0, 3, 4), head=block(0, 0, 3, 1)), HORSE],
    IDS[1]: [thing("bird", block(0, 0, 3, 3), beak=block(2, 0, 3, 1)), thing("table", block(3, 3, 12, 8))],
    IDS[2]: [thing("bus", block(0, 0, 9, 6), wheel_1=block(1, 5, 2, 6), wheel_12=block(7, 5, 8, 6))],
    IDS[3]: [
        thing("cat", block(2, 2, 6, 6)),
        thing("cat", block(0, 0, 12, 1)),
        thing("sign", block(0, 1, 12, 8)),
    ],
}


def annotate(root: Path, id_: str, objects: list[dict[str, Any]]) -> None:
    folder = root / "Annotations_Part"
    folder.mkdir(parents=True, exist_ok=True)
    anno = {"anno": {"imname": id_, "objects": structs(objects)}}
    savemat(folder / f"{id_}.mat", anno, do_compression=True)


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (WIDTH, HEIGHT), (90, 90, 90)).save(path)


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))


def lay(root: Path, home: str = "VOCdevkit/VOC2010") -> Path:
    """Four pictures; the first two are for training."""
    for id_, objects in TOLD.items():
        put(root / home / "JPEGImages" / f"{id_}.jpg")
        annotate(root, id_, objects)
    lists = root / home / "ImageSets/Main"
    write(lists / "train.txt", *IDS[:2])
    write(lists / "val.txt", *IDS[2:])
    write(lists / "bird_train.txt", f"{IDS[0]} -1", f"{IDS[1]}  1")
    return root


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    return lay(tmp_path / "Pascal-Part")


def test_a_sample_has_all_that_its_annotation_tells(parts: Path) -> None:
    data = PascalPartImages(parts)
    assert tuple(data.class_names) == CLASSES
    assert [data.class_names[k] for k in data.labels] == ["bus", "cat", "diningtable", "horse"]
    sample = data[3]
    assert sample.id == f"VOCdevkit/VOC2010/JPEGImages/{IDS[0]}.jpg"
    assert sample.image.shape == (HEIGHT, WIDTH, 3) and sample.image.dtype == np.uint8
    assert list(sample.parts) == ["head", "ear", "leg", "hoof"], "the tail is not seen"
    assert all(mask.shape == (HEIGHT, WIDTH) and mask.dtype == bool for mask in sample.parts.values())
    ears = block(9, 1, 10, 2) | block(11, 1, 12, 2)
    assert (sample.parts["ear"] == ears).all(), "both ears, and not the person's head"
    assert sample.parts["leg"].sum() == 5
    assert sample.box == (4, 1, 12, 8)
    assert sample.boxes == {"person": (0, 0, 3, 4), "horse": (4, 1, 12, 8)}
    assert sample.landmarks["head"] == (10.0, 2.0)
    for name, (x, y) in sample.landmarks.items():
        assert sample.parts[name][int(y), int(x)], name


def test_the_label_is_the_class_of_the_largest_object(parts: Path) -> None:
    """One class's objects do not count together, and what is none of VOC's does not count."""
    data = PascalPartImages(parts, "train")
    table = data[0]
    assert data.class_names[table.label] == "diningtable", "that is what the data call a table"
    assert table.parts == {} and table.boxes == {"bird": (0, 0, 3, 3), "diningtable": (3, 3, 12, 8)}
    cats = PascalPartImages(parts, "val")[1]
    assert cats.box == (2, 2, 6, 6) and cats.boxes == {"cat": (2, 2, 6, 6)}, "the larger of both cats"


def test_splits_are_those_of_the_lists(parts: Path) -> None:
    ids = {split: {s.id[-15:-4] for s in PascalPartImages(parts, split)} for split in ("train", "val", "all")}
    assert ids == {"train": set(IDS[:2]), "val": set(IDS[2:]), "all": set(IDS)}
    assert PascalPartImages(parts, "test").paths == PascalPartImages(parts, "val").paths


@pytest.mark.parametrize("home", ["", "VOC2010", "VOCdevkit/VOC2010"])
def test_pictures_may_lie_beside_the_annotations_or_in_their_kit(tmp_path: Path, home: str) -> None:
    assert len(PascalPartImages(lay(tmp_path, home), "train")) == 2


def test_without_lists_pictures_fall_into_splits_for_good(parts: Path) -> None:
    for name in ("train", "val", "bird_train"):
        (parts / f"VOCdevkit/VOC2010/ImageSets/Main/{name}.txt").unlink()
    (parts / "VOCdevkit/VOC2010/ImageSets/Main").rmdir()
    for k in range(12):
        put(parts / f"VOCdevkit/VOC2010/JPEGImages/2011_{k}.jpg")
        annotate(parts, f"2011_{k}", TOLD[IDS[2]])
    own = [{s.id for s in PascalPartImages(parts, split)} for split in ("train", "val", "test")]
    assert sum(map(len, own)) == len(set.union(*own)) == len(PascalPartImages(parts)) == 16


@pytest.mark.parametrize(
    ("code", "word"),
    [
        *(
            ("leye", "eye"),
            ("rear", "ear"),
            ("lear", "ear"),
            ("rhorn", "horn"),
            ("lwing", "wing"),
            ("beak", "beak"),
        ),
        *(
            ("lleg", "leg"),
            ("llleg", "leg"),
            ("rfleg", "leg"),
            ("lbuleg", "leg"),
            ("rflleg", "leg"),
            ("tail", "tail"),
        ),
        *(
            ("lfpa", "paw"),
            ("rbho", "hoof"),
            ("lfoot", "foot"),
            ("ruarm", "arm"),
            ("llarm", "arm"),
            ("nose", "nose"),
        ),
        *(("lebrow", "eyebrow"), ("fwheel", "wheel"), ("wheel_10", "wheel"), ("fliplate", "license plate")),
        *(("leftmirror", "mirror"), ("rightside", "side"), ("hfrontside", "front"), ("cleftside_3", "side")),
        *(("muzzle", "muzzle"), ("handlebar", "handlebar"), ("coach_2", "coach"), ("croofside_1", "roof")),
    ],
)
def test_codes_are_told_in_words(code: str, word: str) -> None:
    assert word_of(code) == word


@pytest.mark.parametrize("code", ["", "ear", "xleye", "lfpaw", "fin", "tail_", "lft leg"])
def test_what_is_no_code_has_no_word(code: str) -> None:
    with pytest.raises(KeyError):
        word_of(code)


def test_load_images_opens_it_balanced(parts: Path) -> None:
    data = load_images(f"pascal-part:{parts}", "train", n=2)
    assert sorted(data.class_names[k] for k in data.labels) == ["diningtable", "horse"]


def test_pictures_without_what_is_needed_are_left_out(parts: Path) -> None:
    pictures = parts / "VOCdevkit/VOC2010/JPEGImages"
    for id_ in ("2008_7", "2008_8"):
        put(pictures / f"{id_}.jpg")
    annotate(parts, "2008_8", [thing("sign", block(0, 0, 5, 5)), thing("cow", block(0, 0, 0, 0))])
    write(pictures.parent / "ImageSets/Main/train.txt", *IDS[:2], "2008_7", "2008_8")
    told = (
        r"without an annotation: 1 \('VOC.*2008_7\.jpg'\).*object of VOC's classes: 1 \('VOC.*2008_8\.jpg'\)"
    )
    with pytest.warns(UserWarning, match=told):
        assert len(PascalPartImages(parts, "train")) == 2


@pytest.mark.parametrize(
    "content", [b"", b"no MATLAB file", b"MATLAB 5.0 MAT-file".ljust(200, b" "), "cut", "other", "flat"]
)
def test_an_annotation_that_cannot_be_read_is_said(parts: Path, content: bytes | str) -> None:
    file = parts / f"Annotations_Part/{IDS[0]}.mat"
    if content == "other":
        savemat(file, {"anno": np.arange(3)}, do_compression=True)
    elif content == "flat":
        savemat(file, {"anno": {"imname": "1", "objects": structs([HORSE])}})
    else:
        file.write_bytes(file.read_bytes()[:-40] if content == "cut" else content)
    with pytest.raises(ImageError, match=rf"annotation .*{IDS[0]}\.mat' cannot be read: .*Copy it again"):
        PascalPartImages(parts, "train")
    assert len(PascalPartImages(parts, "val")) == 2, "those of the other split can"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            thing("cow", block(0, 0, 9, 9, (9, 12))),
            r"a mask of 'cow' of 12×9 pixels, its picture 12×8\. Copy both",
        ),
        (
            thing("cow", block(0, 0, 9, 9), muzzle=block(0, 0, 1, 1, (8, 10))),
            r"a mask of 'muzzle' of 10×8 pixels, its picture 12×8",
        ),
        (
            thing("cow", block(0, 0, 9, 9), fin=block(0, 0, 1, 1)),
            r"a part 'fin', which Pascal-Part does not have",
        ),
    ],
)
def test_what_does_not_fit_its_picture_is_said_on_access(
    parts: Path, wrong: dict[str, Any], message: str
) -> None:
    annotate(parts, IDS[0], [wrong])
    data = PascalPartImages(parts, "train")
    with pytest.raises(ImageError, match=message):
        data[0]
    assert data[1].boxes, "the others can be read"
    with pytest.warns(UserWarning, match="1 of 2 pictures cannot be read"):
        assert len(data.kept(progress=False)) == 1


def test_what_is_not_there_is_said(parts: Path, tmp_path: Path) -> None:
    kit = parts / "VOCdevkit/VOC2010"
    with pytest.raises(FileNotFoundError, match=r"the folder of Pascal-Part; there is none at .*nowhere"):
        load_images(f"pascal-part:{tmp_path / 'nowhere'}")
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        PascalPartImages(parts, "trian")
    write(kit / "ImageSets/Main/train.txt", IDS[0], "2008_999999")
    with pytest.raises(ValueError, match=r"train\.txt names '2008_999999', which is not there"):
        PascalPartImages(parts, "train")
    write(kit / "ImageSets/Main/train.txt")
    with pytest.raises(ValueError, match="no picture for split 'train'"):
        PascalPartImages(parts, "train")
    (kit / "ImageSets/Main/train.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"train\.txt' is missing"):
        PascalPartImages(parts, "all")
    (kit / f"JPEGImages/{IDS[1]}.jpg").unlink()
    with pytest.raises(ValueError, match=rf"{IDS[1]}\.mat' tells of the picture '{IDS[1]}', which is not in"):
        PascalPartImages(parts)
    (kit / "JPEGImages").rename(kit / "Pictures")
    with pytest.raises(FileNotFoundError, match="there is no folder 'JPEGImages'"):
        PascalPartImages(parts)
    (parts / "Annotations_Part").rename(parts / "Annotations")
    with pytest.raises(
        FileNotFoundError, match=r"as Pascal-Part and VOC2010 do; there is no folder 'Annotations_P"
    ):
        PascalPartImages(parts)
