"""Facts come from where they are defined, and every word that a report uses has one."""

from __future__ import annotations

from backproof.reports.glossary import EVIDENCE, REASONS, VERDICTS
from backproof.verify.commands.guide.facts import SOURCES, all_facts, facts_about
from backproof.verify.commands.guide.typed import LISTS
from backproof.verify.selftest.mutants import MUTANTS
from backproof.verify.verdicts import Evidence, Reason, Verdict


def test_the_glossary_has_the_words_that_are_used_and_no_others() -> None:
    assert {entry.word for entry in VERDICTS} == {verdict.value for verdict in Verdict}
    assert [entry.word for entry in EVIDENCE] == [evidence.value for evidence in Evidence]
    assert [entry.word for entry in REASONS] == [reason.value for reason in Reason]


def test_everything_that_can_be_listed_has_a_source() -> None:
    assert set(LISTS) == set(SOURCES)
    assert all(fact.name and fact.kind and fact.words for fact in all_facts())


def test_a_fact_is_what_its_source_says() -> None:
    assert [fact.words for fact in facts_about("mutants")] == [mutant.words for mutant in MUTANTS]
