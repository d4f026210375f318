"""A line is shown where one file of its name is known, and nothing is guessed where there are two."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from backproof.verify.gradient_oracle.given.places import Place
from backproof.verify.results.source_lines import LONGEST, line_at


def written(folder: Path, code: str = "x = 1\n    return x * x\n") -> Place:
    folder.mkdir()
    (folder / "my_layer.py").write_text(code)
    return Place(str(folder / "my_layer.py"), 1, "f")


def test_the_line_is_that_of_the_backwards_file(tmp_path: Path) -> None:
    line = line_at("my_layer.py:2", written(tmp_path / "a"))
    assert line is not None
    assert (line.number, line.code) == (2, "return x * x")


def test_of_two_files_of_one_name_nobody_can_say_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, other = written(tmp_path / "a"), ModuleType("my_layer")
    other.__file__ = written(tmp_path / "b").file
    monkeypatch.setitem(sys.modules, "my_layer", other)
    assert line_at("my_layer.py:2", here) is None


@pytest.mark.parametrize("place", ["my_layer.py:99", "my_layer.py:x", "my_layer.py", "?", "", "other.py:1"])
def test_what_is_no_line_is_none(tmp_path: Path, place: str) -> None:
    assert line_at(place, written(tmp_path / "a")) is None


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    line = line_at("my_layer.py:1", written(tmp_path / "a", "y = " + "1 + " * 1000 + "1\n"))
    assert line is not None
    assert len(line.code) == LONGEST
