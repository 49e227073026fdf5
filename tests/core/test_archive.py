"""Files of results: what is written comes back, and what is no such file is refused with a remedy."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from xaikit.core.archive import read_archive, write_archive


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
