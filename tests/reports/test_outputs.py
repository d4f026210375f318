"""Files: whole or not at all, found unwritable before, one file by whatever name."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import outputs
from backproof.reports.outputs import naming, same_file, why_unwritable, write_whole

WAYS = ["nameless", "neighbour"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With files without a name, and as on a system that has none."""
    if request.param == "neighbour":
        monkeypatch.setattr(outputs, "_nameless", lambda folder: None)
    return request.param


@pytest.mark.usefixtures("way")
class TestWriting:
    def test_the_text_is_written_and_written_again(self, tmp_path: Path) -> None:
        for text in ("one ∂\n", "two\n", ""):
            write_whole(tmp_path / "r", text)
            assert (tmp_path / "r").read_bytes() == text.encode()
        assert os.listdir(tmp_path) == ["r"]

    def test_a_new_file_has_the_permissions_of_the_umask_and_an_old_one_keeps_its_own(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            write_whole(tmp_path / "r", "one")
            assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o640
            (tmp_path / "r").chmod(0o604)
            write_whole(tmp_path / "r", "two")
            assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o604
        finally:
            os.umask(before)

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "link").symlink_to("there/r")
        write_whole(tmp_path / "link", "one")
        write_whole(tmp_path / "link", "two")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "there" / "r").read_text() == "two"
        assert os.listdir(tmp_path / "there") == ["r"]

    @pytest.mark.parametrize("function", ["write", "replace"])
    def test_a_failure_names_the_file_and_leaves_what_was_there(
        self, function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "r").write_text("old")

        def full(*_: Any) -> Any:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, function, full)
        with pytest.raises(OSError, match=r"No space left on device: '.*/r'"):
            write_whole(tmp_path / "r", "new")
        assert (tmp_path / "r").read_text() == "old"
        assert os.listdir(tmp_path) == ["r"]

    def test_the_longest_name_is_written(self, tmp_path: Path) -> None:
        name = "n" * 255
        assert why_unwritable(tmp_path / name) is None
        write_whole(tmp_path / name, "x")
        assert os.listdir(tmp_path) == [name]

    def test_what_is_no_file_is_not_replaced(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="It is no file"):
            write_whole(tmp_path / "pipe", "x")
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)

    def test_nothing_is_left_by_looking(self, tmp_path: Path) -> None:
        assert why_unwritable(tmp_path / "r") is None
        assert os.listdir(tmp_path) == []


def test_where_a_file_without_a_name_cannot_be_given_one_it_is_written_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    for text in ("one", "two"):
        write_whole(tmp_path / "r", text)
        assert (tmp_path / "r").read_text() == text
    assert os.listdir(tmp_path) == ["r"]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="there are files without a name on Linux only")
@pytest.mark.parametrize("moment", ["write", "link"])
def test_a_process_that_is_killed_leaves_nothing_beside_the_file(moment: str, tmp_path: Path) -> None:
    (tmp_path / "r").write_text("old")
    program = "import os, sys; from backproof.reports.outputs import write_whole; "
    program += f"os.{moment} = lambda *_, **__: os.kill(os.getpid(), 9); write_whole(sys.argv[1], 'new' * 10**6)"
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "r")], check=False, timeout=60)
    assert done.returncode == -9
    assert (tmp_path / "r").read_text() == "old"
    assert os.listdir(tmp_path) == ["r"]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _linked(path: Path, to: str) -> Path:
    path.symlink_to(to)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "missing" / "r.json", "missing' does not exist"),
        (lambda folder: _folder(folder / "r.json"), "it is a folder"),
        (lambda folder: "/dev/full", "it is no file but a device or a pipe"),
        (lambda folder: "/dev/stdout", "it is "),
        (lambda folder: "/sys/r.json", "Permission denied"),
        (lambda folder: "/proc/r.json", "No such file or directory"),
        (lambda folder: folder / ("n" * 256), "File name too long"),
        (lambda folder: folder / "\0", "embedded null byte"),
        (lambda folder: _linked(folder / "r.json", "missing/r.json"), "missing' does not exist"),
        (lambda folder: _linked(folder / "r.json", "r.json"), "Too many levels of symbolic links"),
        (lambda folder: "", "it is a folder"),
    ],
)
def test_what_cannot_be_written_is_found_before(make: Callable[[Path], Any], words: str, tmp_path: Path) -> None:
    path = make(tmp_path)
    if path == "/dev/stdout" and os.path.isfile(path):
        return  # here it is a file that the test's output goes to
    assert words in str(why_unwritable(path))


def test_a_file_and_a_folder_without_permission_are_found_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r.json").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    assert why_unwritable(tmp_path / "r.json") == "Permission denied"


def test_a_full_disk_is_found_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    assert why_unwritable(tmp_path / "r.json") == "No space left on device"
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("way")
def test_one_file_by_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "hard").touch()
    os.link(tmp_path / "hard", tmp_path / "other")
    for one, other in (("r", "./r"), ("r", tmp_path / "r"), ("folder/r", "link/r"), ("folder/../r", "r"), ("hard", "other")):
        assert same_file(one, other)
    for one, other in (("r", "R"), ("r", "folder/r"), ("hard", "r")):
        assert not same_file(one, other)
    monkeypatch.setattr(os.path, "exists", lambda path: True)  # a file system that ignores case
    assert same_file("r", "R")
    assert not same_file("r", "s")


def test_an_error_without_a_name_gets_one() -> None:
    with pytest.raises(OSError, match="full") as caught, naming("r.json"):
        raise OSError(errno.ENOSPC, "full")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "r.json")
