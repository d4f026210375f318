"""Outputs before a command begins: two that are one, one that is read, one that another run is writing, and standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import load_results
from backproof.reports.document import validate
from backproof.verify.cases.case import to_case_document
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands import replay
from backproof.verify.commands.main import run_command
from backproof.verify.commands.outputs import Occupied, claimed, lines_path
from backproof.verify.three_way.check import check_case

CASE = replay_id(lecture_cases()[0])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, in which every file that is there at the end was asked for; locks elsewhere, and none left."""
    locks = tmp_path / "temporary"
    here = tmp_path / "here"
    locks.mkdir()
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(locks))
    monkeypatch.chdir(here)
    yield here
    assert os.listdir(locks) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--json", "x.jsonl"], "--json 'x.jsonl' is the name of its lines file; give a name that ends in .json"),
        (["verify", "--json", "x.json", "--html", "x.jsonl"], "--html 'x.jsonl' is the name of its lines file"),
        (["verify", "--json", "y", "--html", "y"], "--json and --html are one file, 'y'; give two names"),
        (["verify", "--json", "y", "--html", "./here/../y"], "--json and --html are one file"),
        (["replay", CASE, "--json", "y", "--html", "link"], "--json and --html are one file"),
        (["replay", CASE, "--json", "hard", "--html", "old"], "--json and --html are one file"),
        (["oracle", "m:f", "--json", "-", "--html", "-"], "--json and --html cannot both be standard output"),
        (["replay", "case.json", "--json", "case.json"], "--json would overwrite the case, 'case.json'; give another name"),
        (["theorems", "--case", "case.json", "--html", "./case.json"], "--html would overwrite the case"),
        (["verify", "--resume", "old", "--json", "old"], "--json would overwrite --resume, 'old'"),
        (["selftest", "--json", "/dev/null"], "it is no file but a device or a pipe; give - for standard output"),
        (["verify", "--json", "missing/r.json"], "the folder 'missing' does not exist"),
        (["theorems", "prove", "--html", "missing/r.html"], "the folder 'missing' does not exist"),
        (["verify", "--html", "/sys/r.html"], "cannot write '/sys/r.html': Permission denied"),
        (["verify", "--json", "lines.json"], "lines.jsonl': it is a folder"),
        (["verify", "--json", "n" * 300], "File name too long"),
        (["verify", "--json", "r\0"], r"no file can be called 'r\x00'"),
        (["verify", "--resume", "\ud800"], r"no file can be called '\ud800'"),
        (["verify", "--json", "r\x1b[2J\n/r.json"], r"the folder 'r\x1b[2J\n' does not exist"),
    ],
)
def test_it_is_refused_before_anything_is_done(arguments: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "case.json").write_text(json.dumps(to_case_document(lecture_cases()[0])))
    (folder / "link").symlink_to("y")
    (folder / "old").write_text("old")
    os.link(folder / "old", folder / "hard")
    (folder / "lines.jsonl").mkdir()
    before = sorted(os.listdir(folder))
    assert run_command(arguments) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert sorted(os.listdir(folder)) == before
    assert (folder / "old").read_text() == "old"


@pytest.mark.parametrize("arguments", [["replay", CASE], ["theorems", "derivation", "--case", CASE]])
def test_standard_output_is_the_document_and_nothing_else(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([*arguments, "--json", "-", "--html", "r.html"]) == 0
    out, err = capsys.readouterr()
    assert validate(json.loads(out))["summary"]["verdict"] == "CORRECT"
    assert "\nCORRECT  " in err
    assert "wrote r.html" in err
    assert run_command([*arguments, "--html", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == (folder / "r.html").read_text(encoding="utf-8")
    assert os.listdir(folder) == ["r.html"]


def test_afterwards_words_go_to_standard_output_again(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["replay", CASE, "--json", "-"])
    capsys.readouterr()
    run_command(["replay", CASE])
    assert "CORRECT" in capsys.readouterr().out


def test_a_file_is_where_it_was_meant_whoever_changes_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checked = check_case

    def moving(*given: Any, **options: Any) -> Any:
        os.chdir(tmp_path)
        return checked(*given, **options)

    monkeypatch.setattr(replay, "check_case", moving)
    assert run_command(["replay", CASE, "--json", "r.json"]) == 0
    assert "\nwrote r.json\n" in capsys.readouterr().out
    assert load_results(folder / "r.json")["summary"]["holds"]


HOLDER = """
import os, sys
from pathlib import Path
from backproof.verify.commands.outputs import claimed
with claimed([Path(sys.argv[1])]):
    child = os.fork()
    if child == 0:
        sys.stdin.readline()
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
"""


def test_two_runs_do_not_write_one_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "link").symlink_to("r.json")
    environment = {**os.environ, "TMPDIR": str(tempfile.gettempdir())}
    command = [sys.executable, "-c", HOLDER, "r.json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        for name in ("r.json", "./link"):
            assert run_command(["replay", CASE, "--json", name]) == 4
            assert f"another run is writing '{Path(name)}'; wait for its end, or give another name" in capsys.readouterr().err
        assert run_command(["replay", CASE, "--json", "other.json"]) == 0
        other.stdin.write("\n\n")
    assert run_command(["replay", CASE, "--json", "r.json"]) == 0


def test_a_run_that_was_killed_holds_nothing_though_its_children_live(folder: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tempfile.gettempdir())}
    command = [sys.executable, "-c", HOLDER, "r.json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert run_command(["replay", CASE, "--json", "r.json"]) == 0
        other.communicate("\n")


def test_where_no_lock_can_be_had_a_run_goes_on(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    before = tempfile.tempdir
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")
    with claimed([folder / "r.json"]):
        pass
    monkeypatch.setattr(tempfile, "tempdir", before)


def test_the_error_of_a_claim_names_the_file() -> None:
    assert issubclass(Occupied, OSError)


def test_the_lines_file_stands_beside_the_results_file() -> None:
    assert lines_path(Path("a/r.json")) == Path("a/r.jsonl")
