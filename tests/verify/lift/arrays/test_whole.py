"""Arrays that become real of whole numbers and truth values: masks, one-hot rows, counts; written into like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.arrays.whole import WholeArray
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.verdicts import Verdict

X = np.array([0.5, 1.25])
LABELS = np.array([1, 0])


def scaled_mask(x: Any) -> Any:
    mask = (x < 1e9).astype(float)
    mask *= 3 * x
    return mask * x


def dropout(x: Any) -> Any:
    mask = (np.random.default_rng(0).random(x.shape) < 2) / 1.0
    mask *= x
    return 3 * mask * x


def one_hot(x: Any) -> Any:
    rows = (LABELS[:, None] == np.arange(2)).astype(float)
    rows[:, 0] *= x[1]
    rows[:, 1] *= x[0]
    return 3 * rows.sum(axis=1) ** 2


def into(buffer: Any, x: Any) -> Any:
    buffer[...] = x
    return 3 * buffer**2


def as_numbers(x: Any) -> Any:
    order = np.argsort(np.array([2, 1]))
    assert type(order) is np.ndarray
    assert isinstance(LABELS, np.ndarray)
    assert LABELS.dtype.kind == "i"
    assert np.array_equal(LABELS, np.array([1, 0]))
    counts = np.bincount(LABELS)
    counts[0] += 2
    assert counts.tolist() == [3, 1]
    assert sorted(set(LABELS)) == [0, 1]
    total = 0
    for label in LABELS:
        total += int(label)
    return 3 * total * x[order][np.array([1, 0])] ** 2


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "a mask that is multiplied in place": scaled_mask,
    "a dropout mask": dropout,
    "one-hot rows": one_hot,
    "a mask times a number": lambda x: into((x < 100) * 1.0, x),
    "whole numbers over whole numbers": lambda x: into(np.arange(2) / 2, x),
    "a mean of whole numbers": lambda x: into(np.mean(np.array([[1, 2], [3, 4]]), axis=0), x),
    "a conversion of an array": lambda x: into(np.float64(LABELS), x),
    "captured labels as floats": lambda x: into(LABELS.astype(x.dtype), x),
    "tiled": lambda x: into(np.tile(np.array([1]), 2).astype(np.float64), x),
    "indices": lambda x: into(np.indices((2,))[0] * 1.0, x),
    "numbers from a text": lambda x: into(np.loadtxt(["1 2"]), x),
    "a window": lambda x: into(np.hanning(2), x),
    "what whole numbers are": as_numbers,
    "where": lambda x: 3 * np.where(x < 1e30, x, 0) * (x * np.logical_and(x > -1e30, x < 1e30)),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_with_masks_is_certified_and_a_wrong_backward_caught(name: str) -> None:
    f = CONSTRUCTS[name]
    assert list(f(X)) == pytest.approx(list(3 * X**2))

    def same_size(x: Any) -> bool:
        return x.shape == (2,)

    good = check(f, (X,), lambda args, out, ct: (6 * args[0] * ct,), effort="quick", timeout=120, domain=same_size)
    assert good.ok, good.explain()
    assert good.proved == good.points > 1, good.explain()
    wrong = check(f, (X,), lambda args, out, ct: (6.001 * args[0] * ct,), effort="quick", timeout=120, domain=same_size)
    assert wrong.verdict is Verdict.WRONG


def test_the_labels_of_the_user_are_the_same_array() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.append(LABELS)
        return x * LABELS

    found = lift(f, (X,))
    assert found.state[id(seen)][1] != []
    assert type(LABELS) is np.ndarray
    assert type(found.state[id(LABELS)][1]) is WholeArray
    assert np.shares_memory(found.state[id(LABELS)][1], LABELS)
