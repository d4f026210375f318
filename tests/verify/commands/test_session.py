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
from backproof.verify.commands.options import Output, VerifyOptions
from backproof.verify.commands.session import finish, finish_one, give_up, name_files, stoppable
from backproof.verify.commands.verify import run_verify
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import Tally
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


def test_a_report_that_cannot_be_written_is_exit_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "r.json")

    monkeypatch.setattr(session, "save_results", full)
    assert run_verify(VerifyOptions(cases=3, seed=1, jobs=1, output=Output(json_file=tmp_path / "r.json"))) == 3
    assert "Cannot write 'r.json': No space left on device" in capsys.readouterr().err
