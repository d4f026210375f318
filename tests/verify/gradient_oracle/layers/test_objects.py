"""Paths into objects."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.trees import name_of
from backproof.verify.gradient_oracle.layers.objects import at, held_in, path_of, put


class Slotted:
    __slots__ = ("unset", "w")

    def __init__(self, w: Any) -> None:
        self.w = w


class Net:
    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.layers = OrderedDict(first=Slotted(np.ones(1)))
        self.params = (np.zeros(2), self.layers["first"].w)
        self.me = self

    @property
    def fixed(self) -> Any:
        return self.params[0]


def test_all_paths_of_an_array_are_seen_and_loops_end() -> None:
    found = {name_of("", path): value for path, value in held_in(Net()) if isinstance(value, np.ndarray)}
    assert set(found) == {"params[0]", "params[1]", "layers['first'].w"}
    assert found["params[1]"] is found["layers['first'].w"]


@pytest.mark.parametrize("text", ["W", "params['W1']", "layers[0].grads['W']", "a.b[1][-2].c"])
def test_a_path_is_read_as_it_is_written(text: str) -> None:
    assert name_of("", path_of(text)) == text


@pytest.mark.parametrize("text", ["", "W +", "f(x)", "W[n]", "3"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        path_of(text)


def test_what_cannot_be_replaced_is_written_in_place() -> None:
    net = Net()
    before = net.params[0]
    put(net, path_of("params[0]"), np.array([3.0, 4.0]))
    assert net.params[0] is before
    assert before.tolist() == [3.0, 4.0]
    put(net, path_of("layers['first'].w"), 5.0)
    assert net.layers["first"].w == 5.0
    assert at(net, path_of("layers['second'].w")) is None
