"""Nothing that the public names return prints a screenful by itself: `repr` is a line of at most 160 characters, `str` at most 25 lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, leaf, mpmath_system, trace, vertex
from backproof.theorems.catalogue import THEOREMS
from backproof.verify import check, check_layer
from backproof.verify.cases import campaign_case, make_case
from backproof.verify.engine_oracle import check_engine
from backproof.verify.lift import lift
from backproof.verify.selftest import MUTANTS
from backproof.verify.three_way import Routes, check_case

GRAPH = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
L11 = make_case("L11", "lecture", GRAPH, [3, 4])


class Halved:
    """A layer whose backward lacks a factor 2."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x²."""
        self.x = x
        return x * x

    def backward(self, d: np.ndarray) -> np.ndarray:
        """Half of the gradient."""
        return d * self.x


RETURNED: dict[str, Callable[[], Any]] = {
    "a graph": lambda: GRAPH,
    "a traced graph": lambda: trace(lambda x: np.sum(np.tanh(x @ x.T)), np.ones((30, 40))),
    "a row": lambda: GRAPH.row(4),
    "number systems": lambda: (FLOAT64, RATIONAL, mpmath_system(30)),
    "a random case": lambda: campaign_case(0, 3),
    "a checked case": lambda: check_case(campaign_case(0, 3)),
    "comparisons": lambda: check_engine(L11, lambda graph, leaves, cotangent: {1: [[1.0]], 2: [[2.0]]}).comparisons,
    "findings": lambda: check(np.tanh, (np.linspace(-3, 3, 40),), vjp=lambda args, out, ct: (ct,), effort="quick").findings,
    "its runs": lambda: (check_case(L11).floats, check_case(L11).exact),
    "an engine's case": lambda: check_engine(L11, lambda graph, leaves, cotangent: {1: [[1.0]], 2: [[2.0]]}),
    "routes": Routes,
    "theorems": lambda: THEOREMS,
    "mutants": lambda: MUTANTS,
    "a lifted run": lambda: lift(lambda x: np.tanh(x @ x.T), (np.ones((9, 9)),)),
    "a wrong check": lambda: check(np.tanh, (np.linspace(-3, 3, 40),), vjp=lambda args, out, ct: (ct * (1 - out),), effort="quick"),
    "a wrong layer": lambda: check_layer(Halved, np.ones((2, 3)), effort="quick"),
}


@pytest.mark.parametrize("what", RETURNED)
def test_what_is_returned_is_a_line_and_a_screen(what: str) -> None:
    returned = RETURNED[what]()
    for value in returned if isinstance(returned, tuple | list) else (returned,):
        assert len(repr(value)) <= 160
        assert "\n" not in repr(value)
        assert len(str(value).splitlines()) <= 25


def test_a_long_dataclass_would_be_found() -> None:
    assert len(repr(vars(GRAPH))) > 160
