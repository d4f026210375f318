"""A vertex is added only where its operands, its value and its Jacobians are well inside; what does not fit leaves nothing behind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, NumberSystem, leaf
from backproof.engine.functions import TABLE
from backproof.verify.cases.building import MARGIN, Building, NoFit
from backproof.verify.cases.choices import seeded


def started(value: Any, system: NumberSystem = FLOAT64, functions: frozenset[str] | None = None) -> Building:
    array = system.array(value)
    building = Building(seeded(np.random.default_rng(0)), system, slopes=[np.eye(array.size)], functions=functions)
    building.add(leaf("x", array.shape), array)
    return building


@pytest.mark.parametrize(
    ("function", "value", "fits"),
    [
        ("log", 2 * MARGIN, True),
        ("log", MARGIN / 2, False),
        ("relu", 2 * MARGIN, True),
        ("relu", -MARGIN / 2, False),
        ("square", 1e3, True),
        ("square", 1e5, False),
        ("square", 0.0, True),
        ("exp", -30.0, False),
    ],
)
def test_a_row_fits_inside_its_domain_away_from_kinks_and_of_moderate_size(function: str, value: float, fits: bool) -> None:
    building = started(value)
    assert building.attempt(TABLE[function], (1,), {}) == (2 if fits else None)
    assert len(building.vertices) == len(building.values) == len(building.slopes) == (2 if fits else 1)


def test_rational_values_keep_within_64_bits() -> None:
    building = started(Fraction(2**33 + 1, 2**33 - 1), RATIONAL)
    assert building.attempt(TABLE["square"], (1,), {}) is None
    assert building.attempt(TABLE["negate"], (1,), {}) == 2


def test_a_function_that_is_not_allowed_does_not_fit() -> None:
    building = started(0.5, functions=frozenset({"exp"}))
    assert building.attempt(TABLE["sin"], (1,), {}) is None
    with pytest.raises(NoFit, match="sin is not among the functions allowed, or does not fit"):
        building.append(TABLE["sin"], (1,), {})
    assert building.append(TABLE["exp"], (1,), {}) == 2
    with pytest.raises(NoFit, match="broadcast is not among"):
        building.adapted(1, (3,))


def test_an_operand_of_another_shape_is_brought_into_it() -> None:
    building = started([1.0, 2.0, 3.0, 4.0])
    assert building.adapted(1, (4,)) == 1
    assert building.shape(building.adapted(1, (2, 2))) == (2, 2)
    assert building.shape(building.adapted(1, (3,))) == (3,)


def test_a_vertex_that_no_leaf_moves_is_flat() -> None:
    building = started(0.5)
    difference = building.append(TABLE["subtract"], (1, 1), {})
    moved = building.append(TABLE["sin"], (1,), {})
    constant = building.append(TABLE["constant"], (), {"value": 2.0})
    assert building.is_flat(difference, (1, 1))
    assert not building.is_flat(moved, (1,))
    assert not building.is_flat(constant, ())
    building.forget(1)
    assert len(building.vertices) == len(building.values) == len(building.slopes) == 1
