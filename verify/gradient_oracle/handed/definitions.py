"""The text of a function or a class, found in its file: a lambda among others on its line, a function in a function.

>>> import linecache
>>> lines = ["pair = (lambda x: x + 1), (lambda x: (\\n", "    x + 2))\\n"]
>>> linecache.cache["<pair>"] = (1, None, lines, "<pair>")
>>> exec(compile("".join(lines), "<pair>", "exec"))
>>> [definition_of(one).text for one in pair]
['lambda x: x + 1', 'lambda x: (\\n    x + 2)']
>>> definition_of(max) is None
True
>>> def scaled(x):
...     return K * np.tanh(x)
>>> definition_of(scaled).names == {"K", "np"}
True
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeAlias

from backproof.verify.time_limits import PASSING

Node: TypeAlias = "ast.FunctionDef | ast.Lambda | ast.ClassDef"


@dataclass(frozen=True)
class Definition:
    """The text of a definition without its indentation, the name that it binds ("" for a lambda), the names that it
    reads from outside, and those of them that it needs when it is made: decorators, defaults, bases."""

    text: str
    name: str
    names: frozenset[str]
    at_once: frozenset[str] = frozenset()


def definition_of(value: Any) -> Definition | None:
    """The definition of a function or a class; None where its file is not known or does not hold it."""
    try:
        file = _file_of(value)
        source = "".join(linecache.getlines(file, getattr(value, "__globals__", None)))
        node = _class(value, source, file) if isinstance(value, type) else _function(value.__code__, source)
    except PASSING:
        raise
    except Exception:  # of objects that are no functions, and files that are no Python any more
        return None
    return None if node is None else Definition(_text(node, source), getattr(node, "name", ""), _read(node), _at_once(node) & _read(node))


def _function(code: CodeType, source: str) -> Node | None:
    """The node of a function: on its first line, and around all places of its instructions."""
    places = [(line, column) for line, _, column, _ in code.co_positions() if line is not None and column is not None]
    spans = [(line, column) for line, column in places if line > code.co_firstlineno or column > 0]
    found: list[Node] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name and _first_line(node) == code.co_firstlineno:
            return node
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            end = (node.end_lineno or 0, node.end_col_offset or 0)
            if all((node.lineno, node.col_offset) <= place <= end for place in spans):
                found.append(node)
    return min(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0, -node.lineno, -node.col_offset), default=None)


def _file_of(value: Any) -> str:
    """The file of a function, or of a class: that of its methods, where its module is not known by name."""
    if isinstance(value, type):
        files = [member.__code__.co_filename for member in vars(value).values() if inspect.isfunction(member)]
        known = [file for file in files if linecache.getlines(file)]
        return known[0] if known else str(getattr(sys.modules[value.__module__], "__file__", ""))
    return value.__code__.co_filename


def _class(value: type, source: str, file: str) -> Node | None:
    """The node of a class: of its name, with its first method."""
    members = [member.__code__ for member in vars(value).values() if inspect.isfunction(member)]
    lines = {code.co_firstlineno for code in members if code.co_filename == file}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == value.__name__:
            own = {_first_line(inner) for inner in node.body if isinstance(inner, ast.FunctionDef)}
            if lines & own or not lines:
                return node
    return None


def _first_line(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _text(node: Node, source: str) -> str:
    if isinstance(node, ast.Lambda):
        return ast.get_source_segment(source, node) or ""
    lines = source.splitlines()[_first_line(node) - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines))


def _read(node: Node) -> frozenset[str]:
    """The names that are read in it, and not bound in it."""
    names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    bound = {inner.id for inner in names if not isinstance(inner.ctx, ast.Load)} | set(_bound(node))
    return frozenset({inner.id for inner in names if isinstance(inner.ctx, ast.Load)} - bound - set(vars(builtins)))


def _at_once(node: Node) -> frozenset[str]:
    """The names that are read outside of the body."""
    parts: list[ast.expr | None] = [] if isinstance(node, ast.Lambda) else [*node.decorator_list]
    parts += [*node.bases] if isinstance(node, ast.ClassDef) else [*node.args.defaults, *node.args.kw_defaults]
    return frozenset(inner.id for part in parts if part is not None for inner in ast.walk(part) if isinstance(inner, ast.Name))


def _bound(node: Node) -> Iterator[str]:
    """Parameters, and what is defined, imported or caught inside."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            yield inner.arg
        elif isinstance(inner, ast.FunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.alias):
            yield (inner.asname or inner.name).partition(".")[0]
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            yield inner.name
