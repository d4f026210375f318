"""The blocks of graphs that are finished, in a file: what `backproof theorems --exhaustive N --resume FILE` keeps, and
goes on from.

The first line says which run it is: how many vertices at most, the versions, and the code of the backward pass that was
run. A file of another run is refused. A line that is damaged (each begins with a sum, `summed.py`), or says what
another line said, is left out by name, and its block is checked again.

>>> import tempfile
>>> from backproof.verify.proofs.exhaustive import check_block
>>> path = Path(tempfile.mkdtemp()) / "blocks.jsonl"
>>> with keep_blocks(path, 3, read_blocks(path, 3)) as keep:
...     keep(check_block(Block(3, 0, 8)))
>>> with path.open("ab") as file:
...     _ = file.write(b'{"sum":"1f0e8a7c","n":3,"first":0,"stop":8,"viol')
>>> kept = read_blocks(path, 3)
>>> [one.block for one in kept.blocks], kept.damaged
([Block(n=3, first=0, stop=8)], ('line 3 is not whole',))
>>> read_blocks(path, 4)
Traceback (most recent call last):
    ...
backproof.verify.results.finished_blocks.BlocksError: the file is of a run with exhaustive 3, this one has 4; give ...
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import platform
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from backproof.engine import free_algebra, passes
from backproof.reports.document import Record
from backproof.verify.proofs.every_graph import edges_of
from backproof.verify.proofs.exhaustive import MOST_VIOLATIONS, Block, CheckedBlock, Violation, blocks
from backproof.verify.results.summed import read_summed, summed
from backproof.verify.results.versions import versions_of

FORMAT, VERSION = "backproof-blocks", 2
LONGEST_LINE = 2**20  # bytes; twenty violations with eight vertices are 0.2 MB
ON_TRIAL = (passes, free_algebra)
"""The modules that a block runs: their code stands in the header, so that no other code counts as checked."""


class BlocksError(ValueError):
    """A file that holds no finished blocks of this run."""


@dataclass(frozen=True)
class FinishedBlocks:
    """What a file holds: the finished blocks, and a sentence for each line that was left out."""

    blocks: tuple[CheckedBlock, ...] = ()
    damaged: tuple[str, ...] = ()


def header(most: int) -> Record:
    """The first line: which run this is."""
    versions = {"python": platform.python_version(), **versions_of(("backproof", "networkx"))}
    return {"format": FORMAT, "version": VERSION, "run": {"exhaustive": most, **versions, "backward pass": code_of(ON_TRIAL)}}


@cache
def code_of(modules: tuple[ModuleType, ...]) -> str:
    """A name for the code of some modules, whatever their comments and docstrings say.

    >>> code_of((passes,)) == code_of((passes,)) != code_of((free_algebra,))
    True
    """
    found = hashlib.sha256()
    for module in modules:
        tree = ast.parse(inspect.getsource(module))
        for node in ast.walk(tree):
            body: Any = getattr(node, "body", None)
            if isinstance(body, list):
                body[:] = [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
        found.update(ast.dump(tree).encode())
    return found.hexdigest()[:16]


def read_blocks(path: Path, most: int) -> FinishedBlocks:
    """What the file holds of a run over all graphs with up to `most` vertices; nothing if there is no such file, or an
    empty one. BlocksError for a file of something else; OSError if it cannot be read.
    """
    if not path.exists():
        return FinishedBlocks()
    with path.open("rb") as file:
        lines = _lines(file)
        first = next(lines, None)
        if first is None:
            return FinishedBlocks()
        _check_header(first, most)
        planned = {(block.n, block.first): block for n in range(1, most + 1) for block in blocks(n)}
        found: dict[Block, CheckedBlock] = {}
        damaged: list[str] = []
        for number, line in enumerate(lines, start=2):
            try:
                one = _checked_block(read_summed(line), planned)
                if one.block in found:
                    raise ValueError(f"holds a block that stands in the file before: {one.block.sentence}")
                found[one.block] = one
            except ValueError as error:
                damaged.append(f"line {number} {error}")
    return FinishedBlocks(tuple(found.values()), tuple(damaged))


@contextmanager
def keep_blocks(path: Path, most: int, kept: FinishedBlocks) -> Generator[Callable[[CheckedBlock], None]]:
    """A function that adds a finished block to the file, which is made anew first: with what it held, without what was
    damaged. OSError if it cannot be written.
    """
    copy = path.with_name(path.name + ".part")
    with copy.open("wb") as file:
        file.writelines(map(summed, (header(most), *map(_record, kept.blocks))))
    copy.replace(path)
    with path.open("ab") as file:

        def keep(one: CheckedBlock) -> None:
            file.write(summed(_record(one)))
            file.flush()

        yield keep


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines, none of them longer than what a block can need."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)


def _check_header(line: bytes, most: int) -> None:
    found = read_summed(line)
    if found is None or found.get("format") != FORMAT or not isinstance(found.get("run"), dict):
        raise BlocksError(
            "the first line is not that of a file of finished blocks, or damaged, or of an older backproof; "
            "give a file that --resume wrote, or a new one"
        )
    expected = header(most)
    if found.get("version") != VERSION:
        raise BlocksError(f"the file has format version {found.get('version')!r:.20}, this backproof reads {VERSION}; give a new file")
    for key, value in expected["run"].items():
        if found["run"].get(key) != value:
            named = str(found["run"].get(key))[:40]
            raise BlocksError(f"the file is of a run with {key} {named}, this one has {value}; give the same, or a new file")


def _checked_block(data: Any, planned: dict[tuple[int, int], Block]) -> CheckedBlock:
    """A line's data as a block; ValueError, in words that follow its number, if it is not one."""
    if data is None:
        raise ValueError("is not whole")
    if not isinstance(data, dict) or set(data) != {"n", "first", "stop", "violated", "violations", "seconds"}:
        raise ValueError("is no finished block")
    n, first, stop, violated, seconds = (data[key] for key in ("n", "first", "stop", "violated", "seconds"))
    if not all(type(value) is int for value in (n, first, stop, violated)) or planned.get((n, first)) != Block(n, first, stop):
        raise ValueError("names no block of this run")
    block, listed = planned[n, first], data["violations"]
    few = isinstance(listed, list) and len(listed) == min(violated, MOST_VIOLATIONS)
    if not (few and 0 <= violated <= (stop - first) * n and type(seconds) in (int, float) and 0 <= seconds < float("inf")):
        raise ValueError(f"counts what cannot be of {block.sentence}")
    return CheckedBlock(block, violated, tuple(_violation(block, one) for one in listed), float(seconds))


def _violation(block: Block, data: Any) -> Violation:
    if not isinstance(data, dict) or set(data) != {"graph", "vertex", "expected", "found"}:
        raise ValueError(f"has a violation that is none, of {block.sentence}")
    graph, vertex, expected, found = (data[key] for key in ("graph", "vertex", "expected", "found"))
    numbers = type(graph) is int and type(vertex) is int and block.first <= graph < block.stop and 1 <= vertex <= block.n
    if not (numbers and isinstance(expected, str) and isinstance(found, str)):
        raise ValueError(f"has a violation that is none, of {block.sentence}")
    return Violation(block.n, edges_of(block.n, graph), vertex, expected, found)


def _record(one: CheckedBlock) -> Record:
    block = one.block
    listed = [{"graph": v.number, "vertex": v.vertex, "expected": v.expected, "found": v.found} for v in one.violations]
    counts = {"n": block.n, "first": block.first, "stop": block.stop, "violated": one.violated, "violations": listed}
    return {**counts, "seconds": round(one.seconds, 4)}
