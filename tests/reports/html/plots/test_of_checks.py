"""Maps of errors: each wrong entry lies in its part, in arrays of any number of dimensions, and large ones are cut."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from backproof.reports.html.plots.drawing import svg
from backproof.reports.html.plots.of_checks import MOST, maps_of_check
from backproof.reports.html.plots.plot import ErrorMap, Part

Record = dict[str, Any]
SHAPES = [(2,), (24,), (25,), (100,), (5000,), (3, 4), (50, 70), (2, 3, 4), (4, 3, 3, 3), (1, 1, 9), (64, 64, 3, 3), (2,) * 9, (3, 1000)]


def finding(index: tuple[int, ...], relative: float | None = 0.5, argument: int = 0, point: str = "here") -> Record:
    values = {"found": "1.0", "expected": "2.0", "relative": relative, "point": point, "where": "x"}
    return {"argument": argument, "index": list(index), **values}


def check(shape: tuple[int, ...], *findings: Record) -> Record:
    return {"name": "f", "findings": list(findings), "arguments": [{"argument": 0, "name": "W", "shape": list(shape)}]}


def the_map(shape: tuple[int, ...], *findings: Record) -> ErrorMap:
    (plot,) = maps_of_check(check(shape, *findings), "c")
    return plot


def parts(plot: ErrorMap) -> list[Part]:
    return [part for row in plot.parts for part in row if part is not None]


def holds(part: Part, index: tuple[int, ...]) -> bool:
    spans = [words.split("–") for words in part.where.strip("[]").split(", ")]
    return all(int(span[0]) <= i <= int(span[-1]) for span, i in zip(spans, index, strict=True))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_entry_of_an_array_lies_in_one_part(shape: tuple[int, ...]) -> None:
    last = tuple(d - 1 for d in shape)
    plot = the_map(shape, finding(last))
    assert sum(part.entries for part in parts(plot)) == math.prod(shape)
    assert len(plot.parts) <= MOST
    assert max(map(len, plot.parts)) <= MOST
    assert len(svg(plot)) < 12_000
    (wrong,) = plot.wrong
    assert holds(wrong, last)
    assert f"[{', '.join(map(str, last))}]" in plot.caption


def test_the_axes_lie_across_and_down_in_turn() -> None:
    plot = the_map((2, 3, 4), finding((1, 2, 3)))
    assert (len(plot.parts), len(plot.parts[0])) == (3, 8)  # axis 1 down; axes 0 and 2 across
    (place,) = [(r, c) for r, c in itertools.product(range(3), range(8)) if (part := plot.parts[r][c]) and part.wrong]
    assert place == (2, 7)
    assert plot.axes == "down: axis 1; across: axis 0 and 2"


def test_of_several_errors_in_a_part_the_largest_counts_and_a_derivative_of_zero_is_beyond_all() -> None:
    plot = the_map((1000,), finding((0,), 1e-9), finding((1,), 0.25), finding((999,), None))
    assert [(part.wrong, part.error) for part in plot.wrong] == [(1, None), (2, 0.25)]
    assert "the derivative is 0" in plot.caption


def test_only_the_point_of_the_worst_finding_is_drawn() -> None:
    plot = the_map((3,), finding((0,)), finding((1,), point="elsewhere"))
    assert sum(part.wrong for part in parts(plot)) == 1


@pytest.mark.parametrize("broken", [finding((5,)), finding((0, 0)), finding(())])
def test_a_finding_outside_of_its_argument_is_refused(broken: Record) -> None:
    with pytest.raises(ValueError, match="check 'f': a finding is at"):
        maps_of_check(check((3,), broken), "c")


def test_numbers_findings_without_an_entry_and_older_documents_have_no_map() -> None:
    assert maps_of_check(check((), finding(())), "c") == []
    assert maps_of_check(check((3,), {**finding((0,)), "index": None}), "c") == []
    assert maps_of_check({"name": "f", "findings": [finding((0,))]}, "c") == []
