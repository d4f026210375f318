"""Convolutions by their definition, against hand-made sums."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.verify.lift.arrays.arrays import leaves, plain
from backproof.verify.lift.arrays.convolutions import correlated, flipped, padded, transformed
from backproof.verify.lift.arrays.dispatch import ARRAYS
from backproof.verify.lift.rounding.counts import Counted, units_of
from backproof.verify.lift.tape.tape import Tape, running
from backproof.verify.numbers.float_model import DOUBLE

X, K = np.arange(1.0, 7.0).reshape(2, 3), np.array([[1.0, 10.0]])


def test_a_correlation_is_a_sum_of_products_with_its_derivatives() -> None:
    with running(Tape(100, front=ARRAYS)) as tape:
        x, k = leaves(X, tape), leaves(K, tape)
        assert correlated(x, k, "valid").tolist() == [[21.0, 32.0], [54.0, 65.0]]
        assert correlated(x, flipped(k), "valid").tolist() == [[12.0, 23.0], [45.0, 56.0]]
        assert correlated(x, k, "full", "wrap").tolist() == [[13.0, 21.0, 32.0, 13.0], [46.0, 54.0, 65.0, 46.0]]
        first = plain(correlated(x, k, "valid"))[0, 0]
        by_x, by_k = tape.gradient({first.index: first.value / first.value})
    assert [float(v.mid()) for v in by_x.reshape(-1)] == [1.0, 10.0, 0.0, 0.0, 0.0, 0.0]
    assert [float(v.mid()) for v in by_k.reshape(-1)] == [1.0, 2.0]


def test_what_is_empty_stays_empty() -> None:
    assert padded(np.empty((0, 2), dtype=object), [(1, 1), (0, 0)]).shape == (0, 2)


def test_what_transforms_compute_is_off_in_proportion_to_everything() -> None:
    with running(Tape(100, front=ARRAYS)) as tape:
        x = leaves(np.array([1e8, 1.0, 1.0]), tape)
        exact = correlated(x, np.ones(1), "valid")
        found = plain(transformed(exact, x, np.ones(1)))
    counted = Counted(tape, units_of(tape, [DOUBLE]))
    assert counted.value(found[1].index)[0] > 1e8 * DOUBLE.u
    assert found[1].value == 1.0


def test_a_mode_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="acceptable mode flags"):
        correlated(X, K, "half")
