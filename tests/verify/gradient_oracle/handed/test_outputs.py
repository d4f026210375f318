"""Several outputs as one vector, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.outputs import Joined, joined, left_out, must_have_a_derivative, ones_like, parted


def test_outputs_come_back_as_they_were() -> None:
    out = {"h": np.array([[1.0], [2.0]]), "c": np.float32(3.0), "n": [np.array([4]), None]}
    vector = joined(np, out, {})
    assert type(vector) is Joined
    assert vector.tolist() == [1.0, 2.0, 3.0]
    again, seeds = parted(np, vector, np.array([10.0, 20.0, 30.0]), {})
    assert again["h"].tolist() == [[1.0], [2.0]]
    assert again["c"] == 3.0
    assert again["c"].dtype == np.float32
    assert again["n"][0].tolist() == [4]
    assert seeds["h"].tolist() == [[10.0], [20.0]]
    assert seeds["n"] == [None, None]


def test_an_output_that_the_backward_changes_in_place_is_changed_in_the_vector() -> None:
    vector = joined(np, (np.ones(2), np.ones(1)), {})
    again, _ = parted(np, vector, np.ones(3), {})
    again[0][...] = 5.0
    assert np.asarray(vector).tolist() == [5.0, 5.0, 1.0]


def test_one_array_is_left_as_it_is() -> None:
    out = np.ones(2)
    assert joined(np, out, {}) is out
    assert parted(np, out, out, {}) == (out, out)


@pytest.mark.parametrize("out", [(np.ones(2), 1j), [np.ones(2) * 1j], {"z": 1j}])
def test_complex_outputs_are_refused(out: Any) -> None:
    with pytest.raises(ValueError, match="complex outputs are not taken yet"):
        must_have_a_derivative(out)


def test_what_is_left_out_is_named_and_none_is_not() -> None:
    assert left_out((np.ones(1), {"n": 3, "nothing": None})) == ["output[1]['n'] (an int (3))"]
    assert left_out(np.ones(1)) == []
    assert ones_like((2.0, "word")) == (1.0, None)
