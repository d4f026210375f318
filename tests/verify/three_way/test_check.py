"""The three-way check says CORRECT of the right engine, and WRONG, by name, when any one route is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, NumberSystem, backward, forward, jacobians, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case, is_exact, make_case
from backproof.verify.derivatives.differences import Difference, differences
from backproof.verify.paths.enumeration import Path, paths
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import CLAIM_CERTIFIED, CLAIM_DIFFERENCES
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Evidence, Verdict


def fan_out() -> Case:
    """x feeds three vertices; every edge Jacobian is a full, non-symmetric matrix, and the edge x → c reads x twice."""
    graph = Graph(
        1,
        (
            leaf("x", (2,)),
            vertex("a", "weighted_sum", (1,), weights=[[[1, 2], [3, 5]]]),
            vertex("b", "square", (1,)),
            vertex("c", "multiply", (1, 1, 2)),
            vertex("o", "weighted_sum", (1, 2, 3, 4), weights=[[[1, 2]], [[3, -1]], [[2, 2]], [[1, 4]]]),
        ),
    )
    return make_case("fan-out", "random", graph, [[Fraction(3, 2), -2]])


def smooth() -> Case:
    graph = Graph(
        2,
        (
            leaf("x", (3,)),
            leaf("w", (3,)),
            vertex("s", "softmax", (1,)),
            vertex("t", "tanh", (2,)),
            vertex("m", "multiply", (3, 4)),
            vertex("q", "log_softmax", (5,)),
            vertex("o", "sum", (6,)),
        ),
    )
    return make_case("smooth", "random", graph, [[0.5, -1.25, 2.0], [0.1, 0.7, -0.3]])


def by_claim(result: CaseResult) -> dict[tuple[str, str], Comparison]:
    return {(c.claim, c.system): c for c in result.comparisons}


@pytest.mark.parametrize("case", [fan_out(), smooth()], ids=lambda case: case.name)
def test_the_right_engine_is_correct_in_every_number_system(case: Case) -> None:
    result = check_case(case)
    assert result.verdict is Verdict.CORRECT
    found = by_claim(result)
    assert (CLAIM_ADJOINTS, "float64") in found
    assert (CLAIM_ADJOINTS, "mpmath(90)") in found
    digits = found[CLAIM_DIFFERENCES, "mpmath(90)"].digits
    assert digits is not None
    assert digits >= 40


def test_a_rational_case_is_judged_by_equality() -> None:
    comparison = by_claim(check_case(fan_out()))[CLAIM_ADJOINTS, "rational"]
    assert comparison.evidence is Evidence.EXACT
    assert comparison.worst is None
    assert comparison.entries == 9


def test_only_cases_without_floats_and_transcendental_functions_are_exact() -> None:
    assert is_exact(fan_out())
    assert not is_exact(smooth())
    assert not is_exact(dataclasses.replace(fan_out(), leaves=((1.5, -2.0),)))


Loop = Callable[[Graph, Mapping[Edge, Array], dict[int, Array], int, NumberSystem], Array]


def wrong_backward(contribution: Loop) -> Routes:
    """The loop of L14, with the sum over the children of one vertex replaced."""

    def run(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> dict[int, Array]:
        p = {graph.n: backward(graph, D, cotangent, system)[graph.n]}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                p[j] = contribution(graph, D, p, j, system)
        return p

    return Routes(backward=run)


def terms(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> list[Array]:
    return [system.matmul(p[i], D[j, i]) for i in graph.children(j)]


def add_all(parts: Sequence[Array], system: NumberSystem, shape: tuple[int, ...]) -> Array:
    total = system.zeros(shape)
    for part in parts:
        total = system.add(total, part)
    return total


def last_only(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> Array:
    return terms(graph, D, p, j, system)[-1]


def first_only(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> Array:
    return terms(graph, D, p, j, system)[0]


def at_most_three(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> Array:
    return add_all(terms(graph, D, p, j, system)[:3], system, (1, graph.dimension(j)))


def sign(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> Array:
    return system.negative(add_all(terms(graph, D, p, j, system), system, (1, graph.dimension(j))))


def relative(error: float) -> Loop:
    def slightly_wrong(graph: Graph, D: Mapping[Edge, Array], p: dict[int, Array], j: int, system: NumberSystem) -> Array:
        total = add_all(terms(graph, D, p, j, system), system, (1, graph.dimension(j)))
        return system.scale(1 + error, total) if j == 1 else total

    return slightly_wrong


@pytest.mark.parametrize("loop", [last_only, first_only, at_most_three, sign, relative(1e-3), relative(1e-9), relative(1e-12)])
def test_a_wrong_backward_loop_is_wrong_in_every_number_system(loop: Loop) -> None:
    found = by_claim(check_case(fan_out(), wrong_backward(loop)))
    for system in ("rational", "float64", "mpmath(90)"):
        assert found[CLAIM_ADJOINTS, system].verdict is Verdict.WRONG
        assert any(failure.where.startswith("adjoint of x") for failure in found[CLAIM_ADJOINTS, system].failures)
    assert found[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.CORRECT


def test_a_backward_pass_that_leaves_an_adjoint_out_or_misshapes_it_is_wrong() -> None:
    def without_x(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> dict[int, Array]:
        return {j: p for j, p in backward(graph, D, cotangent, system).items() if j != 1}

    def transposed(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> dict[int, Array]:
        return {j: p.T for j, p in backward(graph, D, cotangent, system).items()}

    for wrong in (without_x, transposed):
        assert check_case(fan_out(), Routes(backward=wrong)).verdict is Verdict.WRONG


def test_a_wrong_row_of_the_table_is_wrong_though_backward_and_paths_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE["softmax"]

    def diagonal_only(s: NumberSystem, a: Any, xs: Sequence[Array], slot: int) -> Array:
        return s.multiply(row.jacobian(s, a, xs, slot), s.identity(xs[0].size))

    monkeypatch.setitem(TABLE, "softmax", dataclasses.replace(row, jacobian=diagonal_only))
    found = by_claim(check_case(smooth()))
    assert found[CLAIM_ADJOINTS, "float64"].verdict is Verdict.CORRECT
    assert found[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.WRONG
    assert found[CLAIM_DIFFERENCES, "mpmath(90)"].failures[0].where.startswith("∂")


def test_a_row_wrong_by_one_part_in_10_to_the_30_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE["tanh"]

    def slightly(s: NumberSystem, a: Any, xs: Sequence[Array], slot: int) -> Array:
        return s.scale(1 + Fraction(1, 10**30), row.jacobian(s, a, xs, slot))

    monkeypatch.setitem(TABLE, "tanh", dataclasses.replace(row, jacobian=slightly))
    assert by_claim(check_case(smooth()))[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.WRONG


def test_transposed_edge_jacobians_are_wrong() -> None:
    def transposed(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> dict[Edge, Array]:
        D = jacobians(graph, u, system)
        return {edge: D[edge].T if D[edge].shape[0] == D[edge].shape[1] else D[edge] for edge in D}

    assert by_claim(check_case(fan_out(), Routes(jacobians=transposed)))[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.WRONG


def test_a_path_enumeration_that_misses_a_path_is_wrong() -> None:
    def without_the_last(graph: Graph, j: int, k: int) -> Iterator[Path]:
        found = list(paths(graph, j, k))
        yield from found[:-1] if len(found) > 1 else found

    result = check_case(fan_out(), Routes(paths=without_the_last))
    assert result.verdict is Verdict.WRONG
    assert any(
        "wrong path enumeration: 6 paths enumerated" in (c.sentence or "") or "but there are" in (c.sentence or "")
        for c in result.comparisons
    )


def test_a_path_enumeration_that_repeats_one_path_and_misses_another_is_wrong() -> None:
    def swapped(graph: Graph, j: int, k: int) -> Iterator[Path]:
        found = list(paths(graph, j, k))
        yield from [*found[:-1], found[0]] if len(found) > 2 else found

    assert by_claim(check_case(fan_out(), Routes(paths=swapped)))[CLAIM_ADJOINTS, "rational"].verdict is Verdict.WRONG


def test_a_wrong_difference_is_wrong() -> None:
    def one_sided(graph: Graph, leaves: Sequence[Any], j: int, digits: int = 50) -> dict[int, Difference]:
        return {k: dataclasses.replace(d, value=d.value + d.value * 1e-6) for k, d in differences(graph, leaves, j, digits).items()}

    assert by_claim(check_case(smooth(), Routes(differences=one_sided)))[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.WRONG


def test_a_stale_forward_value_is_wrong() -> None:
    def stale(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = FLOAT64) -> dict[int, Array]:
        u = forward(graph, leaf_values, system)
        return {**u, 2: system.add(u[2], system.array(1))}

    assert by_claim(check_case(fan_out(), Routes(forward=stale)))[CLAIM_DIFFERENCES, "mpmath(90)"].verdict is Verdict.WRONG


def test_a_kink_is_inconclusive_and_names_the_derivative() -> None:
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "relu", (1,)), vertex("o", "sum", (2,))))
    result = check_case(make_case("kink", "random", graph, [[1.0, 0.0]]))
    assert result.verdict is Verdict.CORRECT
    assert by_claim(result)[CLAIM_CERTIFIED, "ball"].sentence == "at a kink, inside Clarke's interval: ∂y[0]/∂x[0] and 5 more"
    assert (CLAIM_DIFFERENCES, "mpmath(90)") not in by_claim(result), "differences cannot tell here"
    assert result.floats_checked[0].undecidable == "at a kink, or without a certificate"


def test_outside_the_domain_is_inconclusive_and_names_the_vertex() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
    result = check_case(make_case("log", "random", graph, [-1.0]))
    (comparison,) = result.comparisons
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert comparison.sentence is not None
    assert comparison.sentence.startswith("outside the domain: vertex 2 ('y'): log is not defined at x = [-1.0]")


def doubled_contribution(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.add(p[1], system.matmul(p[2], D[1, 2]))}


def complete(n: int) -> Case:
    vertices = [leaf("x"), *(vertex(f"v{i}", "weighted_sum", range(1, i), weights=[[[0.5]]] * (i - 1)) for i in range(2, n + 1))]
    return make_case("complete", "random", Graph(1, tuple(vertices)), [1.0])


def test_many_paths_are_enumerated_in_blocks_exactly_modulo_a_prime_and_factored_in_balls() -> None:
    right, wrong = check_case(complete(14)), check_case(complete(14), Routes(backward=doubled_contribution))
    found = by_claim(right)
    assert right.verdict is Verdict.CORRECT
    assert found[CLAIM_ADJOINTS, "float64"].evidence is Evidence.ROUNDING
    assert found[CLAIM_ADJOINTS, "mod 16777213"].evidence is Evidence.EXACT
    assert found[CLAIM_ADJOINTS, "ball"].evidence is found[CLAIM_CERTIFIED, "ball"].evidence is Evidence.FACTORED
    for system in ("float64", "mod 16777213", "ball"):
        assert by_claim(wrong)[CLAIM_ADJOINTS, system].verdict is Verdict.WRONG


def test_more_paths_than_can_be_enumerated_are_counted_and_factored() -> None:
    result = check_case(complete(36), witness=Witness.NONE)
    assert result.verdict is Verdict.CORRECT
    assert result.sums[1].count == 2**34
    assert by_claim(result)[CLAIM_ADJOINTS, "float64"].evidence is Evidence.FACTORED
    assert (CLAIM_ADJOINTS, "mod 16777213") not in by_claim(result)


def test_a_discrete_leaf_has_no_adjoint_and_is_not_compared() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("y", discrete=True), vertex("o", "pick", (1, 2))))
    result = check_case(make_case("label", "random", graph, [[1.0, 2.0, 3.0], 2]))
    assert result.verdict is Verdict.CORRECT
    assert result.floats is not None
    assert 2 not in result.floats.p


def test_several_cotangents_and_a_vector_output_are_checked_row_by_row() -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("y", "log_softmax", (1,))))
    result = check_case(make_case("rows", "random", graph, [[0.5, 1.0, -2.0]], cotangent=[[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]))
    assert result.verdict is Verdict.CORRECT
    assert by_claim(result)[CLAIM_ADJOINTS, "float64"].entries == 12


def test_derivatives_far_below_the_float_range_are_compared_in_mpmath() -> None:
    """tanh′(2000) is about 10^−1736: its float64 value is 0, its mpmath value has full precision."""
    graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("b", "multiply", (2, 2)), vertex("o", "add", (2, 3))))
    case = make_case("far", "random", graph, [2000.0])
    assert check_case(case).verdict is Verdict.CORRECT
    wrong = by_claim(check_case(case, wrong_backward(relative(1e-9))))
    assert wrong[CLAIM_ADJOINTS, "mpmath(90)"].verdict is Verdict.WRONG
