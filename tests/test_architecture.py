"""What ARCHITECTURE says is there: every path that it names exists, every wall that it names is one, and every question has an answer that is a path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TOP = ("face/", "engine/", "theorems/", "verify/", "reports/", "tests/", "benchmarks/", "examples/")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found.group(1)


def paths(text: str) -> list[str]:
    """What stands in backticks and begins with a folder of the project."""
    return [found for found in re.findall(r"`([\w./-]+)`", text) if found.startswith(TOP)]


@pytest.mark.parametrize("path", sorted(set(paths(TEXT))))
def test_a_path_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_question_is_answered_with_a_path() -> None:
    rows = [line.split("|")[1:3] for line in section("I want to …").splitlines() if line.startswith("| ") and "question" not in line]
    assert len(rows) > 15
    assert [question for question, answer in rows if not paths(answer)] == []


def test_the_walls_that_are_named_are_tests() -> None:
    walls = (ROOT / "tests" / "test_walls.py").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+_know_\w+)`", section("The routes, and the walls between them"))
    assert len(named) == 2
    assert all(f"def {name}(" in walls for name in named)


def test_both_wings_have_the_same_names_for_the_same_analysis() -> None:
    for name in ("second_derivatives", "bounds", "higher_order", "kinks", "floats", "diagnosis", "words"):
        files = [file.relative_to(ROOT).as_posix() for file in (ROOT / "verify").rglob(f"{name}.py")]
        code = [file for file in files if file.startswith(("verify/lift/", "verify/gradient_oracle/"))]
        assert code, name
        assert len(files) > len(code), name
