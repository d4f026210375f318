"""The wire: what is sent arrives; whatever else arrives is a broken protocol, and nothing worse."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.engine_oracle.answers import Answer, Ending
from backproof.verify.engine_oracle.wire import (
    ADJOINTS,
    BLOCK,
    ENDED,
    HEADER,
    LONGEST_WORDS,
    Broken,
    Call,
    adjoints_body,
    case_body,
    ended_body,
    header,
    largest_answer,
    message,
    read_answer,
    read_case_body,
    read_header,
)

CALL = Call(7, b"0123456789abcdef")
CASE = make_case("two", "replay", Graph(2, (leaf("x"), leaf("y", (2,)), vertex("z", "multiply", (1, 2)))), [2, [3, 5]])
P = {1: np.array([[1.5], [np.nan]]), 2: np.array([[0.1, -0.0], [np.inf, 5e-324]]), 3: np.eye(2)}


def test_cases_and_adjoints_arrive_to_the_bit() -> None:
    for case in (CASE, *(campaign_case(0, number) for number in range(8))):
        assert read_case_body(case_body(case)) == case
    found = read_answer(ADJOINTS, adjoints_body(P), CASE).p
    assert {j: value.tobytes() for j, value in found.items()} == {j: value.tobytes() for j, value in P.items()}
    assert len(adjoints_body(P)) <= largest_answer(CASE)


def test_an_ending_arrives_in_one_bounded_line() -> None:
    answer = read_answer(ENDED, ended_body(Answer({}, Ending.RAISED, "a\nb\x1b\u202e" + "c" * 10**5)), CASE)
    assert answer.ending is Ending.RAISED
    assert answer.problem.isprintable()
    assert len(answer.problem) <= LONGEST_WORDS


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"CORRECT\n" * 10, "no message"),
        (header(ADJOINTS, Call(6, CALL.nonce), 0), "another call"),
        (header(ADJOINTS, Call(7, bytes(16)), 0), "another call"),
        (header(ADJOINTS, CALL, 10**18), "at most 100"),
    ],
)
def test_a_header_of_another_call_or_length_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(Broken, match=words):
        read_header(raw, CALL, 100)


def block(j: int, rows: int, columns: int) -> bytes:
    return BLOCK.pack(j, rows, columns) + bytes(8 * rows * columns)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (b"?", b"", "unknown kind"),
        (ENDED, b"CORRECT\nall is well", "an ending that is none"),
        (ENDED, b"exit", "an ending that is none"),
        (ADJOINTS, b"", "no adjoint of vertex 1"),
        (ADJOINTS, block(1, 2, 1), "no adjoint of vertex 2"),
        (ADJOINTS, block(0, 2, 1), "vertex 0"),
        (ADJOINTS, block(4, 2, 1), "vertex 4"),
        (ADJOINTS, block(1, 2, 1) * 2, "a second one"),
        (ADJOINTS, block(1, 1, 2), "must have 2 × 1 entries, found 1 × 2"),
        (ADJOINTS, block(1, 2, 1)[:-1], "cut off"),
        (ADJOINTS, block(1, 2, 1) + b"x", "cut off"),
        (ADJOINTS, struct.pack("<QQQ", 1, 2**63, 2**63), "must have"),
    ],
)
def test_an_answer_that_is_none_is_broken(kind: bytes, body: bytes, words: str) -> None:
    with pytest.raises(Broken, match=words):
        read_answer(kind, body, CASE)


def test_damaged_messages_are_answers_or_broken_and_nothing_else() -> None:
    rng = random.Random(0)
    whole = message(ADJOINTS, CALL, adjoints_body(P))
    accepted = 0
    for _ in range(1500):
        raw = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        raw = raw[: rng.randrange(len(raw) + 1)] if rng.random() < 0.3 else raw
        try:
            kind, _ = read_header(bytes(raw[: HEADER.size]).ljust(HEADER.size, b"\0"), CALL, 10**6)
            read_answer(kind, bytes(raw[HEADER.size :]), CASE)
            accepted += 1
        except Broken:
            pass
    assert 0 < accepted < 1500  # bytes of the numbers may change; then the judge sees other numbers
