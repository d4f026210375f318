"""A compiled file of Coq 8.16, a `.vo`: what its kernel accepted, and what it leaves for those who load it.

>>> read_compiled(b"Coq!" + bytes(100))
Traceback (most recent call last):
    ...
backproof.verify.proofs.coq.compiled_file.NotCompiled: this is no file that Coq 8.16 compiled
"""

from __future__ import annotations

import struct
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from backproof.verify.proofs.coq.ocaml_values import Block, NotMarshalled, Value, read_value
from backproof.verify.proofs.coq.terms import NotATerm, Printer, block, identifier, listed, module_path, number

VERSIONS: Final = range(81600, 81700)  # the numbers by which the files of Coq 8.16 begin; those of others are laid out otherwise
DEEPEST: Final = 50_000  # calls, chosen: a hundred times what a match on two of ten vertices takes
READS: Final = "8.16"

DEFINITION, PROVED, AXIOM, PRIMITIVE = "definition", "proved", "axiom", "primitive"
INDUCTIVE, MODULE, MODULE_TYPE = "inductive", "module", "module type"
_EXTENSIONS = {8: "impredicative Set", 10: "cumulative SProp", 11: "definitional UIP"}  # places in `Declarations.typing_flags`
_BODIES = (AXIOM, DEFINITION, PROVED, PRIMITIVE)  # the constructors of `Declarations.constant_def`, in their order


# What a file may leave for those who load it: the numbers that stand for these kinds in the files of Coq 8.16, where each
# is OCaml's hash of the kind's name.
OBJECTS: Final = {
    839537039: "constant",
    264282808: "implicit arguments",
    660643951: "scopes of arguments",
    474883325: "inductive",
    627308095: "notation",
    486808316: "syntax",
    262029990: "abbreviation",
    265945058: "coercion",
    583088162: "class of coercions",
    684820570: "canonical structure",
    323761272: "structure",
    1057633110: "scheme",
    205010302: "primitive projections",
    937189133: "renamed arguments",
    135688127: "reduction of a constant",
    64779819: "order of type inference",
    469610417: "required file",
    763722369: "plugin",
    650044613: "scope",
    39408557: "delimiter of a scope",
    986929585: "numerals or strings",
    5805725: "hint",
    857685776: "database of hints",
    471214080: "tactic notation",
    172443943: "tactic notation of ssreflect",
    312788294: "tactic",
    192630596: "unfolding strategy",
    629590324: "view",
    461578909: "named universe",
    433519585: "generalised names",
    875997881: "instance",
    447164384: "class",
    397688622: "registered name",
    389336748: "rewriting hint",
    426788174: "rewriting hint",
    311548881: "grammar",
    290974905: "keys",
}
_PARTS = ("module", "module type", "include", "module", "export")  # the constructors of `Libobject.t` before the last


class NotCompiled(ValueError):
    """The bytes are no file that this version of Coq compiled, or not laid out as expected."""


@dataclass(frozen=True)
class Entry:
    """One thing that the kernel holds: `name` within its file, `kind`, the text of its type and, for what can be
    unfolded, of its body; `doubts` says which checks were turned off for it.
    """

    name: str
    kind: str
    type: str
    body: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """A compiled file: its full `name`, the files that it `needs`, its `entries` in order, and how often it leaves an
    object of which kind (notations, coercions, …) for those who load it.
    """

    name: str
    needs: tuple[str, ...]
    entries: tuple[Entry, ...]
    objects: tuple[tuple[str, int], ...]


_ONE_AT_A_TIME = threading.Lock()


def read_compiled(data: bytes) -> Compiled:
    """What a `.vo` holds. NotCompiled if it is none of Coq 8.16.

    Terms are read as deep as they are nested: Python's limit of recursion is raised for that, and put back, so that
    other people's code ends where it did; one thread reads at a time.
    """
    with _ONE_AT_A_TIME, _deep():
        return _read(data)


@contextmanager
def _deep() -> Generator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _read(data: bytes) -> Compiled:
    try:
        segments = _segments(data)
        summary = block(read_value(data, segments[b"summary"]))
        library, objects = block(read_value(data, segments[b"library"])).fields
        compiled = block(library)
        needs = tuple(module_path(Block(0, [block(needed).fields[0]])) for needed in block(summary.fields[1]).fields)
        return Compiled(
            name=module_path(Block(0, [summary.fields[0]])),
            needs=needs,
            entries=tuple(_module_entries(block(compiled.fields[1]), "")),
            objects=tuple(sorted(Counter(_kinds(objects)).items())),
        )
    except RecursionError:
        raise NotCompiled(f"this is no file that Coq {READS} compiled: a term is nested too deeply to be read") from None
    except (struct.error, KeyError, IndexError, NotMarshalled, NotATerm, ValueError) as error:
        reason = f": {error}" if isinstance(error, NotATerm | NotMarshalled) else ""
        raise NotCompiled(f"this is no file that Coq {READS} compiled{reason}") from None


def _segments(data: bytes) -> dict[bytes, int]:
    """Where each part of the file begins."""
    magic, version, place = struct.unpack_from(">4sIQ", data)
    if magic != b"Coq!" or version not in VERSIONS:
        raise NotCompiled("another version")
    (count,) = struct.unpack_from(">I", data, place)
    place += 4
    found: dict[bytes, int] = {}
    for _ in range(count):
        (length,) = struct.unpack_from(">I", data, place)
        name = data[place + 4 : place + 4 + length]
        (found[name],) = struct.unpack_from(">Q", data, place + 4 + length)
        place += 4 + length + 32
    return found


def _module_entries(module: Block, prefix: str) -> Iterator[Entry]:
    """The entries of a module whose structure is written out; of any other, one entry that says so."""
    signature = block(module.fields[2])
    if signature.tag:
        yield Entry(f"{prefix}*", MODULE, "a functor")
        return
    for item in listed(signature.fields[0]):
        label, held = block(item).fields
        name, found = f"{prefix}{identifier(label)}", block(held)
        if found.tag == 0:
            yield _constant(name, block(found.fields[0]))
        elif found.tag == 1:
            yield _inductive(name, block(found.fields[0]))
        else:
            inner = block(found.fields[0])
            yield Entry(name, MODULE_TYPE if found.tag == 3 else MODULE, _implementation(inner))
            yield from _module_entries(inner, f"{name}.")


def _implementation(module: Block) -> str:
    """How a module is made: written out, a copy, abstract."""
    made = module.fields[1]
    return "abstract" if made == 0 and not isinstance(made, Block) else "written out"


def _constant(name: str, constant: Block) -> Entry:
    hypotheses, _, held, kind, _, _, universes, _, flags = constant.fields
    body, printer = block(held), Printer()
    doubts = _doubts(flags) + (("hypotheses of a section are left",) if isinstance(hypotheses, Block) else ())
    doubts += ("it is polymorphic in universes",) if isinstance(universes, Block) else ()
    shown = printer.text(kind, ())
    return Entry(name, _BODIES[body.tag], shown, printer.text(body.fields[0], ()) if body.tag == 1 else "", doubts)


def _inductive(name: str, inductive: Block) -> Entry:
    """All types of the block, with their constructors, under the names that their terms use for them."""
    fields = inductive.fields
    types = [_one_type(block(packet)) for packet in block(fields[0]).fields]
    private = ("it is private",) if isinstance(fields[13], Block) else ()
    polymorphic = ("it is polymorphic in universes",) if isinstance(fields[9], Block) else ()
    return Entry(name, INDUCTIVE, " with ".join(types), str(number(fields[2])), _doubts(fields[14]) + private + polymorphic)


def _one_type(packet: Block) -> str:
    printer = Printer()
    arity = block(packet.fields[2])
    user = block(arity.fields[0]) if arity.tag == 0 else None
    kind = printer.text(user.fields[0], ()) if user is not None else _template(printer, packet)
    names = [identifier(name) for name in block(packet.fields[3]).fields]
    kinds = [printer.text(one, ()) for one in block(packet.fields[4]).fields]
    return f"{identifier(packet.fields[0])} : {kind} := " + " | ".join(f"{n} : {k}" for n, k in zip(names, kinds, strict=True))


def _template(printer: Printer, packet: Block) -> str:
    sort = printer.sort(block(block(packet.fields[2]).fields[0]).fields[0])
    return f"template {sort}, {len(list(listed(packet.fields[1])))} arguments"


def _doubts(flags: Value) -> tuple[str, ...]:
    """The checks of the kernel that were not done for an entry."""
    given = block(flags).fields
    off = [word for place, word in enumerate(("guard", "positivity", "universes")) if not given[place]]
    on = [word for place, word in _EXTENSIONS.items() if given[place]]
    return tuple(f"its {word} {'were' if word == 'universes' else 'was'} not checked" for word in off) + tuple(
        f"{word} is on" for word in on
    )


def _kinds(objects: Value) -> Iterator[str]:
    for part in block(objects).fields:
        for item in listed(part):
            held = block(item)
            if held.tag < len(_PARTS):
                yield _PARTS[held.tag]
            else:
                tag = number(block(held.fields[0]).fields[0])
                yield OBJECTS.get(tag, f"unknown object {tag}")
