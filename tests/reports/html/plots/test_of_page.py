"""All plots of a page stay within their room, and a page says what it does not draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports.document import ResultsError
from backproof.reports.html.page import render_checks
from backproof.reports.html.plots.drawing import svg
from backproof.reports.html.plots.of_page import ROOM, page_plots

Record = dict[str, Any]
EMPTY: Record = {"summary": {"claims": []}, "cases": [], "coverage": None}


def wrong_check(shape: tuple[int, int]) -> Record:
    entry = {"found": "1.0", "expected": "2.0", "relative": 1.0, "point": "here", "where": "W", "argument": 0}
    findings = [{**entry, "index": [i, j]} for i in range(0, shape[0], 2) for j in range(i % 3, shape[1], 3)]
    return {"name": "f", "findings": findings, "arguments": [{"argument": 0, "name": "W", "shape": list(shape)}]}


def test_the_maps_of_many_checks_stay_within_the_room_and_the_rest_are_left_out() -> None:
    maps = page_plots(EMPTY, [wrong_check((24, 24))] * 30)["maps"]
    assert sum(len(svg(plot)) for found in maps for plot in found or ()) <= ROOM
    assert maps[0]
    assert maps[-1] is None


def test_numbers_that_do_not_fit_are_said_as_an_error_of_the_document() -> None:
    with pytest.raises(ResultsError, match="whose shape is"):
        page_plots(EMPTY, [{**wrong_check((4, 4)), "arguments": [{"argument": 0, "name": "W", "shape": [1, 1]}]}])


def test_a_page_of_checks_draws_where_it_is_wrong_and_which_branches_were_taken(make: Callable[..., Record]) -> None:
    pytest.importorskip("numpy")
    import numpy as np

    from backproof.verify.gradient_oracle.check import check
    from backproof.verify.results.check_record import check_record
    from backproof.verify.results.document import gradient_checks_document

    def forward(x: Any, w: Any) -> Any:
        return np.maximum(x, 0) @ w

    def backward(args: Any, out: Any, ct: Any) -> Any:
        x, w = args
        return (ct @ w.T) * (x > 0), np.zeros_like(w)

    result = check(forward, (np.array([[0.5, 1.5]]), np.array([[1.0, 2.0, 3.0], [0.5, 0.25, 0.125]])), vjp=backward, effort="quick")
    html = render_checks(gradient_checks_document("a test", [check_record(result)]))
    assert "argument 1: 6 of 6 entries wrong" in html
    assert html.count('class="plot errors"') == 1
    assert "Branches reached" in html
    assert "return np.maximum(x, 0) @ w" in html
    assert '<span class="unseen">never ' in html
    assert "with an outcome that was never seen" in html
