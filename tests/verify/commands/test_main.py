"""The command line as a user types it: output, files, exit codes, interruption, bad input."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward, leaf, vertex
from backproof.engine.documents import to_document
from backproof.reports import load_results
from backproof.verify.cases.case import make_case, to_case_document
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.main import run
from backproof.verify.commands.replay import run_replay
from backproof.verify.commands.verify import run_verify
from backproof.verify.three_way.routes import Routes

MALFORMED = sorted((Path(__file__).resolve().parents[2] / "engine" / "malformed").glob("*.json"))


def backproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backproof.verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def square(value: float = 0.5) -> Any:
    return make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [value])


def doubled(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.scale(2, p[1])}


def options(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "cases": 3,
        "seed": 1,
        "max_paths": 64,
        "jobs": 1,
        "allow_inconclusive": False,
        "json_file": None,
        "html_file": None,
        "resume_file": None,
        "quiet": False,
        "verbose": False,
        "no_color": True,
    }
    return {**given, **changes}


def test_verify_holds_and_writes_both_files(tmp_path: Path) -> None:
    done = backproof("verify", "--cases", "6", "--seed", "3", "--json", "r.json", "--html", "r.html", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CORRECT  All" in done.stdout
    assert "wrote r.json" in done.stdout
    assert done.stdout.rstrip().endswith("seed 3")
    assert load_results(tmp_path / "r.json")["summary"]["holds"] is True
    assert (tmp_path / "r.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")


def test_the_same_seed_gives_the_same_results_whatever_the_number_of_processes(tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = backproof("verify", "--cases", "12", "--seed", "5", "--jobs", jobs, "--json", f"{jobs}.json", "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_a_wrong_engine_fails_with_exit_code_1_and_a_replay_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(**options(), routes=Routes(backward=doubled)) == 1
    out = capsys.readouterr().out
    assert "WRONG" in out
    assert "backproof replay 'backproof1:" in out
    assert "backward pass = path sum in rational, adjoint of" in out
    assert len(out.splitlines()) < 70
    assert "shrinks from" in out
    assert "to 2 vertices" in out
    assert "is counted twice" in out
    assert "def test_shrunk_case() -> None:" in out


def test_quiet_prints_the_verdict_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(**options(quiet=True)) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 1


def test_verbose_prints_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(**options(verbose=True)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("CORRECT      ")]
    assert len(lines) >= 3 + 5


def test_replay_of_a_line_prints_the_three_way_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", replay_id(square()), "--no-color"]) == 0
    out = capsys.readouterr().out
    assert "path sum = differences" in out
    for column in ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps"):
        assert column in out
    assert "CORRECT" in out


def test_replay_of_a_wrong_engine_fails_again(capsys: pytest.CaptureFixture[str]) -> None:
    given = {key: options()[key] for key in ("seed", "max_paths", "allow_inconclusive", "json_file", "html_file", "no_color")}
    assert run_replay(replay_id(square()), **given, routes=Routes(backward=doubled)) == 1
    assert "WRONG" in capsys.readouterr().out


def test_replay_of_a_case_file_and_of_a_graph_file(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(to_case_document(square())))
    (tmp_path / "graph.json").write_text(json.dumps(to_document(square().graph)))
    assert run(["replay", str(tmp_path / "case.json")]) == 0
    assert run(["replay", str(tmp_path / "graph.json")]) == 0


def test_an_inconclusive_case_exits_1_and_may_not_be_allowed_alone() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    line = replay_id(make_case("jump", "replay", graph, [0.0]))
    assert run(["replay", line]) == 1
    assert run(["replay", line, "--allow-inconclusive"]) == 1


def test_there_are_at_least_twenty_malformed_graph_files() -> None:
    assert len(MALFORMED) >= 20


@pytest.mark.parametrize("file", MALFORMED, ids=lambda file: file.stem)
def test_a_malformed_graph_file_gives_one_clear_line_and_exit_code_4(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(file)]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert file.name in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--cases", "many"], "'many' is not a valid integer"),
        (["verify", "--cases", "-1"], "-1 is not in the range"),
        (["verify", "--jobs", "0"], "0 is not in the range"),
        (["verify", "--sede", "1"], "--seed"),
        (["veryfy"], "No such command 'veryfy'"),
        (["verify", "--json", "no/such/folder/r.json"], "the folder 'no/such/folder' does not exist"),
        (["verify", "--html", "."], "is a folder"),
        (["replay"], "Missing argument"),
        (["replay", "nothing.json"], "cannot read 'nothing.json': No such file or directory"),
        (["replay", "backproof1:zzzz"], "the replay id is damaged"),
    ],
)
def test_bad_usage_is_a_clear_line_and_exit_code_4(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 4
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_a_binary_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    assert run(["replay", str(tmp_path / "x.json")]) == 4
    assert "it is not a text file" in capsys.readouterr().err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    out = capsys.readouterr().out
    assert "verify" in out
    assert "replay" in out
    assert "backproof verify --cases 2000" in out


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from backproof.verify.commands.main import run; run(['--help']); "
        "heavy = {'numpy', 'networkx', 'mpmath', 'hypothesis', 'jinja2', 'rich', 'sklearn'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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


def test_nothing_selected_is_exit_code_5(monkeypatch: pytest.MonkeyPatch) -> None:
    from backproof.verify.commands import verify as run_command

    monkeypatch.setattr(run_command, "named_cases", lambda seed: ((), ()))
    assert run_verify(**options(cases=0)) == 5


def test_a_crash_of_the_suite_is_exit_code_3_and_names_the_case(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("planted")

    assert run_verify(**options(), routes=Routes(backward=broken)) == 3
    err = capsys.readouterr().err
    assert "planted" in err
    assert "backproof replay 'backproof1:" in err


def test_a_report_that_cannot_be_written_is_exit_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from backproof.verify.commands import verify as run_command

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "r.json")

    monkeypatch.setattr(run_command, "save_results", full)
    assert run_verify(**options(json_file=tmp_path / "r.json")) == 3
    assert "Cannot write 'r.json': No space left on device" in capsys.readouterr().err


def test_colour_only_on_a_terminal_and_never_with_no_color(tmp_path: Path) -> None:
    def on_a_terminal(environment: dict[str, str]) -> bytes:
        master, slave = pty.openpty()
        command = [sys.executable, "-m", "backproof.verify", "verify", "--cases", "1", "-q"]
        process = subprocess.Popen(command, stdout=slave, stderr=slave, cwd=tmp_path, env={**os.environ, **environment})
        os.close(slave)
        output = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            output += part
        process.wait()
        os.close(master)
        return output

    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    os.environ.clear()
    os.environ.update(clean)
    assert b"\x1b[" in on_a_terminal({"TERM": "xterm"})
    assert b"\x1b[" not in on_a_terminal({"TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b[" not in backproof("verify", "--cases", "1", "-q", cwd=tmp_path).stdout


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
