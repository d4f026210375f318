"""An engine that loses contributions, in whatever order they reach it, has one cause; and only such an engine has it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.blame.causes import cause_words, level
from backproof.verify.blame.contributions import ANY_CONSUMER, ONE_OF_THEM, ONE_TOO_FEW, ONE_TWICE, SOME_OF_THEM
from backproof.verify.blame.cover import Votes, causes_record
from backproof.verify.blame.hypotheses import Hypotheses, hypotheses
from backproof.verify.blame.uses import uses_of
from backproof.verify.cases.draws import usual_case
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.routes import Routes, run

Choose = Callable[[list[Array], random.Random], list[Array]]
RIGHT: Choose = lambda terms, rng: terms  # noqa: E731
CHOICES: dict[str, Choose] = {
    ONE_OF_THEM: lambda terms, rng: [rng.choice(terms)],
    ONE_TOO_FEW: lambda terms, rng: terms if len(terms) == 1 else rng.sample(terms, len(terms) - 1),
    ONE_TWICE: lambda terms, rng: terms if len(terms) == 1 else [*terms, rng.choice(terms)],
    SOME_OF_THEM: lambda terms, rng: terms if len(terms) == 1 else rng.sample(terms, rng.randint(1, len(terms))),
}


def adjoints(graph: Graph, u: Any, cotangent: Any, choose: Choose, rng: random.Random) -> dict[int, Array]:
    """The adjoints of an engine that adds up the contributions that it chooses, of each use."""
    right = backward(graph, jacobians(graph, u), cotangent)
    p = {graph.n: right[graph.n]}
    uses = uses_of(graph, {edge: np.asarray(D, dtype=float) for edge, D in jacobians(graph, u).items()}, u)
    for j in sorted(right, reverse=True)[1:]:
        terms = [p[use.by] @ use.D for use in uses if use.of == j]
        p[j] = np.sum(choose(terms, rng), axis=0) if terms else np.zeros_like(right[j])
    return p


def asked(index: int, choose: Choose, leaves_alone: bool = False) -> Hypotheses:
    case = usual_case(0, index)
    u = forward(case.graph, [[float(x) for x in values] for values in case.leaves])
    p = adjoints(case.graph, u, case.cotangent, choose, random.Random(index))
    seen = {j: p[j] for j in case.graph.differentiable_leaves()} if leaves_alone else p
    return hypotheses(case.graph, jacobians(case.graph, u), case.cotangent, seen, values=u)


@pytest.mark.parametrize("kind", ANY_CONSUMER)
def test_what_an_engine_loses_of_any_consumer_is_one_cause_of_all_its_failures(kind: str) -> None:
    votes, wrong = Votes(), 0
    for index in range(14):
        found = asked(index, CHOICES[kind])
        if found.keys:
            wrong += 1
            votes.add(index, f"{index}", found.keys)
            assert f"{kind} @ everywhere" in found.keys, index
    record = causes_record(votes)
    assert wrong >= 5
    assert record is not None
    assert [(entry["cause"], entry["explains"]) for entry in record["named"]] == [(f"{kind} @ everywhere", wrong)], record["sentence"]


def test_from_the_leaves_alone_one_contribution_only_is_found() -> None:
    seen = [asked(index, CHOICES[ONE_OF_THEM], leaves_alone=True).keys for index in range(14)]
    wrong = [keys for keys in seen if keys]
    assert len(wrong) >= 5
    assert sum(f"{ONE_OF_THEM} @ everywhere" in keys for keys in wrong) == len(wrong)


@pytest.mark.parametrize("leaves_alone", [False, True])
def test_what_adds_everything_and_is_wrong_otherwise_is_none_of_them(leaves_alone: bool) -> None:
    for name in ("wrong sign", "transposed Jacobian", "every sink seeded"):
        for index in range(4):
            case = usual_case(0, index)
            wrong, right = run(case, FLOAT64, by_name(name).routes), run(case, FLOAT64, Routes())
            seen = {j: wrong.p[j] for j in case.graph.differentiable_leaves()} if leaves_alone else wrong.p
            found = hypotheses(case.graph, right.D, case.cotangent, seen, values=right.u)
            assert not any(key.startswith(ANY_CONSUMER) for key in found.keys), (name, index)
    assert not asked(0, RIGHT).keys


def test_the_contributions_that_are_lost_are_marked_per_use() -> None:
    graph = Graph(1, (leaf("x"), vertex("m", "multiply", (1, 1)), vertex("e", "exp", (1,)), vertex("o", "add", (2, 3))))
    u = forward(graph, [0.7])
    D = jacobians(graph, u)
    found = hypotheses(graph, D, None, {3: [1.0], 2: [1.0], 1: [0.7]}, values=u)
    chosen = dict(found.candidates)[f"{ONE_OF_THEM} @ everywhere"]
    assert chosen is not None
    assert [float(chosen.change.given[edge].item()) for edge in ((1, 2), (1, 3))] == [0.7, 0.0]


@pytest.mark.parametrize("kind", ANY_CONSUMER)
def test_each_has_words_and_says_less_than_a_rule(kind: str) -> None:
    assert "not always of the same consumer" in cause_words(f"{kind} @ everywhere")
    assert level(f"{kind} @ everywhere") > level("last consumer only @ everywhere")


@pytest.mark.parametrize(("kept", "cause"), [((0, -1), "first and last consumer only"), ((-2, -1), "last 2 consumers")])
def test_which_consumers_contribute_is_a_rule_where_it_is_always_the_same(kept: Sequence[int], cause: str) -> None:
    def choose(terms: list[Array], rng: random.Random, kept: Sequence[int]) -> list[Array]:
        return [terms[k] for k in kept] if len(terms) > 2 else terms

    readers = [vertex(f"v{k}", function, (1,)) for k, function in enumerate(("sin", "exp", "square", "tanh"))]
    graph = Graph(1, (leaf("x"), *readers, vertex("o", "add", (2, 3, 4, 5))))
    u = forward(graph, [0.7])
    p = adjoints(graph, u, None, partial(choose, kept=kept), random.Random(0))
    keys = hypotheses(graph, jacobians(graph, u), None, p, values=u).keys
    assert f"{cause} @ everywhere" in keys
    assert "contribute" in cause_words(f"{cause} @ everywhere")
