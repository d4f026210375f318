"""Candidates in words: what was done wrong and where (`said`), and the equation that the error then satisfies
(`equation`), both in an `Explanation`; and the sentence that several of them make (`sentence`).

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import make_setting
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> setting = make_setting(graph, jacobians(graph, forward(graph, [3.0, 4.0])))
>>> dropped = Candidate("dropped", (3, 4), DROPPED, (3,))
>>> said(setting, dropped)
'the contribution along edge u3→u4 is missing'
>>> equation(setting, dropped)
'the error is minus the sum over the 2 paths through edge u3→u4'
>>> said(setting, Candidate("no such kind", 3, DROPPED, (3,)))
Traceback (most recent call last):
    ...
KeyError: 'no such kind'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from backproof.engine.graph import Edge
from backproof.verify.blame.candidates import AT_MOST, DROPPED, EVERYWHERE, LAST_FEW, ROUNDED_TO, UNEXPLAINED, Candidate, Place, Setting

MOST_SAID = 4  # chosen: explanations, or vertices, that one sentence names; of more, only how many
CHANGE_WORDS = {
    "dropped": "is missing",
    "doubled": "is counted twice",
    "sign": "has the wrong sign",
    "transposed": "uses the transposed Jacobian",
    "sign lost": "uses |D|, the Jacobian without its signs",
    "diagonal only": "uses the diagonal of the Jacobian alone",
    "identity": "uses the identity in the place of the Jacobian",
    "square root": "uses the square root of each entry of the Jacobian",
    "squared": "uses the square of each entry of the Jacobian",
    "operand missed": "misses one use of an operand that is read more than once",
    "stale value": "is taken at an old value",
}
MATRIX = {
    "dropped": "D′ = 0",
    "doubled": "D′ = 2D",
    "sign": "D′ = −D",
    "transposed": "D′ = Dᵀ",
    "sign lost": "D′ = |D|",
    "diagonal only": "D′ = the diagonal of D",
    "identity": "D′ = 1",
    "square root": "D′ = √|D| entry by entry",
    "squared": "D′ = D² entry by entry",
    "operand missed": "D′ = D without one use",
    "stale value": "D′ = D at the old value",
}
TIMES = {"dropped": "minus the sum", "doubled": "plus the sum", "sign": "−2 times the sum"}
OTHER = {
    "first consumer only": "only its first consumer contributes",
    "last consumer only": "only its last consumer contributes",
    "first and last consumer only": "only its first and its last consumer contribute",
    "first consumer dropped": "its first consumer is forgotten where there are others",
    "last consumer dropped": "its last consumer is forgotten where there are others",
    "first consumer doubled": "its first consumer contributes twice where there are others",
    "last consumer doubled": "its last consumer contributes twice where there are others",
    "fused chain": "a first consumer with a single reader of its own hides the other consumers",
    "adjoints not ready": "adjoints other than the output's are read before they are computed, as zeros",
    AT_MOST: "at most {} consumers contribute, the first ones",
    LAST_FEW: "at most {} consumers contribute, the last ones",
}
WHOLE = {
    "read too early": "an adjoint is passed on before all its contributions have arrived",
    "wrong side": "adjoints are multiplied from the wrong side, D p in the place of p D",
    ROUNDED_TO: "every adjoint is rounded to {}",
}


@dataclass(frozen=True)
class Explanation:
    """A candidate that explains the error: the kind of fault, where, and the equation that the error satisfies.

    `place` is an edge, a vertex, two edges, "every vertex" or "every tanh"; `alpha` the factor of a fault that scales.
    """

    kind: str
    place: Place
    words: str
    equation: str
    alpha: float | None = None


def explained(setting: Setting, c: Candidate) -> Explanation:
    """A candidate in words. KeyError for a kind that has none."""
    return Explanation(c.name, c.place, said(setting, c), equation(setting, c), c.alpha)


def edge_words(setting: Setting, edge: tuple[int, int]) -> str:
    """An edge by the names of its vertices."""
    return f"edge {setting.graph.name(edge[0])}→{setting.graph.name(edge[1])}"


def said(setting: Setting, c: Candidate) -> str:
    """What was done wrong, and where. KeyError for a kind that has no words."""
    graph = setting.graph
    if c.kind in WHOLE:
        return WHOLE[c.kind].format(c.detail)
    if c.kind == "two dropped edges":
        return f"the contributions along {' and '.join(edge_words(setting, setting.edges[k]) for k in c.edges)} are missing"
    if c.kind == "phantom edge":
        if isinstance(c.place, tuple):
            a, v = map(graph.name, cast("Edge", c.place))
            return f"the adjoint of {v} is added to that of {a}, though no edge leads from {a} to {v}"
        return "the adjoint of the next vertex is added although no edge leads to it"
    if c.kind == "dead vertex seeded":
        where = f"{graph.name(c.place)}, which nothing reads," if isinstance(c.place, int) else "every vertex that nothing reads"
        return f"{where} is seeded like the output"
    if c.kind in CHANGE_WORDS:
        return f"{_subject(setting, c)} {CHANGE_WORDS[c.kind]}"
    if c.kind in ("scaled", "local Jacobian scaled"):
        return f"{_subject(setting, c)} is multiplied by {factor_words(c.alpha)}"
    at = f"the adjoint of {graph.name(c.place)}" if isinstance(c.place, int) else "every adjoint"
    if c.kind == "adjoint scaled":
        return f"{at} is multiplied by {factor_words(c.alpha)}"
    if c.kind in ("wrong sum", "wrong seed"):
        return f"{at} is not {'the cotangent' if c.kind == 'wrong seed' else 'the sum of its contributions'}, in no way that is known"
    if c.kind == "wrong local Jacobian":
        return f"the local Jacobian of {_function(setting, c)} is wrong, in no way that is known"
    if c.kind == "wrong value":
        return f"the value of {_function(setting, c)} does not belong to the values of its operands: an old value, or one of another point"
    return f"{at} is wrong: {OTHER[c.kind].format(c.detail)}"


def _subject(setting: Setting, c: Candidate) -> str:
    if c.place == EVERYWHERE:
        which = "every edge" if len(c.edges) == len(setting.edges) else f"each of {len(c.edges)} edges"
        return f"the contribution along {which}"
    if isinstance(c.place, str):
        return f"the local Jacobian of {c.place}"
    if c.change.stale is not None:
        reader = f"of {setting.graph.name(cast('Edge', c.place)[1])}" if isinstance(c.place, tuple) else "of every reader"
        return f"the local Jacobian {reader} of {setting.graph.name(c.change.stale)}"
    if isinstance(c.place, int):
        return f"the local Jacobian of {_function(setting, c)}"
    k = c.edges[0]
    alone = len(setting.graph.parents(setting.edges[k][1])) == 1 and c.kind not in TIMES
    owner = f", the local Jacobian of {setting.graph.row(setting.edges[k][1]).name}," if alone else ""
    return f"the contribution along {edge_words(setting, setting.edges[k])}{owner}"


def _function(setting: Setting, c: Candidate) -> str:
    place = c.place if isinstance(c.place, int) else setting.graph.n
    return f"{setting.graph.row(place).name} at {setting.graph.name(place)}"


def factor_words(alpha: float | None) -> str:
    """A factor, as 1 + x where it is near 1.

    >>> factor_words(1.000000001), factor_words(-1.0), factor_words(0.5)
    ('1 + 1e-09', '−1', '0.5')
    """
    if alpha is None:
        return "a factor"
    near = abs(alpha - 1) < 0.01 and alpha != 1
    text = f"1 {'+' if alpha > 1 else '−'} {abs(alpha - 1):.3g}" if near else f"{alpha:.6g}"
    return text.replace("-", "−") if not near else text


def paths_through(setting: Setting, edges: tuple[int, ...]) -> int:
    """How many paths from the leaves to the output lead along these edges, counted once for each edge."""
    graph = setting.graph
    into, onward = [0] * (graph.n + 1), [0] * (graph.n + 1)
    for j in graph.differentiable_leaves():
        into[j] = 1
    onward[graph.n] = 1
    for a, b in setting.edges:
        into[b] += into[a]
    for a, b in reversed(setting.edges):
        onward[a] += onward[b]
    return sum(into[setting.edges[k][0]] * onward[setting.edges[k][1]] for k in edges)


def number_of_paths(count: int) -> str:
    """How many paths, in words.

    >>> number_of_paths(1), number_of_paths(12), number_of_paths(1234567)
    ('the one path', 'the 12 paths', 'the 1,234,567 paths')
    """
    return "the one path" if count == 1 else f"the {count:,} paths"


def equation(setting: Setting, c: Candidate) -> str:
    """The equation that the error of the leaf gradients satisfies."""
    graph = setting.graph
    if isinstance(c.place, tuple) and len(c.edges) == 1:
        count = paths_through(setting, c.edges)
        over = f"over {number_of_paths(count)} through {edge_words(setting, setting.edges[c.edges[0]])}"
        if c.kind in TIMES:
            return f"the error is {TIMES[c.kind]} {over}"
        if c.kind == "scaled":
            return f"the error is {factor_words((c.alpha or 0.0) - 1)} times the sum {over}"
        return f"the error is the sum {over} with D′ − D in the place of D on it, {MATRIX[c.kind]}"
    if c.kind == "two dropped edges":
        names = " or ".join(edge_words(setting, setting.edges[k]) for k in c.edges)
        return f"the error is minus the sum over the paths through {names}, each counted once"
    if c.change is DROPPED and isinstance(c.place, int) and c.kind != "dropped":
        count = paths_through(setting, c.edges)
        return f"the error is minus the sum over {number_of_paths(count)} through the forgotten consumers of {graph.name(c.place)}"
    if c.kind in ("adjoint scaled", "local Jacobian scaled") and isinstance(c.place, int):
        times, count = factor_words((c.alpha or 0.0) - 1), paths_through(setting, c.edges)
        return f"the error is {times} times the sum over {number_of_paths(count)} through {graph.name(c.place)}"
    if c.kind == "phantom edge" and isinstance(c.place, tuple):
        a, v = map(graph.name, cast("Edge", c.place))
        return f"the error is the sum over the paths that would go from {a} straight to {v}"
    if c.kind == "dead vertex seeded":
        return "the error is the sum over the paths to the vertices that nothing reads"
    if c.kind == ROUNDED_TO:
        return f"each entry is the right one, {c.name}"
    if c.kind == "wrong value":
        return "every Jacobian that reads it is taken at another point"
    if c.change is UNEXPLAINED:
        return "the difference is not that of any known kind"
    if c.kind in MATRIX and isinstance(c.place, int):
        return f"the error is Σ p_b (D′ − D) T_a over the edges (a, b) of it, {MATRIX[c.kind]}"
    return "the error is that of the backward pass run with this fault"


def told(groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Which explanations the sentence names: of one group the first few, of several groups the first of each."""
    return tuple(groups[0][:MOST_SAID] if len(groups) == 1 else [group[0] for group in groups[:MOST_SAID]])


def sentence(
    setting: Setting, matches: Sequence[Explanation], groups: Sequence[Sequence[int]], split_by: int | None, bad: Sequence[int]
) -> str:
    """The explanations in one sentence, those that are told; which adjoint would split the groups, which are bad."""
    graph = setting.graph
    first, *others = (matches[h] for h in told(groups))
    if len(groups) == 1:
        text = f"{_capital(first.words)}: {first.equation}."
        if others:
            text += f" Equally well, {'; or '.join(other.words for other in others)}."
    else:
        listed = "; ".join(f"({k}) {match.words}" for k, match in enumerate((first, *others), start=1))
        more = f"; and {len(groups) - MOST_SAID} more" if len(groups) > MOST_SAID else ""
        text = f"Any of these {len(groups)} explains the error, and what was observed cannot tell them apart: {listed}{more}. "
        text += f"For the first, {first.equation}."
        text += f" The adjoint of {graph.name(split_by)} would tell them apart." if split_by is not None else ""
    if len(bad) > 1:
        names = ", ".join(map(graph.name, bad[:MOST_SAID])) + " and others" * (len(bad) > MOST_SAID)
        text += f" The adjoints of {names} are not the sums of their contributions; look at {graph.name(bad[0])} first."
    return text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
