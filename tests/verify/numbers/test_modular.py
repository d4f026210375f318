"""Residues of floats and fractions, and sums and products of matrices of them, against Python's whole numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.verify.numbers.modular import PRIME, modular_system, residues


@given(st.floats(-1e6, 1e6) | st.fractions(max_denominator=10**4))
def test_a_number_is_its_residue_times_its_denominator(value: Any) -> None:
    exact = Fraction(value)
    residue = int(residues({(1, 2): np.array([[value]], dtype=object)})[1, 2].item())
    assert 0 <= residue < PRIME
    assert (residue * exact.denominator - exact.numerator) % PRIME == 0


def test_sums_and_products_of_matrices_are_those_of_whole_numbers() -> None:
    system = modular_system()
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, PRIME, (3, 32)) for _ in range(2))
    whole = [[int(sum(int(x) * int(y) for x, y in zip(row, column, strict=True))) % PRIME for column in b] for row in a]
    assert system.matmul(system.array(a), system.array(b.T)).tolist() == whole
    assert system.add(system.array(a), system.array(b)).tolist() == ((a + b) % PRIME).tolist()
    assert system.subtract(system.array(a), system.array(b)).tolist() == ((a - b) % PRIME).tolist()


@pytest.mark.parametrize("value", [float("inf"), float("nan"), Fraction(1, PRIME)])
def test_what_has_no_residue_is_refused_with_its_edge(value: Any) -> None:
    with pytest.raises(ValueError, match=r"the Jacobian of edge \(1, 2\) has the entry .*, which has no residue modulo 16777213"):
        residues({(1, 2): np.array([[value]], dtype=object)})


def test_a_denominator_that_the_prime_divides_has_no_residue() -> None:
    with pytest.raises(ValueError, match="has no residue modulo 7"):
        residues({(1, 2): np.array([[Fraction(1, 14)]], dtype=object)}, 7)
