"""Containers and objects that were there before the run: copies with lifted parts, and the user's keep theirs."""

from __future__ import annotations

import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift

X = np.array([0.5, -1.25])


class Node:
    def __init__(self, w: Any) -> None:
        self.w = w
        self.of: Any = None

    @property
    def shown(self) -> Any:
        return self.__dict__["shown"]


class Window(deque):  # type: ignore[type-arg]
    pass


class Weights(OrderedDict):  # type: ignore[type-arg]
    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, np.asarray(value) + 0.0)


class Point(tuple):  # type: ignore[type-arg]
    __slots__ = ()

    @property
    def first(self) -> Any:
        return np.zeros(2) + self[0]


ROOT, LEAF = Node(np.zeros(2)), Node(np.ones(2))
ROOT.__dict__["shown"] = 3.0
ROOT.of, LEAF.of = LEAF, weakref.ref(ROOT)
KEPT: dict[str, Any] = {
    "list": [np.zeros(2)],
    "deque": deque([np.zeros(2)], maxlen=1),
    "window": Window([np.zeros(2)]),
    "default": defaultdict(lambda: np.zeros(2)),
    "ordered": OrderedDict(w=np.zeros(2)),
    "weights": Weights(w=np.zeros(2)),
    "counter": Counter(a=1),
    "names": {"a"},
    "space": types.SimpleNamespace(w=np.zeros(2)),
    "point": Point([np.zeros(2)]),
}
BY_OBJECT, BY_ID = {ROOT: 3.0}, {id(ROOT): 3.0, id(KEPT["space"].w): 2.0}


def into_list(x: Any) -> Any:
    KEPT["list"][0][:] = x
    return KEPT["list"][0]


def into_deques(x: Any) -> Any:
    for name in ("deque", "window"):
        KEPT[name].append(x)
    assert len(KEPT["deque"]) == 1
    return KEPT["deque"][0] + KEPT["window"][-1] - x


def into_dictionaries(x: Any) -> Any:
    KEPT["default"]["new"][:] = x
    KEPT["ordered"]["w"][:] = x
    KEPT["weights"]["w"] = x
    KEPT["counter"]["a"] += 1
    KEPT["names"].add("b")
    return (KEPT["default"]["new"] + KEPT["ordered"]["w"] + KEPT["weights"]["w"]) / 3


def into_objects(x: Any) -> Any:
    KEPT["space"].w[:] = x
    ROOT.w[:] = x
    assert ROOT.of.of() is ROOT
    assert ROOT.shown == 3.0
    return (KEPT["space"].w + LEAF.of().w) / 2  # type: ignore[misc]


@pytest.mark.parametrize("f", [into_list, into_deques, into_dictionaries, into_objects])
def test_what_is_kept_is_written_into_and_the_users_stays(f: Any) -> None:
    before = repr(KEPT)
    lifted = lift(lambda x: 2 * f(x), (X,))
    assert [float(ball.mid()) for ball in np.ravel(np.asarray(lifted.values[0]))] == list(2 * X)
    assert [float(ball.mid()) for ball in pull_back(lifted, np.ones(2))[0]] == [2.0, 2.0]
    assert repr(KEPT) == before
    assert ROOT.w.tolist() == [0.0, 0.0]


def test_objects_are_found_by_themselves_and_by_their_number() -> None:
    def f(x: Any) -> Any:
        return x * BY_OBJECT[ROOT] + x * BY_ID[id(ROOT)] + x * BY_ID[id(KEPT["space"].w)] + KEPT["point"].first

    assert [float(ball.mid()) for ball in np.ravel(np.asarray(lift(f, (X,)).values[0]))] == list(8 * X)
