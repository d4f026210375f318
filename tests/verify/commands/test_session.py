"""What every command shares: interruption, files that cannot be written, the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import load_results
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands import session
from backproof.verify.commands.options import Output
from backproof.verify.commands.session import finish, finish_one, give_up, name_files, stoppable, unwritable
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import check_case


@pytest.fixture
def interruptible() -> Generator[None]:
    """Ctrl-C as in a terminal; a process that a shell started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_first_signal_asks_and_the_second_one_ends() -> None:
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


STUCK = """
import signal, subprocess, time
from multiprocessing import Process
from backproof.verify.commands.session import stoppable

if __name__ == "__main__":
    with stoppable() as stop:
        child = Process(target=time.sleep, args=(600,))
        child.start()
        print(child.pid, flush=True)
        while True:
            try:
                time.sleep(600)
            except KeyboardInterrupt:  # whoever swallows it is ended all the same
                pass
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_second_signal_ends_what_does_not_end_by_itself(tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text(STUCK, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "stuck.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    for _ in range(2):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    assert process.wait(timeout=30) == 2
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(child)


def test_a_reason_goes_to_stderr_and_gives_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert (give_up("backproof: why"), give_up("why", 2)) == (4, 2)
    assert capsys.readouterr() == ("", "backproof: why\nwhy\n")


def test_results_that_were_shown_before_end_with_the_names_of_their_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(tmp_path / "r.json", tmp_path / "r.html")
    settings = Settings("backproof theorems", 0, 0, 64, 50)
    assert finish(results_document(settings, Tally(), (), False), output, name_files, 1) == 1
    assert capsys.readouterr().out.splitlines() == [f"wrote {path}" for path in output.files]
    assert load_results(tmp_path / "r.json")["cases"] == []


def test_one_case_is_a_run_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = case_record(check_case(lecture_cases()[0]), with_detail=True)
    assert finish_one(Settings("backproof replay", 0, 1, 64, 50), record, Output(tmp_path / "r.json", no_color=True)) == 0
    assert "\nCORRECT  The 1 case holds: " in capsys.readouterr().out
    assert [case["group"] for case in load_results(tmp_path / "r.json")["cases"]] == ["replay"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_valid_partial_results_and_a_report(jobs: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "backproof.verify", "verify", "--cases", "100000", "--jobs", jobs, "-v"]
    command += ["--json", "r.json", "--html", "r.html"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    seen = 0
    while seen < 8:
        seen += process.stdout.readline().startswith("CORRECT")
    os.killpg(process.pid, signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 2, out + err
    assert "Traceback" not in err
    results = load_results(tmp_path / "r.json")
    assert results["run"]["interrupted"] is True
    assert results["summary"]["holds"] is False
    assert len(results["cases"]) >= 8
    assert "nterrupted" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_sigterm_is_like_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "backproof.verify", "verify", "--cases", "100000", "--jobs", "1", "--json", "r.json"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert load_results(tmp_path / "r.json")["run"]["interrupted"] is True


def _full(*_: Any) -> None:
    raise OSError(28, "No space left on device", "r.json")


@pytest.mark.parametrize("verdict", ["CORRECT", "WRONG"])
def test_the_verdict_is_shown_though_a_file_cannot_be_written(
    verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "save_results", _full)
    record = {**case_record(check_case(lecture_cases()[0]), with_detail=True), "verdict": verdict}
    output = Output(tmp_path / "r.json", tmp_path / "r.html", no_color=True)
    assert finish_one(Settings("backproof replay", 0, 1, 64, 50), record, output) == 3
    out, err = capsys.readouterr()
    assert f"\n{verdict}  " in out
    assert f"wrote {tmp_path / 'r.html'}" in out
    assert "r.json" not in out
    assert err == "Cannot write 'r.json': No space left on device\n"
    assert (tmp_path / "r.html").exists()


def test_what_nobody_foresaw_while_a_file_is_written_comes_after_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> None:
        raise TypeError("'NoneType' object is not subscriptable")

    monkeypatch.setattr(session, "write_html", broken)
    record = case_record(check_case(lecture_cases()[0]), with_detail=True)
    with pytest.raises(TypeError, match="not subscriptable"):
        finish_one(Settings("backproof replay", 0, 1, 64, 50), record, Output(tmp_path / "r.json", tmp_path / "r.html", no_color=True))
    out = capsys.readouterr().out
    assert "\nCORRECT  " in out
    assert "r.html" not in out
    assert load_results(tmp_path / "r.json")["summary"]["holds"]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device", "r.json"), "Cannot write 'r.json': No space left on device\n"),
        (OSError(28, "No space left on device"), "Cannot write a file: No space left on device\n"),
        (OSError("words"), "Cannot write a file: words\n"),
        (OSError(28, "full", "\x1b[2J\n"), "Cannot write '\\x1b[2J\\n': full\n"),
    ],
)
def test_a_file_that_cannot_be_written_has_a_name(error: OSError, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert unwritable(error) == 3
    assert capsys.readouterr().err == line


def test_under_a_runner_every_command_appends_its_summary_and_annotates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = check_case(lecture_cases()[0], by_name("last consumer only").routes)
    record = case_record(wrong, with_detail=True)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    monkeypatch.setenv("GITHUB_ACTIONS", "no")
    assert finish_one(Settings("backproof replay", 0, 1, 64, 50), record, Output(quiet=True)) == 1
    assert not (tmp_path / "step.md").exists()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert finish_one(Settings("backproof replay", 0, 1, 64, 50), record, Output(quiet=True, on_stdout="json")) == 1
    out, err = capsys.readouterr()
    assert "\n::error title=WRONG%3A L11 four vertices (a22aa1e2b57c)::" in out + err
    assert (tmp_path / "step.md").read_text(encoding="utf-8").startswith("## backproof: WRONG\n\n0 of 1 case hold; 1 WRONG.")
