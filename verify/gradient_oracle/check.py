"""`check(f, args, vjp=…)`: is this backward pass the derivative of this forward pass?

`f(*args)` and `vjp(args, out, cotangent)` are plain NumPy code. Both run on certified numbers (`lift/`), at the given
arguments and at others that are chosen by reading the code: both sides of every comparison that it takes, other shapes,
ties, zeros, repeated indices, small and large magnitudes (`exploration.py`). At each of them `judge.py` compares; at
the given arguments `probes/` try the protocol: calling twice, another forward in between, cotangents of every layout,
mutation. The result is a verdict with its evidence, and `explain()`.

>>> def softplus(x):
...     return np.log1p(np.exp(x))
>>> check(softplus, (np.array([0.5, -1.0]),), vjp=lambda args, out, ct: (ct / (1 + np.exp(-args[0])),)).ok
True
>>> result = check(softplus, (np.array([0.5, -1.0]),), vjp=lambda args, out, ct: (ct / (1 + np.exp(args[0])),), name="softplus")
>>> result.verdict, result.findings[0].argument
(<Verdict.WRONG: 'WRONG'>, 0)
>>> assert_correct(softplus, (np.array([0.5]),), vjp=lambda args, out, ct: (0.99 * ct / (1 + np.exp(-args[0])),))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
AssertionError: <lambda> is WRONG: ...
>>> check(softplus, (np.array([0.5]),))
Traceback (most recent call last):
    ...
ValueError: nothing to check: give vjp=… (a function of args, out, cotangent) or gradient=… (a function of the arguments)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from backproof.verify.gradient_oracle.diagnosis import diagnosis_of
from backproof.verify.gradient_oracle.exploration import EFFORTS, GIVEN, Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.probes.calls import ProtocolFinding
from backproof.verify.gradient_oracle.probes.probes import probe
from backproof.verify.gradient_oracle.reproduction import reproduction
from backproof.verify.gradient_oracle.result import CheckResult, result_of
from backproof.verify.gradient_oracle.running import Question, is_float, run_floats
from backproof.verify.lift.lifted import Function
from backproof.verify.verdicts import Verdict


def check(
    f: Function,
    args: Sequence[Any],
    vjp: Function | None = None,
    *,
    gradient: Function | None = None,
    cotangent: Any = None,
    reference: Function | None = None,
    domain: Callable[..., bool] | None = None,
    effort: Literal["quick", "default", "thorough"] = "default",
    seed: int = 0,
    name: str | None = None,
) -> CheckResult:
    """Check a backward pass written in NumPy.

    `vjp(args, out, cotangent)` returns one gradient for each argument (None for arguments that are no floats),
    `gradient(*args)` the gradients of a scalar f. `reference` is another forward, in plain NumPy, for an f that is a
    compiled kernel. `domain(*args)` says which arguments f is meant for. `effort` bounds the number of points.
    ValueError for arguments that leave nothing to check.
    """
    backward = _backward(vjp, gradient)
    given = tuple(args) if isinstance(args, tuple | list) else (args,)
    if not any(is_float(a) for a in given):
        raise ValueError(f"nothing to differentiate: none of the {len(given)} arguments is a float or an array of floats")
    if effort not in EFFORTS:
        raise ValueError(f"effort must be one of {', '.join(EFFORTS)}, found {effort!r}")
    rng = np.random.default_rng(seed)
    run = Exploration(reference or f, backward, rng=rng, effort=EFFORTS[effort], domain=domain, cotangent=cotangent)
    run.start(given)
    broken = any(finding.kind in (Kind.SHAPE, Kind.PROTOCOL) for finding in run.findings)
    probed = () if broken else probe(f, given, backward, run.taken[0].cotangent)
    protocol = [_as_finding(found) for found in probed]
    if not any(finding.verdict is Verdict.WRONG for finding in (*run.findings, *protocol)):
        run.explore((f, vjp or gradient or f))
    shown = name or getattr(vjp or gradient, "__name__", "the backward pass")
    result = result_of(shown, run, protocol)
    return result if result.ok else _located(result, run, f, vjp, gradient, seed)


def assert_correct(f: Function, args: Sequence[Any], vjp: Function | None = None, **options: Any) -> None:
    """`check`, and an AssertionError with its explanation unless the verdict is CORRECT."""
    result = check(f, args, vjp, **options)
    if not result.ok:
        raise AssertionError(result.explain())


def _backward(vjp: Function | None, gradient: Function | None) -> Function:
    """The one of both that is given, called as a vjp."""
    what = "give vjp=… (a function of args, out, cotangent) or gradient=… (a function of the arguments)"
    if vjp is not None and gradient is not None:
        raise ValueError(f"{what}, and not both")
    if vjp is not None:
        return vjp
    if gradient is None:
        raise ValueError(f"nothing to check: {what}")

    def scaled(args: Sequence[Any], out: Any, cotangent: Any) -> Any:
        found = gradient(*args)
        parts = found if isinstance(found, tuple | list) else (found,)
        return tuple(None if part is None else cotangent * part for part in parts)

    return scaled


def _as_finding(found: ProtocolFinding) -> GradientFinding:
    """What a probe found, as one of the findings of a check."""
    return GradientFinding(Verdict.WRONG, Kind.PROTOCOL, GIVEN, found.argument, None, found.left, "", math.inf, found.sentence)


def _located(result: CheckResult, run: Exploration, f: Function, vjp: Function | None, gradient: Function | None, seed: int) -> CheckResult:
    """With what a failing check says of its point: sizes, diagnosis, reproduction."""
    worst = result.findings[0] if result.findings else None
    args, cotangent = run.failing(worst.point if worst else GIVEN)
    sizes = tuple(int(np.size(a)) for a in args)
    diagnosis = None
    if worst and worst.verdict is Verdict.WRONG and worst.kind in (Kind.FORMULA, Kind.FLOATS, Kind.SHAPE):
        _, gradients, _ = run_floats(Question(run.f, run.vjp, args, cotangent, GIVEN))
        diagnosis = diagnosis_of(run.f, args, cotangent, gradients)
    shown = cotangent if vjp is not None else None
    return replace(result, sizes=sizes, diagnosis=diagnosis, reproduction=reproduction(f, vjp, args, shown, seed, gradient))
