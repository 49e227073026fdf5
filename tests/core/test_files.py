"""Files are there whole or not at all, whoever else writes; and what is no file is refused."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xaikit import FileError
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.files import open_file, replacing
from xaikit.core.weights import read_weights

posix = pytest.mark.skipif(os.name == "nt", reason="pipes, modes and signals of POSIX")
SIZE = 3_000_000


def write(path: Path, content: bytes) -> None:
    with replacing(path) as file:
        for first in range(0, len(content), 100_000):
            file.write(content[first : first + 100_000])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    for content in (b"first", b"second and longer", b""):
        write(tmp_path / "a.txt", content)
        assert (tmp_path / "a.txt").read_bytes() == content
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_where_the_writing_fails_the_older_file_stays(tmp_path: Path, error: type[BaseException]) -> None:
    for expected in ([], ["a.txt"]):
        with pytest.raises(error), replacing(tmp_path / "a.txt") as file:
            file.write(b"half of it")
            raise error
        assert names(tmp_path) == expected
        write(tmp_path / "a.txt", b"whole")
    assert (tmp_path / "a.txt").read_bytes() == b"whole"


def test_a_full_disk_is_said_where_the_file_is_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write(tmp_path / "a.txt", b"whole")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "a.txt", b"more")
    assert names(tmp_path) == ["a.txt"] and (tmp_path / "a.txt").read_bytes() == b"whole"


def test_a_name_of_any_length_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path / ("ä" * 125 + ".txt"), b"content")
    with pytest.raises(FileNotFoundError, match=r"no such folder; make it first.*nowhere'"):
        write(tmp_path / "nowhere" / "a.txt", b"content")


@posix
def test_the_mode_is_kept_and_a_new_file_has_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write(tmp_path / "new", b"content")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode
    for mode in (0o600, 0o640, 0o666, 0o755):
        (tmp_path / "new").chmod(mode)
        write(tmp_path / "new", b"more")
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == mode


@posix
def test_nobody_else_reads_a_private_file_while_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o600)
    with replacing(tmp_path / "a") as file:
        file.write(b"secret")
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@posix
def test_a_link_stays_one_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    link = tmp_path / "near" / "a.txt"
    link.symlink_to(Path("..", "far", "b.txt"))
    for content in (b"first", b"second"):  # at first it points to nothing
        write(link, content)
        assert link.is_symlink() and (tmp_path / "far" / "b.txt").read_bytes() == content
    assert names(tmp_path / "near") == ["a.txt"] and names(tmp_path / "far") == ["b.txt"]
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(FileError, match="back to itself"):
        write(link, b"third")


@posix
def test_unfinished_files_and_links_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "a.txt.part").symlink_to(tmp_path / "precious")
    (tmp_path / "b.txt.part").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.txt.part").write_bytes(b"half of another's")
    before = names(tmp_path)
    for name in ("a.txt", "b.txt", "c.txt"):
        write(tmp_path / name, b"content")
    assert names(tmp_path) == sorted([*before, "a.txt", "b.txt", "c.txt"])
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert (tmp_path / "c.txt.part").read_bytes() == b"half of another's"


@pytest.fixture
def special(tmp_path: Path) -> Iterator[list[Path]]:
    """Places that are no files."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "to_zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as made:
        before = os.getcwd()
        os.chdir(tmp_path)  # the name of a socket must be short
        try:
            made.bind("socket")
        finally:
            os.chdir(before)
        yield [
            *(tmp_path / name for name in ("pipe", "folder", "to_zero", "socket")),
            *map(Path, ("/dev/zero", "/dev/null")),
        ]


@posix
def test_what_is_no_file_is_neither_read_nor_written(special: list[Path]) -> None:
    tasks: list[Callable[[Path], object]] = [
        lambda path: write(path, b"content"),
        lambda path: write_archive(path, "trial", 1, {}, {}),
        open_file,
        lambda path: read_archive(path, "trial", 1),
        lambda path: None if path.is_dir() else read_weights(path),
    ]
    began = time.monotonic()
    for path in special:
        before = path.lstat()
        for task in tasks[: 4 if path.is_dir() else 5]:
            with pytest.raises(
                FileError, match=r"must be that of a file; .* is a (pipe|folder|device|socket)"
            ):
                task(path)
        assert path.lstat().st_mode == before.st_mode and path.lstat().st_ino == before.st_ino
    assert time.monotonic() - began < 5


# ---- killed, and two at once ----


@posix
def test_killed_while_it_writes_it_leaves_the_older_file_or_the_newer(tmp_path: Path) -> None:
    path, whole = tmp_path / "a.bin", {bytes([k]) * SIZE for k in range(2)}
    write(path, bytes(SIZE))
    for k in range(12):
        child = os.fork()
        if not child:
            try:
                while True:
                    write(path, b"\1" * SIZE)
                    write(path, b"\0" * SIZE)
            finally:
                os._exit(1)
        time.sleep(0.003 + 0.004 * k)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert path.read_bytes() in whole
    assert {name.rpartition(".")[2] for name in names(tmp_path)} <= {"bin", "part"}


def test_of_two_who_write_at_once_one_has_the_last_word(tmp_path: Path) -> None:
    path, whole = tmp_path / "a.bin", {bytes([k]) * SIZE for k in range(3)}
    write(path, bytes(SIZE))
    writers = [
        threading.Thread(target=lambda k=k: [write(path, bytes([k]) * SIZE) for _ in range(10)])
        for k in (1, 2)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_bytes() in whole
    assert path.read_bytes() in whole and names(tmp_path) == ["a.bin"]
