"""Trees: leaves, paths, names, and gradients of the same structure."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.trees import Misplaced, at_path, matched, name_of, paths_of, put_together, taken_apart


@dataclass
class Weights:
    W: Any
    b: Any


class Pair(NamedTuple):
    left: Any
    right: Any


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        ({"W": 1.0, "b": [2.0, (3.0,)]}, ["p['W']", "p['b'][0]", "p['b'][1][0]"]),
        (Weights(1.0, {"x": 2.0}), ["p.W", "p.b['x']"]),
        (Pair(1.0, None), ["p.left", "p.right"]),
        (OrderedDict(first=1.0), ["p['first']"]),
        ([], []),
        (2.0, ["p"]),
    ],
)
def test_a_tree_is_taken_apart_and_put_together_again(tree: Any, names: list[str]) -> None:
    leaves, structure = taken_apart(tree)
    assert [name_of("p", path) for path in paths_of(structure)] == names
    again = put_together(structure, leaves)
    assert again == tree
    assert type(again) is type(tree)
    assert [at_path(tree, path) for path in paths_of(structure)] == leaves


def test_what_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="does it hold itself"):
        taken_apart(loop)


def test_a_gradient_may_come_in_a_container_of_a_related_kind() -> None:
    assert matched(taken_apart(Weights(1.0, 2.0))[1], {"W": 3.0, "b": 4.0}) == [3.0, 4.0]
    assert matched(taken_apart([1.0, 2.0])[1], (3.0, 4.0)) == [3.0, 4.0]
    assert matched(taken_apart(Pair(1.0, 2.0))[1], Pair(3.0, None)) == [3.0, None]
    assert matched(taken_apart([1.0, 2.0])[1], np.array([3.0, 4.0])) == [3.0, 4.0]


@pytest.mark.parametrize("gradient", [[1.0, 2.0], 3.0, np.ones(2)])
def test_a_gradient_of_another_structure_is_misplaced(gradient: Any) -> None:
    found = matched(taken_apart({"a": 1.0, "b": 2.0})[1], gradient)
    assert all(isinstance(part, Misplaced) for part in found)
    assert "in the place of a dict of 2" in found[0].words


def test_none_for_a_tree_is_none_for_every_leaf() -> None:
    assert matched(taken_apart({"a": 1.0, "b": [2.0]})[1], None) == [None, None]
