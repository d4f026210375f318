"""What an object holds, by paths: `held_in(layer)` walks attributes, dictionaries and lists; `at`, `put` read and write
what stands at a path; `path_of` reads a path as somebody writes it.

>>> class Dense:
...     def __init__(self):
...         self.W = np.ones((2, 2))
...         self.params = {"W": self.W, "n": 2}
>>> layer = Dense()
>>> [name_of("", path) for path, value in held_in(layer) if isinstance(value, np.ndarray)]
['W', "params['W']"]
>>> put(layer, path_of("params['W']"), 0.0), at(layer, path_of("params['W']"))
(None, 0.0)
>>> path_of("layers[0].grads['W']")
(('attribute', 'layers'), ('item', 0), ('attribute', 'grads'), ('item', 'W'))
>>> path_of("W + 1")
Traceback (most recent call last):
    ...
ValueError: 'W + 1' is no path; write W, params['W'] or layers[0].W
"""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.handed.trees import Path, at_path, name_of

CLOSED = frozenset(sys.stdlib_module_names) | {"numpy", "scipy"}
"""Whose objects hold no parameters of anybody's layer."""
__all__ = ["at", "held_in", "name_of", "path_of", "put"]

MOST = 5_000  # chosen: things in an object that are looked at; a network of a thousand layers
LONGEST = 10_000  # chosen: entries of a list or a dictionary that are looked at; a vocabulary is longer, and holds no parameters


def held_in(layer: Any) -> Iterator[tuple[Path, Any]]:
    """Everything in an object, the nearest first, each with its path: also the same thing at another path."""
    waiting: deque[tuple[Path, Any]] = deque([((), layer)])
    opened = set[int]()
    count = 0
    while waiting and count < MOST:
        path, thing = waiting.popleft()
        count += 1
        if path:
            yield path, thing
        if id(thing) in opened:
            continue
        opened.add(id(thing))
        waiting += [((*path, step), part) for step, part in _parts(thing)]


def _parts(thing: Any) -> list[tuple[tuple[str, Any], Any]]:
    if isinstance(thing, dict):
        return [(("item", key), part) for key, part in thing.items() if isinstance(key, str | int)] if len(thing) <= LONGEST else []
    if isinstance(thing, list | tuple):
        named = getattr(thing, "_fields", None)
        if named:
            return [(("attribute", name), getattr(thing, name)) for name in named]
        return [(("item", k), part) for k, part in enumerate(thing)] if len(thing) <= LONGEST else []
    if isinstance(thing, type | np.ndarray) or type(thing).__module__.partition(".")[0] in CLOSED:
        return []
    slots = [name for kind in type(thing).__mro__ for name in np.atleast_1d(vars(kind).get("__slots__", []))]
    own = {str(name): getattr(thing, name) for name in slots if name not in ("__dict__", "__weakref__") and hasattr(thing, name)}
    return [(("attribute", name), part) for name, part in {**own, **getattr(thing, "__dict__", {})}.items()]


def at(layer: Any, path: Path) -> Any:
    """What stands at a path; None where there is nothing."""
    try:
        return at_path(layer, path)
    except (LookupError, AttributeError, TypeError):
        return None


def is_there(layer: Any, path: Path) -> bool:
    """Whether anything stands at a path, were it None."""
    try:
        at_path(layer, path)
    except (LookupError, AttributeError, TypeError):
        return False
    return True


def put(layer: Any, path: Path, value: Any) -> None:
    """Let something else stand at a path: in the array that is there, where it cannot be replaced."""
    *before, (step, key) = path
    owner = at_path(layer, tuple(before))
    try:
        if step == "attribute":
            setattr(owner, key, value)
        else:
            owner[key] = value
    except (AttributeError, TypeError):
        at_path(layer, path)[...] = value


def path_of(text: str) -> Path:
    """A path as somebody writes it. ValueError for what is none."""
    steps: list[tuple[str, Any]] = []
    try:
        node: Any = ast.parse(text, mode="eval").body
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute):
                steps.append(("attribute", node.attr))
            else:
                steps.append(("item", ast.literal_eval(node.slice)))
            node = node.value
    except (SyntaxError, AttributeError, ValueError):
        raise ValueError(f"{text!r} is no path; write W, params['W'] or layers[0].W") from None
    return (("attribute", node.id), *reversed(steps))
