"""What the README says works: its Python examples run, and every command and option it names exists."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from backproof.verify.commands.main import run_command

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_python_examples_run() -> None:
    found = doctest.testfile(str(README), module_relative=False)
    assert found.attempted > 5
    assert found.failed == 0


@pytest.mark.parametrize("command", ["verify", "replay", "theorems", "theorems derivation", "theorems prove", "selftest"])
def test_every_option_of_a_command_is_in_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = re.findall(rf"^backproof {command}(?! prove| derivation)\b.*$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    assert run_command([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    for option in re.findall(r"--[a-z-]+", " ".join(lines)):
        assert option in shown


def test_the_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures
    assert all((README.parent / picture).is_file() for picture in pictures)
