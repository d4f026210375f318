"""What a result says of an exploration: the verdict, what it rests on, and the notes, one of each kind first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict
from backproof.verify.gradient_oracle.exploration import Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, note_at
from backproof.verify.gradient_oracle.planned.effort import EFFORTS, Effort
from backproof.verify.gradient_oracle.result import CONSTANTS, KINKS, MOST_NOTES, CheckResult, result_of

X = np.array([0.5, 2.0])


def explored(f: Any, vjp: Any, x: Any = X, effort: Effort = EFFORTS["quick"]) -> Exploration:
    run = Exploration(f, vjp, rng=np.random.default_rng(0), effort=effort)
    run.start((x,))
    return run


def result(f: Any, vjp: Any, x: Any = X) -> CheckResult:
    return result_of("it", explored(f, vjp, x), ())


@pytest.mark.parametrize(
    ("f", "vjp", "x", "verdict", "evidence"),
    [
        (np.exp, lambda args, out, ct: (ct * out,), X, Verdict.CORRECT, "certified on 1 point"),
        (np.exp, lambda args, out, ct: (ct * np.frombuffer(out.tobytes()),), X, Verdict.CORRECT, "within rounding bound on 1 point"),
        (lambda x: np.frombuffer(np.exp(x).tobytes()), lambda args, out, ct: (ct * out,), X, Verdict.CORRECT, "to 6 digits on 1 point"),
        (np.sqrt, lambda args, out, ct: (ct * 0.5 / out,), np.zeros(1), Verdict.INCONCLUSIVE, "not checked"),
        (np.exp, lambda args, out, ct: (ct,), X, Verdict.WRONG, "the fault: certified on 1 point"),
        (np.exp, lambda args, out, ct: (ct[:1],), X, Verdict.WRONG, "the fault: exact on 1 point"),
        (lambda x: np.frombuffer(np.exp(x).tobytes()), lambda args, out, ct: (ct,), X, Verdict.WRONG, "the fault: to 6 digits on 1 point"),
    ],
)
def test_the_evidence_is_what_the_given_arguments_could_show(f: Any, vjp: Any, x: Any, verdict: Verdict, evidence: str) -> None:
    found = result(f, vjp, x)
    assert (found.verdict, found.evidence) == (verdict, evidence)
    assert found.ok is (verdict is Verdict.CORRECT) is (found.reason is None)


def test_a_finding_of_the_protocol_counts_and_is_exact() -> None:
    found = GradientFinding(Verdict.WRONG, Kind.PROTOCOL, "the given arguments", words="the output is changed", size=np.inf)
    wrong = result_of("it", explored(np.exp, lambda args, out, ct: (ct * out,)), [found])
    assert (wrong.verdict, wrong.evidence, wrong.findings) == (Verdict.WRONG, "the fault: exact on 1 point", (found,))
    assert wrong.reason == "WRONG at the given arguments: the output is changed"


def test_why_nothing_could_be_said_is_the_reason() -> None:
    assert (
        result(np.sqrt, lambda args, out, ct: (ct / 0.0,), np.zeros(1)).reason == "unsupported operation: the derivative is not finite here"
    )


def test_what_was_excused_is_noted() -> None:
    assert CONSTANTS in result(lambda x: x / 10, lambda args, out, ct: (0.1 * ct,)).notes
    assert KINKS in result(np.abs, lambda args, out, ct: (ct * np.sign(args[0]),), np.zeros(1)).notes


def test_more_notes_than_are_shown_are_counted_and_so_is_what_was_not_explored() -> None:
    run = Exploration(np.exp, lambda args, out, ct: (ct * out,), rng=np.random.default_rng(0), effort=Effort(6, 1))
    run.start((np.array([0.5]),))
    run.explore(())
    for k in range(MOST_NOTES + 2):
        run.notes[note_at(f"point {k}", "rounding is coarse" if k else "the first of its kind")] = None
    *shown, more, stopped, planned = result_of("it", run, ()).notes
    assert shown == ["at point 0, the first of its kind", "at point 1, rounding is coarse", "at point 2, rounding is coarse"]
    assert more == "and 2 more of these kinds"
    assert stopped.startswith("stopped after 1 points: the code reads ")
    assert "planned points 1 was judged; not judged: " in planned
    assert "for too much work" in planned


def test_decisions_of_which_one_side_was_seen_are_named() -> None:
    (unreached,) = result(lambda x: np.where(x > 9, 0.0, x), lambda args, out, ct: (ct * (args[0] <= 9),)).unreached[:1]
    assert unreached.startswith("x > 9 at test_result.py:")
    assert unreached.endswith("was only False")
