"""How the development is laid out: what its files are called, which parts may rest on axioms, and texts in sections.

>>> file_of("real.Exp"), module_of("real/Exp.v")
('real/Exp.v', 'real.Exp')
>>> parse_golden("no section at all")
{}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LOGICAL = "BackproofFormal"


@dataclass(frozen=True)
class Part:
    """Files that speak of numbers which a library builds: `label` says which, `package` brings the `library`, and these
    `axioms`, those of the library, are what the files may rest on.
    """

    label: str
    modules: tuple[str, ...]
    library: str
    package: str
    axioms: tuple[str, ...]


def file_of(module: str) -> str:
    """The file of a module; one in a folder has the folder's name before a dot."""
    return f"{module.replace('.', '/')}.v"


def module_of(file: str) -> str:
    """The other way round."""
    return file.removesuffix(".v").replace("/", ".")


def parse_golden(text: str) -> dict[str, str]:
    """Sections that begin with a line `== File.name`.

    >>> parse_golden("== A.b\\nb : nat\\n\\n== A.c\\nc = 1\\n")
    {'A.b': 'b : nat', 'A.c': 'c = 1'}
    """
    return dict(_sections(text))


@lru_cache(maxsize=8)  # chosen: the reviewed texts of one development; every results document shows them
def _sections(text: str) -> tuple[tuple[str, str], ...]:
    parts = re.split(r"^== (\S+)\n", text, flags=re.MULTILINE)[1:]
    return tuple((name, body.strip("\n")) for name, body in zip(parts[::2], parts[1::2], strict=True))


def golden_text(printed: Mapping[str, str]) -> str:
    """The other way round."""
    return "\n".join(f"== {name}\n{body}\n" for name, body in printed.items())
