"""Decisions on lifted numbers: what is recorded, where, with which margin; ties and their flips; what cannot be decided."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted, Undecided, place

X = np.array([0.5, -1.5, 2.25])


def reads_of(f: Callable[..., Any], *args: Any) -> list[tuple[str, Any]]:
    return [(read.what, read.outcome) for read in lift(f, args).reads]


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.maximum(x, 0), [("maximum", True), ("maximum", False), ("maximum", True)]),
        (lambda x: np.minimum(x, 1), [("minimum", True), ("minimum", True), ("minimum", False)]),
        (lambda x: np.abs(x), [("abs", True), ("abs", False), ("abs", True)]),
        (lambda x: np.where(x > 0, x, 0), [("x > 0", True), ("x > 0", False), ("x > 0", True)]),
        (lambda x: np.floor(x), [("floor", 0), ("floor", -2), ("floor", 2)]),
        (lambda x: np.ceil(x), [("ceil", 1), ("ceil", -1), ("ceil", 3)]),
        (lambda x: np.trunc(x), [("trunc", 0), ("trunc", -1), ("trunc", 2)]),
        (lambda x: x if x[0] >= 0.25 else -x, [("x >= 0.25", True)]),
        (lambda x: x if x[0] < x[1] else -x, [("x < y", False)]),
        (lambda x: x[int(x[2])], [("int", 2)]),
        (lambda x: x[x.argmax()], [("argmax", False), ("argmax", True), ("argmax", False), ("argmax", False), ("argmax", True)]),
        (lambda x: x.max(), [("max", True), ("max", False)]),
        (lambda x: np.clip(x[:1], 0, 1), [("clip", True), ("clip", True)]),
        (lambda x: np.sign(x[:1]) * x, [("sign", True)]),
        (lambda x: math.floor(x[2]) * x, [("floor", 2)]),
        (lambda x: x * round(x[2]), [("round", 2)]),
        (lambda x: x[:1] % 2.0, [("mod", 0)]),
        (lambda x: x if x[0] else -x, [("truth", True)]),
        (lambda x: np.apply_along_axis(lambda v: v if v[0] > 0 else -v, 0, x), [("x > 0", True)]),
        (lambda x: x[np.isfinite(x)], []),
        (lambda x: x if len(x) > 2 else -x, []),
    ],
)
def test_what_is_read(f: Callable[..., Any], expected: list[tuple[str, Any]]) -> None:
    assert reads_of(f, X) == expected


def test_every_comparison_of_a_sort_is_called_sort() -> None:
    found = reads_of(lambda x: np.sort(x) + np.median(x), X)
    assert {what for what, _ in found} == {"sort", "median"}


def helper(v: Any) -> Any:
    return np.where(v > 0, v, 0.0)


def test_place_is_the_users_line_also_in_a_helper_and_a_method() -> None:
    def f(x: Any) -> Any:
        y = helper(x)
        return np.max(y)

    first = f.__code__.co_firstlineno
    places = [read.place for read in lift(f, (X,)).reads]
    assert places[:3] == [f"test_reads.py:{helper.__code__.co_firstlineno + 1}"] * 3
    assert places[3:] == [f"test_reads.py:{first + 2}"] * 2
    assert place().startswith("test_reads.py:")


def test_margin_is_the_distance_and_its_gradient_that_of_the_difference() -> None:
    lifted = lift(lambda x, y: x if np.sum(x * x) > y else -x, (X, 3.0))
    (read,) = lifted.reads
    assert read.margin == arb(0.25) + arb(2.25) + arb(5.0625) - 3
    by_x, by_y = read.gradient()
    assert [float(entry.mid()) for entry in by_x] == [1.0, -3.0, 4.5]
    assert float(by_y[()].mid()) == -1.0


def test_margin_of_a_floor_is_the_signed_distance_from_the_nearest_jump() -> None:
    lifted = lift(lambda x: np.floor(x), (np.array([0.25, 1.875]),))
    assert [float(read.margin.mid()) for read in lifted.reads] == [0.25, -0.125]
    assert [float(entry.mid()) for entry in lifted.reads[1].gradient()[0]] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("f", "kept", "flipped"),
    [
        (lambda x: np.maximum(x, 0.0), 1.0, 0.0),
        (lambda x: np.maximum(0.0, x), 0.0, 1.0),
        (lambda x: np.abs(x), 1.0, -1.0),
        (lambda x: np.where(x > 0, x, 3 * x), 3.0, 1.0),
        (lambda x: np.where(x >= 0, x, 3 * x), 1.0, 3.0),
        (lambda x: x * (x == 0), 1.0, 0.0),
        (lambda x: x * np.floor(x), 0.0, -1.0),
        (lambda x: x % 1.0, 1.0, 1.0),
    ],
)
def test_a_tie_takes_the_convention_of_numpy_and_its_opposite_when_flipped(f: Callable[..., Any], kept: float, flipped: float) -> None:
    at = (np.array([0.0]),)
    lifted = lift(f, at)
    assert lifted.reads[0].tie
    assert float(pull_back(lifted, np.ones(1))[0][0].mid()) == kept
    assert float(pull_back(lift(f, at, flips={0}), np.ones(1))[0][0].mid()) == flipped


def test_a_flipped_read_falls_the_other_way() -> None:
    lifted = lift(lambda x: np.abs(x), (X,), flips={0, 2})
    assert [read.outcome for read in lifted.reads] == [False, False, False]
    assert not any(read.tie for read in lifted.reads)


def test_what_rounding_may_turn_is_near_and_what_it_may_not_is_not() -> None:
    read = lift(lambda x: np.maximum(x, 10.0), (np.array([10.0 + 2e-15]),)).reads[0]
    assert not read.tie
    assert read.near(2.0**-53)
    assert not lift(lambda x: np.maximum(x, 10.0), (np.array([10.0 + 1e-10]),)).reads[0].near(2.0**-53)
    assert not lift(lambda x: np.abs(x), (np.array([1e-300]),)).reads[0].near(2.0**-53)


def test_places_of_an_argmax_and_entries_of_a_table_are_told_apart() -> None:
    argmax = lift(lambda x: x[np.argmax(x)], (np.array([1.0, 3.0, 2.0]),)).reads
    assert [read.against for read in argmax if read.size == 0 and not read.outcome] == [0, 2]
    table = lift(lambda x: np.minimum(x, np.array([5.0, 6.0])), (np.array([1.0, 1.0]),)).reads
    assert [read.against for read in table] == [5.0, 6.0]


def test_with_many_bits_equal_balls_are_a_tie() -> None:
    def f(x: Any) -> Any:
        p = x / x.sum()
        return p if p.sum() == 1.0 else -p

    with pytest.raises(Undecided):
        lift(f, (np.array([1.0, 2.0, 3.3]),))
    reads = lift(f, (np.array([1.0, 2.0, 3.3]),), bits=600).reads
    assert [(read.outcome, read.tie) for read in reads] == [(True, True)]


def test_a_floor_at_a_whole_number_is_a_tie_and_goes_down_when_flipped() -> None:
    at = (np.array([2.0]),)
    assert lift(np.floor, at).reads[0].tie
    values = lift(lambda x: np.floor(x), at, flips={0}).values[0]
    assert values is not None
    assert values[0] == 1


@pytest.mark.parametrize(("x", "expected"), [(0.5, 0), (1.5, 2), (-0.5, 0), (-1.5, -2), (2.5, 2), (2.4999, 2)])
def test_round_takes_halves_to_even(x: float, expected: int) -> None:
    lifted = lift(lambda v: np.round(v), (np.array([x]),))
    assert lifted.reads[0].outcome == expected
    assert lifted.reads[0].tie == (x != 2.4999)


def test_equal_numbers_that_are_computed_alike_are_a_tie() -> None:
    lifted = lift(lambda x: np.max(np.tanh(x) / 3), (np.array([0.3, 0.3]),))
    assert [read.tie for read in lifted.reads] == [True]


def test_a_number_compared_with_itself_is_no_decision() -> None:
    def f(x: Any) -> Any:
        y = np.exp(x)
        return y - np.where(y == y, 0.0, 1.0)  # noqa: PLR0124

    assert lift(f, (X,)).reads == ()


def test_overlapping_balls_that_are_no_tie_are_undecided_and_the_line_is_named() -> None:
    def f(x: Any) -> Any:
        return x if np.exp(np.log(x))[0] > x[0] else -x

    with pytest.raises(Undecided, match=r"x > y is not decided \(test_reads\.py:\d+\)") as caught:
        lift(f, (np.array([0.1]),))
    assert caught.value.what == "x > y"
    assert caught.value.place == f"test_reads.py:{f.__code__.co_firstlineno + 1}"


def test_a_comparison_with_no_number_is_undecided() -> None:
    with pytest.raises(Undecided):
        lift(lambda x: x if np.log(x)[1] > 0 else -x, (X,))


def test_constants_decide_without_a_read() -> None:
    assert reads_of(lambda x: x * max(np.sqrt(2.0), 1.0) if np.pi > 3 else x, X) == []


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: np.linalg.eig(np.diag(x)), "numpy.linalg.eig has no lifted rule"),
        (lambda x: np.linalg.eigh(np.outer(x, x)), "repeated eigenvalues have no lifted rule"),
        (lambda x: np.fft.fft(x), "numpy.fft.fft has no lifted rule"),
        (lambda x: __import__("cmath").exp(x[0]), "complex"),
        (lambda x: next(np.nditer(x)) * x, "TypeError on lifted numbers: Iterator operand"),
        (lambda x: [1, 2, 3][x[0]], "an index that is a real number has no lifted rule"),
        (lambda x: np.spacing(x), "numpy.spacing has no lifted rule"),
        (lambda x: x.tobytes(), "numpy.ndarray.tobytes has no lifted rule"),
        (lambda x: x.astype(complex), r"astype\(complex128\) has no lifted rule"),
        (lambda x: np.linalg.svd(x.reshape(1, 3)), "numpy.linalg.svd with full matrices has no lifted rule"),
        (lambda x: x * 1j, "complex"),
        (lambda x: __import__("scipy.special").special.jv(x, 1.0), "derivative of jv by operand 1 has no lifted rule"),
    ],
)
def test_what_has_no_rule_is_named_with_file_and_line(f: Callable[..., Any], words: str) -> None:
    with pytest.raises(NotLifted, match=words) as caught:
        lift(f, (X,))
    assert caught.value.place == f"test_reads.py:{f.__code__.co_firstlineno}"
