"""CelebA's layout, drawn small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import CelebAImages
from xaikit.data.celeba import readable_name
from xaikit.data.rows import table
from xaikit.loading import load_images

NAMES = ["5_o_Clock_Shadow", "Big_Nose", "No_Beard", "Wearing_Necktie"]
POINTS = " ".join(
    f"{p}_{axis}" for p in ("lefteye", "righteye", "nose", "leftmouth", "rightmouth") for axis in "xy"
)
N = 6
FILES = [f"{n:06}.jpg" for n in range(1, N + 1)]
PARTS = [0, 2, 0, 1, 0, 2]
WORDS = ["5 o'clock shadow", "big nose", "no beard", "wearing necktie"]


def signs(n: int) -> list[int]:
    """The attributes of picture n, from 1: the digits of n in base two."""
    return [1 if n >> k & 1 else -1 for k in range(len(NAMES))]


def write(path: Path, *lines: str, end: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def lay(root: Path, archive: bool = False, end: str = "\n") -> Path:
    """Six pictures of 10×8 pixels, with lists beside the folder, or in folders as in the archive."""
    pictures, anno, parts = (
        root / name for name in (("Img", "Anno", "Eval") if archive else (".", ".", "."))
    )
    (pictures / "img_align_celeba").mkdir(parents=True)
    for n, file in enumerate(FILES, 1):
        Image.new("RGB", (10, 8), (20 * n,) * 3).save(pictures / "img_align_celeba" / file, quality=100)
    said = (f"{file} {'  '.join(map(str, signs(n)))}" for n, file in enumerate(FILES, 1))
    write(anno / "list_attr_celeba.txt", str(N), " ".join(NAMES) + " ", *said, end=end)
    located = (f"{file}  2 3   7 3  {n} 4  3 6  10 8" for n, file in enumerate(FILES, 1))
    write(anno / "list_landmarks_align_celeba.txt", str(N), POINTS, *located, end=end)
    told = (f"{file} {part}" for file, part in zip(FILES, PARTS, strict=True))
    write(parts / "list_eval_partition.txt", *told, end=end)
    return root


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    return lay(tmp_path / "CelebA")


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_sample_has_all_that_the_files_tell(faces: Path) -> None:
    data = CelebAImages(faces, "all")
    assert data.class_names == ["face"]
    assert data.labels.tolist() == [0] * N
    for n, sample in enumerate(data, 1):
        assert sample.id == f"img_align_celeba/{FILES[n - 1]}"
        assert sample.image.shape == (8, 10, 3) and sample.image.dtype == np.uint8
        assert abs(int(sample.image.mean()) - 20 * n) <= 1
        assert sample.attributes == {word: sign == 1 for word, sign in zip(WORDS, signs(n), strict=True)}
        assert all(type(answer) is bool for answer in sample.attributes.values())
        assert sample.landmarks == {
            "left eye": (2.0, 3.0),
            "right eye": (7.0, 3.0),
            "nose": (float(n), 4.0),
            "left mouth": (3.0, 6.0),
            "right mouth": (10.0, 8.0),
        }
        assert sample.box is None and sample.parts == {}


def test_splits_are_those_of_the_file(faces: Path) -> None:
    ids = {split: [s.id[-5] for s in CelebAImages(faces, split)] for split in ("train", "val", "test", "all")}
    assert ids == {"train": ["1", "3", "5"], "val": ["4"], "test": ["2", "6"], "all": list("123456")}


def test_what_belongs_to_a_picture_is_found_by_its_name(faces: Path) -> None:
    """The lists need not have one order."""
    first, second, *lines = (faces / "list_attr_celeba.txt").read_text().splitlines()
    write(faces / "list_attr_celeba.txt", first, second, *lines[::-1])
    for sample in CelebAImages(faces, "test"):
        said = [1 if answer else -1 for answer in sample.attributes.values()]
        assert said == signs(int(sample.id[-5]))
        assert sample.landmarks["nose"] == (int(sample.id[-5]), 4)


def test_lists_and_pictures_may_lie_as_in_the_archive(faces: Path, tmp_path: Path) -> None:
    archive, flat = (
        CelebAImages(lay(tmp_path / "archive", archive=True), "train"),
        CelebAImages(faces, "train"),
    )
    assert archive[1].id == f"Img/{flat[1].id}"
    assert archive[1].attributes == flat[1].attributes and archive[1].landmarks == flat[1].landmarks


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    data = CelebAImages(lay(tmp_path, end="\r\n"), "val")
    assert data[0].attributes["no beard"] and not data[0].attributes["wearing necktie"]


def test_landmarks_need_not_be_there(faces: Path) -> None:
    (faces / "list_landmarks_align_celeba.txt").unlink()
    sample = CelebAImages(faces)[0]
    assert sample.landmarks == {} and len(sample.attributes) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "word"),
    [*zip(NAMES, WORDS, strict=True), ("Mouth_Slightly_Open", "mouth slightly open"), ("Male", "male")],
)
def test_names_are_made_readable(name: str, word: str) -> None:
    assert readable_name(name) == word


def test_load_images_opens_it(faces: Path) -> None:
    data = load_images(f"celeba:{faces}", "train", n=2, seed=1)
    assert len(data) == 2 and data.class_names == ["face"]
    assert {sample.id[-5] for sample in data} < set("135")


def test_pictures_that_no_line_names_are_left_out(faces: Path) -> None:
    Image.new("RGB", (10, 8)).save(faces / "img_align_celeba/000009.jpg")
    with pytest.warns(UserWarning, match=r"pictures that list_eval_partition\.txt does not name: 1"):
        assert len(CelebAImages(faces, "all")) == N


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("attr", "6\n", "six\n", r"list_attr_celeba\.txt, line 1 must be the number of rows; got 'six'"),
        ("attr", "6\n", "7\n", r"list_attr_celeba\.txt tells of 7 rows and has 6"),
        (
            "attr",
            "000002.jpg -1",
            "000002.jpg",
            r"line 4 must be a name .* and 4 whole numbers.*5_o_Clock_Sh",
        ),
        ("attr", "000002.jpg -1", "000002.jpg yes", r"line 4 must be .*got '000002\.jpg yes"),
        ("attr", "000002.jpg -1", "000002.jpg 99999", r"line 4 must be"),
        ("attr", "000002.jpg", "000001.jpg", r"line 4 must be a name that no other line has"),
        ("attr", "000002.jpg -1", "000002.jpg 0", r"line 4 must tell 1 or -1 .*got 0 of 5_o_Clock_Shadow"),
        ("attr", "Big_Nose", "No_Beard", r"got \['no beard'\] more than once"),
        ("attr", "000006.jpg", "000007.jpg", r"tells of the picture '000007\.jpg', which list_eval_part"),
        (
            "parts",
            "000006.jpg 2\n",
            "",
            r"the picture '000006\.jpg', which list_eval_partition\.txt does not",
        ),
        ("parts", "000006.jpg 2", "000007.jpg 2", r"picture '000006\.jpg', which list_eval_partition"),
        ("parts", "000006.jpg 2", "000006.jpg test", r"list_eval_partition\.txt, line 6 must be like"),
        ("parts", "000006.jpg 2", "000006.jpg 3", r"must tell 0, 1 or 2 .*got '3' of '000006\.jpg'"),
        ("parts", "000006.jpg 2", "000005.jpg 2", r"two lines that begin with '000005\.jpg'"),
        ("points", "nose_x", "chin_x", r"line 2 must name 'nose_x'"),
        ("points", "000002.jpg  2", "000002.jpg", r"list_landmarks_align_celeba\.txt, line 4 must be a name"),
        (
            "points",
            "000006.jpg",
            "000007.jpg",
            r"the picture '000007\.jpg', which list_attr_celeba\.txt does",
        ),
    ],
)
def test_files_that_are_wrong_are_named(faces: Path, file: str, old: str, new: str, message: str) -> None:
    called = {"attr": "attr_celeba", "parts": "eval_partition", "points": "landmarks_align_celeba"}
    replace_in(faces / f"list_{called[file]}.txt", old, new)
    with pytest.raises(ValueError, match=message):
        CelebAImages(faces)


def test_a_file_that_is_no_text_is_said(faces: Path) -> None:
    (faces / "list_attr_celeba.txt").write_bytes(b"6\nBig_\xff\xfe\n")
    with pytest.raises(ValueError, match=r"list_attr_celeba\.txt' is no text in UTF-8"):
        CelebAImages(faces)


def test_an_empty_list_is_said(faces: Path) -> None:
    (faces / "list_attr_celeba.txt").write_bytes(b"")
    with pytest.raises(ValueError, match="line 1 must be the number of rows; got ''"):
        CelebAImages(faces)


@pytest.mark.parametrize("point", ["11 3", "2 9", "-1 3"])
def test_a_landmark_outside_its_picture_is_said(faces: Path, point: str) -> None:
    replace_in(faces / "list_landmarks_align_celeba.txt", "000002.jpg  2 3", f"000002.jpg {point}")
    data = CelebAImages(faces)
    with pytest.raises(
        ImageError, match=r"'left eye' at \(.*outside its picture .*000002\.jpg' of 10×8 pixels"
    ):
        data[0]
    assert data[1].landmarks, "the others can be read"


@pytest.mark.parametrize("name", ["list_attr_celeba.txt", "list_eval_partition.txt"])
def test_a_missing_file_is_said(faces: Path, name: str) -> None:
    (faces / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"as CelebA does; there is no file '{name}'"):
        load_images(f"celeba:{faces}")


def test_what_is_not_there_is_said(faces: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"must be the folder of CelebA; there is none at .*nowhere"):
        load_images(f"celeba:{tmp_path / 'nowhere'}")
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        CelebAImages(faces, "trian")
    (faces / "img_align_celeba/000004.jpg").unlink()
    with pytest.raises(
        ValueError, match=r"list_eval_partition\.txt names '.*000004\.jpg', which is not there"
    ):
        CelebAImages(faces, "test")
    replace_in(faces / "list_eval_partition.txt", "000004.jpg 1", "000004.jpg 0")
    Image.new("RGB", (10, 8)).save(faces / "img_align_celeba/000004.jpg")
    with pytest.raises(ValueError, match="no picture for split 'val'"):
        CelebAImages(faces, "val")
    (faces / "img_align_celeba").rename(faces / "pictures")
    with pytest.raises(FileNotFoundError, match="there is no folder 'img_align_celeba'"):
        CelebAImages(faces)


def test_a_table_by_hand(tmp_path: Path) -> None:
    write(tmp_path / "list.txt", "2", "", "a b", "x 1 -2", "", "y 30000 4")
    found = table(tmp_path / "list.txt")
    assert found.columns == ["a", "b"] and found.rows == {"x": 0, "y": 1}
    assert found.values.tolist() == [[1, -2], [30000, 4]] and found.values.dtype == np.int16
    assert found.lines == [4, 6]
