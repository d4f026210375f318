"""Outside of its domain code is not judged, though its floats are finite; where it chooses away what is no number, it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.judge import Reach, judge
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict

GIVEN = np.array([-1.32, 2.5])
Vjp = Callable[..., Any]


def same(args: Any, out: Any, ct: Any) -> tuple[Any]:
    return (np.broadcast_to(ct, np.shape(args[0])),)


def of_log(args: Any, out: Any, ct: Any) -> tuple[Any]:
    """The safe way to write it: negative entries get no gradient, and no warning."""
    (x,) = args
    positive = x > 0
    return (np.where(positive, ct / np.where(positive, x, 1.0), 0.0),)


OUTSIDE: dict[str, tuple[Callable[..., Any], Vjp]] = {
    "power 0": (lambda x: np.log(x) ** 0 + x, same),
    "1 to the power": (lambda x: np.power(1.0, np.log(x)) + x, same),
    "a product with 0": (lambda x: 0.0 * np.log(x) + x, same),
    "a root to the power 0": (lambda x: np.sqrt(x) ** 0.0 + x, same),
}
CHOSEN: dict[str, tuple[Callable[..., Any], Vjp]] = {
    "where": (lambda x: np.where(x > 0, np.log(x), 0.0), of_log),
    "where, with a kink in the branch": (lambda x: np.where(x > 0, np.maximum(np.log(x), -50.0), 0.0), of_log),
    "a ufunc's where": (lambda x: np.log(x, where=x > 0, out=np.zeros_like(x)), of_log),
    "nansum": (lambda x: np.nansum(np.log(x)), of_log),
    "a slice": (lambda x: np.log(x)[1:], lambda args, out, ct: (np.append(0.0 * args[0][:1], ct / args[0][1:]),)),
}


@pytest.mark.parametrize(("f", "vjp"), OUTSIDE.values(), ids=OUTSIDE)
def test_outside_of_the_domain_it_is_inconclusive_for_that_reason(f: Any, vjp: Vjp) -> None:
    result = check(f, (GIVEN,), vjp=vjp)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == "outside the domain: forward: a value is not finite"
    assert result.evidence == "not checked"
    with np.errstate(all="ignore"):
        judged = judge(Question(f, vjp, (GIVEN,), np.ones(2), "here"))
    assert (judged.reach, judged.lack, judged.entries) == (Reach.NOTHING, Why.DOMAIN, 0)


@pytest.mark.parametrize(("f", "vjp"), [OUTSIDE["power 0"], OUTSIDE["1 to the power"]])
def test_inside_it_is_certified_and_a_wrong_one_is_found_from_outside_too(f: Any, vjp: Vjp) -> None:
    assert check(f, (abs(GIVEN),), vjp=vjp).evidence.startswith("certified")
    wrong = check(f, (GIVEN,), vjp=lambda args, out, ct: (2 * ct,))
    assert wrong.verdict is Verdict.WRONG
    assert wrong.findings[0].point != "the given arguments"


@pytest.mark.parametrize(("f", "vjp"), CHOSEN.values(), ids=CHOSEN)
def test_what_numbers_choose_away_is_no_fault_and_a_wrong_gradient_of_the_rest_is(f: Any, vjp: Vjp) -> None:
    right = check(f, (GIVEN,), vjp=vjp)
    assert right.ok
    assert right.evidence.startswith("certified")
    assert check(f, (GIVEN,), vjp=lambda *given: (vjp(*given)[0] * 1.01,)).verdict is Verdict.WRONG


def test_a_gradient_where_the_branch_that_is_not_taken_is_chosen_away_is_wrong() -> None:
    found = check(CHOSEN["where"][0], (GIVEN,), vjp=lambda args, out, ct: (ct / args[0],))
    assert found.verdict is Verdict.WRONG
    assert found.findings[0].index == (0,)


def test_a_decision_on_what_is_no_number_is_not_certified() -> None:
    found = check(
        lambda x: np.where(np.log(x) > 0, x, 2 * x), (GIVEN,), vjp=lambda args, out, ct: (np.where(np.log(args[0]) > 0, ct, 2 * ct),)
    )
    assert found.proved == 0
    assert "x > 0 is asked of what is no number" in found.notes[0]
