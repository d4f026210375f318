"""All wrong gradients at once: the cotangent, exchanged and merged gradients, the last use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle import check as check_module
from backproof.verify.gradient_oracle import diagnosis as diagnosis_module
from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.probes import probes
from backproof.verify.verdicts import Verdict

A, B = np.array([0.5, -1.0, 2.0]), np.array([1.5, 0.25, -0.75])


def weighted(a: Any, b: Any) -> Any:
    return a * np.exp(b)


def said(vjp: Any, f: Any = weighted, args: Any = (A, B)) -> tuple[set[Fault], str]:
    result = check(f, args, vjp=vjp, effort="quick")
    assert result.diagnosis is not None, result.explain()
    return result.diagnosis.faults, str(result.diagnosis)


def test_a_gradient_that_does_not_read_its_cotangent() -> None:
    faults, words = said(lambda args, out, ct: (2 * args[0],), lambda a: (a**2).sum(), (A,))
    assert faults & {Fault.COTANGENT}
    assert "cotangent" in words


def test_a_part_that_does_not_read_it() -> None:
    faults, words = said(lambda args, out, ct: (np.exp(args[1]) * ct + 1.0, args[0] * np.exp(args[1]) * ct), lambda a, b: a * np.exp(b) + a)
    assert faults == {Fault.COTANGENT}
    assert words == "a part of the gradient of `a` is made without the cotangent"


def test_a_gradient_of_an_array_that_is_the_same_for_every_cotangent() -> None:
    faults, words = said(lambda args, out, ct: (3 * args[0],), lambda a: a**2, (A,))
    assert faults == {Fault.COTANGENT}
    assert words == "the gradient of `a` does not depend on the cotangent"


def test_a_wrong_gradient_that_is_linear_in_its_cotangent_is_another_matter() -> None:
    faults, words = said(lambda args, out, ct: (ct * np.exp(args[1]) * 2, ct * out))
    assert Fault.COTANGENT not in faults
    assert "cotangent" not in words


def hangs_without_a_cotangent(args: Any, out: Any, ct: Any) -> Any:
    while not np.any(ct):
        pass
    return (3 * args[0] * ct + ct.sum(),)


def test_a_backward_that_does_not_come_back_when_it_is_asked_again_is_still_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "SECONDS", 0.2)
    monkeypatch.setattr(diagnosis_module, "SECONDS", 0.2)
    monkeypatch.setattr(probes, "SECONDS", 0.2)
    result = check(lambda a: a**2, (A,), vjp=hangs_without_a_cotangent)
    assert result.verdict is Verdict.WRONG
    assert not result.reason or "time" not in result.reason


def test_exchanged() -> None:
    faults, words = said(lambda args, out, ct: (ct * args[0] * np.exp(args[1]), ct * np.exp(args[1])))
    assert faults == {Fault.EXCHANGED}
    assert words == "the gradients of `a` and `b` are exchanged"


def test_merged() -> None:
    def both(args: Any, out: Any, ct: Any) -> Any:
        return ct * np.exp(args[1]) + ct * args[0] * np.exp(args[1]), np.zeros(3)

    faults, words = said(both)
    assert faults == {Fault.MERGED}
    assert words == "the gradient of `b` is added to that of `a`"
