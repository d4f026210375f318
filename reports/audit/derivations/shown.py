"""A case as it is shown, on a page or in a file: what stands where, and what its words are compared with.

The numbers of a case are cells here, whichever document they stand in; the derivations (`steps.py`, `path_sums.py`,
`routes.py`) know no other form. Vertices are named on a page and numbered in a file: `label` says how.

>>> cut("x" * 50), cut("x\u202e")
('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…', None)
>>> from backproof.reports.audit.derivations.replay_lines import Replayed
>>> graph = {"n": 2, "l": 1, "edges": [[1, 2]], "vertices": [{"name": "x", "shape": []}, {"name": "y", "shape": [2], "operands": [1]}]}
>>> case = ShownCase("id", Replayed({"graph": graph, "leaves": [[1]], "cotangent": None}), by_name=True)
>>> case.read_path("x → y"), case.read_path("y → x"), case.path_words((1, 2))
((1, 2), None, 'x → y')
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property

from backproof.reports.audit.derivations.floats import Matrix, around, exactly, product
from backproof.reports.audit.derivations.ledger import Cell
from backproof.reports.audit.derivations.replay_lines import Replayed

LONGEST = 40  # letters of a name on the page; longer ones are cut
ARROW = " → "
UNDEFINED = "not defined"


def cut(name: str) -> str | None:
    """A name as a page shows it; None where it holds what a page shows otherwise."""
    if not name.isprintable() or any(letter in "\u2066\u2067\u2068\u2069\u061c" or "\u0590" <= letter <= "\u08ff" for letter in name):
        return None
    return " ".join((name if len(name) <= LONGEST else name[: LONGEST - 1] + "…").split())


@dataclass(frozen=True, slots=True)
class Contribution:
    """One row of a backward step."""

    child: Cell
    product: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the backward pass; `words` where it has no contribution."""

    number: Cell
    vertex: Cell
    contributions: tuple[Contribution, ...]
    adjoint: Cell
    certified: Cell | None = None


@dataclass(frozen=True, slots=True)
class ListedPath:
    """One path, its product and the running sum."""

    path: Cell
    product: Cell
    running: Cell


@dataclass(frozen=True, slots=True)
class PathTable:
    """The paths from a leaf to the output: how many (`count`), those listed, how many more, their sum and the adjoint."""

    start: int | None
    count: Cell
    listed: tuple[ListedPath, ...]
    more: Cell | None
    sum: Cell
    comparison: Cell | None
    adjoint: Cell
    starts_at: Cell | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of a leaf's adjoint, by three routes. `leaf`, `row`, `column` are None where its name says none."""

    name: Cell
    leaf: int | None
    row: int
    column: int
    certified: Cell
    exact: Cell | None
    backward: Cell
    backward_hex: Cell
    digits: Cell
    ulps: Cell
    summed: Cell | None
    summed_hex: Cell | None
    bound: Cell | None
    verdict: str
    difference: Cell | None
    estimate: Cell | None
    directions: Cell | None = None


@dataclass(eq=False)
class ShownCase:
    """A case, what its replay line holds, and its numbers as they stand. `by_name`: whether vertices are named (a page)
    or numbered (a file); `own`: whether the adjoints are those of the loop of the lecture, not of an engine on trial.
    """

    id: str
    replayed: Replayed
    by_name: bool
    own: bool = True
    verdict: str = "CORRECT"
    u: dict[int, Cell] = field(default_factory=dict[int, Cell])
    p: dict[int, Cell] = field(default_factory=dict[int, Cell])
    D: dict[tuple[int, int], Cell] = field(default_factory=dict[tuple[int, int], Cell])
    steps: list[Step] = field(default_factory=list[Step])
    paths: list[PathTable] = field(default_factory=list[PathTable])
    routes: list[Route] = field(default_factory=list[Route])
    left_out: dict[str, Cell] = field(default_factory=dict[str, Cell])

    @cached_property
    def labels(self) -> list[str | None]:
        """What a vertex is called, vertex 0 first (nothing); None where that is not known."""
        n = self.replayed.n
        return [None, *(cut(name) for name in self.replayed.names)] if self.by_name else [None, *map(str, range(1, n + 1))]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The vertex of each label that only one has."""
        found: dict[str, int] = {}
        doubled: set[str] = set()
        for number, label in enumerate(self.labels):
            if label is not None:
                (doubled.add if label in found else found.setdefault)(label, *(() if label in found else (number,)))
        return {label: number for label, number in found.items() if label not in doubled}

    def vertex_of(self, label: str) -> int | None:
        """The vertex with this label; None where there is none, or several."""
        return self.numbers.get(" ".join(label.split()))

    def known(self, number: int) -> bool:
        """Whether the label of a vertex is its own."""
        label = self.labels[number]
        return label is not None and self.numbers.get(label) == number

    def path_words(self, path: tuple[int, ...]) -> str:
        """A path as it is shown."""
        return (ARROW if self.by_name else " ").join(self.labels[number] or "?" for number in path)

    def read_path(self, text: str) -> tuple[int, ...] | None:
        """The vertices of a path; None where the text names none of the graph."""
        found = self._split(text)
        if found is None or any(number is None for number in found):
            return None
        path = tuple(number for number in found if number is not None)
        return path if all(i in self.replayed.children[j] for j, i in itertools.pairwise(path)) else None

    def _split(self, text: str) -> list[int | None] | None:
        words = " ".join(text.split())
        parts = words.split(ARROW) if self.by_name else words.split()
        numbers = [self.numbers.get(part) for part in parts]
        if None not in numbers or not any(ARROW in label for label in self.numbers):
            return numbers
        joined: list[int | None] = []  # names that hold an arrow themselves: the longest that fits
        while parts:
            for size in range(len(parts), 0, -1):
                number = self.numbers.get(ARROW.join(parts[:size]))
                if number is not None or size == 1:
                    joined.append(number)
                    parts = parts[size:]
                    break
        return joined

    def matrix(self, cell: Cell | None, rows: int, columns: int) -> Matrix | None:
        """The numbers of a cell as a matrix; None where they are not listed, or not finite."""
        numbers = None if cell is None else cell.numbers
        if numbers is None or len(numbers) != rows * columns:
            return None
        return exactly(numbers) if all(abs(number) < float("inf") for number in numbers) else None

    @cached_property
    def adjoints(self) -> dict[int, Matrix]:
        """The adjoints that are listed."""
        rows, size = self.replayed.seed_rows, self.replayed.size
        found = {i: self.matrix(cell, rows, size(i)) for i, cell in self.p.items()}
        return {i: matrix for i, matrix in found.items() if matrix is not None}

    @cached_property
    def jacobians(self) -> dict[tuple[int, int], Matrix]:
        """The edge Jacobians that are listed."""
        size = self.replayed.size
        found = {(j, i): self.matrix(cell, size(i), size(j)) for (j, i), cell in self.D.items()}
        return {edge: matrix for edge, matrix in found.items() if matrix is not None}

    @cached_property
    def magnitudes(self) -> dict[int, Matrix]:
        """|p_n|·Σ Π|D| over all paths from each vertex, as intervals, by the recursion with absolute values; where every
        D below is listed."""
        replayed = self.replayed
        rows, n = replayed.seed_rows, replayed.n
        found: dict[int, Matrix] = {n: exactly(abs(value) for value in replayed.seed)}
        for j in range(n - 1, 0, -1):
            below = [i for i in replayed.children[j] if replayed.paths_to_output[i]]
            parts: list[Matrix] = []
            for i in below:
                D = self.jacobians.get((j, i))
                part = None if D is None or i not in found else product(found[i], exactly(abs(a) for a, _ in D), rows, replayed.size(i))
                if part is None:
                    break
                parts.append(part)
            else:
                size = rows * replayed.size(j)
                found[j] = tuple((sum(part[k][0] for part in parts), sum(part[k][1] for part in parts)) for k in range(size))
        return found

    @cached_property
    def recursion(self) -> dict[int, Matrix]:
        """p_n·Σ Π D of every vertex by the recursion with the D that are listed, in intervals; where all below are."""
        replayed = self.replayed
        rows = replayed.seed_rows
        found: dict[int, Matrix] = {replayed.n: exactly(replayed.seed)}
        for j in range(replayed.n - 1, 0, -1):
            parts: list[Matrix] = []
            below = [i for i in replayed.children[j] if replayed.paths_to_output[i]]
            for i in below:
                D = self.jacobians.get((j, i))
                part = None if D is None or i not in found else product(found[i], D, rows, replayed.size(i))
                if part is not None:
                    parts.append(part)
            if len(parts) == len(below):
                size = rows * replayed.size(j)
                found[j] = tuple(around([part[k] for part in parts], len(parts)) for k in range(size))
        return found

    def operations(self, j: int, paths: int) -> int:
        """How many roundings one entry of a path sum from j has at most, whichever way it is formed."""
        below = [i for i in range(j, self.replayed.n + 1) if self.replayed.paths_to_output[i]]
        return sum(self.replayed.size(i) + 1 for i in below) + self.replayed.seed_rows + paths
