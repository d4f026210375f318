"""What patched code gets in place of `scipy.sparse`: classes that make sparse matrices of lifted numbers, and the
functions that build them or solve with them.

Nothing here imports `scipy.sparse` before the code on trial has: what stands for a class or a function is made when it
is asked for (`sparse_replacement`).

>>> import scipy.sparse
>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> csr, solve = sparse_replacement(scipy.sparse.csr_matrix), sparse_replacement(scipy.sparse.linalg.spsolve)
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([2.0, 4.0, 1.0]), tape)
...     a = csr((x, ([0, 1, 1], [0, 1, 1])), shape=(2, 2))
...     a.toarray().tolist(), solve(a, np.array([1.0, 10.0])).tolist(), isinstance(a, csr)
([[2.0, 0.0], [0.0, 5.0]], [0.5, 2.0], True)
>>> with running(Tape(100, front=ARRAYS)):
...     sparse_replacement(scipy.sparse.linalg.cg)(a, x[:2])
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: scipy.sparse.linalg.cg of lifted numbers has no lifted rule (...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, wrapped
from backproof.verify.lift.arrays.linalg import solve
from backproof.verify.lift.arrays.whole import bare
from backproof.verify.lift.numpy_code.guards import constants, floats
from backproof.verify.lift.numpy_code.sparse_arithmetic import METHODS
from backproof.verify.lift.numpy_code.sparse_matrices import (
    COMPRESSED,
    SparseArray,
    as_lifted,
    from_entries,
    is_sparse,
    lifted_sparse,
    of_pattern,
    without_duplicates,
)
from backproof.verify.lift.numpy_code.stand_ins import stand_in
from backproof.verify.lift.tape.arithmetic import multiply
from backproof.verify.lift.tape.errors import public_name
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import Scalar

assert vars(SparseArray)["dot"] is METHODS["dot"]  # what they compute is a part of what they do


@functools.cache
def sparse_replacement(value: Any) -> Any:
    """What stands in patched code for a class or a function of `scipy.sparse`."""
    if isinstance(value, type):
        return stand_in(value, functools.partial(_made, value)) if hasattr(value, "tocoo") else None
    rule = FUNCTIONS.get(value.__name__)
    return _calling(value, rule)


def _calling(function: Any, rule: Callable[..., Any] | None) -> Callable[..., Any]:
    """The function: by its rule, else of plain numbers as SciPy has it."""

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if rule is not None:
            return rule(function, *args, **options)
        if any(map(_is_lifted, (*args, *options.values()))):
            name = public_name(str(function.__module__), function.__name__)
            raise NotLifted(f"{name} of lifted numbers has no lifted rule", place())
        return _of_plain(function, args, options)

    return call


def _is_lifted(value: Any) -> bool:
    """Whether something in it depends on an input."""
    if type(value) is SparseArray:
        return _is_lifted(value.values)
    if isinstance(value, LiftedArray):
        return any(x.index >= 0 for x in plain(value).flat)
    if type(value) is Scalar:
        return value.index >= 0
    return isinstance(value, list | tuple) and any(map(_is_lifted, value))


def _as_plain(value: Any) -> Any:
    if type(value) is SparseArray:
        found = value.pattern.copy()
        found.data = np.array([float(x) for x in plain(value.values).flat])
        return found
    if type(value) in (list, tuple):
        return type(value)(map(_as_plain, value))
    return bare(floats(value))


def _of_plain(function: Any, args: Any, options: dict[str, Any]) -> Any:
    found = function(*map(_as_plain, args), **{key: _as_plain(value) for key, value in options.items()})
    return lifted_sparse(found) if is_sparse(found) else constants(found)


# matrices of their numbers


def _made(kind: Any, *args: Any, **options: Any) -> Any:
    """`csr_matrix(…)` in every form."""
    given = args[0] if args else options.pop("arg1")
    shape = options.get("shape", args[1] if len(args) > 1 else None)
    if is_sparse(given):
        return _of_kind(kind, as_lifted(given))
    if isinstance(given, tuple) and given and not np.isscalar(given[0]) and not isinstance(given[0], int):
        return _of_places(kind, array_of(bare(given[0])), tuple(given[1:]), shape)
    if isinstance(given, tuple):
        return lifted_sparse(kind(given))
    dense = np.atleast_2d(array_of(bare(given)))
    entries = {where: x for where, x in np.ndenumerate(plain(dense)) if x.index >= 0 or not x.value.is_zero()}
    return _of_kind(kind, from_entries(entries, kind(dense.shape), "coo"))


def _of_places(kind: Any, data: Any, places: tuple[Any, ...], shape: Any) -> Any:
    """Of (data, (i, j)), (data, indices, indptr) or (data, offsets): SciPy is asked where each number comes to stand."""
    numbers = np.arange(1, data.size + 1).reshape(data.shape)
    where = tuple(tuple(map(_as_plain, part)) if isinstance(part, tuple | list) and len(part) == 2 else _as_plain(part) for part in places)
    form = kind.__name__.partition("_")[0]
    if len(where) == 1 and form in COMPRESSED:
        pattern = _coo_of(kind)((numbers, where[0]), shape=shape)
        return _of_kind(kind, without_duplicates(pattern, data.reshape(-1)))
    pattern = kind((numbers, *where), shape=shape)
    if form in COMPRESSED:
        return without_duplicates(pattern, data.reshape(-1))
    pattern = pattern.tocoo()
    pattern.data = pattern.data.astype(int)
    return _of_kind(kind, without_duplicates(pattern, data.reshape(-1)))


def _coo_of(kind: Any) -> Any:
    import scipy.sparse

    return scipy.sparse.coo_matrix if kind.__name__.endswith("_matrix") else scipy.sparse.coo_array


def _of_kind(kind: Any, found: Any) -> Any:
    """The same matrix as one of a class."""
    form = kind.__name__.partition("_")[0]
    pattern = _coo_of(kind)(found.pattern).asformat(form if form in COMPRESSED else "csr")
    return of_pattern(pattern, found.values, kind, form in COMPRESSED and (form != "coo" or found.as_stored))


# functions that build


def _diagonals(function: Any, diagonals: Any, *args: Any, **options: Any) -> Any:
    """`diags`, `diags_array`, `spdiags`: with the places of the numbers for the numbers."""
    own = [array_of(bare(part)) for part in diagonals] if isinstance(diagonals, list | tuple) else [array_of(bare(diagonals))]
    parts, start = [], 1
    for part in own:
        parts.append(np.arange(start, start + part.size).reshape(part.shape))
        start += part.size
    given = parts if isinstance(diagonals, list | tuple) else parts[0]
    options = {key: _as_plain(value) for key, value in options.items() if key != "dtype"}
    pattern = function(given, *map(_as_plain, args), **options)
    return _numbered(pattern, own)


def _numbered(pattern: Any, numbers: list[Any]) -> Any:
    """The matrix that has, where the pattern has p, the p-th of these numbers."""
    kind = type(pattern)
    found = pattern if pattern.format in COMPRESSED else pattern.tocsr()
    found = found.astype(int)
    flat = np.concatenate([np.empty(0, dtype=object), *(plain(part).reshape(-1) for part in numbers)])
    return of_pattern(found, wrapped(flat), kind)


def _arranged(function: Any, *args: Any, **options: Any) -> Any:
    """`hstack`, `vstack`, `bmat`, `tril` and their like: entries are only moved."""
    numbers: list[Any] = []

    def numbered(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [numbered(part) for part in value]
        if isinstance(value, LiftedArray) and value.ndim:
            value = _made(_default(), value)
        if not is_sparse(value):
            return bare(value)
        lifted = as_lifted(value)
        pattern, before = lifted.pattern.copy(), sum(part.size for part in numbers)
        pattern.data = pattern.data + before
        numbers.append(lifted.values)
        return pattern

    options = {key: _as_plain(value) for key, value in options.items() if key != "dtype"}
    given = [numbered(args[0]), *map(_as_plain, args[1:])]
    return _numbered(function(*given, **options), numbers)


def _default() -> Any:
    import scipy.sparse

    return scipy.sparse.coo_matrix


def _kron(function: Any, a: Any, b: Any, format: Any = None) -> Any:
    left, right = (as_lifted(x) if is_sparse(x) else _made(_default(), x) for x in (a, b))
    m, n = right.shape
    entries = {(i * m + k, j * n + c): multiply(x, y) for i, j, x in left.triples() for k, c, y in right.triples()}
    like = function(_of_ones(left), _of_ones(right), format)
    kind, form = type(like), like.format if like.format in COMPRESSED else "csr"
    return from_entries(entries, kind(like.shape), form)


def _of_ones(x: Any) -> Any:
    found = x.pattern.copy()
    found.data = np.ones(len(found.data))
    return found


# functions that solve


def _solved(_: Any, a: Any, b: Any, *__: Any, **___: Any) -> Any:
    """`spsolve`. One column is a vector."""
    if is_sparse(b):
        raise NotLifted("scipy.sparse.linalg.spsolve with a sparse right side has no lifted rule", place())
    right = array_of(bare(b))
    column = right.ndim == 2 and right.shape[1] == 1
    return solve(_dense_of(a), right[:, 0] if column else right)


def _dense_of(a: Any) -> Any:
    return as_lifted(a).toarray() if is_sparse(a) else array_of(bare(a))


def is_factored(value: Any) -> bool:
    """Whether it is what `splu` returns."""
    return type(value).__name__ == "SuperLU" and hasattr(value, "perm_r")


def factored(value: Any) -> Any:
    """The same of lifted constants: of the product of the factors that were kept."""
    product = plain((lifted_sparse(value.L) @ lifted_sparse(value.U)).toarray())
    return Factored(wrapped(product[value.perm_r][:, value.perm_c]))


class Factored:
    """What `splu` returns."""

    def __init__(self, a: Any) -> None:
        self.a, self.shape = _dense_of(a), a.shape

    def solve(self, rhs: Any, trans: str = "N") -> Any:
        """x with A x = rhs."""
        return solve(self.a if trans == "N" else np.swapaxes(self.a, 0, 1), array_of(bare(rhs)))


def _inverse(_: Any, a: Any) -> Any:
    return _made(type(as_lifted(a).pattern), np.linalg.inv(_dense_of(a)))


def _norm(_: Any, x: Any, ord: Any = None, axis: Any = None) -> Any:
    return np.linalg.norm(as_lifted(x).values) if ord in (None, "fro") and axis is None else np.linalg.norm(_dense_of(x), ord, axis)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("diags", "diags_array", "spdiags"), _diagonals),
    **dict.fromkeys(("hstack", "vstack", "bmat", "block_array", "block_diag", "tril", "triu"), _arranged),
    "kron": _kron,
    "spsolve": _solved,
    "splu": lambda _, a, *__, **___: Factored(a),
    "factorized": lambda _, a: Factored(a).solve,
    "inv": _inverse,
    "norm": _norm,
}
"""By name, what is done in place of the function that comes first."""
