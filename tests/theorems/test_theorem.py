from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from backproof.theorems.path_sum import PATH_SUM
from backproof.theorems.theorem import DAG, Step, Theorem


def step(name: str) -> Step:
    return Step(name, "L0", "words.", "x = x", lambda q: [1], lambda q, i: i, lambda q, i: i)


def test_the_statement_is_the_last_step_unless_another_is_named() -> None:
    stated = Theorem("t", "T", "L0", "words.", "x", (DAG,), (step("a"), step("b")))
    assert stated.statement.name == "b"
    assert replace(stated, claim="a").statement.name == "a"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"uses": ("t",)}, "theorem 't' uses itself"),
        ({"steps": (step("a"), step("a"))}, "has two steps of one name: a, a"),
        ({"claim": "c"}, "has no step 'c' that could state it; steps: a, b"),
    ],
)
def test_a_theorem_that_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    stated = Theorem("t", "T", "L0", "words.", "x", (DAG,), (step("a"), step("b")))
    with pytest.raises(ValueError, match=message):
        replace(stated, **change)


def test_theorems_compute_nothing_themselves() -> None:
    """Every quantity comes from the object that is handed over: a stand-in that only records what it is asked for is
    enough.
    """
    asked: list[str] = []

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            def quantity(*arguments: Any) -> str:
                asked.append(name)
                return f"{name}{arguments}"

            return quantity

    conclusion, recorder = PATH_SUM.steps[-1], cast("Any", Recorder())
    assert conclusion.left(recorder, (1, 3)) == "derivative(3, 1)"
    assert conclusion.right(recorder, (1, 3)) == "path_sum(1, 3)"
    assert asked == ["derivative", "path_sum"]
