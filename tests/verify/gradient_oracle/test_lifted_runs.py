"""The one door to a front end: what it returns is a `Lifted`, and what it refuses it names; no other file of the folder
goes by it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.verify import gradient_oracle
from backproof.verify.gradient_oracle.lifted_runs import (
    BITS,
    MORE_BITS,
    lifted_backward,
    lifted_forward,
    lifted_once,
    other_side,
    widened,
    with_lines,
)
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.tape.reads import NotLifted, Undecided

X, CT = np.array([0.5, 2.0]), np.array([1.0, -3.0])


def asked(f: Any, vjp: Any = None, x: Any = X, ct: Any = CT) -> Question:
    return Question(f, vjp or (lambda *_: None), (x,), ct, "here")


def middles(balls: Any) -> list[float]:
    return [float(ball.mid()) for ball in balls.reshape(-1)]


def test_no_other_file_of_the_folder_imports_a_front_end() -> None:
    doors: list[str] = []
    for path in sorted(Path(str(gradient_oracle.__file__)).parent.rglob("*.py")):
        imported = [node.module or "" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
        if any("numpy_code" in name or name == "backproof.verify.lift" for name in imported):
            doors.append(path.name)
    assert doors == ["lifted_runs.py"]


def test_a_backward_continues_its_forward() -> None:
    question = asked(np.exp, lambda args, out, ct: (ct * out,))
    forward = lifted_forward(question.f, question.args)
    (found,) = lifted_backward(question, forward).values
    assert found is not None
    assert middles(found) == middles(pull_back(forward, CT)[0])


def test_more_bits_decide_what_fewer_do_not() -> None:
    def f(x: Any) -> Any:
        return x * 2 if np.sum(x) * 2.0**-400 + 1 > 1 else x

    with pytest.raises(Undecided):
        lifted_once(f, (X,))
    assert BITS < lifted_forward(f, (X,)).tape.bits == MORE_BITS


def test_an_error_of_the_code_on_lifted_numbers_is_one_of_lifting_and_says_which() -> None:
    def f(x: Any) -> Any:
        if type(x) is not np.ndarray or "arb" in repr(x.dtype) or repr(x)[0] != "a":
            raise KeyError("only plain numbers")
        return x

    with pytest.raises(NotLifted, match="only plain numbers"):
        lifted_forward(f, (X,))


def test_the_other_side_of_a_tie_and_of_a_guard() -> None:
    relu = asked(lambda x: np.maximum(x, 0.0), x=np.zeros(1), ct=np.ones(1))
    forward = lifted_forward(relu.f, relu.args)
    other = other_side(relu, forward, frozenset({0}))
    assert other is not None
    assert sorted([*middles(pull_back(forward, relu.cotangent)[0]), *middles(pull_back(other, relu.cotangent)[0])]) == [0.0, 1.0]

    def guarded(x: Any) -> Any:
        assert x[0] >= 0
        return x

    guard = asked(guarded, x=np.zeros(1), ct=np.ones(1))
    assert other_side(guard, lifted_forward(guard.f, guard.args), frozenset({0})) is None


def test_constants_that_look_rounded_are_wide_and_others_are_not() -> None:
    for constant, wide in ((0.1, True), (0.5, False)):
        question = asked(lambda x, c=constant: x * c, lambda args, out, ct, c=constant: (ct * c,))
        _, backward = widened(question, 32.0)
        (found,) = backward.values
        assert found is not None
        assert (float(found[0].rad()) > 1e-17) is wide


def test_every_node_has_its_line() -> None:
    def f(x: Any) -> Any:
        y = np.sin(x)
        return y * y

    lifted, lines = with_lines(f, (X,))
    first = f.__code__.co_firstlineno
    assert len(lines) == len(lifted.tape.nodes)
    assert {line - first for file, line in lines if file == __file__ and line >= first} == {1, 2}
