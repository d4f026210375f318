"""What is predicted of a wrong place is what a backward pass leaves that really runs with it."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians
from backproof.verify.blame.candidates import SCALED, Candidate, Setting, changed, single_places, wide_places
from backproof.verify.blame.predictions import Space, make_space, predictions, roundings_of_a_pass, sums
from backproof.verify.blame.wrong_passes import wrong_adjoints
from backproof.verify.cases.draws import usual_case


def space_of(number: int) -> tuple[Graph, Space]:
    case = usual_case(11, number)
    graph = case.graph
    D = jacobians(graph, forward(graph, [[float(x) for x in values] for values in case.leaves]))
    return graph, make_space(graph, D, case.cotangent, graph.differentiable_leaves())


SPACES = [pair for pair in map(space_of, range(10)) if pair[1].edges and len(pair[1].columns)]


def run_with(space: Space, c: Candidate) -> dict[int, np.ndarray]:  # type: ignore[type-arg]
    """The engine's backward pass with the changed Jacobians of a candidate."""
    setting: Setting = space
    D = {edge: changed(setting, c.change, k, c.alpha) if k in c.edges else space.D[k] for k, edge in enumerate(space.edges)}
    last = space.block[space.graph.n]
    return backward(space.graph, D, space.P[:, last])


@pytest.mark.parametrize("number", range(len(SPACES)))
def test_the_adjoints_of_every_candidate_are_those_of_a_backward_pass_that_runs_with_it(number: int) -> None:
    _, space = SPACES[number]
    candidates = [*single_places(space), *wide_places(space), Candidate("scaled", space.edges[0], SCALED, (0,), 0.73)]
    with np.errstate(all="ignore"):
        values, sizes = wrong_adjoints(space, candidates)
        for c, found, size in zip(candidates, values, sizes, strict=True):
            p = run_with(space, c)
            for j, block in space.block.items():
                bound = space.roundings * 2.0**-53 * size[:, block]
                assert np.all(np.abs(found[:, block] - p[j]) <= bound) or not np.all(np.isfinite(p[j])), (c.name, c.place, j)


@pytest.mark.parametrize("number", range(len(SPACES)))
def test_the_error_of_a_single_place_is_the_sum_over_the_paths_through_it(number: int) -> None:
    graph, space = SPACES[number]
    places = [c for c in single_places(space) if len(c.edges) == 1 or isinstance(c.place, int)]
    with np.errstate(all="ignore"):
        effects, sizes = sums(*predictions(space), space, places)
        for c, effect, size in zip(places, effects, sizes, strict=True):
            p = run_with(space, c)
            wrong = np.concatenate([p[j] for j in graph.differentiable_leaves()], axis=1)
            error = (wrong - space.P[:, space.columns]).reshape(-1)
            reach = np.abs(space.P[:, space.columns]).reshape(-1) + np.abs(error) + size
            assert np.all(np.abs(error - effect) <= space.roundings * 2.0**-53 * reach), (c.name, c.place)


def test_path_sums_of_all_pairs_stand_in_the_inverse() -> None:
    graph, space = SPACES[0]
    for j in graph.differentiable_leaves():
        p = backward(graph, dict(zip(space.edges, space.D, strict=True)))
        np.testing.assert_allclose(space.X[space.block[graph.n], space.block[j]], p[j], rtol=1e-12, atol=1e-300)


def test_the_roundings_of_a_pass_grow_along_the_longest_path() -> None:
    graph, _ = SPACES[0]
    behind = roundings_of_a_pass(graph)
    assert behind[graph.n] == 0
    assert all(behind[a] >= graph.dimension(b) + behind[b] + 1 for a, b in graph.edges)
