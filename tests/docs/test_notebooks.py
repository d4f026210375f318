"""The notebooks of the lecture run from top to bottom, and show what they are stored with."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
from builder.pages import DOCS

pytest.importorskip("nbclient", reason="notebooks need pip install 'backproof[docs]'")
pytest.importorskip("ipykernel", reason="notebooks need pip install 'backproof[docs]'")

from builder.notebooks import notebooks, outputs, read, run, store

NOTEBOOKS = notebooks()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_shows_what_comes_out(path: Path) -> None:
    stored = read(path)
    assert any(outputs(stored))
    assert outputs(run(copy.deepcopy(stored))) == outputs(stored)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_is_stored_as_the_command_stores_it(path: Path, tmp_path: Path) -> None:
    store(tmp_path / path.name, read(path))
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_an_output_that_is_not_what_comes_out_is_seen() -> None:
    changed = read(NOTEBOOKS[0])
    cell = next(cell for cell in changed.cells if cell.get("outputs"))
    cell.outputs[0].text = cell.outputs[0].text.replace("192.0", "191.0")
    assert outputs(changed) != outputs(read(NOTEBOOKS[0]))


def test_every_item_of_the_lecture_is_in_one() -> None:
    text = "".join(cell.source for path in NOTEBOOKS for cell in read(path).cells if cell.cell_type == "markdown")
    spans = [(int(first), int(last or first)) for first, last in re.findall(r"L(\d+)(?: – L(\d+))?", text)]
    assert {item for first, last in spans for item in range(first, last + 1)} == set(range(1, 17))
    assert all(path.relative_to(DOCS).parts[0] == "notebooks" for path in NOTEBOOKS)
