"""Lines with a sum: what is written is read, and no damage is."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.verify.results.summed import compact, read_summed, strict_json, summed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text(), VALUES, min_size=1, max_size=4).filter(lambda record: "sum" not in record)


@given(RECORDS)
def test_what_is_written_is_read(record: dict[str, object]) -> None:
    line = summed(record)
    assert read_summed(line) == record
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1


@given(RECORDS, st.data())
def test_a_line_of_which_one_byte_is_changed_is_not_whole(record: dict[str, object], data: st.DataObject) -> None:
    line = bytearray(summed(record))
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    assert read_summed(bytes(line)) is None


@given(RECORDS, st.data())
def test_a_line_that_was_cut_is_not_whole(record: dict[str, object], data: st.DataObject) -> None:
    line = summed(record)
    assert read_summed(line[: data.draw(st.integers(0, len(line) - 1))]) is None


def test_half_a_character_is_written_as_an_escape() -> None:
    assert compact(["\ud800"]) == b'["\\ud800"]'
    assert compact(["é"]) == '["é"]'.encode()
    assert read_summed(summed({"a": "\ud800"})) == {"a": "\ud800"}


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"1e999", b"[" * 100_000, b"{", b"\xff", b""])
def test_what_is_no_strict_json_is_none(text: bytes) -> None:
    assert strict_json(text) is None


def test_a_line_with_a_right_sum_over_no_object_is_none() -> None:
    rest = b'",1]\n'
    assert read_summed(b'{"sum":"%08x' % zlib.crc32(rest) + rest) is None
