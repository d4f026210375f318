"""Which statement's proof uses which, from the proof terms, by the plugin dpdgraph.

>>> read_graph('N: 1 "b" [path="A", ];\\nN: 2 "a" [path="A", ];\\nE: 1 2 [];', {"A.a", "A.b"})
(('A.b', 'A.a'),)
>>> read_graph("nonsense", {"A.a"})
()
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from backproof.verify.proofs.coq.layout import LOGICAL
from backproof.verify.proofs.coq.programs import Coq, CoqError


def edges(coq: Coq, modules: Sequence[str], names: Collection[str]) -> tuple[tuple[str, str], ...]:
    """(user, used) for every two of these names of which the proof of one mentions the other; none without the plugin."""
    lines = ["Require Import dpdgraph.dpdgraph.", *(f"Require {LOGICAL}.{module}." for module in modules)]
    lines += ['Set DependGraph File "graph.dpd".', f"Print FileDependGraph {' '.join(f'{LOGICAL}.{module}' for module in modules)}."]
    try:
        coq.compile_text("Graph", lines)
    except CoqError:
        return ()
    return read_graph((coq.folder / "graph.dpd").read_text(encoding="utf-8"), names)


def read_graph(text: str, names: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The edges between these names in what the plugin wrote; it leaves out the folders of a file.

    >>> read_graph('N: 1 "b" [path="B", ];\\nN: 2 "a" [path="A", ];\\nE: 1 2 [];', {"A.a", "real.B.b"})
    (('real.B.b', 'A.a'),)
    """
    full = {_without_folders(name): name for name in names}
    found = re.findall(r'^N: (\d+) "(\w+)" \[.*path="([\w.]*)"', text, re.MULTILINE)
    nodes = {number: full.get(_without_folders(f"{path}.{name}"), "") for number, name, path in found}
    pairs = ((nodes.get(a, ""), nodes.get(b, "")) for a, b in re.findall(r"^E: (\d+) (\d+)", text, re.MULTILINE))
    return tuple(sorted((a, b) for a, b in pairs if a in names and b in names))


def _without_folders(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def uses(found: Sequence[tuple[str, str]], user: str) -> set[str]:
    """Everything that a statement's proof rests on, directly or not.

    >>> sorted(uses([("A.c", "A.b"), ("A.b", "A.a")], "A.c"))
    ['A.a', 'A.b']
    """
    direct: dict[str, list[str]] = {}
    for a, b in found:
        direct.setdefault(a, []).append(b)
    used: set[str] = set()
    waiting = [user]
    while waiting:
        for one in direct.get(waiting.pop(), ()):
            if one not in used:
                used.add(one)
                waiting.append(one)
    return used
