"""The scripts of a page and the policy that lets these run, and nothing else: `FIRST` in its head, `LAST` at its end.

Each is one idea in a file of its own, and the page is whole without all of them.

>>> policy("p { color: red }", [])
"default-src 'none'; style-src 'sha256-4Pp7AHHO7iAfR5Nbtk8l4FCQGIMbUcUVEVJJTyQcgGc='; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
>>> texts(("no-such.js",))
Traceback (most recent call last):
    ...
FileNotFoundError: [Errno 2] No such file or directory: ...
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

FIRST = ("theme.js",)
"""Before anything is painted."""

LAST = ("copy.js", "sort.js", "filter.js", "keys.js")
"""When everything is there."""


def texts(names: Sequence[str]) -> tuple[str, ...]:
    """The scripts of these names in this folder; FileNotFoundError if there is none."""
    return tuple(files("backproof.reports.html").joinpath(name).read_text(encoding="utf-8") for name in names)


def policy(style: str, scripts: Sequence[str]) -> str:
    """The Content-Security-Policy of a page with this style and these scripts, each by its hash."""
    allowed = f" script-src {' '.join(map(_hash, scripts))};" if scripts else ""
    return f"default-src 'none'; style-src {_hash(style)};{allowed} img-src data:; font-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"
