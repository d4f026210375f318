"""What cannot be traced is a TraceError that names it with the line of the code."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from backproof.engine import TraceError, forward, trace

Function = Callable[..., Any]


def branch(x: Any) -> Any:
    if x > 0:
        return x
    return -x


def assign(x: Any) -> Any:
    x[0] = 1.0
    return x


def assign_into_plain(x: Any) -> Any:
    y = np.zeros(3)
    y[0] = x[0]
    return y


def change_under_two_names(x: Any) -> Any:
    y = x
    y += 1
    return 2 * x


def change_through_a_view(x: Any) -> Any:
    row = x[1:]
    row *= 2
    return x + 1


def old_view_of_a_changed_array(x: Any) -> Any:
    row = x[1:]
    x -= 1
    return row * 2


def grow(x: Any) -> Any:
    x += np.ones((2, 3))
    return x


def change_a_plain_array(x: Any) -> Any:
    total = np.zeros(3)
    total += x
    return total


def change_an_entry(x: Any) -> Any:
    x[0] += 1
    return x


def loop(x: Any) -> Any:
    while x[0] > 1:
        x = x / 2
    return x


REFUSED: list[tuple[str, Function, str]] = [
    ("branch", branch, r"a branch \(if, while"),
    ("float", lambda x: float(x[0]), r"float\(…\)"),
    ("math", lambda x: math.exp(x[0]), r"float\(…\), math"),
    ("int", lambda x: int(x[0]), r"int\(…\)"),
    ("assignment", assign, "assignment into a traced array"),
    ("assignment into plain", assign_into_plain, "assignment into a plain array"),
    ("asarray", np.asarray, "numpy.asarray"),
    ("asarray with dtype", lambda x: np.asarray(x, dtype=float), "numpy.asarray"),
    ("array of entries", lambda x: np.array([x[0], x[1]]), "numpy.stack to join"),
    ("while", loop, r"a branch \(if, while"),
    ("built-in max", lambda x: max(x[0], 0), r"and, or, max, min\)"),
    ("two names", change_under_two_names, "multiply reads an array that was changed in place under another name"),
    ("a view", change_through_a_view, "add reads an array that was changed in place"),
    ("an old view", old_view_of_a_changed_array, "multiply reads an array that was changed in place"),
    ("larger in place", grow, r"\+= would change the shape of an array from \(3,\) to \(2, 3\)"),
    ("plain array in place", change_a_plain_array, r"numpy.add with out=… \(or a change in place of a plain array"),
    ("entry in place", change_an_entry, "assignment into a traced array"),
    ("add.at", lambda x: np.add.at(x, 0, 1.0), "numpy.add.at cannot be traced"),
    ("reduce with an option", lambda x: np.add.reduce(x, initial=5), "numpy.sum with initial=… cannot be traced"),
    ("sum of some", lambda x: np.sum(x, where=np.array([True, False, True])), "numpy.sum with where=… cannot be traced"),
    ("prod of some", lambda x: np.prod(x, where=np.array([True, False, True])), "numpy.prod with where=… cannot be traced"),
    ("exp of some", lambda x: np.exp(x, where=np.array([True, False, True])), "numpy.exp with where=… cannot be traced"),
    ("sum in float32", lambda x: x.sum(dtype=np.float32), "numpy.sum with dtype=… cannot be traced"),
    ("sum into an array", lambda x: np.sum(x, None, None, np.zeros(())), "numpy.sum with out=… cannot be traced"),
    ("dot into an array", lambda x: np.dot(x, x, np.zeros(())), "numpy.dot with out=… cannot be traced"),
    ("correction", lambda x: np.var(x, correction=1), "numpy.var: got an unexpected keyword argument 'correction'"),
    ("the same axis twice", lambda x: np.sum(x[None], axis=(0, -2)), "does not exist, or stands twice"),
    ("equality", lambda x: np.where(x == 0, 1.0, x), "numpy.equal cannot be traced; an equality holds at single points"),
    ("log1p", lambda x: np.log1p(2 * x), r"numpy.log1p cannot be traced; write np.log\(1 \+ x\)"),
    ("expm1", lambda x: np.expm1(2 * x), r"numpy.expm1 cannot be traced; write np.exp\(x\) - 1"),
    ("einsum", lambda x: np.einsum("i,i", x, x), "numpy.einsum cannot be traced; write it with @"),
    ("floor division", lambda x: x // 2, "numpy.floor_divide cannot be traced"),
    ("other ufunc", lambda x: special.erf(2 * x), ": erf cannot be traced"),
    ("scipy function", lambda x: special.logsumexp(2 * x), "scipy.special.logsumexp needs the value"),
    ("vectorize", lambda x: np.vectorize(math.exp)(2 * x), "vectorize.__call__ needs the value"),
    ("random around a traced mean", lambda x: np.random.normal(2 * x), "needs the value of a traced array"),
    ("global random numbers", lambda x: x * np.random.normal(size=3), "f drew random numbers"),
    ("method without a row", lambda x: x.argsort(), "numpy.argsort cannot be traced"),
    ("item", lambda x: x[0].item(), r"\.item of a traced array cannot be traced"),
    ("imaginary part", lambda x: x.imag, r"\.imag of a traced array cannot be traced"),
    ("format", lambda x: f"{x[0]:.2f}", "a format needs the value"),
    ("round", lambda x: round(x[0]), r"round\(…\) needs the value"),
    ("arithmetic of comparisons", lambda x: np.exp(x > 0), "numpy.exp of true and false only"),
    ("where between true and false", lambda x: np.where(x > 0, True, False), "between true and false"),
    ("maximum of comparisons", lambda x: np.clip(x > 0, 0, 1), "numpy.clip of a comparison cannot be traced"),
    ("object constant", lambda x: x + np.array([None, 1, 2]), "a constant must be a finite real number"),
    ("norm of another order", lambda x: np.linalg.norm(x, 1), "numpy.linalg.norm with ord=1 cannot be traced"),
    ("sort", np.sort, "numpy.sort cannot be traced"),
    ("arctan", np.arctan, "numpy.arctan cannot be traced"),
    ("accumulate", np.add.accumulate, "numpy.add.accumulate cannot be traced"),
    ("inverse", lambda x: np.linalg.inv(np.outer(x, x)), "numpy.linalg.inv cannot be traced"),
    ("out", lambda x: np.exp(x, out=np.zeros(3)), "numpy.exp with out=…"),
    ("dtype", lambda x: x.astype(np.float32), r"astype\(float32\)"),
    ("traced index", lambda x: x[x > 0], "an index that is itself traced"),
    ("logaddexp", lambda x: np.logaddexp(x, 2 * x), "only with the number 0 as one operand"),
    ("where of a value", lambda x: np.where(x, x, 0), "needs a comparison"),
    ("complex", lambda x: x * 1j, "a constant must be a finite real number"),
    ("infinity", lambda x: np.maximum(x, -np.inf), "a constant must be a finite real number"),
    ("shapes", lambda x: x + np.ones(4), "add does not fit its operands"),
    ("empty", lambda x: x[:0], "the result is empty"),
    ("batched matmul", lambda x: np.ones((2, 3, 3)) @ x, "use matrices and vectors"),
]


@pytest.mark.parametrize(("f", "words"), [pytest.param(f, words, id=name) for name, f, words in REFUSED])
def test_what_cannot_be_traced_is_named_with_the_line_of_the_code(f: Function, words: str) -> None:
    with pytest.raises(TraceError, match=words) as caught:
        trace(f, np.array([1.0, 2.0, 3.0]))
    if hasattr(f, "__code__"):
        lines = range(f.__code__.co_firstlineno, f.__code__.co_firstlineno + 5)
        assert any(f"test_arrays.py:{line}: " in str(caught.value) for line in lines)


def test_an_unknown_attribute_is_an_attribute_error_as_for_any_array() -> None:
    with pytest.raises(AttributeError, match="a traced array has no attribute 'detach'"):
        trace(lambda x: x.detach(), 1.0)


def test_in_place_on_a_scalar_leaves_other_names_alone() -> None:
    def f(x: Any) -> Any:
        total = x[0]
        first = total
        total += x[1]
        return first * total

    graph = trace(f, np.array([2.0, 3.0]))
    assert forward(graph, [np.array([2.0, 3.0])])[graph.n].item() == 10.0
