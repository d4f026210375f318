"""Packages that backproof asks for, and whether what is installed lies within their bounds; nothing is imported.

>>> click = next(one for one in packages() if one.name == "click")
>>> click.within, click.extra
(True, None)
>>> within("1.26.4", ">=2.0"), within("2.3.0rc1", ">=2.0"), within("0.14.9", "==0.14.*"), within("1.0", "~=1.0")
(False, True, True, None)
>>> within("", ">=2.0")
False
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import NamedTuple

_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*\(?(?P<bounds>[^;)]*)\)?\s*(?:;\s*(?P<marker>.*))?$")


class Package(NamedTuple):
    """A package, its bounds, the extra that asks for it (None: needed), the version that is here, and whether that is
    within: None where it is not told.
    """

    name: str
    bounds: str
    extra: str | None
    found: str | None
    within: bool | None


def packages(of: str = "backproof") -> list[Package]:
    """Every package that one asks for, needed ones first; PackageNotFoundError if that one itself is not installed."""
    found: list[Package] = []
    for text in requires(of) or ():
        match = _REQUIREMENT.match(text)
        if match is None or match["name"] == of:
            continue
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", match["marker"] or "")
        here, bounds = version_of(match["name"]), match["bounds"].strip()
        found.append(
            Package(match["name"], bounds, None if extra is None else extra[1], here, None if here is None else within(here, bounds))
        )
    return sorted(found, key=lambda one: one.extra or "")


def version_of(name: str) -> str | None:
    """The version of an installed distribution; None if there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def within(here: str, bounds: str) -> bool | None:
    """Whether a version lies within bounds of the forms >=, ==, <; None if a bound is of another form."""
    answers: list[bool] = []
    for bound in filter(None, (part.strip() for part in bounds.split(","))):
        match = re.fullmatch(r"(>=|==|<)\s*([0-9]+(?:\.[0-9]+)*)(\.\*)?", bound)
        if match is None:
            return None
        wanted, own = _numbers(match[2]), _numbers(here)
        own = (*own, *[0] * (len(wanted) - len(own)))
        head = own[: len(wanted)] if match[3] else own
        answers.append(head >= wanted if match[1] == ">=" else head < wanted if match[1] == "<" else head == wanted)
    return all(answers)


def _numbers(text: str) -> tuple[int, ...]:
    """The release numbers of a version, as they are compared: 2.3.0rc1 is 2, 3, 0."""
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", text)
    return tuple(map(int, match[0].split("."))) if match else ()
