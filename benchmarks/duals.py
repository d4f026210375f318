"""Values and derivatives of graphs by rules of their own: nothing of the engine is used but the description of a graph.

A vertex is a `Dual`: its values in mpmath, and their derivatives by every entry of every leaf. Where a row is not defined its vertex is None, and so is all that reads it.
At a kink whose sides differ a derivative is nan; times 0 that is 0, since a Lipschitz function behind a derivative of 0 has the derivative 0. A vertex that is out of reach
(the exp of 10³⁰⁰) is left out, with all that reads it. Precision is mpmath's: what cancels beyond it is wrong, and is asked again with more digits.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "log", (2,))))
>>> duals(graph, [3.0])[3].d.item()
mpf('0.66666666666666663')
>>> duals(graph, [0.0])[3] is None
True
>>> kink = Graph(1, (leaf("x"), vertex("a", "abs", (1,)), vertex("s", "square", (2,))))
>>> found = duals(kink, [0.0])
>>> found[2].d.item(), found[3].d.item()
(mpf('nan'), mpf('0.0'))
>>> 2 in duals(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [1e300])
False
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import mpmath
import numpy as np

from backproof.engine import Graph

Array: TypeAlias = Any
Attributes: TypeAlias = Mapping[str, Any]
MOST_EXPONENT, MOST_ANGLE = mpmath.mpf(10) ** 17, mpmath.mpf(10) ** 310
"""The largest |x| of which exp, and sin, are taken: beyond it mpmath needs more digits than there is memory."""


class TooLarge(ArithmeticError):
    """A number of which a function is not taken here."""


@dataclass(frozen=True, eq=False)
class Dual:
    """Values v in the vertex's shape, and d in that shape with one more axis: an entry of the leaves each."""

    v: Array
    d: Array

    def map(self, move: Callable[[Array], Array]) -> Dual:
        """Moves entries: the same of v and of every column of d."""
        columns = [np.asarray(move(self.d[..., c]), dtype=object) for c in range(self.d.shape[-1])]
        return Dual(np.asarray(move(self.v), dtype=object), np.stack(columns, axis=-1))


Found: TypeAlias = "Dual | None"


def duals(graph: Graph, leaves: Sequence[Any]) -> dict[int, Dual | None]:
    """The vertices within reach, by their numbers."""
    columns = [(j, entry) for j in graph.differentiable_leaves() for entry in range(graph.dimension(j))]
    found: dict[int, Dual | None] = {}
    for j, value in enumerate(leaves, start=1):
        v = _numbers(value).reshape(graph.shape(j))
        d = _numbers([[int(column == (j, entry)) for column in columns] for entry in range(v.size)])
        found[j] = Dual(v, d.reshape(*v.shape, len(columns)))
    for k in range(graph.l + 1, graph.n + 1):
        vertex = graph.vertices[k - 1]
        if not all(i in found for i in vertex.operands):
            continue
        operands = [found[i] for i in vertex.operands]
        given = [operand for operand in operands if operand is not None]
        attributes = dict(vertex.attributes)
        if len(given) < len(operands):
            found[k] = None
        elif vertex.function == "constant":
            v = _numbers(attributes["value"])
            found[k] = Dual(v, _numbers(np.zeros((*v.shape, len(columns)), dtype=int)))
        else:
            with suppress(TooLarge):
                found[k] = RULES[str(vertex.function)](attributes, *given)
    return found


def _numbers(value: Any) -> Array:
    array = np.asarray(value, dtype=object)
    return np.frompyfunc(mpmath.mpf, 1, 1)(array) if array.ndim else _scalar(mpmath.mpf(array.item()))


def _scalar(value: Any) -> Array:
    array: Array = np.empty((), dtype=object)
    array[()] = value
    return array


def _each(function: Callable[..., Any], *arrays: Array) -> Array:
    found = np.frompyfunc(function, len(arrays), 1)(*arrays)
    return found if isinstance(found, np.ndarray) else _scalar(found)


def _product(a: Any, b: Any) -> Any:
    """a·b, where 0 times what is not known is 0."""
    return mpmath.mpf(0) if a == 0 or b == 0 else a * b


def _times(a: Array, b: Array) -> Array:
    return _each(_product, a, b)


def _plus(a: Array, b: Array) -> Array:
    return _each(lambda x, y: x + y, a, b)


def _total(a: Array, axis: int | None) -> Array:
    """The sum along an axis, or of all entries but those along the last axis, which counts the columns."""
    if axis is None:
        a, axis = a.reshape(-1, a.shape[-1]), 0
    return reduce(_plus, [np.take(a, k, axis=axis) for k in range(a.shape[axis])])


def _chained(v: Array, *parts: tuple[Array, Dual]) -> Dual:
    """A vertex of values v whose derivative by each operand is known: d = Σ slope · d of the operand, entry by entry."""
    terms: list[Array] = []
    for slope, x in parts:
        wide = np.broadcast_to(x.d.reshape((1,) * (v.ndim - x.v.ndim) + x.d.shape), (*v.shape, x.d.shape[-1]))
        terms.append(_times(np.broadcast_to(slope, v.shape)[..., None], wide))
    return Dual(v, reduce(_plus, terms))


def _is_large(x: Any, most: Any, name: str) -> None:
    if abs(x) > most:
        raise TooLarge(name)


def _exp(x: Any) -> Any:
    _is_large(x, MOST_EXPONENT, "exp")
    return mpmath.exp(x)


def _sin(x: Any) -> Any:
    _is_large(x, MOST_ANGLE, "sin")
    return mpmath.sin(x)


def _cos(x: Any) -> Any:
    _is_large(x, MOST_ANGLE, "cos")
    return mpmath.cos(x)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + _exp(-x)) if x >= 0 else _exp(x) / (1 + _exp(x))


def _softplus(x: Any) -> Any:
    return x + mpmath.log1p(_exp(-x)) if x >= 0 else mpmath.log1p(_exp(x))


def _tanh(x: Any) -> Any:
    small = _exp(-2 * abs(x))
    return mpmath.sign(x) * -mpmath.expm1(-2 * abs(x)) / (1 + small)


def _tanh_slope(x: Any) -> Any:
    small = _exp(-2 * abs(x))
    return 4 * small / (1 + small) ** 2


def _of_one(
    value: Callable[[Any], Any], slope: Callable[[Any], Any], defined: Callable[[Any], bool] = lambda x: True
) -> Callable[..., Found]:
    """A row of one operand, entry by entry."""

    def rule(attributes: Attributes, x: Dual) -> Found:
        if not all(defined(entry) for entry in x.v.reshape(-1)):
            return None
        return _chained(_each(value, x.v), (_each(slope, x.v), x))

    return rule


def _add(attributes: Attributes, *xs: Dual) -> Found:
    one = _scalar(mpmath.mpf(1))
    return _chained(reduce(_plus, [x.v for x in xs]), *[(one, x) for x in xs])


def _subtract(attributes: Attributes, x: Dual, y: Dual) -> Found:
    return _chained(_each(lambda a, b: a - b, x.v, y.v), (_scalar(mpmath.mpf(1)), x), (_scalar(mpmath.mpf(-1)), y))


def _multiply(attributes: Attributes, *xs: Dual) -> Found:
    values = [x.v for x in xs]
    one = _scalar(mpmath.mpf(1))
    others = [reduce(_times, [v for k, v in enumerate(values) if k != slot], one) for slot in range(len(xs))]
    return _chained(reduce(_times, values), *zip(others, xs, strict=True))


def _divide(attributes: Attributes, x: Dual, y: Dual) -> Found:
    if not all(entry != 0 for entry in y.v.reshape(-1)):
        return None
    return _chained(_each(lambda a, b: a / b, x.v, y.v), (_each(lambda b: 1 / b, y.v), x), (_each(lambda a, b: -a / b**2, x.v, y.v), y))


def _power(attributes: Attributes, x: Dual, *more: Dual) -> Found:
    if not more:
        return _constant_power(attributes["exponent"], x)
    y = more[0]
    if not all(entry > 0 for entry in x.v.reshape(-1)):
        return None

    def value(a: Any, b: Any) -> Any:
        return _exp(b * mpmath.log(a))

    return _chained(
        _each(value, x.v, y.v),
        (_each(lambda a, b: b * value(a, b - 1), x.v, y.v), x),
        (_each(lambda a, b: value(a, b) * mpmath.log(a), x.v, y.v), y),
    )


def _constant_power(exponent: Any, x: Dual) -> Found:
    whole = exponent == int(exponent)
    p = int(exponent) if whole else mpmath.mpf(exponent)
    if not whole:
        if exponent > 0:
            return _closed(x, lambda a: a**p, lambda a: p * a ** (p - 1))
        defined = all(entry > 0 for entry in x.v.reshape(-1))
    else:
        defined = p >= 0 or all(entry != 0 for entry in x.v.reshape(-1))
    if not defined:
        return None
    return _chained(_each(lambda a: a**p if p else mpmath.mpf(1), x.v), (_each(lambda a: _power_slope(a, p), x.v), x))


def _power_slope(a: Any, p: Any) -> Any:
    return mpmath.mpf(p) if p in (0, 1) else p * a ** (p - 1)


def _closed(x: Dual, value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Found:
    """A row whose domain is x ≥ 0: at 0 what does not move is defined, and what moves has no derivative."""
    entries, moves = x.v.reshape(-1), x.d.reshape(x.v.size, -1)
    if any(a < 0 or (a == 0 and any(entry != 0 for entry in row)) for a, row in zip(entries, moves, strict=True)):
        return None
    return _chained(_each(value, x.v), (_each(lambda a: slope(a) if a > 0 else mpmath.mpf(0), x.v), x))


def _sqrt(attributes: Attributes, x: Dual) -> Found:
    return _closed(x, mpmath.sqrt, lambda a: 1 / (2 * mpmath.sqrt(a)))


def _kinked(sides: Sequence[Array]) -> Array:
    """The derivative where several sides meet: theirs if they agree, else nan."""
    return sides[0] if all((side == sides[0]).all() for side in sides) else _each(lambda entry: mpmath.nan, sides[0])


def _chosen(xs: Sequence[Dual], better: Callable[[Any, Any], bool]) -> Found:
    """Entry by entry the best of the operands; of equal ones all."""
    shape = np.broadcast_shapes(*[x.v.shape for x in xs])
    width = xs[0].d.shape[-1]
    values = [np.broadcast_to(x.v, shape) for x in xs]
    slopes = [np.broadcast_to(x.d.reshape((1,) * (len(shape) - x.v.ndim) + x.d.shape), (*shape, width)) for x in xs]
    v: Array = np.empty(shape, dtype=object)
    d: Array = np.empty((*shape, width), dtype=object)
    for index in np.ndindex(shape):
        best = reduce(lambda a, b: b if better(b, a) else a, [value[index] for value in values])
        v[index] = best
        d[index] = _kinked([slope[index] for value, slope in zip(values, slopes, strict=True) if value[index] == best])
    return Dual(v, d)


def _against_zero(x: Dual, other: Callable[[Dual], Dual]) -> Found:
    return _chosen([x, other(x)], lambda a, b: a > b)


def _zero(x: Dual) -> Dual:
    return Dual(_each(lambda entry: mpmath.mpf(0), x.v), _each(lambda entry: mpmath.mpf(0), x.d))


def _opposite(x: Dual) -> Dual:
    return Dual(_each(lambda entry: -entry, x.v), _each(lambda entry: -entry, x.d))


def _where(attributes: Attributes, c: Dual, x: Dual, y: Dual) -> Found:
    """x where c > 0, else y; where c is 0, and moves, the two meet unless they are the same."""
    shape = np.broadcast_shapes(c.v.shape, x.v.shape, y.v.shape)
    width = x.d.shape[-1]

    def wide(one: Dual) -> tuple[Array, Array]:
        slopes = one.d.reshape((1,) * (len(shape) - one.v.ndim) + one.d.shape)
        return np.broadcast_to(one.v, shape), np.broadcast_to(slopes, (*shape, width))

    (cv, cd), (xv, xd), (yv, yd) = wide(c), wide(x), wide(y)
    v: Array = np.empty(shape, dtype=object)
    d: Array = np.empty((*shape, width), dtype=object)
    for index in np.ndindex(shape):
        v[index] = xv[index] if cv[index] > 0 else yv[index]
        turns = cv[index] == 0 and any(entry != 0 for entry in cd[index])
        same = xv[index] == yv[index]
        d[index] = xd[index] if cv[index] > 0 else yd[index]
        if turns:
            d[index] = _kinked([xd[index], yd[index]]) if same else _each(lambda entry: mpmath.nan, yd[index])
    return Dual(v, d)


def _matmul(attributes: Attributes, A: Dual, B: Dual) -> Found:
    """Products of matrices and vectors: Σ_k A_ik·B_kj, and the product rule."""
    left = A.v.reshape(-1, A.v.shape[-1])
    right = B.v.reshape(B.v.shape[0], -1)
    dl, dr = A.d.reshape(*left.shape, -1), B.d.reshape(*right.shape, -1)
    v: Array = np.empty((left.shape[0], right.shape[1]), dtype=object)
    d: Array = np.empty((*v.shape, dl.shape[-1]), dtype=object)
    for i, j in np.ndindex(v.shape):
        v[i, j] = reduce(lambda a, b: a + b, [left[i, k] * right[k, j] for k in range(left.shape[1])])
        parts = [_plus(_times(left[i, k], dr[k, j]), _times(right[k, j], dl[i, k])) for k in range(left.shape[1])]
        d[i, j] = reduce(_plus, parts)
    shape = (*A.v.shape[:-1], *B.v.shape[1:])
    return Dual(v.reshape(shape), d.reshape(*shape, d.shape[-1]))


def _affine(attributes: Attributes, W: Dual, x: Dual, b: Dual) -> Found:
    product = _matmul(attributes, W, x)
    return None if product is None else _add(attributes, product, b)


def _weighted_sum(attributes: Attributes, *xs: Dual) -> Found:
    def one(weight: Any, x: Dual) -> Dual:
        w, flat = _numbers(weight), x.map(lambda entries: entries.reshape(-1))
        rows = [[_times(w[i, k], flat.v[k]) for k in range(w.shape[1])] for i in range(w.shape[0])]
        slopes = [reduce(_plus, [_times(w[i, k], flat.d[k]) for k in range(w.shape[1])]) for i in range(w.shape[0])]
        v: Array = np.empty(w.shape[0], dtype=object)
        v[:] = [reduce(lambda a, b: a + b, [entry.item() for entry in row]) for row in rows]
        return Dual(v, np.stack(slopes))

    return _add(attributes, *[one(weight, x) for weight, x in zip(attributes["weights"], xs, strict=True)])


def _axis(attributes: Attributes, x: Dual) -> int | None:
    axis = attributes.get("axis")
    return None if axis is None else axis % x.v.ndim


def _sum(attributes: Attributes, x: Dual) -> Dual:
    axis = _axis(attributes, x)
    v = _total(x.v[..., None], axis)[..., 0]
    return Dual(v if isinstance(v, np.ndarray) else _scalar(v), _total(x.d, axis))


def _mean(attributes: Attributes, x: Dual) -> Dual:
    total = _sum(attributes, x)
    count = x.v.size // max(1, total.v.size)
    return Dual(_each(lambda a: a / count, total.v), _each(lambda a: a / count, total.d))


def _spread(attributes: Attributes, x: Dual, total: Array) -> Array:
    """A result of a reduction beside every entry that it was made of."""
    axis = _axis(attributes, x)
    return np.broadcast_to(total if axis is None else np.expand_dims(total, axis), x.v.shape)


def _softmax_values(attributes: Attributes, x: Dual) -> Array:
    weights = _each(_exp, x.v)
    total = _total(weights[..., None], _axis(attributes, x))[..., 0]
    return _each(lambda a, b: a / b, weights, _spread(attributes, x, np.asarray(total, dtype=object)))


def _logsumexp(attributes: Attributes, x: Dual) -> Dual:
    total = _total(_each(_exp, x.v)[..., None], _axis(attributes, x))[..., 0]
    share = _softmax_values(attributes, x)
    return Dual(_each(mpmath.log, np.asarray(total, dtype=object)), _total(_times(share[..., None], x.d), _axis(attributes, x)))


def _softmax(attributes: Attributes, x: Dual) -> Dual:
    share = _softmax_values(attributes, x)
    return Dual(share, _times(share[..., None], _log_softmax(attributes, x).d))


def _log_softmax(attributes: Attributes, x: Dual) -> Dual:
    total = _logsumexp(attributes, x)
    axis = _axis(attributes, x)
    slopes = np.broadcast_to(total.d if axis is None else np.expand_dims(total.d, axis), x.d.shape)
    return Dual(_each(lambda a, b: a - b, x.v, _spread(attributes, x, total.v)), _each(lambda a, b: a - b, x.d, slopes))


def _concatenate(attributes: Attributes, *xs: Dual) -> Dual:
    axis = attributes.get("axis", 0) % xs[0].v.ndim
    return Dual(np.concatenate([x.v for x in xs], axis=axis), np.concatenate([x.d for x in xs], axis=axis))


def _slice(attributes: Attributes, x: Dual) -> Dual:
    key: list[Any] = [slice(None)] * x.v.ndim
    key[attributes.get("axis", 0)] = slice(attributes.get("start"), attributes.get("stop"), attributes.get("step"))
    return x.map(lambda entries: entries[tuple(key)])


def _pick(attributes: Attributes, x: Dual, *label: Dual) -> Found:
    index = attributes["index"] if not label else int(label[0].v.item())
    return None if index >= x.v.size else Dual(_scalar(x.v[index]), x.d[index])


RULES: dict[str, Callable[..., Found]] = {
    "identity": lambda a, x: x,
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "negate": _of_one(lambda x: -x, lambda x: mpmath.mpf(-1)),
    "square": _of_one(lambda x: x**2, lambda x: 2 * x),
    "reciprocal": _of_one(lambda x: 1 / x, lambda x: -1 / x**2, lambda x: x != 0),
    "power": _power,
    "exp": _of_one(_exp, _exp),
    "log": _of_one(mpmath.log, lambda x: 1 / x, lambda x: x > 0),
    "tanh": _of_one(_tanh, _tanh_slope),
    "sigmoid": _of_one(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "softplus": _of_one(_softplus, _sigmoid),
    "sin": _of_one(_sin, _cos),
    "cos": _of_one(_cos, lambda x: -_sin(x)),
    "sqrt": _sqrt,
    "relu": lambda a, x: _against_zero(x, _zero),
    "abs": lambda a, x: _against_zero(x, _opposite),
    "maximum": lambda a, *xs: _chosen(xs, lambda x, y: x > y),
    "minimum": lambda a, *xs: _chosen(xs, lambda x, y: x < y),
    "where": _where,
    "affine": _affine,
    "matvec": _matmul,
    "matmul": _matmul,
    "dot": _matmul,
    "weighted_sum": _weighted_sum,
    "sum": _sum,
    "mean": _mean,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "concatenate": _concatenate,
    "slice": _slice,
    "take": lambda a, x: x.map(lambda entries: entries.reshape(-1)[list(a["indices"])]),
    "reshape": lambda a, x: x.map(lambda entries: entries.reshape(a["to"])),
    "transpose": lambda a, x: x.map(lambda entries: np.transpose(entries, a.get("axes"))),
    "broadcast": lambda a, x: x.map(lambda entries: np.broadcast_to(entries, a["to"])),
    "pick": _pick,
}
"""Every row of the function table but `constant`: its value and its derivative, from the operands' duals."""
