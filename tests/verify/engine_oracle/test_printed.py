"""What an engine prints: the beginning, the end, the count, and nothing that a terminal would obey."""

from __future__ import annotations

import os

from backproof.verify.engine_oracle.printed import KEPT, MOST_LINES, Printed


def test_little_output_is_shown_whole() -> None:
    printed = Printed()
    for piece in (b"one\nt", b"wo\n\nthr", b"ee"):
        printed.take(piece)
    assert printed.lines() == ["one", "two", "three"]
    assert printed.last_line() == "three"


def test_much_output_keeps_its_ends_and_no_more() -> None:
    printed = Printed()
    for number in range(100_000):
        printed.take(b"line %d\n" % number)
    assert printed.lines()[0] == "line 0"
    assert printed.last_line() == printed.lines()[-1] == "line 99999"
    assert len(printed.lines()) <= 2 * MOST_LINES + 1
    assert len(printed.first) + len(printed.last) <= 2 * KEPT


def test_control_characters_and_bytes_that_are_no_text_are_escaped() -> None:
    printed = Printed()
    printed.take(b"\x1b[31mred\x07\xff\xe2\x80\xae" + b"x" * 10**6)
    assert all(line.isprintable() and len(line) <= 200 for line in printed.lines())


def test_reading_stops_at_the_end_and_where_there_is_nothing() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    printed = Printed()
    os.write(write, b"x" * 1000)
    printed.rest(read)
    assert printed.total == 1000
    assert printed.read(read)
    os.close(write)
    assert not printed.read(read)
    os.close(read)
    assert not printed.read(read)
