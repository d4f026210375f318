"""The font of formulas in reports: a part of TeX Gyre Pagella Math, with what makes its signs grow.

    python -m builder.math_font FONT.otf          # in docs/: writes the font and its licence into reports/html/fonts/

FONT.otf is `texgyrepagella-math.otf` of Debian's package fonts-texgyre-math, or of TeX Live; the licence stands beside
its documentation there. It needs the Python package `fonttools[woff]`. The same font gives the same bytes. The part has
a name of its own, as the licence asks of what is changed.

>>> "∑" in letters(), "𝑝" in letters(), len(letters()) < 400
(True, True, True)
>>> subset(Path("no-such-font.otf"))
Traceback (most recent call last):
    ...
FileNotFoundError: [Errno 2] No such file or directory: 'no-such-font.otf'
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "reports" / "html" / "fonts" / "backproof-math.woff2"
NAME = "Backproof Math"
MOST_BYTES = 40_000  # chosen: every page with a formula carries it
SIGNS = "∑∏⋃⋂∂∇∈∉∅∞∀∃∘·×±−∓≤≥<>=≠≈≡∼→←⇒⇔↦⟨⟩‖…⋯⋮⋱′″‴√⊂⊆⊕⊗⊙⊤∫ℝℤℕℚℂ\u2061\u2062\u2063\u00a0¯˙ˆ˜¨\u0302\u0303\u0304\u0307\u0338\u20d7"
GREEK = "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξπρστυφχψω"
ITALIC = (range(0x1D434, 0x1D468), range(0x1D6E2, 0x1D71C))  # Latin and Greek, as browsers set a variable of one letter


def letters() -> str:
    """Every letter and sign of the part."""
    ascii_signs = "".join(map(chr, range(0x20, 0x7F)))
    italic = "".join(chr(code) for codes in ITALIC for code in codes) + "ℎ"
    return "".join(dict.fromkeys(ascii_signs + SIGNS + GREEK + italic))


def subset(font: Path) -> bytes:
    """The part of a font as WOFF2. OSError where it cannot be read, ValueError where it has no table MATH, or the part
    is too large for a page.
    """
    source = io.BytesIO(font.read_bytes())
    from fontTools import subset as subsetting
    from fontTools.ttLib import TTFont

    opened: Any = TTFont(source, recalcTimestamp=False)
    if "MATH" not in opened:
        raise ValueError(f"{font}: it has no table MATH, so that signs could not grow; expected texgyrepagella-math.otf")
    options: Any = subsetting.Options()
    options.flavor = "woff2"
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += ["FFTM"]
    maker: Any = subsetting.Subsetter(options)
    maker.populate(text=letters())
    maker.subset(opened)
    for record in opened["name"].names:
        if record.nameID in (1, 4):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    opened.flavor = "woff2"
    out = io.BytesIO()
    opened.save(out, reorderTables=True)
    if len(out.getvalue()) > MOST_BYTES:
        raise ValueError(
            f"{font}: the part has {len(out.getvalue()):,} bytes, and {MOST_BYTES:,} are the most; leave out some of the signs"
        )
    return out.getvalue()


def main() -> None:
    """Write the part of the font that is named on the command line."""
    made = subset(Path(sys.argv[1]))
    TARGET.write_bytes(made)
    print(f"{TARGET.relative_to(ROOT)}: {len(made):,} bytes, {len(letters())} letters and signs")


if __name__ == "__main__":
    main()
