"""The plots of one page, within its room: those of the run first, then the maps of checks, as many as fit.

>>> page = page_plots({"summary": {"claims": []}, "cases": [], "coverage": None}, [{"name": "f", "findings": []}])
>>> page["plots"], page["coverage_plots"], page["maps"]
([], [], [[]])
>>> page_plots({"summary": {"claims": [{"claim": "", "system": "", "bins": [1]}]}, "cases": [], "coverage": None}, [])
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: plot 'share': series '' has 1 number, and 9 are expected: '0', 'to 0.001', 'to 0.003', 'to 0.01', …; write the results again
"""

from __future__ import annotations

from collections.abc import Sequence

from backproof.reports.document import Record, Results, ResultsError
from backproof.reports.html.plots.drawing import svg
from backproof.reports.html.plots.of_checks import maps_of_check
from backproof.reports.html.plots.of_coverage import plots_of_coverage
from backproof.reports.html.plots.of_run import plots_of_run
from backproof.reports.html.plots.plot import ErrorMap

ROOM = 60_000  # bytes of all pictures of plots of a page; chosen: a fiftieth of a page of a thousand cases


def page_plots(results: Results, failing: Sequence[Record]) -> Record:
    """What templates show: `plots` of the run, `coverage_plots`, and for each failing check its `maps`, None where they
    would be too much for the page. ResultsError where numbers of the document do not fit together.
    """
    try:
        plots, coverage = plots_of_run(results), plots_of_coverage(results["coverage"])
        room = ROOM - sum(len(svg(plot)) for plot in (*plots, *coverage))
        return {"plots": plots, "coverage_plots": coverage, "maps": _maps(failing, room)}
    except ValueError as error:
        raise ResultsError(f"{error}; write the results again") from error


def _maps(failing: Sequence[Record], room: int) -> list[list[ErrorMap] | None]:
    maps: list[list[ErrorMap] | None] = []
    for number, check in enumerate(failing, start=1):
        found = maps_of_check(check, f"check-{number}") if room > 0 else None
        room -= sum(len(svg(plot)) for plot in found or ())
        maps.append(found if room >= 0 else None)
    return maps
