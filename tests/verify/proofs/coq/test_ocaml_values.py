from __future__ import annotations

import struct

import pytest

from backproof.verify.proofs.coq.ocaml_values import Block, NotMarshalled, read_value


def marshalled(body: bytes) -> bytes:
    return struct.pack(">IIIII", 0x8495A6BE, len(body), 0, 0, 0) + body


# The bytes are those that `Marshal.to_string` of OCaml 4.13 wrote; no part of the reader made them.
@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("45", 5),
        ("00ff", -1),
        ("010400", 1024),
        ("0200011170", 70000),
        ("0300000100000000 00".replace(" ", ""), 2**40),
        ("26616263646566", b"abcdef"),
        ("09 28".replace(" ", "") + "78" * 40, b"x" * 40),
        ("0c182d4454fb210940", 3.141592653589793),
    ],
)
def test_single_values_are_read(body: str, value: object) -> None:
    assert read_value(marshalled(bytes.fromhex(body))) == value


def test_blocks_have_tags_and_shared_ones_stay_one() -> None:
    # let s = "ab" in ((s, 1), s): the second s is an offset back to the first
    pair = read_value(marshalled(bytes.fromhex("a0a022616241 0401".replace(" ", ""))))
    assert isinstance(pair, Block)
    inner = pair.fields[0]
    assert isinstance(inner, Block)
    assert inner.fields == [b"ab", 1]
    assert pair.fields[1] is inner.fields[0]


def test_a_deep_list_is_read_without_recursion() -> None:
    depth = 5000
    value = read_value(marshalled(b"\xa0\x41" * depth + b"\x40"))
    seen = 0
    while isinstance(value, Block):
        seen, value = seen + 1, value.fields[1]
    assert seen == depth


@pytest.mark.parametrize("body", ["", "a041", "2661", "0a00ffffff61", "10", "12", "0405"])
def test_what_is_cut_short_or_unknown_is_refused(body: str) -> None:
    with pytest.raises(NotMarshalled):
        read_value(marshalled(bytes.fromhex(body)))
