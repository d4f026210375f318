"""The code of the judge itself loosened, or tightened, in one place: the graded faults show it, whose sizes come from
elsewhere. The same faults pass with the judge as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify import verdicts
from backproof.verify.derivatives import polydiscs
from backproof.verify.proofs import quantities, steps
from backproof.verify.results import ledger, tally
from backproof.verify.rounding import bounds
from backproof.verify.selftest.graded.catalogue import all_faults
from backproof.verify.selftest.graded.fault import Fault, try_fault
from backproof.verify.selftest.graded.judge import Judge
from backproof.verify.three_way import definition, directional, floats, theorem_1, theorem_2
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.routes import Routes

GRADES = (None, 0.0, 0.99, 1.01)


def failing(check: str, word: str = "", places: int = 2) -> list[str]:
    """What of the faults of a check (whose words hold `word`) did not end as it should, with a judge that nothing else has
    used."""
    chosen = [fault for fault in all_faults() if isinstance(fault, Fault) and fault.check == check and word in fault.words]
    chosen = [fault for fault in chosen if fault.grade in GRADES and "million" not in fault.words]
    assert chosen
    sampled = [replace(fault, places=dict(list(fault.places.items())[:places])) for fault in chosen]
    judge = Judge(Routes(), recount=lambda document: [])
    if check == "recount":
        judge = Judge(Routes())
    return [f"{fault.words}, {fault.grade}" for fault in sampled if not try_fault(fault, judge).ok]


def times(factor: float) -> Callable[[Any], Any]:
    def changed(original: Any) -> Any:
        def allowed(*given: Any, **options: Any) -> Any:
            rounding, underflow = original(*given, **options)
            return rounding * factor, underflow

        return allowed

    return changed


def radii(factor: int) -> Callable[[Any], Any]:
    def wider(array: Any) -> Any:
        return np.array([arb(ball.mid(), factor * ball.rad()) for ball in array.reshape(-1)], dtype=object).reshape(array.shape)

    return lambda original: lambda left, right: original(wider(left), wider(right))


def shares(factor: float) -> Callable[[Any], Any]:
    return lambda original: lambda value, true, allowed: factor * original(value, true, allowed)


def errors(factor: float) -> Callable[[Any], Any]:
    return lambda original: (
        lambda left, right: original(replace(left, error=factor * left.error), replace(right, error=factor * right.error))
    )


def roundings(more: int) -> Callable[[Any], Any]:
    """γ of so many roundings more, or less."""
    return lambda original: lambda m, u: original(m + more, u)


def bounded(factor: float) -> Callable[[Any], Any]:
    """Running bounds of adjoints that are so many times as large."""

    def changed(original: Any) -> Any:
        return lambda *given: {j: replace(one, error=factor * one.error) for j, one in original(*given).items()}

    return changed


def nothing_apart(original: Any) -> Any:
    return lambda *given: theorem_2.Agreement()


def no_failures(original: Any) -> Any:
    return lambda self, verdict, detail, failures: self


def nearly_equal(original: Any) -> Any:
    """Equal up to one part in a million."""

    def forgiving(left: Any, right: Any) -> Any:
        close = all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(left.reshape(-1), right.reshape(-1), strict=True))
        return theorem_2.Agreement() if close else original(left, right)

    return forgiving


class Forgetful(set[int]):
    """Vertices outside of their domain, none of which is remembered."""

    def add(self, _: int, /) -> None:
        return


MUTATED: list[tuple[str, str, object, str, Callable[[Any], Any]]] = [
    ("Theorem 2, float64", "", theorem_2, "allowed_distance", times(3.0)),
    ("Theorem 2, float64", "", theorem_2, "allowed_distance", times(1.015)),
    ("Theorem 2, float64", "", theorem_2, "allowed_distance", times(0.985)),
    ("Theorem 2, float64", "", theorem_2, "gamma", roundings(2)),
    ("Theorem 2, float64", "", theorem_2, "gamma", roundings(-2)),
    ("Theorem 2, mpmath", "", theorem_2, "gamma", roundings(2)),
    ("Theorem 2, mpmath", "", theorem_2, "allowed_distance", times(3.0)),
    ("Theorem 2, mpmath", "", theorem_2, "within", nothing_apart),
    ("Theorem 2, ball", "", theorem_2, "overlapping", radii(3)),
    ("Theorem 2, ball", "", theorem_2, "overlapping", nothing_apart),
    ("Theorem 2, rational", "", theorem_2, "equal", nothing_apart),
    ("Theorem 2, rational", "", theorem_2, "equal", nearly_equal),
    ("Theorem 1, ball", "wider", theorem_1, "LOOSEST", lambda original: 9.99),
    ("Theorem 1, ball", "wider", theorem_1, "LOOSEST", lambda original: 10.01),
    ("Theorem 1, ball", "", Comparison, "with_failures", no_failures),
    ("Theorem 1, mpmath", "estimate", theorem_1, "LOST_DIGITS", lambda original: 11),
    ("Theorem 1, mpmath", "", Comparison, "with_failures", no_failures),
    *(("floats, " + name, "", floats, "share_of_bound", shares(1 / 3)) for name in ("float64", "float32", "float16", "bfloat16")),
    *(("floats, " + name, "", bounds, "gamma", roundings(1)) for name in ("float64", "float16", "bfloat16")),
    *(("floats, " + name, "", bounds, "gamma", roundings(-1)) for name in ("float32", "float16")),
    ("floats, float64", "", bounds, "SLACK", lambda original: 1.02),
    ("floats, float32", "", Comparison, "with_failures", no_failures),
    ("steps, float64", "both bring along", steps, "_apart", errors(3.0)),
    ("steps, mpmath", "both bring along", steps, "_apart", errors(0.98)),
    ("steps, mpmath", "as it is stated", quantities, "with_bounds", bounded(3.0)),
    ("steps, float64", "as it is stated", quantities, "with_bounds", bounded(0.9)),
    ("steps, rational", "10⁻³⁰⁰", steps, "_apart", lambda original: lambda left, right: ([], math.inf)),
    ("Theorem 1, along directions", "estimate above", directional, "LOST_DIGITS", lambda original: 11),
    ("Theorem 1, along directions", "", Comparison, "with_failures", no_failures),
    ("definition, float64", "", definition, "gamma", roundings(2)),
    ("definition, float64", "", definition, "within", nothing_apart),
    ("definition, ball", "", definition, "overlapping", radii(3)),
    ("definition, rational", "", definition, "equal", nearly_equal),
    ("enclosures", "outside", polydiscs, "Evaluation", lambda original: lambda: replace(original(), undefined=Forgetful())),
]


@pytest.mark.parametrize(("check", "word", "owner", "name", "mutated"), MUTATED)
def test_a_judge_that_is_changed_in_one_place_is_seen(
    check: str, word: str, owner: Any, name: str, mutated: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, mutated(getattr(owner, name)))
    assert failing(check, word, places=20 if check == "enclosures" else 2)


@pytest.mark.parametrize(
    "said",
    [
        lambda *given, **options: "not checked",
        lambda evidence, cases, *rest, **options: verdicts.evidence_words(evidence, cases + 1, *rest, **options),
        lambda evidence, cases, *rest, **options: "exact on 0 cases",
        lambda evidence, cases, *rest, **options: verdicts.Evidence.MACHINE_CHECKED.value,
    ],
)
@pytest.mark.parametrize("owner", [tally, ledger])
def test_words_of_evidence_that_say_something_else_are_seen(said: Any, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "evidence_words", said)
    assert failing("recount", "as it is written")


def test_the_judge_as_it_is_passes_the_same() -> None:
    checks = {(check, word) for check, word, *_ in MUTATED}
    assert [failing(check, word) for check, word in sorted(checks) if failing(check, word)] == []
    assert failing("recount", "as it is written") == []
