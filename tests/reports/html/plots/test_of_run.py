"""The plots of a run hold the document's numbers, and none is drawn without data."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.reports.html.plots.of_run import plots_of_run
from backproof.reports.html.plots.plot import Bars, Columns, Grid

Record = dict[str, Any]
FACTS = {"vertices": 9, "paths": str(10**30), "fan_out": 2, "dimension": 1, "functions": []}


def claim(system: str = "float64", **more: Any) -> Record:
    return {"claim": "floats = certified derivative", "system": system, "bins": None, "digits": None, "held": 1, **more}


def results(*claims: Record, cases: int = 0, **summary: Any) -> Record:
    return {"summary": {"claims": list(claims), **summary}, "cases": [{"ulps": "3", "facts": FACTS}] * cases}


def plots(document: Record) -> dict[str, Any]:
    return {plot.key: plot for plot in plots_of_run(document)}


def test_a_document_without_numbers_has_no_plot() -> None:
    assert plots(results(claim(), claim("rational"))) == {}


def test_the_columns_of_the_share_are_the_bins_of_the_document() -> None:
    plot = plots(results(claim(bins=[5, 0, 0, 0, 0, 0, 0, 2, 1])))["share"]
    assert isinstance(plot, Columns)
    assert plot.series[0].counts == (5, 0, 0, 0, 0, 0, 0, 2, 1)
    assert plot.classes[plot.limit or 0 :] == ("beyond",)


def test_two_claims_in_one_number_system_are_told_apart() -> None:
    plot = plots(results(claim(bins=[1] * 9), claim(claim="engine = path sum", bins=[1] * 9)))["share"]
    assert len({series.name for series in plot.series}) == 2


def test_digits_of_agreement_are_counted_two_by_two() -> None:
    plot = plots(results(claim(agreed={"0": 2, "7": 1, "15": 4, "17": 9}), claim("ball", digits=54, held=40)))["digits"]
    assert plot.classes == ("0–1", "2–3", "4–5", "6–7", "8–9", "10–11", "12–13", "14–15", "16", "all")
    assert plot.series[0].counts == (2, 0, 0, 1, 0, 0, 0, 4, 0, 9)
    assert "ball: to 54 digits at least" in plot.caption


def test_sizes_of_any_length_are_in_some_class() -> None:
    plot = plots(results(cases=3))["sizes"]
    assert [sum(series.counts) for series in plot.series] == [3, 3, 3, 3]
    assert plot.classes[-1] == "beyond"


def test_what_has_no_row_is_said() -> None:
    assert "40 cases more without a row" in plots({**results(cases=1), "unlisted": 40})["sizes"].caption


def test_cancellation_is_a_grid_of_lost_digits_by_powers_of_ten() -> None:
    found = [{"kappa": 0, "lost": 0, "entries": 7}, {"kappa": 3, "lost": 2, "entries": 1}, {"kappa": 99, "lost": 0, "entries": 1}]
    plot = plots(results(cancellation=found))["cancellation"]
    assert isinstance(plot, Grid)
    assert (plot.cells[0][0], plot.cells[2][3], plot.cells[0][16]) == (7, 1, 1)


def test_times_are_bars_with_their_sum() -> None:
    plot = plots(results(times=[{"part": "path sums", "seconds": "1.25"}, {"part": "enclosures", "seconds": "0.50"}]))["times"]
    assert isinstance(plot, Bars)
    assert [bar.value for bar in plot.bars] == [1.25, 0.5]
    assert "1.8 in all" in plot.caption


def test_bins_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="plot 'share'"):
        plots_of_run(results(claim(bins=[1, 2])))
