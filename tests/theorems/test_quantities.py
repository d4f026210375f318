"""The list of quantities is complete and has nothing to spare, and every side says which part of it it needs."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from backproof.theorems import quantities
from backproof.theorems.quantities import OfChangedGraphs, OfGraph, OfPaths, OfPoint, Quantities

THEOREMS = Path(quantities.__file__).parent
PARTS: tuple[type[Any], ...] = (OfGraph, OfPoint, OfPaths, OfChangedGraphs, Quantities)


def names(part: type[Any]) -> set[str]:
    """What a part has, with the parts that it stands on."""
    return {name for base in part.__mro__ if base in PARTS for name in vars(base) if not name.startswith("_")}


def sides(source: str) -> Mapping[str, ast.FunctionDef]:
    """The functions of a module that are handed quantities."""
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    return {function.name: function for function in functions if function.args.args and function.args.args[0].arg == "q"}


def needs(known: Mapping[str, ast.FunctionDef], function: ast.FunctionDef) -> set[str]:
    """The quantities that a side asks for, itself or by another function of its module."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "q":
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known and node.func.id != function.name:
            found |= needs(known, known[node.func.id])
    return found


def narrowest(asked: set[str]) -> str:
    return next((part.__name__ for part in PARTS if asked <= names(part)), "nothing that exists")


def complaints(source: str) -> Iterator[str]:
    """The sides whose first argument is not of the narrowest part that has what they ask for."""
    known = sides(source)
    for name, function in known.items():
        annotation, right = function.args.args[0].annotation, narrowest(needs(known, function))
        given = ast.unparse(annotation) if annotation is not None else "no type"
        if given != right:
            yield f"{name} takes {given} and needs {right}"


def test_the_sides_ask_for_every_quantity_and_for_no_other() -> None:
    asked: set[str] = set()
    for path in THEOREMS.glob("*.py"):
        known = sides(path.read_text(encoding="utf-8"))
        asked |= {name for function in known.values() for name in needs(known, function)}
    assert asked == names(Quantities)


@pytest.mark.parametrize("path", sorted(THEOREMS.glob("*.py")), ids=lambda path: path.stem)
def test_every_side_takes_the_narrowest_part_that_it_needs(path: Path) -> None:
    assert not list(complaints(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("side", "complaint"),
    [
        ("def side(q: Any, i: int): return q.p(i)", "side takes Any and needs OfPoint"),
        ("def side(q: Quantities, i: int): return q.path_sum(i, q.n)", "side takes Quantities and needs OfPaths"),
        ("def side(q: OfPaths, i: int): return q.path_sum(i, q.n) @ q.direction(i)", "side takes OfPaths and needs Quantities"),
        ("def side(q: OfPoint, i: int): return q.hessian(i)", "side takes OfPoint and needs nothing that exists"),
        ("def p(q: OfPoint, i): return q.p(i)\ndef side(q: OfGraph, i): return p(q, i)", "side takes OfGraph and needs OfPoint"),
    ],
)
def test_a_side_of_another_type_is_noticed(side: str, complaint: str) -> None:
    assert list(complaints(side)) == [complaint]


def test_every_quantity_says_what_it_is() -> None:
    for part in PARTS:
        for name, member in vars(part).items():
            if not name.startswith("_"):
                assert inspect.getdoc(member), name


def test_the_parts_share_no_quantity_but_what_they_stand_on() -> None:
    own = [{name for name in vars(part) if not name.startswith("_")} for part in PARTS]
    assert sum(map(len, own)) == len(set[str]().union(*own)) == len(names(Quantities))
