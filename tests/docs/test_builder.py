"""The examples in the docstrings of what builds the site run, and its folder lists its rooms."""

from __future__ import annotations

import doctest
import re
from importlib import import_module

import builder
import pytest
from builder.pages import DOCS

pytest.importorskip("sphinx", reason="the site needs pip install 'backproof[docs]'")
pytest.importorskip("myst_nb", reason="the site needs pip install 'backproof[docs]'")

MODULES = sorted(file.stem for file in (DOCS / "builder").glob("*.py") if not file.stem.startswith("__"))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    assert doctest.testmod(import_module(f"builder.{name}")).failed == 0


def test_every_module_is_a_room_of_the_folder() -> None:
    rooms = re.findall(r"^- `(\w+)\.py` ", builder.__doc__ or "", re.MULTILINE)
    assert sorted(rooms) == sorted([*MODULES, "__main__"])
