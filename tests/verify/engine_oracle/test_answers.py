"""One call: how it ended, whatever the engine does, and what it leaves behind. Each hostile engine is one row."""

from __future__ import annotations

import ctypes
import decimal
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any

import flint
import mpmath
import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.engine_oracle.answers import Answer, Ending, ask
from backproof.verify.engine_oracle.foreign import LONGEST_OWN
from backproof.verify.engine_oracle.trial import check_engine, nothing_to_tell
from backproof.verify.verdicts import Reason, Verdict

GRAPH = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (2, 3))))
L11 = make_case("L11", "lecture", GRAPH, [3, 4])
RIGHT = {1: 4.0, 2: 11.0, 3: 4.0, 4: 1.0}

Act = Callable[..., Any]


def right(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> dict[int, Array]:
    return dict(backward(graph, jacobians(graph, forward(graph, leaves)), cotangent))


def raising(error: BaseException | type[BaseException]) -> Act:
    def engine(*_: Any) -> Any:
        raise error

    return engine


class Wordless(Exception):
    def __str__(self) -> str:
        raise SystemExit


class Traceless(Exception):
    @property
    def __traceback__(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        raise ZeroDivisionError


def deep(*given: Any) -> Any:
    return deep(*given)


def huge(*_: Any) -> Any:
    return np.ones(10**17)


def warns(*_: Any) -> Any:
    warnings.warn(RuntimeWarning("overflow encountered"), stacklevel=1)
    return RIGHT


def strict(*_: Any) -> Any:
    warnings.simplefilter("error")
    return warns()


def generator(*_: Any) -> Iterator[Any]:
    yield RIGHT


async def later(*_: Any) -> Any:
    return RIGHT


ENDINGS: list[tuple[Act, Ending, str]] = [
    (raising(ValueError("two\nlines")), Ending.RAISED, "the engine raised ValueError: two\\nlines (test_answers.py:"),
    (raising(ZeroDivisionError), Ending.RAISED, "the engine raised ZeroDivisionError (test_answers.py:"),
    (raising(BaseException("bare")), Ending.RAISED, "the engine raised BaseException: bare"),
    (raising(GeneratorExit), Ending.RAISED, "the engine raised GeneratorExit"),
    (raising(StopIteration(5)), Ending.RAISED, "the engine raised StopIteration: 5"),
    (raising(KeyboardInterrupt), Ending.RAISED, "the engine raised KeyboardInterrupt"),
    (raising(RecursionError("deep")), Ending.RAISED, "the engine raised RecursionError: deep"),
    (raising(AssertionError()), Ending.RAISED, "the engine raised AssertionError (test_answers.py:"),
    (raising(BaseExceptionGroup("several", [SystemExit(0)])), Ending.RAISED, "the engine raised BaseExceptionGroup: several"),
    (raising(Wordless()), Ending.RAISED, "Wordless, whose message cannot be read: its __str__ raised SystemExit (test_answers.py:"),
    (raising(Traceless("here")), Ending.RAISED, "the engine raised Traceless: here (test_answers.py:"),
    (raising(UnicodeError("\ud800 \x1b]0;title\x07 \u202e")), Ending.RAISED, "UnicodeError: \\ud800 \\x1b]0;title\\x07 \\u202e"),
    (raising(ValueError("x" * 26_000_000)), Ending.RAISED, "the engine raised ValueError: xxx"),
    (raising(type("two\nlines", (Exception,), {})()), Ending.RAISED, "the engine raised two\\nlines"),
    (raising(RuntimeWarning("w")), Ending.RAISED, "the engine raised RuntimeWarning: w"),
    (deep, Ending.RAISED, "the engine raised RecursionError: maximum recursion depth exceeded"),
    (strict, Ending.RAISED, "the engine raised RuntimeWarning: overflow encountered"),
    (lambda: RIGHT, Ending.RAISED, "the engine raised TypeError: "),
    (int, Ending.RAISED, "the engine raised TypeError: int() takes at most 2 arguments (3 given)"),
    (raising(SystemExit(0)), Ending.EXIT, "the engine ended the process that called it: SystemExit: 0 (test_answers.py:"),
    (raising(SystemExit), Ending.EXIT, "the engine ended the process that called it: SystemExit (test_answers.py:"),
    (lambda *_: sys.exit("all tests passed\nCORRECT"), Ending.EXIT, "SystemExit: all tests passed\\nCORRECT"),
    (raising(MemoryError()), Ending.MEMORY, "the engine ran out of memory: MemoryError (test_answers.py:"),
    (huge, Ending.MEMORY, "the engine ran out of memory: "),
    (raising(NotImplementedError("tanh")), Ending.UNSUPPORTED, "the engine raised NotImplementedError: tanh (test_answers.py:"),
    (generator, Ending.CONTRACT, "the engine must return a mapping from vertices to adjoints, found generator"),
    (lambda *_: Answer(), Ending.CONTRACT, "found Answer"),
]


@pytest.mark.parametrize(("engine", "ending", "words"), ENDINGS, ids=[words[-40:] for _, _, words in ENDINGS])
def test_whatever_an_engine_raises_or_returns_is_its_answer(engine: Any, ending: Ending, words: str) -> None:
    result = check_engine(L11, engine)
    (comparison,) = result.comparisons
    unsupported = ending is Ending.UNSUPPORTED
    assert result.verdict is (Verdict.INCONCLUSIVE if unsupported else Verdict.WRONG)
    assert (comparison.ending, comparison.reason) == (ending, Reason.UNSUPPORTED if unsupported else None)
    assert words in comparison.detail
    assert comparison.detail.isprintable()
    assert len(comparison.detail) <= LONGEST_OWN
    assert (comparison.sentence or "").startswith(f"{Reason.UNSUPPORTED if unsupported else ending}: ")


@pytest.mark.parametrize("error", [TimeoutError, MemoryError, ValueError])
def test_what_an_alarm_of_the_callers_raises_is_not_the_engines(alarm: Any, error: type[BaseException]) -> None:
    def slow(*_: Any) -> Any:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            pass
        return RIGHT

    alarm(0.1, error)
    with pytest.raises(error, match="their limit"):
        check_engine(L11, slow)
    assert check_engine(L11, raising(error)).verdict is Verdict.WRONG


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_coroutine_is_no_answer() -> None:
    engine: Any = later
    assert ask(engine, L11).problem.endswith("found coroutine")


def changed_value(g: Graph, x: list[Array], c: Array) -> Any:
    x[0][...] = 7
    return RIGHT


def changed_shape(g: Graph, x: list[Array], c: Array) -> Any:
    y: Any = x[1]
    y.shape = (1,)
    return RIGHT


def changed_dtype(g: Graph, x: list[Array], c: Array) -> Any:
    y: Any = x[1]
    y.dtype = np.int64
    return RIGHT


def changed_cotangent(g: Graph, x: list[Array], c: Array) -> Any:
    c *= -1
    return RIGHT


def emptied(g: Graph, x: list[Array], c: Array) -> Any:
    x.clear()
    return RIGHT


def exchanged(g: Graph, x: list[Array], c: Array) -> Any:
    x[0] = x[0].copy()
    return RIGHT


class Late:
    """Numbers that change an input when they are read."""

    def __init__(self, given: Array) -> None:
        self.given = given

    def __array__(self, *_: Any, **__: Any) -> Array:
        self.given += 1
        return np.array([4.0])


INPUTS: list[tuple[Act, str]] = [
    (changed_value, "the engine changed the value of leaf 'x' (vertex 1) in place"),
    (changed_shape, "the engine changed the value of leaf 'y' (vertex 2) in place"),
    (changed_dtype, "the engine changed the value of leaf 'y' (vertex 2) in place"),
    (changed_cotangent, "the engine changed the cotangent in place"),
    (emptied, "the engine changed the list of leaf values in place"),
    (exchanged, "the engine changed the list of leaf values in place"),
    (lambda g, x, c: {**RIGHT, 1: Late(x[1])}, "the engine changed the value of leaf 'y' (vertex 2) in place"),
]


@pytest.mark.parametrize(("engine", "words"), INPUTS, ids=[words for _, words in INPUTS])
def test_an_engine_that_changes_its_inputs_is_wrong(engine: Act, words: str) -> None:
    assert ask(engine, L11) == Answer({}, Ending.CONTRACT, words)
    assert check_engine(L11, engine).verdict is Verdict.WRONG


def test_inputs_that_are_handed_back_and_buffers_that_are_used_again_are_copied_at_once() -> None:
    buffer = np.zeros(1)

    def reused(g: Graph, x: Sequence[Array], c: Array) -> Any:
        buffer[0] = 4.0 if buffer[0] != 4.0 else 5.0
        return {1: buffer, 2: 11.0}

    first, again = ask(reused, L11), ask(reused, L11)
    assert (first.p[1][0, 0], again.p[1][0, 0]) == (4.0, 5.0)
    given: list[Array] = []

    def handed_back(g: Graph, x: Sequence[Array], c: Array) -> Any:
        given[:] = [*x, c]
        return {1: x[1], 2: 11.0, 4: c}

    answer = ask(handed_back, L11)
    for array in given:
        array[...] = -1
    assert (answer.p[1][0, 0], answer.p[4][0, 0]) == (4.0, 1.0)


def test_one_buffer_for_all_vertices_is_wrong() -> None:
    buffer = np.zeros(1)

    def shared(g: Graph, x: Sequence[Array], c: Array) -> Any:
        found = {}
        for j in (1, 2):
            buffer[0] = RIGHT[j]
            found[j] = buffer
        return found

    assert check_engine(L11, shared).verdict is Verdict.WRONG


def broken_graph(graph: Graph) -> None:
    """Everything that can be replaced in a graph, replaced."""
    for name, value in (("l", 1), ("vertices", graph.vertices[:2]), ("edges", ()), ("_children", ((),) * 4), ("_dimensions", (9,) * 4)):
        object.__setattr__(graph, name, value)
    object.__setattr__(graph.vertices[0], "discrete", True)
    for attributes in graph._attributes:  # pyright: ignore[reportPrivateUsage]
        attributes["exponent"] = 77


def test_what_an_engine_does_to_its_graph_does_not_reach_the_judge() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=3.0), vertex("z", "exp", (2,))))
    case = make_case("power", "replay", graph, [0.5])
    before = repr(graph), dict(graph.attributes(2))

    def hostile(given: Graph, x: Sequence[Array], c: Array) -> Any:
        p = right(given, x, c)
        broken_graph(given)
        return p

    assert check_engine(case, hostile).verdict is Verdict.CORRECT
    assert check_engine(case, lambda *_: {1: 0.0}).verdict is Verdict.WRONG
    assert (repr(graph), dict(graph.attributes(2))) == before


def left_behind(*given: Any) -> None:
    """What an engine may leave behind in a process, all of it."""
    np.seterr(all="raise")
    np.random.seed(0)
    random.seed(0)
    mpmath.mp.dps = 3
    flint.ctx.prec = 2
    decimal.getcontext().prec = 1
    sys.setrecursionlimit(2000)
    warnings.simplefilter("error")
    sys.stdout = sys.stderr = None  # pyright: ignore[reportAttributeAccessIssue]
    os.environ["PYTHONWARNINGS"] = "error"


DECIDABLE = list(islice((case for index in count() if nothing_to_tell(case := usual_case(4, index)) is None), 6))


@pytest.mark.parametrize("case", DECIDABLE, ids=lambda case: case.name)
def test_what_an_engine_leaves_behind_changes_no_verdict(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "")

    def careless(*given: Any) -> Any:
        p = right(*given)
        left_behind()
        return p

    def wrong(*given: Any) -> Any:
        return {j: 1.5 * p + 1 for j, p in careless(*given).items()}

    assert check_engine(case, careless).comparisons == check_engine(case, right).comparisons
    assert check_engine(case, wrong).verdict is Verdict.WRONG
    assert (mpmath.mp.dps, flint.ctx.prec, np.geterr()["over"]) == (15, 53, "warn")


def test_an_engine_that_changes_the_folder_is_wrong_and_the_folder_is_put_back(tmp_path: Path) -> None:
    before = os.getcwd()

    def wanders(*given: Any) -> Any:
        os.chdir(tmp_path)
        return right(*given)

    answer = ask(wanders, L11)
    assert answer.ending is Ending.FOLDER
    assert answer.problem.startswith("the engine left its process in another folder, '/")
    assert os.getcwd() == before
    assert check_engine(L11, wanders).verdict is Verdict.WRONG


def test_the_users_interrupt_passes_also_where_the_engine_catches_it() -> None:
    def caught(*_: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException:
            raise ValueError("I saw nothing") from None

    def swallowed(*_: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return RIGHT

    plain: Act = lambda *_: signal.raise_signal(signal.SIGINT)  # noqa: E731
    for engine in (caught, swallowed, plain):
        with pytest.raises(KeyboardInterrupt):
            check_engine(L11, engine)
    assert check_engine(L11, raising(KeyboardInterrupt)).verdict is Verdict.WRONG


def test_a_call_in_another_thread_ends_in_the_same_words() -> None:
    found: list[Answer] = []
    thread = threading.Thread(target=lambda: found.extend((ask(right, L11), ask(raising(KeyboardInterrupt), L11))))
    thread.start()
    thread.join()
    assert [answer.ending for answer in found] == [None, Ending.RAISED]


def test_an_exception_of_another_thread_sent_to_the_engine_is_its_own() -> None:
    """Also one that no `raise` raised."""

    def interrupted(*_: Any) -> Any:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(SystemExit))
        time.sleep(0)
        for number in range(10**6):
            assert number >= 0

    assert ask(interrupted, L11).ending is Ending.EXIT


def test_a_discrete_leaf_is_given_as_a_whole_number() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("k", discrete=True), vertex("o", "pick", (1, 2))))
    case: Case = make_case("pick", "replay", graph, [[1.0, 2.0, 3.0], [1]])
    kinds: list[Any] = []

    def looks(g: Graph, x: Sequence[Array], c: Array) -> Any:
        kinds[:] = [(value.dtype.kind, value.shape) for value in (*x, c)]
        return right(g, x, c)

    assert check_engine(case, looks).verdict is Verdict.CORRECT
    assert kinds == [("f", (3,)), ("i", ()), ("f", (1, 1))]
