"""The font that is committed holds every letter and sign that its maker names, under a name of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builder.math_font import MOST_BYTES, NAME, TARGET, letters, subset

tt: Any = pytest.importorskip("fontTools.ttLib", reason="the Python package fonttools is not installed")
pytest.importorskip("brotli", reason="the Python package brotli is not installed")


def test_the_committed_font_has_the_letters_the_name_and_the_table_that_makes_signs_grow() -> None:
    font: Any = tt.TTFont(TARGET)
    missing = {letter for letter in letters() if ord(letter) not in font.getBestCmap()}
    assert not {f"U+{ord(letter):04X}" for letter in missing if letter.isprintable() and not letter.isspace()}
    assert font["name"].getDebugName(1) == NAME
    variants = font["MATH"].table.MathVariants
    assert "summation" in variants.VertGlyphCoverage.glyphs
    assert TARGET.stat().st_size <= MOST_BYTES


def test_a_part_of_the_part_is_made_alike_twice() -> None:
    assert subset(TARGET) == subset(TARGET)


def test_a_font_without_the_table_is_refused(tmp_path: Path) -> None:
    font: Any = tt.TTFont(TARGET)
    del font["MATH"]
    font.save(tmp_path / "text.otf")
    with pytest.raises(ValueError, match="no table MATH"):
        subset(tmp_path / "text.otf")
