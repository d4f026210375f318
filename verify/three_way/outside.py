"""A case outside of its domain: nothing has a derivative there, and every route must say so at the same vertices.

Whether a vertex is defined is asked of the engine's forward pass, one vertex after the other, in float64, over the
rationals and in balls: they must refuse the same one first. Enclosures, which ask the same table on balls and follow
what is undefined through the graph by themselves, must be refused for exactly the vertices that are this one or descend
from it, whatever those make of what they read. An enclosure there is WRONG, and so is a refusal anywhere else.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> graph = Graph(1, (leaf("x"), vertex("y", "log", (1,)), vertex("z", "power", (2,), exponent=0)))
>>> case = make_case("log, to the power 0", OUTSIDE, graph, [-2])
>>> refused_by_all(case, Routes(), 64).verdict.value
'CORRECT'
>>> from backproof.verify.derivatives.enclosures import Enclosure
>>> lax = Routes(enclosures=lambda *given: {(1, 2): Routes().enclosures(*given)[1, 2], (1, 3): Enclosure.of([[0]], [[0.0]])})
>>> refused_by_all(case, lax, 64).failures[0]
Failure(where='∂z/∂x', left='an enclosure', right='outside the domain', difference='', allowed='')
"""

from __future__ import annotations

import math
from dataclasses import replace

from backproof.engine import FLOAT64, RATIONAL, DomainError, Graph, NumberSystem
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.cases.case import Case, float_leaves, is_exact
from backproof.verify.cases.corners import OUTSIDE
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.three_way.comparison import Comparison, Failure
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Evidence, Reason, Verdict

__all__ = ["CLAIM_OUTSIDE", "OUTSIDE", "refused_by_all"]

CLAIM_OUTSIDE = "outside its domain: refused"


def refused_by_all(case: Case, routes: Routes, bits: int) -> Comparison:
    """The comparison of a case of which a vertex is to be outside of its domain: WRONG if a route gives a value or an
    enclosure where there is none, or refuses where there is one; INCONCLUSIVE if nothing is outside."""
    opened = Comparison(CLAIM_OUTSIDE, PATH_SUM.name, "ball", Verdict.CORRECT, Evidence.CERTIFIED)
    graph = case.graph
    systems = (FLOAT64, real_ball_system(bits), *((RATIONAL,) if is_exact(case) else ()))
    first = {system.name: _first_refused(case, routes, system) for system in systems}
    expected = first[FLOAT64.name]
    if expected is None:
        return opened.inconclusive(Reason.UNSUPPORTED, "every vertex is defined; a case of the group outside needs one that is not")
    failures = [
        (math.inf, Failure(f"the first vertex refused in {name}", _named(graph, found), _named(graph, expected), "", ""))
        for name, found in first.items()
        if found != expected
    ]
    beyond = {expected}
    for k in range(expected + 1, graph.n + 1):
        if beyond & set(graph.parents(k)):
            beyond.add(k)
    enclosures = routes.enclosures(graph, float_leaves(case), bits)
    for (j, k), found in enclosures.items():
        refused = isinstance(found, NoEnclosure) and found.reason is Reason.DOMAIN and found.final
        if refused != (k in beyond):
            right = "outside the domain" if k in beyond else "an enclosure"
            left = found.text if isinstance(found, NoEnclosure) else "an enclosure"
            failures.append((math.inf, Failure(f"∂{graph.name(k)}/∂{graph.name(j)}", left, right, "", "")))
    result = replace(opened, entries=len(enclosures) + len(systems))
    return result.with_failures(Verdict.WRONG, f"{len(failures)} of {result.entries} answers are wrong", failures) if failures else result


def _first_refused(case: Case, routes: Routes, system: NumberSystem) -> int | None:
    """The first vertex at which the forward pass stops, asked of one beginning of the graph after the other."""
    graph, leaves = case.graph, case.leaves if system.exact else float_leaves(case)
    for i in range(graph.l + 1, graph.n + 1):
        try:
            routes.forward(Graph(graph.l, graph.vertices[:i]), leaves, system)
        except DomainError:
            return i
    return None


def _named(graph: Graph, i: int | None) -> str:
    return "none" if i is None else graph.name(i)
