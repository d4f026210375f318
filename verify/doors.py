"""Doors: how a folder hands names on from its files, each imported when it is first asked for, so that nobody pays for what he does not use.

>>> import backproof.verify
>>> hand_on = door("backproof.verify", {"Verdict": "verdicts"})
>>> hand_on("Verdict") is backproof.verify.Verdict
True
>>> listed(["b", "a"])()
['a', 'b']
>>> hand_on("verdict")
Traceback (most recent call last):
    ...
AttributeError: module 'backproof.verify' has no attribute 'verdict'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def door(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package: `names` says in which of its files each name stands."""

    def __getattr__(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{names[name]}"), name)

    return __getattr__


def listed(names: Sequence[str]) -> Callable[[], list[str]]:
    """The `__dir__` of a package: the names that it hands on, and no others."""
    return lambda: sorted(names)
