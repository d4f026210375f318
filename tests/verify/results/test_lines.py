"""A run that was killed resumes from its lines file and ends with the results of an undisturbed run."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.verify.commands.main import run_command
from backproof.verify.results.lines import LinesError, lines_path, read_lines
from backproof.verify.results.settings import Settings

SETTINGS = Settings("backproof verify", 2, 60, 64, 50)


def command(results: str) -> list[str]:
    return [sys.executable, "-m", "backproof.verify", "verify", "--cases", "60", "--seed", "2", "--jobs", "2", "--json", results]


def test_a_run_killed_in_the_middle_resumes_to_the_same_results(tmp_path: Path) -> None:
    whole = subprocess.run([*command("whole.json"), "-q"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    process = subprocess.Popen([*command("cut.json"), "-v"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    seen = 0
    while seen < 15:
        seen += process.stdout.readline().startswith("CORRECT")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "cut.json").exists()
    with open(tmp_path / "cut.jsonl", "a", encoding="utf-8") as file:
        file.write('{"place": 3, "case": {"cut off')
    resumed = subprocess.run([*command("cut.json"), "--resume", "cut.jsonl"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert "cases were finished before" in resumed.stdout
    assert (tmp_path / "cut.json").read_bytes() == (tmp_path / "whole.json").read_bytes()
    with open(tmp_path / "cut.jsonl", encoding="utf-8") as lines:
        places = [place for place, _ in read_lines(lines, SETTINGS)]
    assert sorted(places) == list(range(len(places)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("not json\n", "the file is empty"),
        ('{"format": "backproof-results"}\n', "not that of a backproof lines file"),
        (
            '{"format":"backproof-lines","version":1,"run":{"seed":3,"cases":60,"max_paths":64,"digits":50,"dtypes":["float64","float32"]}}\n',
            "the file is of a run with seed 3, this one has 2",
        ),
    ],
)
def test_a_file_of_another_kind_or_run_is_refused(text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LinesError, match=words):
        list(read_lines(text.splitlines(keepends=True), SETTINGS))
    (tmp_path / "r.jsonl").write_text(text, encoding="utf-8")
    assert run_command(["verify", "--cases", "60", "--seed", "2", "--resume", str(tmp_path / "r.jsonl")]) == 4
    assert words in capsys.readouterr().err


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["verify", "--cases", "1", "--resume", "no-such.jsonl"]) == 4
    assert "cannot resume from 'no-such.jsonl': [Errno 2] No such file or directory" in capsys.readouterr().err


def test_the_lines_file_stands_beside_the_results_file() -> None:
    assert lines_path(Path("a/r.json")) == Path("a/r.jsonl")
    assert dataclasses.asdict(SETTINGS)["cases"] == 60
