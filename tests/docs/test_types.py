"""The Python files of every page are clean under the strictest type check, against the wheel as a reader has it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from builder.pages import DOCS, PAGES, Block, blocks

pytest.importorskip("basedpyright", reason="the type check needs pip install 'backproof[docs]'")

WRONG = "def double(x: int) -> int:\n    return str(x)\n"


def errors(files: dict[str, list[Block]], environment: Path, folder: Path) -> list[str]:
    """What the type checker says of the Python files of pages, each page a folder of its own."""
    for page, found in files.items():
        for block in found:
            (folder / page).mkdir(parents=True, exist_ok=True)
            (folder / page / block.name).write_text(block.text, encoding="utf-8")
    roots = [{"root": page, "extraPaths": [page]} for page in files]
    settings = {"typeCheckingMode": "strict", "executionEnvironments": roots}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", str(environment / "python"), "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert told["summary"]["filesAnalyzed"] >= len(files), done.stdout
    return [
        f"{Path(one['file']).relative_to(folder)}:{one['range']['start']['line'] + 1}: {one['message']}"
        for one in told["generalDiagnostics"]
    ]


def test_what_the_pages_hold_is_clean_and_a_wrong_type_is_seen(environment: Path, tmp_path: Path) -> None:
    held = {page.stem: [block for block in blocks(page.read_text(encoding="utf-8")) if block.name.endswith(".py")] for page in PAGES}
    files = {page: found for page, found in held.items() if found}
    assert {page.stem for page in (DOCS / "tutorials").glob("*.md")} - set(files) == {"teacher"}  # its Python is in notebooks
    found = errors(files | {"wrong": [Block("file", "wrong.py", WRONG)]}, environment, tmp_path)
    assert [one for one in found if not one.startswith("wrong/")] == []
    assert len(found) == 1
