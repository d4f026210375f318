"""The protocol at other sizes: what one row alone shows is found, with arguments of that size; what raises there, and
right backward passes that treat one row in a way of their own, are let alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.probes.sizes import at_sizes

X = np.array([[0.3, -0.7], [1.2, 0.4], [-0.5, 0.9]])


def norms(x: Any) -> Any:
    return np.sqrt(np.sum(x * x, axis=1))


def norms_back(copies: bool) -> Any:
    """The unit vectors are made in the argument's own memory where there is one row alone."""

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x = args[0].copy() if copies or len(args[0]) > 1 else args[0]
        x /= out[:, None]
        return (ct[:, None] * x,)

    return vjp


def test_what_one_row_alone_shows_is_found_with_arguments_of_that_size() -> None:
    result = check(norms, (X,), norms_back(False))
    assert result.verdict is Verdict.WRONG
    assert result.findings[0].point == "size 3 made 1"
    assert "the backward changes argument 0 in place" in result.explain()
    assert "args = (np.array([[" in result.reproduction
    assert result.sizes == (2,)
    assert check(norms, (X,), norms_back(True)).ok


@pytest.mark.parametrize(
    ("vjp", "words"),
    [
        (lambda args, out, ct: (np.multiply(ct, 2.0, out=ct),), "changes its cotangent in place"),
        (lambda args, out, ct: (np.add(out, ct, out=out),), "changes its output in place"),
        (lambda args, out, ct, calls=[]: (ct * len(calls) * (calls.append(1) is None),), "when its backward ran a second time (F1 B1 B1)"),
        (lambda args, out, ct, held=np.zeros(2): (np.copyto(held, held + ct), (held,))[1], "a second time"),  # noqa: B008
    ],
)
def test_each_way_to_leave_something_is_said(vjp: Any, words: str) -> None:
    ((where, found),) = at_sizes(lambda x: 2.0 * x, vjp, [("two", (np.ones(2),))], np.random.default_rng(0))
    assert where == "two"
    assert words in found.sentence


def test_what_raises_there_and_what_is_no_output_is_held_against_nobody() -> None:
    others: list[tuple[str, tuple[Any, ...]]] = [("none", (np.ones(0),)), ("one", (np.ones(1),))]
    assert at_sizes(lambda x: x[0], lambda args, out, ct: 1 / 0, others, np.random.default_rng(0)) == []
    assert at_sizes(lambda x: None, lambda args, out, ct: (ct,), others, np.random.default_rng(0)) == []
