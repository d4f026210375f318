"""Which points are judged: aims at decisions, whole numbers, places of an argmax; what is left out, and said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft

from backproof.verify import check
from backproof.verify.gradient_oracle import exploration as exploring
from backproof.verify.gradient_oracle import looking
from backproof.verify.gradient_oracle.exploration import Exploration
from backproof.verify.gradient_oracle.planned.effort import EFFORTS
from backproof.verify.gradient_oracle.planned.unjudged import Why

HEIGHTS = np.sqrt(np.arange(13.0))


def exploration(f: Any, vjp: Any, *args: Any, effort: str = "default") -> Exploration:
    run = Exploration(f, vjp, rng=np.random.default_rng(0), effort=EFFORTS[effort])
    run.start(args)
    return run


def table(x: Any) -> Any:
    k = np.clip(np.floor(x).astype(int), 0, 11)
    return HEIGHTS[k] + np.diff(HEIGHTS)[k] * (x - k)


def slope_of(steps: Any) -> Any:
    return lambda args, out, ct: (ct * steps[np.clip(np.floor(args[0]).astype(int), 0, 11)],)


@pytest.mark.parametrize("bad", [1, 5, 7, 11])
def test_every_entry_of_a_table_between_those_used_is_looked_at(bad: int) -> None:
    steps = np.diff(HEIGHTS)
    x = (np.array([0.5, 3.3, 10.2]),)
    assert check(table, x, slope_of(steps)).ok
    wrong = steps.copy()
    wrong[bad] *= 1.5
    assert not check(table, x, slope_of(wrong)).ok


def test_without_steps_from_one_whole_number_to_others_an_entry_of_a_table_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = np.diff(HEIGHTS)
    wrong[7] *= 1.5
    x = (np.array([0.5, 3.3, 10.2]),)
    assert not check(table, x, slope_of(wrong)).ok
    monkeypatch.setattr(exploring, "shifted", lambda *_: None)
    assert check(table, x, slope_of(wrong)).ok


def test_every_place_of_an_argmax_is_looked_at() -> None:
    def f(x: Any) -> Any:
        return x.max() * 2.0

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        k = int(np.argmax(args[0]))
        gradient = np.zeros_like(args[0])
        gradient[k] = ct * (2.0 if k != 6 else 1.0)
        return (gradient,)

    for seed in range(4):
        assert not check(f, (np.array([0.1, 0.5, 2.0, -1.0, 0.3, 0.7, 0.2, 1.1]),), vjp, seed=seed).ok


def test_a_decision_that_is_out_of_reach_of_sensible_arguments_is_left_alone() -> None:
    run = exploration(lambda x: np.maximum(x, -1e30) * 2, lambda args, out, ct: (2 * ct,), np.array([1.0, 2.0]))
    run.explore(())
    assert all(abs(entry) < 1e10 for taken in run.taken for entry in taken.point.args[0])
    assert run.findings == []


def test_nothing_is_explored_where_the_forward_was_not_lifted() -> None:
    run = exploration(lambda x: scipy.fft.idct(scipy.fft.dct(x)), lambda args, out, ct: (ct,), np.array([1.0, 2.0, 3.0, 4.0]))
    run.explore(())
    assert len(run.taken) == 1


def test_a_budget_of_points_is_kept() -> None:
    run = exploration(np.tanh, lambda args, out, ct: (ct * (1 - out * out),), np.array([0.3, 1.0]), effort="quick")
    run.explore(())
    assert len(run.taken) == 1 + EFFORTS["quick"].points == 7


def test_a_shape_that_the_backward_need_not_be_meant_for_is_noted() -> None:
    result = check(lambda x: x[[2, 0, 1]], (np.array([1.0, 2.0, 3.0]),), lambda args, out, ct: (ct[np.argsort([2, 0, 1])],))
    assert result.ok
    assert any("need not be meant for that" in note and "shape (3,)" in note for note in result.notes)


def test_code_that_does_not_come_back_at_a_chosen_point_is_stopped_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newton's iteration for the square root has no end for negative numbers."""
    monkeypatch.setattr(looking, "SECONDS", 1.0)

    def root(a: Any) -> Any:
        y = a * 1.0
        while np.any(np.abs(y * y - a) > 4e-16 * np.abs(a)):
            y = (y + a / y) / 2
        return y

    result = check(root, (np.array([2.0, 9.0]),), lambda args, out, ct: (ct / (2 * np.sqrt(args[0])),), seed=1)
    assert result.verdict.value in ("CORRECT", "INACCURATE"), result.explain()
    assert any("takes more than 1 s" in note for note in result.notes)


def test_labels_outside_of_those_given_are_tried() -> None:
    def loss(x: Any, y: Any) -> Any:
        keep = y >= 0
        log_p = x - np.log(np.exp(x).sum(1, keepdims=True))
        return -(log_p[np.arange(len(y)), y] * keep).sum()

    def vjp(args: Any, out: Any, ct: Any, forgetful: bool) -> Any:
        x, y = args
        p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        return ct * (p if forgetful else p * (y >= 0)[:, None]), None

    args = (np.array([[0.1, 0.5, 0.2], [1.0, 0.3, -0.5]]), np.array([1, 2]))
    assert check(loss, args, lambda *given: vjp(*given, forgetful=False)).ok
    assert not check(loss, args, lambda *given: vjp(*given, forgetful=True)).ok


@pytest.mark.parametrize("bad", [1, 2, 3, 4])
def test_every_bracket_of_a_sorted_table_is_looked_at(bad: int) -> None:
    edges, rates = np.array([0.0, 9950.0, 40525.0, 86375.0, 164925.0]), np.array([0.1, 0.12, 0.22, 0.24, 0.32])

    def f(x: Any) -> Any:
        k = np.searchsorted(edges, x, side="right") - 1
        base = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(edges))])
        return base[k] + rates[k] * (x - edges[k])

    def slope_of(table: Any) -> Any:
        return lambda args, out, ct: (ct * table[np.searchsorted(edges, args[0], side="right") - 1],)

    wrong = rates.copy()
    wrong[bad] *= 1.1
    incomes = (np.array([3000.0, 12000.0, 30000.0]),)
    assert check(f, incomes, slope_of(rates)).ok
    assert not check(f, incomes, slope_of(wrong)).ok


def test_a_domain_that_does_not_understand_a_setting_keeps_it_away() -> None:
    def domain(x: Any, k: Any) -> bool:
        if k != 1:
            raise ValueError("only the first diagonal")
        return bool(np.all(np.isfinite(x)))

    result = check(lambda x, k: np.triu(x, k), (np.ones((3, 3)), 1), lambda args, out, ct: (np.triu(ct, 1), None), domain=domain)
    assert result.ok
    assert not check(lambda x, k: np.triu(x, k), (np.ones((3, 3)), 1), lambda args, out, ct: (np.triu(ct, 1), None)).ok


def test_an_error_of_the_check_itself_at_a_chosen_point_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    run = exploration(np.tanh, lambda args, out, ct: (ct * (1 - out * out),), np.array([0.3, 1.0]))

    def broken(*_: Any) -> Any:
        raise AttributeError("a fault of the check")

    monkeypatch.setattr(looking, "judge", broken)
    with pytest.raises(AttributeError, match="a fault of the check"):
        run.explore(())


def test_what_does_not_return_floats_is_refused_at_the_given_arguments_and_passed_over_elsewhere() -> None:
    with pytest.raises(ValueError, match="f must return an array of floats, found one of dtype complex128"):
        exploration(lambda x: np.fft.fft(x), lambda args, out, ct: (ct,), np.array([1.0, 2.0]))
    run = exploration(lambda x: np.sqrt(x), lambda args, out, ct: (ct / (2 * out),), np.array([1.0, 2.0]))
    run.explore(())
    assert all(np.min(taken.point.args[0]) >= 0 for taken in run.taken)


def huber(r: Any) -> Any:
    return np.where(np.abs(r) <= 6.5, 0.5 * r * r, 6.5 * (np.abs(r) - 3.25))


def slope_of_huber(beyond: float) -> Any:
    return lambda args, out, ct: (ct * np.where(np.abs(args[0]) <= 6.5, args[0], beyond * np.sign(args[0])),)


def inside(entries: int) -> Any:
    return np.random.default_rng(0).uniform(-2, 2, entries)


@pytest.mark.parametrize("entries", [3, 4000, 4001, 20_000, 2_000_000])
def test_a_branch_that_the_given_arguments_do_not_take_is_seen_however_large_they_are(entries: int) -> None:
    """README's huber."""
    result = check(huber, (inside(entries),), slope_of_huber(1.0))
    assert result.verdict == "WRONG", result.explain()
    assert "across the decision x <= 6.5" in result.findings[0].point
    assert ("with arguments cut to (2" in result.findings[0].point) is (entries > 4000)


def test_larger_arguments_than_are_explored_are_explored_smaller_and_that_is_said() -> None:
    result = check(huber, (inside(4001),), slope_of_huber(6.5), effort="quick")
    assert result.ok
    assert result.points == 2 + EFFORTS["quick"].points
    assert any("explored with arguments cut to (251,)" in note for note in result.notes)
    assert result.left_out == 0


def test_code_that_takes_no_smaller_arguments_is_not_explored_and_every_point_is_counted() -> None:
    weights = np.ones(4001)
    result = check(lambda r: huber(r) * weights, (inside(4001),), lambda args, out, ct: slope_of_huber(6.5)(args, out, ct * weights))
    assert result.ok
    assert result.points == 1
    (gap,) = result.unjudged
    assert (gap.reason, gap.words, gap.excused) == (Why.SIZE, "4,001 entries are more than 4,000", False)
    assert gap.points == result.left_out == result.planned - 1 >= 10
    first = result.explain().splitlines()[0]
    assert f"{gap.points} planned points were not judged: too large (4,001 entries are more than 4,000)" in first
    assert "nothing but the given arguments was judged, where x <= 6.5 at test_exploration.py:" in first
    assert "was only True" in first
    assert any(note.startswith(f"of {result.planned} planned points 1 was judged; not judged: ") for note in result.notes)


def test_code_that_reads_too_much_at_the_given_arguments_is_explored_at_smaller_ones() -> None:
    rng = np.random.default_rng(0)
    args = (rng.normal(size=(40, 40)), rng.normal(size=(40, 40)))

    def backward(edge: float) -> Any:
        def vjp(args: Any, out: Any, ct: Any) -> Any:
            inner = ct * np.where(args[0] @ args[1] > 100.0, edge, 1.0)
            return inner @ args[1].T, args[0].T @ inner

        return vjp

    def f(x: Any, w: Any) -> Any:
        product = x @ w
        return np.where(product > 100.0, 100.0, product)

    assert check(f, args, backward(0.0), effort="quick").ok
    assert check(f, args, backward(1.0), effort="quick").verdict == "WRONG"


def test_what_could_not_be_lifted_only_for_its_size_is_certified_at_smaller_arguments() -> None:
    result = check(lambda x: np.sum(np.cumsum(x[:, None] * x[None, :], axis=0)) * 1e-3, (inside(1100),), _cumulated, effort="quick")
    assert result.ok, result.explain()
    assert result.proved == result.points - 1 >= 3
    first = result.explain().splitlines()[0]
    assert "not certified: the forward could not be followed at test_exploration.py:" in first
    assert f"compared along 3 directions at 1 point, and along one at {result.compared} others; certified at" in first
    assert result.shortfall.startswith(f"the formula is certified at {result.proved} of {result.points} points")


def _cumulated(args: Any, out: Any, ct: Any) -> Any:
    (x,) = args
    weights = np.arange(len(x), 0, -1.0)
    return (ct * 1e-3 * (weights * x.sum() + (weights * x).sum()),)


@pytest.mark.parametrize(
    ("f", "vjp", "x", "reason"),
    [
        (np.log, lambda args, out, ct: (ct / args[0],), [1.0, 2.0], Why.DOMAIN),
        (np.sqrt, lambda args, out, ct: (ct * 0.5 / out,), [1.0, 2.0], Why.NO_DERIVATIVE),
        (np.tanh, lambda args, out, ct: (ct * (1 - out * out),), [1.0, 2.0], Why.EFFORT),
    ],
)
def test_where_nothing_can_be_judged_is_counted_and_excused(f: Any, vjp: Any, x: Any, reason: Why) -> None:
    result = check(f, (np.array(x),), vjp, effort="quick" if reason is Why.EFFORT else "default")
    assert result.ok
    assert reason in {gap.reason for gap in result.unjudged}
    assert result.planned == result.points + sum(gap.points for gap in result.unjudged)
    assert (result.left_out, result.shortfall) == (0, "")
    assert result.explain().splitlines()[0].endswith(f"is CORRECT: {result.evidence}.")


def test_a_point_where_the_code_ends_the_process_is_outside_of_its_domain() -> None:
    def f(x: Any) -> Any:
        if np.any(x < 0):
            raise SystemExit(0)
        return x * x

    result = check(f, (np.array([1.0, 2.0]),), lambda args, out, ct: (2 * ct * args[0],))
    assert result.ok
    assert Why.DOMAIN in {gap.reason for gap in result.unjudged}


def test_a_backward_that_ends_the_process_at_a_chosen_point_is_wrong() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if np.any(args[0] < 0):
            raise SystemExit(0)
        return (2 * ct * args[0],)

    result = check(lambda x: x * x, (np.array([1.0, 2.0]),), vjp)
    assert result.verdict == "WRONG"
    assert "the backward raises SystemExit: 0 (test_exploration.py:" in result.explain()


def test_an_effort_that_is_spent_counts_what_is_left() -> None:
    run = exploration(np.tanh, lambda args, out, ct: (ct * (1 - out * out),), np.array([0.3, 1.0]), effort="quick")
    run.explore(())
    (gap,) = [gap for gap in run.unjudged.all() if gap.reason is Why.EFFORT]
    more = exploration(np.tanh, lambda args, out, ct: (ct * (1 - out * out),), np.array([0.3, 1.0]), effort="thorough")
    more.explore(())
    others = sum(gap.points for gap in more.unjudged.all())
    assert 6 + gap.points == len(more.taken) - 1 + others
