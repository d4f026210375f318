"""Every row of `docs/real-code.md` runs, with the output that stands there; the other pages run in `tests/docs/`."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = [DOCS / "real-code.md"]


def sections(page: Path) -> list[tuple[str, str]]:
    """What stands before the first heading of a page, and each heading with what stands below it."""
    start, *rest = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [("", start), *zip(rest[::2], rest[1::2], strict=True)]


def runs(text: str, known: dict[str, Any]) -> tuple[int, int]:
    """How many examples fail, and how many there are; what they define is known afterwards."""
    test = doctest.DocTestParser().get_doctest(text.replace("```", ""), known, "page", None, 0)
    found = doctest.DocTestRunner(verbose=False).run(test, clear_globs=False)
    known.update(test.globs)
    return found.failed, found.attempted


ROWS = [(page, title) for page in PAGES for title, _ in sections(page) if title]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("page", "title"), ROWS, ids=[title for _, title in ROWS])
def test_a_row_runs_as_it_stands(page: Path, title: str) -> None:
    (_, start), *rows = sections(page)
    known: dict[str, Any] = {"__name__": "__main__"}
    assert runs(start, known)[0] == 0
    failed, attempted = runs(dict(rows)[title], known)
    assert (failed, attempted > 0) == (0, True)


def test_a_row_that_says_something_else_fails() -> None:
    assert runs(">>> 1 + 1\n3\n", {}) == (1, 1)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_table_names_every_row_once(page: Path) -> None:
    (_, start), *rows = sections(page)
    anchors = re.findall(r"\(#([^)]+)\)", start)
    own = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title, _ in rows]
    assert len(anchors) == len(own)
    assert {one for one in anchors if one not in own} == set()
