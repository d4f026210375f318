"""Choices: within their bounds, reproducible from a seed, the same generator code over Hypothesis's draw."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.verify.cases.choices import Choices, drawn, seeded

SIMPLEST = Choices(lambda lo, hi: lo)


def source(seed: int = 0) -> Choices:
    return seeded(np.random.default_rng(seed))


def test_whole_numbers_lie_within_their_bounds_and_reach_both() -> None:
    choices = source()
    assert {choices.integer(2, 4) for _ in range(200)} == {2, 3, 4}


def test_the_same_seed_gives_the_same_choices() -> None:
    first, again, other = source(5), source(5), source(6)
    drawn_first = [first.integer(0, 10**6) for _ in range(20)]
    assert drawn_first == [again.integer(0, 10**6) for _ in range(20)]
    assert drawn_first != [other.integer(0, 10**6) for _ in range(20)]


def test_every_option_is_picked_and_none_is_refused() -> None:
    choices = source()
    assert {choices.pick("ab") for _ in range(50)} == {"a", "b"}
    with pytest.raises(ValueError, match="nothing to pick from"):
        choices.pick("")


def test_a_chance_is_what_it_says() -> None:
    choices = source()
    assert sum(choices.chance(25) for _ in range(4000)) == pytest.approx(1000, abs=120)
    assert not any(choices.chance(0) for _ in range(500))
    assert all(choices.chance(100) for _ in range(500))


def test_a_subset_keeps_the_order_and_a_shuffle_keeps_the_elements() -> None:
    choices = source()
    some = choices.subset(range(100), 50)
    assert some == sorted(set(some))
    assert 0 < len(some) < 100
    assert sorted(choices.shuffled(range(6))) == list(range(6))
    assert len({tuple(choices.shuffled(range(3))) for _ in range(200)}) == 6


def test_the_simplest_choices_are_the_first_ones() -> None:
    assert not SIMPLEST.chance(99)
    assert SIMPLEST.shuffled([3, 1, 2]) == [3, 1, 2]
    assert SIMPLEST.pick("xyz") == "x"


def test_reals_are_finite_floats_of_several_magnitudes_with_zeros_and_whole_numbers() -> None:
    choices = source()
    numbers = [choices.real() for _ in range(2000)]
    assert all(type(number) is float and math.isfinite(number) for number in numbers)
    assert 0.0 in numbers
    assert any(number != 0 and number.is_integer() for number in numbers)
    assert any(0 < abs(number) < 1e-2 for number in numbers)
    assert any(abs(number) >= 100 for number in numbers)
    assert min(numbers) < 0 < max(numbers)
    assert sum(0.1 <= abs(number) <= 3 for number in numbers) > 0.7 * len(numbers)


def test_fractions_are_small_and_seldom_zero() -> None:
    choices = source()
    numbers = [choices.fraction() for _ in range(2000)]
    assert all(isinstance(number, Fraction) and abs(number.numerator) <= 12 and number.denominator <= 16 for number in numbers)
    assert 0 < sum(number == 0 for number in numbers) < 0.1 * len(numbers)


@given(st.data())
def test_drawn_choices_keep_the_same_bounds(data: st.DataObject) -> None:
    choices = drawn(data.draw)
    assert 3 <= choices.integer(3, 7) <= 7
    assert choices.pick((1, 2)) in (1, 2)
    assert choices.fraction().denominator <= 16
    assert math.isfinite(choices.real())
