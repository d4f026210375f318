"""The scale of the rounding errors of a path sum: by hand, and at the ends of the range of floats."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, Graph, leaf, mpmath_system, vertex
from backproof.verify.paths.magnitudes import are_comfortable, growth_by, growth_of, largest_row, operations_behind, scale_system

CHAIN = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "square", (2,))))


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Fraction(6), "float64"),
        (Fraction(0), "float64"),
        (Fraction(10**80), "float64"),
        (Fraction(10**90), "rational"),
        (Fraction(1, 10**90), "rational"),
        (Fraction(10**400), "rational"),
        (Fraction(1, 10**400), "rational"),
    ],
)
def test_magnitudes_are_floats_where_no_product_leaves_their_range(entry: Fraction, name: str) -> None:
    D: dict[Any, Any] = {(1, 2): RATIONAL.array([[entry]]), (2, 3): RATIONAL.array([[1]])}
    assert scale_system(CHAIN, D, RATIONAL).name == name


def test_floats_are_measured_in_float64_and_others_by_their_size() -> None:
    assert scale_system(CHAIN, {(1, 2): np.array([[1e300]])}, FLOAT32) is FLOAT64
    high = mpmath_system(30)
    assert scale_system(CHAIN, {(1, 2): high.array([[2]])}, high) is FLOAT64


def test_what_is_comfortable() -> None:
    assert are_comfortable(CHAIN, {(1, 2): np.array([[1e80, 0.0]])})
    assert not are_comfortable(CHAIN, {(1, 2): np.array([[1e90]])})
    assert not are_comfortable(CHAIN, {(1, 2): np.array([[math.inf]])})
    assert are_comfortable(CHAIN, {})


def test_growth_is_the_largest_row_to_the_power_of_the_length() -> None:
    assert largest_row(np.array([[1.0, 3.0], [0.5, 0.5]])) == 4
    assert growth_of([np.array([[0.5]]), np.array([[1.0, 3.0]])], 3) == 64
    assert growth_of([], 0) == growth_by(0.25, 9) == 1
    assert growth_by(1e300, 2) == math.inf


def test_the_roundings_behind_a_sum_by_hand() -> None:
    """From x on: d = 2, and x has two children; one path of two edges and one of one."""
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "exp", (1,)), vertex("z", "add", (1, 2))))
    assert operations_behind(graph, 1, longest=2, count=2) == 2 * (2 + 2) + 2 * 2 + 2 + 2
