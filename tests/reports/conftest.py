"""Realistic results documents, computed here from small random graphs with nothing of the project's code.

Every vertex is `x + y + …`, `x · y` or `A x` on vectors of one or two entries. Values are small dyadic numbers, so that
floats are exact, and the path sums come from listing the paths and the adjoints from the recursion, each in its own few
lines.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

Matrix = list[list[float]]
Record = dict[str, Any]


def product(a: Matrix, b: Matrix) -> Matrix:
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)] for row in a]


def plus(a: Matrix, b: Matrix) -> Matrix:
    return [[x + y for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def words(matrix: Matrix) -> list[list[str]]:
    return [[repr(x) for x in row] for row in matrix]


def identity(size: int) -> Matrix:
    return [[float(r == c) for c in range(size)] for r in range(size)]


def all_paths(edges: dict[tuple[int, int], Matrix], start: int, end: int) -> list[list[int]]:
    if start == end:
        return [[end]]
    return [[start, *rest] for (a, b) in sorted(edges) if a == start for rest in all_paths(edges, b, end)]


def random_detail(rng: random.Random) -> Record:
    leaves, n = rng.randint(1, 3), rng.randint(4, 9)
    vertices: list[Record] = []
    values: dict[int, list[float]] = {}
    edges: dict[tuple[int, int], Matrix] = {}
    uses: dict[tuple[int, int], int] = {}
    for i in range(1, n + 1):
        vertex: Record = {
            "number": i,
            "name": f"x{i}" if i <= leaves else f"v{i}",
            "function": None,
            "formula": None,
            "operands": [],
            "attributes": {},
            "discrete": False,
        }
        if i <= leaves:
            values[i] = [rng.randint(-8, 8) / 4 for _ in range(rng.choice((1, 1, 2)))]
        else:
            grow(rng, i, vertex, values, edges, uses)
        vertex["shape"] = [2] if len(values[i]) == 2 else []
        vertices.append(vertex)
    return detail_of(leaves, vertices, values, edges, uses)


def grow(
    rng: random.Random,
    i: int,
    vertex: Record,
    values: dict[int, list[float]],
    edges: dict[tuple[int, int], Matrix],
    uses: dict[tuple[int, int], int],
) -> None:
    j = i - 1 if rng.random() < 0.7 else rng.randint(1, i - 1)
    same = [k for k in range(1, i) if len(values[k]) == len(values[j])]
    k = rng.choice(same)
    u, w = values[j], values[k]
    kind = rng.choice(("add", "multiply", "linear"))
    vertex["function"], vertex["operands"] = kind, [j, k]
    if kind == "linear":
        matrix: Matrix = [[float(rng.randint(-2, 2)) for _ in u] for _ in range(rng.choice((1, 2)))]
        vertex["formula"], vertex["operands"] = "A x", [j]
        values[i] = [row[0] for row in product(matrix, [[x] for x in u])]
        edges[j, i], uses[j, i] = matrix, 1
        return
    vertex["formula"] = "x + y" if kind == "add" else "x · y"
    values[i] = [a + b if kind == "add" else a * b for a, b in zip(u, w, strict=True)]
    for parent, other in ((j, w), (k, u)):
        local = [[(1.0 if kind == "add" else other[r]) * (r == c) for c in range(len(u))] for r in range(len(u))]
        edges[parent, i] = plus(edges[parent, i], local) if (parent, i) in edges else local
        uses[parent, i] = uses.get((parent, i), 0) + 1


def detail_of(
    leaves: int,
    vertices: list[Record],
    values: dict[int, list[float]],
    edges: dict[tuple[int, int], Matrix],
    uses: dict[tuple[int, int], int],
) -> Record:
    n = len(vertices)
    seed = identity(len(values[n]))
    adjoints: dict[int, Matrix] = {n: seed}
    steps: list[Record] = [{"step": 1, "vertex": n, "contributions": [], "adjoint": words(seed)}]
    for j in range(n - 1, 0, -1):
        adjoints[j] = [[0.0] * len(values[j]) for _ in seed]
        contributions: list[Record] = []
        for a, i in sorted(edges):
            if a == j:
                term = product(adjoints[i], edges[a, i])
                adjoints[j] = plus(adjoints[j], term)
                contributions.append({"child": i, "product": words(term), "after": words(adjoints[j])})
        steps.append({"step": len(steps) + 1, "vertex": j, "contributions": contributions, "adjoint": words(adjoints[j])})
    return {
        "graph": {"l": leaves, "vertices": vertices, "edges": [{"from": a, "to": b, "uses": uses[a, b]} for a, b in sorted(edges)]},
        "values": {str(i): [repr(x) for x in u] for i, u in values.items()},
        "adjoints": {str(i): words(p) for i, p in adjoints.items()},
        "jacobians": {f"{a}->{b}": words(D) for (a, b), D in sorted(edges.items())},
        "paths": [paths_of(j, n, edges, adjoints[j], len(values[j]), seed) for j in range(1, leaves + 1)],
        "backward": steps,
        "table": [row for j in range(1, leaves + 1) for row in rows_of(j, vertices[j - 1], adjoints[j])],
    }


def paths_of(j: int, n: int, edges: dict[tuple[int, int], Matrix], adjoint: Matrix, width: int, seed: Matrix) -> Record:
    running: Matrix = [[0.0] * width for _ in seed]
    listed: list[Record] = []
    for path in all_paths(edges, j, n):
        term = seed
        for a, b in reversed(list(itertools.pairwise(path))):
            term = product(term, edges[a, b])
        running = plus(running, term)
        listed.append({"vertices": path, "product": words(term), "running": words(running)})
    return {
        "from": j,
        "to": n,
        "count": str(len(listed)),
        "listed": listed,
        "omitted": "0",
        "sum": words(running),
        "adjoint": words(adjoint),
    }


def rows_of(j: int, vertex: Record, adjoint: Matrix) -> list[Record]:
    rows: list[Record] = []
    for r, row in enumerate(adjoint):
        for c, value in enumerate(row):
            number = {"value": repr(value), "hex": value.hex()}
            rows.append(
                {"leaf": j, "name": vertex["name"], "index": [c] if vertex["shape"] else [], "output": [r], "reference": repr(value), "exact": str(Fraction(value)),
                 "backward": number, "path_sum": number, "difference": {"value": repr(value), "estimate": "1.2e-51"}, "ulps": "0", "digits": 17.0,
                 "bound": "1.1e-15", "verdict": "CORRECT"}
            )  # fmt: skip
    return rows


def check(system: str, verdict: str, reason: str | None = None, failures: tuple[Record, ...] = ()) -> Record:
    return {"claim": "backward pass = path sum", "theorem": "Theorem 2: the backward pass is correct (L16)", "system": system, "verdict": verdict, "reason": reason,
            "evidence": "exact on 1 case" if system == "rational" else "within rounding bound on 1 case", "kind": "EXACT" if system == "rational" else "ROUNDING",
            "digits": None, "entries": 3, "worst": "equal", "bins": None, "failed": len(failures), "failures": list(failures)}  # fmt: skip


def make_case(rng: random.Random, place: int, verdict: str) -> Record:
    detail = random_detail(rng)
    reason = {"WRONG": "the two sides differ", "INACCURATE": "the floats are beyond the bound", "INCONCLUSIVE": "too many paths"}.get(
        verdict
    )
    failure = {"where": f"leaf x1[0] -> out[{place}]", "left": "0.5", "right": "0.25", "difference": "0.25", "allowed": "1.1e-15"}
    failures = (failure,) if verdict in ("WRONG", "INACCURATE") else ()
    return {
        "id": f"{place:04x}{rng.getrandbits(32):08x}",
        "name": f"random {place}",
        "group": "random",
        "family": ("chain", "diamond", "ladder")[place % 3],
        "verdict": verdict,
        "reason": reason,
        "vertices": len(detail["graph"]["vertices"]),
        "leaves": detail["graph"]["l"],
        "edges": len(detail["graph"]["edges"]),
        "paths": str(sum(int(paths["count"]) for paths in detail["paths"])),
        "facts": {"vertices": 4, "paths": "2", "fan_out": 2, "dimension": 2, "functions": [["add", 0, 2]]},
        "entries": len(detail["table"]),
        "checks": [check("rational", "CORRECT"), check("float64", verdict, reason, failures)],
        "digits": 17.0,
        "ulps": str(place % 7),
        "replay": f"backproof1:{rng.getrandbits(1200):x}",
        "undecidable": [],
        "witnessed": True,
        "findings": [],
        "detail": detail,
    }


def make_results(verdicts: list[str], seed: int = 0) -> Record:
    rng = random.Random(seed)
    cases = [make_case(rng, place, verdict) for place, verdict in enumerate(verdicts)]
    counts = {name: verdicts.count(name) for name in ("CORRECT", "INACCURATE", "WRONG", "INCONCLUSIVE")}
    worst = next((name for name in ("WRONG", "INACCURATE", "INCONCLUSIVE") if counts[name]), "CORRECT")
    claim = {
        "claim": "backward pass = path sum",
        "theorem": "Theorem 2: the backward pass is correct (L16)",
        "counts": counts,
        "not_checked": 0,
        "worst": "equal",
        "bins": None,
    }
    return {
        "format": "backproof-results",
        "version": 1,
        "tool": {"name": "backproof", "version": "0.1.0"},
        "environment": {"python": "3.11.7", "numpy": "2.4.6"},
        "run": {
            "command": f"backproof verify --cases {len(cases)} --seed {seed}",
            "seed": seed,
            "cases": len(cases),
            "max_paths": 100000,
            "digits": 50,
            "allow_inconclusive": False,
            "dtypes": ["float64"],
            "interrupted": False,
        },
        "summary": {
            "holds": worst == "CORRECT" and bool(cases),
            "verdict": worst,
            "sentence": f"{counts['CORRECT']} of {len(cases)} cases hold." if cases else "no case was checked.",
            "counts": counts,
            "claims": [
                {**claim, "system": "rational", "evidence": f"exact on {len(cases)} cases"},
                {**claim, "system": "float64", "evidence": f"within rounding bound on {len(cases)} cases"},
            ]
            if cases
            else [],
            "not_checked": ["scikit-learn is not installed: the digits were not run"],
            "accuracy": {"worst_digits": 17.0, "worst_ulps": "6", "case": cases[0]["id"]} if cases else None,
        },
        "theorems": [
            {**theorem, "verdict": theorem["verdict"] if cases else None}
            for theorem in (
                path_sum_theorem(),
                {**path_sum_theorem(), "label": "backward-pass", "title": "Theorem 2", "uses": ["path-sum"]},
            )
        ],
        "proofs": {
            "status": "recorded",
            "sentence": "the formal proofs were not checked here; recorded: 140 proved without axioms, with Coq 8.16.1 on 2026-11-23",
            "coq": "8.16.1",
            "date": "2026-11-23",
            "proved": [],
            "problems": [],
            "tables": 0,
            "edges": [["backward-pass", "path-sum"]],
        },
        "exhaustive": {
            "n": 2,
            "graphs": 3,
            "adjoints": 5,
            "violated": 0,
            "sizes": [{"n": 1, "graphs": 1, "adjoints": 1, "violated": 0}, {"n": 2, "graphs": 2, "adjoints": 4, "violated": 0}],
            "violations": [],
        },
        "derivations": [derivation()] if cases else [],
        "coverage": None,
        "groups": [{"name": "random", "title": "Random graphs", "cases": len(cases), "counts": counts}] if cases else [],
        "cases": cases,
    }


def path_sum_theorem() -> Record:
    """One theorem with two steps: the first checked in two number systems, the second not at all."""
    found: Record = {
        "system": "rational",
        "evidence": "exact on 3 cases",
        "kind": "EXACT",
        "verdict": "CORRECT",
        "counts": {"CORRECT": 3, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 0},
        "places": 1234,
        "methods": ["interpolating stencil"],
        "degree": None,
        "bound": None,
        "reason": None,
        "case": None,
        "failure": None,
    }
    step: Record = {
        "name": "conclusion",
        "source": "L15",
        "words": "The derivative is the path sum.",
        "latex": r"\frac{\partial u_k}{\partial u_j} = \sum_{p} \prod D",
        "formal": None,
        "formal_statement": None,
        "verdict": "CORRECT",
        "found": [found, {**found, "system": "random point", "places": 1, "methods": [], "degree": 4, "bound": 1.5e-9}],
    }
    return {
        "label": "path-sum",
        "title": "Theorem 1: sum over paths",
        "source": "L15",
        "words": "The derivative of u_k is the sum over all paths.",
        "latex": r"\sum_{p \in P(j,k)} \prod_{(a,b) \in p} D_{a \to b}",
        "hypotheses": [{"name": "acyclic", "words": "edges go upward"}],
        "uses": [],
        "claim": "conclusion",
        "formal": None,
        "formal_statement": None,
        "verdict": "CORRECT",
        "evidence": ["exact on 3 cases"],
        "steps": [step, {**step, "name": "parts", "verdict": None, "found": []}],
    }


def derivation() -> Record:
    """A derivation of one line."""
    line = {"text": "∂y/∂x|^{fy}", "latex": r"\frac{\partial y}{\partial x}", "reason": "chain rule at y", "source": "L2(c)"}
    checked = {"verdict": "CORRECT", "evidence": "to 50 digits on 1 case"}
    return {
        "case": "two vertices",
        "leaf": "x",
        "left": "∂y/∂x|^{f̄y}",
        "left_latex": r"\frac{\partial y}{\partial x}",
        **checked,
        "lines": [{**line, **checked}],
    }


@pytest.fixture
def make() -> Callable[..., Record]:
    """`make(verdicts, seed=0)`: a results document with one random case for each verdict."""
    return make_results


@pytest.fixture
def sample() -> Record:
    """Twelve cases, of which two are WRONG, one INACCURATE and one INCONCLUSIVE."""
    return make_results(["CORRECT"] * 5 + ["WRONG", "CORRECT", "INCONCLUSIVE", "CORRECT", "INACCURATE", "WRONG", "CORRECT"])
