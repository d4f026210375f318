"""Ids that a function holds are varied: what would be wrong with others is said and not held against it, right ones are
not spoken of, and the user's array is the same afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import check

BAG = np.array([[0, 2, 1], [4, 3, 1]])
TABLE = np.random.default_rng(0).normal(size=(5, 3))


def bag(w: Any) -> Any:
    return w[BAG].sum(axis=1)


def loses_repeats(args: Any, out: Any, ct: Any) -> Any:
    g = np.zeros_like(args[0])
    for row, ids in enumerate(BAG):
        g[ids] += ct[row]
    return (g,)


def keeps_repeats(args: Any, out: Any, ct: Any) -> Any:
    g = np.zeros_like(args[0])
    for row, ids in enumerate(BAG):
        np.add.at(g, ids, ct[row])
    return (g,)


def captured(result: Any) -> list[str]:
    return [note for note in result.notes if "captured" in note]


def test_a_bag_that_loses_repeated_ids_is_noted_and_they_are_put_back() -> None:
    before = BAG.copy()
    result = check(bag, (TABLE,), loses_repeats)
    assert result.ok
    (note,) = captured(result)
    assert note.startswith("the array `BAG` (test_others_held.py:")
    assert note.endswith("the gradients would be WRONG; pass it as an argument to have that judged")
    assert np.array_equal(before, BAG)


def test_one_that_keeps_them_is_not_spoken_of() -> None:
    assert captured(check(bag, (TABLE,), keeps_repeats)) == []


def test_a_permutation_of_a_layer_is_right_as_it_is() -> None:
    class Shuffle:
        def __init__(self) -> None:
            self.order = np.array([2, 0, 1])

        def forward(self, x: Any) -> Any:
            return x[self.order]

        def backward(self, args: Any, _out: Any, ct: Any) -> Any:
            g = np.zeros_like(args[0])
            g[self.order] = ct
            return (g,)

    layer = Shuffle()
    result = check(layer.forward, (np.array([0.5, 1.0, -2.0]),), layer.backward)
    assert result.ok
    assert "`self.order` (test_others_held.py:" in captured(result)[0]


def test_an_array_that_cannot_be_written_is_asked_for() -> None:
    ids = np.array([0, 2])
    ids.setflags(write=False)
    result = check(lambda x: x[ids], (np.ones(3),), lambda args, out, ct: (np.bincount(ids, ct, 3),))
    assert result.ok
    assert "was not varied; pass it as an argument" in captured(result)[0]


def test_they_are_put_back_also_where_the_code_raises() -> None:
    ids = np.array([0, 1, 2, 3])

    def f(x: Any) -> Any:
        if len(set(ids.tolist())) < len(ids):
            raise ValueError("twice")
        return x[ids]

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        g = np.zeros_like(args[0])
        g[ids] = ct
        return (g,)

    assert check(f, (np.arange(4.0),), vjp).ok
    assert ids.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("dtype", [np.int8, np.uint64])
def test_all_whole_dtypes(dtype: Any) -> None:
    ids = np.array([0, 2, 2], dtype=dtype)
    result = check(lambda x: x[ids], (np.ones(3),), lambda args, out, ct: (np.bincount(ids.astype(int), ct, 3),))
    assert result.ok
    assert captured(result) == []
