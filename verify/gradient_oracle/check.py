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
ValueError: nothing to check: give vjp=… (a function of args, out, cotangent), gradient=… (a function of the arguments) or value_and_gradient=…
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any, Literal

import numpy as np

from backproof.verify.asserted import asserted
from backproof.verify.gradient_oracle.diagnosis import diagnosis_at
from backproof.verify.gradient_oracle.exploration import GIVEN, Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.given.arguments import must_lie_in
from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.functions import taken_functions
from backproof.verify.gradient_oracle.given.names import named
from backproof.verify.gradient_oracle.given.options import must_be_required, taken_constants, taken_options
from backproof.verify.gradient_oracle.given.places import place_of
from backproof.verify.gradient_oracle.given.warned import without_warnings
from backproof.verify.gradient_oracle.given.words import line_of, one_line
from backproof.verify.gradient_oracle.handed.accumulating import added_to, returning, takes_into
from backproof.verify.gradient_oracle.handed.arguments import Handed, handed_over
from backproof.verify.gradient_oracle.handed.functions import gradient_of, scaled, value_of, with_trees
from backproof.verify.gradient_oracle.handed.otherwise import must_be_called_so
from backproof.verify.gradient_oracle.handed.outputs import ones_like
from backproof.verify.gradient_oracle.handed.reproduction import Given, reproduction
from backproof.verify.gradient_oracle.handed.sizes import all_of, beside
from backproof.verify.gradient_oracle.handed.trial import Trial, on_trial
from backproof.verify.gradient_oracle.judge import Reach
from backproof.verify.gradient_oracle.planned.effort import taken_effort
from backproof.verify.gradient_oracle.planned.sign_of_life import sign_of_life
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.probes.between import after_each
from backproof.verify.gradient_oracle.probes.calls import ProtocolFinding, copied
from backproof.verify.gradient_oracle.probes.probes import SECONDS, probe
from backproof.verify.gradient_oracle.probes.sizes import at_sizes
from backproof.verify.gradient_oracle.result import CheckResult, result_of
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import OutOfTime, TookTooLong, limited
from backproof.verify.verdicts import Reason, Verdict

STATE = (
    ". It uses the state that the last forward left: call the forward in vjp as well, or check a layer by its own protocol, "
    "check_layer(make, x)"
)
EXPLAINED = (Kind.FORMULA, Kind.FLOATS, Kind.SHAPE)
"""Kinds of findings that are about the numbers of one gradient, of which a diagnosis can be made."""


def check(
    f: Function | None,
    args: Sequence[Any],
    vjp: Function | None = None,
    *,
    gradient: Function | None = None,
    value_and_gradient: Function | None = None,
    wrt: Any = None,
    cotangent: Any = None,
    reference: Function | None = None,
    residual: Function | None = None,
    domain: Callable[..., bool] | None = None,
    ignore_constants: Sequence[float] = (),
    effort: Literal["quick", "default", "thorough"] = "default",
    timeout: float | None = None,
    seed: int = 0,
    name: str | None = None,
) -> CheckResult:
    """Check a backward pass written in NumPy.

    `vjp(args, out, cotangent)` returns one gradient for each argument (None for arguments that are no floats),
    `gradient(*args)` the gradients of a scalar f, `value_and_gradient(*args)` the value with them, and f may then be
    None. A backward that takes no cotangent, as that of a loss, is a `gradient`, or ends with `vjp` as one that ignores
    it. Arguments, gradients and results may be lists, tuples, dictionaries, dataclasses and named tuples of arrays;
    several outputs have a cotangent each. `wrt` names what is differentiated (positions, names of arguments, paths like
    "params['W1']"); other floats are data. `reference` is another forward, in plain NumPy, for an f that is a compiled
    kernel; `residual(out, *args)` is zero at what f returns, where f solves an equation to a tolerance. A vjp with a
    parameter `into` adds its gradients into buffers there. `domain(*args)` says which arguments f is meant for.
    `effort` bounds the number of points.
    `ignore_constants` are values of guards, as 1e-7 in log(p + 1e-7) is one: literals that are added to, or bound by
    clip, maximum or minimum, the operand of a log, a root, a power or a denominator. Where the backward is not the
    derivative of f, it may be that of f without them; any other literal is never left out.
    `timeout` is how many seconds of wall clock it may take (10 minutes; 1 for quick, 60 for thorough): code that does
    not come back by then is stopped, in the main thread, and the result is INCONCLUSIVE unless a fault was found.

    What the caller gives and is not taken is a TypeError or a ValueError that says what was found and what to write;
    what f raises at the given arguments passes. What the backward returns or raises is a finding, `sys.exit()` too. A
    keyboard interrupt passes, and a limit of the caller's: a TimeoutError, and whatever the handler of a timer raises.
    Where there is no more memory the result is INCONCLUSIVE.

    Second order: let f be a gradient, and vjp the product with the Hessian.

    >>> gradient = lambda x: 3 * x**2
    >>> check(gradient, (np.array([1.0, 2.0]),), vjp=lambda args, out, ct: (6 * args[0] * ct,)).ok
    True

    A model that returns its loss with its gradients:

    >>> def loss(params, x, y):
    ...     error = x @ params["w"] + params["b"] - y
    ...     return np.sum(error**2), {"w": 2 * x.T @ error, "b": np.sum(error)}
    >>> args = ({"w": np.array([1.0, -1.0]), "b": 0.5}, np.ones((3, 2)), np.array([1.0, 0.0, 2.0]))
    >>> result = check(None, args, value_and_gradient=loss, wrt="params")
    >>> result.verdict, result.findings[0].where
    (<Verdict.WRONG: 'WRONG'>, "params['b']")
    """
    taken_options(seed=seed, name=name, timeout=timeout)
    whole: Any = value_of(value_and_gradient) if value_and_gradient is not None and f in (None, value_and_gradient) else f
    handed = handed_over(args, f, wrt, others=(value_and_gradient, gradient))
    count = len(handed.frame.roots)
    adding: Any = vjp
    adds = callable(vjp) and takes_into(vjp)
    taken_functions(
        whole,
        count,
        vjp=vjp if not adds else partial(adding, into=None),
        gradient=gradient,
        value_and_gradient=value_and_gradient,
        reference=reference,
        residual=residual,
        domain=domain,
    )
    made: Any = gradient if value_and_gradient is None else gradient_of(value_and_gradient)
    backward = scaled(made or whole) if vjp is None else returning(vjp) if adds else vjp
    within = domain if domain is None or handed.plain else with_trees(domain, handed.frame)
    if handed.frame.pinned:
        within = all_of(beside(handed.core, handed.frame.pinned), within)

    def paste(args: Sequence[Any], cotangent: Any, seed: int, held: Sequence[str]) -> str:
        functions = {"gradient": gradient, "value_and_gradient": value_and_gradient, "residual": residual}
        functions |= {"reference": reference, "domain": domain}
        told = {"wrt": (wrt, None), "ignore_constants": (list(ignore_constants), []), "effort": (effort, "default"), "name": (name, None)}
        options = {option: value for option, (value, usual) in told.items() if not (value is usual or value == usual)}
        return reproduction(Given(f, vjp, functions, options), args, cotangent if vjp is not None else None, seed, held)

    asked = Asked(
        name=one_line(name or getattr(vjp or gradient or value_and_gradient, "__name__", "the backward pass")),
        functions=tuple(function for function in (f, vjp, gradient, value_and_gradient) if function is not None),
        prepare=lambda: on_trial(
            handed, whole, backward, reference=reference, residual=residual, scalar=made is not None, cotangent=cotangent, seed=int(seed)
        ),
        paste=paste,
        domain=within,
        effort=effort,
        timeout=timeout,
        seed=seed,
        named=name,
        ignored=taken_constants(ignore_constants),
        probes=partial(_into_buffers, adding, handed, whole, cotangent) if adds else None,
        handed_over=None if adds or vjp is None else lambda: must_be_called_so(whole, vjp, handed.frame.arguments(copied(handed.core))),
    )
    with named(handed.names):
        return answered(asked, handed.core)


def _into_buffers(vjp: Function, handed: Handed, f: Function, cotangent: Any) -> tuple[list[ProtocolFinding], list[str]]:
    """Whether a backward adds to what is in its buffers."""
    args = handed.frame.arguments(copied(handed.core))
    out = contained(f, *args)
    return added_to(vjp, args, out, ones_like(out) if cotangent is None else cotangent), ["gradients are added into buffers (into=…)"]


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
    __tracebackhide__ = True  # of pytest: the test's own line is what counts
    must_be_required(require)
    must_be_right(check(f, args, vjp, **options), require)


def must_be_right(result: CheckResult, require: Literal["certified"] | None = None) -> CheckResult:
    """The result itself, if it is what a test asks for; else an AssertionError with its explanation. Listeners hear of
    it first."""
    __tracebackhide__ = True
    asserted(result, require)
    words = failure(result, require)
    if words:
        raise AssertionError(words)
    return result


def failure(result: CheckResult, require: Literal["certified"] | None = None) -> str:
    """Why a result is not what a test asks for: not CORRECT, or not `certified` where that is required; "" if it is."""
    must_be_required(require)
    if not result.ok:
        return result.explain()
    if require is None or not result.shortfall:
        return ""
    return f"{result.name} is not certified, as is required: {result.shortfall}\n{result.explain()}"


@dataclass(frozen=True, eq=False)
class Asked:
    """What a check is asked: the `name` that is shown, the caller's own `functions`, how the trial is prepared and how a
    point is pasted, and the options; `probes` are more than those of every backward, with what they say; `handed_over`
    raises where a backward that raises, or returns other shapes, is right when it is called in another way."""

    name: str
    functions: Sequence[Function]
    prepare: Callable[[], Trial]
    paste: Callable[..., str]
    domain: Callable[..., bool] | None
    effort: str
    timeout: float | None
    seed: int
    named: str | None = None
    ignored: tuple[float, ...] = ()
    probes: Callable[[], tuple[list[ProtocolFinding], list[str]]] | None = None
    handed_over: Callable[[], None] | None = None


def answered(asked: Asked, given: tuple[Any, ...]) -> CheckResult:
    """The answer to what is asked, at the flat arguments that are given."""
    seed, seconds = taken_options(seed=asked.seed, name=asked.named, timeout=asked.timeout)
    bounds = taken_effort(asked.effort)
    limit = bounds.seconds if seconds is None else seconds
    rng = np.random.default_rng(seed)
    run = Exploration(_not_yet, _not_yet, rng=rng, effort=bounds, domain=asked.domain, deadline=monotonic() + limit, ignored=asked.ignored)
    protocol: list[GradientFinding] = []
    trial: Trial | None = None
    stopped: str | None = None
    with sign_of_life(lambda: f"check of {asked.name}: {len(run.taken)} points judged"):
        try:
            with _whole(limit), without_warnings():
                if asked.domain is not None:
                    must_lie_in(asked.domain, given)
                trial = asked.prepare()
                _look(run, trial, asked, protocol)
                result = result_of(asked.name, run, protocol, _late(run))
                return _signed(result if result.ok else _located(result, run, trial, asked, diagnosed=True), asked)
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
    run.given = run.given or given
    return _signed(_located(result_of(asked.name, run, protocol, stopped), run, trial, asked, diagnosed=False), asked)


def _signed(result: CheckResult, asked: Asked) -> CheckResult:
    """With the backward's place and the seed: the last of the functions is the backward."""
    return replace(result, source=place_of(asked.functions[-1]), seed=int(asked.seed))


def _not_yet(*_: Any) -> Any:
    raise RuntimeError("nothing is on trial yet")


def _look(run: Exploration, trial: Trial, asked: Asked, protocol: list[GradientFinding]) -> None:
    """Judge the given arguments, probe the protocol, look at other points; what the probes find is added to
    `protocol`."""
    run.put_on_trial(trial.f, trial.vjp)
    run.names, run.about, run.cotangent = trial.names, trial.about, trial.cotangent
    run.start(trial.args, trial.returned)
    first = run.taken[0].judged
    absent = first.reach is Reach.NOTHING and first.lack is Why.UNSUPPORTED  # the backward says that it is none
    broken = absent or any(finding.kind in (Kind.SHAPE, Kind.PROTOCOL) for finding in run.findings)
    if broken and not absent and asked.handed_over is not None:
        asked.handed_over()
    found = [] if broken else list(probe(trial.f, trial.args, run.vjp, run.taken[0].cotangent, run.domain))
    if asked.probes is not None and not broken:
        more, said = asked.probes()
        found += more
        run.about += tuple(said)
    for one in sorted(found, key=lambda one: not one.first):
        if one.unended:
            run.unjudged.add(Why.ENDLESS if one.excused else Why.TIME, one.sentence)
        else:
            protocol.append(_as_finding(one))
    if not any(finding.verdict is Verdict.WRONG for finding in (*run.findings, *protocol)):
        run.explore(asked.functions)
        if not any(finding.verdict is Verdict.WRONG for finding in run.findings):
            protocol += _look_again(run) or _look_at_sizes(run)
            if not protocol:
                run.note_captured()


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


def _look_at_sizes(run: Exploration) -> list[GradientFinding]:
    """What of the protocol does not hold at other sizes, where one row alone may need no copy."""
    others = run.of_other_sizes()
    if not others or monotonic() >= run.deadline:
        return []
    try:
        with limited(SECONDS):
            found = at_sizes(run.f, run.vjp, others, np.random.default_rng(0))
            return [replace(_as_finding(finding), point=words) for words, finding in found]
    except TookTooLong:
        run.unjudged.add(Why.TIME, f"at other sizes, the code takes more than {SECONDS:g} s")
        return []


def _whole(seconds: float) -> AbstractContextManager[None]:
    """The limit of the whole check; none for an infinite one."""
    return limited(seconds, late=OutOfTime) if math.isfinite(seconds) else nullcontext()


def _late(run: Exploration) -> str | None:
    """Why the check ended early, where its time was over between two points: in threads, where nothing is stopped."""
    return f"{Reason.TIME}: it took longer than it may" if monotonic() >= run.deadline else None


def _as_finding(found: ProtocolFinding) -> GradientFinding:
    """What a probe found, as one of the findings of a check."""
    words = found.sentence + (STATE if found.stale else "")
    return GradientFinding(Verdict.WRONG, Kind.PROTOCOL, GIVEN, found.argument, None, found.left, "", math.inf, words)


def _located(result: CheckResult, run: Exploration, trial: Trial | None, asked: Asked, *, diagnosed: bool) -> CheckResult:
    """With what a failing check says of its point: sizes, diagnosis, reproduction."""
    worst = result.findings[0] if result.findings else None
    args, cotangent = run.failing(worst.point if worst else GIVEN)
    held = run.held_at(worst.point) if worst else ()
    sizes = tuple(int(np.size(a)) for a in args)
    explained = next((one for one in result.findings if one.verdict is Verdict.WRONG and one.kind in EXPLAINED), None)
    known = explained or worst
    diagnosis = None if known is None else known.explained
    if diagnosed and explained is not None and not (diagnosis and diagnosis.sure) and not run.held_at(explained.point):
        at, seed_of_it = run.failing(explained.point)
        better = None if seed_of_it is None else diagnosis_at(Question(run.f, run.vjp, at, seed_of_it, GIVEN))
        if better is not None:
            diagnosis, result = better, replace(result, findings=tuple(_unexplained(finding) for finding in result.findings))
    one = cotangent if trial is not None and not trial.several else None
    pasted = asked.paste(args if trial is None else trial.as_given(args), one, asked.seed, held)
    return replace(result, sizes=sizes, diagnosis=diagnosis, reproduction=pasted)


def _unexplained(finding: GradientFinding) -> GradientFinding:
    """A finding without an explanation that is none any more."""
    return replace(finding, words=finding.words.replace(f"; {finding.explained}", ""), explained=None) if finding.explained else finding
