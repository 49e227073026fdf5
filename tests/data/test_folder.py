"""Folders of pictures, good and bad."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import (
    CelebAImages,
    CUBImages,
    DTDImages,
    FMDImages,
    FolderImages,
    Hierarchy,
    ImageNetImages,
    PlacesImages,
)
from xaikit.data.folder import _split_called
from xaikit.data.scan import suffixes
from xaikit.loading import load_images


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


def test_classes_and_files_come_by_code_point_and_that_is_said(animals: Path) -> None:
    with pytest.warns(UserWarning, match="ImageFolder's order.*not as a person counts.*'cat', 'Dog 2'"):
        data = FolderImages(animals)
    assert data.class_names == ["Dog 2", "cat", "dog 10"]
    assert [path.name for path in data.paths[30:33]] == ["1.png", "10.png", "11.png"]
    assert np.bincount(data.labels).tolist() == [30, 40, 5]


def test_logits_of_a_network_trained_with_image_folder_get_their_own_names(tmp_path: Path) -> None:
    for name in ("1", "2", "10", "A", "b"):
        put(tmp_path / name / "0.png")
    with pytest.warns(UserWarning, match="by code point"):
        assert FolderImages(tmp_path).class_names == ["1", "10", "2", "A", "b"]


def test_a_sample_has_its_picture_label_and_path(animals: Path) -> None:
    sample = FolderImages(animals)[31]
    assert sample.image.shape == (4, 6, 3)
    assert sample.image.dtype == np.uint8
    assert (sample.image == 10).all()
    assert (sample.label, sample.id) == (1, "cat/10.png")
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
    assert names == [["Dog 2", "cat", "dog 10"]] * 4


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


def test_a_folders_classes_are_called_as_the_networks(tmp_path: Path) -> None:
    for name in ("n02690373_airliner", "n02007558_flamingo"):
        put(tmp_path / name / "0.png")
    known = ["crane", "flamingo", "airliner"]
    data = load_images(tmp_path, split="all", class_names=known)
    assert data.class_names == ["flamingo", "airliner"]
    with pytest.raises(ValueError, match="'n02007558_flamingo' is none of them"):
        load_images(tmp_path, split="all", class_names=["airliner"])
    with pytest.raises(TypeError, match="list of str"):
        load_images(tmp_path, split="all", class_names="airliner")


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
    with pytest.warns(UserWarning, match="left out: ") as told:
        data = FolderImages(animals)
    assert len(data) == 75
    assert data.class_names == ["Dog 2", "cat", "dog 10"]
    (line,) = [str(one.message) for one in told if "left out" in str(one.message)]
    assert "files of other kinds: 1 ('cat/notes.txt')" in line
    assert "hidden files: 1 ('cat/._1.png')" in line and "folders without a picture: 1 ('empty')" in line
    assert "README" not in line and ".git" not in line, "these hold no pictures"


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n cut off"])
def test_a_corrupt_picture_is_named_and_the_rest_can_be_read(animals: Path, content: bytes) -> None:
    (animals / "cat" / "0.png").write_bytes(content)
    data = FolderImages(animals)
    with pytest.raises(ImageError, match=r"0\.png"):
        data[30]
    assert data[31].id == "cat/1.png"


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


# ---- what is a split, and what a class ----


def tree(root: Path, *files: str) -> Path:
    """Empty files: which there are is told without reading any."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


LAYOUTS = {
    "a class called train": ("car/1.png train/1.png bus/1.png", "bus car train", 3, None),
    "classes called test and train": ("car/1.png train/1.png test/1.png", "car test train", 3, None),
    "a class called train, in sub-folders": (
        "car/1.png train/steam/1.png", "car train", 2, "'train' is taken for a class",
    ),
    "a class called train, in both": ("car/1.png train/1.png train/steam/1.png", "car train", 3, None),
    "classes called train in splits": (
        "train/train/1.png train/car/1.png test/train/1.png", "car train", 3, None,
    ),
    "capitals": ("Train/cat/1.png Train/dog/1.png Test/cat/1.png", "cat dog", 3, None),
    "valid": ("train/cat/1.png valid/dog/1.png test/cat/1.png", "cat dog", 3, None),
    "long names": (
        "Training_Set/cat/1.png validation-data/dog/1.png Testing.Images/cat/1.png", "cat dog", 3, None,
    ),
    "one split alone": ("train/cat/1.png train/dog/1.png", "cat dog", 2, None),
    "an empty folder called as a split": ("car/1.png bus/1.png val/", "bus car", 2, "without a.*'val'"),
    "labels beside the splits": (
        "train/cat/1.png val/dog/1.png labels/a.txt", "cat dog", 2, "files of other kinds",
    ),
    "pictures beside the splits": (
        "train/cat/1.png val/dog/1.png samples/1.png", "cat dog", 2, "beside the splits: 1 .'samples'",
    ),
    "pictures beside the classes of a split": (
        "train/cat/1.png train/2.png test/3.png", "cat", 1, "pictures beside the class folders: 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_called_as_a_split_is_one_where_its_pictures_lie_in_classes(
    layout: str, tmp_path: Path
) -> None:
    files, names, n, told = LAYOUTS[layout]
    for name in files.split():
        (tmp_path / name).mkdir(parents=True) if name.endswith("/") else tree(tmp_path, name)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        data = FolderImages(tmp_path)
    assert (data.class_names, len(data)) == (names.split(), n)
    assert len(load_images(tmp_path, split="all")) == n
    messages = [str(one.message) for one in warned]
    if told is None:
        assert messages == []
    else:
        (message,) = messages
        assert re.search(told, message)


def test_folders_called_as_splits_without_classes_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\['test', 'train'\], called as splits, with pictures of no class"):
        FolderImages(tree(tmp_path, "train/1.png", "test/1.png"))


def test_splits_of_other_spellings_are_asked_for_by_the_usual_names(tmp_path: Path) -> None:
    tree(tmp_path, "Train/cat/1.png", "valid/cat/2.png", "validation/dog/3.png")
    ids = {split: [path.name for path in FolderImages(tmp_path, split).paths] for split in ("train", "val")}
    assert ids == {"train": ["1.png"], "val": ["2.png", "3.png"]}
    with pytest.raises(ValueError, match=r"has the splits \['train', 'val'\]; got 'test'"):
        FolderImages(tmp_path, "test")


@pytest.mark.parametrize(
    ("split", "spellings"),
    [
        ("train", "train Train TRAIN training training_set train-data trainset Training Images"),
        ("val", "val valid validation Validation_Set val_images"),
        ("test", "test testing Test-Set testing_data"),
        (None, "trains trainer value validity testament contest all train1 tests"),
    ],
)
def test_spellings_of_splits(split: str | None, spellings: str) -> None:
    for name in spellings.split():
        if name != "Images":
            assert _split_called(name) == split, name


# ---- what is read, and what is left out ----


@pytest.mark.parametrize(
    "end", ["pgm", "PPM", "jfif", "JPE", "webp", "TIF", "tiff", "bmp", "gif", "JPEG", "tga"]
)
def test_pictures_of_every_ending_that_pillow_reads(end: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    kind = {"jfif": "JPEG", "jpe": "JPEG"}.get(end.lower())
    Image.new("RGB", (6, 4)).save(tmp_path / "a" / f"1.{end}", kind)
    assert FolderImages(tmp_path)[0].image.shape == (4, 6, 3)


def test_all_that_image_folder_reads_is_read_and_nothing_that_cannot_be() -> None:
    from torchvision.datasets.folder import IMG_EXTENSIONS

    assert set(IMG_EXTENSIONS) <= suffixes()
    assert not {".pdf", ".eps", ".mpg", ".h5", ".txt", ".npy", ".xml"} & suffixes()


def test_what_is_hidden_is_left_out_at_any_depth_and_named(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.png", "a/b/.ipynb_checkpoints/2.png", ".ipynb_checkpoints/c/3.png", "a/@eaDir/1.jpg")
    with pytest.warns(UserWarning, match="left out: hidden folders: 3") as told:
        data = FolderImages(tmp_path)
    assert (data.class_names, len(data)) == (["a"], 1)
    assert "'a/b/.ipynb_checkpoints'" in str(told[0].message)


def test_links_are_followed_but_not_back(tmp_path: Path) -> None:
    away = tree(tmp_path / "away", "1.png", "deep/2.png")
    root = tree(tmp_path / "root", "cat/0.png")
    (root / "dog").symlink_to(away, target_is_directory=True)
    (root / "cat" / "more").symlink_to(away / "deep", target_is_directory=True)
    (root / "cat" / "3.png").symlink_to(away / "1.png")
    (root / "cat" / "up").symlink_to(root, target_is_directory=True)
    (root / "cat" / "itself").symlink_to(root / "cat" / "itself")
    (root / "cat" / "gone.png").symlink_to(root / "nowhere.png")
    with pytest.warns(UserWarning, match="left out") as told:
        data = FolderImages(root)
    assert [p.relative_to(root).as_posix() for p in data.paths] == [
        "cat/0.png", "cat/3.png", "cat/more/2.png", "dog/1.png", "dog/deep/2.png",
    ]  # fmt: skip
    assert "links that lead back: 1 ('cat/up')" in str(told[0].message)
    assert "links that lead nowhere or no files: 1 ('cat/gone.png')" in str(told[0].message)


@pytest.mark.parametrize("locked", ["dog", "dog/deep"])
def test_a_folder_that_may_not_be_read_is_an_error(locked: str, tmp_path: Path, monkeypatch) -> None:
    tree(tmp_path, "cat/1.png", "dog/deep/2.png")
    scandir = os.scandir

    def refusing(path: str | Path) -> object:
        if Path(path) == tmp_path / locked:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)
    with pytest.raises(PermissionError, match=f"{locked}' may not be read.*Give yourself the right"):
        FolderImages(tmp_path)


@pytest.mark.parametrize(
    "reader",
    [
        FolderImages,
        ImageNetImages,
        DTDImages,
        FMDImages,
        CUBImages,
        CelebAImages,
        PlacesImages,
        Hierarchy.from_file,
        load_images,
    ],
)
@pytest.mark.parametrize("path", ["", "  "])
def test_an_empty_path_is_not_the_current_folder(reader: object, path: str) -> None:
    with pytest.raises(ValueError, match=r"is empty: got '.*'. Give '.' for the current folder"):
        reader(path)


@pytest.mark.parametrize("spec", ["imagenet:", "dtd:", "fmd: ", "cub:", "places:", "celeba:"])
def test_a_layout_asks_for_a_folder(spec: str) -> None:
    with pytest.raises(ValueError, match=f"`{spec.strip()}<folder>` is empty"):
        load_images(spec)


def test_a_folder_may_be_called_like_a_layout(tmp_path: Path, monkeypatch) -> None:
    put(tmp_path / "imagenet" / "cat" / "1.png")
    monkeypatch.chdir(tmp_path)
    assert load_images("imagenet", split="all").class_names == ["cat"]


@pytest.mark.parametrize(
    ("reader", "below"),
    [(DTDImages, "images"), (FMDImages, "image"), (ImageNetImages, "train"), (PlacesImages, "train")],
)
def test_every_reader_of_folders_leaves_out_the_same_and_says_so(
    reader: object, below: str, tmp_path: Path
) -> None:
    classes = ["n00000010", "n00000002"]
    for name in classes:
        tree(
            tmp_path,
            f"{below}/{name}/1.pgm",
            f"{below}/{name}/.ipynb_checkpoints/2.png",
            f"{below}/{name}/x.txt",
        )
    split = "train" if reader in (ImageNetImages, PlacesImages) else "all"
    with pytest.warns(UserWarning, match=r"hidden folders: 2 .*; files of other kinds: 2"):
        data = reader(tmp_path, split)
    assert data.class_names == sorted(classes)
    assert len(data) == 2


# ---- torchvision's ImageFolder as oracle ----

NAMES = ["1", "2", "10", "a", "B", "b-2", "b", "b 1", "Ä", "train", "_", "9.png", "é"]
ENDS = [".png", ".JPG", ".jpeg", ".pgm", ".webp", ".tif", ".txt", ".npy", ""]


def grown(root: Path, rng: np.random.Generator, depth: int = 0) -> None:
    """A random tree of empty files: at the top folders alone."""
    root.mkdir(exist_ok=True)
    for name in rng.choice(NAMES, rng.integers(1 if depth == 0 else 0, 5), replace=False):
        if depth < 3:
            grown(root / name, rng, depth + 1)
    for number in rng.permutation(12)[: rng.integers(0, 4) if depth else 0]:
        (root / f"{number}{rng.choice(ENDS)}").touch()


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_classes_and_files_are_those_of_image_folder(seed: int, tmp_path: Path) -> None:
    from torchvision.datasets import ImageFolder

    grown(tmp_path / "root", np.random.default_rng(seed))
    (tmp_path / "root" / "cat").mkdir()
    (tmp_path / "root" / "cat" / "0.png").touch()
    theirs = ImageFolder(str(tmp_path / "root"), allow_empty=True)
    ours = FolderImages(tmp_path / "root")
    assert ours.class_names == [name for k, name in enumerate(theirs.classes) if k in theirs.targets]
    told = [(str(path), ours.class_names[label]) for path, label in zip(ours.paths, ours.labels, strict=True)]
    assert told == [(path, theirs.classes[label]) for path, label in theirs.samples]
