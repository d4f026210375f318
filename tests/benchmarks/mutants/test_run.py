"""The score adds up, a run goes on where it stopped, and what is called equivalent must not be noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.measure import Disagreement
from benchmarks.mutants import run as page
from benchmarks.mutants.run import Outcome, equivalent, kept, run, score, survivors, words
from benchmarks.mutants.sample import ROOT, Mutant, sample


def test_the_score_counts_each_once() -> None:
    outcomes = [
        Outcome("a", "verify", "verdict", 1.0),
        Outcome("b", "selftest", "crash", 1.0),
        Outcome("c", "its tests", "verdict", 1.0),
        Outcome("d", "", "survives", 1.0),
        Outcome("e", "", "survives", 3596.0),
    ]
    found = score(outcomes, {"e": "never read"})
    assert (found.mutants, found.equivalent, found.commands, found.crashes, found.tests) == (5, 1, 2, 1, 1)
    assert words(found) == (
        "5 changes, 1 equivalent; the commands notice 2 of 4 (50%, 1 of them by crash or hang), with the tests 3 (75.0%); 1.00 CPU hours"
    )


def test_a_mutant_that_is_noticed_is_not_equivalent() -> None:
    with pytest.raises(Disagreement, match="a is called equivalent, and selftest notices it"):
        score([Outcome("a", "selftest", "verdict", 1.0)], {"a": "it is not"})


def test_every_equivalent_one_is_of_the_sample_and_has_its_proof() -> None:
    known = {mutant.id for mutant in sample(ROOT, page.SEED, page.COUNT)}
    proofs = equivalent()
    assert set(proofs) <= known
    assert all(len(proof.split()) >= 3 and "\n" not in proof for proof in proofs.values())
    assert len(proofs) <= 0.15 * page.COUNT


def test_a_run_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fake(copy: Any, mutant: Mutant, all_tests: bool) -> Outcome:
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append(mutant.id)
        return Outcome(mutant.id, "verify", "verdict", 1.0)

    monkeypatch.setattr(page, "tried", fake)
    monkeypatch.setattr(page, "bench", lambda checkout, place: None)
    monkeypatch.setattr(page, "holds", lambda copy: "")
    file = tmp_path / "m.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(file, 5)
    file.write_bytes(file.read_bytes() + b'{"sum":"0')  # a line that was cut off is asked again
    with pytest.raises(KeyboardInterrupt):
        run(file, 5)
    asked[:] = asked[:1]
    assert [one.id for one in run(file, 5)] == [mutant.id for mutant in sample(ROOT, 0, 5)]
    asked.clear()
    run(file, 5)
    assert asked == []


def test_a_judge_that_does_not_hold_unchanged_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "bench", lambda checkout, place: None)
    monkeypatch.setattr(page, "holds", lambda copy: "verify")
    with pytest.raises(Disagreement, match="verify does not hold on the unchanged code"):
        run(tmp_path / "m.jsonl", 1)


def test_a_file_of_another_sample_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m").touch()  # an empty one is begun
    kept(tmp_path / "m", {"seed": 0, "judge": "x"})
    assert kept(tmp_path / "m", {"seed": 0, "judge": "x"}) == {}
    with pytest.raises(Disagreement, match="is of another sample"):
        kept(tmp_path / "m", {"seed": 1, "judge": "x"})


def test_survivors_are_told_with_what_was_changed() -> None:
    mutants = sample(ROOT, 0, 2)
    told = survivors([Outcome(mutants[0].id, "", "survives", 1.0), Outcome(mutants[1].id, "verify", "verdict", 1.0)], mutants, {})
    assert len(told) == 1
    assert told[0].startswith(mutants[0].id)
    assert told[0].endswith("(not noticed)")
