"""A term of Coq's kernel as text: what the kernel accepted, below every notation, coercion, implicit argument and scope.

The text is made of the term alone. Constants have their full names, which always contain a dot; a constructor is the
name of its type with `#` and its number; bound variables never contain a dot and never hide one another. So two
different terms have two different texts. Universe levels are numbered as they appear.

>>> from backproof.verify.proofs.coq.ocaml_values import Block
>>> place = Block(0, [Block(0, [b"Datatypes", Block(0, [b"Init", Block(0, [b"Coq", 0])])])])
>>> nat = Block(11, [Block(0, [Block(0, [Block(0, [Block(0, [place, b"nat", -1])]), 0]), Block(0, [])])])
>>> text_of(Block(6, [Block(0, [Block(0, [b"n"]), 0]), nat, Block(0, [1])]))
'forall (n : Coq.Init.Datatypes.nat), n'
>>> text_of(Block(1, [b"x"]))
Traceback (most recent call last):
    ...
backproof.verify.proofs.coq.terms.NotATerm: a variable without a binder is not expected in a compiled file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from backproof.verify.proofs.coq.ocaml_values import Block, Value


class NotATerm(ValueError):
    """The value is no term of Coq 8.16, or one that this audit does not read."""


Context: TypeAlias = tuple[str, ...]
"""The names of the bound variables, the innermost first."""

# The constructors of `Constr.kind_of_term` in Coq 8.16, in their order: the tags of its blocks.
(REL, VAR, META, EVAR, SORT, CAST, PROD, LAMBDA, LETIN, APP, CONST, IND, CONSTRUCT, CASE, FIX, COFIX, PROJ, INT, FLOAT, ARRAY) = range(20)
SORTS: Final = ("SProp", "Prop", "Set")  # the constructors of `Sorts.t` without an argument, in their order
_UNREAD = {VAR: "a variable without a binder", META: "a hole", EVAR: "a hole", FLOAT: "a machine float", ARRAY: "a machine array"}
MOST_BINDERS: Final = 2_000  # chosen: twenty times what the longest statement has
ANONYMOUS: Final = "_"  # how Coq writes a binder that nothing refers to
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_']*")


def text_of(term: Value) -> str:
    """The text of a closed term. NotATerm if it is none."""
    try:
        return Printer().text(term, ())
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise error if isinstance(error, NotATerm) else NotATerm(f"no term of Coq 8.16: {error}") from None
    except RecursionError:
        raise NotATerm("a term is nested too deeply to be read") from None


def listed(value: Value) -> Iterator[Value]:
    """The elements of a list of OCaml."""
    while isinstance(value, Block):
        head, value = value.fields
        yield head


def block(value: Value) -> Block:
    """A value that must have fields. NotATerm if it has none."""
    if not isinstance(value, Block):
        raise NotATerm(f"a block was expected, and found was {value!r}")
    return value


def number(value: Value) -> int:
    """A value that must be an integer. NotATerm if it is none."""
    if not isinstance(value, int):
        raise NotATerm(f"a number was expected, and found was {type(value).__name__}")
    return value


def identifier(value: Value) -> str:
    """A name, with every letter that could look like another one written as its number.

    >>> identifier("n".encode()), identifier("и".encode())
    ('n', '\\\\u0438')
    """
    if not isinstance(value, bytes):
        raise NotATerm(f"a name was expected, and found was {value!r}")
    return "".join(letter if _PLAIN.fullmatch(f"a{letter}") else f"\\u{ord(letter):04x}" for letter in value.decode("utf-8", "replace"))


def module_path(value: Value) -> str:
    """The path of a module: a file's, or that of a module within one."""
    path = block(value)
    if path.tag == 0:
        return ".".join(reversed([identifier(part) for part in listed(path.fields[0])]))
    if path.tag == 1:
        return f"bound {identifier(block(path.fields[0]).fields[1])}"
    return f"{module_path(path.fields[0])}.{identifier(path.fields[1])}"


def global_name(value: Value) -> str:
    """The canonical name of a constant or an inductive type: two names of one thing have the same."""
    kernel_name = block(block(value).fields[-1])
    return f"{module_path(kernel_name.fields[0])}.{identifier(kernel_name.fields[1])}"


def inductive_name(value: Value) -> str:
    """The name of an inductive type; of a later one of a mutual block with its number."""
    name, place = block(value).fields
    return global_name(name) + (f"/{place}" if place else "")


class Printer:
    """Texts of terms in which universe levels have the same numbers."""

    def __init__(self) -> None:
        self._levels: dict[str, int] = {}
        self._cases: dict[int, Callable[[list[Value], Context], str]] = {
            REL: lambda fields, context: _bound(number(fields[0]), context),
            SORT: lambda fields, _: self.sort(fields[0]),
            CAST: self._cast,
            PROD: self._product,
            LAMBDA: self._function,
            LETIN: self._let,
            APP: self._application,
            CONST: lambda fields, _: global_name(block(fields[0]).fields[0]) + self.instance(block(fields[0]).fields[1]),
            IND: lambda fields, _: inductive_name(block(fields[0]).fields[0]) + self.instance(block(fields[0]).fields[1]),
            CONSTRUCT: self._constructor,
            CASE: self._match,
            FIX: self._fixpoint,
            COFIX: self._cofixpoint,
            PROJ: self._projection,
            INT: lambda fields, _: f"{number(fields[0])}%int63",
        }

    def text(self, term: Value, context: Context) -> str:
        """The text of a term whose free variables have the names in `context`."""
        found = block(term)
        if len(context) > MOST_BINDERS:
            raise NotATerm(f"a term is nested too deeply to be read, below more than {MOST_BINDERS:,} binders")
        if found.tag not in self._cases:
            raise NotATerm(f"{_UNREAD.get(found.tag, 'an unknown term')} is not expected in a compiled file")
        return self._cases[found.tag](found.fields, context)

    def sort(self, value: Value) -> str:
        """`Prop`, `Set`, or `Type` with its universe."""
        if not isinstance(value, Block):
            return SORTS[number(value)]
        return f"Type@{{{', '.join(self._expression(part) for part in listed(value.fields[0]))}}}"

    def instance(self, levels: Value) -> str:
        """The universes that a polymorphic constant is used at; nothing for others."""
        shown = [self.level(level) for level in block(levels).fields]
        return f"@{{{' '.join(shown)}}}" if shown else ""

    def level(self, value: Value) -> str:
        """A universe level by the number in which it appeared; `Set` is itself."""
        data = block(value).fields[1]
        if not isinstance(data, Block):
            return "Set"
        if data.tag == 1:
            return f"v{number(data.fields[0])}"
        library, process, place = block(data.fields[0]).fields
        name = f"{module_path(Block(0, [library]))} {process!r} {place}"
        return f"u{self._levels.setdefault(name, len(self._levels))}"

    def _expression(self, value: Value) -> str:
        level, more = block(value).fields
        return self.level(level) + (f"+{more}" if more else "")

    def _inner(self, term: Value, context: Context) -> str:
        """In parentheses, unless it is one word."""
        text = self.text(term, context)
        return text if block(term).tag in {REL, CONST, IND, CONSTRUCT, INT} else f"({text})"

    def _cast(self, fields: list[Value], context: Context) -> str:
        return f"{self._inner(fields[0], context)} :{number(fields[1])} {self._inner(fields[2], context)}"

    def _product(self, fields: list[Value], context: Context) -> str:
        name, kind = _fresh(fields[0], context), self.text(fields[1], context)
        result = self.text(fields[2], (name, *context))
        if name == ANONYMOUS:
            closed = block(fields[1]).tag not in {PROD, LAMBDA, LETIN, CAST, FIX, COFIX}
            return f"{kind if closed else f'({kind})'} -> {result}"
        return f"forall ({name} : {kind}), {result}"

    def _function(self, fields: list[Value], context: Context) -> str:
        name = _fresh(fields[0], context)
        return f"fun ({name} : {self.text(fields[1], context)}) => {self.text(fields[2], (name, *context))}"

    def _let(self, fields: list[Value], context: Context) -> str:
        name = _fresh(fields[0], context)
        value, kind = self.text(fields[1], context), self.text(fields[2], context)
        return f"let {name} : {kind} := {value} in {self.text(fields[3], (name, *context))}"

    def _application(self, fields: list[Value], context: Context) -> str:
        return " ".join(self._inner(part, context) for part in [fields[0], *block(fields[1]).fields])

    def _constructor(self, fields: list[Value], _: Context) -> str:
        constructor, levels = block(fields[0]).fields
        kind, place = block(constructor).fields
        return f"{inductive_name(kind)}#{number(place)}{self.instance(levels)}"

    def _match(self, fields: list[Value], context: Context) -> str:
        about, levels, parameters, result, inverted, matched, branches = fields
        if isinstance(inverted, Block):
            raise NotATerm("a match on a proof of SProp is not expected in a compiled file")
        kind = inductive_name(block(about).fields[0]) + self.instance(levels)
        given = "".join(f" {self._inner(part, context)}" for part in block(parameters).fields)
        arms = " | ".join(self._under(branch, context) for branch in block(branches).fields)
        return f"match {self.text(matched, context)} in {kind}{given} return {self._under(result, context)} with {arms} end"

    def _under(self, branch: Value, context: Context) -> str:
        names, body = block(branch).fields
        bound = []
        for name in block(names).fields:
            bound.append(_fresh(name, context))
            context = (bound[-1], *context)
        return f"{' '.join(bound)} => {self.text(body, context)}"

    def _fixpoint(self, fields: list[Value], context: Context) -> str:
        decrease, chosen = block(block(fields[0]).fields[0]).fields
        which = " ".join(str(number(place)) for place in block(decrease).fields)
        return f"fix[{which}; {number(chosen)}] {self._recursive(block(fields[0]).fields[1], context)}"

    def _cofixpoint(self, fields: list[Value], context: Context) -> str:
        chosen, functions = block(fields[0]).fields
        return f"cofix[{number(chosen)}] {self._recursive(functions, context)}"

    def _recursive(self, functions: Value, context: Context) -> str:
        names, kinds, bodies = (block(part).fields for part in block(functions).fields)
        inner = context
        for name in names:
            inner = (_fresh(name, inner), *inner)
        own = list(reversed(inner[: len(names)]))
        parts = [
            f"{name} : {self.text(kind, context)} := {self.text(body, inner)}" for name, kind, body in zip(own, kinds, bodies, strict=True)
        ]
        return f"{{{' with '.join(parts)}}}"

    def _projection(self, fields: list[Value], context: Context) -> str:
        described = block(block(fields[0]).fields[0]).fields
        return f"project {inductive_name(described[0])} {identifier(described[-1])} {self._inner(fields[1], context)}"


def _bound(place: int, context: Context) -> str:
    """The variable that is bound `place` binders outward."""
    if not 0 < place <= len(context) or context[place - 1] == ANONYMOUS:
        raise NotATerm("a variable that has no name is used")
    return context[place - 1]


def _fresh(annotated: Value, context: Sequence[str]) -> str:
    """The name of a binder, with a number where it would hide another one."""
    name = block(annotated).fields[0]
    if not isinstance(name, Block):
        return ANONYMOUS
    base = identifier(name.fields[0])
    same = sum(other.partition("~")[0] == base for other in context)
    return f"{base}~{same + 1}" if same else base
