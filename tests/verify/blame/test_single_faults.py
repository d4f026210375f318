"""The places that can explain wrong adjoints are found as they are by trying all of them, and in large graphs too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.blame.candidates import Candidate, Setting, make_setting, single_places
from backproof.verify.blame.from_adjoints import Residuals, matching, residuals
from backproof.verify.blame.from_values import operand_uses
from backproof.verify.blame.hypotheses import hypotheses
from backproof.verify.blame.single_faults import few_consumers, single_faults
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.large import large_cases
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.routes import Routes, run

WRONG = ("wrong sign", "doubled edge", "three consumers", "overwrite", "repeated operand once", "divisor's sign")


def named(found: list[Candidate]) -> set[tuple[str, object]]:
    return {(c.name, c.place) for c in found}


def wrong_one(index: int, name: str) -> tuple[Setting, Residuals]:
    case = usual_case(0, index)
    wrong, right = run(case, FLOAT64, by_name(name).routes), run(case, FLOAT64, Routes())
    setting = make_setting(case.graph, right.D, operand_uses(case.graph, right.u))
    return setting, residuals(case.graph, right.D, wrong.p, right.p[case.graph.n], FLOAT64)


def test_they_are_those_of_all_single_places() -> None:
    seen = 0
    for index, name in enumerate(WRONG * 4):
        setting, local = wrong_one(index, name)
        if local.bad:
            seen += 1
            assert named(single_faults(setting, local)) == named(matching(setting, local, single_places(setting)))
    assert seen >= 10


def many(count: int) -> tuple[Graph, dict[int, np.ndarray]]:
    readers = [vertex(f"v{k}", ("square", "sin", "exp")[k % 3], (1,)) for k in range(count)]
    graph = Graph(1, (leaf("x"), *readers, vertex("o", "add", range(2, count + 2))))
    return graph, {1: np.array([0.7])}


def test_of_many_consumers_those_that_contribute_are_counted() -> None:
    graph, leaves = many(40)
    D = jacobians(graph, forward(graph, [leaves[1]]))
    p = backward(graph, D)
    first = np.sum([p[b] @ D[1, b] for b in graph.children(1)[:7]], axis=0)
    local = residuals(graph, D, {**p, 1: first}, p[graph.n], FLOAT64)
    setting = make_setting(graph, D)
    assert ("at most 7 consumers", 33) in [(c.name, len(c.edges)) for c in few_consumers(setting, local)]
    assert ("at most 7 consumers", 1) in named(single_faults(setting, local))
    assert not few_consumers(setting, replace(local, value={**local.value, 1: local.value[1] * 1.01}))


def test_a_graph_of_a_thousand_vertices_is_asked_for_one_wrong_edge() -> None:
    case = next(case for case in large_cases() if case.name.endswith("levels"))
    right = run(case, FLOAT64, Routes())
    last = case.graph.edges[-1]
    wrong = dict(right.p)
    for j in range(last[0], 0, -1):
        wrong[j] = -right.p[j]
    found = hypotheses(case.graph, right.D, None, wrong, values=right.u)
    assert found.first == last[0]
    assert "sign @ the last edge" in found.keys
