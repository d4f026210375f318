"""Versions of installed packages, each looked up once in a process: what was imported stays what it is.

>>> set(versions_of(["numpy", "mpmath"])) == {"numpy", "mpmath"}
True
>>> versions_of(["no-such-package"])
Traceback (most recent call last):
    ...
importlib.metadata.PackageNotFoundError: No package metadata was found for no-such-package
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version


@cache
def version_of(package: str) -> str:
    """The version of one. PackageNotFoundError if there is none."""
    return version(package)


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """The same of many, by name."""
    return {name: version_of(name) for name in packages}
