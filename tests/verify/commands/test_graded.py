"""`backproof selftest --graded`: the table, the document, and that it fails for every check that is loosened: one that
always passes, one that is dropped, and one that allows three times as much.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.campaign.workers import Crash, Done, Outcome
from backproof.verify.commands import graded
from backproof.verify.commands.main import run_command
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.proofs import steps
from backproof.verify.rounding.bounds import Bounds, bounds_in_each
from backproof.verify.selftest.faults import forgiving
from backproof.verify.selftest.graded.catalogue import all_checks, all_faults, grades_of
from backproof.verify.selftest.graded.counts import PLANNED, RECOUNT
from backproof.verify.selftest.graded.fault import Fault, Tried, try_fault
from backproof.verify.selftest.graded.judge import Judge, document_of, name_of
from backproof.verify.selftest.graded.outside import ENCLOSURES
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.directional import paths_along_directions
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import paths_against_differences, paths_against_enclosures
from backproof.verify.three_way.theorem_2 import adjoints_against_paths
from backproof.verify.verdicts import Verdict

MODULAR = "Theorem 2, modulo a prime"
FEW = ("Theorem 2, rational", "floats, bfloat16", "steps, free")


def sampled(check: str) -> list[Fault]:
    """The faults of a check that are just beyond a bound or have none, each at its first place; a million paths once."""
    faults = [fault for fault in all_faults() if fault.check == check and isinstance(fault, Fault) and fault.grade in (None, 0.9, 1.01)]
    faults = [fault for fault in faults if "million" not in fault.words or (check == MODULAR and fault.words.endswith("missed"))]
    return [replace(fault, places=dict(list(fault.places.items())[:1])) for fault in faults]


def exit_code_with(judge: Judge, check: str, monkeypatch: pytest.MonkeyPatch, every: bool = False) -> int:
    """The exit code of the command with this judge, for the first fault that should be caught, or for every one."""
    faults = [fault for fault in sampled(check) if every or not fault.should_pass]
    tried = [try_fault(fault, judge) for fault in (faults if every else faults[:1])]
    monkeypatch.setattr(graded, "try_all_checks", lambda jobs, stop: iter([Done(check, tried)]))
    return run_command(["selftest", "--graded", "--no-color"])


def of_comparisons(change: Callable[[str, Any], Any]) -> Judge:
    """A judge whose comparisons, and findings of steps, are changed by name; None is dropped."""

    def check(*given: Any, **options: Any) -> CaseResult:
        found = check_case(*given, **options)
        changed = [change(name_of(comparison), comparison) for comparison in found.comparisons]
        return replace(found, comparisons=tuple(comparison for comparison in changed if comparison is not None))

    def findings(*given: Any) -> Iterator[Any]:
        for found in steps.check_case_theorems(*given):
            kept = change(f"steps, {found.system.split('(')[0]}", found)
            if kept is not None:
                yield kept

    return Judge(check=check, steps=findings)


def always_passing(check: str) -> Judge:
    def passing(name: str, compared: Any) -> Any:
        return replace(compared, verdict=Verdict.CORRECT, failures=()) if name == check else compared

    judge = of_comparisons(passing)
    if check == ENCLOSURES:
        anything = Enclosure.of([[0]], [[0]])
        return Judge(Routes(enclosures=lambda *given: dict.fromkeys(enclosures_or_hulls(*given), anything)))
    if check == PLANNED:
        return Judge(document=lambda records, planned: document_of(records, len(records)))
    return replace(judge, recount=lambda document: []) if check == RECOUNT else judge


def dropped(check: str) -> Judge:
    if check in (ENCLOSURES, PLANNED, RECOUNT):
        return always_passing(check)
    return of_comparisons(lambda name, compared: None if name == check else compared)


def tripled(ball: Any) -> Any:
    return arb(ball.mid(), 3 * ball.rad())


def wider(array: Any) -> Any:
    return np.array([tripled(ball) for ball in array.reshape(-1)], dtype=object).reshape(array.shape)


def loose_adjoints(graph: Any, p: Any, cotangent: Any, sums: Any, system: Any) -> Any:
    if system.exact or system.name.startswith("mod "):
        return forgiving(adjoints_against_paths)(graph, p, cotangent, sums, system)
    if system.family == "ball":
        p, sums = {j: wider(a) for j, a in p.items()}, {j: replace(total, value=wider(total.value)) for j, total in sums.items()}
    else:
        sums = {j: replace(total, magnitude=3 * total.magnitude) for j, total in sums.items()}
    return adjoints_against_paths(graph, p, cotangent, sums, system)


def loose_enclosures(graph: Any, sums: Any, found: Any, system: Any) -> Any:
    loose = {pair: Enclosure(wider(one.balls), one.radius) if isinstance(one, Enclosure) else one for pair, one in found.items()}
    return paths_against_enclosures(graph, sums, loose, system)


def loose_differences(graph: Any, sums: Any, moved: Any, system: Any, digits: int) -> Any:
    loose = {j: {k: replace(one, estimate=3 * one.estimate) for k, one in found.items()} for j, found in moved.items()}
    return paths_against_differences(graph, sums, loose, system, digits)


def loose_directions(graph: Any, sums: Any, along: Any, moved: Any, digits: int) -> Any:
    loose = {k: replace(one, estimate=3 * one.estimate) for k, one in moved.items()}
    return paths_along_directions(graph, sums, along, loose, digits)


def loose_bounds(rounded: Any) -> dict[str, Bounds]:
    return {
        name: replace(bounds, allowed={j: 3 * allowed for j, allowed in bounds.allowed.items()})
        for name, bounds in bounds_in_each(rounded).items()
    }


LOOSE = Judge(
    Routes(
        judge_adjoints=loose_adjoints,
        judge_enclosures=loose_enclosures,
        judge_derivatives=loose_differences,
        judge_directions=loose_directions,
        bounds=loose_bounds,
    )
)
WITH_A_BOUND = [check for check in all_checks() if 1.01 in grades_of(check)]


def test_every_comparison_that_a_case_ends_in_has_graded_faults() -> None:
    compared = {fault.check for fault in all_faults()}
    assert {name for fault in all_faults() if isinstance(fault, Fault) for name in seen_of(fault)} <= compared
    assert len(WITH_A_BOUND) == 14


def seen_of(fault: Fault) -> set[str]:
    """What a judge says at the first place of an unfaulted row."""
    return set(next(iter(fault.places.values()))(Judge())) if fault.grade == 0.0 else set()


@pytest.mark.parametrize("check", all_checks())
def test_a_check_that_always_passes_fails_the_command(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_with(always_passing(check), check, monkeypatch) == 1


@pytest.mark.parametrize("check", all_checks())
def test_a_check_that_is_dropped_fails_the_command(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_with(dropped(check), check, monkeypatch) == 1


@pytest.mark.parametrize("check", [check for check in WITH_A_BOUND if not check.startswith(("steps", "definition"))])
def test_a_bound_three_times_as_large_fails_the_command(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_with(LOOSE, check, monkeypatch) == 1


@pytest.mark.parametrize("check", [check for check in WITH_A_BOUND if check.startswith("steps")])
def test_a_running_bound_three_times_as_large_fails_the_command(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = vars(steps)["_apart"]
    monkeypatch.setattr(
        steps, "_apart", lambda left, right: apart(replace(left, error=3 * left.error), replace(right, error=3 * right.error))
    )
    loosened = Judge(recount=lambda document: [])  # another judge than the right one, whose findings are kept
    assert exit_code_with(loosened, check, monkeypatch) == 1


def test_exact_numbers_that_forgive_fail_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_with(LOOSE, "Theorem 2, rational", monkeypatch) == 1


@pytest.mark.parametrize("check", all_checks())
def test_the_judge_as_it_is_passes(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_with(Judge(), check, monkeypatch, every=True) == 0


def few(jobs: int, stop: Callable[[], bool]) -> Iterator[Outcome[str, list[Tried]]]:
    return iter([Done(check, [try_fault(fault, Judge()) for fault in sampled(check)]) for check in FEW])


def test_the_table_and_the_document_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(graded, "try_all_checks", few)
    kept, page = tmp_path / "graded.json", tmp_path / "graded.html"
    assert run_command(["selftest", "--graded", "--json", str(kept), "--html", str(page), "--no-color"]) == 0
    out = capsys.readouterr().out
    document = json.loads(kept.read_text(encoding="utf-8"))
    faults = document["graded"]["faults"]
    assert [fault["check"] for fault in faults if f"\n{fault['check']}\n" not in out] == []
    caught, passed = (sum(fault["outcome"] == outcome for fault in faults) for outcome in ("caught", "passes"))
    assert (document["graded"]["caught"], document["graded"]["passed"]) == (caught, passed)
    assert out.rstrip().endswith(
        f"{caught} of {caught} faults caught, {passed} of {passed} within their bounds pass, 0 below the resolution of every check"
    )
    assert "a leaf&#39;s adjoint off by the rounding bound" in page.read_text(encoding="utf-8")
    assert document["run"]["command"] == "backproof selftest --graded"


def test_ctrl_c_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def pressed(jobs: int, stop: Callable[[], bool]) -> Iterator[Outcome[str, list[Tried]]]:
        yield Done("a check", [Tried("a check", "a fault", None, "caught", 1, 1)])
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(graded, "try_all_checks", pressed)
    assert run_command(["selftest", "--graded", "--no-color"]) == 2
    assert capsys.readouterr().err == "Interrupted after 1 fault.\n"


def test_a_check_that_ends_its_worker_is_an_internal_error_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(graded, "try_all_checks", lambda jobs, stop: iter([Crash("floats, float16", "its worker died 3 times", 3)]))
    assert run_command(["selftest", "--graded", "--no-color"]) == 3
    assert "failed at 1 of" in capsys.readouterr().err


def test_no_fault_at_all_does_not_hold() -> None:
    assert not graded.graded_document(0, [])["summary"]["holds"]
