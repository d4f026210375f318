"""There is one door to a terminal: `say` and `tell` (`reports/terminal.py`), behind which foreign text is harmless. Nothing else prints."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOOR = "reports/streams.py"
FILES = sorted(
    file.relative_to(ROOT).as_posix() for layer in ("engine", "theorems", "verify", "reports") for file in (ROOT / layer).rglob("*.py")
)
WRITERS = {"print", "echo", "secho", "echo_via_pager", "print_exc", "print_exception"}
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}

MAY_WRITE = {"verify/__main__.py": "nothing could be imported", "reports/tables.py": "rich, into a text in memory"}
"""Files that write by themselves, and why."""


def writes(source: str) -> list[str]:
    """What a source writes with: functions that print, methods of streams, consoles that print."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in WRITERS:
            found.append(called.id)
        elif isinstance(called, ast.Attribute):
            owner = called.value
            if called.attr in WRITERS or (called.attr == "show" and isinstance(owner, ast.Name) and owner.id == "error"):
                found.append(called.attr)
            elif called.attr.startswith("write") and isinstance(owner, ast.Attribute) and owner.attr in STREAMS:
                found.append(f"{owner.attr}.{called.attr}")
    return found


@pytest.mark.parametrize("file", FILES)
def test_a_file_prints_through_the_door_only(file: str) -> None:
    found = writes((ROOT / file).read_text(encoding="utf-8"))
    assert not found or file == DOOR or file in MAY_WRITE


@pytest.mark.parametrize("file", MAY_WRITE)
def test_an_exception_is_needed(file: str) -> None:
    assert writes((ROOT / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line", ["print(name)", "click.echo(name)", "sys.stdout.write(name)", "error.show()", "console.print(name)", "traceback.print_exc()"]
)
def test_what_prints_is_found(line: str) -> None:
    assert writes(line)


@pytest.mark.parametrize("line", ["say(name)", "tell(name)", "file.write(text)", "'print(x)'"])
def test_what_does_not_print_is_not_found(line: str) -> None:
    assert not writes(line)
