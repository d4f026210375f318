"""Whole numbers modulo a prime, as a number system: Theorem 2 is exact there where fractions would grow without end.

A float is an exact number m/q with q a power of 2, hence has a residue m·q⁻¹; so has a fraction whose denominator the
prime does not divide. Two sides that differ are found with certainty if their residues do; two whose difference the
prime happens to divide are not, which a prime of 24 bits makes rare.

>>> D = residues({(1, 2): np.array([[0.5, -3.0]])})
>>> D[1, 2].tolist(), modular_system().multiply(D[1, 2], np.array([2.0])).tolist()
([[8388607.0, 16777210.0]], [[1.0, 16777207.0]])
>>> residues({(1, 2): np.array([[float("inf")]])})
Traceback (most recent call last):
    ...
ValueError: the Jacobian of edge (1, 2) has the entry inf, which has no residue modulo 16777213; only finite numbers have one
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array

PRIME = 16777213  # the largest below 2²⁴: products of residues stay below 2⁴⁸, and 32 of them are added exactly in float64


def residues(D: Mapping[Edge, Array], prime: int = PRIME) -> dict[Edge, Array]:
    """The Jacobians modulo a prime: floats and fractions are exact numbers m/q, and stand for m·q⁻¹. ValueError where
    there is none."""

    def residue(edge: Edge, entry: Any) -> int:
        try:
            exact = Fraction(entry)
            return exact.numerator * pow(exact.denominator, -1, prime) % prime
        except (ValueError, OverflowError):
            raise ValueError(
                f"the Jacobian of edge {edge} has the entry {entry}, which has no residue modulo {prime}; only finite numbers have one"
            ) from None

    return {
        edge: np.array([residue(edge, entry) for entry in jacobian.reshape(-1).tolist()], dtype=float).reshape(jacobian.shape)
        for edge, jacobian in D.items()
    }


def modular_system(prime: int = PRIME) -> NumberSystem:
    """The residues modulo a prime, held in float64: what the backward pass needs, namely sums and products of matrices.

    >>> system = modular_system(7)
    >>> system.matmul(system.array([[3.0, 5.0]]), system.array([[2.0], [3.0]])).tolist()
    [[0.0]]
    """

    def reduced(operation: Callable[..., Any]) -> Callable[..., Array]:
        return lambda *operands: np.mod(operation(*operands), prime)

    return replace(
        FLOAT64,
        name=f"mod {prime}",
        unit_roundoff=Fraction(0),
        add=reduced(np.add),
        subtract=reduced(np.subtract),
        multiply=reduced(np.multiply),
        matmul=reduced(np.dot),
    )
