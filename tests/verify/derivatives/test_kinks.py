"""Clarke's interval at exact kinks, by hand: what is inside is right, what is outside is wrong, and what is not known
is said."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.engine import RATIONAL, Graph, GraphError, forward, jacobians, leaf, vertex
from backproof.engine.vertices import Vertex
from backproof.verify.cases.case import make_case
from backproof.verify.derivatives.enclosures import Enclosure, contains
from backproof.verify.derivatives.kinks import ClarkeInterval, clarke, enclosures_or_hulls, signs_along
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.written_balls import MidRad
from backproof.verify.paths.sums import path_sum
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.theorem_1 import paths_against_enclosures
from backproof.verify.verdicts import Reason, Verdict

X, Y = leaf("x"), leaf("y")
RELU, ABS = (X, vertex("y", "relu", (1,))), (X, vertex("y", "abs", (1,)))
NEGATIVE = (*RELU, vertex("n", "negate", (1,)), vertex("m", "relu", (3,)))
SLACK = Fraction(1, 2**60)


def found_at(vertices: tuple[Vertex, ...], leaves: list[Any], j: int = 1) -> Any:
    graph = Graph(sum(v.function is None for v in vertices), vertices)
    return clarke(graph, leaves, j)[graph.n]


def interval(vertices: tuple[Vertex, ...], leaves: list[Any], j: int = 1) -> ClarkeInterval:
    found = found_at(vertices, leaves, j)
    assert isinstance(found, ClarkeInterval), str(found)
    return found


def ends(found: ClarkeInterval) -> tuple[float, float]:
    return round(float(found.low[0, 0]), 12), round(float(found.high[0, 0]), 12)


def sides(found: ClarkeInterval) -> tuple[Any, Any]:
    return tuple(None if side[0, 0] is None else round(float(side[0, 0]), 12) for side in (found.left, found.right))  # type: ignore[return-value]


def signs(slopes: list[MidRad] | None, directions: list[list[int]]) -> list[int]:
    return [int(sign) for sign in signs_along(slopes, np.array(directions, dtype=float))]


# -- By hand --


@pytest.mark.parametrize(
    ("vertices", "expected", "one_sided", "pieces"),
    [
        (RELU, (0, 1), (0, 1), 2),
        (ABS, (-1, 1), (-1, 1), 2),
        ((X, vertex("n", "negate", (1,)), vertex("m", "maximum", (1, 2))), (-1, 1), (-1, 1), 2),
        ((X, vertex("n", "negate", (1,)), vertex("m", "minimum", (1, 2))), (-1, 1), (1, -1), 2),
        ((*RELU, vertex("z", "add", (2, 1))), (1, 2), (1, 2), 2),
        ((*NEGATIVE, vertex("s", "add", (2, 4))), (-1, 1), (-1, 1), 4),
        ((*RELU, vertex("a", "abs", (1,)), vertex("s", "add", (2, 3))), (-1, 2), (-1, 2), 4),
        ((*RELU, vertex("s", "sin", (2,)), vertex("e", "exp", (3,))), (0, 1), (0, 1), 2),
        ((X, vertex("s", "sin", (1,)), vertex("a", "abs", (2,)), vertex("e", "exp", (3,))), (-1, 1), (-1, 1), 2),
        ((*ABS, vertex("e", "exp", (1,)), vertex("m", "multiply", (2, 3))), (-1, 1), (-1, 1), 2),
        ((*RELU, vertex("z", "relu", (2,))), (0, 1), (0, 1), None),
        ((*ABS, vertex("z", "abs", (2,))), (-1, 1), (-1, 1), None),
        ((*ABS, vertex("q", "square", (2,))), (0, 0), (0, 0), 2),
        ((X, vertex("q", "square", (1,)), vertex("r", "relu", (2,))), (0, 0), (0, 0), 2),
    ],
    ids=[
        "relu",
        "abs",
        "max(x, -x)",
        "min(x, -x)",
        "relu + x",
        "relu(x) + relu(-x)",
        "relu + abs",
        "exp sin relu",
        "exp abs sin",
        "|x| exp x",
        "relu of relu",
        "abs of abs",
        "|x|^2",
        "relu of x^2",
    ],
)
def test_the_interval_at_zero_by_hand(
    vertices: tuple[Vertex, ...], expected: tuple[float, float], one_sided: tuple[float, float], pieces: int | None
) -> None:
    found = interval(vertices, [0.0])
    assert ends(found) == expected
    assert found.attained.all() or len(found.kinks) > 1
    assert all(known in (side, None) for known, side in zip(sides(found), one_sided, strict=True))
    if len(found.kinks) == 1:
        assert sides(found) == one_sided
    assert pieces in (found.pieces, None)


def test_the_interval_is_no_wider_than_its_enclosures() -> None:
    found = interval((*RELU, vertex("s", "sin", (2,))), [0.0])
    assert -SLACK <= found.low[0, 0] <= 0
    assert 1 <= found.high[0, 0] <= 1 + SLACK


def test_a_kink_away_from_zero_and_behind_a_curve() -> None:
    """|x² − 4| at 2: from −4 to 4."""
    vertices = (
        X,
        vertex("q", "square", (1,)),
        vertex("c", "constant", value=4.0),
        vertex("d", "subtract", (2, 3)),
        vertex("a", "abs", (4,)),
    )
    assert ends(interval(vertices, [2.0])) == (-4, 4)
    assert isinstance(found_at(vertices, [2.0000001]), Enclosure)


@pytest.mark.parametrize(("name", "leaves"), [("maximum", 2), ("minimum", 2), ("maximum", 3), ("minimum", 4)])
def test_operands_that_tie_share_the_slope(name: str, leaves: int) -> None:
    vertices = (*(leaf(f"x{i}") for i in range(leaves)), vertex("m", name, tuple(range(1, leaves + 1))))
    for j in range(1, leaves + 1):
        found = interval(vertices, [2.0] * leaves, j)
        assert ends(found) == (0, 1)
        assert found.attained.all()


def test_operands_below_the_largest_may_tie() -> None:
    vertices = (X, Y, leaf("z"), vertex("m", "maximum", (1, 2, 3)))
    for j, expected in ((1, 0), (2, 0), (3, 1)):
        found = found_at(vertices, [1.0, 1.0, 5.0], j)
        assert isinstance(found, Enclosure)
        assert contains(found, [[expected]]).item()


def test_the_maximum_of_a_value_and_itself_is_smooth() -> None:
    found = found_at((X, vertex("m", "maximum", (1, 1))), [0.0])
    assert isinstance(found, Enclosure)
    assert contains(found, [[1]]).item()


def test_a_vector_with_one_entry_at_the_kink() -> None:
    found = interval((leaf("x", (3,)), vertex("y", "relu", (1,))), [[1.0, 0.0, -2.0]])
    assert np.allclose(found.low.astype(float), np.diag([1.0, 0.0, 0.0]))
    assert np.allclose(found.high.astype(float), np.diag([1.0, 1.0, 0.0]))
    assert found.pieces == 2


def test_a_vector_with_two_entries_at_the_kink_has_four_pieces() -> None:
    found = interval((leaf("x", (2,)), vertex("y", "abs", (1,)), vertex("s", "sum", (2,))), [[0.0, 0.0]])
    assert found.low.astype(float).round(9).tolist() == [[-1, -1]]
    assert found.high.astype(float).round(9).tolist() == [[1, 1]]
    assert found.pieces == 4
    assert found.attained.all()


def test_a_slope_that_the_kink_does_not_touch_is_one_number() -> None:
    """∂(relu(x) + y)/∂y at x = 0 is 1."""
    vertices = (X, Y, vertex("r", "relu", (1,)), vertex("s", "add", (3, 2)))
    found = found_at(vertices, [0.0, 7.0], 2)
    enclosure = found.enclosure if isinstance(found, ClarkeInterval) else found
    assert contains(enclosure, [[1]]).item()
    assert not contains(enclosure, [[1.001]]).item()


def test_kinks_that_depend_on_each_other_are_not_called_attained() -> None:
    """relu(x) − relu(−x) is x: the slope is 1, the pieces that mix the sides are 0 and 2, and no value but 1 is claimed
    to be taken."""
    found = interval((*NEGATIVE, vertex("d", "subtract", (2, 4))), [0.0])
    assert contains(found.enclosure, [[1]]).item()
    assert not found.attained.any()
    assert sides(found) == (1, 1)
    assert found.kinks == (2, 4)


def test_a_difference_of_one_kink_with_itself_is_smooth() -> None:
    found = interval((*RELU, vertex("d", "subtract", (2, 2))), [0.0])
    assert ends(found) == (0, 0)
    assert found.attained.all()


def test_one_sided_derivatives_the_pieces_and_the_vertices_are_told() -> None:
    found = interval((X, vertex("c", "cos", (1,)), vertex("s", "sin", (1,)), vertex("y", "relu", (3,))), [0.0])
    assert (found.left.tolist(), found.right.tolist()) == ([[Fraction(0)]], [[Fraction(1)]])
    assert (found.kinks, found.pieces, found.attained.tolist()) == ((4,), 2, [[True]])


def test_away_from_kinks_it_is_the_enclosure_and_other_vertices_are_not_touched() -> None:
    found = clarke(Graph(1, (*RELU, vertex("e", "exp", (1,)))), [0.0], 1)
    assert [type(found[k]) for k in (2, 3)] == [ClarkeInterval, Enclosure]
    near = found_at(RELU, [1e-200])
    assert isinstance(near, Enclosure)
    assert contains(near, [[1]]).item()


def test_only_the_targets_are_answered() -> None:
    graph = Graph(1, (*RELU, vertex("e", "exp", (2,))))
    assert set(clarke(graph, [0.0], 1, targets=(3,))) == {3}


# -- Against functions that are known everywhere --

KINKED = ("relu", "abs", "negate", "identity", "add", "subtract", "maximum", "minimum")


@st.composite
def piecewise_linear(draw: st.DrawFn, leaves: int) -> Graph:
    """A graph whose last vertex is positively homogeneous: f(t x) = t f(x) for t > 0, with all its kinks at 0."""
    vertices: list[Vertex] = [leaf(f"x{i}") for i in range(leaves)]
    for _ in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(KINKED))
        count = 1 if name in KINKED[:4] else 2
        operands = tuple(draw(st.integers(1, len(vertices))) for _ in range(count))
        vertices.append(vertex(f"v{len(vertices)}", name, operands))
    return Graph(leaves, tuple(vertices))


def value(graph: Graph, point: list[int]) -> Fraction:
    return forward(graph, point, RATIONAL)[graph.n].item()


@settings(max_examples=150, deadline=None)
@given(graph=piecewise_linear(1))
def test_of_a_piecewise_linear_function_both_slopes_are_inside_and_attained_ends_are_slopes(graph: Graph) -> None:
    """f(1) is the slope on the right, −f(−1) that on the left, and Clarke's interval lies between them."""
    answers = clarke(graph, [0.0], 1)
    if graph.n not in answers:
        assert value(graph, [1]) == value(graph, [-1]) == 0
        return
    found = answers[graph.n]
    right, left = value(graph, [1]), -value(graph, [-1])
    if isinstance(found, Enclosure):
        assert contains(found, [[right]]).item()
        assert right == left
        return
    assert isinstance(found, ClarkeInterval), str(found)
    assert contains(found.enclosure, [[right]]).item()
    assert contains(found.enclosure, [[left]]).item()
    for known, side in ((found.left[0, 0], left), (found.right[0, 0], right)):
        assert known is None or abs(known - side) < SLACK
    if found.attained.item():
        assert abs(found.low[0, 0] - min(left, right)) < SLACK
        assert abs(found.high[0, 0] - max(left, right)) < SLACK


@settings(max_examples=100, deadline=None)
@given(graph=piecewise_linear(2), point=st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)))
def test_gradients_around_a_kink_of_two_variables_are_inside(graph: Graph, point: tuple[int, int]) -> None:
    """At any point near the kink, as far as f has a derivative there: the slopes on both sides agree."""
    for j in (1, 2):
        found = clarke(graph, [0.0, 0.0], j).get(graph.n)
        if found is None:
            continue
        assert not isinstance(found, NoEnclosure), str(found)
        big = [10**6 * coordinate for coordinate in point]
        step = [int(j == 1), int(j == 2)]
        here = value(graph, big)
        after = value(graph, [b + s for b, s in zip(big, step, strict=True)]) - here
        before = here - value(graph, [b - s for b, s in zip(big, step, strict=True)])
        enclosure = found.enclosure if isinstance(found, ClarkeInterval) else found
        assert contains(enclosure, [[after]]).item()
        assert contains(enclosure, [[before]]).item()


# -- The directions in which a tie breaks --


def test_a_tie_breaks_one_way_only_where_the_slope_is_told_from_zero() -> None:
    """Slopes 3 ± ½ and −1 ± ½: in (1, 0), (0, 1), (1, 3), (1, 1)."""
    slopes = [MidRad(Fraction(3), 0.5), MidRad(Fraction(-1), 0.5)]
    assert signs(slopes, [[1, 0], [0, 1], [1, 3], [1, 1], [-1, 0]]) == [1, -1, 0, 1, -1]
    assert signs([MidRad(Fraction(0), 0.0), MidRad(Fraction(1), 1.0)], [[1, 0], [0, 1], [0, 0]]) == [0, 0, 0]


def test_slopes_that_float64_rounds_to_one_another_are_not_told_apart() -> None:
    """1 and −1 − 2⁻⁶⁰ along (1, 1); along (1, 2) there is no doubt."""
    slopes = [MidRad(Fraction(1), 0.0), MidRad(-1 - Fraction(1, 2**60), 0.0)]
    assert signs(slopes, [[1, 1], [1, 2]]) == [0, -1]


@pytest.mark.parametrize("slope", [MidRad(Fraction(0), math.inf), MidRad(Fraction(2**3000), 0.0), MidRad(Fraction(1, 2**3000), 0.0)])
def test_slopes_beyond_float64_tell_nothing(slope: MidRad) -> None:
    assert signs([slope, MidRad(Fraction(0), 0.0)], [[1, 0], [0, 1]]) == [0, 0]
    assert signs(None, [[1, 0]]) == [0]


# -- Verdicts --


@pytest.mark.parametrize(
    ("vertices", "slope", "verdict"),
    [
        (RELU, 0.0, Verdict.CORRECT),
        (RELU, 0.5, Verdict.CORRECT),
        (RELU, 1.0, Verdict.CORRECT),
        (RELU, 1.0 + 1e-9, Verdict.WRONG),
        (RELU, -1e-9, Verdict.WRONG),
        (ABS, -1.0, Verdict.CORRECT),
        (ABS, 0.0, Verdict.CORRECT),
        (ABS, 1.0, Verdict.CORRECT),
        (ABS, -1.001, Verdict.WRONG),
        (ABS, 2.0, Verdict.WRONG),
    ],
)
def test_a_value_inside_the_interval_is_correct_and_one_outside_is_wrong(
    vertices: tuple[Vertex, ...], slope: float, verdict: Verdict
) -> None:
    balls = real_ball_system(200)
    graph = Graph(1, vertices)
    D = jacobians(graph, forward(graph, [0.0], balls), balls)
    claimed = replace(path_sum(graph, D, 1, 2, balls), value=balls.array([[slope]]))
    found = paths_against_enclosures(
        graph, {(1, 2): claimed}, enclosures_or_hulls(graph, make_case("kink", "replay", graph, [0.0]).leaves), balls
    )
    assert found.verdict is verdict
    assert contains(interval(vertices, [0.0]).enclosure, [[slope]]).item() is (verdict is Verdict.CORRECT)
    if verdict is Verdict.CORRECT:
        assert "inside Clarke's interval: ∂y/∂x" in str(found.sentence)


# -- What is not known --


@pytest.mark.parametrize(
    ("vertices", "x", "reason", "words"),
    [
        ((X, vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))), 0.0, Reason.KINK, "vertex 3 ('y'): where is at a kink"),
        ((X, vertex("y", "log", (1,))), 0.0, Reason.DOMAIN, "vertex 2 ('y'): log is at the edge of its domain or outside"),
        ((X, vertex("y", "log", (1,))), -1.0, Reason.DOMAIN, "vertex 2 ('y'): log is at the edge of its domain or outside"),
        ((X, vertex("y", "reciprocal", (1,))), 0.0, Reason.DOMAIN, "vertex 2 ('y'): reciprocal is at the edge of its domain or outside"),
        ((*ABS, vertex("z", "sqrt", (2,))), 0.0, Reason.KINK, "vertex 2 ('y'): abs is at a kink"),
        ((*RELU, vertex("z", "reciprocal", (2,))), 0.0, Reason.KINK, "vertex 2 ('y'): relu is at a kink"),
    ],
)
def test_jumps_and_edges_of_domains_stay_undecided(vertices: tuple[Vertex, ...], x: float, reason: Reason, words: str) -> None:
    found = found_at(vertices, [x])
    assert isinstance(found, NoEnclosure)
    assert (str(found), found.reason) == (words, reason)


def test_a_jump_is_inconclusive_as_a_verdict() -> None:
    graph = Graph(1, (X, vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    report = check_case(make_case("jump", "replay", graph, [0.0]))
    assert any(c.verdict is Verdict.INCONCLUSIVE and "vertex 3 ('y'): where is at a kink" in str(c.sentence) for c in report.comparisons)
    assert all(c.verdict is not Verdict.WRONG for c in report.comparisons)


def test_as_many_pieces_as_are_allowed_are_looked_at_and_more_are_refused_by_number() -> None:
    def summed(count: int) -> Any:
        return found_at((leaf("x", (count,)), vertex("y", "relu", (1,)), vertex("s", "sum", (2,))), [[0.0] * count])

    most = summed(8)
    assert isinstance(most, ClarkeInterval)
    assert most.pieces == 256
    refused = summed(9)
    assert isinstance(refused, NoEnclosure)
    assert str(refused) == "vertex 2 ('y'): the kinks that meet here have more than 256 smooth pieces"


def test_a_vertex_that_is_no_leaf_is_refused() -> None:
    for j in (0, 2, 3):
        with pytest.raises(GraphError, match="a certificate is taken with respect to a leaf"):
            clarke(Graph(1, RELU), [0.0], j)


def test_the_precision_of_flint_is_left_as_it_was() -> None:
    before = ctx.prec
    try:
        ctx.prec = 71
        interval(RELU, [0.0])
        assert ctx.prec == 71
    finally:
        ctx.prec = before
