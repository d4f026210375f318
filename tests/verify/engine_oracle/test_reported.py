"""What is said of a hostile engine fits the schema, and terminal and page show it, with how it ended; claims count cases."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.reports import render_html, save_results
from backproof.reports.agreement import disagreements
from backproof.reports.terminal import print_summary, print_table
from backproof.verify.campaign.smallest import smallest
from backproof.verify.cases.case import make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands.exit_codes import FAILS, HOLDS, exit_code
from backproof.verify.engine_oracle.answers import Answer, Ending
from backproof.verify.engine_oracle.trial import CLAIM_CALLS, check_asked, check_engine, diagnose_engine, nothing_to_tell
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import tally_of

TARGET = "their_engines:make"
CASES = [*lecture_cases(), *(case for index in range(6) if nothing_to_tell(case := campaign_case(2, index)) is None)]
Given = tuple[Graph, Sequence[Array], Array]


def right(*given: Any) -> dict[int, Any]:
    graph, leaves, cotangent = given
    return dict(backward(graph, jacobians(graph, forward(graph, leaves)), cotangent))


def every(number: int, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """An engine that changes every answer of so many."""
    calls = itertools.count(1)

    def engine(*given: Any) -> Any:
        p = right(*given)
        return p if next(calls) % number else {j: change(value) if j <= given[0].l else value for j, value in p.items()}

    return engine


def stops(error: BaseException) -> Callable[..., Any]:
    def engine(*given: Any) -> Any:
        raise error

    return engine


def blind(*given: Any) -> Any:
    given[1][0][...] = 0
    return right(*given)


def noisy(*given: Any) -> Any:
    """As an engine that sums in threads: the last bit of what is rounded anyway changes from call to call."""
    p, last = right(*given), 2.0**-52 * next(TURNS)
    return {j: np.where(value * 2.0**10 % 1 != 0, value * (1 + last), value) for j, value in p.items()}


TURNS = itertools.cycle((0, 1))
ENGINES: dict[str, Callable[..., Any]] = {
    "nothing": lambda *_: None,
    "text keys": lambda *given: {given[0].name(j): p for j, p in right(*given).items()},
    "flat": lambda *given: {j: np.ravel(p)[:-1] for j, p in right(*given).items()},
    "complex": lambda *given: {j: p + 5j for j, p in right(*given).items()},
    "raises": stops(ValueError("\ud800\x1b[31m[red]\n[/]")),
    "exits": stops(SystemExit(0)),
    "bare": stops(BaseException()),
    "unsupported": stops(NotImplementedError("add")),
    "mutates": blind,
    "inf": lambda *given: {j: p + math.inf for j, p in right(*given).items()},
    "nan inside": lambda *given: {j: p * (math.nan if j > given[0].l else 1) for j, p in right(*given).items()},
    "tiny": lambda *given: {j: p * 5e-324 for j, p in right(*given).items()},
    "huge": lambda *given: {j: np.sign(p) * 1e308 for j, p in right(*given).items()},
    "every 2nd doubled": every(2, lambda p: 2 * p),
    "every 3rd nan": every(3, lambda p: p * math.nan),
    "every 7th text": every(7, lambda p: str(p)),
    "every 2nd None": every(2, lambda p: None),
}


def document(engine: Callable[..., Any], **given: Any) -> dict[str, Any]:
    """The results of an engine on a few cases, with the first failure made small."""
    settings = Settings(f"backproof oracle {TARGET}", 0, len(CASES), 64, 50, dtypes=("float64",), target=TARGET, **given)
    check = partial(check_engine, engine=engine, allow_nondeterminism=settings.allow_nondeterminism)
    results = [check(case) for case in CASES]
    records = [case_record(result, with_detail=True, target=TARGET) for result in results]
    failing = next((result for result in results if result.verdict.value != "CORRECT"), None)
    found = results_document(settings, tally_of(records), (), interrupted=False)
    return {**found, "smallest": None if failing is None else smallest(failing, check, diagnose_engine, TARGET)}


@pytest.mark.parametrize("name", ENGINES)
def test_results_of_a_hostile_engine_are_written_printed_and_drawn(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = document(ENGINES[name])
    save_results(results, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["summary"]["holds"] is False
    assert exit_code(results) == FAILS
    assert disagreements(results) == []
    for claim in results["summary"]["claims"]:
        assert sum(claim["counts"].values()) + claim["not_checked"] == len(CASES)
        assert claim["not_checked"] >= 0
    page = render_html(results)
    assert 'class="badge wrong"' in page or name == "unsupported"
    for record in (*results["cases"], *([results["smallest"]["case"]] if results["smallest"] else [])):
        print_table(record, no_color=True)
    print_summary(results, quiet=False, no_color=True, written=())
    printed = capsys.readouterr().out
    endings = {check["ending"] for record in results["cases"] for check in record["checks"] if "ending" in check}
    for ending in endings - {"unsupported"}:
        assert f"{ending}: " in page
        assert f"{ending}: " in printed


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_stands_in_the_record_and_on_the_page_and_shrinking_keeps_it(ending: Ending) -> None:
    case = campaign_case(0, 1)
    big = case.graph.n

    def asked(candidate: Any) -> Answer:  # smaller cases end in another way
        return Answer(
            {}, ending if candidate.graph.n > big // 2 else Ending.PATCHED if ending is not Ending.PATCHED else Ending.HANG, "why"
        )

    result = check_asked(case, asked)
    small = smallest(result, partial(check_asked, asked=asked), diagnose_engine, TARGET)
    assert small is not None
    assert small["case"]["checks"][0]["ending"] == ending
    assert big // 2 < small["case"]["vertices"] < big
    settings = Settings("backproof oracle", 0, 1, 64, 50, True, target=TARGET)
    results = results_document(settings, tally_of([case_record(result, True, target=TARGET)]), (), interrupted=False)
    page = render_html({**results, "smallest": small})
    word = "unsupported operation: why" if ending is Ending.UNSUPPORTED else f"{ending}: why"
    assert page.count(word) >= 2
    assert results["summary"]["verdict"] == ("INCONCLUSIVE" if ending is Ending.UNSUPPORTED else "WRONG")
    assert results["summary"]["holds"] is False


def test_a_nondeterministic_engine_fails_by_a_gate_of_its_own() -> None:
    results = document(noisy)
    summary = results["summary"]
    assert summary["nondeterministic"]["cases"] == summary["counts"]["INCONCLUSIVE"] > 0
    assert summary["counts"]["WRONG"] == summary["counts"]["INACCURATE"] == 0
    assert "--allow-nondeterminism does" in summary["sentence"]
    assert exit_code(document(noisy, allow_inconclusive=True)) == FAILS
    render_html(results)


def test_allowed_nondeterminism_is_correct_and_said_in_the_summary() -> None:
    results = document(noisy, allow_nondeterminism=True)
    summary = results["summary"]
    assert (summary["verdict"], exit_code(results), results["smallest"]) == ("CORRECT", HOLDS, None)
    changed = summary["nondeterministic"]
    assert 0 < changed["cases"] <= len(CASES)
    assert (
        f"On {changed['cases']} cases the answer changed between two calls, at most by {changed['largest']['share']} of the bound"
        in (summary["sentence"])
    )
    assert results["run"]["allow_nondeterminism"] is True
    (claim,) = [claim for claim in summary["claims"] if claim["claim"] == CLAIM_CALLS]
    assert claim["counts"]["CORRECT"] == changed["cases"]
    assert "answers that change between two calls allowed" in render_html(results)


def test_one_nondeterministic_case_among_very_many_is_not_waved_through() -> None:
    """At most 1 % of the cases may be inconclusive where that is allowed: not one of them for this reason."""
    graph = Graph(1, (leaf("x"), vertex("s", "sin", (1,)), vertex("y", "exp", (2,))))
    case = make_case("smooth", "random", graph, [0.5])
    good = case_record(check_engine(case, right), False, target=TARGET)
    factors = iter((1.0, 1 + 2.0**-51))

    def once(*given: Any) -> Any:
        return {**right(*given), 1: right(*given)[1] * next(factors)}

    changed = case_record(check_engine(case, once), False, target=TARGET)
    for allow, holds in ((False, False), (True, True)):
        settings = Settings("x", 0, 300, 64, 50, allow_inconclusive=True, target=TARGET, allow_nondeterminism=allow)
        summary = results_document(settings, tally_of([good] * 299 + [changed]), (), interrupted=False)["summary"]
        assert (summary["holds"], summary["nondeterministic"]["cases"]) == (holds, 1)


def test_deterministic_engines_have_no_word_of_it_in_their_results() -> None:
    results = document(right)
    assert exit_code(results) == HOLDS
    assert "nondeterministic" not in results["summary"]
    checks = [check for record in results["cases"] for check in record["checks"]]
    assert not [check for check in checks if "ending" in check or "change" in check or check["claim"] == CLAIM_CALLS]
