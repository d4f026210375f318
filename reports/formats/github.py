"""What a GitHub runner shows of a run: annotations, which are lines on standard output, and the step summary, a file.

>>> escaped("100 %\\nof a, b: c"), escaped("100 %\\nof a, b: c", inside=True)
('100 %25%0Aof a, b: c', '100 %25%0Aof a%2C b%3A c')
>>> under_a_runner({"GITHUB_ACTIONS": "true"}), under_a_runner({})
(True, False)
>>> annotation_lines({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from backproof.reports.changes import Changes
from backproof.reports.document import Results
from backproof.reports.formats.markdown import LARGEST, markdown
from backproof.reports.formats.outcomes import ALLOWED, Outcome, cause_of, outcomes, worst_first
from backproof.reports.outputs import naming
from backproof.reports.text import clip

MOST = 10  # annotations of a kind that a runner shows of a step
LONGEST = 900  # characters of a message; chosen: what is shown without unfolding
SMALLEST = 2000  # bytes; chosen: with less room than this a summary says nothing, and the step's is full


def under_a_runner(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process runs in a step of a workflow."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotation_lines(results: Results) -> list[str]:
    """The lines that annotate what does not pass, at most ten errors and ten warnings, and one on how many more there
    are. KeyError if it is no results document.
    """
    lines = {"error": list[str](), "warning": list[str]()}
    for outcome in worst_first(outcomes(results)):
        kind = "warning" if outcome.status == ALLOWED else "error"
        lines[kind].append(_line(kind, outcome))
    if cause := cause_of(results):
        lines["error"].insert(0, f"::error title=backproof::{escaped(clip(cause, LONGEST))}")
    shown = [line for kind in lines.values() for line in kind[:MOST]]
    left = sum(max(0, len(kind) - MOST) for kind in lines.values())
    return shown + ([f"::notice title=backproof::{left:,} more do not pass; the step summary and the results list them"] if left else [])


def _line(kind: str, outcome: Outcome) -> str:
    properties = {"title": f"{outcome.verdict}: {clip(outcome.name)}"}
    message = outcome.message
    if outcome.places:
        place = outcome.places[0]
        properties = {"file": place.file, "line": str(place.line), **properties}
        message = f"{place.words}. {message}"
    named = ",".join(f"{name}={escaped(value, inside=True)}" for name, value in properties.items())
    return f"::{kind} {named}::{escaped(clip(message, LONGEST))}"


def escaped(text: str, inside: bool = False) -> str:
    """Text as a workflow command takes it; `inside` of its properties, where colons and commas mean something."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *(((":", "%3A"), (",", "%2C")) if inside else ())):
        text = text.replace(character, code)
    return text


def append_summary(results: Results, path: str, changes: Changes | None = None) -> None:
    """Append the document as Markdown to the file of the step, which takes so many bytes of all that a step writes.
    OSError if it cannot be written, or is full.
    """
    with naming(path):
        room = LARGEST - (os.path.getsize(path) if os.path.exists(path) else 0)
        if room < SMALLEST:
            raise OSError(f"it holds {LARGEST - room:,} bytes already, of {LARGEST:,}")
        with open(path, "a", encoding="utf-8") as file:
            file.write(markdown(results, room, changes))
