"""`check(f, args, vjp=…)`: is this backward pass the derivative of this forward pass?

`f(*args)` and `vjp(args, out, cotangent)` are plain NumPy code. Both run on certified numbers (`verify.lifting`), at the given arguments and at others that are
chosen by reading the code:
both sides of every comparison that it takes, other shapes, ties, zeros, repeated indices, small and large magnitudes (`verify.check_points`). At each of them
`verify.check_judge` compares; at the
given arguments `verify.probes` tries the protocol: calling twice, two live forwards, cotangents of every layout, mutation. The result is a verdict with its
evidence, and `explain()`.

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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.check_diagnosis import diagnose
from backproof.verify.check_findings import Finding, worst_of
from backproof.verify.check_floats import Function, is_float, run_floats
from backproof.verify.check_judge import ROOM, Judged, judge
from backproof.verify.check_points import Point, across, variants
from backproof.verify.check_reproduction import reproduction
from backproof.verify.check_words import explained
from backproof.verify.opaque import DIRECTIONS, judge_opaque
from backproof.verify.probes import probe
from backproof.verify.reads import Read
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words

Effort: TypeAlias = Literal["quick", "default", "thorough"]
BUDGETS = {"quick": 6, "default": 40, "thorough": 200}
OPERATIONS = {6: 200_000, 40: 1_000_000, 200: 20_000_000}
"""How many numbers the code may read at a budget of points; larger code is judged at fewer points, and the result says so."""
MOST_ENTRIES = 4000
NEAR_ZERO = 1e-3
SENSIBLE = 1e12  # outputs that are larger than their arguments by this factor are sentinels or overflow
ELSEWHERE = 32.0  # chosen points are rougher than given ones


@dataclass(frozen=True)
class CheckResult:
    """What `check` found. `findings` are the things that are not as they should be, the worst first; `points` the number of points judged, `certified` those where
    the formula was proved right.

    `sizes` are the numbers of entries of the arguments there. `diagnosis` says what kind of fault it is, and where, if one of the known ones explains the
    gradients (`verify.check_diagnosis`); `reproduction` is source code that runs the check at the point where it failed.
    `branches` holds, for each decision of the code (place and words), the outcomes that were seen; `unreached` those of which only one outcome was.
    """

    name: str
    verdict: Verdict
    evidence: str
    reason: str | None
    findings: tuple[Finding, ...]
    points: int
    certified: int
    entries: int
    branches: dict[tuple[str, str], frozenset[Any]] = field(default_factory=dict[tuple[str, str], frozenset[Any]])
    notes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    diagnosis: str | None = None
    reproduction: str = ""

    @property
    def ok(self) -> bool:
        """Whether the verdict is CORRECT."""
        return self.verdict is Verdict.CORRECT

    @property
    def unreached(self) -> tuple[str, ...]:
        """The decisions of which only one outcome was seen, in words."""
        return tuple(
            f"{what} at {place} was only {next(iter(seen))}" for (place, what), seen in self.branches.items() if seen in _ONE_SIDED
        )

    def explain(self) -> str:
        """The result in words: one sentence, the worst entries, where they are, and how to see it again."""
        return explained(self)


_ONE_SIDED = (frozenset({True}), frozenset({False}))


def check(
    f: Function,
    args: Sequence[Any],
    vjp: Function | None = None,
    *,
    gradient: Function | None = None,
    cotangent: Any = None,
    reference: Function | None = None,
    domain: Callable[..., bool] | None = None,
    effort: Effort = "default",
    seed: int = 0,
    name: str | None = None,
) -> CheckResult:
    """Check a backward pass written in NumPy.

    `vjp(args, out, cotangent)` returns one gradient for each argument (None for arguments that are no floats), `gradient(*args)` the gradients of a scalar f.
    `reference` is another forward,
    in plain NumPy, for an f that is a compiled kernel. `domain(*args)` says which arguments f is meant for. `effort` bounds the number of points. ValueError for
    arguments that leave nothing to check.
    """
    backward = _backward(f, vjp, gradient)
    given = tuple(args) if isinstance(args, tuple | list) else (args,)
    if not any(is_float(a) for a in given):
        raise ValueError(f"nothing to differentiate: none of the {len(given)} arguments is a float or an array of floats")
    if effort not in BUDGETS:
        raise ValueError(f"effort must be one of {', '.join(BUDGETS)}, found {effort!r}")
    forward = reference or f
    rng = np.random.default_rng(seed)
    run = _Run(forward, backward, domain, rng, BUDGETS[effort], cotangent)
    run.at(Point(given, "the given arguments"))
    broken = any(finding.kind in ("shape", "protocol") for finding in run.findings)
    probed = () if broken or not run.cotangents else probe(f, given, backward, run.cotangents[0], seed=seed)
    protocol = tuple(_as_finding(found) for found in probed)
    if not any(finding.verdict == Verdict.WRONG.value for finding in (*run.findings, *protocol)):
        run.explore(given)
    shown = name or getattr(vjp or gradient, "__name__", "the backward pass")
    result = _result(shown, run, protocol)
    return result if result.ok else _located(result, run, f, vjp, gradient, seed)


def assert_correct(f: Function, args: Sequence[Any], vjp: Function | None = None, **options: Any) -> None:
    """`check`, and an AssertionError with its explanation unless the verdict is CORRECT."""
    result = check(f, args, vjp, **options)
    if not result.ok:
        raise AssertionError(result.explain())


def _backward(f: Function, vjp: Function | None, gradient: Function | None) -> Function:
    if (vjp is None) == (gradient is None):
        what = "give vjp=… (a function of args, out, cotangent) or gradient=… (a function of the arguments)"
        raise ValueError(f"nothing to check: {what}" if vjp is None else f"{what}, and not both")
    if vjp is not None:
        return vjp
    assert gradient is not None

    def scaled(args: Sequence[Any], out: Any, cotangent: Any) -> Any:
        found = gradient(*args)
        parts = found if isinstance(found, tuple | list) else (found,)
        return tuple(None if part is None else cotangent * part for part in parts)

    return scaled


def _located(result: CheckResult, run: _Run, f: Function, vjp: Function | None, gradient: Function | None, seed: int) -> CheckResult:
    """With what a failing check says of its point: sizes, diagnosis, reproduction."""
    where = result.findings[0].point if result.findings else None
    args, cotangent = run.failing.get(where or "", (run.given, run.cotangents[0] if run.cotangents else None))
    sizes = tuple(int(np.size(a)) for a in args)
    diagnosis = None
    if result.findings and result.findings[0].kind in ("formula", "floats", "shape") and result.findings[0].verdict == Verdict.WRONG.value:
        _, gradients, _ = run_floats(run.f, run.vjp, args, cotangent, "")
        diagnosis = diagnose(run.f, args, cotangent, gradients)
    shown = cotangent if vjp is not None else None
    return replace(result, sizes=sizes, diagnosis=diagnosis, reproduction=reproduction(f, vjp, args, shown, seed, gradient))


class _Run:
    """The points judged so far, what was found, and which outcomes of the code's decisions were seen."""

    def __init__(
        self, f: Function, vjp: Function, domain: Callable[..., bool] | None, rng: np.random.Generator, budget: int, cotangent: Any
    ) -> None:
        self.f, self.vjp, self.domain, self.rng, self.budget, self.cotangent = f, vjp, domain, rng, budget, cotangent
        self.findings: list[Finding] = []
        self.judged: list[Judged] = []
        self.cotangents: list[Array] = []
        self.seen: dict[tuple[str, str], set[Any]] = {}
        self.waiting: list[tuple[Read, tuple[Any, ...], tuple[int, ...]]] = []
        self.outside = self.operations = 0
        self.usual: tuple[float, ...] = ()
        self.given: tuple[Any, ...] = ()
        self.failing: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def at(self, point: Point) -> bool:
        """Judge one point, if it lies in the domain; whether it was judged."""
        given = point.words == "the given arguments"
        if not given and self.domain is not None and not self.domain(*point.args):
            return False
        if sum(np.size(a) for a in point.args) > MOST_ENTRIES and not given:
            return False
        cotangent = self._cotangent(point.args, given)
        if cotangent is None:
            self.outside += 1
            return False
        try:
            exempt = () if given else self._exempt(point)
            strict = point.near_zero or largest(point.args) < NEAR_ZERO
            judged = judge(self.f, self.vjp, point.args, cotangent, point.words, exempt, ROOM if given else ELSEWHERE * ROOM, strict)
        except (ArithmeticError, ValueError, TypeError, IndexError, AssertionError, np.linalg.LinAlgError):
            if given:
                raise
            self.outside += 1
            return False
        if given and judged.opaque is not None and judged.opaque.startswith("forward") and not judged.findings:
            words = f"{judged.opaque}: compared with differences along {DIRECTIONS} random directions of each argument"
            judged = judge_opaque(self.f, self.vjp, point.args, cotangent, point.words, words)
        if (
            not given
            and not judged.certified
            and not judged.findings
            and judged.opaque is not None
            and not judged.opaque.startswith("backward")
        ):
            self.outside += 1
            return False
        if point.resized and any(finding.kind in ("shape", "protocol") for finding in judged.findings):
            return False
        if judged.findings:
            self.failing.setdefault(point.words, (point.args, cotangent))
        if given:
            self.given = point.args
            self.usual = usual_sizes(self.f, self.vjp, point.args, cotangent)
        self.judged.append(judged)
        self.operations += judged.operations
        self.cotangents.append(cotangent)
        self.findings += judged.findings
        for read in judged.reads:
            key = (read.place, read.what)
            outcomes = self.seen.setdefault(key, set())
            if read.outcome not in outcomes:
                outcomes.add(read.outcome)
            self.waiting.append((read, point.args, judged.positions))
        return True

    def _cotangent(self, args: Sequence[Any], given: bool) -> Array | None:
        """A random cotangent in the shape of the output; None where the forward raises or is not finite."""
        try:
            with np.errstate(all="ignore"):
                out = self.f(*(a.copy() if isinstance(a, np.ndarray) else a for a in args))
        except Exception:
            if given:
                raise
            return None
        array = np.asarray(out)
        if array.dtype.kind not in "f" and array.dtype.name != "bfloat16":
            if given:
                raise ValueError(f"f must return an array of floats, found {type(out).__name__} of dtype {array.dtype}")
            return None
        if not given and not np.max(np.abs(array.astype(float)), initial=0.0) <= SENSIBLE * max(1.0, largest(args)):
            return None
        if given and self.cotangent is not None:
            return np.asarray(self.cotangent, dtype=array.dtype)
        return np.asarray(self.rng.normal(size=array.shape), dtype=array.dtype)

    def _exempt(self, point: Point) -> tuple[float, ...]:
        """The size of error, in units of rounding, that is not held against each gradient: where derivatives vanish by saturation, or arguments are larger than those given."""
        if point.near_zero:
            return (0.0,) * len(self.usual)
        grown = max(1.0, largest(point.args) / max(largest(self.given), 1e-300))
        return tuple(size * grown for size in self.usual)

    def explore(self, given: tuple[Any, ...]) -> None:
        """Other points until the budget is spent or something is wrong: decisions first, in turn with the variants."""
        spare = variants(given, self.rng)
        left = self.budget
        while (
            left > 0
            and self.operations <= OPERATIONS[self.budget]
            and not any(finding.verdict == Verdict.WRONG.value for finding in self.findings)
        ):
            aimed = self._next_aim()
            if aimed is not None:
                for point in across(*aimed, domain=self.domain):
                    left -= self.at(point)
                    if self.findings or left <= 0:
                        break
            point = next(spare, None)
            if point is not None:
                left -= self.at(point)
            elif aimed is None:
                return

    def _next_aim(self) -> tuple[Read, tuple[Any, ...], tuple[int, ...]] | None:
        """A decision of which only one outcome was seen and that was not aimed at from here; the nearest first."""
        while self.waiting:
            best = min(range(len(self.waiting)), key=lambda place: self._distance(self.waiting[place][0]))
            read, args, positions = self.waiting.pop(best)
            self.waiting = [
                other
                for other in self.waiting
                if (other[0].place, other[0].what, other[0].outcome) != (read.place, read.what, read.outcome)
            ]
            if len(self.seen[read.place, read.what]) == 1:
                return read, args, positions
        return None

    def _distance(self, read: Read) -> float:
        return abs(float(read.margin.mid())) if hasattr(read.margin, "mid") else float("inf")


def largest(args: Sequence[Any]) -> float:
    """The largest absolute value among the float arguments."""
    return max((float(np.max(np.abs(np.asarray(a, dtype=float)), initial=0.0)) for a in args if is_float(a)), default=0.0)


def usual_sizes(f: Function, vjp: Function, args: Sequence[Any], cotangent: Array) -> tuple[float, ...]:
    """The largest entry of each gradient at the given arguments: where the function saturates elsewhere, errors below its rounding do not count."""
    _, gradients, problems = run_floats(f, vjp, args, cotangent, "")
    return () if problems else tuple(float(np.max(np.abs(np.asarray(g, dtype=float)), initial=0.0)) for g in gradients)


def _as_finding(found: Any) -> Finding:
    return Finding(
        Verdict.WRONG.value, "protocol", "the given arguments", found.argument, None, found.left, "", float("inf"), found.sentence
    )


def _result(name: str, run: _Run, protocol: Sequence[Finding]) -> CheckResult:
    findings = sorted((*run.findings, *protocol), key=lambda finding: finding.verdict != Verdict.WRONG.value)
    certified = sum(judged.certified for judged in run.judged)
    first = run.judged[0] if run.judged else None
    verdict, reason = Verdict.CORRECT, None
    if findings:
        worst = worst_of(findings)
        verdict, reason = Verdict(worst.verdict), worst.line()
        findings = [worst, *(finding for finding in findings if finding is not worst)]
    elif first is None or (
        not first.certified and first.opaque is not None and not first.opaque.startswith("backward") and not first.entries
    ):
        verdict, reason = Verdict.INCONCLUSIVE, f"{Reason.UNSUPPORTED.value}: {first.opaque if first else 'no point could be judged'}"
    evidence = Evidence.CERTIFIED if first is not None and first.certified else Evidence.ROUNDING
    if first is not None and first.opaque is not None and first.opaque.startswith("forward"):
        evidence = Evidence.DIGITS
    if findings and evidence is not Evidence.DIGITS:
        evidence = Evidence.EXACT if findings[0].kind in ("shape", "protocol") else Evidence.CERTIFIED
    judged = certified if evidence is Evidence.CERTIFIED and not findings else len(run.judged)
    notes = tuple(dict.fromkeys(judged.opaque for judged in run.judged if judged.opaque))
    if any(judged.constants and not judged.findings for judged in run.judged):
        notes = (*notes, "equal up to the rounding of float constants in the code")
    if any(judged.kink for judged in run.judged):
        notes = (*notes, "at exact ties any mixture of the derivatives on the sides was accepted")
    if run.operations > OPERATIONS[run.budget]:
        notes = (
            *notes,
            f"stopped after {len(run.judged)} points: the code reads {run.judged[0].operations:,} numbers at each; smaller arguments, or more effort, reach more",
        )
    words = (
        "not checked"
        if verdict is Verdict.INCONCLUSIVE
        else evidence_words(evidence, judged, 6).replace("cases", "points").replace("case", "point")
    )
    return CheckResult(
        name=name,
        verdict=verdict,
        evidence=words,
        reason=reason,
        findings=tuple(findings),
        points=len(run.judged),
        certified=certified,
        entries=sum(judged.entries for judged in run.judged),
        branches={key: frozenset(outcomes) for key, outcomes in run.seen.items()},
        notes=notes,
    )
