"""The commands that answer questions, as a user types them: help with examples, bad usage, JSON, quiet and verbose."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from backproof.verify.commands.guide.typed import LISTS, SHELLS
from backproof.verify.commands.main import backproof, run_command

PLACES = {"completion": ["bash"], "list": [], "explain": ["ulps"], "doctor": []}


@pytest.mark.parametrize("command", PLACES)
def test_each_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([command, "-h"]) == 0
    assert f"\n    backproof {command}" in capsys.readouterr().out.replace('eval "$(', "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["list", "theorem"], "'theorem' is not one of 'theorems'"),
        (["list", "theorems", "functions"], "unexpected extra argument (functions)"),
        (["completion"], "Missing argument"),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish', 'powershell'"),
        (["explain"], "Missing argument"),
        (["explain", "tahn"], "did you mean 'tanh'?"),
        (["doctor", "--json", "no/such/folder/d.json"], "the folder 'no/such/folder' does not exist"),
    ],
)
def test_bad_usage_is_exit_code_4_and_says_what_was_meant(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(words) == 4
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(backproof.commands))
def test_every_command_has_the_same_options_for_how_much_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = backproof.commands[name]
    shown = {option for parameter in command.params for option in parameter.opts}
    assert {"-q", "--quiet", "-v", "--verbose", "--no-progress", "--no-color"} <= shown
    arguments = {"replay": ["x"], "oracle": ["x:y"], "report": ["x"], **PLACES}.get(name, [])
    assert run_command([*name.split(), *arguments, "-q", "-v"]) == 4
    assert "-q shows less and -v more; give one of them" in capsys.readouterr().err
    assert command.short_help
    assert len(command.short_help) <= 50, "whole at 80 columns"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_command(["completion", shell]) == 0
    assert b"_BACKPROOF_COMPLETE" in capsysbinary.readouterr().out


def test_what_a_shell_is_given_are_words_that_can_be_typed(tmp_path: Path) -> None:
    def completed(line: str) -> list[str]:
        words = line.split(" ")
        environment = {"_BACKPROOF_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        done = run([sys.executable, "-m", "backproof"], capture_output=True, text=True, check=True, env=environment)
        return [answer.partition(",")[2] for answer in done.stdout.splitlines()]

    assert completed("backproof t") == ["theorems"]
    assert completed("backproof theorems pr") == ["prove"]
    assert completed("backproof theorems prove --mu") == ["--mutants"]


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_names_with_words_bare_names_or_json(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.json"
    assert run_command(["list", what, "-q", "--json", str(file)]) == 0
    bare = capsys.readouterr().out.splitlines()
    entries = json.loads(file.read_text(encoding="utf-8"))["entries"]
    assert bare == [entry["name"] for entry in entries]
    assert all(entry["words"] and entry["kind"] for entry in entries)
    assert run_command(["list", what]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith(name) for line, name in zip(lines, bare, strict=True)] == [True] * len(bare)
    assert run_command(["list", what, "-v"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > len(bare)


def test_data_on_standard_output_stand_alone(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for words in (["list", "families"], ["explain", "CORRECT"], ["doctor"]):
        run_command([*words, "--json", "-"])
        assert json.loads(capsysbinary.readouterr().out)
