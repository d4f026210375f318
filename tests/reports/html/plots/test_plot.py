"""A plot holds numbers that fit its axes, and refuses others."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from backproof.reports.html.plots.plot import Bar, Bars, Columns, Grid, Group, Series


def columns(*counts: int) -> Columns:
    return Columns("key", "Title", "Caption.", "size", "cases", ("0", "1", "2"), (Series("a", counts),))


def grid(*cells: tuple[int | None, ...]) -> Grid:
    return Grid("key", "Title", "Caption.", "function", "family", "graphs", ("add", "dot"), (Group("", ("chain", "ladder")),), cells)


def test_counts_are_added_and_the_largest_is_known() -> None:
    assert (columns(1, 5, 2).total, columns(1, 5, 2).largest, columns(0, 0, 0).largest) == (8, 5, 0)


@pytest.mark.parametrize("make", [lambda: columns(1, 2), lambda: grid((1, 2)), lambda: grid((1, 2), (1,))])
def test_numbers_that_do_not_fit_the_axes_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"plot 'key': .* expected"):
        make()


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_a_bar_without_a_length_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        Bars("key", "Title", "Caption.", "seconds", (Bar("a part", value, "?"),))


def test_an_empty_cell_has_no_shade_and_larger_counts_have_darker_ones() -> None:
    plot = grid((0, None), (1, 30))
    assert [plot.level(count) for count in (None, 0, 1, 2, 3, 9, 10, 29, 30, 100)] == [-1, 0, 1, 1, 2, 2, 3, 3, 4, 5]
