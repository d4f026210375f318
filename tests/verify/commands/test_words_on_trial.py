"""Words that do not say what was counted end `verify` and `selftest` in an error that names both; each word-maker is made
to lie in turn. Right words are believed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.reports import render_html
from backproof.reports.terminal import summary_lines
from backproof.verify.campaign.workers import Done
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands import selftest, verify, words_on_trial
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL
from backproof.verify.commands.options import OracleOptions, Output, SelftestOptions, VerifyOptions
from backproof.verify.commands.oracle import run_oracle
from backproof.verify.commands.selftest import run_selftest_command
from backproof.verify.commands.verify import run_verify
from backproof.verify.commands.words_on_trial import try_words
from backproof.verify.results import case_record, document, ledger, tally
from backproof.verify.results.counts import Counts, counts_words
from backproof.verify.results.derivations import derivation_records
from backproof.verify.selftest.mutants import by_name
from backproof.verify.selftest.trials import Trial, trial_cases, try_mutant
from backproof.verify.verdicts import Evidence, evidence_words

Lie = Callable[[pytest.MonkeyPatch], None]


@cache
def derived() -> list[Any]:
    return derivation_records()[:1]


@cache
def trial() -> Trial:
    return try_mutant(by_name("overwrite"), trial_cases(0, 1)[:6])


def transcendental() -> Case:
    """A case without rational values: one of its planned comparisons is set aside."""
    return make_case("exp", "lecture", Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5])


@pytest.fixture(autouse=True)
def small_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of three cases and of one mutant: their words are those of any run."""
    monkeypatch.setattr(verify, "named_cases", lambda seed: ([*lecture_cases()[:2], transcendental()], []))
    monkeypatch.setattr(verify, "QUICK_SIZE", 2)
    monkeypatch.setattr(verify, "derivation_records", lambda routes: derived())
    monkeypatch.setattr(words_on_trial, "derivation_records", derived)
    monkeypatch.setattr(selftest, "try_all", lambda seed, jobs, stop: iter([Done("overwrite", trial())]))
    monkeypatch.setattr(selftest, "trial_cases", lambda seed: lecture_cases()[:1])


def everywhere(lie: Callable[..., str]) -> Lie:
    """The lie in the place of `evidence_words`, wherever words of a run are made."""

    def told(patch: pytest.MonkeyPatch) -> None:
        for place in (case_record, ledger, tally):
            patch.setattr(place, "evidence_words", lie)

    return told


def at(module: Any, name: str, wrong: Callable[[Any], Any]) -> Lie:
    """A function of a module whose result is made wrong."""
    right = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *given, **named: wrong(right(*given, **named)))


def one_more(evidence: Evidence, cases: int, digits: int | None = None, *, unit: str = "case") -> str:
    return evidence_words(evidence, cases + 1, digits, unit=unit)


def certified(evidence: Evidence, cases: int, digits: int | None = None, *, unit: str = "case") -> str:
    return evidence_words(Evidence.CERTIFIED if evidence is Evidence.ROUNDING else evidence, cases, digits, unit=unit)


def a_digit_more(evidence: Evidence, cases: int, digits: int | None = None, *, unit: str = "case") -> str:
    return evidence_words(evidence, cases, (digits or 0) + 1, unit=unit)


def exhaustive_of_one_more(patch: pytest.MonkeyPatch) -> None:
    right = ledger.exhausted_record
    patch.setattr(document, "exhausted_record", lambda sizes: None if (found := right(sizes)) is None else {**found, "n": found["n"] + 1})


def one_claim_more(rows: list[Any]) -> list[Any]:
    return [{**row, "counts": {**row["counts"], "CORRECT": row["counts"]["CORRECT"] + 1}} for row in rows]


def one_less_not_judged(record: Any) -> str:
    return counts_words({**record, "judged": record["judged"] + 1})


LIES: dict[str, Lie] = {
    "not checked, always": everywhere(lambda *given, **named: "not checked"),
    "exact on 0 cases": everywhere(lambda *given, **named: "exact on 0 cases"),
    "one case more": everywhere(one_more),
    "certified, where floats were within a bound": everywhere(certified),
    "one digit more": everywhere(a_digit_more),
    "1 cases": everywhere(lambda *given, **named: evidence_words(*given, **named).replace("1 case", "1 cases")),
    "one case more in the claims alone": lambda patch: patch.setattr(tally, "evidence_words", one_more),
    "one case more in the theorems alone": lambda patch: patch.setattr(ledger, "evidence_words", one_more),
    "not checked in the cases alone": lambda patch: patch.setattr(case_record, "evidence_words", lambda *given, **named: "not checked"),
    "a share of nothing": lambda patch: patch.setattr(case_record, "share_words", lambda comparison: "0 of the bound"),
    "a share that is smaller": lambda patch: patch.setattr(case_record, "share_words", lambda comparison: "1e-09 of the bound"),
    "a count in the claims that is one more": at(tally.Tally, "claims", one_claim_more),
    "all hold, one more": at(document, "_sentence", lambda words: words.replace("3 cases", "4 cases").replace("2 cases", "3 cases")),
    "nothing of what was not judged": lambda patch: patch.setattr(document, "counts_words", lambda record: ""),
    "one less not judged": lambda patch: patch.setattr(document, "counts_words", one_less_not_judged),
    "all was judged": at(Counts, "record", lambda found: {**found, "judged": found["planned"], "unjudged": []}),
    "a witness of every case": at(
        tally.Tally, "open_sentences", lambda lines: [re.sub(r"Theorem 1, on \d+", "Theorem 1, on 9", line) for line in lines]
    ),
    "exhaustive, of one more": exhaustive_of_one_more,
}
"""What is made to lie, by its words. Without effect on one of the two commands are those in `SILENT`."""
SILENT = {
    ("verify", "a witness of every case")  # all of its cases have one
}


@pytest.mark.parametrize("lie", [name for name in LIES if ("verify", name) not in SILENT])
def test_verify_is_not_green_where_words_lie(lie: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    LIES[lie](monkeypatch)
    assert run_verify(VerifyOptions(cases=0, jobs=1)) == INTERNAL
    told = capsys.readouterr()
    assert "Internal error. Words and counts disagree: " in told.err
    assert "CORRECT  " not in told.out.replace("not CORRECT", "")
    assert "words and counts of this run disagree" in told.out


@pytest.mark.parametrize("lie", [name for name in LIES if ("selftest", name) not in SILENT])
def test_selftest_is_not_green_where_words_lie(lie: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    LIES[lie](monkeypatch)
    assert run_selftest_command(SelftestOptions(jobs=1)) == FAILS
    assert "words and counts disagree: " in capsys.readouterr().out


def test_right_words_are_believed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(html_file=tmp_path / "r.html", json_file=tmp_path / "r.json")
    assert run_verify(VerifyOptions(cases=1, jobs=1, output=output)) == HOLDS
    assert run_selftest_command(SelftestOptions(jobs=1)) == HOLDS
    told = capsys.readouterr()
    assert "1 of 1 wrong engine caught, 0 false alarms" in told.out
    assert "disagree" not in told.out + told.err


def test_a_page_that_counts_one_case_more_ends_verify_and_selftest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def one_case_more(results: Any) -> str:
        return render_html(results).replace("<dt>CORRECT</dt><dd>3</dd>", "<dt>CORRECT</dt><dd>4</dd>")

    monkeypatch.setattr("backproof.verify.commands.session.render_html", one_case_more)
    monkeypatch.setattr(words_on_trial, "render_html", one_case_more)
    assert run_verify(VerifyOptions(cases=0, jobs=1, output=Output(html_file=tmp_path / "r.html"))) == INTERNAL
    assert "the page says {'CORRECT': 4" in capsys.readouterr().err
    assert run_selftest_command(SelftestOptions(jobs=1)) == FAILS


def test_a_line_of_the_terminal_that_says_more_is_caught(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def more(results: Any) -> list[str]:
        return [line.replace("on 2 cases", "on 3 cases") for line in summary_lines(results)]

    monkeypatch.setattr("backproof.verify.commands.session.summary_lines", more)
    assert run_verify(VerifyOptions(cases=0, jobs=1)) == INTERNAL
    assert "is printed, the document has" in capsys.readouterr().err


def test_oracle_is_not_green_where_words_lie(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    options = OracleOptions("examples.scalar_engine:right", functions=("add", "multiply"), scalars=True, cases=2, in_process=True)
    assert run_oracle(options) == HOLDS
    assert "comparisons: " in capsys.readouterr().out
    LIES["one case more"](monkeypatch)
    assert run_oracle(options) == INTERNAL
    assert "Words and counts disagree: " in capsys.readouterr().err


@pytest.mark.parametrize("blind", ["disagreements", "page_disagreements"])
def test_a_reader_that_believes_everything_fails_selftest(
    blind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(words_on_trial, blind, lambda *given: [])
    assert run_selftest_command(SelftestOptions(jobs=1)) == FAILS
    assert "a wrong word was believed: " in capsys.readouterr().out


@pytest.mark.parametrize("place", ["backproof.verify.gradient_oracle.result", "backproof.verify.proofs.derivations"])
@pytest.mark.parametrize("words", ["", "certified on 999 points", "not checked"])
def test_the_words_of_checks_of_code_and_of_derivations_are_read_too(place: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{place}.evidence_words", lambda *given, **named: words or one_more(*given, **named))
    monkeypatch.setattr(words_on_trial, "derivation_records", lambda: derivation_records()[:1])
    tried = try_words()
    assert tried.disagreements
    assert not tried.agree


def test_every_wrong_word_that_is_planted_is_caught() -> None:
    tried = try_words()
    assert (tried.missed, tried.disagreements) == ((), ())
    assert len(tried.planted) > 100
    assert tried.agree
