"""The symbols form a ring in which products do not commute; what holds on symbols holds for every choice of
matrices."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.engine import RATIONAL, UnsupportedOperation, backward
from backproof.engine.free_algebra import FREE, ONE, ZERO, Polynomial
from backproof.verify.proofs.skeletons import skeleton

words = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)
polynomials = st.dictionaries(words, st.integers(-3, 3).filter(bool), max_size=4).map(Polynomial)


def substituted(polynomial: Polynomial, values: dict[str, Any]) -> Any:
    """The value with a matrix for every symbol, computed by NumPy."""
    total = np.zeros((2, 2), dtype=object)
    for word, coefficient in polynomial.terms.items():
        product: Any = np.eye(2, dtype=int)
        for symbol in word:
            product = product @ values[symbol]
        total = total + coefficient * product
    return total


@given(polynomials, polynomials, polynomials)
def test_sums_and_products_obey_the_laws_of_a_ring(a: Polynomial, b: Polynomial, c: Polynomial) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert (a @ b) @ c == a @ (b @ c)
    assert a @ (b + c) == a @ b + a @ c
    assert (a + b) @ c == a @ c + b @ c
    assert a @ ONE == ONE @ a == a
    assert a + ZERO == a
    assert a - a == ZERO
    assert a @ ZERO == ZERO


matrices = st.lists(st.integers(-9, 9), min_size=4, max_size=4).map(lambda entries: np.array(entries).reshape(2, 2))


@given(polynomials, polynomials, matrices, matrices, matrices)
def test_matrices_for_symbols_give_sums_products_and_transposes_of_matrices(a: Polynomial, b: Polynomial, A: Any, B: Any, C: Any) -> None:
    values = {"a": A, "b": B, "c": C, "aᵀ": A.T, "bᵀ": B.T, "cᵀ": C.T}
    assert (substituted(a + b, values) == substituted(a, values) + substituted(b, values)).all()
    assert (substituted(a - b, values) == substituted(a, values) - substituted(b, values)).all()
    assert (substituted(a @ b, values) == substituted(a, values) @ substituted(b, values)).all()
    assert (substituted(a.transposed(), values) == substituted(a, values).T).all()
    assert (substituted(a.scaled(Fraction(2, 3)), values) == Fraction(2, 3) * substituted(a, values)).all()


def test_different_polynomials_are_told_apart_by_some_matrices() -> None:
    a, b = FREE.symbol("a"), FREE.symbol("b")
    values = {"a": np.array([[1, 2], [3, 4]]), "b": np.array([[0, 1], [-1, 5]])}
    assert (substituted(a @ b, values) != substituted(b @ a, values)).any()


@given(polynomials, polynomials)
def test_transposing_reverses_products_and_twice_is_once(a: Polynomial, b: Polynomial) -> None:
    assert (a @ b).transposed() == b.transposed() @ a.transposed()
    assert a.transposed().transposed() == a


def test_products_do_not_commute_and_cancelled_terms_are_gone() -> None:
    a, b = FREE.symbol("a"), FREE.symbol("b")
    assert a @ b != b @ a
    assert (a @ b - b @ a + b @ a - a @ b).terms == {}
    assert a != "a"
    assert hash(a @ b) == hash(FREE.symbol("a") @ FREE.symbol("b"))


@pytest.mark.parametrize("value", [0.5, "a", None])
def test_only_rational_numbers_enter(value: object) -> None:
    with pytest.raises(UnsupportedOperation, match="rational coefficients only"):
        FREE.array(value)


def test_it_has_the_operations_of_a_number_system() -> None:
    a, b = FREE.symbol("a"), FREE.symbol("b")
    assert FREE.add(a, b).terms == {("a",): 1, ("b",): 1}
    assert FREE.subtract(a, b).terms == {("a",): 1, ("b",): -1}
    assert FREE.matmul(a, b).terms == {("a", "b"): 1}
    assert FREE.negative(a).terms == {("a",): -1}
    assert FREE.scale(Fraction(1, 2), a + b).terms == {("a",): Fraction(1, 2), ("b",): Fraction(1, 2)}
    assert FREE.scale(0, a).terms == {}
    assert FREE.transpose(a @ b).terms == {("bᵀ", "aᵀ"): 1}
    assert FREE.identity(3).terms == {(): 1}
    assert FREE.zeros((2, 3)).terms == {}
    assert FREE.array(a) is a


def test_a_rational_number_is_a_multiple_of_the_identity() -> None:
    assert FREE.array(Fraction(2, 3)) == ONE.scaled(Fraction(2, 3))
    assert FREE.array(0) == ZERO


EDGES = ((1, 3), (2, 3), (2, 4), (3, 4), (1, 4))


def test_the_backward_pass_on_symbols_has_one_word_for_each_path() -> None:
    """The paths of the graph, listed by hand."""
    D: Any = {(j, i): FREE.symbol(f"{j}{i}") for j, i in EDGES}
    graph: Any = skeleton(4, EDGES)
    system: Any = FREE
    p: Any = backward(graph, D, None, system)
    assert p[1].terms == {("34", "13"): 1, ("14",): 1}
    assert p[2].terms == {("34", "23"): 1, ("24",): 1}
    assert p[3].terms == {("34",): 1}
    assert p[4].terms == {(): 1}


@given(st.lists(st.integers(-5, 5), min_size=20, max_size=20))
def test_the_backward_pass_on_matrices_is_the_one_on_symbols_with_matrices_put_in(entries: list[int]) -> None:
    blocks = {edge: np.array(entries[4 * k : 4 * k + 4]).reshape(2, 2) for k, edge in enumerate(EDGES)}
    symbols: Any = {edge: FREE.symbol(f"{edge[0]}→{edge[1]}") for edge in EDGES}
    graph: Any = skeleton(4, EDGES, dimensions=(2, 2, 2, 2))
    free: Any = FREE
    on_symbols: Any = backward(graph, symbols, None, free)
    on_matrices = backward(graph, {edge: RATIONAL.array(block) for edge, block in blocks.items()}, None, RATIONAL)
    for j in range(1, 5):
        total: Any = np.zeros((2, 2), dtype=int)
        for word in on_symbols[j].terms:
            product: Any = np.eye(2, dtype=int)
            for symbol in word:
                a, b = symbol.split("→")
                product = product @ blocks[int(a), int(b)]
            total = total + product
        assert (on_matrices[j] == total).all()
