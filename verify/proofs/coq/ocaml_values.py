"""Values of OCaml as `Marshal` writes them, read without OCaml: integers, strings, and blocks of fields with a tag.

A block that is shared in the file is one block here, so that a term with much sharing stays small. Only what stands in
Coq's compiled files is read; anything else is refused.

>>> read_value(bytes.fromhex("8495a6be 00000004 00000001 00000003 00000003 a0 41 22 6f6b".replace(" ", "")))
Block(tag=0, fields=[1, b'ok'])
>>> read_value(b"not marshalled at all")
Traceback (most recent call last):
    ...
backproof.verify.proofs.coq.ocaml_values.NotMarshalled: these bytes do not begin as a value of OCaml does
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, TypeAlias

SMALL_HEADER, BIG_HEADER = 0x8495A6BE, 0x8495A6BF  # the magic numbers of OCaml's runtime, with sizes of 4 and of 8 bytes
DOUBLE_TAG: Final = 253  # the tag that OCaml's runtime gives to a float


class NotMarshalled(ValueError):
    """The bytes are no value that OCaml 4 wrote, or hold something that Coq's files do not."""


@dataclass(slots=True, eq=False)
class Block:
    """A constructor with arguments, a record, a tuple or an array: its tag and its fields."""

    tag: int
    fields: list[Value]


Value: TypeAlias = "int | bytes | float | Block"

_INTEGERS = {0x00: ">b", 0x01: ">h", 0x02: ">i", 0x03: ">q"}
_SHARED = {0x04: ">B", 0x05: ">H", 0x06: ">I", 0x14: ">Q"}
_STRINGS = {0x09: ">B", 0x0A: ">I", 0x15: ">Q"}
_BLOCKS = {0x08: ">I", 0x13: ">Q"}
_DOUBLES = {0x0B: ">d", 0x0C: "<d"}
_CUSTOM_FIXED, _CUSTOM_WITH_LENGTH = 0x19, 0x18
_INT64 = b"_j"  # the name under which OCaml's runtime writes an int64


def read_value(data: bytes, start: int = 0) -> Value:
    """The value that begins at byte `start`. NotMarshalled if there is none."""
    try:
        return _Reader(data, _after_header(data, start)).value()
    except (struct.error, IndexError):
        raise NotMarshalled("these bytes end in the middle of a value of OCaml") from None


def _after_header(data: bytes, start: int) -> int:
    magic = struct.unpack_from(">I", data, start)[0] if len(data) >= start + 4 else 0
    if magic not in {SMALL_HEADER, BIG_HEADER}:
        raise NotMarshalled("these bytes do not begin as a value of OCaml does")
    return start + (20 if magic == SMALL_HEADER else 32)


class _Reader:
    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place
        self._objects: list[Value] = []

    def value(self) -> Value:
        """Blocks are numbered before their fields are read, and these in order: so does the runtime."""
        top: list[Value] = []
        open_blocks: list[tuple[list[Value], int]] = [(top, 1)]
        while open_blocks:
            fields, size = open_blocks[-1]
            if len(fields) == size:
                open_blocks.pop()
                continue
            found, inside = self._item()
            fields.append(found)
            if inside and isinstance(found, Block):
                open_blocks.append((found.fields, inside))
        return top[0]

    def _item(self) -> tuple[Value, int]:
        """One item, and how many fields are still to be read into it."""
        code = self._data[self._place]
        self._place += 1
        if code >= 0x80:
            return self._block(code & 0x0F, code >> 4 & 0x07)
        if code >= 0x40:
            return code & 0x3F, 0
        if code >= 0x20:
            return self._string(code & 0x1F), 0
        if code in _INTEGERS:
            return self._number(_INTEGERS[code]), 0
        if code in _SHARED:
            return self._objects[len(self._objects) - self._number(_SHARED[code])], 0
        if code in _STRINGS:
            return self._string(self._number(_STRINGS[code])), 0
        if code in _BLOCKS:
            header = self._number(_BLOCKS[code])
            return self._block(header & 0xFF, header >> 10)
        if code in _DOUBLES:
            return self._kept(struct.unpack(_DOUBLES[code], self._taken(8))[0]), 0
        if code in {_CUSTOM_FIXED, _CUSTOM_WITH_LENGTH}:
            return self._custom(code), 0
        raise NotMarshalled(f"code {code:#x} is not expected in a compiled file of Coq")

    def _block(self, tag: int, size: int) -> tuple[Value, int]:
        block = Block(tag, [])
        return (self._kept(block), size) if size else (block, 0)

    def _string(self, length: int) -> Value:
        return self._kept(self._taken(length))

    def _custom(self, code: int) -> Value:
        end = self._data.index(b"\0", self._place)
        name = self._taken(end - self._place)
        self._taken(1 if code == _CUSTOM_FIXED else 13)
        if name != _INT64:
            raise NotMarshalled(f"a custom block {name!r} is not expected in a compiled file of Coq")
        return self._kept(struct.unpack(">q", self._taken(8))[0])

    def _kept(self, found: Value) -> Value:
        self._objects.append(found)
        return found

    def _number(self, form: str) -> int:
        found: int = struct.unpack(form, self._taken(struct.calcsize(form)))[0]
        return found

    def _taken(self, length: int) -> bytes:
        if self._place + length > len(self._data):
            raise IndexError
        part = self._data[self._place : self._place + length]
        self._place += length
        return part
