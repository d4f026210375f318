"""`check(f, args, vjp=…)`: is this backward pass the derivative of this forward pass?

`f(*args)` and `vjp(args, out, cotangent)` are plain NumPy code. Both run on certified numbers (`verify.lift.numpy_code.lifting`), at the given arguments and at others that are
chosen by reading the code:
both sides of every comparison that it takes, other shapes, ties, zeros, repeated indices, small and large magnitudes (`verify.gradient_oracle.points`). At each of them
`verify.gradient_oracle.judge` compares; at the
given arguments `verify.gradient_oracle.probes.probes` tries the protocol: calling twice, another forward in between, cotangents of every layout, mutation. The result is a verdict with its
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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from backproof.verify.gradient_oracle.diagnosis import diagnose
from backproof.verify.gradient_oracle.exploration import GIVEN, Exploration
from backproof.verify.gradient_oracle.findings import Finding, worst_of
from backproof.verify.gradient_oracle.points import Point
from backproof.verify.gradient_oracle.probes.probes import probe
from backproof.verify.gradient_oracle.reproduction import reproduction
from backproof.verify.gradient_oracle.running import Function, is_float, run_floats
from backproof.verify.gradient_oracle.words import explained
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words

Effort: TypeAlias = Literal["quick", "default", "thorough"]
MOST_NOTES = 3
BUDGETS = {"quick": 6, "default": 40, "thorough": 200}


@dataclass(frozen=True)
class CheckResult:
    """What `check` found. `findings` are the things that are not as they should be, the worst first; `points` the number of points judged, `certified` those where
    the formula was proved right.

    `sizes` are the numbers of entries of the arguments there. `diagnosis` says what kind of fault it is, and where, if one of the known ones explains the
    gradients (`verify.gradient_oracle.diagnosis`); `reproduction` is source code that runs the check at the point where it failed.
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
    run = Exploration(forward, backward, domain, rng, BUDGETS[effort], cotangent)
    run.at(Point(given, GIVEN))
    broken = any(finding.kind in ("shape", "protocol") for finding in run.findings)
    probed = () if broken or not run.cotangents else probe(f, given, backward, run.cotangents[0], seed=seed)
    protocol = tuple(_as_finding(found) for found in probed)
    if not any(finding.verdict == Verdict.WRONG.value for finding in (*run.findings, *protocol)):
        run.explore((f, vjp or gradient or f))
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


def _located(result: CheckResult, run: Exploration, f: Function, vjp: Function | None, gradient: Function | None, seed: int) -> CheckResult:
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


def _as_finding(found: Any) -> Finding:
    return Finding(Verdict.WRONG.value, "protocol", GIVEN, found.argument, None, found.left, "", float("inf"), found.sentence)


def _result(name: str, run: Exploration, protocol: Sequence[Finding]) -> CheckResult:
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
        notes = (*notes, "at exact ties, and within rounding of them, any mixture of the derivatives on the sides was accepted")
    notes += tuple(_one_of_each_kind(run.notes))[:MOST_NOTES]
    if len(run.notes) > MOST_NOTES:
        notes = (*notes, f"and {len(run.notes) - MOST_NOTES} more of these kinds")
    if run.operations > run.most_operations:
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
        branches=run.branches(),
        notes=notes,
    )


def _one_of_each_kind(notes: Iterable[str]) -> list[str]:
    """The first note of every kind, then the second of every kind, and so on; a kind is what is said, whatever the point."""
    seen: dict[str, int] = {}
    ordered: list[tuple[int, str]] = []
    for note in notes:
        kind = note.partition(", ")[2] if note.startswith("at ") else note.partition(":")[0]
        seen[kind] = seen.get(kind, 0) + 1
        ordered.append((seen[kind], note))
    return [note for _, note in sorted(ordered, key=lambda pair: pair[0])]
