"""Files of results: what is written comes back, and what is no such file is refused with a remedy."""

from __future__ import annotations

import builtins
import io
import itertools
import json
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from tests.core.damage import ANY, another_field, as_of_old, check_told
from xaikit import FileError
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.weights import read_weights


def test_what_is_written_comes_back(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "deep/er": np.zeros(0, np.uint8)}
    path = write_archive(tmp_path / "one.npz", "trial", 3, {"names": ["ä", "b"], "n": np.int64(4)}, arrays)
    meta, back = read_archive(path, "trial", 3)
    assert meta["names"] == ["ä", "b"]
    assert meta["n"] == 4
    assert {name: value.dtype for name, value in back.items()} == {n: a.dtype for n, a in arrays.items()}
    assert all(np.array_equal(back[name], array) for name, array in arrays.items())


def test_another_kind_and_another_format_are_told_apart(tmp_path):
    path = write_archive(tmp_path / "one.npz", "trial", 3, {}, {})
    with pytest.raises(ValueError, match="expected 'other' in format 3"):
        read_archive(path, "other", 3)
    with pytest.raises(ValueError, match="expected 'trial' in format 4"):
        read_archive(path, "trial", 4)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "one.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a file that xaikit wrote"):
        read_archive(path, "trial", 1)


def test_pickled_objects_are_not_opened(tmp_path):
    np.savez(tmp_path / "one.npz", meta=np.array([{"run": "me"}], dtype=object))
    with pytest.raises(ValueError, match="not a file that xaikit wrote"):
        read_archive(tmp_path / "one.npz", "trial", 1)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_archive(tmp_path / "none.npz", "trial", 1)


def test_a_full_disk_leaves_the_older_file_whole(tmp_path, monkeypatch):
    path = write_archive(tmp_path / "one.npz", "trial", 1, {"n": 1}, {})
    before = path.read_bytes()
    real = builtins.open

    def full(name, mode="r", *more):
        file = real(name, mode, *more)
        if "w" in mode:
            file.write(b"half")
            file.close()
            raise OSError(28, "No space left on device")
        return file

    monkeypatch.setattr(builtins, "open", full)
    with pytest.raises(OSError, match="No space left"):
        write_archive(path, "trial", 1, {"n": 2}, {})
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["one.npz"]


# ---- what a file says is not believed ----

ARRAYS = {"a": np.arange(60.0).reshape(3, 20), "b": np.arange(60.0).reshape(3, 20) + 1, "c": np.array(["ä"])}


def told(path, match, kind="trial"):
    """The file is refused in no time, and without memory for what it says it holds."""
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(FileError, match=match):
        read_archive(path, kind, 1)
    assert time.process_time() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_damage_of_any_kind_is_told(tmp_path):
    path = write_archive(tmp_path / "one.npz", "trial", 1, {"names": ["a", "b"], "n": [1, 2.5, None]}, ARRAYS)
    check_told(path, lambda one: read_archive(one, "trial", 1), 25, tmp_path)


def test_numpy_reads_it_as_any_other(tmp_path):
    path = write_archive(tmp_path / "one.npz", "trial", 1, {}, ARRAYS)
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == {"meta", *ARRAYS}
        assert all(np.array_equal(file[name], array) for name, array in ARRAYS.items())


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("dtype", ["?", "i1", "u8", ">i4", "f2", ">f8", "c16", "U3"])
def test_arrays_of_every_kind_and_form(tmp_path, dtype, compressed):
    whole = np.arange(24).astype(dtype)
    arrays = {"0": whole[0], "1": whole[:0], "2": whole.reshape(0, 5, 0) if not len(whole) else whole[::3]}
    arrays |= {"c": whole.reshape(2, 3, 4), "f": np.asfortranarray(whole.reshape(4, 6)), "t": whole[None].T}
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    path = write_archive(tmp_path / "one.npz", "trial", 1, {}, arrays, compressed)
    for name, array in read_archive(path, "trial", 1)[1].items():
        assert array.shape == arrays[name].shape and np.array_equal(array, arrays[name])
        assert array.dtype == arrays[name].dtype.newbyteorder("=") and array.flags.writeable


def test_arrays_of_objects_are_not_written(tmp_path):
    for array in (np.array([{}], object), np.zeros(2, "M8[s]"), np.zeros(2, [("a", "f4")])):
        with pytest.raises(TypeError, match="must be of numbers, booleans or text; 'x' is of"):
            write_archive(tmp_path / "one.npz", "trial", 1, {}, {"x": array})
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    path = write_archive(tmp_path / "one.npz", "trial", 1, {"n": 1}, ARRAYS)
    as_of_old(path, tmp_path / "old.npz")
    meta, arrays = read_archive(tmp_path / "old.npz", "trial", 1)
    assert meta == {"kind": "trial", "format": 1, "n": 1}
    assert all(np.array_equal(arrays[name], array) for name, array in ARRAYS.items())


def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "one.npz", "w", zipfile.ZIP_DEFLATED) as file:
        with file.open("meta.npy", "w") as member:
            for _ in range(300):
                member.write(bytes(2**20))
    told(tmp_path / "one.npz", "say that they hold 314,572,800")


def test_a_header_that_says_more_than_there_is(tmp_path):
    text = json.dumps({"kind": "trial", "format": 1})
    with open(tmp_path / "one.npz", "wb") as file:
        np.savez(file, meta=np.array(text), a=np.zeros((4, 1000)))
    data = (tmp_path / "one.npz").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    for shape in (b"(9, 1000)", b"(4,99999)", b"(4, 1e10)", b"(4, 10*9)", b"(-4,1000)", b"((((1000)"):
        with zipfile.ZipFile(tmp_path / "one.npz", "w") as file:
            for name, content in members.items():
                file.writestr(name, content.replace(b"(4, 1000)", shape))
        told(tmp_path / "one.npz", "'a.npy' in it is (of another size|no array)")


def test_more_members_than_it_can_have(tmp_path):
    with zipfile.ZipFile(tmp_path / "one.npz", "w") as file:
        for k in range(2_000):
            file.writestr(str(k), b"")
    told(tmp_path / "one.npz", "says that it has 2000 members")


@pytest.mark.parametrize("part", ["[", '{"a":'])
def test_json_that_is_nested_too_deeply(tmp_path, part):
    close = "]" if part == "[" else "}"
    deep = part * 10_000 + ("" if part == "[" else "1") + close * 10_000
    np.savez(tmp_path / "one.npz", meta=np.array(f'{{"kind": "trial", "format": 1, "deep": {deep}}}'))
    told(tmp_path / "one.npz", "not a file that xaikit wrote")


@pytest.mark.parametrize("text", ["[]", "1", "null", "", "{", '{"kind": "trial"}', '"kind"', "\ud800"])
def test_metadata_that_are_none(tmp_path, text):
    np.savez(tmp_path / "one.npz", meta=np.array(text))
    told(tmp_path / "one.npz", "(not a file that xaikit wrote|holds)")


def test_random_bytes_are_never_called_a_pickle(tmp_path):
    for seed, start in itertools.product(range(40), (b"", b"\x93NUMPY", b"PK\3\4", b"\x80\4")):
        content = start + np.random.default_rng(seed).bytes(seed**2) + b"\0"
        for name, load in (
            ("one.npz", lambda path: read_archive(path, "trial", 1)),
            ("one.safetensors", read_weights),
            ("one.pt", read_weights),
        ):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(FileError) as error:
                load(tmp_path / name)
            assert "pickle" not in str(error.value) and "unsafe" not in str(error.value)


def test_what_shrinks_to_nothing_is_written_so_that_it_can_be_read(tmp_path):
    blank = {"a": np.zeros((70, 2**20), np.uint8)}
    path = write_archive(tmp_path / "one.npz", "trial", 1, {}, blank)
    assert np.array_equal(read_archive(path, "trial", 1)[1]["a"], blank["a"])


# ---- fields ----


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (True, int), (1, bool), (1.5, int), ("1", float), (None, str), ([1, "a"], list[int]),
        ([1], tuple[int, int]), ({"a": "b"}, dict[str, int]), ({}, {"a": int}), ({"a": None}, {"a?": int}),
        ({}, list[int]), (1, str | None), ([[1, 2]], list[tuple[int, str]]), (True, float), (1, None | bool),
    ],
)  # fmt: skip
def test_values_of_another_type(value, hint):
    with pytest.raises(ValueError, match=r"`it.*` must be"):
        check_value(value, hint, "it")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (1, float), (float("nan"), float), (None, str | None), ([], list[int]), ([1, "a"], tuple[int, str]),
        ({"a": 1, "more": 2}, {"a": int, "b?": str}), ([1, 2], tuple[int, ...]),
        ({"a": [1]}, dict[str, list[int]]),
    ],
)  # fmt: skip
def test_values_of_the_right_type(value, hint):
    check_value(value, hint, "it")


def test_arrays_of_another_form():
    arrays = {"a": np.zeros((2, 3)), "b": np.zeros((3, 4), np.uint8)}
    assert check_arrays(arrays, {"a": "f n m", "b": "u m 4"}) == {"n": 2, "m": 3}
    for forms in ({"a": "i n m"}, {"a": "f n"}, {"a": "f n n"}, {"a": "f n m", "b": "u n k"}, {"b": "u n 5"}):
        with pytest.raises(ValueError, match="must be '"):
            check_arrays(arrays, forms)
    with pytest.raises(ValueError, match="'c' is missing"):
        check_arrays(arrays, {"c": "f n"})


def test_weights_that_are_damaged_are_told_or_are_weights(tmp_path):
    """Safetensors have no checksum: numbers that changed are numbers."""
    from safetensors.torch import save
    from torch import arange

    data = save({"a": arange(300.0), "b": arange(300).reshape(3, 100)}, {"about": "it"})
    n = int.from_bytes(data[:8], "little")
    for seed, way in itertools.product(range(40), (*ANY, "header")):
        rng = np.random.default_rng(seed)
        if way == "header":
            header = json.dumps(another_field(json.loads(data[8 : 8 + n]), rng)).encode()
            changed = len(header).to_bytes(8, "little") + header + data[8 + n :]
        else:
            changed = way(data, rng)
        (tmp_path / "w.safetensors").write_bytes(changed)
        try:
            state = read_weights(tmp_path / "w.safetensors")
        except FileError as error:
            assert "cannot be read as safetensors" in str(error)
        else:
            assert sum(tensor.nbytes for tensor in state.values()) <= 2 * len(data)
