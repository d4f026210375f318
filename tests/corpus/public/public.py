"""Cases from public code and public reports, by two types, and their loader.

A `Reported` fault (or a checker's false alarm about a right backward) was made into the smallest forward in which it
exists; `source` has the links of the reports, the code is ours. A `Wild` function stands for a construct in public code
of which `check` once said something wrong, or which it could not digest; `expect` is what a good oracle says of it:

    certified      CORRECT, certified on more than one point
    correct        CORRECT, however found
    not-wrong      CORRECT, with a note if need be
    wrong          WRONG or INACCURATE: there is a real bug
    wrong-or-note  the same, or CORRECT with a note that contains "captured"
    names:TEXT     WRONG, and `explain()` contains TEXT

>>> len(load_reported()) > 50, len(load_wild()) > 20
(True, True)
>>> load_reported("no such case")
Traceback (most recent call last):
    ...
KeyError: 'no such case'
"""

from __future__ import annotations

import importlib.util
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HOST = "https://github.com/"
FOLDER = Path(__file__).resolve().parent
MAKERS: dict[str, Callable[[], Reported]] = {}
WILD: list[Wild] = []


@dataclass(frozen=True)
class Reported:
    """A report as a case: `buggy` is to be flagged and `right` is not, at `args`, the ordinary arguments; where these do
    not show the fault, `exposes` do. `expected` is "right" if the report was wrong: then `buggy` is the change that was
    asked for. One of the words `cause` should occur in a good explanation."""

    name: str
    source: tuple[str, ...]
    kind: str
    expected: str
    about: str
    cause: tuple[str, ...]
    f: Callable[..., Any]
    buggy: Callable[..., Any] | None
    right: Callable[..., Any]
    args: tuple[Any, ...]
    exposes: tuple[Any, ...] | None


@dataclass(frozen=True)
class Wild:
    """A construct of public code, what is expected of `check`, and why."""

    name: str
    kind: str
    f: Callable[..., Any]
    vjp: Callable[..., Any]
    args: tuple[Any, ...]
    expect: str
    why: str
    options: dict[str, Any]
    seeds: int


def case(*source: str, kind: str, cause: str = "", expected: str = "wrong") -> Callable[[Callable[[], tuple[Any, ...]]], Any]:
    """Registers a function that makes a reported case afresh: f, buggy, right, args and perhaps exposes."""
    links = tuple(HOST + s.replace("#", "/issues/").replace("!", "/pull/") for s in source)

    def register(make: Callable[[], tuple[Any, ...]]) -> Any:
        def fresh() -> Reported:
            f, buggy, right, args, *more = make()
            words = tuple(w for w in cause.split("|") if w)
            about = (make.__doc__ or "").strip()
            return Reported(make.__name__, links, kind, expected, about, words, f, buggy, right, args, more[0] if more else None)

        MAKERS[make.__name__] = fresh
        return make

    return register


def wild(
    name: str, kind: str, f: Any, vjp: Any, args: Any, expect: str, why: str, options: dict[str, Any] | None = None, seeds: int = 1
) -> None:
    """Registers a wild case."""
    WILD.append(Wild(name, kind, f, vjp, args, expect, why, options or {}, seeds))


def load_reported(name: str | None = None) -> list[Reported]:
    """Every reported case, or one, made afresh. KeyError for a name that there is not."""
    _load()
    return [make() for make in MAKERS.values()] if name is None else [MAKERS[name]()]


def load_wild() -> list[Wild]:
    """Every wild case."""
    _load()
    return list(WILD)


def _load() -> None:
    if MAKERS:
        return
    sys.modules["public"] = sys.modules[__name__]
    for path in sorted(FOLDER.glob("*.py")):
        if path.name != Path(__file__).name:
            spec = importlib.util.spec_from_file_location(f"public.{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[f"public.{path.stem}"] = module
            spec.loader.exec_module(module)


def seeded(seed: int = 0) -> np.random.Generator:
    """A generator by its seed."""
    return np.random.default_rng(seed)


def rng(name: str) -> np.random.Generator:
    """A generator by a name."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def N(name: str, *shape: int, dtype: Any = float) -> np.ndarray:
    """Normal numbers by a name."""
    return rng(name).normal(size=shape).astype(dtype)


def sigmoid(z: Any) -> Any:
    """1 / (1 + e^−z)."""
    return 1.0 / (1.0 + np.exp(-z))


def softmax(x: Any) -> Any:
    """Along the last axis."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def through(alpha: Any) -> Any:
    """How much is left of a ray in front of each sample."""
    return np.concatenate([np.ones(1), np.cumprod(1 - alpha)[:-1]])


def behind(alpha: Any, value: Any) -> Any:
    """What is composited behind each sample, as seen from it; without a division by 1 - alpha."""
    rest, seen = 0.0, []
    for a, v in zip(alpha[::-1], value[::-1], strict=True):
        seen.append(rest)
        rest = a * v + (1 - a) * rest
    return np.array(seen[::-1])
