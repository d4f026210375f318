"""Operations on single balls as operations on arrays: `Points` go point by point and cannot be used by mistake; the
precision nests."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, arb_mat, ctx

from backproof.verify.numbers.ball_arrays import Points, entrywise, flint_matmul, is_finite, precision


def test_points_cannot_be_compared_or_used_by_mistake() -> None:
    points: Any = Points([acb(1), acb(2)])
    with pytest.raises(TypeError, match="neither equal"):
        assert points == Points([acb(1), acb(2)])
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(points)
    with pytest.raises(TypeError, match="unhashable"):
        hash(points)
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = points * points
    with pytest.raises(TypeError):
        math.sin(points)
    with pytest.raises(TypeError, match="bad operand"):
        abs(points)


def test_points_are_finite_if_all_of_them_are() -> None:
    assert is_finite(Points([acb(1), acb(2)]))
    assert not is_finite(Points([acb(1), acb(math.nan)]))


def test_operations_work_point_by_point_and_constants_take_part_in_all() -> None:
    several, one = Points([arb(2), arb(3)]), arb(10)
    minus = entrywise(lambda x, y: x - y, 2, arb)
    assert [[float(v) for v in minus(a, b).values] for a, b in ((several, one), (one, several), (several, several))] == [
        [-8, -7],
        [8, 7],
        [0, 0],
    ]
    middle = entrywise(lambda x, y, z: x + 2 * y + 3 * z, 3, arb)
    assert [float(v) for v in middle(one, several, one).values] == [44, 46]
    with pytest.raises(TypeError, match="a number has entered that is not a ball"):
        minus(several, 1.0)
    with pytest.raises(TypeError, match="a number has entered that is not a ball"):
        middle(several, one, 1.0)


@pytest.mark.parametrize("moving", ["left", "right", "both", "none"])
def test_a_matrix_product_at_several_points_is_the_product_at_each(moving: str) -> None:
    rng = np.random.default_rng(5)
    numbers = rng.integers(-9, 10, size=(2, 12)).tolist()

    def given(values: list[int], shape: tuple[int, int], moves: bool) -> tuple[Any, list[Any]]:
        entries = np.empty(6, dtype=object)
        for place in range(6):
            entries[place] = Points([arb(values[place]), arb(values[place + 6])]) if moves and place != 1 else arb(values[place])
        first, second = np.array(values[:6]), np.array(values[6:] if moves else values[:6])
        second[1] = first[1]
        return entries.reshape(shape), [first.reshape(shape), second.reshape(shape)]

    a, at_a = given(numbers[0], (2, 3), moving in ("left", "both"))
    b, at_b = given(numbers[1], (3, 2), moving in ("right", "both"))
    product = flint_matmul(arb_mat, arb, 64)(a, b)
    for point in range(2):
        found = [[int(float(e.values[point] if type(e) is Points else e)) for e in row] for row in product.tolist()]
        assert found == (at_a[point] @ at_b[point]).tolist()


def test_precisions_nest() -> None:
    before = ctx.prec
    with precision(100):
        with precision(200):
            assert ctx.prec == 200
        assert ctx.prec == 100
    assert ctx.prec == before
