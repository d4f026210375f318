"""What a fault found on one graph says of all graphs: `causes_of(setting, candidate)`, each a `Cause` that other graphs
can confirm.

An edge or a vertex is one of one graph. What can be the same in every graph is a rule: at every vertex, in the local
Jacobian of every tanh, at the first leaf, along the last edge. Where no rule fits, the kind alone is left, in one
place that no rule names. The key of a cause is its kind and where it is, in plain words.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import SIGN, make_setting
>>> graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("y", "square", (2,))))
>>> setting = make_setting(graph, jacobians(graph, forward(graph, [0.3])))
>>> [cause.key for cause in causes_of(setting, Candidate("sign", (1, 2), SIGN, (0,)))[0]][:2]
['sign @ every tanh', 'adjoint × −1 @ the first leaf']
>>> print(cause_words("sign @ every tanh"))
the local Jacobian of every tanh has the wrong sign
>>> cause_words("no such kind @ one place")
Traceback (most recent call last):
    ...
KeyError: 'no such kind'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from backproof.engine import Graph
from backproof.verify.blame.candidates import DOUBLED, DROPPED, EVERYWHERE, SCALED, SIGN, Candidate, Setting, incidence
from backproof.verify.blame.contributions import ANY_CONSUMER, ONE_OF_THEM, ONE_TOO_FEW, ONE_TWICE, SOME_OF_THEM
from backproof.verify.blame.uses import ONE_USE
from backproof.verify.blame.words import CHANGE_WORDS, OTHER, WHOLE, factor_words

SEPARATOR = " @ "
ONE_PLACE, ALL = "one place", "everywhere"
ADJOINT, SCALED_BY = "adjoint × ", "scaled × "
UNKNOWN_JACOBIAN, UNKNOWN_SUM, UNKNOWN_VALUE, NOT_FINITE, WRONG_SEED = (
    "wrong local Jacobian",
    "wrong sum",
    "wrong value",
    "not finite",
    "wrong seed",
)
SETS = "as of an engine that sets where it should add"
ROUTE, ENDED = "route ", "ended "

RULE, ROLE, PLACE, UNKNOWN = 0, 1, 2, 3
"""How much a cause says: where it is in any graph; where by its position; what kind it is; or only which part is wrong."""

ROUTES = {
    "the backward pass": "the backward pass disagrees with the path sums, which agree with the certified derivative",
    "the path sums": "the path sums disagree with the backward pass, whose floats agree with the certified derivative",
    "the path enumeration": "the enumeration of the paths is wrong: a path is missing, or stands there twice",
    "the differences": "the differences disagree with path sums that agree with the certified derivative",
    "the enclosures": "the enclosures disagree with path sums that agree with the differences, within their estimated error",
    "the local Jacobians": "backward pass and path sums agree, and both disagree with the derivative: a value or a local Jacobian is wrong",
    "the floats": "the adjoints in floats alone are wrong, or less accurate than rounding explains",
    "one number system": "the backward pass disagrees with the path sums in one number system only",
    "a theorem's step": "a step of a theorem does not hold on cases whose comparisons do",
    "the definition": "the path sums disagree with their definition",
}
"""Which of the routes disagrees with the others, in words."""

ONLY = {
    "first consumer only": f"every adjoint is its first consumer's contribution only, {SETS}",
    "last consumer only": f"every adjoint is its last consumer's contribution only, {SETS}",
    ONE_OF_THEM: f"every adjoint is one of its contributions only, not always of the same consumer, {SETS}",
    ONE_TOO_FEW: "every adjoint of several contributions lacks one of them, not always of the same consumer",
    ONE_TWICE: "every adjoint of several contributions has one of them twice, not always of the same consumer",
    SOME_OF_THEM: "adjoints are the sums of some of their contributions only, not always of the same consumers",
}


class Cause(NamedTuple):
    """A kind of fault, and where it is in any graph."""

    kind: str
    where: str

    @property
    def key(self) -> str:
        """What stands in records."""
        return f"{self.kind}{SEPARATOR}{self.where}"


def read_cause(key: str) -> Cause:
    """The cause of a key. ValueError if it is none."""
    kind, separator, where = key.rpartition(SEPARATOR)
    if not separator:
        raise ValueError(f"{key!r} is no cause: expected a kind, {SEPARATOR!r} and where it is")
    return Cause(kind, where)


@dataclass(frozen=True)
class _Edges:
    """The numbers of the edges into the vertices of each function, and out of each vertex."""

    functions: dict[str, frozenset[int]]
    out: dict[int, frozenset[int]]


def _edges(setting: Setting) -> _Edges:
    out, into = incidence(setting)
    functions: dict[str, frozenset[int]] = {}
    for b, members in into.items():
        name = setting.graph.row(b).name
        functions[name] = functions.get(name, frozenset[int]()).union(members)
    return _Edges(dict(sorted(functions.items())), {a: frozenset(members) for a, members in out.items()})


def causes_of(setting: Setting, *candidates: Candidate) -> list[list[Cause]]:
    """What each candidate that explains one graph says of any, the most telling first."""
    edges = _edges(setting)
    return [list(dict.fromkeys(_causes(setting, edges, c))) for c in candidates]


def _causes(setting: Setting, edges: _Edges, c: Candidate) -> Iterator[Cause]:
    graph = setting.graph
    kind = f"{c.kind} × {factor_words(c.alpha)}" if c.change is SCALED else c.name
    kind = f"{kind}, {c.detail}" if c.kind in ONE_USE else kind
    if isinstance(c.place, str):
        yield Cause(kind, ALL if c.place == EVERYWHERE else c.place)
        if c.place == EVERYWHERE or not c.edges:
            return
    factor = {DROPPED: 0.0, DOUBLED: 2.0, SIGN: -1.0, SCALED: c.alpha}.get(c.change)
    kind = kind.replace("local Jacobian scaled", "scaled").replace("adjoint scaled", "scaled")
    chosen = frozenset(c.edges)
    worked_on = frozenset(k for k, edge in enumerate(setting.edges) if not c.change.given or edge in c.change.given)
    if chosen and chosen == worked_on and c.change.whole is None:
        yield Cause(kind, ALL)
    yield from (Cause(kind, f"every {function}") for function, members in edges.functions.items() if chosen and chosen == members)
    source = setting.edges[c.edges[0]][0] if c.edges else 0
    for a in (source,) if factor is not None and chosen == edges.out.get(source) else ():
        yield from (Cause(f"{ADJOINT}{factor_words(factor)}", role) for role in _roles(graph, a))
        yield Cause(f"{ADJOINT}{factor_words(factor)}", ONE_PLACE)
    if len(c.edges) == 1:
        edge = setting.edges[c.edges[0]]
        for words, place in (("the last edge", -1), ("the first edge", 0)):
            if edge == graph.edges[place]:
                yield Cause(kind, words)
    if kind == UNKNOWN_VALUE and c.place == graph.l + 1:
        yield Cause(kind, "the first vertex that is no leaf")
    if not isinstance(c.place, str):
        yield Cause(kind, ONE_PLACE)


def _roles(graph: Graph, a: int) -> Iterator[str]:
    leaves = graph.differentiable_leaves()
    if leaves and a == leaves[0]:
        yield "the first leaf"
    if leaves and a == leaves[-1] and len(leaves) > 1:
        yield "the last leaf"
    if a == graph.n - 1 and a not in leaves:
        yield "the vertex before the output"


def level(key: str) -> int:
    """How much a cause says: 0 most, 3 least.

    >>> level("sign @ every tanh"), level("sign @ the last edge"), level("sign @ one place"), level("wrong sum @ one place")
    (0, 1, 2, 3)
    """
    kind, where = read_cause(key)
    if kind.startswith(ENDED):
        return RULE
    if kind in ANY_CONSUMER:
        return PLACE if kind == SOME_OF_THEM else ROLE
    if kind in (UNKNOWN_JACOBIAN, UNKNOWN_SUM, NOT_FINITE) or kind.startswith(ROUTE):
        return UNKNOWN
    if where == ONE_PLACE:
        return PLACE
    return RULE if where == ALL or where.startswith("every ") else ROLE


def is_known(key: str) -> bool:
    """Whether it says what is wrong, or at least of which function or by which route.

    >>> is_known("wrong local Jacobian @ every tanh"), is_known("wrong sum @ one place")
    (True, False)
    """
    return read_cause(key).kind not in (UNKNOWN_SUM, NOT_FINITE)


def may_be_chance(key: str) -> bool:
    """Whether it multiplies by a factor of several digits, such as fits any single number.

    >>> [may_be_chance(f"scaled × {factor} @ one place") for factor in ("803", "0.25", "0.5", "1 + 1e-09")]
    [True, True, False, False]
    >>> may_be_chance("sign @ one place")
    False
    """
    kind = read_cause(key).kind
    if not kind.startswith((SCALED_BY, ADJOINT)):
        return False
    mantissa = kind.split()[-1].partition("e")[0]
    return len(re.sub(r"[^0-9]", "", mantissa).strip("0")) > 1


def without_order(key: str) -> str:
    """The cause without the order in which the operands of one consumer are taken.

    >>> without_order("one use only, of the first consumer, operands in order @ everywhere")
    'one use only, of the first consumer @ everywhere'
    """
    kind, where = read_cause(key)
    return Cause(next((start for start in ONE_USE if kind.startswith(start)), kind), where).key


def cause_words(key: str) -> str:
    """What is wrong, and where in any graph. KeyError for a kind that has no words."""
    kind, where = read_cause(key)
    if kind.startswith(ROUTE):
        return ROUTES[kind.removeprefix(ROUTE)]
    if kind.startswith(ENDED):
        return f"the engine ends without adjoints: {kind.removeprefix(ENDED)}"
    for start in (start for start in ONE_USE if kind.startswith(start)):
        consumer, order = start.removeprefix("one use only, of the "), kind.removeprefix(start).removeprefix(", ")
        return f"every adjoint is one contribution only, that of its {consumer}{f' ({order})' if order else ''}, {SETS}"
    if kind in ONLY and where == ALL:
        return ONLY[kind]
    one = "one adjoint, in a place that no rule names," if where == ONE_PLACE else f"the adjoint of {where}"
    if kind.startswith(ADJOINT):
        factor = kind.removeprefix(ADJOINT)
        return f"{one} is {'left 0' if factor == '0' else f'multiplied by {factor}'}"
    if kind in UNKNOWN_WORDS:
        return UNKNOWN_WORDS[kind].format(where="a vertex, in a place that no rule names," if where == ONE_PLACE else where)
    return f"{_subject(kind, where, one)} {_predicate(kind)}"


UNKNOWN_WORDS = {
    UNKNOWN_JACOBIAN: "the local Jacobian of {where} is wrong, in no way that is known",
    UNKNOWN_SUM: "an adjoint is not the sum of its contributions, in no way that is known",
    NOT_FINITE: "an adjoint is not finite, and the right one is",
    UNKNOWN_VALUE: "the value of {where} does not belong to the values of its operands: an old value, or one of another point",
    WRONG_SEED: "the adjoint of the output is not the cotangent",
    "phantom edge": "the adjoint of a vertex is added to that of another one, though no edge leads there",
    "dead vertex seeded": "a vertex that nothing reads is seeded like the output",
    "two dropped edges": "two contributions are missing",
    "read too early": WHOLE["read too early"],
    "wrong side": WHOLE["wrong side"],
}


def _subject(kind: str, where: str, one: str) -> str:
    if where.startswith("every "):
        return f"the local Jacobian of {where}"
    if kind in CHANGE_WORDS or kind.startswith("scaled"):
        return {ALL: "every contribution", ONE_PLACE: "one contribution, in a place that no rule names,"}.get(
            where, f"the contribution along {where}"
        )
    return "every adjoint" if where == ALL else one


def _predicate(kind: str) -> str:
    if kind in CHANGE_WORDS:
        return CHANGE_WORDS[kind]
    if kind.startswith(SCALED_BY):
        return f"is multiplied by {kind.removeprefix(SCALED_BY)}"
    if kind.startswith("rounded to "):
        return f"is {kind}"
    numbered = kind.startswith(("at most ", "last ")) and kind.endswith(" consumers")
    words = f"{'the ' * kind.startswith('last ')}{kind} contribute, no others" if numbered else OTHER[kind]
    return f"is wrong: {words}"
