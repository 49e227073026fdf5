"""ImageNet's layouts, drawn small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import ImageNetImages
from xaikit.loading import load_images

TENCH, CRANE, MACHINE, SUIT = "n01440764", "n02012849", "n03126707", "n03710721"
WORDS = f"{TENCH} tench, Tinca tinca\n{CRANE} crane\n{MACHINE} crane\n{SUIT} maillot, tank suit\n"
NAMES = ["tench", "crane bird", "crane", "maillot tank suit"]
VAL = [TENCH, MACHINE, TENCH, SUIT]
BOXES = f"""<annotation><filename>x</filename>
<object><name>{TENCH}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>
<object><name>{TENCH}</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>
<object><name>{CRANE}</name><bndbox><xmin>3</xmin><ymin>3</ymin><xmax>9</xmax><ymax>7</ymax></bndbox></object>
</annotation>"""


def put(path: Path, grey: int = 128) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (10, 8), (grey,) * 3).save(path, "JPEG", quality=100)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """train/<wnid>/, words, and a flat val/ whose classes no file tells yet."""
    for wnid in (MACHINE, TENCH, CRANE, SUIT):
        for k in range(3):
            put(tmp_path / "train" / wnid / f"{wnid}_{k}.JPEG", 40 * k)
    for k in range(4):
        put(tmp_path / "val" / f"ILSVRC2012_val_0000000{k + 1}.JPEG", 50 * k)
    write(tmp_path / "synset_words.txt", WORDS)
    return tmp_path


def flat(data: ImageNetImages) -> list[str]:
    return [data.wnids[label] for label in [sample.label for sample in sorted(data, key=lambda s: s.id)]]


def test_classes_are_named_as_torchvision_names_them(root: Path) -> None:
    data = ImageNetImages(root, "train")
    assert data.class_names == NAMES
    assert data.wnids == [TENCH, CRANE, MACHINE, SUIT]
    assert np.bincount(data.labels).tolist() == [3] * 4
    sample = data[0]
    assert (sample.id, sample.label) == (f"train/{TENCH}/{TENCH}_0.JPEG", 0)
    assert sample.image.shape == (8, 10, 3) and sample.boxes == {} and sample.box is None


def test_names_are_those_of_torchvision() -> None:
    categories = pytest.importorskip("torchvision.models._meta")._IMAGENET_CATEGORIES
    from xaikit.data.imagenet import NAMESAKES

    assert set(NAMESAKES.values()) <= set(categories)


def test_words_may_be_in_the_other_file_or_missing(root: Path) -> None:
    (root / "synset_words.txt").rename(root / "LOC_synset_mapping.txt")
    assert ImageNetImages(root, "train").class_names == NAMES
    (root / "LOC_synset_mapping.txt").unlink()
    data = ImageNetImages(root, "train")
    assert data.class_names == data.wnids


def test_a_name_of_several_classes_has_its_number_with_it(root: Path) -> None:
    write(root / "synset_words.txt", WORDS.replace("tench, Tinca tinca", "crane"))
    assert ImageNetImages(root, "train").class_names[:3] == [
        f"crane ({TENCH})",
        "crane bird",
        f"crane ({MACHINE})",
    ]


def test_every_split_has_all_classes(root: Path) -> None:
    put(root / "val" / SUIT / "a.JPEG")
    write(root / "synset_words.txt", WORDS + "n09999999 comet\n")
    data = ImageNetImages(root, "val")
    assert data.class_names == [*NAMES, "comet"]
    assert [sample.label for sample in data] == [3]


SOLUTION = "ImageId,PredictionString\n" + "".join(
    f"ILSVRC2012_val_0000000{k + 1},{wnid} 1 2 5 {6 + k}{f' {CRANE} 0 0 3 3' * (k == 1)} \n"
    for k, wnid in enumerate(VAL)
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOC_val_solution.csv", SOLUTION),
        ("val.txt", "".join(f"ILSVRC2012_val_0000000{k + 1}.JPEG {w}\n" for k, w in enumerate(VAL))),
        (
            "val.txt",
            "".join(f"val/ILSVRC2012_val_0000000{k + 1}.JPEG {n}\n" for k, n in enumerate([0, 2, 0, 3])),
        ),
        ("val/ILSVRC2012_validation_ground_truth.txt", "\n".join(VAL)),
        ("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", "7\n3\n7\n1\n"),
    ],
)
def test_pictures_in_one_folder_have_their_classes_from_a_file(root: Path, name: str, text: str) -> None:
    write(root / name, text)
    write(root / "map_clsloc.txt", f"{TENCH} 7 tench\n{MACHINE} 3 crane\n{SUIT} 1 maillot\n")
    for split in ("val", "test"):
        assert flat(ImageNetImages(root, split)) == VAL
    assert len(ImageNetImages(root, "all")) == 16


def test_boxes_of_the_solution_file(root: Path) -> None:
    write(root / "LOC_val_solution.csv", SOLUTION)
    data = ImageNetImages(root, "val")
    second = next(sample for sample in data if sample.id.endswith("2.JPEG"))
    assert second.box == (1, 2, 5, 7)
    assert second.boxes == {"crane": (1, 2, 5, 7), "crane bird": (0, 0, 3, 3)}


@pytest.mark.parametrize(
    "place", ["Annotations/{}", "Annotations/train/{}", "Annotations/CLS-LOC/train/{}", "Annotations"]
)
def test_boxes_of_annotations(root: Path, place: str) -> None:
    write(root / place.format(TENCH) / f"{TENCH}_1.xml", BOXES)
    data = ImageNetImages(root, "train")
    assert data[0].boxes == {}
    assert data[1].box == (1, 2, 5, 6), "the largest of its class"
    assert data[1].boxes == {"tench": (1, 2, 5, 6), "crane bird": (3, 3, 9, 7)}


@pytest.mark.parametrize(
    "text",
    ["<annotation><object>", BOXES.replace("<xmin>1</xmin>", ""), "<!DOCTYPE a [<!ENTITY b 'c'>]>" + BOXES],
)
def test_annotations_that_cannot_be_read_are_said(root: Path, text: str) -> None:
    write(root / "Annotations" / TENCH / f"{TENCH}_0.xml", text)
    with pytest.raises(ImageError, match=rf"{TENCH}_0\.xml"):
        ImageNetImages(root, "train")[0]


def test_the_layout_below_ilsvrc(root: Path, tmp_path: Path) -> None:
    inner = tmp_path / "ILSVRC" / "Data" / "CLS-LOC"
    inner.mkdir(parents=True)
    for name in ("train", "val"):
        (root / name).rename(inner / name)
    write(root / "LOC_val_solution.csv", SOLUTION)
    write(root / "ILSVRC/Annotations/CLS-LOC/val/ILSVRC2012_val_00000001.xml", BOXES)
    data = ImageNetImages(root, "val")
    assert flat(data) == VAL
    assert set(data[0].boxes) == {"tench", "crane bird"}
    assert len(ImageNetImages(root, "train")) == 12


def test_the_hierarchy_of_wordnet(root: Path) -> None:
    lines = f"n0 n1\nn0 n2\nn1 {TENCH}\nn1 {CRANE}\nn2 {MACHINE}\nn2 {SUIT}\n"
    write(root / "wordnet.is_a.txt", lines)
    write(root / "words.txt", f"n0\tentity\nn1\tanimal, beast\nn2\tartifact\n{TENCH}\ttench\n")
    data = load_images(f"imagenet:{root}", "train", n=4)
    assert data.hierarchy is not None
    assert data.hierarchy.path("crane bird") == ("entity", "animal", "crane bird")
    assert data.hierarchy.labels(data.class_names, 1) == ["animal", "animal", "artifact", "artifact"]


def test_load_images_opens_it_balanced(root: Path) -> None:
    data = load_images(f"imagenet:{root}", split="train", n=8)
    assert np.bincount(data.labels).tolist() == [2] * 4
    write(root / "LOC_val_solution.csv", SOLUTION)
    assert len(load_images(f"imagenet:{root}")) == 4


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("synset_words.txt", "tench\n", "synset_words.txt must have lines"),
        ("LOC_val_solution.csv", "a,b c\n", "row 1 must be"),
        (
            "LOC_val_solution.csv",
            f"other,{TENCH} 1 1 2 2\n",
            "does not tell the class of 'ILSVRC2012_val_00000001",
        ),
        ("val.txt", "a.JPEG 12\n", "val.txt must have lines"),
        ("val.txt", "a.JPEG\n", "val.txt must have lines"),
        ("ILSVRC2012_validation_ground_truth.txt", "1\n", "tells of 1 pictures; there are 4"),
        ("ILSVRC2012_validation_ground_truth.txt", "1\n2\n3\n4\n", "put its map_clsloc.txt"),
    ],
)
def test_files_that_cannot_be_understood(root: Path, name: str, text: str, message: str) -> None:
    write(root / name, text)
    with pytest.raises(ValueError, match=message):
        ImageNetImages(root, "val")


def test_what_is_not_there_is_said(root: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file tells the classes.*LOC_val_solution\.csv"):
        ImageNetImages(root, "val")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_images(f"imagenet:{tmp_path / 'nowhere'}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="holds no pictures of split 'val'"):
        ImageNetImages(tmp_path / "empty")
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        ImageNetImages(root, "trian")


@pytest.mark.real
def test_all_thousand_names_are_torchvisions(real_folder: Path, tmp_path: Path) -> None:
    categories = pytest.importorskip("torchvision.models._meta")._IMAGENET_CATEGORIES
    put(tmp_path / "train" / TENCH / "0.JPEG")
    write(tmp_path / "synset_words.txt", (real_folder / "synset_words.txt").read_text())
    assert ImageNetImages(tmp_path, "train").class_names == categories
