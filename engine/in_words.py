"""A value of ours in one line, for `repr`, and in a screenful of lines, for `str`.

>>> brief("Graph", "4 vertices", "", "output u4")
'<Graph: 4 vertices, output u4>'
>>> brief("Graph", "v" * 300).endswith("v…>"), len(brief("Graph", "v" * 300))
(True, 160)
>>> screenful(["a", "b", "c", "d"], "more lines: graph.vertices", most=3)
'a\\nb\\nand 2 more lines: graph.vertices'
>>> brief()
Traceback (most recent call last):
    ...
TypeError: brief() missing 1 required positional argument: 'kind'
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 160  # chosen: characters of a repr; one line of a wide terminal
MOST_LINES = 25  # chosen: lines of a str; a small terminal holds them


def brief(kind: str, *parts: str) -> str:
    """The kind and what there is to say, in one line of at most 160 characters."""
    text = " ".join(", ".join(part for part in parts if part).split())
    return f"<{clipped(f'{kind}: {text}' if text else kind, LONGEST - 2)}>"


def clipped(text: str, most: int = LONGEST) -> str:
    """The text, or its beginning and "…" where it has more characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def screenful(lines: Sequence[str], rest: str, most: int = MOST_LINES) -> str:
    """The lines, or the first of them and how many more there are; `rest` says of what, and where they are."""
    left_out = len(lines) - most + 1
    return "\n".join(lines if left_out <= 1 else [*lines[: most - 1], f"and {left_out:,} {rest}"])


def counted(count: int, unit: str, units: str = "") -> str:
    """A number with its unit.

    >>> counted(1, "edge"), counted(2000, "edge"), counted(2, "vertex", "vertices")
    ('1 edge', '2,000 edges', '2 vertices')
    """
    return f"{count:,} {unit if count == 1 else units or f'{unit}s'}"
