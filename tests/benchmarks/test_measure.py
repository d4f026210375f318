"""Ratios, exponents, shares and agreement against hand calculations; sides that differ are refused before any timing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.measure import (
    FULL,
    Disagreement,
    Effort,
    NotMeasured,
    Range,
    Side,
    agreement,
    compare,
    exponent,
    grow,
    line,
    need,
    ratios,
    split,
    time_in_turns,
)

SIZES = (3, 10, 40, 100, 700)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
def test_a_power_law_gives_its_exponent(alpha: float) -> None:
    assert exponent(SIZES, [2e-6 * size**alpha for size in SIZES]) == pytest.approx(alpha, abs=1e-12)


def test_the_exponent_is_the_least_squares_slope() -> None:
    """log₂: x = 0, 1, 2 and y = 0, 2, 2, with means 1 and 4/3: slope = ((−1)(−4/3) + (1)(2/3)) / 2 = 1; the last step alone has slope 0."""
    assert exponent([1, 2, 4], [1.0, 4.0, 4.0]) == pytest.approx(1.0)
    assert exponent([2, 4], [4.0, 4.0]) == pytest.approx(0.0)


def test_a_fixed_cost_lowers_the_exponent_and_the_last_step_less() -> None:
    times = [100 + size for size in SIZES]
    assert 0 < exponent(SIZES, times) < exponent(SIZES[-2:], times[-2:]) < 1


def test_ratios_are_formed_within_a_round() -> None:
    """A machine that is ten times slower in the second round: 2/1, 30/10, 8/2 are 2, 3, 4; the ratio of the medians would be 8/2."""
    assert ratios([2.0, 30.0, 8.0], [1.0, 10.0, 2.0]) == Range(3.0, 2.0, 4.0)


def test_a_line_has_the_median_and_the_median_absolute_deviation() -> None:
    """Of 1, 2, 4, 8, 100 the median is 4, the deviations 3, 2, 0, 4, 96, and their median 3."""
    pytest.importorskip("pyperf")
    found = line("side", [1.0, 2.0, 4.0, 8.0, 100.0])
    assert (found.median, found.spread) == (4.0, 3.0)


def test_parts_are_per_case_and_their_shares_add_up() -> None:
    """Two cases; medians 4 and 12 seconds for both, hence 2 and 6 for one, and shares 1/4 and 3/4."""
    pytest.importorskip("pyperf")
    found = split("two cases", 2, [{"a": 4.0, "b": 12.0}, {"a": 2.0, "b": 16.0}, {"a": 6.0, "b": 8.0}])
    assert [(part.name, part.median, part.share) for part in found.lines] == [("a", 2.0, 0.25), ("b", 6.0, 0.75)]


def test_digits_of_agreement_are_relative_to_the_largest_entry() -> None:
    """|1 − (1 + 10⁻¹⁰)| / 100 is 10⁻¹²: 12 digits."""
    assert agreement({"a": [100.0, 1.0], "b": [100.0, 1.0 + 1e-10], "c": [100.0, 1.0]}) == pytest.approx(12, abs=1e-3)
    assert agreement({"a": [1.0], "b": [1.0]}) == 17
    assert agreement({"a": [1.0]}) is None


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([1.0, 2.5], r"b gives 2\.5 where a gives 2\.0 \(entry 2 of 2\): 0\.6 digits agree"),
        ([1.0, float("nan")], "b gives nan where a gives 2.0"),
        ([1.0, 2.0, 3.0], "b gives 3 numbers where a gives 2"),
    ],
)
def test_sides_that_differ_are_named_with_their_values(other: list[float], message: str) -> None:
    with pytest.raises(Disagreement, match=message):
        agreement({"a": [1.0, 2.0], "b": other})


def test_sides_that_differ_are_not_timed() -> None:
    calls: list[str] = []

    def side(name: str, value: float) -> Side:
        def run() -> list[float]:
            calls.append(name)
            return [value]

        return Side(name, run)

    with pytest.raises(Disagreement):
        compare("two", [side("a", 1.0), side("b", 2.0)], FULL)
    assert calls == ["a", "b"]


def test_the_sides_take_turns_and_begin_in_turns() -> None:
    """Two calls of each to warm up and to choose the number of repetitions (one, as no time is asked for), then three rounds."""
    pytest.importorskip("pyperf")
    calls: list[str] = []
    seconds = time_in_turns([lambda: calls.append("a"), lambda: calls.append("b"), lambda: calls.append("c")], Effort(3, 0.0))
    assert "".join(calls) == "aabbcc" + "abc" + "bca" + "cab"
    assert [len(rounds) for rounds in seconds] == [3, 3, 3]
    assert min(map(min, seconds)) >= 0


def test_growth_orders_the_sizes_and_fits_every_round() -> None:
    pytest.importorskip("pyperf")
    found = grow("sum", "n", "1", {4096: lambda: np.ones(4096).sum(), 64: lambda: np.ones(64).sum()}, Effort(2, 0.0))
    assert [own.size for own in found.lines] == [64, 4096]
    by_hand = [np.log(large / small) / np.log(64) for small, large in zip(found.lines[0].seconds, found.lines[1].seconds, strict=True)]
    assert (found.exponent.lowest, found.exponent.highest) == (pytest.approx(min(by_hand)), pytest.approx(max(by_hand)))
    assert found.last == found.exponent


def test_a_package_that_is_not_installed_is_named() -> None:
    need("numpy")
    with pytest.raises(NotMeasured, match=r"^not measured: needs no_such_package$"):
        need("no_such_package")
