"""What an engine may return, and nothing else: a mapping from vertices to real numbers of the right shape.

*Keys* are the numbers of vertices, Python's or NumPy's integers: no booleans (True is not vertex 1), floats or texts, no
number twice, none below 1 or above n. *Every leaf* has an adjoint, None where nothing depends on it; other vertices may
have one. A discrete leaf has none: it is left out, or None.

*An adjoint* of a vertex of d_j entries, for a cotangent of r rows, is r × d_j numbers: an array of shape (r, d_j), or
(r, …) with the shape of the vertex behind; without r where that is 1. Axes of length 1 do not count. It may be an array
of any float or integer dtype (ml_dtypes' too), of any order, strides or subclass, what turns itself into one
(`__array__`), a list or a tuple, or one number. An array of objects, a list and a number may hold Python's `int`,
`float`, `Fraction` and `Decimal`, NumPy's numbers, and what is registered as `numbers.Real` (mpmath's `mpf` is).

Refused: complex numbers, also where the imaginary part is 0, since an engine that computes p + 5i is not known to have
none elsewhere; booleans; texts and bytes, also those that look like numbers; masked arrays, also without a mask; dates
and durations; records; sparse matrices; lists of different lengths; generators and everything else. Numbers are copied
as they are read, so that a buffer that an engine uses again, or an input that it hands back, cannot change them later.
NaN and infinities are numbers here: the judge finds them wrong.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(2, (leaf("x"), leaf("y", (2,)), vertex("z", "multiply", (1, 2))))
>>> read_adjoints({1: [4, 3.5], 2: np.eye(2, dtype="float32")}, graph, 2)
{1: array([[4. ],
       [3.5]]), 2: array([[1., 0.],
       [0., 1.]])}
>>> read_adjoints({1: 4 + 0j, 2: [0, 0]}, graph, 1)
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.contract.ContractError: the adjoint of 'x' (vertex 1) must be 1 × 1 real numbers, found a complex number
"""

from __future__ import annotations

import array
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from numbers import Number, Real
from typing import Any

import numpy as np

from backproof.engine import Graph
from backproof.engine.number_systems import Array
from backproof.verify.engine_oracle.foreign import found as shown
from backproof.verify.engine_oracle.foreign import own_words, quoted, raised, type_name

MOST_KEYS = 10**6  # keys of an answer that are looked at; chosen: more than the vertices of any graph, and counted in a second
DEEPEST = 64  # lists inside each other; NumPy itself takes no more
TEXTS = (str, bytes, bytearray)
BUFFERS = (memoryview, array.array)
KINDS = {"b": "booleans", "c": "complex numbers", "U": "text", "S": "bytes", "T": "text", "M": "dates", "m": "durations", "V": "records"}
"""NumPy's kinds of dtypes that are no real numbers, in words."""


class ContractError(ValueError):
    """What an engine returned is not what it may return; the message names the vertex, what was found and expected."""


class _Refused(ValueError):
    """Something is no real number; the message says what it is."""


def read_adjoints(found: Any, graph: Graph, rows: int) -> dict[int, Array]:
    """The adjoints that an engine returned, as new float64 arrays of rows × d_j, in the order of the vertices; those of
    leaves that are None are zeros. ContractError if it may not return that.
    """
    given = _by_vertex(found, graph)
    p: dict[int, Array] = {}
    for j in range(1, graph.n + 1):
        value = given.get(j)
        if graph.is_discrete(j):
            if value is not None:
                raise ContractError(f"the discrete leaf {_name(graph, j)} has no adjoint; found {shown(value)}, expected None or nothing")
        elif value is not None:
            p[j] = _adjoint(graph, j, value, rows)
        elif j <= graph.l:
            if j not in given:
                expected = f"expected {rows} × {graph.dimension(j)} real numbers, or None where nothing depends on it"
                raise ContractError(f"no adjoint of leaf {_name(graph, j)} was returned; {expected}")
            p[j] = np.zeros((rows, graph.dimension(j)))
    return p


def _name(graph: Graph, j: int) -> str:
    return f"{quoted(graph.name(j))} (vertex {j})"


def _by_vertex(found: Any, graph: Graph) -> dict[int, Any]:
    """The values of a mapping by the number of the vertex, each asked for once."""
    try:
        if not issubclass(type(found), Mapping):
            raise ContractError(f"the engine must return a mapping from vertices to adjoints, found {type_name(found)}")
        keys = list(islice(iter(found), MOST_KEYS + 1))
        known, unknown = _vertices(keys, graph.n)
        if unknown:
            count = f"more than {MOST_KEYS:,}" if len(keys) > MOST_KEYS else f"{len(unknown):,}"
            words = f"a key that is no vertex, {_key(unknown[0])}" if len(unknown) == 1 else f"{count} such keys, first {_key(unknown[0])}"
            raise ContractError(f"the keys of the answer must be vertices, whole numbers 1 … {graph.n}; found {words}")
        values: dict[int, Any] = {}
        for j, key in known:
            if j in values:
                raise ContractError(f"the adjoint of {_name(graph, j)} was returned twice; expected once")
            values[j] = found[key]
    except (ContractError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever somebody's mapping raises
        raise ContractError(f"the {type_name(found)} that the engine returned cannot be read: {raised(error)}") from None
    return values


def _vertices(keys: Sequence[Any], n: int) -> tuple[list[tuple[int, Any]], list[Any]]:
    """The keys that are numbers of vertices, with their number; and those that are not."""
    known: list[tuple[int, Any]] = []
    unknown: list[Any] = []
    for key in keys:
        whole = issubclass(type(key), int | np.integer) and not issubclass(type(key), bool)
        number = 0 if not whole else int.__pos__(key) if issubclass(type(key), int) else int(key)
        if 1 <= number <= n:
            known.append((number, key))
        else:
            unknown.append(key)
    return known, unknown


def _key(key: Any) -> str:
    return shown(int(key)) if issubclass(type(key), np.integer) else shown(key)


def _adjoint(graph: Graph, j: int, value: Any, rows: int) -> Array:
    """One adjoint as float64 numbers, rows × d_j."""
    width = graph.dimension(j)
    try:
        numbers = _numbers(value, _Room(rows * width))
        shape = numbers.shape
        if _fits(shape, rows, width, graph.shape(j)):
            return np.array(_floats(numbers), dtype=np.float64, order="C").reshape(rows, width)
    except _Refused as problem:
        what = f"must be {rows} × {width} real numbers, found {own_words(problem, _Refused)}"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever somebody's numbers raise
        what = f"cannot be read as {rows} × {width} real numbers: {type_name(value)} raised {raised(error)}"
    else:
        expected = "" if np.prod(shape, dtype=object) != rows * width else f"; expected {_expected(rows, width, graph.shape(j))}"
        what = f"must have {rows} × {width} entries, found shape {_shape(shape)}{expected}"
    raise ContractError(f"the adjoint of {_name(graph, j)} {what}")


def _fits(shape: tuple[int, ...], rows: int, width: int, own: tuple[int, ...]) -> bool:
    """Whether an array of this shape is r × d_j numbers, but for axes of length 1."""
    if rows > 1:
        if shape[:1] != (rows,):
            return False
        shape = shape[1:]
    return _long(shape) in (_long((width,)), _long(own))


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _expected(rows: int, width: int, own: tuple[int, ...]) -> str:
    return " or ".join(str(shape) for shape in dict.fromkeys(((rows, width), (rows, *own) if rows > 1 else own)))


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape)


class _Room:
    """How many numbers may still be read out of lists: those of an adjoint once for each list around them, so that no
    list grows without bound.
    """

    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.left = (entries + 1) * DEEPEST

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _Refused(f"lists of far more than {self.entries:,} numbers")


def _numbers(value: Any, room: _Room, depth: int = 0) -> Array:
    """An array of real numbers, or of objects that are; nothing large is copied. _Refused if it is none."""
    kind = type(value)
    if issubclass(kind, np.ndarray | np.generic):
        return _real_array(value)
    if issubclass(kind, TEXTS):
        raise _Refused(f"text ({type_name(value)} {shown(value)})" if kind in TEXTS[:2] else f"text ({type_name(value)})")
    if issubclass(kind, Number):
        return np.array(_real(value))
    if issubclass(kind, Sequence) and not issubclass(kind, BUFFERS):
        return _listed(value, room, depth)
    return _real_array(np.asanyarray(value))


def _listed(value: Any, room: _Room, depth: int) -> Array:
    """The numbers of a list, or of lists of one length each."""
    if depth == DEEPEST:
        raise _Refused(f"lists that are nested more than {DEEPEST} deep")
    parts: list[Any] = []
    for part in value:
        if type(part) is float:
            room.take(1)
            parts.append(part)
        else:
            read = _numbers(part, room, depth + 1)
            room.take(max(1, read.size))
            parts.append(_floats(read))
    if len({part.shape if isinstance(part, np.ndarray) else () for part in parts}) > 1:
        raise _Refused(f"{type_name(value)} of parts of different lengths")
    return np.array(parts, dtype=np.float64)


def _real_array(value: Any) -> Array:
    """An array of real numbers or of objects, as a plain one. _Refused if its kind is another."""
    if issubclass(type(value), np.ma.MaskedArray):
        raise _Refused("a masked array")
    numbers = np.asarray(value)
    dtype = numbers.dtype
    if dtype.kind == "O" and numbers.ndim == 0:
        return np.array(_real(numbers[()]))
    if dtype.kind in "iufO" or (dtype.kind == "V" and dtype.names is None and np.can_cast(dtype, np.float64)):
        return numbers
    raise _Refused(f"{KINDS.get(dtype.kind, 'another kind')} ({str(dtype)[:DEEPEST]})")


def _floats(numbers: Array) -> Array:
    """Real numbers in float64."""
    if numbers.dtype.kind != "O":
        with np.errstate(all="ignore"):
            return numbers.astype(np.float64)
    return np.array([_real(entry) for entry in numbers.reshape(-1)], dtype=np.float64).reshape(numbers.shape)


def _real(value: Any) -> float:
    """One number as a float. _Refused if it is no real number, or beyond the range of float64."""
    kind = type(value)
    try:
        if issubclass(kind, float):
            return float.__pos__(value)  # also of a subclass with a __float__ of its own
        if issubclass(kind, bool | np.bool_):
            raise _Refused(f"a boolean, {bool(value)}")
        if issubclass(kind, int):
            return float(int.__pos__(value))
        if issubclass(kind, Real | Decimal):
            return float(value)
    except OverflowError:
        raise _Refused(f"a number beyond the range of float64 ({shown(value)})") from None
    if issubclass(kind, Number):
        raise _Refused("a complex number")
    if issubclass(kind, TEXTS):
        raise _Refused(f"text ({type_name(value)})")
    raise _Refused("None among its numbers" if value is None else f"what is no number: {type_name(value)}")
