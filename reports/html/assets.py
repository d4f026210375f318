"""The style sheets and scripts of a page, and where they stand: in the page, named by their hashes in its content
policy, or as files beside it.

>>> inside().style_source[:8], beside().sheets
("'sha256-", ('assets/report.css', 'assets/views.css', 'assets/plots.css', 'assets/print.css', 'assets/math.css'))
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

from backproof.reports.html.audit_script import audit_script
from backproof.reports.html.fonts.math_font import font_face, with_math

STYLES = ("report.css", "views.css", "plots.css", "print.css")
EARLY = ("theme.js",)  # in the head, before anything is painted in the wrong colours
MATH = "math.css"  # the font of formulas, which is no file
AUDIT = "audit.js"
SCRIPTS = (AUDIT, "copy_latex.js", "copy.js", "sort.js", "filter.js", "keys.js", "views.js")
"""The audit first: it reads the page before another script changes it."""
FOLDER = "assets"


class Files(NamedTuple):
    """What a page has of style and script: their text, or the names of files; and the sources that its policy allows."""

    style: str
    early: str
    script: str
    sheets: tuple[str, ...]
    early_scripts: tuple[str, ...]
    scripts: tuple[str, ...]
    style_source: str
    script_source: str


@cache
def asset(name: str) -> str:
    """The text of a template, a style sheet or a script of this folder."""
    if name == AUDIT:
        return audit_script()
    return files("backproof.reports.html").joinpath(name).read_text(encoding="utf-8")


@cache
def inside(scripted: bool = True, formulas: bool = False) -> Files:
    """Style and script in the page; `scripted`: whether it has a script at all, `formulas`, whether it has formulas."""
    style = with_math(_joined(STYLES), formulas=formulas)
    early, script = _joined(EARLY) if scripted else "", _joined(SCRIPTS) if scripted else ""
    return Files(style, early, script, (), (), (), _hash(style), f"{_hash(early)} {_hash(script)}" if scripted else "'none'")


@cache
def beside() -> Files:
    """Style and script as files in the folder `assets` at the root of a folder of pages."""
    sheets, early, scripts = (tuple(f"{FOLDER}/{name}" for name in names) for names in ((*STYLES, MATH), EARLY, SCRIPTS))
    return Files("", "", "", sheets, early, scripts, "'self' file:", "'self' file:")


def texts() -> dict[str, str]:
    """The files of `beside`, by their names below the root."""
    return {**{f"{FOLDER}/{name}": asset(name) for name in (*STYLES, *EARLY, *SCRIPTS)}, f"{FOLDER}/{MATH}": font_face()}


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(_bare(name) for name in names)


def _bare(name: str) -> str:
    """A script without its lines of comment and its indentation: no string of ours goes over the end of a line."""
    if not name.endswith(".js"):
        return asset(name)
    lines = (line.strip() for line in asset(name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
