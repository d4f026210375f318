"""What floats may come to: intervals that hold every order of adding, and no more than they have to."""

from __future__ import annotations

import itertools
import math
import random
import struct
from fractions import Fraction

import numpy as np
import pytest

from backproof.reports.audit.derivations.floats import around, exactly, gamma, position, product, within


def test_every_order_of_a_sum_lies_in_the_interval() -> None:
    draw = random.Random(1)
    for _ in range(40):
        terms = [draw.uniform(-1, 1) * 10.0 ** draw.randint(-8, 8) for _ in range(5)]
        low, high = around([(term, term) for term in terms], len(terms))
        for order in itertools.permutations(terms):
            assert low <= sum(order) <= high
        exact = sum(map(Fraction, terms))
        size = sum(abs(Fraction(term)) for term in terms)
        assert Fraction(low) <= exact <= Fraction(high)
        assert Fraction(high) - Fraction(low) <= 4 * len(terms) * size / 2**53, "no wider than the roundings make it"


@pytest.mark.parametrize("seed", range(5))
def test_a_matrix_product_lies_in_its_interval(seed: int) -> None:
    draw = np.random.default_rng(seed)
    A, B = draw.normal(size=(3, 4)), draw.normal(size=(4, 2))
    bounds = product(exactly(A.ravel().tolist()), exactly(B.ravel().tolist()), 3, 4)
    assert bounds is not None
    assert all(within(value, one) for value, one in zip((A @ B).ravel().tolist(), bounds, strict=True))
    assert not within(float((A @ B)[0, 0]) * (1 + 1e-13), bounds[0])


def test_one_term_has_one_result() -> None:
    assert product(exactly([0.1]), exactly([0.2, 0.3]), 1, 1) == ((0.1 * 0.2, 0.1 * 0.2), (0.1 * 0.3, 0.1 * 0.3))


def test_what_is_not_finite_is_not_derived() -> None:
    assert product(exactly([math.inf]), exactly([0.0]), 1, 1) is None
    assert product(exactly([1e308, 1e308]), exactly([10.0, 10.0]), 1, 2) is None
    assert product(exactly([1.0]), exactly([]), 1, 0) is None


def test_gamma_is_rounded_up() -> None:
    for m in (1, 7, 1000):
        assert Fraction(gamma(m)) >= Fraction(m, 2**53) / (1 - Fraction(m, 2**53))


def test_positions_count_the_floats_between() -> None:
    draw = random.Random(0)
    for _ in range(300):
        value = struct.unpack("<d", struct.pack("<Q", draw.getrandbits(64)))[0]
        if math.isfinite(value) and math.isfinite(math.nextafter(value, math.inf)):
            assert position(math.nextafter(value, math.inf)) - position(value) == (0 if value == 0 and math.copysign(1, value) < 0 else 1)
