"""The notebooks: run again, and compared with the outputs that they are stored with.

    python -m builder.notebooks          # in docs/: run them, and store what comes out

A notebook is run from its first cell to its last in a kernel of its own. What is compared is what a reader sees: the
text of every output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SECONDS = 120  # chosen: a hundred times what a cell takes
SHOWN = ("text/html", "text/plain")  # the richest first, as a page shows it


def notebooks() -> list[Path]:
    """All of them, in the order of the lecture."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> Any:
    """A notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def run(notebook: Any) -> Any:
    """The notebook with the outputs that it has here and now. CellExecutionError where a cell raises."""
    local = Config({"KernelManager": {"transport": "ipc"}})  # no port is opened
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", config=local).execute()
    return notebook


def outputs(notebook: Any) -> list[str]:
    """What each cell of code shows, as text.

    >>> outputs(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    ['']
    """
    return ["".join(_texts(cell.outputs)) for cell in notebook.cells if cell.cell_type == "code"]


def _texts(shown: list[Any]) -> Iterator[str]:
    for one in shown:
        if one.output_type == "stream":
            yield one.text
        elif one.output_type == "error":
            yield f"{one.ename}: {one.evalue}\n"
        else:
            yield next((one.data[kind] for kind in SHOWN if kind in one.data), "")


def store(path: Path, notebook: Any) -> None:
    """Write a notebook so that the same outputs are the same bytes: no times, no counts of runs, no versions."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {name: value for name, value in cell.metadata.items() if name == "tags"}
        for shown in cell.get("outputs", []):
            if "traceback" in shown:
                shown.traceback = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.traceback[-1:]]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in notebooks():
        store(path, run(read(path)))
        print(path.name)
