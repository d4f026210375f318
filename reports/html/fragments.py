"""Pieces for a notebook: a check, a checked case, a theorem, a graph, each as HTML that stands by itself; and the
picture of a graph as an SVG file.

A piece brings its own style, which is scoped, no script and nothing from a network; every string from outside is
escaped.

>>> graph = {"l": 1, "vertices": [{"number": 1, "name": "x", "shape": [3], "function": None, "formula": None, "operands": [],
...     "attributes": {}, "discrete": False}], "edges": []}
>>> svg = standalone_svg({"graph": graph, "values": {}, "adjoints": {}, "jacobians": {}, "backward": []}, "x")
>>> svg[:44], "not defined" in svg
('<svg xmlns="http://www.w3.org/2000/svg" view', False)
>>> check_fragment({})
Traceback (most recent call last):
    ...
jinja2.exceptions.UndefinedError: 'dict object' has no attribute 'verdict'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from backproof.reports.document import Record
from backproof.reports.html.assets import asset
from backproof.reports.html.graph_svg import graph_svg, omission
from backproof.reports.html.templates import rendered

MOST_ENTRIES = 8  # chosen: findings in a table of a notebook; a screen holds them
_RULES = re.compile(r"^\.graph[^{}]*\{[^{}]*\}", re.MULTILINE)
_VARIABLES = re.compile(r":root \{([^{}]*)\}")


def check_fragment(check: Record) -> str:
    """A check of code: verdict, the entries that are wrong, notes, how to see it again."""
    return rendered("check_fragment.html.jinja", check=check, most=MOST_ENTRIES, style=_style(), linked=())


def case_fragment(name: str, verdict: str, comparisons: Sequence[Record], detail: Record | None) -> str:
    """A checked case: its comparisons, and its graph where it is drawn."""
    picture = None if detail is None else _picture(detail, name)
    return rendered(
        "case_fragment.html.jinja", name=name, verdict=verdict, comparisons=comparisons, picture=picture, style=_style(), linked=()
    )


def theorem_fragment(theorem: Record) -> str:
    """A theorem: its formula, what it presupposes, and its steps."""
    return rendered("theorem_fragment.html.jinja", theorem=theorem, style=_style(), linked=())


def graph_fragment(detail: Record, title: str) -> str:
    """A graph: its picture, and what that leaves out."""
    return rendered("graph_fragment.html.jinja", picture=_picture(detail, title), omission=omission(detail), style=_style(), linked=())


def standalone_svg(detail: Record, title: str) -> str:
    """The picture of a graph as a file of its own, with its style in it. ValueError if it does not fit together."""
    first, rest = graph_svg(detail, title).split(">", 1)
    return f"{first.replace('<svg', chr(60) + 'svg xmlns=' + chr(34) + 'http://www.w3.org/2000/svg' + chr(34), 1)}><style>{_graph_style()}</style>{rest}\n"


def _picture(detail: Record, title: str) -> Any:
    from markupsafe import Markup

    return Markup(standalone_svg(detail, title))


@cache
def _graph_style() -> str:
    """The rules of the style sheet that are about graphs, on one background whatever lies around."""
    sheet = asset("report.css")
    light, dark, *_ = (" ".join(found.split()) for found in _VARIABLES.findall(sheet))
    rules = "\n".join(_RULES.findall(sheet))
    background = ".graph { background: var(--paper); }"
    return f".graph {{ {light} }}\n@media (prefers-color-scheme: dark) {{ .graph {{ {dark} }} }}\n{rules}\n{background}"


@cache
def _style() -> str:
    sheet = asset("report.css")
    light, dark, *_ = (" ".join(found.split()) for found in _VARIABLES.findall(sheet))
    own = asset("fragment.css")
    return f".backproof {{ {light} }}\n@media (prefers-color-scheme: dark) {{ .backproof {{ {dark} }} }}\n{own}"
