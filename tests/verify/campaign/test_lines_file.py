"""The lines file on disk: what is finished is never overwritten, two runs never write one file, and a full disk leaves it whole."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.campaign.lines_file import LinesTaken, lines_file
from backproof.verify.campaign.run import Finished, run_suite
from backproof.verify.results.lines import LinesError, header
from backproof.verify.results.settings import Settings

SETTINGS = Settings("backproof verify", 4, 6, 64, 50)
RUN = header(SETTINGS, [])


@pytest.fixture(scope="module")
def finished() -> list[Finished]:
    return [one for one in run_suite(SETTINGS, (), jobs=1) if isinstance(one, Finished)]


def nothing(place: int, record: Any) -> None:
    """Takes no case."""


def write(path: Path, cases: list[Finished], end: bool = False, resume: Path | None = None, run: Any = RUN) -> dict[int, Any]:
    found: dict[int, Any] = {}
    with lines_file(path, resume, run, found.__setitem__) as lines:
        for one in cases:
            lines.write(*one)
        if end:
            lines.finish()
    return found


def read(path: Path) -> dict[int, Any]:
    found: dict[int, Any] = {}
    with lines_file(None, path, RUN, found.__setitem__):
        pass
    return found


@pytest.mark.parametrize("same", [True, False], ids=["the same file", "another file"])
def test_a_run_goes_on_from_what_was_finished(same: bool, tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    write(path, finished[:2])
    with open(path, "ab") as file:
        file.write(b'{"sum":"cut off')
    target = path if same else tmp_path / "other.jsonl"
    assert write(target, finished[2:], resume=path) == dict(finished[:2])
    assert read(target) == dict(finished)


def test_damaged_lines_are_numbered_and_not_believed(tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    write(path, finished)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"CORRECT", b"correct")
    path.write_bytes(b"".join(lines))
    with lines_file(path, path, RUN, nothing) as again:
        assert again.damaged == [3]
        again.write(*finished[1])
    assert read(path) == dict(finished)


def test_finished_cases_of_an_interrupted_run_are_not_overwritten(tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    write(path, finished[:3])
    before = path.read_bytes()
    with pytest.raises(LinesTaken, match=f"holds 3 finished cases of this run; go on with --resume {path}, or give another name"):
        write(path, [])
    other = header(Settings("backproof verify", 5, 6, 64, 50), [])
    with pytest.raises(LinesTaken, match=r"holds 3 finished cases of another run \(it is of a run with seed 4, this one has 5"):
        write(path, [], run=other)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"my own notes\n", b"my own notes", b'{"format":"backproof-lines","version":1,"run":{}}\n{}\n', b"\0\n"]
)
def test_a_file_that_is_no_lines_file_is_not_overwritten(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(content)
    with pytest.raises(LinesTaken, match="exists, and is no lines file of this backproof; give another name, or remove it"):
        write(path, [])
    assert path.read_bytes() == content


def test_what_nobody_would_miss_is_overwritten(tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    for content in (b"", b'{"sum":"0123'):
        path.write_bytes(content)
        write(path, finished, end=True)
        assert read(path) == dict(finished)
    write(path, finished[:1])
    assert read(path) == dict(finished[:1])


def test_a_run_that_ended_has_nothing_left_and_says_so_once(tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    write(path, finished, end=True)
    before = path.read_bytes()
    assert write(path, [], end=True, resume=path) == dict(finished)
    assert path.read_bytes() == before


def test_random_cases_that_are_drawn_otherwise_here_are_refused(tmp_path: Path, finished: list[Finished]) -> None:
    path, target = tmp_path / "r.jsonl", tmp_path / "other.jsonl"
    place, record = finished[3]
    with lines_file(path, None, RUN, nothing) as lines:
        lines.write(place, {**record, "id": "0123456789ab"})
    with pytest.raises(LinesError, match=r"its random case 3 is 0123456789ab, here it is [0-9a-f]{12}; graphs are drawn otherwise here"):
        write(target, [], resume=path)
    assert target.read_bytes() == b""


@pytest.mark.parametrize(("name", "words"), [("missing", "No such file"), (".", "no regular file"), ("fifo", "no regular file")])
def test_what_cannot_be_read_is_refused_in_words(name: str, words: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(LinesError, match=words):
        read(tmp_path / name)


HOLD = """
import sys
from pathlib import Path
from backproof.verify.campaign.lines_file import lines_file
from backproof.verify.results.lines import header
from backproof.verify.results.settings import Settings

with lines_file(Path(sys.argv[1]), None, header(Settings("backproof verify", 4, 6, 64, 50), []), print):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("resume", [True, False])
def test_two_runs_do_not_write_one_file(resume: bool, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    try:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises((LinesTaken, LinesError), match="another run is writing it; wait until that ends, or give another name"):
            write(path, [], resume=path if resume else None)
    finally:
        other.kill()
        other.communicate()
    write(path, [], resume=path if resume else None)


@pytest.fixture
def little_room() -> Generator[None]:
    """No file may grow beyond 12,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.usefixtures("little_room")
def test_a_full_disk_names_the_file_and_leaves_its_lines_whole(tmp_path: Path, finished: list[Finished]) -> None:
    path = tmp_path / "r.jsonl"
    small = [Finished(place, {**record, "detail": None, "findings": None}) for place, record in finished]
    with pytest.raises(OSError, match="File too large") as full:
        write(path, small)
    assert full.value.filename == str(path)
    kept = read(path)
    assert 0 < len(kept) < len(small)
    assert kept == dict(small[: len(kept)])
    assert path.read_bytes().endswith(b"\n")
