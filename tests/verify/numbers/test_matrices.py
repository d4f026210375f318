"""Products, stacks and sums of blocks are those of NumPy, in every kind of matrix."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.engine import FLOAT64, RATIONAL, mpmath_system
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.matrices import matrices_of

SYSTEMS = (FLOAT64, RATIONAL, mpmath_system(30), real_ball_system(120))
whole = st.integers(-9, 9)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.family)
@given(rows=st.integers(1, 3), inner=st.integers(1, 3), columns=st.integers(1, 3), blocks=st.integers(1, 4), data=st.data())
def test_the_sum_of_blocks_of_products_is_numpys(
    system: Any, rows: int, inner: int, columns: int, blocks: int, data: st.DataObject
) -> None:
    lefts = [np.array(data.draw(st.lists(whole, min_size=rows * inner, max_size=rows * inner))).reshape(rows, inner) for _ in range(blocks)]
    right = np.array(data.draw(st.lists(whole, min_size=inner * columns, max_size=inner * columns))).reshape(inner, columns)
    kind = matrices_of(system)
    with kind.working():
        stack = kind.above([kind.of(system.array(left)) for left in lefts])
        found = kind.folded(kind.times(stack, kind.of(system.array(right))), rows)
    expected = np.sum([left @ right for left in lefts], axis=0)
    assert found.shape == (rows, columns)
    assert all(ours == theirs for ours, theirs in zip(found.reshape(-1).tolist(), expected.reshape(-1).tolist(), strict=True))


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.family)
def test_the_identity_changes_nothing(system: Any) -> None:
    kind = matrices_of(system)
    with kind.working():
        block = kind.of(system.array([[1, 2], [3, 4]]))
        assert kind.folded(kind.times(kind.identity(2), block), 2).tolist() == kind.folded(block, 2).tolist()


def test_balls_are_rounded_to_their_own_precision() -> None:
    system = real_ball_system(300)
    kind = matrices_of(system)
    with kind.working():
        third = kind.of(system.array([[Fraction(1, 3)]]))
        product: Any = kind.folded(kind.times(third, third), 1)[0, 0]
    assert product.overlaps(system.array(Fraction(1, 9)).item())
    assert float(product.rad()) < 2.0**-290


def test_a_float_is_no_fraction() -> None:
    with pytest.raises(TypeError, match=r"a whole number or a fraction is expected, found 0\.5"):
        matrices_of(RATIONAL).of(np.array([[0.5]], dtype=object))
