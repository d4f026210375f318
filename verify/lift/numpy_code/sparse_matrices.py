"""`SparseArray`: a sparse matrix of SciPy whose numbers are lifted.

Rule: where the entries stand, SciPy itself says: `pattern` is a matrix of its own that holds, in place of each number,
its position in `values` (from 1, so that none is dropped). What numbers come out, only lifted arithmetic says.

>>> import scipy.sparse
>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> a = scipy.sparse.csr_matrix(np.array([[0.0, 2.0], [3.0, 0.0], [0.0, 5.0]]))
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x, lifted = leaves(np.array([1.0, 10.0]), tape), lifted_sparse(a)
...     (lifted @ x).tolist(), (lifted.T @ (lifted @ x)).tolist(), lifted.multiply(x).sum(), lifted[1:].toarray().tolist()
([20.0, 3.0, 50.0], [9.0, 290.0], 73.0, [[3.0, 0.0], [0.0, 5.0]])
>>> isinstance(lifted, scipy.sparse.csr_matrix), scipy.sparse.issparse(lifted), lifted.format, lifted.nnz
(True, True, 'csr', 3)
>>> with running(Tape(100, front=ARRAYS)):
...     lifted.argmax()
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: scipy.sparse.csr_matrix.argmax of lifted numbers has no lifted rule (...
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, wrapped, zeros
from backproof.verify.lift.arrays.complex_numbers import ComplexArray, holds_complex, pair
from backproof.verify.lift.arrays.subclasses import viewed
from backproof.verify.lift.arrays.whole import bare, whole
from backproof.verify.lift.tape.arithmetic import add, dot, multiply, total
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import ONE
from backproof.verify.lift.tape.tape import NOW, Scalar

COMPRESSED = ("csr", "csc", "coo")
MOVING = frozenset(["transpose", "tocsr", "tocsc", "tocoo", "asformat", "copy", "reshape", "getrow", "getcol", "conj", "conjugate"])
"""Methods that move entries and compute nothing."""
STRUCTURE = frozenset(["indices", "indptr", "row", "col", "coords", "nnz", "shape", "ndim", "getnnz", "nonzero", "get_shape", "size"])
"""What is known of a matrix without its numbers."""
OF_EACH = frozenset(["sqrt", "sin", "tan", "arcsin", "arctan", "sinh", "tanh", "arcsinh", "expm1", "log1p", "deg2rad", "rad2deg"])
"""Functions that leave zero where it is."""


def is_sparse(value: Any) -> bool:
    """Whether it is a sparse matrix or array of SciPy, or a lifted one."""
    kind = type(value)
    return kind is SparseArray or (kind.__module__.startswith("scipy.sparse.") and hasattr(kind, "tocoo"))


class SparseArray:
    """It is made by `lifted_sparse` and `of_pattern`. `kind` is the class that code sees; `as_stored` tells whether SciPy
    stores the same numbers in the same order, `is_mask` whether they are truth values."""

    __array_ufunc__ = None
    __array_priority__ = 3000.0
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, pattern: Any, values: Any, kind: Any = None, as_stored: bool = True) -> None:
        self.pattern, self.values, self.kind, self.as_stored = pattern, values, kind or type(pattern), as_stored
        self.is_mask = False

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.kind

    @property
    def is_matrix(self) -> bool:
        """Whether it is one of SciPy's matrices, of which products are `*` and sums are matrices."""
        return self.kind.__name__.endswith("_matrix")

    @property
    def dtype(self) -> Any:
        return NOW.tape.dtype

    @property
    def data(self) -> Any:
        """Its numbers, as SciPy stores them."""
        self._must_be_as_stored("data")
        return self.values

    @data.setter
    def data(self, numbers: Any) -> None:
        self._must_be_as_stored("data")
        self.values = array_of(bare(numbers))

    @property
    def format(self) -> str:
        return str(self.kind.__name__.partition("_")[0])

    @property
    def T(self) -> Any:
        return self.moved(self.pattern.T)

    @property
    def A(self) -> Any:
        return self.toarray()

    def __getattr__(self, name: str) -> Any:
        if name in MOVING:
            method = getattr(self.pattern, name)
            return lambda *args, **options: self.moved(method(*bare(args), **_without_dtype(options)))
        if name in STRUCTURE:
            self._must_be_as_stored(name)
            found = getattr(self.pattern, name)
            return whole(found) if not callable(found) else lambda *args: whole(found(*args))
        if name in OF_EACH:
            return lambda: self.of(getattr(np, name)(self.values))
        if name.startswith("__") or not hasattr(self.kind, name):
            raise AttributeError(f"{self.kind.__name__!r} object has no attribute {name!r}")
        raise NotLifted(f"scipy.sparse.{self.kind.__name__}.{name} of lifted numbers has no lifted rule", place())

    def _must_be_as_stored(self, name: str) -> None:
        if not self.as_stored and name not in ("shape", "ndim", "get_shape"):
            raise NotLifted(f"scipy.sparse.{self.kind.__name__}.{name} has no lifted rule", place(), "use tocsr()")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotLifted("writing into a sparse matrix has no lifted rule", place(), "make it of its data and their places")

    def __getitem__(self, key: Any) -> Any:
        found = self.pattern[bare(key)]
        if is_sparse(found):
            return self.moved(found)
        if isinstance(found, np.ndarray):
            raise NotLifted("this index of a sparse matrix has no lifted rule", place())
        return self.values[int(found) - 1] if found else array_of(0.0)[()]

    def moved(self, pattern: Any) -> Any:
        """The same numbers in other places."""
        return of_pattern(pattern, self.values)

    def of(self, values: Any) -> Any:
        """Other numbers in the same places."""
        return SparseArray(self.pattern.copy(), array_of(values), self.kind, self.as_stored)

    def triples(self) -> list[tuple[int, int, Scalar]]:
        """Row, column and number of every entry."""
        coo, numbers = self.pattern.tocoo(), plain(self.values)
        rows, columns = coo.coords if self.pattern.ndim == 2 else (np.zeros_like(coo.coords[0]), coo.coords[0])
        return [(i, j, numbers[p - 1]) for i, j, p in zip(rows.tolist(), columns.tolist(), coo.data.tolist(), strict=True)]

    # what is computed

    def toarray(self, *_: Any, **__: Any) -> Any:
        result = zeros(self.shape)
        flat = plain(result).reshape(-1, self.shape[-1])
        for i, j, value in self.triples():
            flat[i, j] = value
        return whole(plain(result).astype(bool)) if self.is_mask else result

    def todense(self, *_: Any, **__: Any) -> Any:
        return viewed(self.toarray(), np.matrix) if self.is_matrix else self.toarray()

    def astype(self, dtype: Any, *_: Any, **__: Any) -> Any:
        return self.of(array_of(self.values.astype(dtype)))

    def dot(self, other: Any) -> Any:
        return self.scaled(other) if _is_number(other) else self @ other

    def __matmul__(self, other: Any) -> Any:
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
                result[i, k] = dot(numbers, [column[j] for j in places])
        return _as_given(wrapped(result.reshape(self.shape[0], *x.shape[1:])), other)

    def __rmatmul__(self, other: Any) -> Any:
        if holds_complex(other):
            return ComplexArray(*(part @ self for part in pair(other).parts))
        x = _dense(other)
        return _as_given(np.transpose(array_of(self.T @ np.transpose(x))), other)

    def __mul__(self, other: Any) -> Any:
        if _is_number(other):
            return self.scaled(other)
        return self @ other if self.is_matrix else self.multiply(other)

    def __rmul__(self, other: Any) -> Any:
        if _is_number(other):
            return self.scaled(other)
        return other @ self if self.is_matrix else self.multiply(other)

    def multiply(self, other: Any) -> Any:
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

    def scaled(self, by: Any) -> Any:
        return self.of(self.values * by)

    def __truediv__(self, other: Any) -> Any:
        if not _is_number(other):
            raise NotLifted("a sparse matrix divided by an array has no lifted rule", place(), "multiply it with the reciprocal")
        return self.of(self.values / other)

    def __neg__(self) -> Any:
        return self.of(-self.values)

    def __abs__(self) -> Any:
        return self.of(np.abs(self.values))

    def power(self, n: Any, *_: Any, **__: Any) -> Any:
        return self.of(self.values**n)

    def __pow__(self, n: Any) -> Any:
        if not self.is_matrix:
            return self.power(n)
        if not isinstance(n, int) or n < 1:
            raise NotLifted("this power of a sparse matrix has no lifted rule", place())
        return self if n == 1 else self @ (self ** (n - 1))

    def __add__(self, other: Any) -> Any:
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

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-as_lifted(other) if is_sparse(other) else -_dense(other) if not _is_number(other) else -other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def sum(self, axis: Any = None, *_: Any, **__: Any) -> Any:
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

    def mean(self, axis: Any = None, *_: Any, **__: Any) -> Any:
        count = self.shape[axis % 2] if axis is not None else int(np.prod(self.shape))
        return self.sum(axis) / count

    def diagonal(self, k: int = 0) -> Any:
        places = self.pattern.diagonal(k)
        numbers, result = plain(self.values), plain(zeros(places.shape))
        for where, p in enumerate(places.tolist()):
            if p:
                result[where] = numbers[p - 1]
        return wrapped(result)

    def trace(self, offset: int = 0) -> Any:
        return total(plain(self.diagonal(offset)).tolist())

    def sum_duplicates(self) -> None:
        """There are none."""

    def sort_indices(self) -> None:
        """As SciPy does it, in place."""
        self.pattern.sort_indices()
        found = of_pattern(self.pattern, self.values)
        self.pattern, self.values = found.pattern, found.values


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


# making them


def of_pattern(pattern: Any, numbers: Any, kind: Any = None, as_stored: bool = True) -> Any:
    """The matrix that has, where the pattern has p, the number p (from 1)."""
    if pattern.format not in COMPRESSED:
        raise NotLifted(f"a sparse matrix of lifted numbers in the format {pattern.format} has no lifted rule", place(), "use tocsr()")
    values = plain(array_of(numbers))[pattern.data.astype(int) - 1]
    new = pattern.copy()
    new.data = np.arange(1, len(values) + 1)
    return SparseArray(new, wrapped(values), kind, as_stored)


def lifted_sparse(value: Any) -> Any:
    """A matrix of SciPy's with its numbers as lifted constants. NotLifted if they are complex."""
    if value.dtype.kind == "c":
        raise NotLifted("a sparse matrix of complex numbers has no lifted rule", place())
    kind = type(value)
    found = value if value.format in COMPRESSED else value.tocsr()
    numbers, pattern = array_of(np.array(found.data)), found.copy()
    pattern.data = np.arange(1, len(found.data) + 1)
    return without_duplicates(pattern, numbers, kind, value.format in COMPRESSED)


def without_duplicates(pattern: Any, numbers: Any, kind: Any = None, as_stored: bool = True) -> Any:
    """The matrix of these places and numbers; several in one place are added up, as SciPy does sooner or later."""
    coo = pattern.tocoo(copy=False)
    places = list(zip(*(own.tolist() for own in coo.coords), strict=True))
    if len(set(places)) == len(places):
        return of_pattern(pattern, numbers, kind, as_stored)
    values, terms = plain(array_of(numbers)), {}
    for where, p in zip(places, coo.data.tolist(), strict=True):
        terms.setdefault(where, []).append(values[int(p) - 1])
    found = from_entries({where: total(own) for where, own in terms.items()}, pattern, pattern.format)
    return of_pattern(found.pattern, found.values, kind, as_stored=False)


def from_entries(entries: dict[tuple[int, ...], Any], like: Any, form: str) -> Any:
    """The matrix of these numbers by place; shape and family are those of `like`."""
    import scipy.sparse

    keys = sorted(key if len(key) == 2 else (0, *key) for key in entries)
    entries = {key if len(key) == 2 else (0, *key): value for key, value in entries.items()}
    family = scipy.sparse.coo_matrix if type(like).__name__.endswith("_matrix") else scipy.sparse.coo_array
    rows, columns = np.array([i for i, _ in keys], dtype=int), np.array([j for _, j in keys], dtype=int)
    where = (rows, columns) if like.ndim == 2 else (columns,)
    pattern: Any = family((np.arange(1, len(keys) + 1), where), shape=like.shape)
    numbers: Any = np.empty(len(keys), dtype=object)
    numbers[:] = [entries[key] for key in keys]
    return of_pattern(pattern.asformat(form), wrapped(numbers))


def as_lifted(value: Any) -> Any:
    """A sparse matrix with lifted numbers."""
    return value if type(value) is SparseArray else lifted_sparse(value)


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
    entries = {where: dot(*own) for where, own in terms.items()}
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


def _without_dtype(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "dtype"}
