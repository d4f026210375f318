"""Which whole numbers of code are sizes, and which are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.plain.constants import Constant, constants_of, sizes_around

BLOCK = 64
TABLE = {20: 1.0, 40: 2.0}


class Held:
    block = 48


HELD = Held()


def values(f: Any, **own: Any) -> list[int]:
    return sorted({constant.value for constant in constants_of(f.__code__, f.__globals__, own)})


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: len(x) > 100, [100]),
        (lambda x: x.shape[0] in (48, 96), [48, 96]),
        (lambda x: x.size % BLOCK, [64]),
        (lambda x: x.size // HELD.block, [48]),
        (lambda x: x[-32:], [32]),
        (lambda x: range(0, len(x), 16), [16]),
        (lambda x: np.arange(len(x)) < 100, [100]),
        (lambda x: min(len(x), 50), [50]),
        (lambda x: x.reshape(-1, 8), [8]),
        (lambda x: len(x) >> 6, [64]),
        (lambda x: len(x) & 63, [64]),
        (lambda x: TABLE.get(len(x)), [20, 40]),
        (lambda x: 3 * x**5 / 7, []),
        (lambda x: x.sum(axis=1), []),
        (lambda x: 2.0 * x - 1.5, []),
        (lambda x: x > -1e9, []),
    ],
)
def test_what_meets_a_size_is_read_and_what_multiplies_is_not(f: Any, expected: list[int]) -> None:
    assert values(f) == expected


def test_locals_defaults_and_variables_of_the_closure_are_read() -> None:
    def with_local(x: Any) -> Any:
        block = 24
        return x[:block]

    most = 33
    assert values(with_local) == [24]
    assert values(lambda x: len(x) > most, most=most) == [33]
    assert values(lambda x, block=12: x[:block], block=12) == [12]


def test_no_code_of_the_user_runs_for_it() -> None:
    class Loud:
        @property
        def block(self) -> int:
            raise AssertionError("asked")

    loud = Loud()
    assert values(lambda x: x[: loud.block], loud=loud) == []


def test_sizes_around_a_constant_hold_both_sides_and_a_rest() -> None:
    assert list(sizes_around([Constant(100, "", True)])) == [99, 100, 101, 200, 201]
    assert list(sizes_around([Constant(3, "", True)])) == [2, 3, 4, 5, 6, 7]
    assert list(sizes_around([])) == []
