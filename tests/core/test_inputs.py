"""Every accepted form of pictures gives the same answer; every other is refused with a reason."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from xaikit import ImageError
from xaikit.core.classifier import Classifier
from xaikit.core.inputs import iterate_images


class Album:
    """Pictures by number, as an ImageSet gives them; only `[i]` and `len` are promised."""

    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        if index >= len(self.images):
            raise IndexError(index)
        return SimpleNamespace(image=self.images[index])


def as_tensor(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


@pytest.fixture
def paths(pictures, tmp_path):
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    return sorted(tmp_path.glob("*.png"))


def test_many_pictures_in_every_form(tiny_classifier, pictures, paths):
    expected = tiny_classifier.logits(pictures)
    forms = {
        "array": pictures,
        "list of arrays": list(pictures),
        "tuple": tuple(pictures),
        "generator": (picture for picture in pictures),
        "paths": paths,
        "names": [str(path) for path in paths],
        "PIL": [Image.open(path) for path in paths],
        "tensor": as_tensor(pictures),
        "list of tensors": list(as_tensor(pictures)),
        "uint8 tensor": torch.from_numpy(pictures).permute(0, 3, 1, 2),
        "set": Album(pictures),
        "samples": [Album(pictures)[index] for index in range(5)],
        "mixed": [pictures[0], str(paths[1]), as_tensor(pictures)[2], pictures[3:]],
    }
    for name, form in forms.items():
        np.testing.assert_array_equal(tiny_classifier.logits(form), expected, err_msg=name)


def test_one_picture_in_every_form(tiny_classifier, pictures, paths):
    expected = tiny_classifier.logits(pictures[:1])
    sample = Album(pictures)[0]
    for form in (pictures[0], paths[0], str(paths[0]), Image.open(paths[0]), as_tensor(pictures)[0], sample):
        np.testing.assert_array_equal(tiny_classifier.logits(form), expected)


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        ([], ValueError, "`images` is empty"),
        (np.zeros((0, 4, 4, 3), np.uint8), ValueError, "`images` is empty"),
        (np.zeros((4, 4, 3)), TypeError, "must be uint8, 0 to 255; got float64"),
        (np.zeros((2, 4, 4, 3), np.float32), TypeError, "must be uint8, 0 to 255; got float32"),
        (np.zeros((2, 3, 8, 8), np.uint8), ValueError, r"must have shape .*got \(3, 8, 8\)"),
        (torch.full((1, 3, 4, 4), float("nan")), ValueError, "finite; got NaN"),
        (torch.full((1, 3, 4, 4), 255.0), ValueError, "0..1; got 255 to 255.*divide by 255"),
        (torch.full((1, 3, 4, 4), -0.5), ValueError, "0..1; got -0.5"),
        (torch.zeros(1, 1, 4, 4), ValueError, r"\(n, 3, h, w\) or \(3, h, w\); got \(1, 1, 4, 4\)"),
        (torch.zeros(1, 3, 4, 4, dtype=torch.int64), TypeError, "got torch.int64"),
        (None, TypeError, "got NoneType"),
        ([None], TypeError, "got NoneType"),
        ({"a": 1}, TypeError, "got dict"),
        ("nowhere.jpg", FileNotFoundError, "nowhere.jpg"),
    ],
)
def test_other_forms_are_refused(tiny_classifier, images, error, message):
    with pytest.raises(error, match=message):
        tiny_classifier.logits(images)


def test_a_broken_file_among_good_ones_is_named(tiny_classifier, paths):
    paths[3].write_bytes(paths[3].read_bytes()[:200])
    with pytest.raises(ImageError, match=r"3\.png"):
        tiny_classifier.logits(paths)


def test_one_pixel_is_a_picture_but_a_poor_one(tiny_classifier):
    with pytest.warns(UserWarning, match="1×1 pixels is enlarged to 32×32"):
        view = tiny_classifier.view(np.full((1, 1, 3), 77, np.uint8))
    assert view.shape == (32, 32, 3)
    assert (view == 77).all()


def test_pictures_are_read_only_when_it_is_their_turn(tiny_model, pictures):
    classifier = Classifier(tiny_model, ["cat", "dog", "bird"], 32, device="cpu", memory_budget=100_000)
    read = 0

    def source():
        nonlocal read
        for picture in np.tile(pictures, (4, 1, 1, 1)):
            read += 1
            yield picture

    seen = 0
    for views in classifier.views(source()):
        seen += len(views)
        assert read == seen
        assert 1 < len(views) < 10
    assert seen == 20


def test_a_stream_yields_uint8_rgb(pictures):
    for image in iterate_images(as_tensor(pictures)):
        assert image.dtype == np.uint8
        assert image.shape == (32, 32, 3)
