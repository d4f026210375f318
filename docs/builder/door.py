"""The names that a module hands on, each with its docstring: a new name is in the reference as soon as it is public.

    .. door:: backproof.engine

The names are those of `__all__`, or the ones in the body where a module has none.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList


def directive_for(thing: Any) -> tuple[str, ...]:
    """How autodoc is asked for a thing: a line, and its options.

    >>> directive_for(len), directive_for(ValueError), directive_for(1.0)
    (('autofunction',), ('autoexception',), ('autodata', ':no-value:'))
    """
    if inspect.isclass(thing):
        return ("autoexception",) if issubclass(thing, Exception) else ("autoclass", ":members:")
    return ("autofunction",) if callable(thing) and hasattr(thing, "__name__") else ("autodata", ":no-value:")


def lines(module: str, names: Sequence[str] = ()) -> list[str]:
    """What is asked for every name of a module, in order.

    >>> lines("backproof.verify.cases", ("replay_id",))
    ['.. autofunction:: backproof.verify.cases.replay_id', '']
    >>> lines("backproof.verify.cases", ("no_such_name",))
    Traceback (most recent call last):
        ...
    AttributeError: module 'backproof.verify.cases' has no attribute 'no_such_name'
    """
    door = import_module(module)
    found: list[str] = []
    for name in names or sorted(door.__all__, key=lambda name: (name.isupper(), name.lower())):
        kind, *options = directive_for(getattr(door, name))
        found += [f".. {kind}:: {module}.{name}", *(f"   {option}" for option in options), ""]
    return found


class Door(Directive):
    """Every name of a module."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """What autodoc makes of the names."""
        asked = StringList(lines(self.arguments[0], [line.strip() for line in self.content if line.strip()]), source=self.arguments[0])
        parent = nodes.Element()
        self.state.nested_parse(asked, 0, parent)
        return parent.children


def setup(app: Any) -> dict[str, bool]:
    """The directive `door`."""
    app.add_directive("door", Door)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
