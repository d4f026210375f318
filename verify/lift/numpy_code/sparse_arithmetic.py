"""What sparse matrices of lifted numbers compute: products, sums, comparisons, as methods of `SparseArray`.

Each entry of a product of matrices is one sum of products over the entries that are stored, as in SciPy.

>>> import scipy.sparse
>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.numpy_code.sparse_matrices import lifted_sparse
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a, x = lifted_sparse(scipy.sparse.csr_array([[0.0, 2.0], [3.0, 0.0]])), leaves(np.array([1.0, 10.0]), tape)
...     (a @ x).tolist(), (a @ a - a).toarray().tolist(), (a > 2).sum(), x @ a
([20.0, 3.0], [[6.0, -2.0], [-3.0, 6.0]], 1.0, lifted(array([30.0, 2.0], dtype=object)))
>>> with running(Tape(100, front=ARRAYS)):
...     a @ np.ones(3)
Traceback (most recent call last):
    ...
ValueError: dimension mismatch: (2, 2) and (3,)
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, wrapped
from backproof.verify.lift.arrays.complex_numbers import ComplexArray, holds_complex, pair
from backproof.verify.lift.arrays.subclasses import viewed
from backproof.verify.lift.arrays.whole import bare
from backproof.verify.lift.numpy_code.sparse_matrices import SparseArray, as_lifted, from_entries, is_sparse
from backproof.verify.lift.tape.arithmetic import add, multiply, total
from backproof.verify.lift.tape.arithmetic import dot as inner
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import ONE
from backproof.verify.lift.tape.tape import Scalar

# products


def dotted(self: Any, other: Any) -> Any:
    return self.scaled(other) if _is_number(other) else self @ other


def matrix_product(self: Any, other: Any) -> Any:
    if is_sparse(other):
        return _product(self, as_lifted(other))
    if _is_number(other):
        raise ValueError("Scalar operands are not allowed, use '*' instead")
    if holds_complex(other):
        return ComplexArray(*(self @ part for part in pair(other).parts))
    x = _dense(other)
    if x.shape[:1] != self.shape[-1:]:
        raise ValueError(f"dimension mismatch: {self.shape} and {x.shape}")
    if self.pattern.ndim != 2:
        return self.toarray() @ x
    rows: list[tuple[list[Any], list[int]]] = [([], []) for _ in range(self.shape[0])]
    for i, j, value in self.triples():
        rows[i][0].append(value)
        rows[i][1].append(j)
    columns = plain(x).reshape(x.shape[0], -1).T.tolist()
    result: Any = np.empty((self.shape[0], len(columns)), dtype=object)
    for i, (numbers, places) in enumerate(rows):
        for k, column in enumerate(columns):
            result[i, k] = inner(numbers, [column[j] for j in places])
    return _as_given(wrapped(result.reshape(self.shape[0], *x.shape[1:])), other)


def product_from_left(self: Any, other: Any) -> Any:
    if holds_complex(other):
        return ComplexArray(*(part @ self for part in pair(other).parts))
    x = _dense(other)
    return _as_given(np.transpose(array_of(self.T @ np.transpose(x))), other)


def star(self: Any, other: Any) -> Any:
    if _is_number(other):
        return self.scaled(other)
    return self @ other if self.is_matrix else self.multiply(other)


def star_from_left(self: Any, other: Any) -> Any:
    if _is_number(other):
        return self.scaled(other)
    return other @ self if self.is_matrix else self.multiply(other)


def entrywise_product(self: Any, other: Any) -> Any:
    """Entry by entry."""
    if _is_number(other):
        return self.scaled(other)
    if is_sparse(other) and other.shape == self.shape:
        known = {(i, j): value for i, j, value in as_lifted(other).triples()}
        both = {(i, j): multiply(value, known[i, j]) for i, j, value in self.triples() if (i, j) in known}
        return from_entries(both, self.pattern, self.pattern.format)
    by = np.broadcast_to(_dense(other.toarray() if is_sparse(other) else other), self.shape)
    rows = plain(array_of(by)).reshape(-1, self.shape[-1])
    return from_entries({(i, j): multiply(value, rows[i, j]) for i, j, value in self.triples()}, self.pattern, "coo")


def scaled(self: Any, by: Any) -> Any:
    return self.of(self.values * by)


def quotient(self: Any, other: Any) -> Any:
    if not _is_number(other):
        raise NotLifted("a sparse matrix divided by an array has no lifted rule", place(), "multiply it with the reciprocal")
    return self.of(self.values / other)


def negative(self: Any) -> Any:
    return self.of(-self.values)


def absolute(self: Any) -> Any:
    return self.of(np.abs(self.values))


def power(self: Any, n: Any, *_: Any, **__: Any) -> Any:
    return self.of(self.values**n)


def matrix_power(self: Any, n: Any) -> Any:
    if not self.is_matrix:
        return self.power(n)
    if not isinstance(n, int) or n < 1:
        raise NotLifted("this power of a sparse matrix has no lifted rule", place())
    return self if n == 1 else self @ (self ** (n - 1))


def added(self: Any, other: Any) -> Any:
    if not is_sparse(other):
        if _is_number(other):
            if isinstance(other, int | float) and other == 0:
                return self.copy()
            raise NotImplementedError("adding a nonzero scalar to a sparse array is not supported")
        return self.todense() + _dense(other)
    found: dict[tuple[int, int], Any] = {(i, j): value for i, j, value in self.triples()}
    for i, j, value in as_lifted(other).triples():
        found[i, j] = add(found[i, j], value) if (i, j) in found else value
    return from_entries(found, self.pattern, "csc" if self.pattern.format == "csc" else "csr")


def difference(self: Any, other: Any) -> Any:
    return self + (-as_lifted(other) if is_sparse(other) else -_dense(other) if not _is_number(other) else -other)


def difference_from(self: Any, other: Any) -> Any:
    return -self + other


def summed(self: Any, axis: Any = None, *_: Any, **__: Any) -> Any:
    if axis is None or self.pattern.ndim != 2:
        return total(plain(self.values).tolist())
    n, own = self.shape[1 - axis % 2], [[] for _ in range(self.shape[1 - axis % 2])]  # type: ignore[var-annotated]
    for entry in self.triples():
        own[entry[1 - axis % 2]].append(entry[2])
    result: Any = np.empty(n, dtype=object)
    result[:] = [total(terms) for terms in own]
    if not self.is_matrix:
        return wrapped(result)
    return viewed(wrapped(result.reshape((1, n) if axis % 2 == 0 else (n, 1))), np.matrix)


def averaged(self: Any, axis: Any = None, *_: Any, **__: Any) -> Any:
    count = self.shape[axis % 2] if axis is not None else int(np.prod(self.shape))
    return self.sum(axis) / count


def _product(a: Any, b: Any) -> Any:
    if a.shape[-1] != b.shape[0] or a.ndim != 2 or b.ndim != 2:
        raise ValueError(f"dimension mismatch: {a.shape} and {b.shape}")
    rows: dict[int, list[tuple[int, Any]]] = {}
    for k, j, value in b.triples():
        rows.setdefault(k, []).append((j, value))
    terms: dict[tuple[int, int], tuple[list[Any], list[Any]]] = {}
    for i, k, left in a.triples():
        for j, right in rows.get(k, ()):
            own = terms.setdefault((i, j), ([], []))
            own[0].append(left)
            own[1].append(right)
    entries = {where: inner(*own) for where, own in terms.items()}
    like = type(a.pattern)((a.shape[0], b.shape[1]))
    return from_entries(entries, like, "csc" if a.pattern.format == b.pattern.format == "csc" else "csr")


def _is_number(value: Any) -> bool:
    return (
        type(value) is Scalar
        or isinstance(value, int | float | np.number | np.bool_)
        or (not is_sparse(value) and np.ndim(bare(value)) == 0)
    )


def _dense(value: Any) -> Any:
    if holds_complex(value):
        raise NotLifted("a sparse matrix with complex numbers has no lifted rule", place())
    found = array_of(bare(value))
    return found if type(found) is LiftedArray else np.ndarray.view(found, LiftedArray)


def _as_given(found: Any, other: Any) -> Any:
    """A matrix, if the other factor was one."""
    return viewed(found, np.matrix) if isinstance(other, np.matrix) else found


def _comparison(name: str) -> Any:
    relation: Any = getattr(operator, name)

    def method(self: Any, other: Any) -> Any:
        if not _is_number(other) or type(other) is Scalar or relation(0, other):
            raise NotLifted("this comparison of a sparse matrix has no lifted rule", place(), "compare what toarray() gives")
        true = {(i, j): Scalar(ONE) for i, j, value in self.triples() if relation(value, other)}
        found = from_entries(true, self.pattern, "csc" if self.pattern.format == "csc" else "csr")
        found.is_mask = True
        return found

    return method


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(SparseArray, f"__{_name}__", _comparison(_name))
METHODS: dict[str, Any] = {
    "dot": dotted,
    "__matmul__": matrix_product,
    "__rmatmul__": product_from_left,
    "__mul__": star,
    "__rmul__": star_from_left,
    "multiply": entrywise_product,
    "scaled": scaled,
    "__truediv__": quotient,
    "__neg__": negative,
    "__abs__": absolute,
    "power": power,
    "__pow__": matrix_power,
    "__add__": added,
    "__sub__": difference,
    "__rsub__": difference_from,
    "sum": summed,
    "mean": averaged,
    "__radd__": added,
}
"""The operators and methods by their names in SciPy."""
for _name, _method in METHODS.items():
    setattr(SparseArray, _name, _method)
