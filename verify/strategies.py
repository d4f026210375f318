"""Hypothesis strategies for one's own property tests: `graphs()` and `cases()` of computational graphs,
`arguments_for(f, …)` for a function in NumPy.

They are the generator of `backproof verify` with Hypothesis making the choices, so that a failing case shrinks to a
small graph. The report of a failing test ends with the line that runs this graph again, and with a test to paste.

>>> from hypothesis import given, settings
>>> from backproof.verify.three_way.check import check_case
>>> @settings(max_examples=3, database=None, derandomize=True)
... @given(cases(max_vertices=5))
... def test_backward_is_the_path_sum(case):
...     assert check_case(case).verdict.value == "CORRECT"
>>> test_backward_is_the_path_sum()
>>> cases(max_vertices=1)
Traceback (most recent call last):
    ...
ValueError: max_vertices must be at least 2, found 1
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import note
from hypothesis import strategies as st

from backproof.engine import Graph
from backproof.verify.cases.case import Case
from backproof.verify.cases.choices import drawn
from backproof.verify.cases.random_graphs import LARGEST_SIZE, random_case
from backproof.verify.cases.replay import regression_test, replay_id
from backproof.verify.gradient_oracle.given.arguments import holds_floats
from backproof.verify.gradient_oracle.given.functions import must_be_function, takes
from backproof.verify.gradient_oracle.given.words import of_what


def cases(*, family: str | None = None, max_vertices: int = LARGEST_SIZE, rational: bool | None = None) -> st.SearchStrategy[Case]:
    """Graphs with leaf values (and sometimes a cotangent) at which every local function is differentiable.

    `max_vertices` bounds the size that the family is asked for; vertices that only reshape an operand come on top of
    it.
    """
    if max_vertices < 2:
        raise ValueError(f"max_vertices must be at least 2, found {max_vertices}")

    @st.composite
    def build(draw: Callable[[Any], Any]) -> Case:
        case = random_case(drawn(draw), family=family, size=draw(st.integers(2, max_vertices)), rational=rational, name="drawn")
        note(_Again(case))
        return case

    return build()


class _Again:
    """How to run a case again; put into words only for the example that a failing test is reported with."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __repr__(self) -> str:
        return f"backproof replay '{replay_id(self.case)}'\n\n{regression_test(self.case)}"


def graphs(*, family: str | None = None, max_vertices: int = LARGEST_SIZE, rational: bool | None = None) -> st.SearchStrategy[Graph]:
    """The graphs of `cases`, without values."""
    return cases(family=family, max_vertices=max_vertices, rational=rational).map(lambda case: case.graph)


def arguments_for(
    f: Callable[..., Any], *like: Any, largest: float = 8.0, domain: Callable[..., bool] | None = None
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Arguments of the shapes and dtypes of `like` at which f is finite: every float between ±`largest`; whole numbers
    within their range in `like`; the rest as it is.

    `domain(*args)` leaves out what f is not meant for. TypeError where an example is a list or a tuple of floats, as
    the tuple that `check(f, args)` takes, or not an example of each argument of f.

    >>> from backproof.verify import assert_correct
    >>> from hypothesis import given, settings
    >>> def cube(x):
    ...     return x**3
    >>> @settings(max_examples=5, database=None, derandomize=True)
    ... @given(arguments_for(cube, np.zeros((2, 2))))
    ... def test_cube(args):
    ...     assert_correct(cube, args, lambda args, out, ct: (3 * ct * args[0] ** 2,), effort="quick")
    >>> test_cube()
    """

    must_be_function("f", f, "arguments_for(f, *args)")
    for k, value in enumerate(like):
        if isinstance(value, tuple | list | dict | set) and holds_floats(value):
            found = f"like is an example of each argument, one by one; found {of_what(value)} as argument {k}"
            raise TypeError(f"{found}; write arguments_for(f, *args), or np.array(…) for an array")
    takes("f", f, len(like), f"the {len(like)} examples of like", "arguments_for(f, *args), an example of each argument")

    def finite(args: tuple[Any, ...]) -> bool:
        if domain is not None and not domain(*args):
            return False
        try:
            with np.errstate(all="ignore"):
                out = f(*(a.copy() if isinstance(a, np.ndarray) else a for a in args))
        except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError):
            return False
        return bool(np.all(np.isfinite(np.asarray(out, dtype=float))))

    return st.tuples(*(_like(value, largest) for value in like)).filter(finite)


def _like(value: Any, largest: float) -> st.SearchStrategy[Any]:
    from hypothesis.extra import numpy as arrays

    array = np.asarray(value)
    if array.dtype.kind == "f":
        width: Any = 8 * array.dtype.itemsize
        entries = st.floats(-largest, largest, width=width, allow_subnormal=False)
        return arrays.arrays(array.dtype, array.shape, elements=entries) if isinstance(value, np.ndarray) else entries
    if isinstance(value, np.ndarray) and array.dtype.kind in "iu" and array.ndim and array.size:
        return arrays.arrays(array.dtype, array.shape, elements=st.integers(int(array.min()), int(array.max())))
    return st.just(value)
