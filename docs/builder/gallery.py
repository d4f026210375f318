"""The gallery: a report for each class of faults, made by the command that stands beside it.

The engines are those of the file on the page `gallery.md`; here is which of them is shown, on which graphs, and what to
look for. `make` writes the reports, and the directive `gallery` the table with the links to them.

>>> command(ENTRIES[0])
'backproof oracle wrong_engines:last_consumer_only --functions add,multiply,tanh --scalars --cases 4 --html last_consumer_only.html'
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from backproof.verify.commands.exit_codes import FAILS
from builder.pages import DOCS, blocks
from builder.tables import plain, table

PAGE = DOCS / "gallery.md"
FOLDER = "gallery"
SCALARS = "--functions add,multiply,tanh --scalars --cases 4"


@dataclass(frozen=True)
class Entry:
    """One fault: its class in words, the engine that has it, the graphs on which it shows, what to look for."""

    fault: str
    engine: str
    graphs: str
    see: str


ENTRIES = (
    Entry("sets where it should add", "last_consumer_only", SCALARS, "every vertex with one consumer is right"),
    Entry("an edge is dropped", "dropped_edge", SCALARS, "the adjoint lacks the products of all paths through that edge"),
    Entry("an edge counts twice", "doubled_edge", SCALARS, "the error is a path sum, not a factor"),
    Entry("a wrong sign", "wrong_sign", SCALARS, "the digits are right, and the sign is not"),
    Entry(
        "a transposed Jacobian",
        "transposed",
        "--functions log_softmax,add,sum,multiply --cases 6",
        "only Jacobians that are not symmetric show it",
    ),
    Entry("passed on before it is complete", "read_too_early", SCALARS, "the order of the loop, and not a formula, is wrong"),
    Entry("a repeated operand counts once", "one_use_only", SCALARS, "x · x has one edge, whose Jacobian is 2x"),
    Entry("a wrong local derivative", "tanh_without_square", SCALARS, "only paths through tanh are wrong"),
    Entry(
        "a Jacobian without its off-diagonal",
        "no_off_diagonal",
        "--functions softmax,add,sum,multiply --cases 6",
        "the diagonal alone explains what was found",
    ),
    Entry("a stale value", "stale", SCALARS, "the edges that read the value have Jacobians of another point"),
    Entry("off by one part in a billion", "one_part_in_a_billion", SCALARS, "a tolerance would let it pass"),
    Entry("float32 inside", "float32_inside", SCALARS, "INACCURATE: the formula is right, the floats are not"),
)


def command(entry: Entry) -> str:
    """The command that writes its report."""
    return f"backproof oracle wrong_engines:{entry.engine} {entry.graphs} --html {entry.engine}.html"


def make(folder: Path, entries: Sequence[Entry] = ENTRIES) -> list[Path]:
    """Write the reports into a folder. RuntimeError for one that finds nothing wrong: it is no picture of a fault."""
    folder.mkdir(parents=True, exist_ok=True)
    (engines,) = (block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.kind == "file")
    (folder / engines.name).write_text(engines.text, encoding="utf-8")
    for entry in entries:
        done = subprocess.run([sys.executable, "-m", *command(entry).split()], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != FAILS:
            raise RuntimeError(f"{command(entry)}: expected exit code {FAILS}, found {done.returncode}\n{done.stdout}{done.stderr}")
    return [folder / f"{entry.engine}.html" for entry in entries]


class Gallery(Directive):
    """A row for each class of faults."""

    def run(self) -> list[nodes.Node]:
        """The table; links lead to reports that `python -m builder` makes."""
        rows: list[list[list[nodes.Node]]] = []
        for entry in ENTRIES:
            report = nodes.reference("", entry.fault, refuri=f"{FOLDER}/{entry.engine}.html")
            rows.append([[report], [plain(entry.see)], [nodes.literal(text=command(entry))]])
        return [table(("fault", "what to look for", "command"), rows)]


def setup(app: Any) -> dict[str, bool]:
    """The directive `gallery`."""
    app.add_directive("gallery", Gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
