"""What the chips of the filter know: the worst verdict of each claim on each case, in a letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from backproof.reports import render_html
from backproof.reports.html.chips import MOST_CLAIMS, chips, claims_of, said_of


def case(*checks: tuple[str, str]) -> dict[str, Any]:
    return {"checks": [{"claim": claim, "verdict": verdict} for claim, verdict in checks], "paths": "1"}


def test_the_worst_verdict_of_a_claim_counts_in_whatever_order() -> None:
    claims = ["a", "b", "c"]
    assert said_of(case(("b", "CORRECT"), ("b", "INACCURATE"), ("b", "INCONCLUSIVE")), claims) == "-a-"
    assert said_of(case(("a", "WRONG"), ("c", "INCONCLUSIVE"), ("a", "CORRECT")), claims) == "w-i"


def test_claims_stand_in_order_of_appearance_and_end_somewhere() -> None:
    assert claims_of([case(("b", "CORRECT")), case(("a", "CORRECT"), ("b", "CORRECT"))]) == ["b", "a"]
    assert len(claims_of([case(*((str(k), "CORRECT") for k in range(99)))])) == MOST_CLAIMS


def test_names_of_claims_are_inert_data_on_the_page(make: Callable[..., dict[str, Any]]) -> None:
    results = make(["CORRECT", "WRONG"])
    results["cases"][0]["checks"][0]["claim"] = '</div>"\u202e\x07'
    text = render_html(results)
    assert "\u202e" not in text
    assert 'data-claims="[&#34;&lt;/div&gt;\\&#34;⟨U+202E⟩␇&#34;' in text
    assert re.findall(r'<td data-c="([^"]*)"', text) == ["cc", "-w"]


def test_a_number_of_paths_that_needs_room_gets_it() -> None:
    assert not chips([case(("a", "CORRECT"))])["long"]
    assert chips([{**case(), "paths": "1" * 13}])["long"]
    assert json.loads(chips([])["names"]) == []
