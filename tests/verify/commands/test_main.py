"""The command line as a user types it: bad usage, help, colour."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
