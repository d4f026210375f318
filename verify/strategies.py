"""Hypothesis strategies for computational graphs, for one's own property tests: `graphs()` and `cases()`.

They are the generator of `backproof verify` with Hypothesis making the choices, so that a failing case shrinks to a small graph. The report of a failing test
ends with the line that runs this graph again, and with a test to paste.

>>> from hypothesis import given, settings
>>> from backproof.verify.three_way import check_case
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

from hypothesis import note
from hypothesis import strategies as st

from backproof.engine import Graph
from backproof.verify.cases import Case, replay_id
from backproof.verify.choices import drawn
from backproof.verify.random_graphs import LARGEST_SIZE, random_case
from backproof.verify.shrink import regression_test


def cases(*, family: str | None = None, max_vertices: int = LARGEST_SIZE, rational: bool | None = None) -> st.SearchStrategy[Case]:
    """Graphs with leaf values (and sometimes a cotangent) at which every local function is differentiable.

    `max_vertices` bounds the size that the family is asked for; vertices that only reshape an operand come on top of it.
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
