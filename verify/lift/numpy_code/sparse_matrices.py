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

from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, plain, wrapped, zeros
from backproof.verify.lift.arrays.subclasses import viewed
from backproof.verify.lift.arrays.whole import bare, whole
from backproof.verify.lift.tape.arithmetic import total
from backproof.verify.lift.tape.reads import NotLifted, place
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


def _without_dtype(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "dtype"}
