"""The audit imports the standard library and itself: nothing of what made the page, and nothing that it was made with."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "reports" / "audit"
FILES = sorted(FOLDER.rglob("*.py"))


def foreign_imports(source: str) -> list[str]:
    """What a source imports that is neither of the standard library nor of the audit; imports by a string count."""
    found: list[str] = []
    called: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(f"{'.' * node.level}{node.module or ''}")
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            called.append(ast.unparse(node))
    strange = [name for name in found if name.partition(".")[0] not in sys.stdlib_module_names]
    return [*called, *(name for name in strange if not name.startswith("backproof.reports.audit."))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(FOLDER).as_posix())
def test_it_imports_nothing_of_what_made_the_page(file: Path) -> None:
    assert foreign_imports(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from backproof.reports.text import short",
        "import backproof.reports.html.page",
        "from backproof.reports import agreement",
        "from backproof.verify.numbers.float_model import gamma",
        "import numpy",
        "from .. import text",
        "def late():\n    from backproof.reports.causes import marked",
        "module = __import__('backproof.reports.text')",
        "import importlib\nimportlib.import_module('backproof.engine')",
    ],
)
def test_an_import_that_is_planted_is_found(line: str) -> None:
    source = (FOLDER / "derivations" / "floats.py").read_text(encoding="utf-8")
    assert len(foreign_imports(f"{source}\n{line}\n")) == 1
