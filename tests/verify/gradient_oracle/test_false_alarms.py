"""What people really write is not flagged, and a twin that is wrong by a little is.

Cases in our own words after reports on other people's code: gates with a bias, softmax classifiers, powers of what
cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from backproof.verify import check
from backproof.verify.verdicts import Verdict


def drawn(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def logistic(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


# gates that a constant saturates


def gate(x: Any) -> Any:
    return logistic(x + 4.0)


def gated_by(slope: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda args, out, ct: (ct * slope(out),)


def dense_gate(bias: float) -> tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]:
    def backward(args: Any, out: Any, ct: Any) -> Any:
        d = ct * out * (1 - out)
        return d @ args[1].T, args[0].T @ d

    return lambda x, w: logistic(x @ w + bias), backward, (drawn(0, 2, 3), drawn(1, 3, 2))


def two_gates(bias: float) -> tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]:
    def run(x: Any, w: Any, v: Any) -> tuple[Any, Any]:
        h = logistic(x @ w + bias)
        return h, logistic(h @ v - bias)

    def backward(args: Any, out: Any, ct: Any) -> Any:
        x, w, v = args
        h, out = run(*args)
        d = ct * out * (1 - out)
        e = d @ v.T * h * (1 - h)
        return e @ w.T, x.T @ e, h.T @ d

    return lambda x, w, v: run(x, w, v)[1], backward, (drawn(0, 2, 2), drawn(1, 2, 2), drawn(2, 2, 2))


def classifier(bias: float, swept: bool) -> tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]:
    """p − onehot; or step by step, as layers do it."""
    offset = np.array([bias, 0.0])

    def probabilities(x: Any, w: Any) -> Any:
        z = x @ w + offset
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(args: Any, out: Any, ct: Any) -> Any:
        p = probabilities(*args)
        if swept:
            above = np.zeros_like(p)
            above[:, 0] = -ct / p[:, 0]
            d = p * (above - (above * p).sum(axis=1, keepdims=True))
        else:
            p[:, 0] -= 1
            d = ct * p
        return d @ args[1].T, args[0].T @ d

    return lambda x, w: -np.log(probabilities(x, w)[:, 0]).sum(), backward, (drawn(0, 2, 3), drawn(1, 3, 2))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "made",
    [dense_gate(4.0), dense_gate(40.0), two_gates(8.0), classifier(6.0, swept=False), classifier(20.0, swept=True)],
    ids=["dense, bias 4", "dense, bias 40", "two gates", "p minus onehot", "softmax swept"],
)
def test_digits_that_a_bias_saturates_are_nobodys_fault(made: Any, seed: int) -> None:
    f, vjp, args = made
    result = check(f, args, vjp, seed=seed)
    assert result.ok, result.reason
    assert result.proved == result.points


def test_a_small_argument_before_a_large_constant_is_certified_at_every_seed() -> None:
    results = [check(gate, (np.array([1e-8, 0.3]),), gated_by(lambda y: y * (1 - y)), seed=seed) for seed in range(3)]
    assert [(result.ok, result.proved == result.points) for result in results] == [(True, True)] * 3


@pytest.mark.parametrize(
    "slope",
    [
        lambda y: y * (1 - y.astype(np.float32).astype(float)),
        lambda y: y * ((1 + 1e4) - (y + 1e4)),
        lambda y: y * (1 - y) + 1e-15,
        lambda y: y * (1 - y) * (1 + 4e-15),
    ],
    ids=["digits of a float32", "through a larger number", "off by nine roundings", "beyond the end of a series"],
)
def test_a_gate_that_loses_more_than_its_saturation_is_flagged(slope: Any) -> None:
    assert check(gate, (np.array([0.7, 1.1]),), gated_by(slope)).verdict in (Verdict.WRONG, Verdict.INACCURATE)


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda x: x - np.sin(x), lambda x: 1 - np.cos(x)),
        (lambda x: x - np.tanh(x), lambda x: 1 - (1 - np.tanh(x) ** 2)),
        (lambda x: x + x**2 / 2, lambda x: 1 + ((x + 1e8) - 1e8)),
        (lambda x: np.log(np.cosh(x)) + 0.0 * x, lambda x: np.exp(x) - np.exp(x) + (1 - (1 - np.tanh(x)))),
    ],
    ids=["1 - cos x", "1 - (1 - tanh²)", "a constant that is no gate", "tanh as a difference"],
)
def test_where_the_derivative_itself_is_small_accuracy_is_still_asked_for(f: Any, slope: Any) -> None:
    result = check(f, (np.array([0.7, 1.1]),), lambda args, out, ct: (ct * slope(args[0]),))
    assert result.verdict is Verdict.INACCURATE


# formulas that lose everything


def ratio(x: Any) -> Any:
    return np.expm1(x) / x


def cancelled(args: Any, out: Any, ct: Any) -> Any:
    x = args[0]
    return (ct * (x * np.exp(x) - np.exp(x) + 1) / x**2,)


@pytest.mark.parametrize("x", [[1e-8], [1.3e-8], [1e-8, 0.5, 1.0]])
def test_a_formula_of_which_no_digit_is_left_is_inaccurate_at_the_given_arguments(x: Any) -> None:
    result = check(ratio, (np.array(x),), cancelled)
    assert result.verdict is Verdict.INACCURATE
    assert result.findings[0].point == "the given arguments"


@pytest.mark.parametrize(
    "slope",
    [
        lambda x: np.exp(x) / x - np.expm1(x) / x**2,
        lambda x: np.where(
            np.abs(x) < 1e-3, 0.5 + x / 3 + x**2 / 8 + x**3 / 30 + x**4 / 144 + x**5 / 840, (np.exp(x) - np.expm1(x) / x) / x
        ),
    ],
    ids=["a reverse sweep", "a series"],
)
def test_as_good_as_a_reverse_sweep_is_good_enough(slope: Any) -> None:
    assert check(ratio, (np.array([1e-8, 1.0]),), lambda args, out, ct: (ct * slope(args[0]),)).ok


@pytest.mark.parametrize("f", [logistic, special.expit, lambda x: 0.5 + np.tanh(x / 2) / 2], ids=["by exp", "expit", "by tanh"])
def test_what_is_below_one_rounding_is_noted_as_saturated(f: Any) -> None:
    result = check(f, (np.array([40.0, 1.0]),), gated_by(lambda y: y * (1 - y)))
    assert result.ok
    assert any("saturated" in note for note in result.notes)
    accurate = check(f, (np.array([40.0, 1.0]),), lambda args, out, ct: (ct * logistic(args[0]) * logistic(-args[0]),))
    assert accurate.ok
    assert not any("saturated" in note for note in accurate.notes)


def test_a_saturated_entry_excuses_no_formula() -> None:
    assert check(logistic, (np.array([40.0, 50.0]),), gated_by(lambda y: 2 * y * (1 - y))).verdict is Verdict.WRONG


# powers of what cancels


def gate_difference(a: Any, b: Any) -> Any:
    return np.tanh(logistic(a) - logistic(b))


@pytest.mark.parametrize("square", [lambda t: t**2, lambda t: np.power(t, 2), lambda t: t**4.0 / np.where(t == 0, 1.0, t) ** 2])
def test_a_power_of_a_difference_that_vanishes_is_a_number(square: Any) -> None:
    def backward(args: Any, out: Any, ct: Any) -> Any:
        a, b = args
        d = ct * (1 - square(out))
        return d * logistic(a) * (1 - logistic(a)), -d * logistic(b) * (1 - logistic(b))

    result = check(gate_difference, (np.array([3.0]), np.array([4.0])), backward)
    assert result.ok, result.reason


def test_a_ball_that_is_no_number_decides_nothing_and_the_floats_are_judged() -> None:
    def backward(factor: float) -> Callable[..., Any]:
        def vjp(args: Any, out: Any, ct: Any) -> Any:
            nothing = args[0] / 49 * 49 - args[0]
            return (factor * 2 * ct * args[0] + 1e-80 * nothing / (nothing + 1e-70),)

        return vjp

    x = (np.array([0.7, 1.3]),)
    right, wrong = check(np.square, x, backward(1.0), effort="quick"), check(np.square, x, backward(1.01), effort="quick")
    assert (right.verdict, right.proved, wrong.verdict) == (Verdict.CORRECT, 0, Verdict.WRONG)
    assert "in certified arithmetic a gradient is no number" in right.notes[0]


# decisions that are the same but for the rounding of a constant

THREE = (np.array([0.3, -1.0, 1.7]),)


def hard_sigmoid(x: Any) -> Any:
    return np.clip(0.2 * x + 0.5, 0.0, 1.0)


def hard_swish(x: Any) -> Any:
    return x * np.clip(0.2 * x + 0.5, 0.0, 1.0)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (hard_sigmoid, lambda x: np.where((x >= -2.5) & (x <= 2.5), 0.2, 0.0)),
        (hard_sigmoid, lambda x: np.where((x > -2.5) & (x < 2.5), 0.2, 0.0)),
        (hard_swish, lambda x: np.where(x < -2.5, 0.0, np.where(x > 2.5, 1.0, 0.4 * x + 0.5))),
        (lambda x: np.maximum(0.0, 0.3 - 0.1 * x), lambda x: np.where(x <= 3, -0.1, 0.0)),
    ],
    ids=["inclusive", "exclusive", "hard swish", "hinge"],
)
def test_where_a_constant_is_rounded_both_sides_are_right(f: Any, slope: Any, seed: int) -> None:
    result = check(f, THREE, lambda args, out, ct: (ct * slope(args[0]),), seed=seed)
    assert result.ok, result.reason
    assert result.proved == result.points


@pytest.mark.parametrize(
    "slope",
    [
        lambda x: np.where((x >= -2.5) & (x <= 2.5 * (1 + 1e-12)), 0.2, 0.0),
        lambda x: np.where((x >= -2.5) & (x <= 2.5 + 1e-6), 0.2, 0.0),
        lambda x: np.where(np.abs(x) == 2.5, 0.3, np.where(np.abs(x) < 2.5, 0.2, 0.0)),
        lambda x: np.where(np.abs(x) <= 2.5, 0.2 * (1 + 1e-12), 0.0),
        lambda x: 0.2 + 0.0 * x,
    ],
    ids=["a bound off by 1e-12", "a bound off by 1e-6", "no side at the bound", "the slope off by 1e-12", "no bound"],
)
def test_where_more_than_a_constant_differs_it_is_wrong(slope: Any) -> None:
    assert check(hard_sigmoid, THREE, lambda args, out, ct: (ct * slope(args[0]),)).verdict is Verdict.WRONG


# forwards that nothing follows


def hidden(x: Any) -> Any:
    """Through the bytes."""
    return np.frombuffer(np.ascontiguousarray(x).tobytes(), dtype=np.asarray(x).dtype).reshape(np.shape(x)).copy()


def two_layers(x: Any, w: Any) -> Any:
    return np.maximum(np.maximum(hidden(x) @ hidden(w), 0) @ hidden(w).T, 0)


def two_layers_back(inverted: int | None) -> Callable[..., Any]:
    """With the mask of one unit inverted."""

    def backward(args: Any, out: Any, ct: Any) -> Any:
        x, w = args
        z = x @ w
        mask = z > 0
        if inverted is not None:
            mask[:, inverted] ^= True
        d = ct * (np.maximum(z, 0) @ w.T > 0)
        below = (d @ w) * mask
        return below @ w.T, x.T @ below + d.T @ np.maximum(z, 0)

    return backward


@pytest.mark.parametrize("seed", [2, 5, 11, 56])
def test_kinks_of_a_network_that_nothing_follows_are_no_faults_and_an_inverted_mask_is(seed: int) -> None:
    args = drawn(1000 * seed, 16, 4), drawn(1000 * seed + 1, 4, 16)
    assert check(two_layers, args, two_layers_back(None), seed=seed).ok
    assert check(two_layers, args, two_layers_back(seed % 16), seed=seed).verdict is Verdict.WRONG


def test_five_thousand_kinks_are_none() -> None:
    x = (drawn(0, 5000),)
    assert check(lambda x: np.maximum(hidden(x), 0), x, lambda args, out, ct: (ct * (args[0] > 0),)).ok
    assert not check(lambda x: np.maximum(hidden(x), 0), x, lambda args, out, ct: (ct * (args[0] > 0.1),)).ok


AT_ZERO = (np.array([0.0, 0.0, 1.0, -2.0]),)


@pytest.mark.parametrize("slope", [lambda x: x > 0, lambda x: x >= 0, lambda x: np.where(x == 0, 0.5, x > 0)])
def test_at_a_kink_that_nothing_follows_each_convention_is_right(slope: Any) -> None:
    result = check(lambda x: np.maximum(hidden(x), 0), AT_ZERO, lambda args, out, ct: (ct * slope(args[0]),))
    assert (result.ok, result.evidence) == (True, "to 6 digits on 1 point")


@pytest.mark.parametrize("slope", [lambda x: x > -1, lambda x: np.where(x == 0, 7.0, x > 0), lambda x: np.where(x == 0, -3.0, x > 0)])
def test_a_gradient_far_from_the_slopes_beside_a_kink_is_wrong(slope: Any) -> None:
    result = check(lambda x: np.maximum(hidden(x), 0), AT_ZERO, lambda args, out, ct: (ct * slope(args[0]),))
    assert result.verdict is Verdict.WRONG


def test_an_even_split_among_hidden_ties_is_right() -> None:
    def pooled(x: Any) -> Any:
        return hidden(x).reshape(2, 2, 2, 2).max(axis=(1, 3))

    def shared(args: Any, out: Any, ct: Any) -> Any:
        ties = 1.0 * (args[0].reshape(2, 2, 2, 2) == out[:, None, :, None])
        return ((ties / ties.sum(axis=(1, 3), keepdims=True) * ct[:, None, :, None]).reshape(4, 4),)

    assert check(pooled, (np.ones((4, 4)),), shared).ok
    assert not check(pooled, (np.ones((4, 4)),), lambda *given: (3 * shared(*given)[0],)).ok


def root(v: Any) -> Any:
    return np.array([brentq(lambda u, each=each: u**3 + u - each, -5.0, 5.0) for each in v])


def root_back(factor: float) -> Callable[..., Any]:
    return lambda args, out, ct: (factor * ct / (3 * out**2 + 1),)


def flow(p: Any) -> Any:
    return np.array([solve_ivp(lambda t, y: -p[0] * y + p[1] * np.sin(t), (0, 1.0), [1.0], rtol=1e-8, atol=1e-8).y[0, -1]])


def flow_back(factor: float) -> Callable[..., Any]:
    """From the sensitivity equations, far more accurate than the forward."""

    def backward(args: Any, out: Any, ct: Any) -> Any:
        a, b = args[0]

        def along(t: Any, s: Any) -> Any:
            return [-a * s[0] + b * np.sin(t), -a * s[1] - s[0], -a * s[2] + np.sin(t)]

        end = solve_ivp(along, (0, 1.0), [1.0, 0.0, 0.0], method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
        return (factor * ct * end[1:],)

    return backward


@pytest.mark.parametrize(("f", "back", "x"), [(root, root_back, np.linspace(-1, 2, 4)), (flow, flow_back, np.array([1.1, 0.7]))])
def test_an_exact_gradient_of_what_stops_at_a_tolerance_is_right_and_one_off_by_a_millionth_is_not(f: Any, back: Any, x: Any) -> None:
    result = check(f, (x,), back(1.0))
    assert (result.verdict, result.evidence) == (Verdict.CORRECT, "to 6 digits on 1 point")
    assert check(f, (x,), back(1 + 1e-6)).verdict is Verdict.WRONG
    assert check(f, (x,), back(1 - 1e-6)).verdict is Verdict.WRONG


def test_a_coarse_tolerance_leaves_fewer_digits_and_says_so() -> None:
    def coarse(v: Any) -> Any:
        return np.array([brentq(lambda u, each=each: u**3 + u - each, -5.0, 5.0, xtol=1e-5) for each in v])

    result = check(coarse, (np.array([0.3, 1.7]),), lambda args, out, ct: (1.0001 * ct / (3 * root(args[0]) ** 2 + 1),))
    assert result.ok
    assert result.evidence in ("to 2 digits on 1 point", "to 3 digits on 1 point")
    assert any("stops at a tolerance of 1e-05 (xtol of brentq)" in note for note in result.notes)
    assert not check(coarse, (np.array([0.3, 1.7]),), lambda args, out, ct: (1.01 * ct / (3 * root(args[0]) ** 2 + 1),)).ok


def test_digits_of_a_coarser_dtype_inside_are_not_asked_for() -> None:
    def inside(x: Any) -> Any:
        return np.sin(hidden(x).astype(np.float32)).astype(float)

    x = (np.array([0.3, 1.2, -0.7]),)
    assert check(inside, x, lambda args, out, ct: (ct * np.cos(args[0]),)).ok
    assert not check(inside, x, lambda args, out, ct: (1.01 * ct * np.cos(args[0]),)).ok
