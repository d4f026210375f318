"""Balls contain the values of mpmath; cuts, kinks and poles inside a ball are noticed; precision is put back."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx

from backproof.engine import FLOAT64, Graph, NumberSystem, backward, forward, jacobians, leaf, mpmath_system, vertex
from backproof.verify.cases.case import float_leaves, make_case
from backproof.verify.cases.coverage import FUNCTIONS
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.ball_arrays import Points, entrywise, is_finite, on_arrays, precision
from backproof.verify.numbers.balls import ball_system, complex_ball_system, exact_ball, real_ball_system
from backproof.verify.three_way.check import check_case
from backproof.verify.verdicts import Verdict

REAL, COMPLEX = real_ball_system(128), complex_ball_system(128)
UNARY = ("exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt", "absolute")
BINARY = ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum")


def one(value: Any) -> Any:
    array: Any = np.empty(1, dtype=object)
    array[0] = value
    return array


def around(x: float, radius: float = 0.25) -> Any:
    """The complex ball [x ± radius] + [± radius] i."""
    return acb(arb(x, radius), arb(0, radius))


def contained(ball: Any, value: Any) -> bool:
    """Whether the ball contains an mpmath number of 60 digits, up to its own rounding."""
    assert is_finite(ball)
    return bool(abs(ball.real - arb(value)) < 1e-55 or ball.real.contains(arb(value)))


@pytest.mark.parametrize("system", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize("x", [0.3, 1.0, 2.75, 40.0, -0.3, -40.0])
@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_one_operand_contains_the_value_of_mpmath(name: str, x: float, system: NumberSystem) -> None:
    if x < 0 and name in ("log", "sqrt"):
        return
    reference = mpmath_system(60)
    expected = getattr(reference, name)(reference.array([x]))[0]
    found = getattr(system, name)(system.array([x]))[0]
    assert contained(found, expected)
    assert found.real.rad() < 1e-30 * max(1, abs(float(expected)))


@pytest.mark.parametrize("system", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize(("x", "y"), [(0.3, 2.5), (2.0, 3.0), (5.0, -2.0), (1.5, 0.0)])
@pytest.mark.parametrize("name", BINARY)
def test_a_function_of_two_operands_contains_the_value_of_mpmath(name: str, x: float, y: float, system: NumberSystem) -> None:
    if name == "divide" and y == 0:
        return
    reference = mpmath_system(60)
    expected = getattr(reference, name)(reference.array([x]), reference.array([y]))[0]
    assert contained(getattr(system, name)(system.array([x]), system.array([y]))[0], expected)


@pytest.mark.parametrize(
    ("name", "smooth_at", "broken_at"),
    [("log", 1.0, 0.1), ("sqrt", 1.0, 0.0), ("absolute", -1.0, 0.0), ("softplus", 0.0, None), ("tanh", 0.0, None), ("exp", 0.0, None)],
)
def test_a_cut_or_kink_inside_a_complex_ball_is_noticed(name: str, smooth_at: float, broken_at: float | None) -> None:
    function = getattr(COMPLEX, name)
    assert is_finite(function(one(around(smooth_at)))[0])
    if broken_at is not None:
        assert not is_finite(function(one(around(broken_at)))[0])


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_inside_a_complex_ball_is_noticed_and_a_clear_lead_is_not_a_tie(name: str) -> None:
    function = getattr(COMPLEX, name)
    assert not is_finite(function(one(around(0.0)), one(around(0.1)))[0])
    clear = function(one(around(0.0)), one(around(3.0)))[0]
    assert clear.real.contains(3.0 if name == "maximum" else 0.0)
    assert not clear.real.contains(0.0 if name == "maximum" else 3.0)


@pytest.mark.parametrize(
    ("base", "exponent", "finite"), [(0.0, 0.5, False), (0.0, 3.0, True), (0.0, -1.0, False), (-2.0, 3.0, True), (2.0, 0.5, True)]
)
def test_a_power_is_analytic_around_zero_only_for_whole_exponents(base: float, exponent: float, finite: bool) -> None:
    assert is_finite(COMPLEX.power(one(around(base)), COMPLEX.array([exponent]))[0]) == finite


def test_division_by_a_ball_with_zero_in_it_is_noticed() -> None:
    assert not is_finite(COMPLEX.divide(COMPLEX.array([1]), one(around(0.1)))[0])
    assert not is_finite(REAL.divide(REAL.array([1]), REAL.array([0]))[0])


def test_a_condition_that_may_be_zero_decides_nothing_and_one_that_is_exactly_zero_takes_the_second() -> None:
    a, b = COMPLEX.array([1]), COMPLEX.array([2])
    assert not is_finite(COMPLEX.select(one(around(0.0)), a, b)[0])
    assert COMPLEX.select(one(around(1.0)), a, b)[0] == 1
    assert COMPLEX.select(one(around(-1.0)), a, b)[0] == 2
    assert COMPLEX.select(COMPLEX.array([0]), a, b)[0] == 2


def test_real_balls_enclose_both_branches_where_a_condition_is_not_decided() -> None:
    union = REAL.select(one(arb(0, 1)), REAL.array([1]), REAL.array([2]))[0]
    assert union.contains(1)
    assert union.contains(2)


def test_exact_numbers_are_constants_and_may_tie() -> None:
    assert COMPLEX.maximum(COMPLEX.array([0]), COMPLEX.array([0]))[0] == 0
    assert COMPLEX.absolute(COMPLEX.array([0]))[0] == 0


def test_a_tie_below_the_top_is_decided_by_the_third_operand_and_one_at_the_top_is_not() -> None:
    x, y, z = (one(Points([acb(value), around(value)])) for value in (1.0, 1.0, 5.0))
    assert COMPLEX.maximum(COMPLEX.maximum(x, y), z)[0] is z[0]
    assert COMPLEX.minimum(z, COMPLEX.minimum(z, x))[0].values[0] == 1
    assert not is_finite(COMPLEX.minimum(COMPLEX.minimum(x, y), z)[0])
    assert not is_finite(COMPLEX.minimum(COMPLEX.maximum(x, y), z)[0])
    assert not is_finite(COMPLEX.add(COMPLEX.maximum(x, y), z)[0])


def test_the_maximum_of_an_entry_and_itself_is_that_entry() -> None:
    x = one(Points([acb(1), around(1.0)]))
    assert COMPLEX.maximum(x, x)[0] is x[0]


def test_the_choice_at_a_tie_picks_the_smooth_piece() -> None:
    x, zero = one(Points([acb(0), around(0.0)])), one(Points([acb(0), acb(0)]))
    first, second = (complex_ball_system(64, tie=lambda a, b, above=above: above) for above in (True, False))
    assert first.maximum(x, zero)[0] is x[0]
    assert second.maximum(x, zero)[0] is zero[0]
    assert first.minimum(x, zero)[0] is zero[0]
    assert second.minimum(x, zero)[0] is x[0]
    assert first.absolute(one(Points([acb(0.5), around(0.0)])))[0].values[0] == 0.5
    assert second.absolute(one(Points([acb(0.5), around(0.0)])))[0].values[0] == -0.5


@pytest.mark.parametrize("x", [0.0, 1e-30, -0.7, 40.0, -1e3, 1e6, -1e30, 1e300])
def test_tanh_is_finite_and_right_however_large_or_small_its_argument_is(x: float) -> None:
    found = COMPLEX.tanh(one(acb(arb(x), arb(2) ** -60)))[0]
    assert is_finite(found)
    with mpmath.workdps(60):
        assert contained(COMPLEX.tanh(one(acb(x)))[0], mpmath.tanh(x))
    assert abs(found.imag * arb(2) ** 60 - (1 - arb(x).tanh() ** 2)) < 1e-12


def test_tanh_around_its_pole_is_not_finite() -> None:
    pole = acb(0, arb.pi() / 2)
    assert not is_finite(COMPLEX.tanh(one(pole + acb(arb(0, 0.1), arb(0, 0.1))))[0])


@pytest.mark.parametrize("scalar", [arb, acb])
def test_matrix_products_agree_with_fractions_whatever_side_moves(scalar: Any) -> None:
    system = REAL if scalar is arb else COMPLEX
    rng = np.random.default_rng(1)
    numbers = rng.integers(-9, 10, size=(2, 2, 3, 3))  # side, point, rows, columns

    def side(which: int, moving: bool) -> Any:
        array: Any = np.empty((3, 3), dtype=object)
        for place in np.ndindex(3, 3):
            values = [scalar(int(value)) for value in numbers[which, :, *place]]
            array[place] = Points(values) if moving and place != (1, 1) else values[0]
        return array

    for left_moves in (False, True):
        for right_moves in (False, True):
            found = system.matmul(side(0, left_moves), side(1, right_moves))
            for point in range(2):
                exact = [
                    np.where(np.eye(3)[1][:, None] * np.eye(3)[1] == 1, numbers[which, 0], numbers[which, point if moves else 0])
                    for which, moves in ((0, left_moves), (1, right_moves))
                ]
                expected = exact[0] @ exact[1]
                for place in np.ndindex(3, 3):
                    entry: Any = found[place]
                    value = entry.values[point] if type(entry) is Points else entry
                    assert value == scalar(int(expected[place]))


def test_a_matrix_times_a_vector_is_a_vector_and_a_row_times_a_matrix_a_row() -> None:
    matrix, vector = REAL.array([[1, 2], [3, 4], [5, 6]]), REAL.array([1, 10])
    assert [float(entry) for entry in REAL.matmul(matrix, vector)] == [21, 43, 65]
    assert [float(entry) for entry in REAL.matmul(REAL.array([1, 10, 100]), matrix)] == [531, 642]


def test_only_an_array_that_nobody_can_write_to_is_taken_for_the_one_it_was() -> None:
    """Its matrix is kept, by its identity: neither an array that has changed since, nor a view of one, nor another one
    at its place in memory may be mistaken for it."""
    vector = REAL.array([1, 10])
    for seen_through in (lambda array: array, lambda array: np.broadcast_to(array, (2, 2))):
        base = REAL.array([[1, 2], [3, 4]])
        matrix = seen_through(base)
        assert [float(entry) for entry in REAL.matmul(matrix, vector)] == [21, 43]
        base[0, 0] = arb(7)
        assert [float(entry) for entry in REAL.matmul(matrix, vector)] == [27, 43]
    for factor in range(200):
        constant = REAL.array([[factor, 1]])
        constant.setflags(write=False)
        assert (
            [float(entry) for entry in REAL.matmul(constant, vector)]
            == [factor + 10]
            == [float(entry) for entry in REAL.matmul(constant, vector)]
        )


def test_sums_run_over_all_entries_or_one_axis_and_over_points() -> None:
    table = REAL.array([[1, 2, 3], [4, 5, 6]])
    assert float(REAL.sum(table).item()) == 21
    assert [float(entry) for entry in REAL.sum(table, 0)] == [5, 7, 9]
    assert [float(entry) for entry in REAL.sum(table, 1)] == [6, 15]
    moving = np.concatenate([one(Points([acb(1), acb(2)])), one(acb(10))])
    assert [float(value.real) for value in COMPLEX.sum(moving).item().values] == [11, 12]
    along = COMPLEX.sum(np.stack([moving, moving[::-1]]), 1)
    assert [[float(value.real) for value in entry.values] for entry in along] == [[11, 12], [11, 12]]
    assert float(REAL.sum(table[:0]).item()) == 0
    assert [float(entry) for entry in REAL.sum(table[:0], 0)] == [0, 0, 0]
    with pytest.raises(TypeError, match=r"ball arithmetic takes arb, found 0\.5 of type float"):
        REAL.sum(np.array([0.5], dtype=object))


def test_the_peak_is_an_exact_constant_near_the_largest_entry() -> None:
    entries = np.concatenate([one(Points([acb(1), around(1.0)])), one(acb(0.5))])
    (peak,) = COMPLEX.peak(entries)
    assert peak.is_exact()
    assert peak == 1


@pytest.mark.parametrize("value", [0.1, 3, 10**40, np.float64(0.1), np.float32(0.1), np.int64(7), mpmath.mpf("0.1")])
def test_whole_numbers_floats_and_mpmath_numbers_become_balls_without_radius(value: Any) -> None:
    ball = exact_ball(value, 64)
    value = value.item() if isinstance(value, np.generic) else value
    assert ball.rad() == 0
    assert Fraction(*_dyadic(ball)) == (
        Fraction(*map(int, value.as_integer_ratio())) if hasattr(value, "as_integer_ratio") else _from_mpf(value)
    )


def _dyadic(ball: Any) -> tuple[int, int]:
    mantissa, exponent = (int(part) for part in ball.man_exp())
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def _from_mpf(value: Any) -> Fraction:
    with mpmath.workprec(200):
        return Fraction(int(value * 2**100), 2**100)


def test_a_mpmath_number_of_many_digits_keeps_all_of_them() -> None:
    with mpmath.workdps(300):
        third = mpmath.mpf(1) / 3
        assert abs(third - Fraction(1, 3).numerator / mpmath.mpf(3)) == 0
    ball = exact_ball(third, 53)
    assert ball.rad() == 0
    assert abs(Fraction(*_dyadic(ball)) - Fraction(1, 3)) < Fraction(1, 10**299)


def test_a_fraction_lies_inside_its_ball_and_infinity_is_not_finite() -> None:
    third = exact_ball(Fraction(1, 3), 64)
    assert 0 < third.rad() < 2**-60
    assert (3 * third).contains(1)
    assert not exact_ball(math.inf, 64).is_finite()
    assert not exact_ball(math.nan, 64).is_finite()


def test_precision_is_set_for_each_operation_and_put_back_also_after_an_error() -> None:
    before = ctx.prec
    assert real_ball_system(400).exp(real_ball_system(400).array([1]))[0].rad() < 2**-390
    with pytest.raises(TypeError):
        REAL.exp(np.array([0.5], dtype=object))

    def fail_inside() -> None:
        with precision(77):
            assert ctx.prec == 77
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert ctx.prec == before


def test_numbers_of_another_kind_are_refused_by_every_operation() -> None:
    good, bad = COMPLEX.array([0.5]), np.array([0.5], dtype=object)
    for name in UNARY:
        with pytest.raises(TypeError, match=r"ball arithmetic takes acb, found 0\.5|object has no attribute"):
            getattr(COMPLEX, name)(bad)
    for name in BINARY:
        for operands in ((good, bad), (bad, good), (one(Points([acb(1)])), bad)):
            with pytest.raises(TypeError, match="ball arithmetic takes acb"):
                getattr(COMPLEX, name)(*operands)
    with pytest.raises(TypeError, match="ball arithmetic takes acb"):
        COMPLEX.matmul(one(acb(1)).reshape(1, 1), bad)
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = one(Points([acb(1)])) * one(Points([acb(1)]))


def test_an_operation_without_the_analytic_flag_would_not_notice_the_kink() -> None:
    """What the flag is for: the same maximum without it is finite on a ball around the kink."""
    careless = on_arrays(entrywise(lambda x, y: x.real_max(y), 2, acb), 2, 128)
    assert is_finite(careless(one(around(0.0)), COMPLEX.array([0]))[0])
    assert not is_finite(COMPLEX.maximum(one(around(0.0)), COMPLEX.array([0]))[0])


@pytest.mark.parametrize("digits", [20, 50])
def test_the_passes_of_the_engine_run_in_balls_and_contain_what_mpmath_finds(digits: int) -> None:
    balls, reference = ball_system(digits), mpmath_system(digits + 40)
    for index in range(40):
        case = usual_case(seed=3, index=index)
        if any(case.graph.is_discrete(j) for j in range(1, case.graph.l + 1)):
            continue
        enclosed: dict[Any, Any] = {}
        for system in (balls, reference):
            u = forward(case.graph, float_leaves(case), system)
            p = backward(case.graph, jacobians(case.graph, u, system), system=system)
            found = {**{("u", i): value for i, value in u.items()}, **{("p", i): value for i, value in p.items()}}
            if system is balls:
                enclosed = found
            else:
                for key, values in found.items():
                    for ball, value in zip(enclosed[key].reshape(-1), values.reshape(-1), strict=True):
                        assert ball.is_finite()
                        assert abs(ball - arb(value)).abs_lower() < 10.0 ** -(digits + 20) * max(1, abs(float(value)))


def test_every_row_of_the_table_has_the_value_of_float64_inside_a_slightly_wider_complex_ball() -> None:
    seen: set[str] = set()
    for index in range(120):
        case = usual_case(seed=5, index=index)
        graph = case.graph
        labels = {j for j in range(1, graph.l + 1) if graph.is_discrete(j)}
        floats = forward(graph, float_leaves(case), FLOAT64)
        u: dict[int, Any] = {
            i: np.asarray(values, dtype=object) if i in labels else COMPLEX.array(values)
            for i, values in enumerate(float_leaves(case), start=1)
        }
        for k in range(graph.l + 1, graph.n + 1):
            operands = [u[i].reshape(graph.shape(i)) for i in graph.operands(k)]
            u[k] = np.asarray(graph.row(k).value(COMPLEX, graph.attributes(k), operands), dtype=object).reshape(-1)
            seen.add(graph.row(k).name)
            for ball, value in zip(u[k], floats[k], strict=True):
                assert is_finite(ball)
                assert abs(float(ball.real) - value) <= 1e-9 * max(1.0, abs(value))
                assert ball.imag.contains(0)
    assert seen == set(FUNCTIONS)


def test_a_graph_with_a_kink_at_the_given_value_runs_in_real_balls() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "exp", (2,))))
    assert forward(graph, [0.0], ball_system(20))[3][0] == 1


def test_the_names_say_the_precision_and_a_precision_of_no_digits_is_refused() -> None:
    assert ball_system(50).name == "ball(50)"
    assert ball_system(50).family == "ball"
    assert not ball_system(50).exact
    with pytest.raises(ValueError, match="at least 1 digit, got 0"):
        ball_system(0)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 7])
def test_whole_powers_of_a_ball_around_zero_are_finite(exponent: int) -> None:
    """flint's x**y is not finite where x may be 0 and y is above 0."""
    system = real_ball_system(200)
    around = np.array([arb(0, 0.5)], dtype=object)
    power: Any = system.power(around, system.array([exponent]))[0]
    assert power.is_finite()
    assert all(power.contains(x**exponent) for x in (-0.5, -0.25, 0.25, 0.5))
    assert float(power.abs_upper()) <= 1.001 * 0.5**exponent


def test_other_powers_of_a_ball_around_zero_are_not_finite() -> None:
    system = real_ball_system(200)
    around = np.array([arb(0, 0.5)], dtype=object)
    for exponent in (-1, 0.5):
        power: Any = system.power(around, system.array([exponent]))[0]
        assert not power.is_finite()


def test_a_power_of_zero_up_to_rounding_is_checked() -> None:
    """x⁻² − x⁻² is 0 over the rationals and a ball around 0 otherwise; its cube has the derivative 0."""
    inverse, again = vertex("a", "power", (1,), exponent=-2), vertex("b", "power", (1,), exponent=-2)
    rows = (inverse, again, vertex("d", "subtract", (2, 3)), vertex("y", "power", (4,), exponent=3))
    result = check_case(make_case("cube", "random", Graph(1, (leaf("x"), *rows)), [Fraction(5, 16)]))
    assert result.verdict is Verdict.CORRECT
