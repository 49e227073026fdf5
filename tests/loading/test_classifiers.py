"""load_classifier: names, weights from files, and what is said where they do not fit."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from xaikit import load_classifier

torchvision = pytest.importorskip("torchvision")
safetensors_torch = pytest.importorskip("safetensors.torch")

SMALL = "shufflenet_v2_x0_5"


def saved(path, n_classes=1000, builder=SMALL, dtype=torch.float32):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = torchvision.models.get_model(builder, weights=None, num_classes=n_classes).eval()
    state = {name: t.to(dtype) if t.is_floating_point() else t for name, t in model.state_dict().items()}
    safetensors_torch.save_file(state, path)
    return model


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)


def test_weights_from_a_file_answer_as_the_model_they_came_from(tmp_path, picture):
    model = saved(tmp_path / "w.safetensors")
    classifier = load_classifier(f"torchvision/{SMALL}", tmp_path / "w.safetensors", device="cpu")
    preprocess = torchvision.models.get_model_weights(SMALL).IMAGENET1K_V1.transforms()
    big = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    x = preprocess(torchvision.transforms.functional.to_pil_image(big))[None]
    with torch.no_grad():
        np.testing.assert_allclose(classifier.logits(big), model(x), atol=1e-5)
    assert classifier.class_names[:2] == ["tench", "goldfish"]
    assert classifier.spec == f"torchvision/{SMALL}"


def test_half_precision_weights_become_float32(tmp_path, picture):
    saved(tmp_path / "half.safetensors", 7, dtype=torch.float16)
    classifier = load_classifier(f"torchvision/{SMALL}", tmp_path / "half.safetensors", device="cpu")
    assert {tensor.dtype for tensor in classifier.model.parameters()} == {torch.float32}
    assert classifier.class_names == [f"class {index}" for index in range(7)]
    assert classifier.logits(picture).shape == (1, 7)


@pytest.mark.parametrize("wrapper", ["module.", "model.", "_orig_mod.", "model._orig_mod.", "net.module."])
def test_weights_saved_from_a_wrapper_are_taken_by_the_networks_own_names(tmp_path, picture, wrapper):
    model = saved(tmp_path / "w.safetensors", 5)
    wrapped = {wrapper + name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    safetensors_torch.save_file(wrapped, tmp_path / "wrapped.safetensors")
    plain, other = (
        load_classifier(f"torchvision/{SMALL}", tmp_path / name, device="cpu")
        for name in ("w.safetensors", "wrapped.safetensors")
    )
    np.testing.assert_array_equal(plain.logits(picture), other.logits(picture))
    wrapped["ema.decay"] = torch.ones(1)
    safetensors_torch.save_file(wrapped, tmp_path / "wrapped.safetensors")
    with pytest.raises(ValueError, match=r"tensors are missing.*Name the network"):
        load_classifier(f"torchvision/{SMALL}", tmp_path / "wrapped.safetensors", device="cpu")


@pytest.mark.parametrize("builder", ["squeezenet1_1", "mobilenet_v3_small", "regnet_x_400mf", "mnasnet0_5"])
def test_the_number_of_classes_is_read_from_the_weights(tmp_path, builder):
    saved(tmp_path / "w.safetensors", 5, builder)
    classifier = load_classifier(f"torchvision/{builder}", tmp_path / "w.safetensors", list("abcde"), "cpu")
    assert classifier.class_names == list("abcde")


def test_parts_that_only_training_needs_may_be_in_the_file(tmp_path):
    model = torchvision.models.googlenet(weights=None, num_classes=4, init_weights=False)
    safetensors_torch.save_file(model.state_dict(), tmp_path / "w.safetensors")
    classifier = load_classifier("torchvision/googlenet", tmp_path / "w.safetensors", device="cpu")
    assert len(classifier.class_names) == 4


def test_each_builder_has_its_own_preprocessing():
    with pytest.warns(UserWarning, match="answers are random"):
        classifier = load_classifier("torchvision/inception_v3", class_names=["a", "b"], device="cpu")
    assert (classifier.input_size, round(classifier.input_size / classifier.crop)) == (299, 342)


def test_without_weights_the_answers_are_random_but_repeatable(picture):
    torch_state, loaded = torch.get_rng_state(), []
    for _ in range(2):
        with pytest.warns(UserWarning, match=f"torchvision/{SMALL} has no weights.*weights='default'"):
            loaded.append(load_classifier(f"torchvision/{SMALL}", class_names=["a", "b"], device="cpu"))
    np.testing.assert_array_equal(loaded[0].logits(picture), loaded[1].logits(picture))
    assert torch.equal(torch.get_rng_state(), torch_state)


def test_timm_networks(tmp_path, picture):
    timm = pytest.importorskip("timm")
    model = timm.create_model("convnext_atto", num_classes=4).eval()
    safetensors_torch.save_file(model.state_dict(), tmp_path / "w.safetensors")
    classifier = load_classifier("timm/convnext_atto", tmp_path / "w.safetensors", device="cpu")
    assert len(classifier.class_names) == 4
    assert (classifier.crop, classifier.interpolation) == (0.875, "bicubic")
    assert classifier.default_layer.layer.kind == "grid"


def test_where_timm_is_absent_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ImportError, match="pip install timm"):
        load_classifier("timm/resnet18")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "resnet18",
            "`spec` must be 'toyworld/<world>'.*got 'resnet18'. Did you mean 'torchvision/resnet18'",
        ),
        ("torchvison/resnet18", "Did you mean 'torchvision/resnet18'"),
        ("torchvision/", "`spec` must be"),
        (18, "`spec` must be"),
        ("torchvision/resnet19", "not a classification network of torchvision. Did you mean 'resnet1"),
        ("torchvision/fcn_resnet50", "not a classification network of torchvision"),
        ("toyworld/vehicle", "Did you mean 'vehicles'"),
    ],
)
def test_unknown_specs_are_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        load_classifier(spec)


def test_unknown_timm_networks_are_refused():
    pytest.importorskip("timm")
    with pytest.raises(ValueError, match=r"'resnet188' is not a network of timm. Did you mean 'resnet18"):
        load_classifier("timm/resnet188")


def test_weights_of_another_architecture_are_refused_with_the_first_keys(tmp_path):
    saved(tmp_path / "w.safetensors", 5)
    with pytest.raises(ValueError, match=r"w.safetensors' do not fit torchvision/alexnet: 16 of 16 tensors.*"
                       r"'features.0.weight'.*are not known to it, the first is 'conv1"):  # fmt: skip
        load_classifier("torchvision/alexnet", tmp_path / "w.safetensors")


def test_weights_of_a_wider_sister_are_refused_with_the_shapes(tmp_path):
    saved(tmp_path / "w.safetensors", 5)
    with pytest.raises(
        ValueError, match=r"have another shape, the first is 'stage2.*expected \(58,.*got \(24,"
    ):
        load_classifier("torchvision/shufflenet_v2_x1_0", tmp_path / "w.safetensors")


def test_weights_with_a_missing_tensor_are_refused(tmp_path):
    state = saved(tmp_path / "w.safetensors", 5).state_dict()
    del state["fc.bias"]
    safetensors_torch.save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=r"1 of .* tensors are missing, the first is 'fc.bias'"):
        load_classifier(f"torchvision/{SMALL}", tmp_path / "w.safetensors")


def test_damaged_files_are_refused(tmp_path):
    whole = tmp_path / "w.safetensors"
    saved(whole, 5)
    for name, data in {
        "half": whole.read_bytes()[:100_000],
        "empty": b"",
        "text": b"no weights here",
    }.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"{name}.safetensors' cannot be read as safetensors.*truncated"):
            load_classifier(f"torchvision/{SMALL}", path)


def test_pickles_are_never_opened(tmp_path):
    path = tmp_path / "w.pth"
    path.write_bytes(b"\x80\x04.")
    with pytest.raises(ValueError, match=r"must be a .safetensors file.*pickle.*save_file"):
        load_classifier(f"torchvision/{SMALL}", path)


def test_absent_files_and_folders_are_refused(tmp_path):
    for path in (tmp_path / "nowhere.safetensors", tmp_path):
        with pytest.raises(FileNotFoundError, match="there is no file of weights"):
            load_classifier(f"torchvision/{SMALL}", path)


def test_the_number_of_class_names_must_fit(tmp_path):
    saved(tmp_path / "w.safetensors", 5)
    with pytest.raises(ValueError, match="`class_names` must be 5 names, one per logit; got 2"):
        load_classifier(f"torchvision/{SMALL}", tmp_path / "w.safetensors", ["a", "b"])


def test_a_failed_download_says_what_else_to_do(monkeypatch):
    def fail(*_args, **_options):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", fail)
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fail)
    with pytest.raises(ConnectionError, match=r"could not be downloaded: no route.*\.safetensors"):
        load_classifier("torchvision/resnet18", "default")


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match="weight"):
        load_classifier("torchvision/resnet18", weight="default")
