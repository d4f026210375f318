"""Where a backward switches is seen on every seed: each decision is visited exactly on it and just across, though both
of its outcomes were seen far away; and right backward passes with a switch of their own pass there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.aimed.visits import MOST_VISITS, Visits
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
X = np.array([-2.1, 0.3, 0.8, 1.6, 3.2])


def visits_of(f: Any, *points: Any) -> Visits:
    visits = Visits()
    for point in points:
        args = (np.asarray(point, dtype=float),)
        run = lifted_forward(f, args)
        visits.take(run.reads, args, run.positions, usual=True)
    return visits


def names(visits: Visits) -> list[str]:
    return [words.split(" at ")[0] for words in visits.left()]


def two_slopes(x: Any) -> Any:
    return np.where(x > 1, 3 * x - 2, x)


def verdicts(f: Any, vjp: Any, seeds: int = 3) -> set[Verdict]:
    """Of other values on every seed."""
    return {check(f, (np.random.default_rng(seed).normal(size=4) * 2,), vjp, seed=seed).verdict for seed in range(seeds)}


@pytest.mark.parametrize("switch", [1.01, 0.99, 1.0001])
def test_a_backward_that_switches_elsewhere_is_found_on_every_seed(switch: float) -> None:
    assert verdicts(two_slopes, lambda args, out, ct: (ct * np.where(args[0] > switch, 3.0, 1.0),)) == {Verdict.WRONG}


def test_a_backward_that_switches_where_the_forward_does_passes() -> None:
    assert verdicts(two_slopes, lambda args, out, ct: (ct * np.where(args[0] > 1, 3.0, 1.0),)) == {Verdict.CORRECT}


def test_a_slope_on_one_single_value_is_found() -> None:
    assert verdicts(np.sin, lambda args, out, ct: (ct * np.where(args[0] == 1.7, 0.5, np.cos(args[0])),)) == {Verdict.WRONG}


def sinc_slope(terms: int, switch: float) -> Any:
    """The derivative of sin x / x, near zero by so many terms of its series."""

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        small = np.abs(args[0]) < switch
        x = np.where(small, 1.0, args[0])
        series = sum((-1) ** k * 2 * k * args[0] ** (2 * k - 1) / float(np.prod(np.arange(1.0, 2 * k + 2))) for k in range(1, terms + 1))
        return (ct * np.where(small, series, (x * np.cos(x) - np.sin(x)) / x**2),)

    return vjp


def sinc(x: Any) -> Any:
    return np.sinc(x / np.pi)


def test_a_series_that_ends_too_early_is_found_just_inside_of_its_switch() -> None:
    assert verdicts(sinc, sinc_slope(2, 0.01), seeds=2) == {Verdict.WRONG}


def test_a_series_that_is_accurate_to_rounding_passes() -> None:
    assert verdicts(sinc, sinc_slope(6, 0.1), seeds=2) == {Verdict.CORRECT}


def test_a_stable_sigmoid_passes() -> None:
    def sigmoid(x: Any) -> Any:
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1 / (1 + e), e / (1 + e))

    assert verdicts(sigmoid, lambda args, out, ct: (ct * out * (1 - out),), seeds=1) == {Verdict.CORRECT}


def test_every_threshold_of_a_line_counts_for_itself() -> None:
    assert names(visits_of(lambda x: np.clip(x, -1.0, 1.5), X)) == ["clip", "clip"][:1]  # one line, in words one
    assert len(visits_of(lambda x: np.clip(x, -1.0, 1.5), X).closest) == 2


def test_what_a_point_was_on_and_beside_needs_no_visit() -> None:
    f = lambda x: np.where(x > 1, x, 0.0)  # noqa: E731
    assert names(visits_of(f, X)) == ["x > 1"]
    assert names(visits_of(f, X, [1.0, 1.0 + 1e-7, 1.0 - 1e-7])) == []


def test_a_visit_meets_all_that_is_missing_at_entries_of_their_own_from_where_the_decision_is_nearest() -> None:
    f = lambda x: np.where(x > 1, x, 0.0)  # noqa: E731
    visit = visits_of(f, X, [-5.0, 0.7, 1.1, 1.4]).next_visit()
    assert visit is not None
    assert visit.args[0][[0, 2]].tolist() == [-5.0, 1.0]
    assert 0 < visit.args[0][1] - 1.0 < 1e-5 or 0 < visit.args[0][3] - 1.0 < 1e-5
    assert visit.words.startswith("values on and just beside the decision x > 1 at")


def test_what_does_not_come_nearer_is_tried_some_times() -> None:
    visits = visits_of(lambda x: np.where(np.sum(x) > 1, x, 0.0), X)
    made = [visit for _ in range(20) if (visit := visits.next_visit()) is not None]
    assert len(made) == MOST_VISITS * 3


def test_a_sentinel_is_no_threshold() -> None:
    assert names(visits_of(lambda x: np.maximum(x, -1e300), X)) == []


def test_what_was_not_visited_is_said() -> None:
    def steps(x: Any) -> Any:
        return sum(np.maximum(x, k) for k in range(3, 11))

    def steps_back(args: Any, out: Any, ct: Any) -> Any:
        return (sum(ct * (args[0] > k) for k in range(3, 11)),)

    result = check(steps, (X,), steps_back, effort="quick")
    assert result.ok
    assert {"x > 9", "x > 10"} <= {words.split(" at ")[0] for words in result.unvisited}
    assert "not visited up close: " in result.explain()
