"""Every example in a docstring runs, and every module with a docstring example is imported under its one name."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from backproof.verify.selftest.known.answers import FORM

PACKAGES = ("backproof", "backproof.engine", "backproof.theorems", "backproof.verify", "backproof.reports")


def module_names() -> list[str]:
    names: list[str] = []
    for package in PACKAGES:
        names.append(package)
        path = importlib.import_module(package).__path__
        names += [info.name for info in pkgutil.walk_packages(path, package + ".") if not info.name.endswith("__main__")]
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("name", module_names())
def test_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    form = FORM if name.startswith("backproof.verify.selftest.known") else doctest.ELLIPSIS  # the wide values of that room are wrapped
    failures, _ = doctest.testmod(module, optionflags=form)
    assert failures == 0
