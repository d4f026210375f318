"""Comparisons of whole numbers are decisions: the outcome that no argument showed is tried with a value that the code
compares with; labels and sizes that it does not compare are left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.plain.whole_numbers import Change, WholeNumbers, comparisons_of, is_whole

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
Z = np.array([[0.3, -1.2, 0.8], [1.4, 0.1, -0.6], [-0.2, 0.9, 0.5], [0.7, -0.4, 1.1]])
LABELS = np.array([0, 2, 1, 1])


def watched(f: Any, *args: Any) -> WholeNumbers:
    whole = WholeNumbers()
    whole.watch((lambda: f(*args),), args)
    return whole


def outcomes(whole: WholeNumbers) -> dict[str, set[Any]]:
    return {what: set(seen) for (_, what), seen in whole.branches().items()}


def cross_entropy(z: Any, t: Any, ignore: int = -100) -> Any:
    keep = t != ignore
    lp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(np.where(keep, lp[np.arange(len(z)), np.where(keep, t, 0)], 0.0)) / np.maximum(np.sum(keep), 1)


def cross_entropy_back(of_all: bool) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        z, t, *ignore = args
        keep = t != (ignore[0] if ignore else -100)
        p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
        p[np.arange(len(z)), np.where(keep, t, 0)] -= 1.0
        return ct * np.where(keep[:, None], p, 0.0) / (len(t) if of_all else np.maximum(np.sum(keep), 1)), *[None] * (len(args) - 1)

    return vjp


@pytest.mark.parametrize("args", [(Z, LABELS, -100), (Z, LABELS)])
def test_a_label_that_is_ignored_is_tried_whether_it_is_given_or_stands_in_the_code(args: Any) -> None:
    found = check(cross_entropy, args, cross_entropy_back(True))
    assert found.verdict is Verdict.WRONG
    assert found.findings[0].point == "an entry -100 in argument 1"
    right = check(cross_entropy, args, cross_entropy_back(False))
    assert right.ok, right.explain()
    assert not any("ignore" in words for words in right.unreached)


def test_the_outcome_that_no_argument_shows_is_named() -> None:
    def f(x: Any, t: Any) -> Any:
        if np.any(t == 7):
            raise ValueError("seven is none of them")
        return x * np.where(t == 7, 2.0, 1.0)

    result = check(f, (np.ones(3), np.array([1, 2, 3])), lambda args, out, ct: (ct, None))
    assert result.ok
    assert any(words.startswith("t == 7 at test_whole_numbers.py") and words.endswith("was only False") for words in result.unreached)


def test_one_by_one_in_a_loop() -> None:
    def f(x: Any, t: Any) -> Any:
        return sum(x[k] for k, label in enumerate(t) if label != 9)

    whole = watched(f, np.ones(3), np.array([0, 2, 1]))
    assert outcomes(whole) == {"label != 9": {True}}
    assert whole.next_change((np.ones(3), np.array([0, 2, 1]))) == Change(1, -1, 9, "an entry 9 in argument 1")


def test_a_mask_by_lengths_is_made_to_fail() -> None:
    def f(x: Any, lengths: Any) -> Any:
        steps = np.arange(x.shape[1])
        return np.sum(np.where(steps < lengths[:, None], x, 0.0))

    args = (np.ones((2, 3)), np.array([3, 3]))
    whole = watched(f, *args)
    change = whole.next_change(args)
    assert change is not None
    whole.watch((lambda: f(*change.applied(args)),), args)
    assert outcomes(whole) == {"steps < lengths[:, None]": {True, False}}


def test_an_order_is_crossed_by_the_next_number() -> None:
    args = (np.ones(2), np.array([0, 1]))
    for f, value in ((lambda x, t: x * (t >= 0), -1), (lambda x, t: x * (t < 5), 5), (lambda x, t: x * (t > 4), 5)):
        change = watched(f, *args).next_change(args)
        assert change is not None
        assert change.value == value


def test_labels_are_not_moved_for_sizes_and_ranks_that_are_compared() -> None:
    """A hinge loss whose labels are −1 and 1, in code that asks for its rank: 2 is no label."""

    def f(x: Any, y: Any) -> Any:
        if x.ndim == 2:
            x = x[0]
        return np.sum(np.maximum(0.0, 1 - np.where(y == 1, 1.0, -1.0) * x))

    args = (np.array([0.3, -0.4]), np.array([1, -1]))
    whole = watched(f, *args)
    assert outcomes(whole) == {"y == 1": {True, False}}
    assert whole.next_change(args) is None


def test_labels_of_one_class_are_given_the_neighbour_that_is_no_negative() -> None:
    args = (np.ones(3), np.zeros(3, dtype=int))
    change = watched(lambda x, y: np.where(y == 0, x, 2 * x), *args).next_change(args)
    assert change is not None
    assert change.value == 1


def test_without_whole_numbers_nothing_is_followed_and_what_the_code_raises_is_no_error() -> None:
    calls: list[int] = []
    WholeNumbers().watch((lambda: calls.append(1),), (np.ones(2), 3))
    assert calls == []
    whole = watched(lambda x, t: (t == 5).sum() + x[99], np.ones(2), np.array([1]))
    assert outcomes(whole) == {"t == 5": {False}}


def test_what_needs_a_call_is_not_looked_up() -> None:
    code = (lambda t, k: (len(t) > k, t.max() == k, t[k][0] == k, k == 0 or t is None)).__code__
    assert {one.left for one in comparisons_of(code).values()} == {"t[k][0]", "k"}


def test_properties_of_the_user_are_not_run() -> None:
    class Layer:
        def __init__(self) -> None:
            self.ignore = 4

        @property
        def dear(self) -> int:
            raise AssertionError("it was run")

        def f(self, x: Any, t: Any) -> Any:
            return x * (t != self.ignore)

    layer = Layer()
    args = (np.ones(2), np.array([0, 1]))
    assert outcomes(watched(layer.f, *args)) == {"t != self.ignore": {True}}


def test_unsigned_numbers_stay_in_their_range() -> None:
    assert is_whole(np.zeros(1, dtype=np.uint8))
    args = (np.ones(2), np.zeros(2, dtype=np.uint8))
    assert watched(lambda x, t: x * (t >= 0), *args).next_change(args) is None
