"""Pictures from files in every state, and the square that the network sees."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from xaikit import ImageError
from xaikit.core.images import fit_view, read_image


def as_bytes(picture: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be of any size and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def test_every_source_gives_the_same_picture(noise, tmp_path):
    path = tmp_path / "noise.png"
    Image.fromarray(noise).save(path)
    for source in (path, str(path), path.read_bytes(), Image.open(path), noise):
        np.testing.assert_array_equal(read_image(source), noise)


def test_exif_rotation_is_applied(noise):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned a quarter
    turned = read_image(as_bytes(Image.fromarray(noise), "PNG", exif=exif))
    np.testing.assert_array_equal(turned, np.rot90(noise, -1))


def test_transparent_pixels_become_white(noise):
    alpha = np.zeros(noise.shape[:2], np.uint8)
    alpha[:10] = 255
    picture = read_image(np.dstack([noise, alpha]))
    np.testing.assert_array_equal(picture[:10], noise[:10])
    assert (picture[10:] == 255).all()


def test_a_picture_of_12_bits_in_16_is_as_bright_as_it_was_taken(tmp_path):
    tones = np.linspace(0, 4095, 256).astype(np.uint16).reshape(16, 16)
    Image.fromarray(tones).save(tmp_path / "12.png")
    with pytest.warns(UserWarning, match="taken for one of 12"):
        seen = read_image(tmp_path / "12.png")
    np.testing.assert_allclose(seen, (tones / 4095 * 255)[..., None].repeat(3, 2), atol=1)
    tones[0, 0] = 4096  # one more, and 16 bits are meant
    Image.fromarray(tones).save(tmp_path / "16.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_image(tmp_path / "16.png").max() == 4096 // 257
        Image.fromarray(np.zeros((2, 2), np.uint16)).save(tmp_path / "black.png")
        assert read_image(tmp_path / "black.png").max() == 0


def test_sixteen_bit_grey_keeps_its_tones():
    tones = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    picture = read_image(as_bytes(Image.fromarray(tones), "PNG"))
    np.testing.assert_allclose(picture, (tones / 257)[..., None].repeat(3, 2), atol=1)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "YCbCr", "HSV"])
def test_other_modes_become_rgb(mode):
    tone = 255 if mode == "1" else 200
    picture = read_image(Image.new("RGB", (4, 3), (tone, tone, tone)).convert(mode))
    assert picture.shape == (3, 4, 3)
    assert picture.dtype == np.uint8
    np.testing.assert_allclose(picture, tone, atol=8)


def test_cmyk_file_has_its_colors():
    picture = read_image(as_bytes(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95))
    np.testing.assert_allclose(picture[4, 4], (255, 0, 0), atol=6)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"this is a letter, not a picture", "not a picture that Pillow can read"),
        (png_header(20_000, 20_000), "too large"),
        (png_header(12_000, 9_000), "too large: 12000×9000"),
        (png_header(10, 10), "cannot be read"),
    ],
    ids=["empty", "text", "bomb", "large", "hollow"],
)
def test_files_that_are_no_pictures_are_refused_by_name(data, message, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(ImageError, match=message) as error:
        read_image(path)
    assert "broken.png" in str(error.value)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_truncated_files_are_refused(format, tmp_path):
    noise = np.random.default_rng(2).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = as_bytes(Image.fromarray(noise), format)
    path = tmp_path / "half"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageError, match="half"):
        read_image(path)


def test_absent_files_and_folders_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no picture at"):
        read_image(tmp_path / "nowhere.png")
    with pytest.raises(ImageError, match=r"is a folder.*load_images"):
        read_image(tmp_path)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (np.zeros((4, 4, 3)), TypeError, "must be uint8.*float64"),
        (np.zeros((4, 4, 2), np.uint8), ValueError, r"shape.*\(4, 4, 2\)"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, "shape"),
        (np.zeros((2, 4, 4, 3), np.uint8), ValueError, "shape"),
        (Image.fromarray(np.zeros((2, 2), np.float32)), ImageError, "floating-point"),
        (Image.fromarray(np.full((2, 2), 70_000, np.int32)), ImageError, "0..65535"),
        (17, TypeError, "got int"),
    ],
)
def test_other_objects_are_refused(source, error, message):
    with pytest.raises(error, match=message):
        read_image(source)


SHAPES = [(300, 200), (200, 300), (1, 1), (225, 224), (224, 224), (299, 299), (41, 500), (640, 481), (9, 200)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("size", "crop"), [(224, 0.875), (224, 1.0), (299, 299 / 342)])
def test_view_is_torchvisions_own(shape, interpolation, size, crop):
    transforms = pytest.importorskip("torchvision").transforms
    image = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    mode = transforms.InterpolationMode(interpolation)
    reference = transforms.Compose([transforms.Resize(round(size / crop), mode), transforms.CenterCrop(size)])
    np.testing.assert_array_equal(
        fit_view(image, size, crop, interpolation), np.asarray(reference(Image.fromarray(image)))
    )


def test_a_picture_as_large_as_the_view_is_seen_whole_only_without_a_crop(noise):
    view = fit_view(noise, 16, crop=0.875)
    assert (fit_view(view, 16) == view).all()
    assert (fit_view(view, 16, crop=0.875) != view).any()


@pytest.mark.parametrize(
    ("framing", "shape", "crop", "red"),
    [  # rows and columns of the 8 × 8 view in which the red picture is seen
        ("crop", (4, 12), 1.0, (slice(0, 8), slice(0, 8))),
        ("pad", (4, 12), 1.0, (slice(0, 8), slice(0, 8))),
        ("pad", (4, 12), 4 / 3, (slice(1, 7), slice(0, 8))),
        ("pad", (5, 5), 8 / 5, (slice(1, 6), slice(1, 6))),
        ("squash", (4, 12), 1.0, (slice(0, 8), slice(0, 8))),
        ("squash", (4, 12), 2.0, (slice(2, 6), slice(2, 6))),
        ("border", (4, 12), 1.0, (slice(2, 5), slice(0, 8))),
        ("border", (12, 6), 1.0, (slice(0, 8), slice(2, 6))),
        ("border", (1, 99), 1.0, (slice(3, 4), slice(0, 8))),
    ],
)
def test_framings_by_hand(framing, shape, crop, red):
    image = np.broadcast_to(np.array([255, 0, 0], np.uint8), (*shape, 3))
    expected = np.full((8, 8, 3), (1, 2, 3) if framing == "border" else 0, np.uint8)
    expected[red] = (255, 0, 0)
    view = fit_view(np.ascontiguousarray(image), 8, crop, framing=framing, fill=(1, 2, 3))
    np.testing.assert_array_equal(view, expected)


def test_squash_keeps_what_crop_cuts_off():
    image = np.zeros((8, 24, 3), np.uint8)
    image[:, 16:] = 255
    assert not fit_view(image, 8)[:, :7].any()
    assert (fit_view(image, 8, framing="squash")[:, 6:] > 250).all()


def test_of_a_very_long_picture_the_middle_is_seen(monkeypatch):
    noise = np.random.default_rng(1).integers(0, 256, (20, 500, 3), dtype=np.uint8)
    whole = fit_view(noise, 64, 0.875, "bicubic").astype(int)
    monkeypatch.setattr("xaikit.core.images.reading.MAX_SCALED", 0)
    assert np.abs(fit_view(noise, 64, 0.875, "bicubic") - whole).max() <= 2


def test_a_ribbon_does_not_fill_the_memory():
    ribbon = np.zeros((1, 1_000_000, 3), np.uint8)
    ribbon[:, 499_000:501_000] = 9
    assert (fit_view(ribbon, 64) == 9).all()


def test_view_arguments_are_checked(noise):
    with pytest.raises(ValueError, match=r"`crop` must lie in \(0, 1\]; got 1.5"):
        fit_view(noise, 16, crop=1.5)
    with pytest.raises(ValueError, match=r"`interpolation` must be one of .*got 'nearest'"):
        fit_view(noise, 16, interpolation="nearest")
    with pytest.raises(ValueError, match=r"`crop` must lie in \(0, 2\]; got 87.5"):
        fit_view(noise, 16, crop=87.5, framing="squash")
    with pytest.raises(ValueError, match=r"`framing` must be one of .*'border'.*got 'letterbox'"):
        fit_view(noise, 16, framing="letterbox")


@pytest.mark.parametrize("kind", ["BLP", "QOI", "SGI", "TGA", "PCX", "GIF", "WEBP", "PNG", "PPM"])
def test_a_damaged_file_of_any_kind_is_a_picture_that_cannot_be_read(kind: str) -> None:
    rng = np.random.default_rng(0)
    saved = io.BytesIO()
    picture = Image.fromarray(rng.integers(0, 256, (20, 24, 3), np.uint8))
    (picture.convert("P") if kind in ("BLP", "GIF") else picture).save(saved, kind)
    n_damaged = 0
    for _ in range(100):
        data = bytearray(saved.getvalue())
        for place in rng.integers(0, min(60, len(data)), 6):
            data[place] = rng.integers(0, 256)
        try:
            read_image(bytes(data[: len(data) // rng.integers(1, 3)]))
        except ImageError:
            n_damaged += 1
    assert n_damaged > 10
