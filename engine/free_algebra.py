"""The number system `free`: every edge Jacobian is a symbol, products do not commute, and the passes run on them
unchanged.

A `Polynomial` is a finite sum of words in such symbols with rational coefficients. The backward pass run in `FREE`
leaves in p_j the sum of the words of all paths from j to the output. That is an identity: it holds for all values, all
functions and all dimensions on that graph.

>>> a, b, c = FREE.symbol("a"), FREE.symbol("b"), FREE.symbol("c")
>>> (a + b) @ c
Polynomial(a c + b c)
>>> a @ b == b @ a
False
>>> a @ b - a @ b == FREE.zeros((1, 1))
True
>>> FREE.transpose(a @ b)
Polynomial(bᵀ aᵀ)
>>> FREE.array(0.5)
Traceback (most recent call last):
    ...
backproof.engine.errors.UnsupportedOperation: the number system free has rational coefficients only, found 0.5
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from backproof.engine.errors import UnsupportedOperation

TRANSPOSED = "ᵀ"

Word = tuple[str, ...]


class Polynomial:
    """A sum of words, {word: coefficient} without zeros. It stands for a matrix of any fitting size, and reports the
    shape 1 × 1."""

    __slots__ = ("terms",)
    shape: ClassVar[tuple[int, int]] = (1, 1)

    def __init__(self, terms: Mapping[Word, int | Fraction]) -> None:
        self.terms = terms

    def __add__(self, other: Polynomial) -> Polynomial:
        if not self.terms:
            return other
        total = dict(self.terms)
        for word, coefficient in other.terms.items():
            found = total.get(word, 0) + coefficient
            if found:
                total[word] = found
            else:
                del total[word]
        return Polynomial(total)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.scaled(-1)

    def __matmul__(self, other: Polynomial) -> Polynomial:
        if len(other.terms) == 1:
            ((right, factor),) = other.terms.items()
            return Polynomial({left + right: coefficient * factor for left, coefficient in self.terms.items()})
        total = Polynomial({})
        for right, factor in other.terms.items():
            total = total + Polynomial({left + right: coefficient * factor for left, coefficient in self.terms.items()})
        return total

    def scaled(self, factor: int | Fraction) -> Polynomial:
        """`factor` times this."""
        return Polynomial({word: factor * coefficient for word, coefficient in self.terms.items()} if factor else {})

    def transposed(self) -> Polynomial:
        """The formal transpose: every word backwards, every symbol transposed; twice is once."""
        return Polynomial({tuple(map(_flipped, reversed(word))): coefficient for word, coefficient in self.terms.items()})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __repr__(self) -> str:
        return f"Polynomial({self})"

    def __str__(self) -> str:
        return " + ".join(f"{'' if c == 1 else f'{c} '}{' '.join(word) or '1'}" for word, c in sorted(self.terms.items())) or "0"


def _flipped(symbol: str) -> str:
    return symbol.removesuffix(TRANSPOSED) if symbol.endswith(TRANSPOSED) else symbol + TRANSPOSED


ZERO, ONE = Polynomial({}), Polynomial({(): 1})


@dataclass(frozen=True)
class FreeAlgebra:
    """What the backward pass needs of a number system, on polynomials in symbols that do not commute."""

    name: str = field(default="free", init=False)
    family: str = field(default="free", init=False)
    exact: bool = field(default=True, init=False)

    def symbol(self, name: str) -> Polynomial:
        """The symbol with this name."""
        return Polynomial({(name,): 1})

    def zeros(self, shape: Sequence[int]) -> Polynomial:  # noqa: ARG002
        """The zero of any shape."""
        return ZERO

    def identity(self, dimension: int) -> Polynomial:  # noqa: ARG002
        """The empty word: the identity of any size."""
        return ONE

    def array(self, value: Any) -> Polynomial:
        """A rational number, as a multiple of the identity; a polynomial stays as it is."""
        if isinstance(value, Polynomial):
            return value
        if isinstance(value, int | Fraction):
            return ONE.scaled(value)
        raise UnsupportedOperation(f"the number system free has rational coefficients only, found {value!r}")

    def add(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """left + right."""
        return left + right

    def subtract(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """left − right."""
        return left - right

    def matmul(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """left right, in this order."""
        return left @ right

    def scale(self, factor: int | Fraction, array: Polynomial) -> Polynomial:
        """A rational multiple."""
        return array.scaled(factor)

    def negative(self, array: Polynomial) -> Polynomial:
        """−array."""
        return array.scaled(-1)

    def transpose(self, matrix: Polynomial) -> Polynomial:
        """The formal transpose."""
        return matrix.transposed()


FREE = FreeAlgebra()
