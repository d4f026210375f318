"""Guards that a backward leaves out on purpose: what is certified to be the derivative without them is said, forgiven at
points that nobody gave where they are small, and passed where the caller ignores them; every other literal, and every
second error, stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import assert_correct, check
from backproof.verify.gradient_oracle.excused.guards import MOST_RUNS, Way, explanation, is_ignored
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.literals import LeftOut, Literal
from backproof.verify.verdicts import Verdict

EPS = np.finfo(float).eps
Y = np.array([0.0, 1.0, 0.0, 1.0])


class Twin(NamedTuple):
    """A backward and what is to be said of it: a verdict, and `text` that explains it."""

    name: str
    f: Callable[..., Any]
    vjp: Callable[..., Any]
    args: tuple[Any, ...]
    verdict: Verdict
    text: str = ""
    ignored: tuple[float, ...] = ()
    domain: Callable[..., bool] | None = None


def normal(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def between(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).uniform(0.1, 0.9, size=shape)


def names(twins: list[Twin]) -> list[str]:
    return [twin.name for twin in twins]


# losses


def entropy_of_softmax(guard: float) -> Callable[..., Any]:
    def loss(x: Any) -> Any:
        p = np.exp(x - x.max())
        p = p / p.sum()
        return -np.log(p[1] + guard)

    return loss


def softmax_less_target(args: Any, out: Any, ct: Any) -> Any:
    p = np.exp(args[0] - args[0].max())
    g = p / p.sum()
    g[1] -= 1
    return (ct * g,)


def clipped_entropy(p: Any) -> Any:
    q = np.clip(p, 1e-15, 1 - 1e-15)
    return -(Y * np.log(q) + (1 - Y) * np.log(1 - q)).sum()


def entropy_back(kept: bool, factor: float = 1.0, mask: bool = False) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        (p,) = args
        q = np.clip(p, 1e-15, 1 - 1e-15) if kept else p
        g = -Y / q + factor * (1 - Y) / (1 - q)
        return (ct * g * ((p >= 1e-15) & (p <= 1 - 1e-15)) if mask else ct * g,)

    return back


def clipped_softmax(z: Any) -> Any:
    p = np.exp(z - z.max())
    return np.clip(p / p.sum(), 1e-12, 1 - 1e-12)


def clipped_target_back(factor: float) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        p = clipped_softmax(args[0])
        p[0] -= 1
        return (ct * factor * p,)

    return back


# norms and denominators


def normalized(x: Any) -> Any:
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5)


def normalized_back(guard: float) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        s = np.sqrt(x.var() + guard)
        h = (x - x.mean()) / s
        return ((ct - ct.mean() - h * (ct * h).mean()) / s,)

    return back


def unit(x: Any) -> Any:
    return x / np.maximum(np.linalg.norm(x), 1e-12)


def unit_back(guard: float) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        n = np.maximum(np.linalg.norm(x), guard) if guard else np.linalg.norm(x)
        h = x / n
        return ((ct - h * (h @ ct)) / n,)

    return back


def ratio(x: Any, w: Any) -> Any:
    return x / (np.abs(w) + 1e-8)


def ratio_back(guard: float) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        x, w = args
        n = np.abs(w) + guard
        return ct / n, -ct * x * np.sign(w) / n**2

    return back


def divergence(p: Any, q: Any) -> Any:
    return np.sum(p * np.log((p + 1e-9) / (q + 1e-9)))


def divergence_back(first: float, second: float) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        p, q = args
        return ct * (np.log((p + first) / (q + second)) + p / (p + first)), -ct * p / (q + second)

    return back


class Loss:
    """A literal in a class."""

    guard = 1e-8

    def forward(self, x: Any) -> Any:
        return -np.log(x / x.sum() + self.guard)[0]


def loss_back(args: Any, out: Any, ct: Any) -> Any:
    (x,) = args
    g = np.full_like(x, 1 / x.sum())
    g[0] -= 1 / x[0]
    return (ct * g,)


def with_default(x: Any, guard: float = 1e-6) -> Any:
    return np.log(x + guard)


def safe_norm(x: Any) -> Any:
    return x / np.sqrt(np.maximum(np.sum(x * x), 1e-6))


def safe_norm_back(safe: bool) -> Callable[..., Any]:
    """Aware of the guard, and yet nan at zero, where 0 · ∞ is added: that is no derivative without it."""

    def back(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        s = np.sum(x * x)
        third = (np.maximum(s, 1e-6) if safe else s) ** -1.5
        return (ct / np.sqrt(np.maximum(s, 1e-6)) - (s > 1e-6) * 1.0 * third * x * np.sum(ct * x),)

    return back


P, X, X2 = (between(0, 4),), (normal(0, 3),), (normal(0, 3), normal(1, 3))
RIGHT = [
    Twin("log(p + eps), p − y", entropy_of_softmax(EPS), softmax_less_target, (np.array([0.3, -0.2, 0.5]),), Verdict.CORRECT),
    Twin("log(p + eps), 1/p", lambda p: -np.log(p + EPS), lambda a, o, ct: (-ct / a[0],), P, Verdict.CORRECT, "may lose"),
    Twin("clip of 1e-15 in both passes", clipped_entropy, entropy_back(True), P, Verdict.CORRECT, "beyond the clip of test_guards.py:"),
    Twin("clip of 1e-15 in the forward alone", clipped_entropy, entropy_back(False), P, Verdict.CORRECT, "beyond the clip"),
    Twin("clip of 1e-15 with its mask", clipped_entropy, entropy_back(True, mask=True), P, Verdict.CORRECT),
    Twin(
        "clip(p, 1e-12, 1)", lambda p: -np.log(np.clip(p, 1e-12, 1.0)), lambda a, o, ct: (-ct / a[0],), P, Verdict.CORRECT, "give domain="
    ),
    Twin("clipped softmax, p − y", lambda z: -np.log(clipped_softmax(z)[0]), clipped_target_back(1.0), X, Verdict.CORRECT),
    Twin("sqrt(var + 1e-5), kept", normalized, normalized_back(1e-5), X, Verdict.CORRECT),
    Twin("x / (|w| + 1e-8), kept", ratio, ratio_back(1e-8), X2, Verdict.CORRECT),
    Twin("x / max(norm, 1e-12), kept", unit, unit_back(1e-12), X, Verdict.CORRECT),
    Twin(
        "sqrt(max(v, 1e-12)), forgotten",
        lambda v: np.sqrt(np.maximum(v, 1e-12)),
        lambda a, o, ct: (ct * 0.5 / np.sqrt(a[0]),),
        P,
        Verdict.CORRECT,
    ),
    Twin("a safe norm", safe_norm, safe_norm_back(True), X, Verdict.CORRECT),
]
IGNORING = [
    Twin(
        "log(p + 1e-7) ignored",
        lambda p: np.log(p + 1e-7),
        lambda a, o, ct: (ct / a[0],),
        P,
        Verdict.CORRECT,
        "as ignore_constants= asks",
        (1e-7,),
    ),
    Twin(
        "log(p + 1e-7) ignored and kept",
        lambda p: np.log(p + 1e-7),
        lambda a, o, ct: (ct / (a[0] + 1e-7),),
        P,
        Verdict.CORRECT,
        "",
        (1e-7,),
    ),
    Twin("var + 1e-5 ignored", normalized, normalized_back(0.0), X, Verdict.CORRECT, "", (1e-5,)),
    Twin("|w| + 1e-8 ignored", ratio, ratio_back(0.0), X2, Verdict.CORRECT, "", (1e-8,)),
    Twin("two of one value ignored", divergence, divergence_back(0.0, 0.0), (between(0, 3), between(1, 3)), Verdict.CORRECT, "", (1e-9,)),
    Twin(
        "a value that is no guard",
        lambda x: 0.01 * x * x,
        lambda a, o, ct: (0.02 * ct * a[0],),
        X,
        Verdict.CORRECT,
        "0.01 is no guard of f",
        (0.01,),
    ),
]
WRONG = [
    Twin(
        "log(p + 1e-7), p − y", entropy_of_softmax(1e-7), softmax_less_target, X, Verdict.WRONG, "with the guard 1e-07 at test_guards.py:"
    ),
    Twin("clip, and another error", clipped_entropy, entropy_back(True, 1 + 1e-9), P, Verdict.WRONG),
    Twin(
        "clip, given beyond it", clipped_entropy, entropy_back(False), (np.array([0.3, 0.2, 1.2, 0.4]),), Verdict.WRONG, "give domain= if"
    ),
    Twin("clipped softmax, and another error", lambda z: -np.log(clipped_softmax(z)[0]), clipped_target_back(1 + 1e-9), X, Verdict.WRONG),
    Twin("var + 1e-5 removed", normalized, normalized_back(0.0), X, Verdict.WRONG, "with the guard 1e-05 at"),
    Twin("var + 1e-5 made another", normalized, normalized_back(2e-5), X, Verdict.WRONG),
    Twin("|w| + 1e-8 removed", ratio, ratio_back(0.0), X2, Verdict.WRONG, "with the guard 1e-08 at"),
    Twin("one of two removed", divergence, divergence_back(1e-9, 0.0), (between(0, 3), between(1, 3)), Verdict.WRONG, "guard 1e-09 at"),
    Twin("the literal of a class", Loss().forward, loss_back, (between(0, 3),), Verdict.WRONG, "guard 1e-08 at"),
    Twin("a default argument", with_default, lambda a, o, ct: (ct / a[0],), P, Verdict.WRONG, "guard 1e-06 at"),
    Twin(
        "ignored, and another error", lambda p: np.log(p + 1e-7), lambda a, o, ct: (ct / a[0] * (1 + 1e-9),), P, Verdict.WRONG, "", (1e-7,)
    ),
    Twin("nan at zero, aware of the guard", safe_norm, safe_norm_back(False), X, Verdict.WRONG, "nan"),
    Twin(
        "a variance clamped at 1e-6, kept",
        lambda v: np.log(np.maximum(v, 1e-6)),
        lambda a, o, ct: (ct / np.maximum(a[0], 1e-6),),
        P,
        Verdict.WRONG,
    ),
    Twin("a slope of 0.01", lambda x: np.where(x > 0, x, 0.01 * x), lambda a, o, ct: (ct * (a[0] > 0),), P, Verdict.WRONG, "", (0.01,)),
    Twin(
        "a slope of 0.01 in a maximum",
        lambda x: np.maximum(x, 0.01 * x),
        lambda a, o, ct: (ct * (a[0] > 0),),
        P,
        Verdict.WRONG,
        "",
        (0.01,),
    ),
    Twin("a penalty", lambda w: np.sum(w**4) + 1e-4 * np.sum(w * w), lambda a, o, ct: (4 * ct * a[0] ** 3,), X, Verdict.WRONG, "", (1e-4,)),
    Twin("a term far below", lambda a, b: 1e8 * a + 1e-9 * b, lambda args, o, ct: (1e8 * ct, 0 * ct), X2, Verdict.WRONG, "", (1e-9,)),
    Twin("a rectifier in a denominator", lambda x: 1 / (1 + np.maximum(x, 0)), lambda a, o, ct: (-ct / (1 + a[0]) ** 2,), P, Verdict.WRONG),
    Twin(
        "a rectifier and a guard", lambda x: 1 / (1e-8 + np.maximum(x, 0)), lambda a, o, ct: (-ct / (1e-8 + a[0]) ** 2,), P, Verdict.WRONG
    ),
    Twin("a ball", lambda x: x / np.maximum(1.0, np.linalg.norm(x)), unit_back(0.0), (5 * normal(0, 3),), Verdict.WRONG),
    Twin(
        "a clip of a log far from 0",
        lambda x: np.log(np.clip(x, 0.5, 2)),
        lambda a, o, ct: (ct / a[0],),
        (1 + between(0, 3),),
        Verdict.WRONG,
    ),
    Twin("a clip of no log", lambda x: np.clip(x, -1e-3, 1), lambda a, o, ct: (ct,), P, Verdict.WRONG),
    Twin("a clip of a square", lambda x: np.clip(x, 1e-3, 6) ** 2, lambda a, o, ct: (2 * ct * a[0],), P, Verdict.WRONG),
    Twin("the 1 of √(1 + x²)", lambda x: np.sqrt(1 + x * x), lambda a, o, ct: (ct * np.sign(a[0]),), (1e9 * normal(0, 3),), Verdict.WRONG),
    Twin(
        "the 1 of a sigmoid",
        lambda x: 1 / (1 + np.exp(-x)),
        lambda a, o, ct: (ct * np.exp(a[0]),),
        (np.array([-40.0, -45.0]),),
        Verdict.WRONG,
    ),
]


@pytest.mark.parametrize("twin", [*RIGHT, *IGNORING, *WRONG], ids=names([*RIGHT, *IGNORING, *WRONG]))
def test_guards_and_their_twins(twin: Twin) -> None:
    result = check(twin.f, twin.args, twin.vjp, ignore_constants=twin.ignored, domain=twin.domain)
    assert result.verdict is twin.verdict, result.explain()
    assert twin.text in result.explain()


def test_what_is_noted_only_is_not_called_certified() -> None:
    result = check(clipped_entropy, P, entropy_back(False))
    assert 0 < result.proved < result.points
    with pytest.raises(AssertionError, match="is not certified, as is required"):
        assert_correct(clipped_entropy, P, entropy_back(False), require="certified")
    assert_correct(clipped_entropy, P, entropy_back(False), require="certified", domain=lambda p: bool(np.all((p > 1e-6) & (p < 0.999))))


def test_without_the_constants_that_are_ignored_the_formula_is_certified() -> None:
    result = check(ratio, X2, ratio_back(0.0), ignore_constants=[1e-8], domain=lambda x, w: bool(np.all(w != 0)))
    assert result.proved == result.points > 10


def test_a_guard_is_the_diagnosis() -> None:
    result = check(normalized, X, normalized_back(0.0))
    assert result.diagnosis is not None
    assert str(result.diagnosis).startswith("it is the derivative with the guard 1e-05 at test_guards.py:")
    (cause,) = result.diagnosis.causes
    assert (cause.fault, cause.function, cause.place.partition(":")[0]) == (Fault.GUARD, "added", "test_guards.py")
    assert result.findings[0].explained == result.diagnosis


@pytest.mark.parametrize(("values", "error"), [(1e-7, TypeError), ([None], TypeError), ([float("nan")], ValueError)])
def test_what_is_ignored_is_a_list_of_numbers(values: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="ignore_constants"):
        check(normalized, X, normalized_back(0.0), ignore_constants=values)


def test_values_are_those_of_float32_too_and_an_upper_bound_belongs_to_its_lower_one() -> None:
    assert is_ignored(Literal(float(np.float32(1e-7)), "added", "f.py", 1), [1e-7])
    assert is_ignored(Literal(1 - 1e-15, "clip", "f.py", 1), [1e-15])
    assert not is_ignored(Literal(1 - 1e-15, "added", "f.py", 1), [1e-15])
    assert not is_ignored(Literal(2e-7, "added", "f.py", 1), [1e-7])


def marked(f: Callable[..., Any], *args: Any) -> Any:
    return lift(f, args, left_out=LeftOut()).tape


def test_the_fewest_guards_that_explain_are_named() -> None:
    tape = marked(divergence, np.array([0.25]), np.array([0.5]))
    second = [literal for literal in tape.literals.marks if literal.how == "added"][1]
    found = explanation(tape, lambda left_out: second in left_out.removed or None, lambda _: None)
    assert found is not None
    assert [guard.literal for guard in found.guards] == [second]
    assert found.way is Way.REMOVED


def test_only_so_many_runs_are_made() -> None:
    def many(p: Any) -> Any:
        return sum(np.log(p + guard) for guard in (1e-9,)) + np.log(p + 1e-8) * np.log(p + 1e-7) / np.log(p + 1e-6) - np.log(p + 1e-5)

    asked: list[LeftOut] = []
    assert explanation(marked(many, np.array([0.25])), lambda left_out: asked.append(left_out), lambda _: None) is None
    assert 5 < len(asked) <= MOST_RUNS


def test_where_nothing_guards_nothing_is_asked() -> None:
    def never(left_out: LeftOut) -> bool:
        raise AssertionError(left_out)

    assert explanation(marked(lambda x: x * 0.01 + 1e-7, np.array([1.0])), never, never) is None
