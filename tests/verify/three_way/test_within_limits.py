"""Out of time or memory a case is INCONCLUSIVE with that reason; numbers that are too large are one too; what is right stays CORRECT."""

from __future__ import annotations

from fractions import Fraction
from time import sleep
from typing import Any, cast

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.engine.errors import EdgeTooLarge
from backproof.verify.cases.case import Case, make_case
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.within_limits import within_limits
from backproof.verify.verdicts import Reason, Verdict

SQUARE = make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [3])


def sleeping(case: Case) -> CaseResult:
    sleep(30)
    return check_case(case)


def filling(case: Case) -> CaseResult:
    assert [[0] for _ in range(20_000_000)]
    return check_case(case)


def full(case: Case) -> CaseResult:
    raise MemoryError


def too_large(graph: Any, u: Any, system: Any = None) -> Any:
    raise EdgeTooLarge("edge (1, 2): 512 MB; the limit is 256 MB")


@pytest.mark.parametrize(
    ("check", "reason", "words"),
    [
        (sleeping, Reason.TIME, "it takes more than 0.2 s"),
        (filling, Reason.MEMORY, "it takes more than 16 MB"),
        (full, Reason.MEMORY, "the memory is full"),
        (
            lambda case: check_case(case, Routes(jacobians=cast("Any", too_large))),
            Reason.MEMORY,
            "edge (1, 2): 512 MB; the limit is 256 MB",
        ),
    ],
)
def test_beyond_a_limit_a_case_is_inconclusive(check: Any, reason: Reason, words: str) -> None:
    seconds = 0.2 if check is sleeping else 60.0
    result = within_limits(SQUARE, check, seconds, 2**24 if check is filling else 2**30)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert (result.comparisons[0].reason, result.comparisons[0].detail) == (reason, words)


def test_within_the_limits_the_result_is_that_of_the_check() -> None:
    assert within_limits(SQUARE, check_case).verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    ("function", "attributes", "value", "reason"),
    [
        ("square", {}, 10**400, Reason.DTYPE),
        ("tanh", {}, 10**400, Reason.DTYPE),
        ("reciprocal", {}, Fraction(1, 10**400), None),
        ("power", {"exponent": 10**18}, 2, Reason.MEMORY),
        ("power", {"exponent": -(10**18)}, Fraction(2, 3), Reason.MEMORY),
        ("power", {"exponent": 10**18}, 1, None),
        ("weighted_sum", {"weights": [[[10**400]]]}, 1, Reason.DTYPE),
    ],
)
def test_numbers_that_are_too_large_leave_a_case_open_and_are_no_exception(function: str, attributes: Any, value: Any, reason: Any) -> None:
    shape = (1,) if function == "weighted_sum" else ()
    case = make_case("large", "replay", Graph(1, (leaf("x", shape), vertex("y", function, (1,), **attributes))), [[value]])
    result = check_case(case)
    assert result.verdict in (Verdict.INCONCLUSIVE, Verdict.CORRECT)
    if reason is not None:
        assert result.comparisons[0].reason is reason
