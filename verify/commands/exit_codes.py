"""Exit codes, pytest's, and the one that a results document gives.

>>> run = {"run": {"interrupted": False}, "cases": [{}], "summary": {"holds": True}}
>>> exit_code(run), exit_code({**run, "summary": {"holds": False}})
(0, 1)
>>> exit_code({**run, "cases": []}), exit_code({**run, "run": {"interrupted": True}})
(5, 2)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HOLDS, FAILS, INTERRUPTED, INTERNAL, USAGE, NOTHING = range(6)
EXIT_CODES = {
    HOLDS: "What was asked for was checked, and holds.",
    FAILS: "Something is not CORRECT, or a gate is missed.",
    INTERRUPTED: "Ctrl-C or SIGTERM; what was finished is kept, and the report says that the run was interrupted.",
    INTERNAL: "The suite itself failed, or its words and its counts disagree, or a file or standard output could not be written: where there is "
    "a verdict, it is shown.",
    USAGE: "The command line, or what it names, was refused; nothing was checked.",
    NOTHING: "Nothing was selected, or nothing can be checked here.",
}
"""What each exit code says."""


def exit_code(results: Mapping[str, Any]) -> int:
    """The exit code of a run of cases. KeyError if `results` is no results document."""
    if results["run"]["interrupted"]:
        return INTERRUPTED
    return holds_or_fails(results) if results["cases"] else NOTHING


def holds_or_fails(results: Mapping[str, Any]) -> int:
    """The exit code of results that hold no cases: theorems, derivations, the kill matrix.

    >>> holds_or_fails({"cases": [], "summary": {"holds": True}})
    0
    """
    return HOLDS if results["summary"]["holds"] else FAILS
