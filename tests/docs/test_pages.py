"""Every page runs as printed, in an empty folder, with the wheel installed and no clone in sight."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from builder.pages import DOCS, PAGES, Block, blocks, commands, is_what_stands_there

Run = Callable[[str, Path], "subprocess.CompletedProcess[str]"]

BY_ROW = DOCS / "real-code.md"  # run row by row in tests/test_docs.py; here its first block, outside of the clone
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES} | {
    BY_ROW: "\n## ".join(BY_ROW.read_text(encoding="utf-8").split("\n## ")[:1])
}
RUN = [page for page in PAGES if blocks(TEXTS[page])]
TUTORIALS = [page for page in PAGES if page.parent.name == "tutorials" and page.name != "index.md"]


def differences(page: list[Block], text: str, folder: Path, run: Run) -> list[str]:
    """What does not come out as the page shows it: its commands in order, then all of its Python."""
    found: list[str] = []
    for block in page:
        if block.kind == "file":
            (folder / block.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.name).write_text(block.text, encoding="utf-8")
        for command in commands(block) if block.kind == "console" else []:
            done = run(command.line, folder)
            if done.returncode != command.exit_code or not is_what_stands_there(command.expected, done.stdout):
                found.append(f"$ {command.line}\nexit code {done.returncode}, printed:\n{done.stdout}")
    if any(block.kind == "python" for block in page):
        (folder / "page.txt").write_text(re.sub(r"^```.*$", "", text, flags=re.MULTILINE), encoding="utf-8")
        done = run("python -W ignore::RuntimeWarning -m doctest -o ELLIPSIS page.txt", folder)
        found += [done.stdout] if done.returncode else []
    return found


@pytest.mark.parametrize("page", RUN, ids=[page.relative_to(DOCS).as_posix() for page in RUN])
def test_a_page_runs_as_printed_outside_of_a_clone(page: Path, typed: Run, wheel: Path, tmp_path: Path) -> None:
    if page.name == "install.md":
        shutil.copy(wheel, tmp_path)
    found = differences(blocks(TEXTS[page]), TEXTS[page], tmp_path, typed)
    assert not found, "\n".join(found)


def test_the_python_of_the_readme_runs_outside_of_a_clone(typed: Run, tmp_path: Path) -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert readme.count("```python") >= 3
    assert differences([Block("python", "", "")], readme, tmp_path, typed) == []


def test_every_tutorial_has_commands() -> None:
    assert TUTORIALS
    assert [page.name for page in TUTORIALS if not any(block.kind == "console" for block in blocks(TEXTS[page]))] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```console\n$ echo one\ntwo\n```\n", "printed:\none\n"),
        ("```console\n$ echo one   # exit code 1\none\n```\n", "exit code 0"),
        ("```console\n$ exit 3\n```\n", "exit code 3"),
        ("```python\n>>> 1 + 1\n3\n\n```\n", "Expected:\n    3\nGot:\n    2"),
        ("```{code-block} python\n:caption: a.py\n\nprint(1)\n```\n\n```console\n$ python a.py\n2\n```\n", "printed:\n1\n"),
    ],
)
def test_a_page_that_says_something_else_fails(text: str, said: str, typed: Run, tmp_path: Path) -> None:
    (found,) = differences(blocks(text), text, tmp_path, typed)
    assert said in found


def test_a_block_that_nobody_would_run_is_refused() -> None:
    with pytest.raises(ValueError, match="line 3: a block of kind 'sh' is neither run nor built"):
        blocks("text\n\n```sh\nbackproof verify\n```\n")


def test_a_clone_is_not_in_sight(typed: Run, tmp_path: Path) -> None:
    where = typed("python -c 'import backproof; print(backproof.__file__)'", tmp_path).stdout
    assert "site-packages" in where
    assert str(DOCS.parent) not in where
