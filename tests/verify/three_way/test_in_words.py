"""A checked case in a line and on a screen: what is wrong stands first."""

from __future__ import annotations

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.three_way.check import check_case


def test_a_case_that_stays_open_says_why() -> None:
    result = check_case(make_case("log", "replay", Graph(1, (leaf("x"), vertex("y", "log", (1,)))), [-1.0]))
    assert repr(result).startswith(
        "<CaseResult INCONCLUSIVE: log, 1 comparison INCONCLUSIVE, outside the domain: vertex 2 ('y'): log is not defined"
    )
    assert len(repr(result)) <= 160
    assert str(result).splitlines()[0] == "log is INCONCLUSIVE: 1 comparison INCONCLUSIVE."
