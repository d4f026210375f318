"""Every quantity that the theorems speak of is supplied, by the class of its part, and nothing else is; with bounds
that hold.
"""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, mpmath_system
from backproof.theorems.quantities import NotAvailable, OfChangedGraphs, OfGraph, OfPaths, OfPoint, Quantities
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.changed_quantities import ChangedGraphQuantities
from backproof.verify.proofs.graph_quantities import GraphQuantities
from backproof.verify.proofs.path_quantities import PathQuantities
from backproof.verify.proofs.point_quantities import PointQuantities
from backproof.verify.proofs.quantities import SuppliedQuantities, quantities, symbolic

FOUR = lecture_cases()[0]


def public(supplier: type[Any]) -> set[str]:
    """What a class has by itself, its data apart."""
    return {name for name in vars(supplier) if not name.startswith("_")} - {data.name for data in fields(supplier)}


@pytest.mark.parametrize(
    ("part", "supplier"),
    [
        (OfGraph, GraphQuantities),
        (OfPoint, PointQuantities),
        (OfPaths, PathQuantities),
        (OfChangedGraphs, ChangedGraphQuantities),
        (Quantities, SuppliedQuantities),
    ],
)
def test_each_part_is_supplied_by_its_own_class_and_nothing_else_is(part: type[Any], supplier: type[Any]) -> None:
    assert public(supplier) == {name for name in vars(part) if not name.startswith("_")}


def asked(q: SuppliedQuantities) -> dict[str, Any]:
    """Each matrix of the four vertices by its name; the message where there is none."""
    found: dict[str, Any] = {}
    for name, arguments in {
        "u": (4,),
        "composed": (4,),
        "D": (2, 4),
        "local": (4, 2),
        "derivative": (4, 2),
        "p": (2,),
        "path_sum": (2, 4),
        "path_sum_by_last_edge": (2, 3, 4),
        "path_sum_by_first_edge": (2, 3, 4),
        "derivation_line": (2, 0),
        "p_from": (2, -3, 2),
        "relabelled": (2,),
        "subdivided": ((2, 3), 2),
        "direction": (2,),
        "whole": (192,),
        "identity": (2,),
    }.items():
        try:
            found[name] = getattr(q, name)(*arguments)
        except NotAvailable as error:
            found[name] = str(error)
    return {**found, "pushed_forward": q.pushed_forward}


BY_HAND = {
    "u": 28,
    "composed": 28,
    "D": 7,
    "local": 7,
    "derivative": 11,
    "p": 11,
    "path_sum": 11,
    "path_sum_by_last_edge": 4,
    "path_sum_by_first_edge": 4,
    "derivation_line": 11,
    "p_from": -11,
    "relabelled": 11,
    "subdivided": 11,
    "direction": 1,
    "whole": 192,
    "identity": 1,
    "pushed_forward": 15,
}


@pytest.mark.parametrize("system", [RATIONAL, mpmath_system(60)], ids=lambda system: system.family)
def test_the_four_vertices_by_hand(system: Any) -> None:
    """u = (3, 4, 7, 28): D₂₄ = u₃ = 7, p₂ = u₃ + u₂ = 11, and D v = 4·1 + 11·1 = 15."""
    found = {name: matrix.value.item() for name, matrix in asked(quantities(FOUR, system)).items()}
    assert {name: round(value, 12) for name, value in found.items()} == BY_HAND


def test_float64_has_everything_but_derivatives_from_values() -> None:
    found = asked(quantities(FOUR, FLOAT64))
    missing = {name for name, matrix in found.items() if isinstance(matrix, str)}
    assert missing == {"local", "derivative", "derivation_line"}
    assert {name: matrix.value.item() for name, matrix in found.items() if name not in missing} == {
        name: value for name, value in BY_HAND.items() if name not in missing
    }


def test_symbols_have_no_point() -> None:
    found = asked(symbolic(FOUR.graph))
    assert {name for name, matrix in found.items() if isinstance(matrix, str)} == {
        "u",
        "composed",
        "local",
        "derivative",
        "derivation_line",
        "p_from",
        "whole",
    }
    assert str(found["p"]) == str(found["path_sum"]) == str(found["relabelled"]) == "2→4 + 3→4 2→3"
    assert str(found["pushed_forward"]) == "2→4 v2 + 3→4 1→3 v1 + 3→4 2→3 v2"


@pytest.mark.parametrize("system", [FLOAT64, FLOAT32], ids=lambda system: system.name)
def test_the_bound_of_an_adjoint_holds_for_the_sum_of_what_its_children_have(system: Any) -> None:
    """p_j may be off from Σ p_i D_{j→i}, formed in fractions from the adjoints as they are, by its bound at most; and
    it is off.
    """
    off = 0
    for number in range(12):
        q = quantities(usual_case(2, number), system)
        for j in q.written[1:]:
            total = np.zeros(q.p(j).value.shape, dtype=object)
            for i in q.children(j):
                total = total + _exact(q.p(i).value) @ _exact(q.D(j, i).value)
            distance = np.abs(_exact(q.p(j).value) - total)
            assert (distance <= _exact(q.p(j).error)).all()
            off += int((distance > 0).sum())
    assert off > 20


def _exact(value: Any) -> Any:
    return np.array([Fraction(float(entry)) for entry in value.reshape(-1)], dtype=object).reshape(value.shape)
