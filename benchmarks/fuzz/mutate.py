"""Data damaged at random: changes of structure, of bytes, and junk. Every damage depends on the generator alone.

>>> rng = Random(0)
>>> changed = structural({"a": [1, 2], "b": {"c": "x"}}, rng)
>>> changed != {"a": [1, 2], "b": {"c": "x"}}
True
>>> isinstance(flipped(b"backproof", rng), bytes), isinstance(junk(rng), str)
(True, True)
>>> structural("no container", Random(1)) == "no container"
False
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

HOSTILE = "\x1b]0;title\x07\u202e\u2066[red][/]<script>alert(1)</script>\r\nCORRECT  000000000000  fake\x00"
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 3, 7, 64, 10**6, 10**18, 2**63, 10**400, -(10**400), 0.5, 1e308, float("nan"), float("inf")),
    *("", "x", "x" * 2000, HOSTILE, "\ud800", "1.5", [], {}, [[]], [None], [1, 2], [[1, 2], [3]], {"a": 1}, {"": {}}),
    *({"float": "0x1.8p+1"}, {"float": "0x1.0p+9999"}, {"float": "nan"}, {"float": 1}, {"float": "0x0.0000000000001p-1022"}),
    *({"rational": "1/3"}, {"rational": "1/0"}, {"rational": f"1/1{'0' * 3999}"}, {"rational": f"1{'0' * 3999}/7"}, {"rational": "x"}),
)
FUNCTIONS = (
    "add",
    "multiply",
    "exp",
    "log",
    "sum",
    "power",
    "divide",
    "softmax",
    "matmul",
    "concatenate",
    "reshape",
    "pick",
    "sqrt",
    "nothing",
)


def _containers(data: Any) -> list[Any]:
    """Every list and object in the data that is not empty."""
    found: list[Any] = []
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict | list) and value:
            found.append(value)
            pending.extend(value.values() if isinstance(value, dict) else value)
    return found


def _key(container: Any, rng: Random) -> Any:
    return rng.choice(list(container)) if isinstance(container, dict) else rng.randrange(len(container))


def _replace(container: Any, key: Any, rng: Random) -> None:
    container[key] = copy.deepcopy(rng.choice(VALUES))


def _tweak(container: Any, key: Any, rng: Random) -> None:
    value = container[key]
    if isinstance(value, int) and not isinstance(value, bool):
        container[key] = rng.choice((value + 1, value - 1, -value, value * 1000, 0))
    elif isinstance(value, str):
        container[key] = rng.choice((rng.choice(FUNCTIONS), value + rng.choice(("x", "\n", HOSTILE)), value[:-1], value * 3))
    else:
        _replace(container, key, rng)


def _remove(container: Any, key: Any, rng: Random) -> None:
    del container[key]


def _repeat(container: Any, key: Any, rng: Random) -> None:
    if isinstance(container, list):
        container[key:key] = [copy.deepcopy(container[key])] * rng.choice((1, 1, 2, 50))
    else:
        container[str(key) + rng.choice(("", "x", " "))] = copy.deepcopy(container[key])


def _swap(container: Any, key: Any, rng: Random) -> None:
    other = _key(container, rng)
    container[key], container[other] = container[other], container[key]


def _nest(container: Any, key: Any, rng: Random) -> None:
    for _ in range(rng.choice((1, 2, 60, 400))):
        container[key] = [container[key]]


CHANGES: Sequence[Callable[[Any, Any, Random], None]] = (_replace, _replace, _tweak, _tweak, _tweak, _remove, _repeat, _swap, _nest)


def structural(data: Any, rng: Random) -> Any:
    """A copy with one to three changes: a value replaced, changed a little, removed, repeated, swapped or nested."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        containers = _containers(data)
        if not containers:
            return copy.deepcopy(rng.choice(VALUES))
        container = rng.choice(containers)
        rng.choice(CHANGES)(container, _key(container, rng), rng)
    return data


def flipped(data: bytes, rng: Random) -> bytes:
    """The bytes with one to eight bits flipped, a part cut out, repeated or put elsewhere, or the end missing."""
    raw = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        if not raw:
            return b"\x00"
        at, to = sorted((rng.randrange(len(raw)), rng.randrange(len(raw) + 1)))
        match rng.randrange(6):
            case 0 | 1 | 2:
                raw[at] ^= 1 << rng.randrange(8)
            case 3:
                del raw[at : min(to, at + rng.choice((1, 5, 50)))]
            case 4:
                raw[at:at] = raw[at : min(to, at + 40)] * rng.choice((1, 2, 100))
            case _:
                del raw[at:]
    return bytes(raw)


def junk(rng: Random) -> str:
    """Text that is of no kind at all: brackets, digits, numbers that JSON does not have, noise."""
    deep = rng.choice((1, 60, 3000))
    return rng.choice(
        (
            "[" * deep,
            '{"a":' * deep,
            "[" * deep + "]" * deep,
            "9" * deep,
            "",
            "null",
            "NaN",
            "\ufeff{}",
            HOSTILE,
            '{"vertices": [' + "{}," * deep + "{}]}",
            json.dumps({"x" * 200 + HOSTILE: {HOSTILE * 20: 1}}),
            "".join(chr(rng.randrange(1, 0xD7FF)) for _ in range(100)),
        )
    )
