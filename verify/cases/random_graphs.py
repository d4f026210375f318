"""Random cases: a family's plan, filled with functions that fit, evaluated while building.

`random_case` takes its choices from any source (`verify.cases.choices`): a seeded generator, or Hypothesis. A row is
used only where the operands lie in its domain with a margin and away from its kinks, and where the entries of values
and Jacobians stay within 10^±8 or are 0 (rational values also within 64 bits), so that a verdict of anything but
CORRECT on these cases means that something is wrong. Vertices that depend on the leaves in name only (x − x, a dead
relu, the sum of a softmax) are made rare: with one of them on every path all adjoints are 0, and nearly any backward
pass is right.

>>> from backproof.verify.cases.choices import seeded
>>> case = random_case(seeded(np.random.default_rng(0)), family="diamond")
>>> case.family, case == random_case(seeded(np.random.default_rng(0)), family="diamond")
('diamond', True)
>>> random_case(seeded(np.random.default_rng(0)), family="star")
Traceback (most recent call last):
    ...
ValueError: unknown family 'star'; known: chain, diamond, ladder, complete, layered, residual, fan-in, fan-out, random
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, RATIONAL, Graph, leaf
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row, Shape, everywhere, positive
from backproof.verify.cases.building import Building, NoFit
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.choices import Choices
from backproof.verify.cases.families import FAMILIES, Plan, plan, with_constant, with_dead_vertex, with_step, with_unused_leaf
from backproof.verify.cases.recipes import RECIPES, SHAPES, dyadic_weights

LARGEST_SIZE = 12  # chosen: vertices of a plan; the last range of the coverage tables begins at 13, which reshaping vertices reach
ATTEMPTS = 8  # chosen: rows that are tried for one vertex before it becomes a weighted sum, which always fits

# In how many of 100 cases; chosen, and the tests of the campaign say what they lead to.
WANTED = 60  # the row that is asked for is tried first, with operands that suit it: often, and others must stand beside it too
POSITIVE = 25  # all leaf values are positive, so that logarithms and roots occur in deep graphs
SCALAR_OUTPUTS = 70  # the output is reduced to a scalar, as in the lecture
FLAT = 10  # a vertex that does not depend on the leaves to first order is kept


@np.errstate(all="ignore")  # what overflows is not used
def random_case(
    choices: Choices,
    *,
    family: str | None = None,
    size: int | None = None,
    rational: bool | None = None,
    row: str | None = None,
    name: str = "random",
    functions: frozenset[str] | None = None,
    scalars: bool = False,
) -> Case:
    """A random graph with leaf values and, for a vector output, sometimes a cotangent.

    `family` is one of `FAMILIES` (drawn if left out), `size` about the number of vertices, at least 2 (3 … 12 if left
    out), `rational` whether the case can be run over the rationals, `row` a row of the function table to try first.
    `functions` are the only ones to use, and `scalars` makes every leaf a scalar: then `NoFit` is raised where the plan
    cannot be filled with them. Vertices that only reshape an operand may be added on an edge of the family, and a
    reduction to a scalar after its last vertex.
    """
    if size is not None and size < 2:
        raise ValueError(f"size must be at least 2 vertices, found {size}")
    chosen = family if family is not None else choices.pick(FAMILIES)
    exact = rational if rational is not None else choices.chance(40)
    layout = _decorated(plan(chosen, choices, size or choices.integer(3, LARGEST_SIZE)), chosen, row, choices)
    building = Building(choices, RATIONAL if exact else FLOAT64, wanted=row, functions=functions)
    only_positive = row is not None and TABLE[row].domain is positive
    one_sign = choices.chance(WANTED if only_positive else POSITIVE)
    for j, shape in enumerate(_leaf_shapes(building, layout.leaves, chosen, scalars), start=1):
        values = [choices.fraction() if exact else choices.real() for _ in range(math.prod(shape))]
        values = [abs(value) for value in values] if one_sign else values
        array = np.array(values, dtype=object).reshape(shape)
        building.place[j] = building.add(leaf(f"x{j}", shape), building.system.array(array))
    entries = sum(array.size for array in building.values)
    building.slopes = np.split(np.eye(entries), np.cumsum([array.size for array in building.values])[:-1])
    label = None if chosen == "complete" else _maybe_label(building, layout)
    for k, parents in enumerate(layout.parents, start=layout.leaves + 1):
        places = [building.place[j] for j in parents]
        building.place[k] = _labelled(building, places, label) if label and label[0] == k else _fit_vertex(building, places, chosen)
    if chosen != "complete" and choices.chance(SCALAR_OUTPUTS) and building.values[-1].size > 1:
        _scalar_output(building)
    leaves = building.place[layout.leaves] + (1 if label else 0)
    graph = Graph(leaves, tuple(building.vertices))
    values = [building.values[i].reshape(-1).tolist() for i in range(leaves)]
    return make_case(name, "random", graph, values, chosen, _cotangent(choices, graph, exact))


def _leaf_shapes(building: Building, leaves: int, family: str, scalars: bool) -> list[Shape]:
    """Shapes for the leaves: mostly of one size; in a complete graph, where nothing is reshaped, often the operands of
    the row that is wanted."""
    choices, row = building.choices, building.wanted
    if scalars:
        return [()] * leaves
    if family == "complete" and row in RECIPES and leaves <= RECIPES[row].most and choices.chance(WANTED):
        fitted = RECIPES[row].fit(choices, [choices.pick(SHAPES)] * max(leaves, RECIPES[row].fewest), building.rational)
        return list(fitted.shapes[:leaves])
    width = choices.integer(1, 4)
    alike = [shape for shape in SHAPES if math.prod(shape) in (1, width)]
    return [choices.pick(SHAPES if choices.chance(15) else alike) for _ in range(leaves)]


def _decorated(given: Plan, family: str, row: str | None, choices: Choices) -> Plan:
    """The plan, sometimes with a vertex more on an edge, an unused leaf, a dead vertex or a constant, so that `row` has
    a place to stand at."""
    if family != "complete" and (choices.chance(12) or not _fits_somewhere(given, row)):
        given = with_step(given, choices)
    if choices.chance(12):
        given = with_unused_leaf(given)
    if family != "complete" and choices.chance(12):
        given = with_dead_vertex(given, choices)
    alone = row is not None and _ties(TABLE[row]) and all(len(parents) == 1 for parents in given.parents)
    reads_nothing = row is not None and TABLE[row].most == 0
    if family != "complete" and (reads_nothing or alone or (len(given.parents[-1]) < 3 and choices.chance(12))):
        given = with_constant(given)
    return given


def _ties(row: Row) -> bool:
    """Whether the row has a kink where its operands are equal, as a maximum of x and x has."""
    return row.kinks is not everywhere and row.fewest > 1 and row.kinks({}, [FLOAT64.array(1.0)] * row.fewest) == 0


def _fits_somewhere(given: Plan, row: str | None) -> bool:
    return row is None or any(len(parents) <= RECIPES[row].most for parents in given.parents if parents)


def _maybe_label(building: Building, layout: Plan) -> tuple[int, int] | None:
    """Sometimes a discrete leaf (L6), and the vertex of the plan that will read it."""
    readers = [k for k, parents in enumerate(layout.parents, start=layout.leaves + 1) if len(parents) == 1]
    if not readers or not building.choices.chance(8):
        return None
    number = building.choices.integer(0, 1)
    building.slopes.append(np.zeros((1, building.slopes[0].shape[1])))
    return building.choices.pick(readers), building.add(leaf("label", discrete=True), building.system.array(number))


def _labelled(building: Building, places: Sequence[int], label: tuple[int, int]) -> int:
    """A vertex that picks the entry with the number in the discrete leaf."""
    vector = building.adapted(places[0], (2,))
    return building.append(TABLE["pick"], (vector, label[1]), {})


def _fit_vertex(building: Building, parents: Sequence[int], family: str) -> int:
    """A vertex that reads exactly `parents`: rows drawn at random until one fits, at last a weighted sum that always
    does."""
    choices = building.choices
    names = [name for name in _readers(len(parents)) if building.allows(name)]
    if not names:
        raise NoFit(f"none of the functions allowed reads {len(parents)} vertices")
    first = [building.wanted] * (ATTEMPTS // 2) if building.wanted in names and choices.chance(WANTED) else []
    for attempt in range(ATTEMPTS):
        name = first[attempt] if attempt < len(first) else choices.pick(names)
        place = _try_row(building, name, parents, adapt=family != "complete")
        if place is not None:
            return place
    shapes = [building.shape(j) for j in parents]
    for scale in (1.0, 2.0**-10):
        matrices = np.array(dyadic_weights(choices, [(1,)] * len(parents), choices.integer(1, 4)), dtype=float) * scale
        spread = [np.repeat(matrix, math.prod(shape), axis=1) for matrix, shape in zip(matrices, shapes, strict=True)]
        place = building.attempt(TABLE["weighted_sum"], parents, {"weights": [matrix.tolist() for matrix in spread]})
        if place is not None:
            return place
    return building.append(TABLE["weighted_sum"], parents, {"weights": _first_entry(shapes)})


@cache
def _readers(count: int) -> list[str]:
    """The functions that can read so many vertices."""
    return [name for name, recipe in RECIPES.items() if recipe.fewest <= count <= recipe.most]


def _first_entry(shapes: Sequence[Shape]) -> list[list[list[float]]]:
    """Weights that read every operand and keep one entry of the first, which is of moderate size because that operand
    is."""
    return [[[1.0 if k == 0 and entry == 0 else 0.0 for entry in range(math.prod(shape))]] for k, shape in enumerate(shapes)]


def _try_row(building: Building, name: str, parents: Sequence[int], adapt: bool) -> int | None:
    """Fit one row to the parents; None, and nothing added, if the operands do not lie well inside what it is made
    for."""
    choices, row, recipe = building.choices, TABLE[name], RECIPES[name]
    operands = _operands(choices, row, recipe.most, parents)
    fitted = recipe.fit(choices, [building.shape(j) for j in operands], building.rational)
    if building.rational and row.algebra(fitted.attributes, len(operands)) == "transcendental":
        return None
    if not adapt and any(building.shape(j) != shape for j, shape in zip(operands, fitted.shapes, strict=True)):
        return None
    before = len(building.vertices)
    try:
        adapted = [building.adapted(j, shape) for j, shape in zip(operands, fitted.shapes, strict=True)]
    except NoFit:
        building.forget(before)
        return None
    place = building.attempt(row, adapted, fitted.attributes)
    if place is None or (building.is_flat(place, parents) and not choices.chance(FLAT)):
        building.forget(before)
        return None
    return place


def _operands(choices: Choices, row: Row, most: int, parents: Sequence[int]) -> list[int]:
    """The parents in some order, repeated as often as the row needs, and sometimes once more, up to `most` operands."""
    operands = choices.shuffled(parents)
    most = min(most, len(parents) + 1)
    while operands and (len(operands) < row.fewest or (len(operands) < most and choices.chance(15))):
        operands.append(choices.pick(parents))
    return operands


def _scalar_output(building: Building) -> None:
    """Reduce the last vertex to a scalar, unless nothing fits."""
    last = len(building.vertices)
    for name in (building.choices.pick(("sum", "mean", "dot")), "sum"):
        if name == "dot" and not building.allows("reshape"):
            continue
        flat = building.adapted(last, (building.values[-1].size,)) if name == "dot" else last
        place = building.attempt(TABLE[name], (flat, flat) if name == "dot" else (flat,), {})
        if place is not None and not building.is_flat(place, (last,)):
            return
        building.forget(last)


def _cotangent(choices: Choices, graph: Graph, exact: bool) -> list[list[Any]] | None:
    width = graph.dimension(graph.n)
    if width == 1 or choices.chance(50):
        return None
    rows = choices.integer(1, 2)
    return [[choices.fraction() if exact else float(Fraction(choices.integer(-20, 20), 8)) for _ in range(width)] for _ in range(rows)]
