"""Arrays that functions hold are found wherever people keep them; a size that one of them has is not free."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.plain.held import arrays_held, resized, tied_to

LABELS = np.array([0, 2, 1, 1])
TARGETS = np.array([0.5, -1.0, 2.0, 0.25])
X = np.random.default_rng(0).normal(size=(4, 3))


def names(*functions: Any) -> set[str]:
    return {held.name for held in arrays_held(functions)}


class Layer:
    def __init__(self, ids: Any) -> None:
        self.ids = ids
        self.kept = {"w": np.ones(2)}

    def forward(self, x: Any) -> Any:
        return x[self.ids]


def of_globals(x: Any) -> Any:
    return x[LABELS]


def test_they_are_found_in_globals_cells_objects_containers_and_partials() -> None:
    hidden = np.arange(3)
    assert names(of_globals) == {"LABELS"}
    assert names(lambda x: x[hidden]) == {"hidden"}
    assert names(Layer(hidden).forward) == {".ids", "['w']"}
    assert names(functools.partial(of_globals)) == {"LABELS"}
    assert names(lambda x: of_globals(x)) == {"LABELS"}
    assert names(lambda x, y=hidden: x[y]) == {"default"}


def test_a_local_name_or_an_attribute_is_no_global_of_that_name() -> None:
    def local(TARGETS: Any) -> Any:
        return TARGETS.LABELS

    assert names(local) == set()


def test_the_line_is_told_at_which_it_is_read() -> None:
    assert {held.place.partition(":")[0] for held in arrays_held([of_globals, Layer(LABELS).forward]) if held.name != "['w']"} == {
        "test_held.py"
    }


def test_they_are_resized_for_a_while_and_then_the_very_ones_are_back() -> None:
    before = LABELS
    with resized(arrays_held([of_globals]), {4: 6}):
        assert LABELS.tolist() == [0, 2, 1, 1, 0, 2]
    assert before is LABELS


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def picked_loss(x: Any) -> Any:
    m = len(LABELS)
    return -np.log(softmax(x)[range(m), LABELS]).sum() / m


def picked_back(args: Any, out: Any, ct: Any, count: int | None = None) -> Any:
    m = len(LABELS)
    p = softmax(args[0])
    p[range(m), LABELS] -= 1
    return (ct * p / (count or m),)


def test_labels_in_whole_numbers_are_resized_together_with_the_argument() -> None:
    result = check(picked_loss, (X,), picked_back, effort="quick")
    assert result.ok, result.explain()


def test_a_backward_that_is_wrong_for_other_sizes_is_found_and_it_is_said_what_is_held_there() -> None:
    result = check(picked_loss, (X,), functools.partial(picked_back, count=4))
    assert not result.ok
    assert "`LABELS` (test_held.py:" in result.findings[0].point
    assert "which is captured, is np.array([0, 2, 1, 1, 0]) there" in result.reproduction
    assert result.diagnosis is None


def rows_of_targets(x: Any) -> Any:
    return sum((x[i].sum() - TARGETS[i]) ** 2 for i in range(len(TARGETS)))


def rows_back(args: Any, out: Any, ct: Any, more: float = 0.0) -> Any:
    (x,) = args
    rows = [2 * (x[i].sum() - TARGETS[i % 4]) + more for i in range(len(x))]
    return (ct * np.repeat(np.array(rows)[:, None], x.shape[1], axis=1),)


def test_a_size_that_captured_floats_have_is_kept_and_a_note_names_them() -> None:
    result = check(rows_of_targets, (X,), rows_back)
    assert result.ok, result.explain()
    assert any("`TARGETS` (test_held.py:" in note and "captured" in note for note in result.notes)
    assert not check(rows_of_targets, (X,), functools.partial(rows_back, more=1e-6)).ok


@pytest.mark.parametrize(
    ("labels", "larger", "smaller"),
    [
        ([2, 0, 1], [2, 0, 1, 3, 4], [0, 1]),
        ([7, 3, 5], [7, 3, 5, 8, 9], [7, 3]),
        ([0, 0, 1], [0, 0, 1, 1, 1], [0, 0]),
        ([1, 0, 1], [1, 0, 1, 1, 0], [1, 0]),
    ],
    ids=["a permutation", "distinct", "sorted", "others"],
)
def test_what_code_may_know_of_its_labels_holds_at_other_sizes(labels: list[int], larger: list[int], smaller: list[int]) -> None:
    box = {"y": np.array(labels)}
    held = arrays_held([box])
    for size, expected in ((5, larger), (2, smaller)):
        with resized(held, {3: size}):
            assert box["y"].tolist() == expected


def test_columns_are_not_resized() -> None:
    """Rows of zeros and ones with a single one would have two."""
    one_hot = {"y": np.eye(3, dtype=int)[[0, 2, 1, 1]]}
    tied = tied_to(arrays_held([one_hot]), (np.ones((4, 5)),), (np.ones((4, 3)),))
    assert tied is not None
    assert (tied.together, len(tied.kept)) == ([], 1)
    rows = tied_to(arrays_held([one_hot]), (np.ones((6, 3)),), (np.ones((4, 3)),))
    assert rows is not None
    assert (len(rows.together), rows.kept) == (1, [])
