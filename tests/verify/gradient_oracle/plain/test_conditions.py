"""Every kind of condition that Python has is found with its text, and its outcomes are told apart by the jump."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.plain.conditions import jumps_of
from backproof.verify.gradient_oracle.plain.tracing import Trace


def outcomes(f: Any, *args: Any) -> list[tuple[str, bool]]:
    trace = Trace()
    with trace.on():
        f(*args)
    return [(condition.what, outcome) for condition, outcome in trace.taken()]


def asked_in_many_ways(x: Any, n: int, w: Any = None) -> Any:
    if len(x) > 100 and n:
        return 1
    if w is None:
        n += 0
    if w is not None:
        n += 1
    if not isinstance(n, float):
        n += 0
    while n % 4:
        n += 1
    for _ in range(0, n, 64):
        n += 0
    y = 1 if x.ndim == 1 else 2
    if x.shape[0] in (64, 128):
        n = 1
    return y or n


def test_each_way_to_ask_is_read_with_its_outcome() -> None:
    assert outcomes(asked_in_many_ways, np.ones(3), 3) == [
        ("len(x) > 100", False),
        ("w is None", True),
        ("w is not None", False),
        ("isinstance(n, float)", False),
        ("n % 4", True),
        ("n % 4", False),
        ("range(0, n, 64)", True),
        ("range(0, n, 64)", False),
        ("x.ndim == 1", True),
        ("x.shape[0] in (64, 128)", False),
        ("y", True),
    ]


def test_the_other_outcomes_are_read_too() -> None:
    found = outcomes(asked_in_many_ways, np.ones((64, 2)), 0, 1)
    assert ("w is None", False) in found
    assert ("w is not None", True) in found
    assert ("x.ndim == 1", False) in found
    assert ("x.shape[0] in (64, 128)", True) in found
    assert ("range(0, n, 64)", True) in found  # n became 4 on the way
    assert ("len(x) > 100", True) not in found


def test_a_lambda_within_a_line_has_its_own_conditions() -> None:
    pair = (lambda x: 1 if len(x) > 7 else 2), (lambda x: 1 if len(x) > 9 else 2)
    assert [outcomes(f, [0] * 8) for f in pair] == [[("len(x) > 7", True)], [("len(x) > 9", False)]]


def refusing(x: Any) -> Any:
    if len(x) < 2:
        raise ValueError("too short")
    try:
        return x[0]
    except IndexError:
        return None


def test_an_outcome_that_only_raises_is_told_apart_and_handlers_are_no_conditions() -> None:
    found = {(jump.condition.what, outcome) for jump in jumps_of(refusing.__code__).values() for outcome in jump.refuses}
    assert found == {("len(x) < 2", True)}
    assert {jump.condition.what for jump in jumps_of(refusing.__code__).values()} == {"len(x) < 2"}


def test_an_assertion_refuses_the_other_outcome() -> None:
    scope: dict[str, Any] = {}
    exec(compile("def f(n):\n    assert n > 3\n    return n\n", "<asserts>", "exec"), scope)
    assert [jump.refuses for jump in jumps_of(scope["f"].__code__).values()] == [frozenset({False})]


def test_code_without_a_source_has_conditions_without_a_text() -> None:
    scope: dict[str, Any] = {}
    exec(compile("def f(n):\n    return 1 if n > 3 else 2\n", "<nowhere>", "exec"), scope)
    assert outcomes(scope["f"], 5) == [("a condition", True)]


@pytest.mark.parametrize("size", [300])
def test_jumps_that_are_far_are_read_as_well(size: int) -> None:
    """Behind so much code a jump needs an extended argument."""
    body = "\n".join(f"        n += {k}" for k in range(size))
    scope: dict[str, Any] = {}
    exec(compile(f"def f(n):\n    if n > 3:\n{body}\n    if n > 4:\n{body}\n    return n\n", "<far>", "exec"), scope)
    assert [outcome for _, outcome in outcomes(scope["f"], 2)] == [False, False]
    assert [outcome for _, outcome in outcomes(scope["f"], 9)] == [True, True]
