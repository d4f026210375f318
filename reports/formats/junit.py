"""JUnit XML, as Jenkins, GitLab and most services read it: `junit(results)`.

WRONG and INACCURATE are failures, INCONCLUSIVE is an error, not checked is skipped with the reason; so is an
INCONCLUSIVE that the run allows. What belongs to the run stands with the first suite, and no test has properties.
The document holds no times, so the file has none.

>>> junit({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from xml.etree import ElementTree

from backproof.reports.document import Results
from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, Outcome, outcomes
from backproof.reports.text import clip, inert

LONGEST_MESSAGE = 400  # characters of an attribute `message`; chosen: services show it in one line, and cut longer ones


def junit(results: Results) -> str:
    """The outcomes of a document as JUnit XML. KeyError if it is no results document."""
    found = outcomes(results)
    root = ElementTree.Element("testsuites", {"name": "backproof", **_counts(found)})
    for title, inside in groupby(sorted(found, key=_order(found)), key=lambda outcome: outcome.section):
        suite = list(inside)
        skipped = str(sum(_element(outcome) == "skipped" for outcome in suite))
        element = ElementTree.SubElement(root, "testsuite", {"name": inert(title), **_counts(suite), "skipped": skipped})
        if suite[0] is found[0]:
            properties = ElementTree.SubElement(element, "properties")
            for name, value in _properties(results):
                ElementTree.SubElement(properties, "property", name=name, value=inert(value))
        for outcome in suite:
            _add(element, outcome)
    ElementTree.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _order(found: list[Outcome]) -> Callable[[Outcome], int]:
    """A key that brings the outcomes of a section together, sections in the order in which they first appear."""
    first = {outcome.section: place for place, outcome in reversed(list(enumerate(found)))}
    return lambda outcome: first[outcome.section]


def _counts(found: list[Outcome]) -> dict[str, str]:
    elements = [_element(outcome) for outcome in found]
    return {"tests": str(len(found)), "failures": str(elements.count("failure")), "errors": str(elements.count("error"))}


def _element(outcome: Outcome) -> str | None:
    """Which element says what became of it; None for one that passed."""
    if outcome.status in (NOT_CHECKED, ALLOWED):
        return "skipped"
    if outcome.status == FAILED:
        return "error" if outcome.verdict == "INCONCLUSIVE" else "failure"
    return None


def _properties(results: Results) -> list[tuple[str, str]]:
    """What the run was."""
    run = results["run"]
    told = [("command", run["command"]), ("seed", str(run["seed"])), ("version", results["tool"]["version"])]
    return told + [(name, version) for name, version in results["environment"].items()]


def _add(suite: ElementTree.Element, outcome: Outcome) -> None:
    section = outcome.section.replace(" ", "_").replace(".", "_")
    test = ElementTree.SubElement(suite, "testcase", classname=inert(f"backproof.{section}"), name=inert(outcome.name))
    kind = _element(outcome)
    if kind is None:
        return
    message = clip(outcome.said, LONGEST_MESSAGE)
    if outcome.status == ALLOWED:
        message = clip(f"allowed by --allow-inconclusive: {outcome.said}", LONGEST_MESSAGE)
    element = ElementTree.SubElement(test, kind, type=outcome.verdict or "not checked", message=message)
    element.text = inert(outcome.text)
