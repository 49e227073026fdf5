"""Places365's three layouts and the scene parsing benchmark's annotations, drawn small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import PlacesImages
from xaikit.loading import load_images

CATEGORIES = ["/a/airfield", "/a/apartment_building/outdoor", "/b/bedroom", "/b/bus_station/indoor"]
NAMES = ["airfield", "apartment building outdoor", "bedroom", "bus station indoor"]
VAL = [2, 0, 2, 3, 1]
OBJECTS = """Idx\tRatio\tTrain\tVal\tName
1\t0.1576\t11664\t1172\twall
2 \t0.1072\t6046\t612\tbuilding, edifice
8\t0.0231\t1906\t199\tbed\x20
9\t0.0015\t139\t18\tscreen, silver screen
12\t0.0004\t108\t13\tscreen
"""


def put(path: Path, pixels: np.ndarray | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 10, 3), 90, np.uint8) if pixels is None else pixels).save(path)


def write(path: Path, *lines: str, end: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def listed(root: Path, end: str = "\n") -> Path:
    """As Places365 is handed out: three training pictures of each category, and five to validate on."""
    write(root / "categories_places365.txt", *(f"{c} {k}" for k, c in enumerate(CATEGORIES)), end=end)
    train = [(f"{c}/0000000{n}.jpg", k) for k, c in enumerate(CATEGORIES) for n in (1, 2, 3)]
    write(root / "places365_train_standard.txt", *(f"{name} {k}" for name, k in train), end=end)
    for name, _ in train:
        put(root / f"data_256{name}")
    names = [f"Places365_val_0000000{n}.jpg" for n in range(1, 6)]
    write(root / "places365_val.txt", *(f"{n} {k}" for n, k in zip(names, VAL, strict=True)), end=end)
    for name in names:
        put(root / "val_256" / name)
    return root


def in_folders(root: Path) -> Path:
    """As the "easyformat" has them."""
    for part, n in (("train", 3), ("val", 2)):
        for name in ("airfield", "apartment_building-outdoor", "bedroom", "bus_station-indoor"):
            for k in range(n):
                put(root / part / name / f"0000000{k}.jpg")
    return root


def parsed(root: Path) -> Path:
    """As the scene parsing benchmark is handed out."""
    write(root / "objectInfo150.txt", *OBJECTS.splitlines())
    lines = []
    numbers = np.zeros((8, 10), np.uint8)
    numbers[:4], numbers[6:, :5] = 1, 8
    for part, own in (("train", "training"), ("val", "validation")):
        for k, scene in enumerate(["bedroom", "airfield", "church_indoor"], 1):
            lines.append(f"ADE_{part}_0000000{k} {scene}")
            put(root / "images" / own / f"ADE_{part}_0000000{k}.jpg")
            put(root / "annotations" / own / f"ADE_{part}_0000000{k}.png", numbers)
    write(root / "sceneCategories.txt", *lines)
    return root


def test_pictures_come_with_the_classes_of_their_lists(tmp_path: Path) -> None:
    data = PlacesImages(listed(tmp_path), "train")
    assert data.class_names == NAMES
    assert np.bincount(data.labels).tolist() == [3] * 4
    sample = data[3]
    assert (sample.id, sample.label) == ("data_256/a/apartment_building/outdoor/00000001.jpg", 1)
    assert sample.image.shape == (8, 10, 3) and sample.parts == {}
    for split in ("val", "test"):
        found = sorted(PlacesImages(tmp_path, split), key=lambda s: s.id)
        assert [s.label for s in found] == VAL
    assert found[0].id == "val_256/Places365_val_00000001.jpg"
    assert len(PlacesImages(tmp_path, "all")) == 17


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    assert PlacesImages(listed(tmp_path, end="\r\n")).class_names == NAMES


def test_classes_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    write(listed(tmp_path) / "categories_places365.txt", *(f"{c} {3 - k}" for k, c in enumerate(CATEGORIES)))
    assert PlacesImages(tmp_path).class_names == NAMES[::-1]
    for folder in ("data_256", "val_256"):
        (tmp_path / folder).rename(tmp_path / folder.replace("256", "large"))
    (tmp_path / "filelist_places365-standard").mkdir()
    for file in tmp_path.glob("*.txt"):
        file.rename(file.parent / "filelist_places365-standard" / file.name)
    assert PlacesImages(tmp_path, "train").class_names == NAMES[::-1]
    assert len(PlacesImages(tmp_path, "all")) == 17


def test_one_split_may_be_there_alone(tmp_path: Path) -> None:
    (listed(tmp_path) / "val_256").rename(tmp_path / "elsewhere")
    assert len(PlacesImages(tmp_path, "train")) == 12
    with pytest.raises(FileNotFoundError, match="holds no pictures of split 'val'; expected data_256/"):
        PlacesImages(tmp_path)


@pytest.mark.parametrize("inner", ["", "places365_standard"])
def test_folders_of_classes_are_read_as_well(tmp_path: Path, inner: str) -> None:
    in_folders(tmp_path / inner)
    data = PlacesImages(tmp_path, "train")
    assert data.class_names == NAMES and np.bincount(data.labels).tolist() == [3] * 4
    assert PlacesImages(tmp_path).class_names == NAMES
    assert data[3].id == "train/apartment_building-outdoor/00000000.jpg", "from places365_standard on"


def test_folders_of_classes_are_numbered_as_listed(tmp_path: Path) -> None:
    more = [*CATEGORIES[::-1], "/z/zen_garden"]
    write(in_folders(tmp_path) / "categories_places365.txt", *(f"{c} {k}" for k, c in enumerate(more)))
    data = PlacesImages(tmp_path)
    assert data.class_names == [*NAMES[::-1], "zen garden"]
    assert all(data.class_names[s.label].split()[0] in s.id for s in data)
    put(tmp_path / "val" / "bed_room" / "1.jpg")
    with pytest.raises(
        ValueError, match=r"bed_room' must be called as a category .* Did you mean 'bedroom'\?"
    ):
        PlacesImages(tmp_path)


def test_scenes_come_with_masks_of_their_objects(tmp_path: Path) -> None:
    data = PlacesImages(parsed(tmp_path), "train")
    assert data.class_names == ["airfield", "bedroom", "church indoor"]
    assert [s.id for s in data][1] == "images/training/ADE_train_00000001.jpg"
    parts = data[1].parts
    assert list(parts) == ["wall", "bed"], "not what is called 0"
    assert all(mask.shape == (8, 10) and mask.dtype == bool for mask in parts.values())
    assert parts["wall"].sum() == 40 and parts["wall"][:4].all()
    assert parts["bed"].sum() == 10 and parts["bed"][6:, :5].all()
    (tmp_path / "annotations/validation/ADE_val_00000003.png").unlink()
    assert [bool(s.parts) for s in PlacesImages(tmp_path)] == [True, True, False]
    with pytest.warns(UserWarning, match="left out"):
        put(tmp_path / "images/validation/.hidden.jpg")
        assert len(PlacesImages(tmp_path)) == 3


def test_the_benchmarks_folder_may_lie_within(tmp_path: Path) -> None:
    parsed(tmp_path / "ADEChallengeData2016")
    assert len(PlacesImages(tmp_path)) == 3


def test_annotations_lie_as_the_pictures_do(tmp_path: Path) -> None:
    """Training pictures of Places365 are called the same in every category."""
    write(listed(tmp_path) / "objectInfo150.txt", *OBJECTS.splitlines(), end="\r\n")
    put(tmp_path / "annotations/train/b/bedroom/00000001.png", np.full((8, 10), 9, np.uint8))
    put(tmp_path / "annotations/val/Places365_val_00000002.png", np.full((8, 10), 12, np.uint8))
    train = {s.id: list(s.parts) for s in PlacesImages(tmp_path, "train") if s.parts}
    assert train == {"data_256/b/bedroom/00000001.jpg": ["screen (9)"]}, "the first word is another's, too"
    val = {s.id: list(s.parts) for s in PlacesImages(tmp_path, "all") if s.parts}
    assert val == train | {"val_256/Places365_val_00000002.jpg": ["screen (12)"]}


def test_numbers_with_a_palette_are_numbers(tmp_path: Path) -> None:
    """Colors for the eye do not change which object is meant."""
    file = parsed(tmp_path) / "annotations/validation/ADE_val_00000001.png"
    whole = PlacesImages(tmp_path)[1].parts
    picture = Image.fromarray(np.asarray(Image.open(file)), "P")
    picture.putpalette([0, 0, 0, 200, 30, 30] * 128)
    picture.save(file)
    colored = PlacesImages(tmp_path)[1].parts
    assert list(colored) == list(whole)
    assert all((colored[name] == whole[name]).all() for name in whole)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((4, 4), np.uint8), r"is 4×4 pixels, its picture 10×8\. Copy both"),
        (np.full((8, 10), 200, np.uint8), r"holds 200, and no object has that number; expected 0 .* 1 to 12"),
        (np.full((8, 10, 3), 8, np.uint8), r"must hold a number of 8 bits .* Pillow reads it as 'RGB'"),
        (np.full((8, 10), 8, np.uint16), r"must hold a number of 8 bits .* Pillow reads it as 'I;16'"),
    ],
)
@pytest.mark.filterwarnings("ignore:a picture of 16 bits")
def test_annotations_that_cannot_be_understood(tmp_path: Path, pixels: np.ndarray, message: str) -> None:
    put(parsed(tmp_path) / "annotations/validation/ADE_val_00000001.png", pixels)
    data = PlacesImages(tmp_path)
    with pytest.raises(ImageError, match=r"ADE_val_00000001\.png' " + message):
        data[1]
    assert data[0].parts, "the others can be read"
    with pytest.warns(UserWarning, match="1 of 3 pictures cannot be read"):
        assert len(data.kept(progress=False)) == 2


def test_a_damaged_annotation_is_said(tmp_path: Path) -> None:
    (parsed(tmp_path) / "annotations/validation/ADE_val_00000001.png").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"ADE_val_00000001\.png' is not a picture"):
        PlacesImages(tmp_path)[1]


def test_load_images_opens_it_balanced(tmp_path: Path) -> None:
    data = load_images(f"places:{listed(tmp_path)}", "train", n=4)
    assert sorted(data.labels) == [0, 1, 2, 3]
    assert len(load_images(f"places:{tmp_path}")) == 5
    asked = ["Airfield", "apartment_building-outdoor", "bedroom", "bus_station/indoor"]
    assert load_images(f"places:{tmp_path}", class_names=asked).class_names == asked


def test_pictures_that_no_line_names_are_left_out(tmp_path: Path) -> None:
    put(listed(tmp_path) / "val_256" / "more.jpg")
    with pytest.warns(UserWarning, match=r"places365_val\.txt does not name: 1 \('val_256/more\.jpg'\)"):
        assert len(PlacesImages(tmp_path)) == 5


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        (
            "places365_val.txt",
            "1.jpg",
            r"val\.txt, line 6 must be like '/a/airfield/1\.jpg 17'; got '1\.jpg'",
        ),
        ("places365_val.txt", "1.jpg 0", r"val\.txt names '.*1\.jpg', which is not there\. Copy the data"),
        ("places365_val.txt", "../data_256/a/airfield/00000001.jpg 0", r"which is not there"),
        ("places365_val.txt", "Places365_val_00000001.jpg 0", r"two lines that begin with 'Places365_val_0"),
        ("categories_places365.txt", "/c/cliff", r"line 5 must be like '/a/airfield 0'; got '/c/cliff'"),
        ("categories_places365.txt", "/c/cliff 9", r"must number its categories from 0 up, each once"),
        ("categories_places365.txt", "/a/bedroom 4", r"must be different from each other; got \['bedroom'\]"),
        ("categories_places365.txt", "/b/bedroom 4", r"two lines that begin with '/b/bedroom'"),
    ],
)
def test_lines_that_cannot_be_understood(tmp_path: Path, file: str, line: str, message: str) -> None:
    with open(listed(tmp_path) / file, "a") as opened:
        opened.write(line + "\n")
    with pytest.raises(ValueError, match=message):
        PlacesImages(tmp_path)


def test_a_class_that_is_not_listed_is_said(tmp_path: Path) -> None:
    write(listed(tmp_path) / "categories_places365.txt", "/a/airfield 0", "/b/bedroom 1")
    with pytest.raises(
        ValueError, match=r"tells class 2 of 'Places365_val_00000001\.jpg'; categories.* has 2"
    ):
        PlacesImages(tmp_path)


@pytest.mark.parametrize("name", ["places365_val.txt", "categories_places365.txt"])
def test_a_missing_list_is_said(tmp_path: Path, name: str) -> None:
    (listed(tmp_path) / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}' is missing"):
        load_images(f"places:{tmp_path}")


@pytest.mark.parametrize("name", ["sceneCategories.txt", "objectInfo150.txt"])
def test_a_missing_list_of_the_benchmark_is_said(tmp_path: Path, name: str) -> None:
    (parsed(tmp_path) / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}' is missing"):
        PlacesImages(tmp_path)


def test_scenes_and_objects_that_do_not_fit_are_said(tmp_path: Path) -> None:
    put(parsed(tmp_path) / "images/validation/ADE_val_00000009.jpg")
    with pytest.raises(ValueError, match=r"does not tell the scene of '.*ADE_val_00000009\.jpg'"):
        PlacesImages(tmp_path)
    write(tmp_path / "objectInfo150.txt", "1 wall")
    with pytest.raises(
        ValueError, match=r"objectInfo150\.txt, line 1 must be like '1 0\.1576 11664 1172 wall'"
    ):
        PlacesImages(tmp_path, "train")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"must be the folder of the scenes; there is none at .*nowhere"
    ):
        load_images(f"places:{tmp_path / 'nowhere'}")
    with pytest.raises(FileNotFoundError, match=r"holds no pictures of scenes; expected data_256/"):
        PlacesImages(tmp_path)
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        PlacesImages(listed(tmp_path), "trian")
    for name in ("a_b", "a-b"):
        put(tmp_path / "twice" / "val" / name / "1.jpg")
    with pytest.raises(ValueError, match=r"must be different from each other; got \['a b'\]"):
        PlacesImages(tmp_path / "twice")
