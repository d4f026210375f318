"""One call of an engine in this process: `ask(engine, case)` is an `Answer`, adjoints or how the call ended without.

The engine gets a graph, leaf values and a cotangent of its own for each call. Whatever it raises is its answer: an
exception, SystemExit, a MemoryError; only NotImplementedError says *unsupported*. KeyboardInterrupt passes where the
user pressed Ctrl-C (also where the engine caught it), and is an exception like others where the engine raised it
itself; one that sends the signal to its own process cannot be told from the user. What it returns is read by
`contract.py`; where that, the inputs or the folder are not as they must be, the call has no adjoints.

What a call leaves behind is put back before anything is judged: floating-point error handling, filters of warnings, the
precision of `decimal`, mpmath and flint, the recursion limit, the standard streams, the handler of Ctrl-C, the folder.
*Not guarded in this process* are what an engine does to modules (a patched NumPy, a patched verifier), to what it finds
in the frames of its callers, to the process (threads, limits, closed files, `os._exit`, a signal) and to time (a hang);
`backproof oracle` asks it in a process of its own, which holds no judge. Random states stay what the engine made of
them: to put them back would hide that it depends on them.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> case = lecture_cases()[0]
>>> ask(lambda graph, leaves, cotangent: {1: 4.0, 2: 11.0}, case).p
{1: array([[4.]]), 2: array([[11.]])}
>>> stopped = ask(lambda graph, leaves, cotangent: exit(0), case)
>>> stopped.ending, stopped.p
(<Ending.EXIT: 'exit'>, {})
>>> ask(lambda graph, leaves, cotangent: {1: 4.0}, case).problem
"no adjoint of leaf 'u₂' (vertex 2) was returned; expected 1 × 1 real numbers, or None where nothing depends on it"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from backproof.engine import Graph
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case
from backproof.verify.engine_oracle.contract import ContractError, read_adjoints
from backproof.verify.engine_oracle.foreign import own_words, quoted, raised
from backproof.verify.engine_oracle.left_behind import Interrupts, put_back
from backproof.verify.engine_oracle.target import Engine
from backproof.verify.time_limits import OURS


class Ending(StrEnum):
    """How a call of an engine ended, where not with adjoints. UNSUPPORTED leaves a case open; each other one is
    WRONG.
    """

    CONTRACT = "contract"  # it returned what it may not return, or changed its inputs
    RAISED = "exception"
    EXIT = "exit"  # it ended its process: sys.exit, os._exit
    SIGNAL = "signal"  # its process was killed
    HANG = "hang"
    MEMORY = "memory"
    FOLDER = "changed folder"
    PATCHED = "patched verifier"
    UNSUPPORTED = "unsupported"  # NotImplementedError, raised by the call; raised by what it returned, it is CONTRACT


@dataclass(frozen=True)
class Answer:
    """What came of one call: the adjoints by vertex, float64, rows × d_j; or none, an `ending`, and the `problem` in one
    bounded line.
    """

    p: Mapping[int, Array] = field(default_factory=dict[int, Array])
    ending: Ending | None = None
    problem: str = ""


Asked: TypeAlias = Callable[[Case], Answer]
"""One call of an engine, however it is reached."""


def ask(engine: Engine, case: Case) -> Answer:
    """Call the engine once on a case whose numbers are floats. Nothing is raised but the user's KeyboardInterrupt, and
    a limit that is the caller's (`verify/time_limits.py`).
    """
    graph = case.graph
    given = (*leaf_arrays(case), cotangent_matrix(case))
    before, leaves = [array.copy() for array in given], list(given[:-1])
    with put_back() as folders:
        answer = _called(lambda: read_adjoints(engine(_copy(graph), leaves, given[-1]), graph, len(before[-1])))
    if answer.ending is not None:
        return answer
    if folders:
        return Answer({}, Ending.FOLDER, f"the engine left its process in another folder, {quoted(folders[0])}")
    changed = _changed(graph, given, before, leaves)
    return answer if changed is None else Answer({}, Ending.CONTRACT, f"the engine changed {changed} in place")


def _called(adjoints: Callable[[], Mapping[int, Array]]) -> Answer:
    """The adjoints that somebody's code gives, or how it ended."""
    interrupts = Interrupts()
    try:
        with interrupts:
            answer = Answer(adjoints())
    except NotImplementedError as error:
        answer = Answer({}, Ending.UNSUPPORTED, f"the engine raised {raised(error)}; --functions names those that it has")
    except ContractError as error:
        answer = Answer({}, Ending.CONTRACT, own_words(error, ContractError))
    except SystemExit as error:
        answer = Answer({}, Ending.EXIT, f"the engine ended the process that called it: {raised(error)}")
    except MemoryError as error:
        answer = Answer({}, Ending.MEMORY, f"the engine ran out of memory: {raised(error)}")
    except OURS:
        raise
    except BaseException as error:  # whatever somebody's engine raises
        answer = Answer({}, Ending.RAISED, f"the engine raised {raised(error)}")
    if interrupts.pressed:
        raise KeyboardInterrupt
    return answer


def leaf_arrays(case: Case) -> list[Array]:
    """The leaf values as an engine gets them."""
    graph = case.graph
    return [
        np.array(value, dtype=np.int64 if graph.is_discrete(i) else np.float64).reshape(graph.shape(i))
        for i, value in enumerate(case.leaves, start=1)
    ]


def cotangent_matrix(case: Case) -> Array:
    """p_n with its rows; the identity where the case has none."""
    width = case.graph.dimension(case.graph.n)
    return np.eye(width) if case.cotangent is None else np.array(case.cotangent, dtype=np.float64).reshape(-1, width)


def _copy(graph: Graph) -> Graph:
    """A graph of the engine's own: what it does to it does not reach the judge."""
    return Graph(graph.l, graph.vertices, graph.edges)


def _changed(graph: Graph, given: Sequence[Array], before: Sequence[Array], leaves: Sequence[Array]) -> str | None:
    """Which of its inputs the engine changed, in words."""
    if len(leaves) != len(given) - 1 or any(now is not was for now, was in zip(leaves, given, strict=False)):
        return "the list of leaf values"
    for number, (now, was) in enumerate(zip(given, before, strict=True), start=1):
        if now.shape != was.shape or now.dtype != was.dtype or now.tobytes() != was.tobytes():
            return f"the value of leaf {quoted(graph.name(number))} (vertex {number})" if number <= graph.l else "the cotangent"
    return None
