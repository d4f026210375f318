"""A result in one line and on a screen: verdict, counts, evidence, the first clear finding; what is left out is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backproof.verify import CheckResult, Verdict, check
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind

X = np.array([0.5, -2.0])


@pytest.fixture(scope="module")
def wrong() -> CheckResult:
    return check(lambda x: x * x, (X,), vjp=lambda args, out, ct: (ct * args[0],), name="square", effort="quick")


def test_a_wrong_result_is_a_line_and_a_screen(wrong: CheckResult) -> None:
    assert repr(wrong).startswith("<CheckResult WRONG: square, 2 findings at 1 point, gradient of argument 0[0] is 0.06")
    assert len(repr(wrong)) <= 160
    lines = str(wrong).splitlines()
    assert len(lines) <= 25
    assert lines[0].startswith("square is WRONG at the given arguments: gradient of argument 0[0] (")
    assert lines[1].startswith("  found     0.06")
    assert lines[2].startswith("  certified 0.12")
    assert lines[3].strip() == "^ the first wrong digit"
    assert lines[4] == "  2 findings: result.findings; 1 point judged, 0 certified; 2 entries compared; the fault: certified on 1 point"
    assert "diagnosis: " in str(wrong)
    assert "to see it again:" in str(wrong)


def test_many_notes_and_findings_stay_on_a_screen_and_are_counted(wrong: CheckResult) -> None:
    full = replace(
        wrong, findings=wrong.findings * 500, notes=tuple(f"note {k} {'x' * 900}" for k in range(30)), reproduction="line\n" * 90
    )
    assert len(repr(full)) <= 160
    lines = str(full).splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 250
    assert "  1,000 findings: result.findings" in lines[4]
    assert "  and 27 more notes: result.notes" in lines
    assert lines[-2:] == ["  to see it again: print(result.reproduction)", "  all of it: print(result.explain())"]


def test_the_first_clear_finding_is_shown_not_a_tiny_one_before_it(wrong: CheckResult) -> None:
    tiny = GradientFinding(Verdict.WRONG, Kind.FORMULA, "tiny values", 0, (0,), "1.0", "1.000000001", 1e-9)
    assert "tiny values" not in str(replace(wrong, findings=(tiny, *wrong.findings))).splitlines()[0]


def test_a_right_result_says_what_it_rests_on() -> None:
    right = check(np.tanh, (X,), vjp=lambda args, out, ct: (ct * (1 - out * out),), name="tanh", effort="quick")
    assert repr(right).startswith("<CheckResult CORRECT: tanh, certified on ")
    assert str(right).splitlines()[0].startswith("tanh is CORRECT: certified on ")


def test_a_protocol_fault_is_said_without_values() -> None:
    def raises(args: tuple[np.ndarray, ...], out: np.ndarray, ct: np.ndarray) -> tuple[np.ndarray, ...]:
        raise RuntimeError("not yet")

    result = check(np.tanh, (X,), vjp=raises, effort="quick")
    assert "RuntimeError: not yet" in repr(result)
    assert "RuntimeError: not yet" in str(result).splitlines()[0]
