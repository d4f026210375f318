"""The style sheets and scripts of a page, and where they stand: in the page, named by their hashes in its content
policy, or as files beside it.

>>> inside().style_source[:8], beside().sheets
("'sha256-", ('assets/report.css', 'assets/views.css'))
>>> asset("nowhere.css")
Traceback (most recent call last):
    ...
FileNotFoundError: ...
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

STYLES = ("report.css", "views.css")
SCRIPTS = ("report.js", "views.js")
FOLDER = "assets"


class Files(NamedTuple):
    """What a page has of style and script: their text, or the names of files; and the sources that its policy allows."""

    style: str
    script: str
    sheets: tuple[str, ...]
    scripts: tuple[str, ...]
    style_source: str
    script_source: str


@cache
def asset(name: str) -> str:
    """The text of a template, a style sheet or a script of this folder."""
    return files("backproof.reports.html").joinpath(name).read_text(encoding="utf-8")


@cache
def inside(scripted: bool = True) -> Files:
    """Style and script in the page; `scripted`: whether it has a script at all."""
    style, script = _joined(STYLES), _joined(SCRIPTS) if scripted else ""
    return Files(style, script, (), (), _hash(style), _hash(script) if scripted else "'none'")


@cache
def beside() -> Files:
    """Style and script as files in the folder `assets` at the root of a folder of pages."""
    return Files("", "", *(tuple(f"{FOLDER}/{name}" for name in names) for names in (STYLES, SCRIPTS)), *("'self' file:",) * 2)


def texts() -> dict[str, str]:
    """The files of `beside`, by their names below the root."""
    return {f"{FOLDER}/{name}": asset(name) for name in (*STYLES, *SCRIPTS)}


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(asset(name) for name in names)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
