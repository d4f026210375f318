"""The verifier verified: every wrong engine must be caught by a check that names an unequal value, and the right engine
must never be flagged.

An exception is not a catch. Every mutant first agrees with the right engine on some graph, so that it is a fault and
not a wreck. The last check plants a fault of known size and asks the (possibly wrong) verifier to find it: that is how
a verifier that forgives is caught.

>>> trial = try_mutant(by_name("last consumer only"), trial_cases(0, 12))
>>> trial.caught, trial.killed_by[0]
(True, 'Theorem 2, rational')
>>> try_mutant(Mutant("nothing wrong", "the right engine", "backward", Routes()), trial_cases(0, 12)).caught
False
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from backproof.engine import Graph, backward, forward, jacobians, leaf, number_system, vertex
from backproof.verify.blame.diagnosis import as_a_whole, diagnose
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.coverage import FUNCTIONS
from backproof.verify.cases.draws import case_around, usual_case
from backproof.verify.cases.large import large_cases
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.selftest.mutants import Mutant, by_name
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import CLAIM_CERTIFIED
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict

COUNTED, PLANTED = "paths counted", "planted fault"
BACKWARD = ("Theorem 2, rational", "Theorem 2, float64", "Theorem 2, ball", "Theorem 2, mpmath")
CERTIFIED, WITNESSED = "Theorem 1, ball", "Theorem 1, mpmath"
CHECKS = (*BACKWARD, CERTIFIED, WITNESSED, COUNTED, PLANTED)
LARGEST = 8  # vertices: every mutant of today shows on 6 or fewer, and small cases are fast and easy to look at
RANDOM_CASES = 160  # chosen: 48 of those of seed 0 are small enough, beside the one around every function
BALL_BITS = 300  # about what `check_case` gives its balls: 50 digits and 160 bits more


@dataclass(frozen=True)
class Trial:
    """What became of one mutant: the graph on which it agrees with the right engine, the checks that killed it, and the
    smallest graph that did. It was to be tried on `planned` cases and judged on `judged`: on the others it crashed.
    """

    mutant: str
    words: str
    part: str
    agrees_on: str | None
    killed_by: tuple[str, ...]
    vertices: int | None
    killer: str | None
    replay: str | None
    diagnosis: str | None = None
    planned: int = 0
    judged: int = 0

    @property
    def caught(self) -> bool:
        """It agrees somewhere, and a check names an unequal value elsewhere."""
        return self.agrees_on is not None and bool(self.killed_by)


def trial_cases(seed: int, count: int = RANDOM_CASES) -> tuple[Case, ...]:
    """The cases that mutants are tried on, the smallest first: the lecture's, one around every function, and the small
    ones of `count` random ones.
    """
    drawn = [usual_case(seed, index) for index in range(count)]
    around = [case_around(function, seed, LARGEST) for function in FUNCTIONS]
    chosen = [*lecture_cases(), _diamond_behind_a_vertex(), _two_matrices(), *around, *(case for case in drawn if case.graph.n <= LARGEST)]
    return tuple(sorted(chosen, key=lambda case: case.graph.n))


def _diamond_behind_a_vertex() -> Case:
    """Two branches meet in a vertex that is not a leaf: an adjoint passed on too early is missing one of them."""
    branches = (vertex("b", "square", (2,)), vertex("c", "negate", (2,)))
    graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), *branches, vertex("o", "add", (3, 4))))
    return make_case("a diamond behind a vertex", "random", graph, [3])


def _two_matrices() -> Case:
    """Two matrices that do not commute, and the adjoint of a whole vector: what multiplies from the wrong side comes
    out different.
    """
    first, second = [[[1.0, 2.0], [0.0, 1.0]]], [[[1.0, 0.0], [3.0, 1.0]]]
    graph = Graph(1, (leaf("x", (2,)), vertex("a", "weighted_sum", (1,), weights=first), vertex("o", "weighted_sum", (2,), weights=second)))
    return make_case("two matrices", "random", graph, [[1, 2]], cotangent=[[1, 0], [0, 1]])


@cache
def _large_cases() -> tuple[Case, ...]:
    """The fewest vertices first; the case with many consumers, which takes longest, last."""
    return tuple(sorted(large_cases(), key=lambda case: (case.graph.n, len(case.graph.edges))))


def agreeable_cases() -> tuple[Case, ...]:
    """Graphs so plain that most faults do not show on them, the least plain first."""
    unused = Graph(2, (leaf("x"), leaf("y"), vertex("z", "square", (2,))))
    single = Graph(1, (leaf("x"), vertex("z", "square", (1,))))
    constant = Graph(1, (leaf("x"), vertex("c", "constant", value=2.0)))
    return (
        make_case("one function of one leaf", "random", single, [3]),
        make_case("one function of the second leaf", "random", unused, [5, 3]),
        make_case("a constant", "random", constant, [3]),
    )


def killed(result: CaseResult) -> tuple[str, ...]:
    """The checks that name an unequal value in this result."""
    found: list[str] = []
    for comparison in result.comparisons:
        if comparison.verdict is not Verdict.WRONG:
            continue
        if not comparison.failures:
            found.append(COUNTED)
        elif comparison.claim == CLAIM_ADJOINTS:
            found.append(f"Theorem 2, {comparison.system.split('(')[0]}")
        else:
            found.append(CERTIFIED if comparison.claim == CLAIM_CERTIFIED else WITNESSED)
    return tuple(dict.fromkeys(found))


def planted_fault_is_missed(routes: Routes) -> bool:
    """Whether a verifier with these routes calls an engine right whose small derivatives are wrong by one part in a
    thousand.

    The derivative is about 10⁻⁸, so that any hidden absolute tolerance swallows the fault.
    """
    graph = Graph(1, (leaf("x"), vertex("a", "weighted_sum", (1,), weights=[[[2.0**-27]]]), vertex("o", "square", (2,))))
    case = make_case("planted", "random", graph, [Fraction(1, 2)])
    wrong = by_name("relative error 1e-3").routes
    late = by_name("edge Jacobian off by 1e-9").routes
    verifier = dataclasses.replace(routes, forward=forward, jacobians=jacobians, backward=backward)
    backward_found = killed(check_case(case, dataclasses.replace(verifier, backward=wrong.backward)))
    jacobian_found = killed(check_case(case, dataclasses.replace(verifier, jacobians=late.jacobians)))
    return not (set(BACKWARD) <= set(backward_found) and {CERTIFIED, WITNESSED} <= set(jacobian_found))


def try_mutant(mutant: Mutant, cases: Sequence[Case]) -> Trial:
    """Run one mutant on the cases (smallest first); one that shows on large graphs only on the large cases of every run,
    until it shows, without differences."""
    agrees = next((case.name for case in agreeable_cases() if _verdict(case, mutant.routes) is Verdict.CORRECT), None)
    found: list[str] = []
    smallest: Case | None = None
    diagnosis: str | None = None
    planned = judged = 0
    for case in _large_cases() if mutant.large else cases:
        if smallest is not None and mutant.large:
            break
        planned += 1
        try:
            result = check_case(case, mutant.routes, witness=Witness.NONE if mutant.large else None)
            by = killed(result)
        except Exception:  # a crash is not a catch
            continue
        judged += 1
        if by and smallest is None:
            smallest = case
            diagnosis = None if mutant.part in ("verifier", "sizes") else diagnosed(result, mutant.routes)
        found += [check for check in by if check not in found]
    if planted_fault_is_missed(mutant.routes):
        found.append(PLANTED)
    return Trial(
        mutant=mutant.name,
        words=mutant.words,
        part=mutant.part,
        agrees_on=agrees,
        killed_by=tuple(sorted(found, key=CHECKS.index)),
        vertices=None if smallest is None else smallest.graph.n,
        killer=None if smallest is None else smallest.name,
        replay=None if smallest is None else replay_id(smallest),
        diagnosis=diagnosis,
        planned=planned,
        judged=judged,
    )


def diagnosed(result: CaseResult, routes: Routes) -> str:
    """What is wrong and where, from the wrong adjoints (and values) in the first number system that shows it; in a
    fault without a single place, what explains it everywhere.
    """
    name = next(comparison.system for comparison in result.comparisons if comparison.verdict is Verdict.WRONG)
    system = real_ball_system(BALL_BITS) if name == "ball" else number_system(name)
    found = diagnose(result.case, routes, system)
    return found.sentence + as_a_whole(found)


def _verdict(case: Case, routes: Routes) -> Verdict | None:
    try:
        return check_case(case, routes).verdict
    except Exception:  # a mutant that crashes here agrees elsewhere or nowhere
        return None


def false_alarms(cases: Sequence[Case]) -> list[str]:
    """The names of the cases on which the right engine is flagged."""
    return [case.name for case in cases if check_case(case).verdict is not Verdict.CORRECT]


def try_by_name(name: str, cases: Sequence[Case]) -> Trial:
    """Run the mutant of this name on the cases, in whatever process."""
    return try_mutant(by_name(name), cases)


def survivors_without(trials: Sequence[Trial], check: str) -> list[str]:
    """The mutants that would survive if `check` were deleted: those that nothing else kills."""
    return [trial.mutant for trial in trials if trial.killed_by == (check,)]
