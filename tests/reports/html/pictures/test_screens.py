"""For every width there is a rule of the style sheet, and no screen shows two drawings or none."""

from __future__ import annotations

import re

import pytest

from backproof.reports.html.assets import asset
from backproof.reports.html.pictures.screens import LIMITS, NARROW, WIDE, panned, swapped


@pytest.mark.parametrize("limit", LIMITS)
def test_the_style_sheet_hides_one_drawing_and_shows_the_other_below_the_same_width(limit: int) -> None:
    (rule,) = re.findall(rf"@media \(max-width: {limit - 0.1:.1f}px\) \{{(.*)\}}\n", asset("report.css"))
    assert re.sub(r"\s", "", rule) == f".above-{limit}{{display:none!important;}}.below-{limit}{{display:block!important;}}"


@pytest.mark.parametrize("width", [NARROW + 1, 500.0, 900.0, WIDE])
def test_a_wide_drawing_is_shown_only_where_it_fits(width: float) -> None:
    limit = int(swapped(width)[0].rsplit("-", 1)[1])
    assert swapped(width)[1].endswith(f"-{limit}")
    assert width + 8 <= min(limit - 64, 1120)
    assert f"below-{limit}" in panned(width)


def test_what_always_fits_says_nothing() -> None:
    assert panned(NARROW) == ""
