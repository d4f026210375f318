"""Random draws in patched code: `Draws(generator)` draws the very numbers of the generator, as lifted constants, so that
arrays of them can be written into.

Where a draw is location + scale · standard, lifted parameters are followed: the noise is a constant, as for a gradient
through it.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.numpy_code.lifting import NUMPY
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=NUMPY)) as tape:
...     mean = leaves(np.array([1.0, 2.0]), tape)
...     drawn, own = Draws(np.random.default_rng(0)), np.random.default_rng(0)
...     first, second, nodes = drawn.normal(mean, 0.5), drawn.integers(5, size=2), len(tape.nodes)
...     np.allclose(first.tolist(), own.normal([1.0, 2.0], 0.5)), second.tolist() == own.integers(5, size=2).tolist()
...     isinstance(drawn, np.random.Generator), nodes
(True, True)
(True, 4)
>>> with running(Tape(100, front=NUMPY)):
...     drawn.gamma(mean)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.random.Generator.gamma of lifted numbers has no lifted rule (...
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, rewrapped
from backproof.verify.lift.arrays.dtypes import dtype_of
from backproof.verify.lift.numpy_code.guards import collected, constants, floats
from backproof.verify.lift.numpy_code.types import plain_type
from backproof.verify.lift.tape.reads import NotLifted, place

GENERATORS = (np.random.Generator, np.random.RandomState)
ORDERING = ("shuffle", "permutation", "permuted", "choice")
"""Draws that move the entries of an array, or choose among them."""
PARAMETERS = {
    "normal": (("loc", 0.0), ("scale", 1.0)),
    "uniform": (("low", 0.0), ("high", 1.0)),
    "laplace": (("loc", 0.0), ("scale", 1.0)),
    "gumbel": (("loc", 0.0), ("scale", 1.0)),
    "logistic": (("loc", 0.0), ("scale", 1.0)),
    "exponential": (("scale", 1.0),),
}
"""Draws that are location + scale · standard, and their parameters."""


class Draws:
    """The generator, as patched code sees it; what else it has is its own."""

    def __init__(self, generator: Any) -> None:
        self.__dict__["generator"] = generator

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return type(self.__dict__["generator"])

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["generator"], name)
        return drawing(found) if callable(found) and not name.startswith("_") else found

    def __deepcopy__(self, memo: Any) -> Draws:
        return Draws(copy.deepcopy(self.__dict__["generator"], memo))


def drawing(method: Any) -> Callable[..., Any]:
    """A method of a generator, whose floats are lifted constants."""
    name = method.__name__

    def draw(*args: Any, **options: Any) -> Any:
        if name in ORDERING:
            return _ordered(method, name, args, options)
        args, options = floats(args), {key: floats(plain_type(dtype_of(value))) for key, value in options.items()}
        if _lifted((args, options)):
            return _located(method, args, options)
        return _drawn(method(*args, **options))

    return draw


def _lifted(value: Any) -> bool:
    return any(x.index >= 0 for x in collected(value))


def _drawn(found: Any) -> Any:
    """Generators among the results are followed too (`spawn`)."""
    if isinstance(found, list):
        return [_drawn(part) for part in found]
    return Draws(found) if isinstance(found, GENERATORS) else constants(found)


def _located(method: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """location + scale · standard."""
    name = f"numpy.random.{type(method.__self__).__name__}.{method.__name__}"
    known = PARAMETERS.get(method.__name__)
    if known is None:
        raise NotLifted(f"{name} of lifted numbers has no lifted rule", place())
    names = [parameter for parameter, _ in known]
    given = {**dict(known), **dict(zip((*names, "size"), args, strict=False)), **options}
    first, last = given[names[0]], given[names[-1]]
    size = given.get("size")
    wanted = np.broadcast_shapes(np.shape(plain(first)), np.shape(plain(last))) if size is None else size
    noise = array_of(method(size=wanted))
    scaled = noise * (last - first if names[-1] == "high" else last)
    found = scaled if len(names) == 1 else first + scaled
    return found if np.ndim(plain(found)) else found[()]


def _ordered(method: Any, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """NumPy's own draw on the numbers as objects; probabilities are plain numbers."""
    options = {key: floats(value) if key == "p" else plain(value) for key, value in options.items()}
    values = [plain(value) if isinstance(value, LiftedArray) else value for value in args]
    if name == "choice" and len(values) > 3:
        values[3] = floats(args[3])
    if _lifted(options.get("p")):
        raise NotLifted("a choice with lifted probabilities has no lifted rule", place())
    found = method(*values, **options)
    return rewrapped(found) if isinstance(found, np.ndarray) and found.dtype == object else constants(found)
