"""Points that do not depend on the code: each row of the table makes the arguments it promises, and each has a fault
that only it brings to light."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle import exploration as exploring
from backproof.verify.gradient_oracle import variants as varying
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.points import Point
from backproof.verify.gradient_oracle.variants import VARIANTS, Variant, variants

M = np.array([[1.0, 2.0], [2.0, 5.0]])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def points(*args: Any) -> dict[str, Point]:
    return {point.words: point for point in variants(args, rng())}


def test_generic_values_break_symmetry_and_keep_shape_dtype_and_sign() -> None:
    (drawn,) = points(M.astype(np.float32))["generic values"].args
    assert drawn.shape == (2, 2)
    assert drawn.dtype == np.float32
    assert drawn[0, 1] != drawn[1, 0]
    assert (drawn > 0).all()


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("negative values", lambda x: (x < 0).all()),
        ("mixed signs", lambda x: (x[:, 0] < 0).all() and (x[:, 1] > 0).all()),
        ("zeros in the first place of every argument", lambda x: x[0, 0] == 0 and np.count_nonzero(x) == 3),
        ("a zero", lambda x: np.count_nonzero(x == 0) == 1),
        ("zeros", lambda x: (x == 0).all()),
        ("two equal entries", lambda x: np.count_nonzero(x == x.max()) == 2),
        ("all entries equal", lambda x: (x == x[0, 0]).all()),
        ("rounded to whole numbers", lambda x: (x == np.round(x)).all()),
        ("next to zero, times 1e-15", lambda x: np.array_equal(x, M * 1e-15)),
        ("times 30", lambda x: np.array_equal(x, M * 30)),
        ("times 1e+04", lambda x: np.array_equal(x, M * 1e4)),
    ],
)
def test_every_variant_is_what_its_words_say(words: str, holds: Callable[[Any], bool]) -> None:
    given = np.array([[1.0, 2.0], [3.0, 5.0]]) if words == "two equal entries" else M
    assert holds(points(given)[words].args[0])


def test_a_batch_of_one_is_made_three_in_all_arguments_at_once() -> None:
    found = points(np.ones((1, 4)), np.ones((1, 2)))["size 1 made 3"]
    assert [a.shape for a in found.args] == [(3, 4), (3, 2)]
    assert found.resized


def test_shared_sizes_grow_together_and_each_alone() -> None:
    found = points(np.ones((2, 3)), np.ones(3))
    assert [a.shape for a in found["size 3 made 4"].args] == [(2, 4), (4,)]
    assert [a.shape for a in found["argument 0 alone larger along axis 0"].args] == [(4, 3), (3,)]


def test_one_more_axis_and_sizes_of_one_are_only_noted() -> None:
    found = points(np.ones((2, 3)), np.arange(1.0, 4.0), "mode")
    assert [np.shape(a) for a in found["one more leading axis"].args] == [(2, 2, 3), (2, 3), ()]
    assert [np.shape(a) for a in found["argument 1 of shape (1,)"].args] == [(2, 3), (1,), ()]
    assert {words for words, point in found.items() if point.noted} == {
        "huge values, whose squares overflow",
        "one more leading axis",
        "argument 1 of shape (1,)",
    }


def test_huge_values_are_those_of_one_dtype_and_their_squares_overflow() -> None:
    words = "huge values, whose squares overflow"
    for dtype in (np.float64, np.float32):
        (huge,) = points(np.array([1.5, -0.5], dtype=dtype))[words].args
        with np.errstate(over="ignore"):
            assert np.isfinite(huge).all()
            assert np.isinf(huge**2).all()
    assert words not in points(np.ones(2, dtype=np.float16))
    assert words not in points(np.ones(2), np.ones(2, dtype=np.float32))


def test_factors_are_what_half_precision_bears_and_the_words_say_which() -> None:
    half = points(np.array([1.5, -0.5], dtype=np.float16), np.ones(2))
    assert half["small values, times 0.1"].args[1].dtype == np.float64
    assert half["argument 0 times 10"].args[0].tolist() == [15.0, -5.0]
    assert half["argument 1 times 1e+08"].args[1].tolist() == [1e8, 1e8]
    assert half["large values, times 10"].args[0].dtype == np.float16
    assert not any("1e-15" in words for words in half)


def test_a_derivative_that_is_small_beside_the_usual_ones_may_vanish_at_huge_values() -> None:
    """arcsinh′ is 1/√(1 + x²): 0 where the square overflows, and 10⁻¹⁸¹ in truth. Of √(x² + y²) the derivative is about
    1 everywhere."""
    vanishing = check(np.arcsinh, (np.array([0.3, -1.2]),), vjp=lambda args, out, ct: (ct / np.sqrt(1 + args[0] ** 2),))
    assert vanishing.ok
    assert not any("huge values" in note for note in vanishing.notes)

    def from_squares(args: Any, out: Any, ct: Any) -> Any:
        x, y = args
        return ct * x / np.sqrt(x**2 + y**2), ct * y / np.sqrt(x**2 + y**2)

    lost = check(np.hypot, (np.array([0.3, -1.2]), np.array([0.5, 0.9])), vjp=from_squares)
    assert lost.ok
    assert any("huge values" in note for note in lost.notes)


def test_a_backward_for_matrices_only_is_correct_and_that_is_noted() -> None:
    result = check(lambda x: x.T * 2.0, (M,), vjp=lambda args, out, ct: (2.0 * ct.swapaxes(0, 1),))
    assert result.ok
    assert any("need not be meant for that: with one more leading axis, gradient of argument 0" in note for note in result.notes)


def test_a_backward_with_a_branch_of_its_own_for_another_rank_is_held_to_it() -> None:
    """The code says that vectors are meant too: there the gradient of 2·x is 2·ct, and not ct."""
    result = check(lambda x: x.T * 2.0, (M,), vjp=lambda args, out, ct: (2.0 * ct.T if ct.ndim == 2 else ct,))
    assert result.verdict == "WRONG"
    assert result.findings[0].point != "the given arguments"
    assert check(lambda x: x.T * 2.0, (M,), vjp=lambda args, out, ct: (2.0 * ct.T if ct.ndim == 2 else 2.0 * ct,)).ok


def test_indices_are_repeated_made_equal_and_turned() -> None:
    table, index = np.arange(8.0).reshape(4, 2), np.array([0, 2, 3, 1])
    found = points(table, index)
    assert found["indices repeated"].args[1].tolist() == [0, 2, 0, 2]
    assert found["indices all equal"].args[1].tolist() == [1, 1, 1, 1]
    assert found["indices turned around"].args[1].tolist() == [1, 3, 2, 0]
    assert found["indices all zero"].args[1].tolist() == [0, 0, 0, 0]
    assert found["indices with a -1"].args[1].tolist() == [0, 2, 3, -1]
    assert np.array_equal(found["indices repeated"].args[0], table)


def test_truth_values_are_all_true_all_false_and_turned() -> None:
    found = points(np.ones(3), np.array([True, False, True]))
    assert found["truth values all true"].args[1].tolist() == [True, True, True]
    assert found["truth values all false"].args[1].tolist() == [False, False, False]
    assert found["truth values turned around"].args[1].tolist() == [False, True, False]


def test_plain_floats_stay_plain_floats_and_integers_are_not_scaled() -> None:
    found = points(2.5, 3)["times 30"]
    assert found.args == (75.0, 3)
    assert type(found.args[0]) is float


def test_without_a_float_there_is_no_point() -> None:
    assert points(np.array([1, 2]), "name") == {}


def f_with_branch(x: Any) -> Any:
    return np.where(x > 3.0, 2.0 * x, x)


def symmetric_only(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (args[0] + args[0]) / 2 * 2,)


def batch_of_one(args: Any, out: Any, ct: Any) -> Any:
    return ct, ct[0]


def no_repeats(args: Any, out: Any, ct: Any) -> Any:
    table, index = args
    grad = np.zeros_like(table)
    grad[index] = ct
    return grad, None


def positive_only(args: Any, out: Any, ct: Any) -> Any:
    return (ct * args[0] / out * np.abs(args[0]) / args[0] if np.all(args[0] > 0) else ct * np.abs(args[0]) / out,)


FAULTS: list[tuple[str, Callable[..., Any], tuple[Any, ...], Callable[..., Any]]] = [
    ("generic values", lambda x: (x * x.T).sum(), (M,), lambda args, out, ct: (2 * ct * args[0],)),
    ("size 1 made 3", lambda x, b: x + b, (np.ones((1, 2)), np.ones(2)), batch_of_one),
    ("indices", lambda table, index: table[index], (np.arange(6.0).reshape(3, 2), np.array([0, 2])), no_repeats),
    ("negative values", lambda x: np.abs(x) ** 3, (np.array([1.0, 2.0]),), lambda args, out, ct: (3 * ct * args[0] ** 2,)),
    ("just across", f_with_branch, (np.array([1.0, 2.0]),), lambda args, out, ct: (ct,)),
]


@pytest.mark.parametrize(("rule", "f", "args", "vjp"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_each_rule_has_a_fault_that_the_given_arguments_hide(
    rule: str, f: Callable[..., Any], args: Any, vjp: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = check(f, args, vjp=vjp)
    assert not result.ok
    assert result.findings[0].point != "the given arguments"

    def no_variants(*_: Any) -> Iterator[Point]:
        return iter(())

    monkeypatch.setattr(exploring, "variants", no_variants)
    monkeypatch.setattr(exploring, "across", lambda *given: None)
    monkeypatch.setattr(exploring.Exploration, "_look_plainly", lambda *given: None)
    monkeypatch.setattr(exploring.Exploration, "_look_further", lambda *given: None)
    assert check(f, args, vjp=vjp).ok


SEVENS = np.array([7.0, 7.0])


def test_a_variant_that_is_added_to_the_table_is_looked_at_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes cannot be lifted, hence no decision leads there."""

    def wrong_at_sevens(args: Any, out: Any, ct: Any) -> Any:
        return (ct if args[0].tobytes() == SEVENS.tobytes() else 2 * ct * args[0],)

    x = (np.array([0.5, 1.25]),)
    assert check(lambda x: x * x, x, wrong_at_sevens).ok
    sevens = Variant("sevens", lambda given, variant: [Point((SEVENS,), variant.words)])
    monkeypatch.setattr(varying, "VARIANTS", (*VARIANTS, sevens))
    assert [point.words for point in variants(x, rng())][-1] == "sevens"
    assert "at sevens, the gradient of argument 0" in check(lambda x: x * x, x, wrong_at_sevens).explain()


def test_no_two_rows_of_the_table_have_the_same_words() -> None:
    assert len({variant.words for variant in VARIANTS}) == len(VARIANTS) == 33


def test_the_words_of_a_variant_are_those_of_its_factor_and_argument() -> None:
    row = Variant("one argument", lambda given, variant: [], 1e8)
    assert row.words == "one argument times 1e+08"
    assert replace(row, argument=3, factor=10.0).words == "argument 3 times 10"
    assert replace(row, kind="small values,", factor=1e-4).words == "small values, times 1e-04"
    assert replace(row, kind="", factor=30.0).words == "times 30"
