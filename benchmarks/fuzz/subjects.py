"""What is tried: documents, replay lines, lines files, results files and an engine's answers. A subject makes input number `number` of a seed and runs it.

>>> with opened("document", timeout=1.0) as subject:
...     outcome = subject.attempt(subject.make(0, 0))
>>> outcome.subject, faults(outcome)
('document', [])
>>> opened("letter")
Traceback (most recent call last):
    ...
ValueError: unknown subject 'letter'; known: document, replay, lines, results, answer
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import resource
import tempfile
import time
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import numpy as np

from backproof.engine import backward, forward, jacobians
from backproof.engine.documents import from_document, to_document
from backproof.reports.document import ResultsError, load_results
from backproof.verify.campaign import run as campaign
from backproof.verify.cases.case import Case, to_case_document
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import PREFIX, from_replay_id, replay_id
from backproof.verify.commands import verify as verify_command
from backproof.verify.commands.main import run_command
from backproof.verify.engine_oracle.trial import check_engine
from backproof.verify.three_way.witness import Witness
from benchmarks.fuzz.expensive import EXPENSIVE, SIZES
from benchmarks.fuzz.mutate import HOSTILE, flipped, junk, structural
from benchmarks.fuzz.outcomes import Outcome, faults

__all__ = ["SUBJECTS", "Made", "Subject", "faults", "from_replay_id", "opened"]

SEEDS = 12  # random cases that are damaged; chosen: most functions and families occur
SHARES = (("structural", 58), ("bytes", 33), ("junk", 3), ("expensive", 6))
"""Of a hundred inputs, how many are damaged how."""
BOMBS = 5  # of a hundred replay lines, how many unpack to far more than they are


@dataclass(frozen=True)
class Made:
    """An input: how it was damaged, and what it is."""

    kind: str
    data: Any


@dataclass(frozen=True)
class Subject:
    """`make(seed, number)` is input number `number` of a seed, `attempt(made)` what becomes of it."""

    name: str
    make: Callable[[int, int], Made]
    attempt: Callable[[Made], Outcome]


@cache
def _cases() -> tuple[Case, ...]:
    return (*lecture_cases(), *(usual_case(0, number) for number in range(SEEDS)))


@cache
def _documents() -> tuple[Any, ...]:
    """Cases and bare graphs, as documents."""
    return (*map(to_case_document, _cases()), *(to_document(case.graph) for case in _cases()))


def _kind(rng: Random) -> str:
    at = rng.randrange(100)
    for kind, share in SHARES:
        at -= share
        if at < 0:
            return kind
    return "structural"


def _expensive(rng: Random) -> Any:
    return EXPENSIVE[rng.choice(list(EXPENSIVE))](rng.choice(SIZES))


def _text(document: Any) -> bytes:
    return json.dumps(document).encode()


def make_document(seed: int, number: int) -> Made:
    """A damaged document of a case or a graph, as bytes."""
    rng = Random(f"document {seed} {number}")
    kind = _kind(rng)
    if kind == "expensive":
        return Made(kind, _text(_expensive(rng)))
    if kind == "junk":
        return Made(kind, junk(rng).encode("utf-8", "surrogatepass"))
    document = rng.choice(_documents())
    return Made(kind, _text(structural(document, rng)) if kind == "structural" else flipped(_text(document), rng))


def _packed(raw: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(zlib.compress(raw, 6)).decode().rstrip("=")


def make_replay(seed: int, number: int) -> Made:
    """A damaged replay line: of a damaged document, with flipped characters, or one that unpacks to megabytes."""
    rng = Random(f"replay {seed} {number}")
    if rng.randrange(100) < BOMBS:
        unit = rng.choice((b"{},", b"[", b" ", b"0,", b'{"a":[]},', b'"",'))
        return Made("bomb", _packed(b"[" + unit * rng.choice((10**5, 10**6, 4 * 10**6)) + b"0]"))
    if rng.random() < 0.55:
        return Made("document", _packed(make_document(seed, number).data))
    line = replay_id(rng.choice(_cases())).encode()
    return Made("bytes", PREFIX + flipped(line[len(PREFIX) :], rng).decode("latin-1"))


def make_results(base: bytes, seed: int, number: int) -> Made:
    """A damaged results file, as bytes."""
    rng = Random(f"results {seed} {number}")
    kind = _kind(rng)
    if kind in ("junk", "expensive"):
        return Made("junk", junk(rng).encode("utf-8", "surrogatepass"))
    return Made(kind, _text(structural(json.loads(base), rng)) if kind == "structural" else flipped(base, rng))


def make_lines(base: bytes, seed: int, number: int) -> Made:
    """A damaged lines file, as bytes: values in a line, whole lines, or bytes."""
    rng = Random(f"lines {seed} {number}")
    lines = base.splitlines(keepends=True)
    kind = rng.choice(("structural", "structural", "lines", "bytes", "bytes", "junk"))
    if kind == "structural":
        at = rng.randrange(len(lines))
        lines[at] = _text(structural(json.loads(lines[at]), rng)) + b"\n"
    elif kind == "lines":
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines = rng.choice(([*lines, lines[at]], lines[:at] + lines[at + 1 :], lines[to:] + lines[:to], [*lines, b"{}\n", b"[1]\n"]))
    elif kind == "junk":
        lines.insert(rng.randrange(len(lines) + 1), junk(rng).encode("utf-8", "surrogatepass") + b"\n")
    whole = b"".join(lines)
    return Made(kind, flipped(whole, rng) if kind == "bytes" else whole)


class Odd:
    """What no gradient is: it raises wherever it is touched."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(HOSTILE)

    def __array__(self, *given: Any, **named: Any) -> Any:
        raise RuntimeError(HOSTILE)


def make_answer(seed: int, number: int) -> Made:
    """What an engine answers to a case: the right adjoints, damaged."""
    rng = Random(f"answer {seed} {number}")
    case = rng.choice(_cases())
    graph = case.graph
    right: dict[Any, Any] = dict(
        backward(graph, jacobians(graph, forward(graph, [list(map(float, x)) for x in case.leaves])), case.cotangent)
    )
    strange: Sequence[Any] = (
        *(None, 1.5, "1.5", b"1", [], {}, set[int](), [[1.0]], [[[[1.0]]]], 1 + 5j, True, Odd(), object, HOSTILE, 10**400, float("nan")),
        *(np.array([[np.inf]]), np.array([["1.5"]]), np.array([[1 + 2j]]), np.ma.masked_array([[1.0]], mask=[[True]]), np.zeros((0, 3))),
        *(np.array([[None]]), np.array([["2020-01-01"]], dtype="datetime64[D]"), np.zeros((1, 1), dtype=[("a", "f8")]), np.float64(3)),
    )
    changes: Sequence[Callable[[Any], Any]] = (
        lambda value: rng.choice(strange),
        lambda value: value * rng.choice((0.0, -1.0, 2.0, 1 + 1e-9, np.inf, np.nan, 1e300)),
        lambda value: value.reshape(-1),
        lambda value: value.T,
        lambda value: value.astype(rng.choice(("float32", "float16", "complex128", "int64", "object", "str"))),
        lambda value: value.tolist(),
        lambda value: np.concatenate([value, value]),
    )
    for _ in range(rng.choice((1, 1, 2, 4))):
        key = rng.choice(list(right))
        if rng.random() < 0.15:
            right.pop(key)
        elif rng.random() < 0.15:
            right[rng.choice((0, -1, 10**6, "1", None, 1.0, (1,), HOSTILE))] = right[key]
        elif isinstance(right[key], np.ndarray) and right[key].dtype == np.float64:
            with np.errstate(all="ignore"):
                right[key] = rng.choice(changes)(right[key])
        if not right:
            break
    answer = rng.choice(strange) if rng.random() < 0.1 else right
    return Made("answer", (case, answer))


def ran(subject: str, folder: Path, arguments: Sequence[str]) -> Outcome:
    """One command line in this process: its exit code, what it printed, and what it left in the folder."""
    before = {path.name for path in folder.iterdir()}
    out, err, error, code = io.StringIO(), io.StringIO(), None, None
    started = time.monotonic()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_command(list(arguments))
    except BaseException as raised:
        error = f"{type(raised).__name__}: {raised}"[:300]
    left = tuple(sorted({path.name for path in folder.iterdir()} - before))
    return Outcome(subject, code, out.getvalue(), err.getvalue(), time.monotonic() - started, error, held(), left)


def held() -> int:
    """The most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def called(subject: str, function: Callable[[], Any], documented: tuple[type[BaseException], ...] = ()) -> Outcome:
    """One call in this process; a documented exception is a refusal in its words."""
    out, err = io.StringIO(), io.StringIO()
    code, said, error = 0, "", None
    started = time.monotonic()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            said, code = function(), 0
    except documented as refused:
        said, code = str(refused), 4
    except BaseException as raised:
        code, error = None, f"{type(raised).__name__}: {raised}"[:300]
    return Outcome(subject, code, out.getvalue(), err.getvalue() + (said or ""), time.monotonic() - started, error, held())


def _load(path: Path) -> str:
    load_results(path)
    return ""


def _judge(made: Made) -> str:
    """The sentences of the comparisons, of which each must be a line."""
    case, answer = made.data
    result = check_engine(case, lambda graph, leaves, cotangent: answer)
    return "\n".join(comparison.sentence or "" for comparison in result.comparisons)


@contextmanager
def _folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@contextmanager
def _document(timeout: float) -> Generator[Subject]:
    with _folder() as folder:
        file = folder / "d.json"

        def attempt(made: Made) -> Outcome:
            file.write_bytes(made.data)
            return ran("document", folder, ["replay", str(file), "--no-color", "--timeout", str(timeout)])

        yield Subject("document", make_document, attempt)


@contextmanager
def _replay(timeout: float) -> Generator[Subject]:
    with _folder() as folder:
        yield Subject(
            "replay", make_replay, lambda made: ran("replay", folder, ["replay", made.data, "--no-color", "--timeout", str(timeout)])
        )


@contextmanager
def _small_suite(folder: Path) -> Generator[Path]:
    """A suite of one named and one random case, without the steps, witnesses, graphs and derivations that every run adds; and its lines file."""
    small: tuple[tuple[Any, str, Any], ...] = (
        (verify_command, "named_cases", lambda seed: (lecture_cases()[:1], [])),
        (verify_command, "check_all", lambda *given, **named: ()),
        (verify_command, "derivation_records", lambda *given, **named: ()),
        (campaign, "findings_within_limits", lambda *given, **named: ()),
        (campaign, "_witness", lambda *given, **named: Witness.NONE),
    )
    with ExitStack() as stack:
        for where, name, value in small:
            stack.enter_context(mock.patch.object(where, name, value))
        made = ran("lines", folder, [*SMALL, "--json", str(folder / "base.json")])
        if made.code != 0:
            raise RuntimeError(f"the small suite ends with exit {made.code}: {made.stderr} {made.error}")
        yield folder / "base.jsonl"


SMALL = ("verify", "--cases", "1", "--jobs", "1", "--dtype", "float64", "--no-color")


@contextmanager
def _lines(timeout: float) -> Generator[Subject]:
    with _folder() as folder, _small_suite(folder) as base:
        file, raw = folder / "l.jsonl", base.read_bytes()

        def attempt(made: Made) -> Outcome:
            file.write_bytes(made.data)
            return ran("lines", folder, [*SMALL, "--resume", str(file)])

        yield Subject("lines", partial(make_lines, raw), attempt)


@contextmanager
def _results(timeout: float) -> Generator[Subject]:
    with _folder() as folder:
        file, base = folder / "r.json", folder / "base.json"
        run_quietly = ran("results", folder, ["replay", replay_id(lecture_cases()[0]), "--json", str(base)])
        raw = base.read_bytes() if run_quietly.code == 0 else b""

        def attempt(made: Made) -> Outcome:
            file.write_bytes(made.data)
            return called("results", lambda: _load(file), (ResultsError,))

        yield Subject("results", partial(make_results, raw), attempt)


@contextmanager
def _answer(timeout: float) -> Generator[Subject]:
    yield Subject("answer", make_answer, lambda made: called("answer", lambda: _judge(made)))


SUBJECTS: dict[str, Callable[[float], AbstractContextManager[Subject]]] = {
    "document": _document,
    "replay": _replay,
    "lines": _lines,
    "results": _results,
    "answer": _answer,
}


def opened(name: str, timeout: float = 5.0) -> AbstractContextManager[Subject]:
    """A subject, ready to be tried; `timeout` in seconds for the check of a case. ValueError for one that is not known."""
    if name not in SUBJECTS:
        raise ValueError(f"unknown subject {name!r}; known: {', '.join(SUBJECTS)}")
    return SUBJECTS[name](timeout)


def is_valid(made: Made) -> bool:
    """Whether a document is that of a graph or a case, by its form: the graph can be made."""
    try:
        document = json.loads(made.data)
        from_document(document.get("graph", document))
    except (ValueError, AttributeError, RecursionError):
        return False
    return True
