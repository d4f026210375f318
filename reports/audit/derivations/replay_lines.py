"""What a replay line holds: the case itself, taken apart without the code that wrote it.

The line is base64 of compressed JSON; the id of a case is the beginning of the SHA-256 of its graph, leaves and
cotangent. Paths are counted on its edges.

>>> import base64, zlib
>>> case = {"cotangent": None, "graph": {"edges": [[1, 2], [1, 3], [2, 3]], "l": 1, "n": 3, "vertices": [{"name": "x", "shape": []}]}, "leaves": [[2]]}
>>> line = "backproof1:" + base64.urlsafe_b64encode(zlib.compress(json.dumps(case).encode())).decode().rstrip("=")
>>> replayed = read_line(line)
>>> replayed.id, replayed.paths_to_output[1], replayed.leaf(1)
('cb65e043bc8e', 2, (2.0,))
>>> read_line(line[:-8])
Traceback (most recent call last):
    ...
backproof.reports.audit.derivations.replay_lines.LineError: the line does not unpack: Error -5 while decompressing data: incomplete or truncated stream
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
import zlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

PREFIX = "backproof1:"
LONGEST = 2**25  # bytes that a line may unpack to; chosen: far beyond what a case may hold

_LINE = re.compile(r"backproof1:([A-Za-z0-9_-]+)")


class LineError(ValueError):
    """A replay line that does not unpack to a case."""


@dataclass(frozen=True)
class Replayed:
    """The case of a replay line."""

    document: dict[str, Any]

    @cached_property
    def id(self) -> str:
        """Twelve hex digits of graph, leaves and cotangent."""
        content = {key: self.document[key] for key in ("graph", "leaves", "cotangent")}
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()[:12]

    @cached_property
    def n(self) -> int:
        """How many vertices."""
        return int(self.document["graph"]["n"])

    @cached_property
    def edges(self) -> list[tuple[int, int]]:
        """The edges (j, i), sorted."""
        return sorted((int(j), int(i)) for j, i in self.document["graph"]["edges"])

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The vertices that read each vertex, ascending."""
        children: dict[int, list[int]] = {j: [] for j in range(1, self.n + 1)}
        for j, i in self.edges:
            children[j].append(i)
        return children

    def vertex(self, i: int) -> dict[str, Any]:
        """What the document says of a vertex."""
        return self.document["graph"]["vertices"][i - 1]

    @cached_property
    def names(self) -> list[str]:
        """The names of the vertices, first to last."""
        return [str(vertex["name"]) for vertex in self.document["graph"]["vertices"]]

    @cached_property
    def leaves(self) -> int:
        """How many vertices are leaves."""
        return int(self.document["graph"]["l"])

    @cached_property
    def leaves_with_adjoints(self) -> list[int]:
        """The leaves that are not discrete."""
        return [j for j in range(1, self.leaves + 1) if not self.vertex(j).get("discrete")]

    def operands(self, i: int) -> list[int]:
        """The operands of a vertex; none of a leaf."""
        return [int(j) for j in self.vertex(i).get("operands", ())]

    def size(self, i: int) -> int:
        """The number of entries of a vertex."""
        return math.prod(int(d) for d in self.vertex(i)["shape"])

    def leaf(self, j: int) -> tuple[float, ...]:
        """The values of a leaf, each rounded to the nearest float64."""
        return tuple(_float(value) for value in self.document["leaves"][j - 1])

    @cached_property
    def seed_rows(self) -> int:
        """How many rows p_n has."""
        cotangent = self.document["cotangent"]
        return self.size(self.n) if cotangent is None else len(cotangent)

    @cached_property
    def seed(self) -> tuple[float, ...]:
        """p_n by rows: the cotangent, or the identity."""
        cotangent, size = self.document["cotangent"], self.size(self.n)
        if cotangent is None:
            return tuple(float(r == c) for r in range(size) for c in range(size))
        return tuple(_float(value) for row in cotangent for value in row)

    @cached_property
    def paths_to_output(self) -> dict[int, int]:
        """How many paths lead from each vertex to the last."""
        counts = {self.n: 1}
        for j in range(self.n - 1, 0, -1):
            counts[j] = sum(counts[i] for i in self.children[j])
        return counts

    @cached_property
    def longest_to_output(self) -> dict[int, int]:
        """How many edges the longest path from each vertex to the last has; 0 where there is none."""
        longest = {self.n: 0}
        for j in range(self.n - 1, 0, -1):
            longest[j] = max((1 + longest[i] for i in self.children[j] if self.paths_to_output[i]), default=0)
        return longest


def read_line(text: str) -> Replayed:
    """The case of the first replay line in a text. LineError if there is none that unpacks to one."""
    found = _LINE.search(text)
    if found is None:
        raise LineError(f"no line that begins with {PREFIX!r}")
    body = found[1]
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), LONGEST)
        if not unpacker.eof:
            raise zlib.error("Error -5 while decompressing data: incomplete or truncated stream")
        document = json.loads(raw)
        replayed = Replayed(document)
        _ = replayed.id, replayed.n, replayed.names, replayed.children, replayed.leaves, document["cotangent"]
    except (binascii.Error, zlib.error, ValueError, LookupError, TypeError) as error:
        raise LineError(f"the line does not unpack: {error}") from None
    return replayed


def exact(value: Any) -> Fraction | float:
    """A number of a case document: a whole number, {"float": hex} or {"rational": "p/q"}.

    >>> exact({"rational": "5/2"}), exact({"float": "0x1p-1"}), exact(3)
    (Fraction(5, 2), 0.5, 3)
    """
    if isinstance(value, dict):
        if "rational" in value:
            return Fraction(str(value["rational"]))
        return float.fromhex(str(value["float"]))
    return value


def _float(value: Any) -> float:
    return float(exact(value))
