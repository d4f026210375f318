"""What a theorem of this suite is: data that a person can read and a program can check.

A `Theorem` has a label, a statement, its hypotheses by name, the labels it `uses`, its place in the lecture, and its
proof `steps`. A step is an equation: where it is claimed, its left side and its right side. The sides are written with
`theorems.quantities` (derivatives, edge Jacobians, path sums, adjoints), which `verify` computes and hands over; no
theorem computes one itself.

>>> step = Step("empty", "L15", "P(i,i) is I", "P(i,i) = I", lambda q: q.leaves, lambda q, i: q.path_sum(i, i), lambda q, i: q.identity(i))
>>> step.name
'empty'
>>> Theorem("loop", "A theorem that uses itself", "L0", "…", "…", (), (step,), uses=("loop",))
Traceback (most recent call last):
    ...
ValueError: theorem 'loop' uses itself
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from backproof.engine.in_words import brief, counted, screenful
from backproof.engine.presenter import presenter
from backproof.theorems.quantities import Quantities

Pair: TypeAlias = tuple[int, int]
"""A leaf j and a vertex k that may depend on it."""

Place: TypeAlias = Any
"""Where a step is claimed: a vertex, an edge, a pair …, whatever both sides of the step take."""

Places: TypeAlias = Callable[[Quantities], Iterable[Place]]
Side: TypeAlias = Callable[[Quantities, Place], object]


@dataclass(frozen=True, repr=False)
class Step:
    """One equation of a proof, claimed at every one of `places`: `left` = `right`.

    A side is a `Matrix`, or plain data compared with ==. `formal` names the lemma of the formal development that proves
    it for all graphs.
    """

    name: str
    source: str
    words: str
    latex: str
    places: Places
    left: Side
    right: Side
    formal: str | None = None

    def __repr__(self) -> str:
        return brief("Step", self.name, self.source, self.words)


@dataclass(frozen=True)
class Hypothesis:
    """What a theorem presupposes, by name."""

    name: str
    words: str


@dataclass(frozen=True, repr=False)
class Theorem:
    """One statement of the lecture, or a fact that follows, with its proof steps.

    `claim` names the step that is the statement itself. ValueError if it uses itself, two steps share a name, or no
    step is called `claim`.
    """

    label: str
    title: str
    source: str
    words: str
    latex: str
    hypotheses: tuple[Hypothesis, ...]
    steps: tuple[Step, ...]
    uses: tuple[str, ...] = ()
    claim: str | None = None
    formal: str | None = None

    def __post_init__(self) -> None:
        if self.label in self.uses:
            raise ValueError(f"theorem {self.label!r} uses itself")
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise ValueError(f"theorem {self.label!r} has two steps of one name: {', '.join(names)}")

        if self.claim is not None and self.claim not in names:
            raise ValueError(f"theorem {self.label!r} has no step {self.claim!r} that could state it; steps: {', '.join(names)}")

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.title} ({self.source})"

    @property
    def statement(self) -> Step:
        """The step whose equation is the theorem itself (`claim`; the last one if none is named): its evidence is the
        theorem's.
        """
        return next(step for step in self.steps if step.name == (self.claim or self.steps[-1].name))

    def _repr_html_(self) -> str:
        return presenter().in_a_notebook(self)

    def __repr__(self) -> str:
        return brief("Theorem", self.label, self.name, counted(len(self.steps), "step"))

    def __str__(self) -> str:
        presupposed = [f"  if {one.name}: {one.words}" for one in self.hypotheses]
        steps = [f"  {step.name} ({step.source}): {step.words}" for step in self.steps]
        return screenful([self.name, f"  {self.words}", *presupposed, *steps], "lines: theorem.steps")


DAG = Hypothesis("acyclic", "edges go upward: (j, i) ∈ E implies j < i (L10)")
PARENTS_ONLY = Hypothesis("parents only", "fⁱ reads its parents and nothing else (L10)")
DIFFERENTIABLE = Hypothesis("differentiable", "every local function is differentiable at the values of the forward pass")
LOCAL = Hypothesis("local Jacobians", "the Jacobian on an edge (j, i) is the derivative of fⁱ with respect to u_j at those values (L13)")
SEED = Hypothesis("seed", "p_n is given; it is 1 for the lecture's scalar output")
