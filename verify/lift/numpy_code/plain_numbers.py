"""Lifted functions of plain numbers: those of `math`, and those of `scipy.special` that are no ufuncs.

>>> from backproof.verify.numbers.ball_arrays import precision
>>> with precision(100):
...     MATH["sqrt"](2.0).value.rad() < 1e-29, MATH["hypot"](3.0, 4.0)
(True, 5.0)
>>> number_function("comb") is None
True
>>> MATH["log"](-1.0)
Traceback (most recent call last):
    ...
ValueError: math domain error
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, entry_by_entry
from backproof.verify.lift.arrays.functions import by_rule
from backproof.verify.lift.arrays.reductions import summed
from backproof.verify.lift.tape.arithmetic import add, divide, multiply, subtract, total
from backproof.verify.lift.tape.kinks import DECIDING, ceil, floor, truncate
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import SPECIAL, Rule
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.special import polygamma
from backproof.verify.lift.tape.tape import Scalar, apply, of_python, scalar
from backproof.verify.numbers.ball_arrays import arb


def _rule_name(name: str) -> str:
    return {"fabs": "absolute", "pow": "power", "atan2": "arctan2", "isclose": ""}.get(name, name)


def number_function(name: str) -> Callable[..., Any] | None:
    """The lifted function of plain numbers of that name (as in `math`), or None."""
    found = _rule_name(name)
    if found in DECIDING:
        return DECIDING[found]
    rule = RULES.get(found)
    return None if rule is None else lambda *xs: apply(rule, *map(scalar, xs))


def _logarithm(x: Any, base: Any = None) -> Any:
    found = apply("log", scalar(x))
    return found if base is None else divide(found, apply("log", scalar(base)))


def _hypotenuse(*xs: Any) -> Any:
    return apply("sqrt", total(multiply(x, x) for x in map(scalar, xs)))


def _product(iterable: Iterable[Any], *, start: Any = 1) -> Any:
    result = scalar(start)
    for x in iterable:
        result = multiply(result, x)
    return result


def _whole(function: Callable[[Any], Scalar]) -> Callable[[Any], int]:
    return lambda x: int(function(x).value.unique_fmpz())


def _of_math(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as Python has it: of floats, a float, with its errors."""
    original = getattr(math, name, None)

    def call(*args: Any, **options: Any) -> Any:
        if original is not None:
            _fail_as(original, args)
        return of_python(function(*args, **options))

    return call


def _fail_as(original: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Raise what the function raises in floats, if it does at both ends of every ball."""
    values = [x.value if type(x) is Scalar else x for x in args]
    if not all(isinstance(x, arb | float | int | np.floating | np.integer) for x in values):
        return
    errors: list[Exception] = []
    for end in (-1, 1):
        try:
            original(*(float((x.mid() + end * x.rad()).mid()) if isinstance(x, arb) else x for x in values))
        except (ValueError, OverflowError) as error:
            errors.append(error)
        except TypeError:
            return
        else:
            return
    raise type(errors[0])(str(errors[0]))


MATH: dict[str, Callable[..., Any]] = {
    "log": _logarithm,
    "hypot": _hypotenuse,
    "prod": _product,
    "fsum": lambda seq: total(seq),
    "sumprod": lambda p, q: total(multiply(x, y) for x, y in zip(p, q, strict=True)),
    "dist": lambda p, q: _hypotenuse(*(x - y for x, y in zip(p, q, strict=True))),
    "floor": _whole(floor),
    "ceil": _whole(ceil),
    "trunc": _whole(truncate),
    "isclose": lambda a, b, *, rel_tol=1e-09, abs_tol=0.0: abs(a - b) <= max(rel_tol * max(abs(a), abs(b)), abs_tol),
}
_ELEMENTARY = "exp exp2 expm1 log1p log2 log10 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh"
_OTHERS = "asinh acosh atanh erf erfc gamma lgamma pow fabs degrees radians copysign fmod isnan isinf isfinite ldexp modf"
for _name in f"{_ELEMENTARY} {_OTHERS}".split():
    _found = number_function(_name)
    assert _found is not None
    MATH[_name] = _found
MATH.update({name: _of_math(name, function) for name, function in MATH.items()})


# scipy.special


def _tops(x: Any, axis: Any) -> Any:
    """Constants: the largest finite entry along the axis, which SciPy takes off as well; 0 where there is none."""
    least = arb("-inf")
    sizes = entry_by_entry(lambda entry: entry.value.mid() if entry.value.is_finite() else least, x)
    tops: Any = np.maximum.reduce(sizes, axis=axis, keepdims=True, initial=cast("Any", least))
    return array_of(entry_by_entry(lambda top: Scalar(top if top.is_finite() else arb(0)), tops))


def _log_sum_exp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    if return_sign:
        raise NotLifted("scipy.special.logsumexp with return_sign has no lifted rule", place())
    x = array_of(a)
    tops = _tops(x, axis)
    weights = np.exp(x - tops) if b is None else array_of(b) * np.exp(x - tops)
    found = np.log(summed(weights, axis, keepdims=True)) + tops
    return found if keepdims else np.squeeze(found, axis)


def _log_softmax(x: Any, axis: Any = None) -> Any:
    values = array_of(x)
    moved = values - _tops(values, axis)
    return moved - np.log(summed(np.exp(moved), axis, keepdims=True))


def _softmax(x: Any, axis: Any = None) -> Any:
    values = array_of(x)
    weights = np.exp(values - _tops(values, axis))
    return weights / summed(weights, axis, keepdims=True)


def _polygamma(n: Any, x: Any) -> Any:
    order = int(n)
    rule = Rule(f"polygamma {order}", lambda v: polygamma(order, v), lambda _, v: (polygamma(order + 1, v),), SPECIAL)
    return by_rule(rule, x)


def _multivariate_log_gamma(a: Any, d: int) -> Any:
    logs = [apply("gammaln", subtract(a, k / 2)) for k in range(d)]
    return add(Scalar(arb(d * (d - 1)) / 4 * arb.pi().log()), total(logs))


SCIPY_SPECIAL: dict[str, Callable[..., Any]] = {
    "logsumexp": _log_sum_exp,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "polygamma": _polygamma,
    "sinc": lambda x: np.sinc(array_of(x)),
    "multigammaln": _multivariate_log_gamma,
}
