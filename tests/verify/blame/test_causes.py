"""Every cause that a graph can name has words and a level, and rules are told from places."""

from __future__ import annotations

import pytest

from backproof.verify.blame.candidates import AT_MOST, CHANGES, LAST_FEW
from backproof.verify.blame.causes import (
    PLACE,
    ROLE,
    ROUTES,
    RULE,
    UNKNOWN,
    UNKNOWN_WORDS,
    Cause,
    cause_words,
    level,
    read_cause,
    without_order,
)
from backproof.verify.blame.uses import ARRIVALS, ONE_USE
from backproof.verify.blame.words import OTHER

PLACES = ("everywhere", "every tanh", "every divide, operand 2,", "the first leaf", "the last edge", "one place")
KINDS = (
    *(change.kind for change in CHANGES),
    "operand missed",
    "scaled × 0.5",
    "adjoint × −1",
    "adjoint × 0",
    *(kind for kind in OTHER if kind not in (AT_MOST, LAST_FEW)),
    AT_MOST.format(12),
    LAST_FEW.format(3),
    "rounded to float32",
    *UNKNOWN_WORDS,
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_wherever_it_is(kind: str) -> None:
    for where in PLACES:
        key = Cause(kind, where).key
        words = cause_words(key)
        assert read_cause(key) == (kind, where)
        assert words
        assert "{" not in words
        assert " @ " not in words
        assert words[0].islower()


def test_routes_and_endings_have_words() -> None:
    for route in ROUTES:
        assert cause_words(f"route {route} @ everywhere") == ROUTES[route]
    assert cause_words("ended exception, KeyError @ everywhere") == "the engine ends without adjoints: exception, KeyError"


def test_the_order_of_operands_is_said_only_where_it_is_known() -> None:
    for kind in ONE_USE:
        for order in ARRIVALS:
            key = f"{kind}, {order} @ everywhere"
            assert order in cause_words(key)
            assert order not in cause_words(without_order(key))
            assert "sets where it should add" in cause_words(without_order(key))


def test_a_rule_says_more_than_a_position_and_that_more_than_a_kind() -> None:
    assert [level(f"sign @ {where}") for where in PLACES] == [RULE, RULE, RULE, ROLE, ROLE, PLACE]
    assert level("wrong local Jacobian @ every tanh") == level("route the floats @ everywhere") == UNKNOWN
    with pytest.raises(ValueError, match="is no cause"):
        read_cause("sign")
