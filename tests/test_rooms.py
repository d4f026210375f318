"""Every folder says what it is for and which rooms it has, and what it says is what is there; no folder is a hall, no file a second folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("engine", "theorems", "verify", "reports")
FOLDERS = sorted(file.parent for layer in LAYERS for file in (ROOT / layer).rglob("__init__.py"))
FILES = sorted(file for layer in LAYERS for file in (ROOT / layer).rglob("*.py"))
MOST_FILES = 20
MOST_LINES = 400


def docstring(folder: Path) -> str:
    return ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""


def rooms_named(text: str) -> list[str]:
    """The rooms that a folder's docstring lists: lines that start with a name in backticks."""
    return re.findall(r"^- `([\w.]+)` \S", text, re.MULTILINE)


def rooms_there(folder: Path) -> set[str]:
    files = {file.name for file in folder.glob("*.py") if not file.name.startswith("__")}
    return files | {inner.parent.name for inner in folder.glob("*/__init__.py")}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=relative)
def test_the_rooms_that_a_folder_names_are_the_files_that_it_holds(folder: Path) -> None:
    named = rooms_named(docstring(folder))
    assert len(named) == len(set(named))
    assert set(named) == rooms_there(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=relative)
def test_a_folder_says_its_purpose_and_its_rule(folder: Path) -> None:
    text = docstring(folder)
    assert text.index(".") < text.index("- `")
    assert re.search(r"^\*Rule\*: \S", text, re.MULTILINE)


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if "verify/" in relative(folder)], ids=relative)
def test_a_folder_of_verify_says_to_which_wing_it_belongs(folder: Path) -> None:
    assert re.search(r"^(Wing of (graphs|code)|Ground|Above both wings)\b", docstring(folder), re.MULTILINE)


def test_the_parser_sees_a_room_that_is_not_named() -> None:
    assert set(rooms_named("A folder.\n\n- `balls.py` ball arithmetic\n- `tape` the core\n")) == {"balls.py", "tape"}
    assert rooms_named("no list here: `balls.py`") == []


@pytest.mark.parametrize("folder", FOLDERS, ids=relative)
def test_no_folder_is_a_hall(folder: Path) -> None:
    assert len([name for name in rooms_there(folder) if name.endswith(".py")]) <= MOST_FILES


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_a_file_is_a_page_and_does_not_repeat_its_folder(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert not file.name.startswith(file.parent.name + "_")
