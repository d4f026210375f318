"""Every word that reports print is explained, however it is typed; what nobody knows gets what is near."""

from __future__ import annotations

import pytest

from backproof.verify.commands.guide.explain import meanings, run_explain
from backproof.verify.commands.guide.facts import all_facts
from backproof.verify.commands.options import ExplainOptions, Output
from backproof.verify.verdicts import Evidence, evidence_words


@pytest.mark.parametrize("evidence", Evidence)
@pytest.mark.parametrize("cases", [1, 1200])
def test_evidence_is_known_with_its_numbers(evidence: Evidence, cases: int) -> None:
    for unit in ("case", "point"):
        words = evidence_words(evidence, cases, 50, unit=unit).replace("≤ N", "≤ 5")
        assert [fact.name for fact in meanings(words, all_facts())] == [evidence.value]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("wrong", ["WRONG"]),
        ("ulps", ["ulps"]),
        ("path sum", ["path, path sum"]),
        ("certified", ["certified on N cases"]),
        ("exhaustive, n <= 6", ["exhaustive, n ≤ N"]),
        ("exit 2", ["2"]),
        ("EXIT CODE 2", ["2"]),
        ("last consumer only", ["last consumer only"]),
        ("case_seconds", ["case_seconds"]),
        ("outside the domain", ["outside the domain"]),
        ("gauss", []),
        ("", []),
    ],
)
def test_words_are_known_however_they_are_typed(typed: str, names: list[str]) -> None:
    assert [fact.name for fact in meanings(typed, all_facts())] == names


def test_every_fact_explains_itself() -> None:
    known = all_facts()
    assert [fact.name for fact in known if fact not in meanings(fact.name, known)] == []


def test_verbose_says_all_and_quiet_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    run_explain(ExplainOptions("path-sum", Output(verbose=True)))
    assert "  step 1: chain rule over the last edges (L15 (1)): " in capsys.readouterr().out
    run_explain(ExplainOptions("WRONG", Output(quiet=True)))
    assert capsys.readouterr().out == "The two sides differ by more than rounding or the error estimate can explain.\n"
