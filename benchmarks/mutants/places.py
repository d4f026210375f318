"""What can be changed in a source, one small change at a time: `places(source)`, and `changed(source, place)`.

A comparison, an operator, a whole number or a float, a flag, `and`/`or`, a sign, `min`/`max`, `any`/`all`, a condition made true or false, a filter of a comprehension
left out, the middle of a ball for its end. Not changed are docstrings, annotations, imports, and what stands in an f-string or a `raise`: words, not decisions.

>>> source = "def f(x):\\n    return x if x > 0 else -1"
>>> [(place.line, place.kind, place.before, place.after) for place in places(source)][:2]
[(2, 'condition', 'x > 0', 'True'), (2, 'condition', 'x > 0', 'False')]
>>> changed(source, places(source)[2])
'def f(x):\\n    return x if (x >= 0) else -1'
>>> changed("x = 1", places(source)[0])
Traceback (most recent call last):
    ...
ValueError: line 2 does not have 'x > 0'
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[Any], type[Any]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
OPERATORS: dict[type[Any], type[Any]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv},
    **{ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift},
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
ATTRIBUTES = {
    "mid": "upper",
    "upper": "lower",
    "lower": "upper",
    "overlaps": "contains",
    "contains": "overlaps",
    "maximum": "minimum",
    "minimum": "maximum",
}
WORDS = (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Place:
    """One change: where, of which kind, what stands there and what is put there. `start` and `stop` are places in the source's UTF-8 bytes."""

    line: int
    kind: str
    before: str
    after: str
    start: int
    stop: int


def places(source: str) -> list[Place]:
    """Every change of a source, in the order of the source."""
    lines = [0]
    for line in source.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found: list[Place] = []
    for node, kind, after in _changes(ast.parse(source)):
        start, stop = lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset
        found.append(Place(node.lineno, kind, source.encode()[start:stop].decode(), after, start, stop))
    return sorted(found, key=lambda place: (place.start, place.stop))


def changed(source: str, place: Place) -> str:
    """The source with one change. ValueError if it has something else there."""
    raw = source.encode()
    if raw[place.start : place.stop] != place.before.encode():
        raise ValueError(f"line {place.line} does not have {place.before!r}")
    return (raw[: place.start] + place.after.encode() + raw[place.stop :]).decode()


def _changes(node: ast.AST) -> Iterator[tuple[Any, str, str]]:
    """(node, kind, what to write in its place), of a node and all below it."""
    if isinstance(node, WORDS) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    yield from _of_this(node)
    for child in _below(node):
        yield from _changes(child)


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """What stands below a node, without annotations and what only names types."""
    if isinstance(node, ast.AnnAssign):
        if node.value is not None and not (isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"):
            yield node.value
    elif isinstance(node, ast.FunctionDef):
        yield from (default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None)
        yield from node.body
    elif isinstance(node, ast.ClassDef):
        yield from node.body
    else:
        yield from ast.iter_child_nodes(node)


def _of_this(node: Any) -> Iterator[tuple[Any, str, str]]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from ((node.test, "condition", word) for word in ("True", "False") if word != "True" or not isinstance(node, ast.While))
    if isinstance(node, ast.Compare):
        for k, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS:
                yield (
                    node,
                    "comparison",
                    _with(node, lambda new, k=k, operator=operator: new.ops.__setitem__(k, COMPARISONS[type(operator)]())),
                )
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield node, "operator", _with(node, lambda new: setattr(new, "op", OPERATORS[type(node.op)]()))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield node, "operator", f"({ast.unparse(node.right)} @ {ast.unparse(node.left)})"
    elif isinstance(node, ast.BoolOp):
        yield node, "and, or", _with(node, lambda new: setattr(new, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And()))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node, "sign", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, "flag", str(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield node, "number", repr(node.value + 1 if isinstance(node.value, int) else node.value * 2 or 1.0)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        yield node, "name", NAMES[node.id]
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in ATTRIBUTES:
        yield node, "name", f"{ast.unparse(node.value)}.{ATTRIBUTES[node.attr]}"
    elif isinstance(node, ast.comprehension):
        yield from ((test, "filter", "True") for test in node.ifs)


def _with(node: Any, change: Any) -> str:
    new = copy.deepcopy(node)
    change(new)
    return f"({ast.unparse(new)})"
