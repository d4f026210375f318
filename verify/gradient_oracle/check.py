"""`check(f, args, vjp=…)`: is this backward pass the derivative of this forward pass?

`f(*args)` and `vjp(args, out, cotangent)` are plain NumPy code. Both run on certified numbers (`lift/`), at the given
arguments and at others that are chosen by reading the code: both sides of every comparison that it takes, other shapes,
ties, zeros, repeated indices, small and large magnitudes (`exploration.py`). At each of them `judge.py` compares; at
the given arguments `probes/` try the protocol: two calls at once in every order, cotangents of every layout, mutation,
threads, many calls. The result is a verdict with its evidence, and `explain()`.

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
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from time import monotonic
from typing import Any, Literal

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Diagnosis
from backproof.verify.gradient_oracle.diagnosis import diagnosis_of
from backproof.verify.gradient_oracle.exploration import GIVEN, Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.given.arguments import must_lie_in, taken_arguments
from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_number_dtype
from backproof.verify.gradient_oracle.given.functions import taken_functions
from backproof.verify.gradient_oracle.given.options import must_be_required, taken_options
from backproof.verify.gradient_oracle.given.outputs import called_at, must_agree, must_be_scalar, taken_output
from backproof.verify.gradient_oracle.given.words import line_of, one_line
from backproof.verify.gradient_oracle.planned.effort import taken_effort
from backproof.verify.gradient_oracle.planned.sign_of_life import sign_of_life
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.probes.between import after_each
from backproof.verify.gradient_oracle.probes.calls import ProtocolFinding
from backproof.verify.gradient_oracle.probes.probes import SECONDS, probe
from backproof.verify.gradient_oracle.reproduction import reproduction
from backproof.verify.gradient_oracle.result import CheckResult, result_of
from backproof.verify.gradient_oracle.running import Question, is_gradient, run_floats
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import PASSING, OutOfTime, TookTooLong, limited
from backproof.verify.verdicts import Reason, Verdict

EXPLAINED = (Kind.FORMULA, Kind.FLOATS, Kind.SHAPE)
"""Kinds of findings that are about the numbers of one gradient, of which a diagnosis can be made."""


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
    timeout: float | None = None,
    seed: int = 0,
    name: str | None = None,
) -> CheckResult:
    """Check a backward pass written in NumPy.

    `vjp(args, out, cotangent)` returns one gradient for each argument (None for arguments that are no floats),
    `gradient(*args)` the gradients of a scalar f. `reference` is another forward, in plain NumPy, for an f that is a
    compiled kernel. `domain(*args)` says which arguments f is meant for. `effort` bounds the number of points.
    `timeout` is how many seconds of wall clock it may take (10 minutes; 1 for quick, 60 for thorough): code that does
    not come back by then is stopped, in the main thread, and the result is INCONCLUSIVE unless a fault was found.

    What the caller gives and is not taken is a TypeError or a ValueError that says what was found and what to write;
    what f raises at the given arguments passes. What the backward returns or raises is a finding, `sys.exit()` too. A
    keyboard interrupt passes, and a limit of the caller's: a TimeoutError, and whatever the handler of a timer raises.
    Where there is no more memory the result is INCONCLUSIVE.
    """
    given = taken_arguments(args)
    taken_functions(f, len(given), vjp=vjp, gradient=gradient, reference=reference, domain=domain)
    seed, seconds = taken_options(seed=seed, name=name, timeout=timeout)
    bounds = taken_effort(effort)
    limit = bounds.seconds if seconds is None else seconds
    backward = vjp if vjp is not None else scaled(gradient or f)
    run = Exploration(
        reference or f,
        backward,
        rng=np.random.default_rng(seed),
        effort=bounds,
        domain=domain,
        cotangent=cotangent,
        deadline=monotonic() + limit,
    )
    shown = one_line(name or getattr(vjp or gradient, "__name__", "the backward pass"))
    protocol: list[GradientFinding] = []
    stopped: str | None = None
    with sign_of_life(lambda: f"check of {shown}: {len(run.taken)} points judged"):
        try:
            with _whole(limit):
                _look(run, f, given, (f, vjp or gradient or f), gradient is not None, protocol)
                result = result_of(shown, run, protocol, _late(run))
                return result if result.ok else _located(result, run, f, vjp, gradient, seed)
        except Escaped as error:
            raise ValueError(f"f raises {error} when it is called again at the given arguments, at which it had returned") from error.cause
        except OutOfTime as error:
            line = line_of(error)
            stopped = f"{Reason.TIME}: it took {error}{f', in {line}' if line else ''}"
            run.end_early(Why.TIME, f"more than {limit:g} s")
        except MemoryError as error:
            line = line_of(error)
            stopped = f"{Reason.MEMORY}: {one_line(str(error)) or 'no more of it'}{f', in {line}' if line else ''}"
            run.end_early(Why.MEMORY, "while following the code")
    result = result_of(shown, run, protocol, stopped)
    args, at = run.failing(result.findings[0].point if result.findings else GIVEN)
    pasted = reproduction(f, vjp, args, at if vjp is not None else None, seed, gradient)
    return replace(result, sizes=tuple(int(np.size(a)) for a in args), reproduction=pasted)


def assert_correct(
    f: Function, args: Sequence[Any], vjp: Function | None = None, *, require: Literal["certified"] | None = None, **options: Any
) -> None:
    """`check`, and an AssertionError with its explanation unless the verdict is CORRECT. `require="certified"`: also
    unless the formula is certified at every point, and no planned point is left out. ValueError for any other
    requirement.

    >>> square = lambda x: x * x
    >>> assert_correct(square, (np.ones(2),), vjp=lambda args, out, ct: (2 * ct * args[0],), require="certified")
    >>> through_bytes = lambda args, out, ct: (2 * ct * np.frombuffer(args[0].tobytes()),)
    >>> assert_correct(square, (np.ones(2),), vjp=through_bytes)
    >>> assert_correct(square, (np.ones(2),), vjp=through_bytes, require="certified")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: <lambda> is not certified, as is required: the formula is certified at 0 of ... points
    ...
    """
    must_be_required(require)
    words = failure(check(f, args, vjp, **options), require)
    if words:
        raise AssertionError(words)


def failure(result: CheckResult, require: Literal["certified"] | None = None) -> str:
    """Why a result is not what a test asks for: not CORRECT, or not `certified` where that is required; "" if it is."""
    must_be_required(require)
    if not result.ok:
        return result.explain()
    if require is None or not result.shortfall:
        return ""
    return f"{result.name} is not certified, as is required: {result.shortfall}\n{result.explain()}"


def scaled(gradient: Function) -> Function:
    """A function of the arguments that returns gradients, as one of args, output and cotangent."""

    def vjp(args: Sequence[Any], out: Any, cotangent: Any) -> Any:
        found = contained(gradient, *args)
        if not isinstance(found, tuple | list):
            return cotangent * found if is_gradient(found) else found
        return tuple(cotangent * part if is_gradient(part) else part for part in found)

    return vjp


def _look(
    run: Exploration, f: Function, given: tuple[Any, ...], functions: Sequence[Function], scalar: bool, protocol: list[GradientFinding]
) -> None:
    """Judge the given arguments, probe the protocol, look at other points; what the probes find is added to
    `protocol`."""
    if run.domain is not None:
        must_lie_in(run.domain, given)
    if run.f is not f or scalar:
        out = taken_output(called_at(f, given))
        if scalar:
            must_be_scalar(out)
        if run.f is not f:
            must_agree(out, taken_output(called_at(run.f, given)))
    run.start(given)
    broken = any(finding.kind in (Kind.SHAPE, Kind.PROTOCOL) for finding in run.findings)
    for found in () if broken else probe(f, given, run.vjp, run.taken[0].cotangent, run.domain):
        if found.unended:
            run.unjudged.add(Why.ENDLESS if found.excused else Why.TIME, found.sentence)
        else:
            protocol.append(_as_finding(found))
    if not any(finding.verdict is Verdict.WRONG for finding in (*run.findings, *protocol)):
        run.explore(functions)
        if not any(finding.verdict is Verdict.WRONG for finding in run.findings):
            protocol += _look_again(run)


def _look_again(run: Exploration) -> list[GradientFinding]:
    """What changes where it is explored from, if a forward at one of the points runs before the backward."""
    start, points = run.taken[bool(run.cut)], run.taken[bool(run.cut) + 1 :]
    others = [(taken.point.words, taken.point.args) for taken in points if not taken.point.noted]
    if not others or monotonic() >= run.deadline:
        return []
    try:
        with limited(SECONDS):
            return [_as_finding(found) for found in after_each(run.f, run.vjp, run.base, start.cotangent, others)]
    except TookTooLong:
        run.unjudged.add(Why.TIME, f"with forwards at other points in between, the code takes more than {SECONDS:g} s")
    except Exception as error:
        if not is_the_codes(error):
            raise
        run.unjudged.add(Why.FAILED, f"{start.point.words}: {what_it_raised(error)}")
    return []


def _whole(seconds: float) -> AbstractContextManager[None]:
    """The limit of the whole check; none for an infinite one."""
    return limited(seconds, late=OutOfTime) if math.isfinite(seconds) else nullcontext()


def _late(run: Exploration) -> str | None:
    """Why the check ended early, where its time was over between two points: in threads, where nothing is stopped."""
    return f"{Reason.TIME}: it took longer than it may" if monotonic() >= run.deadline else None


def _as_finding(found: ProtocolFinding) -> GradientFinding:
    """What a probe found, as one of the findings of a check."""
    return GradientFinding(Verdict.WRONG, Kind.PROTOCOL, GIVEN, found.argument, None, found.left, "", math.inf, found.sentence)


def _located(result: CheckResult, run: Exploration, f: Function, vjp: Function | None, gradient: Function | None, seed: int) -> CheckResult:
    """With what a failing check says of its point: sizes, diagnosis, reproduction."""
    worst = result.findings[0] if result.findings else None
    args, cotangent = run.failing(worst.point if worst else GIVEN)
    sizes = tuple(int(np.size(a)) for a in args)
    explained = next((one for one in result.findings if one.verdict is Verdict.WRONG and one.kind in EXPLAINED), None)
    diagnosis = None
    if explained is not None:
        at, seed_of_it = run.failing(explained.point)
        diagnosis = None if seed_of_it is None else _diagnosis(Question(run.f, run.vjp, at, seed_of_it, GIVEN))
    shown = cotangent if vjp is not None else None
    return replace(result, sizes=sizes, diagnosis=diagnosis, reproduction=reproduction(f, vjp, args, shown, seed, gradient))


def _diagnosis(question: Question) -> Diagnosis | None:
    """What kind of fault the gradients have, where the backward returns numbers, and returns them again."""
    gradients = _numbers(question)
    if gradients is None:
        return None
    return diagnosis_of(
        question.f, question.args, question.cotangent, gradients, lambda cotangent: _numbers(replace(question, cotangent=cotangent))
    )


def _numbers(question: Question) -> list[Any] | None:
    """The gradients, if they are arrays of numbers; None where they are not, or the code raises."""
    try:
        _, gradients, _ = run_floats(question)
        numbers = all(is_gradient(g) and is_number_dtype(contained(np.asarray, g).dtype) for g in gradients)
    except PASSING:
        raise
    except Exception:
        return None
    return list(gradients) if numbers else None
