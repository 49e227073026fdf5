"""Textures and materials, in the layouts of DTD and FMD, drawn small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.data import DTDImages, FMDImages
from xaikit.loading import load_images


def put(path: Path, pixels: np.ndarray | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 10, 3), 90, np.uint8) if pixels is None else pixels).save(path, quality=100)


@pytest.fixture
def textures(tmp_path: Path) -> Path:
    lists: dict[str, list[str]] = {"train1": [], "val1": [], "test1": [], "test2": []}
    for name in ("banded", "dotted", "woven"):
        for k in range(1, 10):
            put(tmp_path / "images" / name / f"{name}_{k:04}.jpg")
            lists[("train1", "val1", "test1")[k % 3]].append(f"{name}/{name}_{k:04}.jpg")
    lists["test2"] = lists["train1"][:2]
    (tmp_path / "labels").mkdir()
    for split, names in lists.items():
        (tmp_path / "labels" / f"{split}.txt").write_text("\n".join(names) + "\n")
    return tmp_path


@pytest.fixture
def materials(tmp_path: Path) -> Path:
    mask = np.zeros((8, 10), np.uint8)
    mask[:, :5] = 255
    for name in ("fabric", "glass"):
        for k in range(20):
            put(tmp_path / "image" / name / f"{name}_{k}.jpg")
            put(tmp_path / "mask" / name / f"{name}_{k}.jpg", mask)
        (tmp_path / "image" / name / "Thumbs.db").write_bytes(b"\x00")
    return tmp_path


def test_textures_come_in_the_splits_of_their_files(textures: Path) -> None:
    splits = {split: {s.id for s in DTDImages(textures, split)} for split in ("train", "val", "test")}
    assert {split: len(ids) for split, ids in splits.items()} == {"train": 9, "val": 9, "test": 9}
    assert set.union(*splits.values()) == {sample.id for sample in DTDImages(textures)}
    data = DTDImages(textures, "test")
    assert data.class_names == ["banded", "dotted", "woven"]
    assert data[0].id == "images/banded/banded_0002.jpg" and data[0].attributes == {}
    assert [s.id for s in DTDImages(textures, "test", partition=2)][1] == "images/banded/banded_0006.jpg"


def test_further_textures_are_attributes(textures: Path) -> None:
    joint = "banded/banded_0002.jpg banded woven \nbanded/banded_0005.jpg banded\n"
    (textures / "labels" / "labels_joint_anno.txt").write_text(joint)
    data = DTDImages(textures, "test")
    assert data[0].attributes == {"banded": True, "dotted": False, "woven": True}
    assert data[2].attributes == {}


def test_masks_of_materials_are_their_part(materials: Path) -> None:
    data = FMDImages(materials)
    assert data.class_names == ["fabric", "glass"] and len(data) == 40
    assert list(data[25].parts) == ["glass"]
    mask = data[25].parts["glass"]
    assert mask.dtype == bool and mask[:, :5].all() and not mask[:, 5:].any()
    (materials / "mask" / "fabric" / "fabric_0.jpg").unlink()
    assert data[0].parts == {}


def test_splits_of_materials_share_nothing_and_miss_nothing(materials: Path) -> None:
    splits = [{s.id for s in FMDImages(materials, split)} for split in ("train", "val", "test")]
    assert sum(map(len, splits)) == 40 == len(set.union(*splits))
    assert {s.id for s in load_images(f"fmd:{materials}", "train")} == splits[0]


def test_a_mask_of_another_size_is_said(materials: Path) -> None:
    put(materials / "mask" / "fabric" / "fabric_0.jpg", np.zeros((4, 4), np.uint8))
    with pytest.raises(ImageError, match=r"fabric_0\.jpg' is 4×4 pixels, its picture 10×8"):
        FMDImages(materials)[0]


def test_load_images_opens_both(textures: Path, tmp_path: Path) -> None:
    data = load_images(f"dtd:{textures}", n=6)
    assert np.bincount(data.labels).tolist() == [2, 2, 2]


def test_what_is_not_there_is_said(textures: Path, tmp_path: Path) -> None:
    (textures / "labels" / "val1.txt").write_text("dotted/dotted_0100.jpg\n")
    with pytest.raises(ValueError, match=r"val1\.txt names .*dotted_0100\.jpg'"):
        DTDImages(textures, "val")
    (textures / "labels" / "val1.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"val1\.txt"):
        DTDImages(textures, "val")
    for layout, folder in (("dtd", "images"), ("fmd", "image")):
        with pytest.raises(FileNotFoundError, match=f"no folder '{folder}'"):
            load_images(f"{layout}:{tmp_path / 'nowhere'}")
    for layout in (DTDImages, FMDImages):
        with pytest.raises(ValueError, match="Did you mean 'test'"):
            layout(textures if layout is DTDImages else _empty(tmp_path), "tets")
    with pytest.raises(ValueError, match="no picture"):
        FMDImages(_empty(tmp_path))


def _empty(root: Path) -> Path:
    (root / "image").mkdir(exist_ok=True)
    return root


def test_an_unknown_layout_lists_those_there_are() -> None:
    with pytest.raises(
        FileNotFoundError, match=r"'imagenet:<folder>', 'dtd:<folder>', 'fmd:<folder>'.*Did you"
    ):
        load_images("imagnet:/data")
