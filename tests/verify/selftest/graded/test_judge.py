"""What a checked case says, check by check: a comparison that is not there has no name."""

from __future__ import annotations

from backproof.engine import FLOAT32, number_system
from backproof.verify.selftest.graded.judge import PATHS, REFUSED, Judge
from backproof.verify.selftest.graded.points import cancelling, million_paths, one_function
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict


def test_every_dtype_and_number_system_has_a_name_of_its_own() -> None:
    seen = Judge().seen(cancelling(), dtypes=(FLOAT32, number_system("bfloat16")))
    assert list(seen) == [
        *(f"Theorem 2, {system}" for system in ("rational", "float64", "ball", "mpmath")),
        "Theorem 1, ball",
        "Theorem 1, mpmath",
        "floats, float32",
        "floats, bfloat16",
    ]
    assert set(seen.values()) == {Verdict.CORRECT}
    assert "Theorem 2, mpmath" not in Judge().seen(cancelling(), witness=Witness.NONE)


def test_very_many_paths_are_compared_modulo_a_prime_too() -> None:
    assert Judge().seen(million_paths(11), witness=Witness.NONE)["Theorem 2, modulo a prime"] is Verdict.CORRECT


def test_a_wrong_enumeration_and_a_refused_case_are_checks_of_their_own() -> None:
    assert Judge().seen(million_paths(2), Routes(paths=lambda graph, j, k: iter(())))[PATHS] is Verdict.WRONG
    assert Judge().seen(one_function("log", -1)) == {REFUSED: Verdict.INCONCLUSIVE}


def test_findings_are_known_by_theorem_step_and_number_system() -> None:
    assert not Judge().findings(cancelling(), ())
