"""Wrong engines and wrong verifiers, each with one known fault: what `backproof selftest` runs to show that the suite
cannot be fooled.

A `Mutant` replaces routes of the three-way check. Faults of the backward pass, of the edge Jacobians, of the forward
pass and of the function table must be found in the engine; faults of the path enumeration, of the differences and of
the comparisons must be found in the verifier. `register` adds one's own.

>>> len(MUTANTS) >= 25
True
>>> by_name("last consumer only").words
'the adjoint of a vertex takes the contribution of its last child only'
>>> by_name("no such fault")
Traceback (most recent call last):
    ...
KeyError: "no mutant is called 'no such fault'"
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from backproof.engine.in_words import brief
from backproof.verify.selftest import faults
from backproof.verify.selftest.faults import backward_with, forgiving, jacobians_with, over_children, rounded_to, row_jacobian, scaled
from backproof.verify.selftest.sizes import AXES, FIRST_WRONG, from_the
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import paths_against_differences, paths_against_enclosures
from backproof.verify.three_way.theorem_2 import adjoints_against_paths


@dataclass(frozen=True, repr=False)
class Mutant:
    """One fault: its name, what is wrong in words, the part it sits in, and the routes that have it.

    `large`: it shows on large graphs only, so that it is tried on those.
    """

    name: str
    words: str
    part: str
    routes: Routes
    large: bool = False

    def __repr__(self) -> str:
        return brief("Mutant", self.name, self.part, self.words)


MUTANTS: list[Mutant] = [
    Mutant("overwrite", "contributions overwrite each other instead of adding up", "backward", backward_with(faults.overwrite)),
    Mutant(
        "first consumer only",
        "the adjoint of a vertex takes the contribution of its first child only",
        "backward",
        over_children(lambda c: c[:1]),
    ),
    Mutant(
        "last consumer only",
        "the adjoint of a vertex takes the contribution of its last child only",
        "backward",
        over_children(lambda c: c[-1:]),
    ),
    Mutant("three consumers", "at most three children contribute", "backward", over_children(lambda c: c[:3])),
    Mutant("dropped edge", "the edge to the output is dropped where there are others", "backward", over_children(lambda c: c[:-1] or c)),
    Mutant(
        "doubled edge",
        "the first child contributes twice where there are several",
        "backward",
        over_children(lambda c: (*c[:1], *c) if len(c) > 1 else c),
    ),
    Mutant("phantom edge", "the next vertex contributes although no edge leads to it", "backward", backward_with(faults.phantom)),
    Mutant("wrong sign", "the adjoint of the first leaf has the wrong sign", "backward", scaled(-1, faults.first_leaf)),
    Mutant("transposed Jacobian", "square Jacobians are used transposed", "backward", backward_with(faults.transposed)),
    Mutant("wrong side", "the adjoint is multiplied from the wrong side", "backward", backward_with(faults.wrong_side)),
    Mutant("ascending order", "the loop runs upward", "backward", Routes(backward=faults.ascending)),
    Mutant("read too early", "an adjoint is passed on before it is complete", "backward", Routes(backward=faults.depth_first)),
    Mutant("every sink seeded", "dead vertices are seeded like the output", "backward", backward_with(faults.seeding_every_sink)),
    Mutant("fused chain", "a child that starts a chain hides the other children", "backward", backward_with(faults.fused)),
    *(
        Mutant(
            f"relative error 1e-{k}",
            f"the first leaf's adjoint is wrong by one part in 10{exponent}",
            "backward",
            scaled(1 + Fraction(1, 10**k), faults.first_leaf),
        )
        for k, exponent in ((3, "³"), (6, "⁶"), (9, "⁹"))
    ),
    Mutant(
        "float in the rationals", "rational adjoints pass through float64", "backward", Routes(backward=rounded_to("rational", np.float64))
    ),
    Mutant("float32 in float64", "float64 adjoints pass through float32", "backward", Routes(backward=rounded_to("float", np.float32))),
    Mutant("float in balls", "adjoints in balls pass through float64", "backward", Routes(backward=rounded_to("ball", np.float64))),
    Mutant("float in mpmath", "mpmath adjoints pass through float64", "backward", Routes(backward=rounded_to("mpmath", np.float64))),
    Mutant("repeated operand once", "a parent that is read twice counts once", "jacobians", Routes(jacobians=faults.one_use_only)),
    Mutant(
        "transposed edge Jacobians",
        "square edge Jacobians are stored transposed",
        "jacobians",
        jacobians_with(lambda graph, edge, D, s: s.transpose(D) if D.shape[0] == D.shape[1] else D),
    ),
    Mutant(
        "edge Jacobian off by 1e-9",
        "the Jacobian of the last edge is wrong by one part in 10⁹",
        "jacobians",
        jacobians_with(lambda graph, edge, D, s: s.scale(1 + Fraction(1, 10**9), D) if edge == graph.edges[-1] else D),
    ),
    Mutant(
        "log-softmax without its row",
        "the log-softmax Jacobian is the identity",
        "table",
        row_jacobian("log_softmax", lambda D, s: s.identity(D.shape[0])),
    ),
    Mutant(
        "softmax without off-diagonal",
        "the softmax Jacobian lacks its off-diagonal",
        "table",
        row_jacobian("softmax", faults.off_diagonal_zero),
    ),
    Mutant(
        "tanh without the square",
        "the derivative of tanh is its own square root",
        "table",
        row_jacobian("tanh", lambda D, s: s.sqrt(s.absolute(D))),
    ),
    Mutant(
        "divisor's sign",
        "the derivative with respect to a divisor has the wrong sign",
        "table",
        row_jacobian("divide", lambda D, s: s.absolute(D)),
    ),
    Mutant("stale value", "the first non-leaf keeps an old value", "forward", Routes(forward=faults.stale)),
    Mutant("moved leaves", "the second half of the values is computed from moved leaves", "forward", Routes(forward=faults.skipping)),
    Mutant("path missed", "the enumeration misses the last path", "verifier", Routes(paths=faults.without_last_path)),
    Mutant("path repeated", "the enumeration repeats the first path", "verifier", Routes(paths=faults.first_path_again)),
    Mutant("path swapped", "one path is missing and another stands twice", "verifier", Routes(paths=faults.swapped_path)),
    Mutant("step too large", "differences take a step of 10⁻⁴", "verifier", Routes(differences=faults.large_step)),
    Mutant(
        "hidden tolerance in Theorem 2",
        "differences below 10⁻⁶ pass as equal",
        "verifier",
        Routes(judge_adjoints=forgiving(adjoints_against_paths)),
    ),
    Mutant(
        "hidden tolerance in Theorem 1",
        "differences below 10⁻⁶ pass as equal",
        "verifier",
        Routes(judge_derivatives=forgiving(paths_against_differences)),
    ),
    Mutant(
        "hidden tolerance in balls",
        "differences below 10⁻⁶ pass as overlapping",
        "verifier",
        Routes(judge_enclosures=forgiving(paths_against_enclosures)),
    ),
    Mutant(
        "enclosures that claim too much", "enclosures are off by one part in 10⁹", "verifier", Routes(enclosures=faults.shifted_enclosures)
    ),
    Mutant("blind comparison", "every adjoint passes as equal", "verifier", Routes(judge_adjoints=faults.blind)),
    *(
        Mutant(f"from {axis} {k:,} on", f"every adjoint is wrong from the {k:,}th {axis} on", "sizes", from_the(axis, k), large=True)
        for axis in AXES
        for k in FIRST_WRONG
    ),
]


def by_name(name: str) -> Mutant:
    """The mutant called `name`; KeyError where there is none."""
    for mutant in MUTANTS:
        if mutant.name == name:
            return mutant
    raise KeyError(f"no mutant is called {name!r}")


def register(mutant: Mutant) -> None:
    """Add a mutant of one's own to those that `backproof selftest` runs. ValueError if the name is taken."""
    if any(known.name == mutant.name for known in MUTANTS):
        raise ValueError(f"a mutant called {mutant.name!r} is registered already; choose another name")
    MUTANTS.append(mutant)
