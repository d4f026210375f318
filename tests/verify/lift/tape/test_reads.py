"""Where a decision is taken, whether floats may take it otherwise, and how decisions of one call are told apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import place

X = np.array([0.5, -1.5, 2.25])


def helper(v: Any) -> Any:
    return np.where(v > 0, v, 0.0)


def test_place_is_the_users_line_also_in_a_helper_and_a_method() -> None:
    def f(x: Any) -> Any:
        y = helper(x)
        return np.max(y)

    first = f.__code__.co_firstlineno
    places = [read.place for read in lift(f, (X,)).reads]
    assert places[:3] == [f"test_reads.py:{helper.__code__.co_firstlineno + 1}"] * 3
    assert places[3:] == [f"test_reads.py:{first + 2}"] * 2
    assert place().startswith("test_reads.py:")


def test_what_rounding_may_turn_is_near_and_what_it_may_not_is_not() -> None:
    read = lift(lambda x: np.maximum(x, 10.0), (np.array([10.0 + 2e-15]),)).reads[0]
    assert not read.tie
    assert read.near(2.0**-53)
    assert not lift(lambda x: np.maximum(x, 10.0), (np.array([10.0 + 1e-10]),)).reads[0].near(2.0**-53)
    assert not lift(lambda x: np.abs(x), (np.array([1e-300]),)).reads[0].near(2.0**-53)


def test_places_of_an_argmax_and_entries_of_a_table_are_told_apart() -> None:
    argmax = lift(lambda x: x[np.argmax(x)], (np.array([1.0, 3.0, 2.0]),)).reads
    assert [read.against for read in argmax if read.size == 0 and not read.outcome] == [0, 2]
    table = lift(lambda x: np.minimum(x, np.array([5.0, 6.0])), (np.array([1.0, 1.0]),)).reads
    assert [read.against for read in table] == [5.0, 6.0]
