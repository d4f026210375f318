"""The tier of floats: what a reverse sweep or the backward's own rounding explains passes, a little more does not, and
nothing is said where a bound is not small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.special

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.findings import Note
from backproof.verify.gradient_oracle.floats import Floats, Unsettled, judge_floats
from backproof.verify.gradient_oracle.judge import judge
from backproof.verify.gradient_oracle.kinks import Sides
from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import pull_back
from backproof.verify.verdicts import Verdict

U = 2.0**-53
OLD_ROOM = 1024.0
"""What was once allowed beside |g|, at least, fitted to examples."""


def case(f: Any, vjp: Any, args: Any, ct: Any = None, strict: bool = False, u: float = U) -> Floats:
    with np.errstate(all="ignore"):
        out = f(*args)
        ct = np.random.default_rng(1).normal(size=np.shape(out)).astype(np.asarray(out).dtype) if ct is None else np.asarray(ct)
        gradients = vjp(args, out, ct)
    question = Question(f, vjp, args, ct, "here", strict=(strict,) * len(args))
    forward = lifted_forward(f, args)
    return Floats(question, gradients, Sides([pull_back(forward, ct)], [forward]), lifted_backward(question, forward), True)


def softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def softmax_backward(args: Any, out: Any, ct: Any) -> Any:
    return (out * (ct - np.sum(ct * out)),)


def dense(w: Any, x: Any) -> Any:
    return np.tanh(w @ x)


def dense_backward(args: Any, out: Any, ct: Any) -> Any:
    back = ct * (1 - out * out)
    return np.outer(back, args[1]), args[0].T @ back


RNG = np.random.default_rng(0)
RIGHT: dict[str, tuple[Any, Any, Any]] = {
    "exp": (np.exp, lambda args, out, ct: (ct * out,), (RNG.normal(size=4),)),
    "square": (lambda x: x * x, lambda args, out, ct: (2 * args[0] * ct,), (RNG.normal(size=4),)),
    "quotient": (lambda x: 1 / (1 + x * x), lambda args, out, ct: (-2 * args[0] * out * out * ct,), (RNG.normal(size=4),)),
    "norm": (lambda x: np.sqrt(np.sum(x * x)), lambda args, out, ct: (ct * args[0] / out,), (RNG.normal(size=8),)),
    "softmax": (softmax, softmax_backward, (RNG.normal(size=5),)),
    "dense": (dense, dense_backward, (RNG.normal(size=(3, 4)), RNG.normal(size=4))),
}


def smallest_seen(right: Floats) -> float:
    """The least relative error, by powers of √2, of the largest entry of the first gradient that is found, in units of
    roundoff."""
    gradient = np.asarray(right.gradients[0])
    where = np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)
    for k in range(80):
        moved = gradient.copy()
        moved[where] *= 1 + U * 2 ** (k / 2)
        if judge_floats(replace(right, gradients=[moved, *right.gradients[1:]]))[0]:
            return 2 ** (k / 2)
    return np.inf


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_floats_are_within_the_bound(name: str, dtype: Any) -> None:
    f, vjp, args = RIGHT[name]
    for seed in range(5):
        given = tuple((a * np.random.default_rng(seed).uniform(0.1, 3.0, size=a.shape)).astype(dtype) for a in args)
        found, said = judge_floats(case(f, vjp, given))
        assert found == []
        assert said is None or (isinstance(said, Note) and "saturated" in said.said)


@pytest.mark.parametrize(("name", "most"), [("exp", 64), ("square", 16), ("quotient", 64), ("norm", 128), ("softmax", 256), ("dense", 256)])
def test_an_error_is_found_far_below_a_thousand_roundings(name: str, most: float) -> None:
    assert smallest_seen(case(*RIGHT[name])) <= most < OLD_ROOM


@pytest.mark.parametrize("name", RIGHT)
def test_a_hundred_times_the_bound_is_inaccurate(name: str) -> None:
    right = case(*RIGHT[name])
    least = smallest_seen(right) * U
    moved = [np.asarray(gradient) * (1 + 100 * least) for gradient in right.gradients]
    found, note = judge_floats(replace(right, gradients=moved))
    assert note is None
    assert {finding.verdict for finding in found} == {"INACCURATE"}
    assert found[0].size > 20


# strict accuracy


def late(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (1 - np.cos(args[0])),)


def early(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * np.sin(args[0] / 2) ** 2,)


def difference(x: Any) -> Any:
    return x - np.sin(x)


def test_a_formula_that_cancels_is_inaccurate_only_where_accuracy_is_at_stake() -> None:
    x = (np.array([1e-6]),)
    assert judge_floats(case(difference, late, x, strict=True))[0][0].verdict == "INACCURATE"
    assert judge_floats(case(difference, early, x, strict=True)) == ([], None)
    assert judge_floats(case(difference, late, x))[0] == []


def test_what_everybody_takes_from_a_value_is_nobodys_fault() -> None:
    """1 − tanh² where tanh is almost 1."""
    x = (np.array([18.0]),)
    assert judge_floats(case(np.tanh, lambda args, out, ct: (ct * (1 - out**2),), x, strict=True))[0] == []


def attention(q: Any, k: Any, w: Any) -> Any:
    return softmax(np.tanh(q + k) @ w) @ k


def attention_backward(args: Any, out: Any, ct: Any) -> Any:
    q, k, w = args
    t = np.tanh(q + k)
    a = softmax(t @ w)
    (de,) = softmax_backward(args, a, k @ ct)
    dt = np.outer(de, w) * (1 - t**2)
    return dt.sum(axis=0), dt + np.outer(a, ct), t.T @ de


def centred(b: Any, x: Any) -> Any:
    t = np.tanh(x + b)
    return t - t.mean(axis=0)


def centred_backward(args: Any, out: Any, ct: Any) -> Any:
    d = (ct - ct.mean(axis=0)) * (1 - np.tanh(args[0] + args[1]) ** 2)
    return d.sum(axis=0), d


@pytest.mark.parametrize("size", [1e-4, 1e-8, 1e-12])
@pytest.mark.parametrize(
    ("f", "vjp", "shapes", "term"),
    [(attention, attention_backward, ((3,), (4, 3), (3,)), 2), (centred, centred_backward, ((3,), (4, 3)), 0)],
)
def test_what_cancels_among_copies_is_off_by_roundings_of_the_terms(f: Any, vjp: Any, shapes: Any, term: int, size: float) -> None:
    """Nothing is left of the derivative by what all copies share; a hundred roundings of a copy are too many."""
    rng = np.random.default_rng(3)
    right = case(f, vjp, tuple(size * rng.normal(size=shape) for shape in shapes), strict=True)
    right = replace(right, question=replace(right.question, usual=(1.0,) * len(shapes)))
    assert judge_floats(right)[0] == []
    first, *others = right.gradients
    moved = first + 100 * U * size**term
    found = judge_floats(replace(right, gradients=[moved, *others]))[0]
    assert {finding.verdict for finding in found} == {"INACCURATE"}
    assert {finding.argument for finding in found} == {0}


def test_each_copy_must_be_stable_by_itself() -> None:
    def shared(b: Any, x: Any) -> Any:
        return difference(x + b)

    def summed(slope: Any) -> Any:
        def vjp(args: Any, out: Any, ct: Any) -> Any:
            (d,) = slope((args[0] + args[1],), out, ct)
            return d.sum(axis=0), d

        return vjp

    args = (np.array([1e-6, 2e-6]), np.array([[3e-6, 1e-6], [-2e-6, 5e-6]]))
    assert {finding.argument for finding in judge_floats(case(shared, summed(late), args, strict=True))[0]} == {0, 1}
    assert judge_floats(case(shared, summed(early), args, strict=True)) == ([], None)


@pytest.mark.parametrize("whole", [False, True])
def test_a_saturated_softmax_of_huge_scores_is_judged(whole: bool) -> None:
    """Scores of 10²⁴, by NumPy and by SciPy."""

    def f(x: Any, w: Any, m: Any) -> Any:
        s = x @ w @ m.T
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return (scipy.special.softmax(s, axis=1) if whole else e / e.sum(axis=1, keepdims=True)) @ m

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, w, m = args
        a, d = scipy.special.softmax(x @ w @ m.T, axis=1), ct @ m.T
        ds = a * (d - np.sum(a * d, axis=1, keepdims=True))
        return ds @ m @ w.T, x.T @ ds @ m, a.T @ ct + ds.T @ x @ w

    rng = np.random.default_rng(0)
    right = case(f, vjp, tuple(1e8 * rng.normal(size=shape) for shape in ((2, 3), (3, 2), (4, 2))))
    found, said = judge_floats(right)
    assert found == []
    assert said is None or (isinstance(said, Note) and "saturated" in said.said)
    moved = [*right.gradients[:2], right.gradients[2] + 1000 * U]
    found = judge_floats(replace(right, gradients=moved))[0]
    assert {finding.verdict for finding in found} == {"INACCURATE"}
    assert len(found) >= 4


# kinks, constants, opaque backwards


def test_at_a_kink_the_bound_is_that_of_the_side_which_loses_most() -> None:
    """On one side x + c − c, squared: that derivative is off by roundings of c, the other has none."""

    def f(x: Any) -> Any:
        return np.where(x > 0, ((x + 1e8) - 1e8) ** 2 + 2 * x, x)

    def slope(value: float) -> Any:
        return judge(Question(f, lambda args, out, ct: (ct * value,), (np.array([0.0]),), np.ones(1), "here")).findings

    assert slope(2.0 + 1e-9) == ()
    assert slope(1.0 - 1e-9) == ()
    assert slope(2.0 + 1e-6)


def test_a_constant_that_the_formula_tier_accepted_is_no_rounding() -> None:
    right = case(lambda x: x / 3, lambda args, out, ct: (ct * (1 / 3 + 12 * U),), (np.array([5.0]),))
    assert judge_floats(right)[0] == []
    assert judge_floats(replace(right, accepted=False))[0]


def test_an_unknown_formula_may_make_some_times_the_roundings_of_a_sweep() -> None:
    x = (RNG.normal(size=8),)
    right = replace(case(np.exp, lambda args, out, ct: (ct * out,), x), backward=None)
    spectral = np.fft.ifft(np.fft.fft(right.gradients[0])).real
    assert judge_floats(replace(right, gradients=[spectral]))[0] == []
    found, _ = judge_floats(replace(right, gradients=[spectral * (1 + 1e-10)]))
    assert found[0].verdict == "INACCURATE"
    found, _ = judge_floats(replace(right, gradients=[spectral * 1.01]))
    assert found[0].verdict == "WRONG"


# where nothing can be said, and where much is


def test_a_bound_that_is_not_small_says_nothing_and_this_is_noted() -> None:
    def f(x: Any) -> Any:
        return np.sin((x + 1e16) - 1e16)

    right = case(f, lambda args, out, ct: (ct * np.cos((args[0] + 1e16) - 1e16),), (np.array([1.0]),))
    found, note = judge_floats(replace(right, gradients=[np.array([100.0])]))
    assert found == []
    assert isinstance(note, Note)
    assert "a quarter of the largest derivative" in note.said
    assert note.words == f"at here, {note.said}"


def test_one_bad_entry_among_a_thousand_is_found() -> None:
    x = (np.random.default_rng(3).normal(size=1000),)
    right = case(lambda x: np.mean(x * x), lambda args, out, ct: (ct * 2 * args[0] / args[0].size,), x)
    assert judge_floats(right) == ([], None)
    moved = np.array(right.gradients[0])
    moved[617] *= 1 + 1e-12
    found, _ = judge_floats(replace(right, gradients=[moved]))
    assert [finding.index for finding in found] == [(617,)]


def test_an_overflow_to_infinity_is_not_explained_by_rounding() -> None:
    right = case(np.exp, lambda args, out, ct: (ct * out,), (np.array([1.0]),))
    assert judge_floats(replace(right, gradients=[np.array([np.inf])]))[0]


def test_where_nothing_depends_on_the_argument_only_zero_is_right() -> None:
    right = case(lambda x: np.floor(x) * 1.0, lambda args, out, ct: (0.0 * ct,), (np.array([1.5]),))
    assert judge_floats(right) == ([], None)
    assert judge_floats(replace(right, gradients=[np.array([1e-10])]))[0]


def steep(x: Any, y: Any) -> Any:
    """At y = 0 a kink, and at x = 1e-120 a second derivative beyond all floats."""
    return np.maximum(y, 0.0) + 1.0 / x


def off_there(args: Any, out: Any, ct: Any) -> Any:
    x, y = args
    return -ct / x**2 * np.where(x == 1e-120, 1 + 1e-9, 1.0), ct * (y > 0)


STEEP_ARGS = (np.array([1e-120]), np.array([0.0]))


def test_a_bound_beyond_all_floats_decides_nothing_on_any_side_of_a_kink() -> None:
    given = Question(steep, off_there, STEEP_ARGS, np.array([1.0]), "here")
    judged = judge(given)
    assert (judged.findings, judged.settled, judged.unsettled_why) == ((), False, Why.DTYPE)
    assert "beyond the range of floats, on one side of the kink" in judged.unsettled
    result = check(steep, STEEP_ARGS, off_there, effort="quick")
    assert not result.ok
    assert result.points + sum(entry.points for entry in result.unjudged) == result.planned
    assert any(entry.reason is Why.DTYPE for entry in result.unjudged)


def test_where_the_floats_are_right_to_the_last_place_no_bound_is_asked() -> None:
    right = check(steep, STEEP_ARGS, lambda args, out, ct: (-ct / args[0] ** 2, ct * (args[1] > 0)), effort="quick")
    assert (right.verdict, [entry for entry in right.unjudged if entry.reason is Why.DTYPE]) == (Verdict.CORRECT, [])


def test_an_infinite_bound_of_one_entry_is_said_before_any_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backproof.verify.gradient_oracle.floats._allowed", lambda *given: np.nan)
    found, said = judge_floats(case(softmax, lambda args, out, ct: (1.001 * softmax_backward(args, out, ct)[0],), (np.array([0.3, -1.0]),)))
    assert found == []
    assert isinstance(said, Unsettled)
    assert said.why is Why.DTYPE
