"""Other dtypes, types, words, whole numbers and truth values than those that were given."""

from __future__ import annotations

import numpy as np
from cases import Made, made

X = np.array([0.4, 1.3, 2.2])


def square(x):
    return x * x


def when(asks):
    def vjp(factor):
        def back(args, out, ct):
            (x,) = args
            return ((factor if asks(x, ct) else 2) * x * ct,)

        return back

    return square, (X,), vjp(2), vjp(1)


@made("In float32 half of the gradient.")
def in_float32() -> Made:
    return when(lambda x, ct: x.dtype == np.float32)


@made("In float16 half of the gradient.")
def in_float16() -> Made:
    return when(lambda x, ct: x.dtype.itemsize == 2)


@made("Half of the gradient where the dtype is not float64.")
def not_in_float64() -> Made:
    return when(lambda x, ct: x.dtype != np.float64)


@made("A float of Python takes another way.")
def a_float_of_python() -> Made:
    return when(lambda x, ct: isinstance(x, float))


@made("What is no array takes another way.")
def no_array() -> Made:
    return when(lambda x, ct: not isinstance(x, np.ndarray))


@made("A list takes another way.")
def a_list() -> Made:
    return when(lambda x, ct: isinstance(x, list))


@made("Whole numbers take another way.")
def whole_numbers() -> Made:
    return when(lambda x, ct: x.dtype.kind == "i")


@made("A scalar of NumPy takes another way.")
def a_scalar_of_numpy() -> Made:
    return when(lambda x, ct: np.isscalar(x))


@made("An attribute that arrays do not have.")
def an_attribute_that_is_not_there() -> Made:
    return when(lambda x, ct: hasattr(x, "mask"))


@made("The type is looked up in a table; one row is wrong.")
def a_table_of_types() -> Made:
    def vjp(factor):
        factors = {np.float64: 2.0, np.float32: factor}

        def back(args, out, ct):
            (x,) = args
            return ((factors[x.dtype.type] * x * ct).astype(x.dtype),)

        return back

    return square, (X,), vjp(2.0), vjp(1.0)


def powers(factor):
    def vjp(args, out, ct):
        x, n = args
        return (factor(n) * ct * x ** (n - 1.0), None)

    return vjp


@made("The exponent 3 is right, 0 is not.")
def exponent_zero() -> Made:
    return lambda x, n: x**n, (X, 3), powers(lambda n: n), powers(lambda n: n or 1)


@made("The exponent 3 is right, 7 is not.")
def exponent_seven() -> Made:
    return lambda x, n: x**n, (X, 3), powers(lambda n: n), powers(lambda n: n if n != 7 else 6)


def reduced(x, mode):
    return x.sum() if mode == "sum" else x.mean()


def reduction(mean):
    def vjp(args, out, ct):
        x, mode = args
        return (np.full(x.shape, ct if mode == "sum" else mean(ct, x.size)), None)

    return vjp


@made("'sum' is right, and every other word is not.")
def any_other_word() -> Made:
    return reduced, (X, "sum"), reduction(lambda ct, n: ct / n), reduction(lambda ct, n: ct)


@made("The words are keys of a table; the one that was not given is wrong.")
def words_of_a_table() -> Made:
    ways = {"total": np.sum, "average": np.mean}

    def f(x, way):
        return ways[way](x)

    def vjp(share):
        def back(args, out, ct):
            x, way = args
            return (np.full(x.shape, ct if way == "total" else share * ct / x.size), None)

        return back

    return f, (X, "total"), vjp(1.0), vjp(2.0)


@made("The other truth value.")
def the_other_truth_value() -> Made:
    def f(x, squared):
        return np.sum(x * x) if squared else np.sqrt(np.sum(x * x))

    def vjp(factor):
        def back(args, out, ct):
            x, squared = args
            return (2 * ct * x if squared else factor * ct * x / out, None)

        return back

    return f, (X, True), vjp(1.0), vjp(2.0)


@made("Without a bias the weights' gradient is halved.")
def without_a_bias() -> Made:
    def f(x, b):
        return np.sin(x) if b is None else np.sin(x) + b

    def vjp(factor):
        def back(args, out, ct):
            x, b = args
            if b is None:
                return factor * np.cos(x) * ct, None
            return np.cos(x) * ct, ct.copy()

        return back

    return f, (X, np.array([0.1, 0.2, 0.3])), vjp(1.0), vjp(0.5)


@made("A mode that only the object knows is not seen, and named.")
def a_mode_of_an_object() -> Made:
    class Layer:
        training = True

        def __init__(self, factor):
            self.factor = factor

        def vjp(self, args, out, ct):
            return ((2 if self.training else self.factor) * args[0] * (ct + 0.0 * out),)

    return square, (X,), Layer(2).vjp, Layer(1).vjp


@made("A table by whole numbers: the row of bin 7 is wrong.")
def a_table_by_bins() -> Made:
    def f(x):
        return x * 1.5

    def vjp(seventh):
        slopes = dict.fromkeys(range(12), 1.5) | {7: seventh}

        def back(args, out, ct):
            (x,) = args
            return (ct * np.array([slopes.get(int(v), 1.5) for v in x]),)

        return back

    return f, (X,), vjp(1.5), vjp(2.5)
