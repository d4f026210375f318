"""What goes over the wire between backproof and an engine in a process of its own: cases in, adjoints out as plain
numbers. Nothing that is read here is executed.

A message is a header (`MAGIC`, the kind, the number of the call, 16 random bytes of that call, the length) and a body.
A case is JSON, as in a file; adjoints are little-endian float64 with their vertex, rows and columns. An answer counts
only if it repeats the number and the random bytes of the call that it answers, and has each shape that the graph asks
for. Whatever else arrives is a `Broken` protocol: an engine may write to any descriptor that it finds.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> case = lecture_cases()[0]
>>> call = Call(1, bytes(16))
>>> answer = Answer({j: np.ones((1, 1)) for j in range(1, case.graph.n + 1)})
>>> body = adjoints_body(answer.p)
>>> read_header(header(ADJOINTS, call, len(body)), call, most=1000)
(b'A', 128)
>>> read_answer(ADJOINTS, body, case).p[1]
array([[1.]])
>>> read_answer(ADJOINTS, body[:-1], case)
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.wire.Broken: the adjoint of vertex 4 is cut off
>>> read_header(b"hello, I am here too" * 2, call, most=1000)
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.wire.Broken: what arrived is no message, it begins with b'hello, I am here toohello, I am here '
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backproof.engine import Graph
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case, from_case_document, to_case_document
from backproof.verify.engine_oracle.answers import Answer, Ending, cotangent_matrix
from backproof.verify.engine_oracle.foreign import one_line

MAGIC = b"bpe1"
HEADER = struct.Struct("<4scQ16sQ")
BLOCK = struct.Struct("<QQQ")
CASE, AGAIN, LOADED, REFUSED, ADJOINTS, ENDED, RETURNED_TWICE = b"C", b"G", b"L", b"R", b"A", b"E", b"T"
"""The kinds: a case, the last case again; the engine is loaded, is refused; adjoints, another ending; a process that
the engine forked came back from the call.
"""
CHANNEL_LOST = 113  # exit status of an engine's process that has lost the channel; chosen: no shell and no signal has it
LARGEST_CASE = 2**30  # bytes of a case in JSON; chosen: far above what a document may hold
LONGEST_WORDS = 4000  # bytes of a sentence that an engine's process sends; chosen: what is shown of it is shorter


class Broken(Exception):
    """What arrived is not what was agreed on; the message says what it is instead."""


@dataclass(frozen=True)
class Call:
    """Which call of an engine a message belongs to: its number, and random bytes that no older message can hold."""

    number: int
    nonce: bytes


def header(kind: bytes, call: Call, length: int) -> bytes:
    """The header of a message with a body of so many bytes."""
    return HEADER.pack(MAGIC, kind, call.number, call.nonce, length)


def message(kind: bytes, call: Call, body: bytes = b"") -> bytes:
    """A whole message."""
    return header(kind, call, len(body)) + body


def read_header(raw: bytes, call: Call | None, most: int) -> tuple[bytes, int]:
    """Kind and length of a message that belongs to `call` (None: to any) and has at most so many bytes; else Broken."""
    magic, kind, number, nonce, length = HEADER.unpack(raw[: HEADER.size])
    if magic != MAGIC:
        raise Broken(f"what arrived is no message, it begins with {raw[: HEADER.size].partition(MAGIC)[0]!r}")
    if call is not None and (number, nonce) != (call.number, call.nonce):
        raise Broken(f"a message of another call arrived (call {number}, expected {call.number})")
    if length > most:
        raise Broken(f"a message of {length} bytes arrived, expected at most {most}")
    return kind, length


def call_of(raw: bytes) -> Call:
    """The call that a header belongs to."""
    _, _, number, nonce, _ = HEADER.unpack(raw)
    return Call(number, nonce)


def case_body(case: Case) -> bytes:
    """A case as JSON, loss-free."""
    return json.dumps(to_case_document(case)).encode("ascii")


def read_case_body(body: bytes) -> Case:
    """The case that `case_body` wrote."""
    return from_case_document(json.loads(body))


def adjoints_body(p: Mapping[int, Array]) -> bytes:
    """Adjoints by vertex: for each its number, rows, columns, and the entries row by row."""
    blocks = ((j, *value.shape, np.ascontiguousarray(value, dtype="<f8").tobytes()) for j, value in sorted(p.items()))
    return b"".join(BLOCK.pack(j, rows, columns) + entries for j, rows, columns, entries in blocks)


def ended_body(answer: Answer) -> bytes:
    """Another ending than with adjoints: the word, and the sentence behind a line feed."""
    return f"{answer.ending}\n{answer.problem}".encode("utf-8", "backslashreplace")[:LONGEST_WORDS]


def largest_answer(case: Case) -> int:
    """How many bytes an answer may have on this case."""
    graph, rows = case.graph, len(cotangent_matrix(case))
    return max(LONGEST_WORDS, sum(BLOCK.size + 8 * rows * graph.dimension(j) for j in range(1, graph.n + 1)))


def read_answer(kind: bytes, body: bytes, case: Case) -> Answer:
    """The answer that a message holds; Broken unless it is one, with a matrix of the right shape for every
    differentiable leaf at least.
    """
    if kind == ADJOINTS:
        return Answer(_read_adjoints(body, case.graph, len(cotangent_matrix(case))))
    if kind == ENDED:
        word, _, problem = body.decode("utf-8", "replace").partition("\n")
        if word not in (ending.value for ending in Ending) or not problem:
            raise Broken(f"an ending that is none arrived: {word[:20]!r}")
        return Answer({}, Ending(word), one_line(problem, LONGEST_WORDS))
    if kind == RETURNED_TWICE:
        return Answer({}, Ending.CONTRACT, "the engine returned twice: a process that it forked came back from the call, too")
    raise Broken(f"a message of an unknown kind arrived: {kind!r}")


def _read_adjoints(body: bytes, graph: Graph, rows: int) -> dict[int, Array]:
    p: dict[int, Array] = {}
    place = 0
    while place < len(body):
        if len(body) - place < BLOCK.size:
            raise Broken("the number of a vertex is cut off")
        j, height, width = BLOCK.unpack_from(body, place)
        place += BLOCK.size
        if not 1 <= j <= graph.n or graph.is_discrete(j) or j in p:
            raise Broken(f"an adjoint arrived for vertex {j}, which has none, or a second one")
        if (height, width) != (rows, graph.dimension(j)):
            raise Broken(f"the adjoint of vertex {j} must have {rows} × {graph.dimension(j)} entries, found {height} × {width}")
        if len(body) - place < 8 * height * width:
            raise Broken(f"the adjoint of vertex {j} is cut off")
        p[j] = np.frombuffer(body, dtype="<f8", count=height * width, offset=place).astype(np.float64).reshape(height, width)
        place += 8 * height * width
    missing = [j for j in graph.differentiable_leaves() if j not in p]
    if missing:
        raise Broken(f"no adjoint of vertex {missing[0]} arrived")
    return p
