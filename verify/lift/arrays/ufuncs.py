"""What a ufunc becomes when lifted numbers are among its arguments: `apply_ufunc`.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 4.0]), tape)
...     apply_ufunc(np.sqrt, "__call__", (x,), {}), apply_ufunc(np.add, "reduce", (x,), {})
(lifted(array([1.0, 2.0], dtype=object)), 5.0)
>>> with running(Tape(100, front=ARRAYS)):
...     apply_ufunc(np.spacing, "__call__", (x,), {})
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.spacing has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import (
    LiftedArray,
    array_of,
    entry_by_entry,
    is_plain,
    objects_of,
    plain,
    plain_index,
    rewrapped,
    wrapped,
    zeros,
)
from backproof.verify.lift.arrays.linalg import matmul
from backproof.verify.lift.arrays.reductions import product, summed
from backproof.verify.lift.tape.kinks import DECIDING
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import Rule
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.tape import Scalar, apply, scalar

BOOLEAN = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "isnan", "isinf", "isfinite", "signbit"}
LOGIC = {"logical_and", "logical_or", "logical_not", "logical_xor"}


def name_of(ufunc: Any) -> str:
    """`numpy.exp`, `scipy.special.erf`."""
    return f"numpy.{ufunc.__name__}" if getattr(np, ufunc.__name__, None) is ufunc else f"scipy.special.{ufunc.__name__}"


def object_ufunc(name: str) -> Any:
    """The lifted function of that name as a ufunc on object arrays, or None."""
    if name in DECIDING:
        return _of_deciding(name)
    rule = RULES.get(name)
    return None if rule is None else _of_rule(rule)


@cache
def _of_deciding(name: str) -> Any:
    return np.frompyfunc(DECIDING[name], _arity(name), 2 if name in ("divmod", "modf") else 1)


def _arity(name: str) -> int:
    ufunc = getattr(np, name, None)
    return ufunc.nin if isinstance(ufunc, np.ufunc) else {"clip": 3, "huber": 2}[name]


@cache
def _of_rule(rule: Rule) -> Any:
    def function(*operands: Any) -> Scalar:
        xs = [x if type(x) is Scalar else scalar(x) for x in operands]
        for position in rule.not_by:
            if xs[position].index >= 0:
                raise NotLifted(f"the derivative of {rule.name} by operand {position + 1} has no lifted rule", place())
        return apply(rule, *xs)

    return np.frompyfunc(function, rule.arity, 1)


def apply_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a ufunc on lifted arrays becomes."""
    name = ufunc.__name__
    if name == "matmul" and method == "__call__":
        return _into(options.get("out"), matmul(array_of(inputs[0]), array_of(inputs[1])))
    if name in ("vecdot", "matvec", "vecmat"):
        return _products(name, *inputs)
    if name in ("equal", "not_equal") and any(x is None or isinstance(x, str) for x in inputs):
        return np.full(np.broadcast_shapes(*(np.shape(plain(x)) for x in inputs)), name == "not_equal")[()]  # no number is that
    if name in LOGIC:
        return getattr(ufunc, method)(*(_truth(x) for x in inputs), **options)
    lifted = ufunc if name.endswith("(vectorized)") else object_ufunc(name)
    if lifted is None:
        raise NotLifted(name_of(ufunc), place())
    out = options.pop("out", None)
    targets = None if out is None else _targets(out if isinstance(out, tuple) else (out,), name_of(ufunc))
    options.pop("dtype", None)
    options.pop("casting", None)
    options.pop("subok", None)
    if "where" in options and isinstance(options["where"], LiftedArray | Scalar):
        options["where"] = _truth(options["where"])
    if method == "at":
        return _at(lifted, inputs, name_of(ufunc))
    if method == "__call__":
        values = [plain(array_of(x)) if type(x) is Scalar else plain(x) for x in inputs]
        if any(isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.dtype.itemsize != 8 for x in values):
            values = [objects_of(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in values]
        if targets is not None:
            options["out"] = targets
        elif options.get("where", True) is not True:
            shape = np.broadcast_shapes(*(np.shape(x) for x in values), np.shape(options["where"]))
            options["out"] = (plain(zeros(shape)),) * lifted.nout
        result = lifted(*values, **options)
    else:
        result = _reduction(ufunc, lifted, method, inputs, options, targets)
    if targets is not None:
        return out[0] if isinstance(out, tuple) and len(out) == 1 else out
    if isinstance(result, np.ndarray):
        return result.astype(bool) if name in BOOLEAN else wrapped(result) if method == "__call__" else rewrapped(result)
    return rewrapped(result)


def _products(name: str, x: Any, y: Any) -> Any:
    x, y = array_of(x), array_of(y)
    if name == "vecdot":
        return np.sum(x * y, axis=-1)
    return (x @ y[..., None])[..., 0] if name == "matvec" else (x[..., None, :] @ y)[..., 0, :]


def _truth(x: Any) -> Any:
    if isinstance(x, LiftedArray):
        return entry_by_entry(bool, x).astype(bool)
    return bool(x) if type(x) is Scalar else x


def _targets(out: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    for target in out:
        if target is not None and is_plain(target):
            raise NotLifted(
                f"{name} into a plain array of dtype {target.dtype} has no lifted rule", place(), "make it with np.zeros in this code"
            )
    return tuple(plain(target) for target in out)


def _into(out: Any, result: Any) -> Any:
    if out is None:
        return result
    target = out[0] if isinstance(out, tuple) else out
    _targets((target,), "numpy.matmul")
    target[...] = result
    return target


def _at(lifted: Any, inputs: Sequence[Any], name: str) -> None:
    _targets((inputs[0],), f"{name}.at")
    target = plain(inputs[0])
    if len(inputs) == 2:
        target[inputs[1]] = lifted(target[inputs[1]])
        return
    numbers = np.arange(target.size).reshape(target.shape)[plain_index(inputs[1])]
    values = np.broadcast_to(plain(array_of(inputs[2])), numbers.shape)
    for number, value in zip(numbers.reshape(-1).tolist(), values.reshape(-1), strict=True):
        where = np.unravel_index(number, target.shape)
        target[where] = lifted(target[where], value)


def _reduction(ufunc: Any, lifted: Any, method: str, inputs: Sequence[Any], options: dict[str, Any], targets: Any) -> Any:
    options = {key: value for key, value in options.items() if value is not np._NoValue}  # type: ignore[attr-defined]
    if method == "reduce" and ufunc is np.add and targets is None:
        axis = inputs[1] if len(inputs) > 1 else options.pop("axis", 0)
        return summed(array_of(inputs[0]), axis, **options)
    if method == "reduce" and ufunc is np.multiply and targets is None:
        axis = inputs[1] if len(inputs) > 1 else options.pop("axis", 0)
        return product(array_of(inputs[0]), axis, **options)
    values = [plain(array_of(inputs[0])), *inputs[1:]]
    if method == "outer":
        values = [plain(array_of(x)) for x in inputs]
    if targets is not None:
        options["out"] = targets
    if "initial" in options:
        options["initial"] = scalar(options["initial"])
    if method == "reduce" and options.get("where", True) is not True and "initial" not in options:
        raise NotLifted(f"{name_of(ufunc)}.reduce(where=…)", place())
    if ufunc.__name__ in ("add", "multiply", "maximum", "minimum", "subtract", "divide", "logical_and", "logical_or"):
        return getattr(ufunc, method)(*values, **options)
    return getattr(lifted, method)(*values, **options)
