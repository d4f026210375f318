"""The command line as a user types it: bad usage, help, colour."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.main import run_command


def backproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backproof.verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


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
    assert run_command(arguments) == 4
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([]) == 0
    out = capsys.readouterr().out
    assert "verify" in out
    assert "replay" in out
    assert "backproof verify --cases 2000" in out


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from backproof.verify.commands.main import run_command; run_command(['--help']); "
        "heavy = {'numpy', 'networkx', 'mpmath', 'hypothesis', 'jinja2', 'rich', 'sklearn', 'scipy', 'flint', 'jsonschema'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def shell(arguments: str, case: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command line in a real shell; $CASE is the lecture's first case."""
    line = f'set -o pipefail; "$0" -m backproof.verify {arguments}'
    variables = {**os.environ, "CASE": case or replay_id(lecture_cases()[0]), **environment}
    return subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, check=False, timeout=120, env=variables)


@pytest.mark.parametrize(
    ("arguments", "code", "err"),
    [
        ('replay "$CASE" | head -1', 0, b""),
        ('replay "$CASE" -h | true', 0, b""),
        ("--help | true", 0, b""),
        ('replay "$CASE" >&-', 0, b""),
        ('replay "$CASE" >&- 2>&-', 0, b""),
        ("replay nothing 2>&-", 4, b""),
        ("replay nothing 2> /dev/full", 4, b""),
        ("--help > /dev/full", 3, b"Cannot write standard output: No space left on device\n"),
        ("--version > /dev/full", 3, b"Cannot write standard output: No space left on device\n"),
        ("completion bash | head -1", 0, b""),
        ("completion bash >&-", 0, b""),
        ("completion fish > /dev/full", 3, b"Cannot write 'standard output': No space left on device\n"),
        ("list functions | head -1", 0, b""),
        ("list families --json - > /dev/full", 3, b"Cannot write 'standard output': No space left on device\n"),
        ("explain WRONG > /dev/full", 3, b"Cannot write standard output: No space left on device\n"),
    ],
)
def test_a_stream_that_nobody_reads_or_that_is_full_loses_no_exit_code(arguments: str, code: int, err: bytes) -> None:
    done = shell(arguments)
    assert (done.returncode, done.stderr) == (code, err)


def test_a_full_standard_output_is_named_and_the_verdict_is_said_elsewhere() -> None:
    done = shell('replay "$CASE" > /dev/full')
    assert done.returncode == 3
    verdict, words = done.stderr.decode().splitlines()
    assert verdict.startswith("CORRECT  The 1 case holds")
    assert words == "Cannot write standard output: No space left on device"
    done = shell('replay "$CASE" --json - > /dev/full')
    assert done.returncode == 3
    assert b"\nCORRECT  The 1 case holds" in done.stderr
    assert done.stderr.endswith(b"Cannot write 'standard output': No space left on device\n")


def test_what_is_not_correct_is_exit_code_1_without_a_reader_too() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    jump = replay_id(make_case("jump", "replay", graph, [0.0]))
    for arguments in ('replay "$CASE"', 'replay "$CASE" | true', 'replay "$CASE" >&-'):
        assert shell(arguments, jump).returncode == 1


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
)
def test_letters_that_the_encoding_does_not_hold_are_escapes(variables: dict[str, str]) -> None:
    done = shell('theorems derivation --case "$CASE"', **variables)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u2202u\u2084/\u2202u\u2081" in done.stdout
    assert b"\nCORRECT  every line has the value of its left side\n" in done.stdout
    done = shell("theorems derivation --leaf ∂", **variables)
    assert done.returncode == 4
    assert b"\\u2202" in done.stderr or b"\\xe2" in done.stderr or b"\\udce2" in done.stderr


def test_a_broken_installation_is_exit_code_3_and_a_line() -> None:
    program = "import sys; sys.modules['click'] = None; from backproof.verify.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("backproof cannot start: ModuleNotFoundError: 'import of click halted")
    assert done.stderr.count("\n") == 1


def test_what_is_raised_where_nobody_catches_it_is_a_line() -> None:
    program = """
import atexit, sys, threading
from backproof.verify.commands import main, replay

class Bad:
    def __del__(self):
        raise ValueError("in an object")

def check(*_, **__):
    Bad()
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    atexit.register(lambda: [][0])
    raise KeyboardInterrupt

from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
replay.check_case = check
main.main(["replay", replay_id(lecture_cases()[0])])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert [line.split(" in a thread")[0] for line in done.stderr.splitlines()] == [
        *("backproof: ignored: ValueError", "backproof: ignored: ZeroDivisionError", "Interrupted.", "backproof: ignored: IndexError")
    ]


def test_a_shell_still_gets_its_completions() -> None:
    assert b"_backproof_completion" in shell("", _BACKPROOF_COMPLETE="bash_source").stdout
    assert shell("", _BACKPROOF_COMPLETE="no_such_shell").returncode == 4


def test_both_ways_to_start_it_say_the_same_name() -> None:
    for module in ("backproof", "backproof.verify"):
        done = subprocess.run([sys.executable, "-m", module, "verify", "--sede"], capture_output=True, text=True, check=False)
        assert done.returncode == 4
        assert done.stderr.startswith("Usage: backproof verify [OPTIONS]\nTry 'backproof verify --help' for help.\n")


def test_colour_only_on_a_terminal_and_never_with_no_color(tmp_path: Path) -> None:
    case = replay_id(lecture_cases()[0])

    def on_a_terminal(environment: dict[str, str]) -> bytes:
        master, slave = pty.openpty()
        command = [sys.executable, "-m", "backproof.verify", "replay", case]
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
    assert "\x1b[" not in backproof("replay", case, cwd=tmp_path).stdout
