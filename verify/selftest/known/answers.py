"""The judge's known answers, run where it is installed: `known_answers()`.

Whoever judges is asked what is known beforehand: the examples in the docstrings of every module that judges, and the
pages of this room, which hold what no other page shows: hand calculations, closed forms, another library's value, and
what must be refused. A wrong bound, a comparison that lets its edge through, or a table that counts one too many need
not show on any graph; each of them is a wrong answer here.

>>> class Page:
...     '''>>> 2 * 3
...     7'''
>>> missed = answers_of([Page]).missed[0]
>>> missed.asked, missed.expected, missed.found
('2 * 3', '7', '6')
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

JUDGING = (
    *("backproof.engine", "backproof.verify.paths", "backproof.verify.numbers", "backproof.verify.derivatives"),
    *("backproof.verify.rounding", "backproof.verify.three_way", "backproof.verify.verdicts", "backproof.verify.results"),
    "backproof.verify.selftest.known",
)
"""What is asked: every module of these packages."""

FORM = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class Missed:
    """A wrong answer: the page, its line (0 where it is not known), what was asked, expected and found."""

    where: str
    line: int
    asked: str
    expected: str
    found: str


@dataclass(frozen=True)
class Answers:
    """How many pages and questions were asked, and which answers were wrong."""

    pages: int
    asked: int
    missed: tuple[Missed, ...]

    @property
    def right(self) -> bool:
        """Whether something was asked, and every answer was right."""
        return bool(self.asked) and not self.missed


def known_answers(packages: Sequence[str] = JUDGING) -> Answers:
    """Every page of the packages; none is asked where Python runs without docstrings (-OO)."""
    return answers_of([importlib.import_module(name) for package in packages for name in modules(package)])


def modules(package: str) -> list[str]:
    """A module, or a package and all that is below it, by name.

    >>> modules("backproof.verify.verdicts"), "backproof.engine.functions.row" in modules("backproof.engine")
    (['backproof.verify.verdicts'], True)
    """
    root = importlib.import_module(package)
    below = pkgutil.walk_packages(root.__path__, f"{package}.") if hasattr(root, "__path__") else ()
    return [package, *sorted(found.name for found in below)]


def answers_of(pages: Iterable[Any]) -> Answers:
    """The examples of some modules or functions."""
    finder, asked, missed, count = doctest.DocTestFinder(exclude_empty=True), 0, list[Missed](), 0
    for page in pages:
        count += 1
        for example in finder.find(page, getattr(page, "__name__", "")):
            runner = _Listening(optionflags=FORM)
            runner.run(example, out=_silent)
            asked += runner.tries
            missed += runner.missed
    return Answers(count, asked, tuple(missed))


class _Listening(doctest.DocTestRunner):
    """Keeps what went wrong, and prints nothing."""

    def __init__(self, optionflags: int) -> None:
        super().__init__(verbose=False, optionflags=optionflags)
        self.missed: list[Missed] = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:  # noqa: ARG002
        self._keep(test, example, got)

    def report_unexpected_exception(self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any) -> None:  # noqa: ARG002
        self._keep(test, example, f"{exc_info[0].__name__}: {exc_info[1]}")

    def _keep(self, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        line = 0 if test.lineno is None else test.lineno + example.lineno + 1
        asked, expected, found = (_one_line(text) for text in (example.source, example.exc_msg or example.want, got))
        self.missed.append(Missed(test.name, line, asked, expected, found))


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


LONGEST = 200  # characters of what is shown of an answer; chosen: two lines of a terminal


def _silent(text: str) -> None:
    """Nothing is printed."""
