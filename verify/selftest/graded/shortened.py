"""How much shorter a bound could be before a right engine is flagged: what nobody can tell apart on these cases.

A bound that is two roundings short forgives less than it may; it is seen only where a right number comes so near. Each
figure is the smallest shortening that is: 0.14 means that bounds of 86 % are caught. Nothing is wrong in these rows.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> tried = try_fault(shortened_bounds()[0], Judge())
>>> tried.outcome, 0 < tried.resolution < 1, tried.note.split(";")[0]
('below resolution', True, 'two roundings short: not flagged')
>>> flagged_by([], Fraction(1))
False
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from backproof.engine import NumberSystem, number_system
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.paths.sums import PathSum
from backproof.verify.selftest.graded.fault import Measured, smallest
from backproof.verify.selftest.graded.hardware import DTYPES
from backproof.verify.selftest.graded.judge import Judge
from backproof.verify.selftest.graded.stated import roundings
from backproof.verify.verdicts import Verdict

LARGEST = 12  # vertices of a random case; chosen: small ones are fast, and round as others do
DRAWN = 24  # random cases of seed 0 that are looked at; chosen: with them the figures stay below a half
HALVINGS = 10  # chosen: to a thousandth of the bound

Call: TypeAlias = Callable[[Fraction | None], Any]
"""One comparison of a case again, with its bound times the given share; with None two roundings short."""


def shortened_bounds() -> list[Measured]:
    """How much shorter each bound may be."""
    return [
        *(
            Measured(f"Theorem 2, {name}", "the rounding bound, shortened", _measure(name, _adjoint_calls, roundings=True))
            for name in ("float64", "mpmath")
        ),
        Measured("Theorem 1, mpmath", "the estimates of the differences, shortened", _measure("mpmath", _difference_calls)),
        *(Measured(f"floats, {name}", "the rounding bound, shortened", _measure(name, _float_calls, roundings=True)) for name in DTYPES),
    ]


@cache
def cases() -> tuple[Case, ...]:
    """The lecture's cases, and small random ones."""
    drawn = (campaign_case(0, number) for number in range(DRAWN))
    return (*lecture_cases()[:4], *(case for case in drawn if case.graph.n <= LARGEST))


def flagged_by(calls: Sequence[Call], share: Fraction | None) -> bool:
    """Whether one of the comparisons is not CORRECT with its bound shortened."""
    return any(call(share).verdict is not Verdict.CORRECT for call in calls)


def _measure(
    name: str, calls_of: Callable[[Judge, str], Sequence[Call]], roundings: bool = False
) -> Callable[[Judge], tuple[float | None, str]]:
    def measure(judge: Judge) -> tuple[float | None, str]:
        calls = calls_of(judge, name)
        figure = smallest(lambda cut: flagged_by(calls, 1 - cut), Fraction(0), Fraction(1), HALVINGS)
        words = "no shortening is caught" if figure is None else f"smallest shortening that is caught: {100 * figure:.1f} %"
        if roundings:
            words = f"two roundings short: {'flagged' if flagged_by(calls, None) else 'not flagged'}; {words}"
        return figure, f"{words} ({len(calls)} comparisons)"

    return measure


@cache
def _given(judge: Judge, name: str) -> dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    """What the judges of the three comparisons are handed on all cases, with floats of one dtype."""
    noted: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {"adjoints": [], "derivatives": [], "floats": []}

    def noting(kind: str, judged: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            noted[kind].append((arguments, options))
            return judged(*arguments, **options)

        return wrapped

    routes = replace(
        judge.routes,
        judge_adjoints=noting("adjoints", judge.routes.judge_adjoints),
        judge_derivatives=noting("derivatives", judge.routes.judge_derivatives),
        judge_floats=noting("floats", judge.routes.judge_floats),
    )
    dtype: NumberSystem = number_system(name if name in DTYPES else "float64")
    for case in cases():
        judge.seen(case, routes, (dtype,))
    return noted


def _adjoint_calls(judge: Judge, name: str) -> list[Call]:
    def call(share: Fraction | None, graph: Any, p: Any, cotangent: Any, sums: Any, system: NumberSystem) -> Any:
        def of(j: int, total: PathSum) -> float:
            m = roundings(graph, j, total.longest, total.count)
            return (m - 2) / m if share is None else float(share)

        shorter = {j: replace(total, magnitude=total.magnitude * of(j, total)) for j, total in sums.items()}
        return judge.routes.judge_adjoints(graph, p, cotangent, shorter, system)

    given = [arguments for arguments, _ in _given(judge, "float64")["adjoints"] if arguments[-1].name.split("(")[0] == name]
    return [lambda share, arguments=arguments: call(share, *arguments) for arguments in given]


def _difference_calls(judge: Judge, name: str) -> list[Call]:
    def call(share: Fraction | None, graph: Any, sums: Any, moved: Any, *rest: Any) -> Any:
        times = float(share or 0)
        shorter = {j: {k: replace(one, estimate=one.estimate * times) for k, one in found.items()} for j, found in moved.items()}
        return judge.routes.judge_derivatives(graph, sums, shorter, *rest)

    settled = [
        given for given, _ in _given(judge, "float64")["derivatives"] if judge.routes.judge_derivatives(*given).verdict is Verdict.CORRECT
    ]
    return [lambda share, given=given: call(share, *given) for given in settled]


def _float_calls(judge: Judge, name: str) -> list[Call]:
    def call(share: Fraction | None, arguments: Any, bounds: Any) -> Any:
        _, system, p, *_ = arguments
        two = 2 * float(system.unit_roundoff)
        allowed = {
            j: bound - two * abs(p[j].astype(float)) if share is None else bound * float(share) for j, bound in bounds.allowed.items()
        }
        shorter = replace(bounds, allowed={j: bound.clip(min=0.0) for j, bound in allowed.items()})
        return judge.routes.judge_floats(*arguments, bounds=shorter).comparison

    given = [(arguments, options["bounds"]) for arguments, options in _given(judge, name)["floats"]]
    decided = [
        (arguments, bounds) for arguments, bounds in given if judge.routes.judge_floats(*arguments, bounds=bounds).comparison is not None
    ]
    return [lambda share, arguments=arguments, bounds=bounds: call(share, arguments, bounds) for arguments, bounds in decided]
