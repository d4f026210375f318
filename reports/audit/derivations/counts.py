"""What a replay line determines by counting alone: entries, paths, the entries of each comparison, the cells of the
coverage.

>>> in_range("2 or 3", 3), in_range("up to 6", 7), in_range("8 or more", 9), in_range("none: the output", 0), in_range("1 vertex", 1)
(True, False, True, True, True)
>>> graphs_up_to(3), graphs_up_to(5)
(11, 1099)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backproof.reports.audit.derivations.replay_lines import Replayed

DIRECTIONS = 3  # along which differences are taken where a graph is large; the contract's
AXES = {
    "Function": ("family", "vertices", "paths from a leaf", "read by", "entries read"),
    "Family": ("vertices", "paths from a leaf", "largest fan-out", "largest dimension"),
}
"""The tables of the coverage that follow from the graphs."""


def entries_of(replayed: Replayed) -> int:
    """How many entries all adjoints of the leaves have."""
    return replayed.seed_rows * sum(map(replayed.size, replayed.leaves_with_adjoints))


def paths_of(replayed: Replayed) -> int:
    """How many paths lead from the leaves to the output."""
    return sum(replayed.paths_to_output[j] for j in replayed.leaves_with_adjoints)


def entries_of_claim(claim: str, system: str, replayed: Replayed) -> int | None:
    """How many entries a comparison has, by the graph; None where that is not known.

    >>> graph = {"n": 2, "l": 1, "edges": [[1, 2]], "vertices": [{"name": "x", "shape": [3]}, {"name": "y", "shape": [], "operands": [1]}]}
    >>> replayed = Replayed({"graph": graph, "leaves": [[1, 2, 3]], "cotangent": None})
    >>> [entries_of_claim(claim, "ball", replayed) for claim in ("backward pass = path sum", "path sum = differences", "another")]
    [4, 3, None]
    """
    smooth = [i for i in range(1, replayed.n + 1) if not replayed.vertex(i).get("discrete")]
    every = replayed.seed_rows * sum(map(replayed.size, smooth))
    leaves = replayed.seed_rows * sum(map(replayed.size, replayed.leaves_with_adjoints))
    if claim == "backward pass = path sum":
        return every
    if claim in ("floats = certified derivative", "engine = certified derivative"):
        return leaves
    if claim == "engine = path sum (inner vertices)":
        return every - leaves
    if not claim.startswith("path sum = "):
        return None
    reached = {j: _reached(replayed, j) for j in replayed.leaves_with_adjoints}
    pairs = sum(replayed.size(j) * sum(replayed.size(k) for k in found) for j, found in reached.items())
    inner = sum(replayed.size(k) for k in set[int]().union(*reached.values()))
    if claim == "path sum = its definition":  # of every vertex to the output, and in balls of all pairs
        to_output = replayed.size(replayed.n) * sum(map(replayed.size, smooth))
        others = (replayed.size(j) * replayed.size(k) for j, found in reached.items() for k in found if k != replayed.n)
        return to_output + (sum(others) if system == "ball" else 0)
    return {
        "path sum = certified derivative": pairs,
        "path sum = differences": pairs,
        "path sum = differences along v": DIRECTIONS * inner,
    }.get(claim)


def _reached(replayed: Replayed, j: int) -> set[int]:
    found: set[int] = set()
    for k in range(j, replayed.n + 1):
        if k == j or k in found:
            found.update(replayed.children[k])
    return found


def graphs_up_to(n: int) -> int:
    """How many edge sets there are on up to n ordered vertices: Σ 2^(k(k−1)/2)."""
    return sum(2 ** (k * (k - 1) // 2) for k in range(1, n + 1))


def in_range(words: str, quantity: int) -> bool:
    """Whether a number lies in a range as a head names it."""
    numbers = [int(word) for word in re.findall(r"\d+", words)]
    if words.startswith("none"):
        return quantity == 0
    if words.startswith("up to"):
        return quantity <= numbers[0]
    if words.endswith("or more"):
        return quantity >= numbers[0]
    if len(numbers) == 2:
        return numbers[0] <= quantity <= numbers[1]
    return bool(numbers) and quantity == numbers[0]


def live(replayed: Replayed) -> list[int]:
    """The vertices, not leaves, that depend on a leaf with a derivative, or on nothing, and on which the output
    depends."""
    moving, constants, used = set(replayed.leaves_with_adjoints), set[int](), {replayed.n}
    inner = range(replayed.leaves + 1, replayed.n + 1)
    for k in inner:
        operands = replayed.operands(k)
        if moving.intersection(operands):
            moving.add(k)
        elif not operands:
            constants.add(k)
    for k in reversed(inner):
        if k in used:
            used.update(replayed.operands(k))
    return [k for k in inner if k in used and k in moving | constants]


def uses(replayed: Replayed, kind: str, axis: str) -> Iterator[tuple[str, int | str]]:
    """The subjects of one case on an axis, with where they lie on it."""
    family = replayed.document.get("family")
    most_paths = max((replayed.paths_to_output[j] for j in replayed.leaves_with_adjoints), default=0)
    every = range(1, replayed.n + 1)
    whole = {
        "vertices": replayed.n,
        "paths from a leaf": most_paths,
        "largest fan-out": max(len(replayed.children[j]) for j in every),
        "largest dimension": max(map(replayed.size, every)),
    }
    if kind == "family":
        if family is not None and axis in whole:
            yield str(family), whole[axis]
        return
    for i in live(replayed):
        function = str(replayed.vertex(i).get("function"))
        if axis == "family":
            if family is not None:
                yield function, str(family)
        elif axis == "read by":
            yield function, len(replayed.children[i])
        elif axis == "entries read":
            yield function, max([replayed.size(j) for j in replayed.operands(i)] or [replayed.size(i)])
        elif axis in whole:
            yield function, whole[axis]
