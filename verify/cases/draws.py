"""Which case is number i of a campaign: drawn by `verify.cases.random_graphs`, until it fills the cell of the coverage
tables whose turn it is.

>>> case = campaign_case(seed=0, index=1)
>>> case.name, case == campaign_case(seed=0, index=1)
('random 1', True)
>>> campaign_case(seed=0, index=-1)
Traceback (most recent call last):
    ...
ValueError: random cases are numbered from 0, found -1
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from backproof.engine.functions import TABLE
from backproof.verify.cases.building import NoFit
from backproof.verify.cases.case import Case
from backproof.verify.cases.choices import seeded
from backproof.verify.cases.corners import Cell, corner_case, is_corner
from backproof.verify.cases.coverage import CELLS, FAMILY, FUNCTIONS, PATHS, READ_BY, VERTICES, cells, facts, not_aimed_at
from backproof.verify.cases.families import FAMILIES
from backproof.verify.cases.random_graphs import LARGEST_SIZE, random_case
from backproof.verify.cases.tails import is_tail, tail_case

ATTEMPTS = 240  # chosen: draws until a case fills the cell whose turn it is; after that the cell is left to luck
RATIONAL_CASES = 55  # of 100, where the function that is aimed at allows it; chosen: of all cases then two of five are exact
STUBBORN = 12  # chosen: draws in one family before the next one gets its turn, where few functions are allowed
STRIDE = 379  # prime to the number of cells, so that neighbours are far apart in the tables

SIZES = {
    (VERTICES.name, VERTICES.values[0]): (3, 5),
    (VERTICES.name, VERTICES.values[1]): (5, 9),
    (VERTICES.name, VERTICES.values[2]): (10, LARGEST_SIZE),
    (PATHS.name, PATHS.values[0]): (3, 7),
    (PATHS.name, PATHS.values[3]): (8, LARGEST_SIZE),
    (READ_BY.name, READ_BY.values[0]): (3, 6),
}
SUITED = {
    (PATHS.name, PATHS.values[0]): ("chain", "fan-in", "random"),
    (PATHS.name, PATHS.values[3]): ("complete", "ladder", "layered", "diamond", "residual", "random"),
    (READ_BY.name, READ_BY.values[0]): ("chain", "fan-in", "random", "residual", "diamond"),
    (READ_BY.name, READ_BY.values[2]): ("diamond", "residual", "ladder", "layered", "random"),
    (READ_BY.name, READ_BY.values[3]): ("complete", "layered", "random", "random"),
}
AIMS = tuple(cell for cell in CELLS if not_aimed_at(cell) is None)
LEFT_OVER = tuple(index for index in range(len(AIMS)) if is_tail(index) or is_corner(index))
TRANSCENDENTAL = frozenset(name for name, row in TABLE.items() if row.algebra({"exponent": 2}, 1) == "transcendental")


def campaign_case(seed: int, index: int) -> Case:
    """Random case number `index` of a campaign: it depends on the seed and the number alone.

    Every 25th is a large one (`tails.py`), and every 25th a corner (`corners.py`); the cells of the coverage tables
    whose turn it was (`usual_case`) have theirs right after the others. The rest are the usual ones. ValueError for a
    number below 0.
    """
    if index < 0:
        raise ValueError(f"random cases are numbered from 0, found {index}")
    if is_tail(index):
        return tail_case(seed, index)
    if is_corner(index):
        return corner_case(seed, index)
    late = left_over(index) if index >= len(AIMS) else None
    return usual_case(seed, index) if late is None else _aimed(seed, index, _aim(late), ATTEMPTS)


def usual_case(seed: int, index: int) -> Case:
    """The random case of this number that is neither large nor a corner.

    In the first ones, one for each cell of the coverage tables, the cells take turns: a case is drawn again, at most
    240 times, until it fills the cell whose turn it is. Later ones are taken as they are drawn.

    >>> usual_case(0, 24).graph.n < 40 < campaign_case(0, 74).graph.dimension(1)
    True
    """
    if index < 0:
        raise ValueError(f"random cases are numbered from 0, found {index}")
    return _aimed(seed, index, _aim(index), ATTEMPTS if index < len(AIMS) else 1)


def _aim(index: int) -> Cell:
    return AIMS[index * STRIDE % len(AIMS)]


def _aimed(seed: int, index: int, aim: Cell, attempts: int) -> Case:
    """Drawn until it fills the cell, so many times at most."""
    case = _draw(seed, index, 0, aim)
    for attempt in range(1, attempts):
        if aim in cells(case.family, facts(case.graph)):
            break
        case = _draw(seed, index, attempt, aim)
    return case


def left_over(index: int) -> int | None:
    """Of the numbers below that of the cells which were those of a large case or a corner, the one whose cell has its
    turn at `index`; None after all of them."""
    turn = sum(not (is_tail(k) or is_corner(k)) for k in range(len(AIMS), index))
    return LEFT_OVER[turn] if turn < len(LEFT_OVER) else None


def restricted_case(seed: int, index: int, functions: frozenset[str], scalars: bool = False) -> Case:
    """Random case number `index` of a campaign for an engine that has these functions only; with `scalars` all leaves
    are scalars.

    Every 25th is a large one where these functions allow it. The families take turns; one that cannot be filled with these functions leaves its turn to the next. ValueError for
    an unknown function, or if none can.

    >>> case = restricted_case(0, 1, frozenset({"add", "multiply", "tanh"}), scalars=True)
    >>> case.family, {case.graph.row(i).name for i in range(case.graph.l + 1, case.graph.n + 1)} <= {"add", "multiply", "tanh"}
    ('diamond', True)
    >>> restricted_case(0, 0, frozenset({"swish"}))
    Traceback (most recent call last):
        ...
    ValueError: unknown function 'swish'; known: ...
    """
    unknown = sorted(functions - set(TABLE))
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}; known: {', '.join(TABLE)}")
    if is_tail(index):
        with suppress(NoFit):
            return tail_case(seed, index, functions, scalars)
    for attempt in range(ATTEMPTS):
        choices = seeded(np.random.default_rng([seed, index, attempt]))
        try:
            return random_case(
                choices,
                family=FAMILIES[(index + attempt // STUBBORN) % len(FAMILIES)],
                size=choices.integer(3, LARGEST_SIZE),
                rational=choices.chance(RATIONAL_CASES) and not functions & TRANSCENDENTAL,
                name=f"random {index}",
                functions=functions,
                scalars=scalars,
            )
        except NoFit:
            continue
    raise ValueError(
        f"no graph can be made of the functions {', '.join(sorted(functions))} alone: add one that reads a single vertex, and one that reads two"
    )


def case_around(function: str, seed: int, largest: int) -> Case:
    """A random case of at most `largest` ≥ 5 vertices in which this row of the function table lies on a path from a
    leaf to the output."""
    if function not in FUNCTIONS:
        raise ValueError(f"unknown function {function!r}; known: {', '.join(FUNCTIONS)}")
    aims = {Cell(function, VERTICES.name, value) for value in VERTICES.values}
    attempt = 0
    while True:
        case = _draw(seed, FUNCTIONS.index(function), attempt, Cell(function, VERTICES.name, VERTICES.values[0]))
        if case.graph.n <= largest and aims & cells(case.family, facts(case.graph)):
            return case
        attempt += 1


def _draw(seed: int, index: int, attempt: int, aim: Cell) -> Case:
    """One random case of a family and a size in which the cell is not rare."""
    choices = seeded(np.random.default_rng([seed, index, attempt]))
    row = aim.subject if aim.subject in FUNCTIONS else None
    family = aim.value if aim.axis == FAMILY else aim.subject
    if family not in FAMILIES:
        suited = SUITED.get((aim.axis, aim.value), FAMILIES)
        family = suited[(index + attempt) % len(suited)]
    smallest, largest = SIZES.get((aim.axis, aim.value), (3, LARGEST_SIZE))
    rational = choices.chance(RATIONAL_CASES) and row not in TRANSCENDENTAL
    size = choices.integer(smallest, largest)
    return random_case(choices, family=family, size=size, rational=rational, row=row, name=f"random {index}")
