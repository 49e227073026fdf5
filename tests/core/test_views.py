"""What is a view already is taken as it is; every other picture is scaled and cropped, whatever its size."""

from __future__ import annotations

import copy
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from xaikit import sweep
from xaikit.attribution import gradcam, integrated_gradients
from xaikit.core.classifier import Classifier
from xaikit.core.images import View, erase, overlay, paste
from xaikit.core.inputs import iterate_images
from xaikit.core.reducers import Mean

SIDE = 32
NAMES = ["cat", "dog", "bird"]


@pytest.fixture
def cropping(tiny_model) -> Classifier:
    """A network that is shown the middle half of a picture."""
    return Classifier(tiny_model, NAMES, SIDE, device="cpu", crop=0.5)


@pytest.fixture
def picture(pictures) -> np.ndarray:
    return pictures[0]


# ---- pictures ----


def test_a_picture_as_large_as_the_view_is_prepared_in_every_form(cropping, picture, tmp_path):
    transforms = pytest.importorskip("torchvision").transforms
    own = transforms.Compose([transforms.Resize(64), transforms.CenterCrop(SIDE)])
    expected = np.asarray(own(Image.fromarray(picture)))
    path = tmp_path / "picture.png"
    Image.fromarray(picture).save(path)
    tensor = torch.from_numpy(picture).permute(2, 0, 1)
    forms = {
        "path": path,
        "name": str(path),
        "bytes": path.read_bytes(),
        "PIL": Image.fromarray(picture),
        "array": picture,
        "array of one": picture[None],
        "with alpha": np.dstack([picture, np.full((SIDE, SIDE), 255, np.uint8)]),
        "tensor": tensor,
        "float tensor": tensor / 255,
        "sample": SimpleNamespace(image=picture),
        "list": [picture],
    }
    for name, form in forms.items():
        np.testing.assert_array_equal(cropping.view(form), expected, err_msg=name)


@pytest.mark.parametrize("neighbour", [SIDE - 1, SIDE + 1])
def test_one_pixel_more_or_less_does_not_change_the_field_of_view(cropping, neighbour):
    """A ramp from 0 to 1 is seen from 1/4 to 3/4."""
    for side in (SIDE, neighbour):
        ramp = np.linspace(0, 255, side).round().astype(np.uint8)
        seen = cropping.view(np.broadcast_to(ramp[:, None, None], (side, side, 3)))
        assert abs(int(seen[0, 0, 0]) - 64) < 6 and abs(int(seen[-1, 0, 0]) - 191) < 6


def test_without_a_crop_a_picture_as_large_as_the_view_is_the_view(tiny_classifier, picture):
    np.testing.assert_array_equal(tiny_classifier.view(picture), picture)


# ---- views ----

ASKED = {
    "view": lambda c, p: c.view(p),
    "views": lambda c, p: next(c.views(p)),
    "logits": lambda c, p: c.logits(p),
    "probabilities": lambda c, p: c.probabilities(p),
    "predict": lambda c, p: c.predict(p),
    "features": lambda c, p: c.features(p),
    "features_and_gradients": lambda c, p: c.features_and_gradients(p)[2],
    "gradient_batches": lambda c, p: next(c.gradient_batches(p)).views,
    "layer_batches": lambda c, p: next(c.layer_batches(p, ["mix"])).views,
}
METHODS = {
    "gradcam": lambda c, p: gradcam(c, p, "cat").images,
    "baseline": lambda c, p: integrated_gradients(c, p, "cat", n_steps=1, baseline=p).values,
    "sweep": lambda c, p: sweep(c, [p], {"mean": Mean()}, "mix", progress=False)["mean"],
}


@pytest.mark.filterwarnings("ignore:.*the map of")
@pytest.mark.parametrize("question", [*ASKED, *METHODS])
def test_a_view_answers_as_the_picture_it_came_from(cropping, picture, question):
    ask = (ASKED | METHODS)[question]
    np.testing.assert_array_equal(ask(cropping, cropping.view(picture)), ask(cropping, picture))


@pytest.mark.parametrize("question", ASKED)
def test_an_array_is_a_view_where_one_says_so(cropping, picture, question):
    view = np.array(cropping.view(picture))
    assert type(view) is np.ndarray
    for given in (view, Image.fromarray(view), torch.from_numpy(view).permute(2, 0, 1)):
        told = ASKED[question](_Told(cropping), given)
        np.testing.assert_array_equal(told, ASKED[question](cropping, picture))


class _Told:
    """A classifier whose every method is told that pictures are views."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    def __getattr__(self, name):
        return lambda *given: getattr(self.classifier, name)(*given, as_view=True)


def test_what_is_no_view_cannot_be_said_to_be_one(cropping, pictures):
    with pytest.raises(ValueError, match=r"`as_view=True`.*32×32 pixels; got 31×32.*Leave `as_view` out"):
        cropping.logits(pictures[:, :, 1:], as_view=True)


def test_a_view_of_another_size_is_a_picture(cropping, tiny_model, picture):
    other = Classifier(tiny_model, NAMES, 16, device="cpu", crop=1.0)
    small = other.view(picture)
    np.testing.assert_array_equal(cropping.view(small), cropping.view(np.asarray(small)))


KEPT = {
    "copied": lambda v: v.copy(),
    "deep copied": copy.deepcopy,
    "pickled": lambda v: pickle.loads(pickle.dumps(v)),
    "indexed": lambda v: v[:],
    "flipped": lambda v: v[:, ::-1],
    "stacked": lambda v: np.stack([v, v])[1],
    "concatenated": lambda v: np.concatenate([v[None], v[None]])[0],
    "blended": lambda v: np.rint(0.5 * v + 0.5 * v[::-1]).astype(np.uint8),
    "pasted into": lambda v: paste(v, np.full((4, 4, 4), 255, np.uint8), (9, 9)),
    "erased from": lambda v: erase(v, np.eye(SIDE, dtype=bool), "inpaint"),
    "blurred in part": lambda v: erase(v, np.eye(SIDE, dtype=bool), "blur"),
    "overlaid": lambda v: overlay(v, np.eye(SIDE)),
    "read": lambda v: next(iterate_images([SimpleNamespace(image=v)])),
}


@pytest.mark.parametrize("edit", KEPT)
def test_what_is_made_of_a_view_is_a_view(cropping, picture, edit):
    edited = KEPT[edit](cropping.view(picture))
    assert isinstance(edited, View)
    assert cropping.view(edited).dtype == np.uint8
    np.testing.assert_array_equal(cropping.view(edited), np.asarray(edited))


@pytest.mark.parametrize(
    "made",
    [
        lambda v: v.sum(),
        lambda v: v.mean(),
        lambda v: v.max((0, 1)),
        lambda v: v[..., 0] > 3,
        lambda v: v.astype(float).mean(2),
        lambda v: np.where(v > 3, v, 0),
        lambda v: np.asarray(v),
    ],
)
def test_what_is_reckoned_from_a_view_is_a_plain_number_or_array(cropping, picture, made):
    assert type(made(cropping.view(picture))) in (np.ndarray, np.uint8, np.float64, np.uint64)


def test_results_give_views_back_also_from_a_file(cropping, pictures, tmp_path):
    heatmap = gradcam(cropping, pictures, "cat")
    again = type(heatmap).load(heatmap.save(tmp_path / "map.npz"))
    for one in (heatmap, again):
        np.testing.assert_array_equal(cropping.logits(one.images), cropping.logits(pictures))
