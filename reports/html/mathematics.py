"""Formulas: LaTeX from the results as MathML, which browsers draw without help. `latex2mathml` converts; what comes out
is checked element by element.

>>> formula(r"p_i = \\sum_{p \\in P(i,n)} D_{a \\to b}").startswith("<math")
True
>>> formula(r"\\href{javascript:alert(1)}{x}")
'<code>\\\\href{javascript:alert(1)}{x}</code>'
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import lru_cache
from html import escape

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
# fmt: off
ELEMENTS = frozenset((
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mstyle", "mtable", "mtr", "mtd",
))
ATTRIBUTES = frozenset((
    "stretchy", "fence", "form", "separator", "largeop", "movablelimits", "lspace", "rspace",
    "mathvariant", "displaystyle", "scriptlevel", "accent", "width", "height",
))
# fmt: on
LARGE = frozenset("∑∏⋃")
UNDER = {"msub": "munder", "msubsup": "munderover"}


@lru_cache(maxsize=512)
def formula(latex: str) -> str:
    """The formula as a block of MathML with its LaTeX as alternative text; as plain LaTeX where it cannot be converted,
    or has links or styles in it.
    """
    from latex2mathml.converter import convert

    try:
        root = ET.fromstring(convert(latex))
    except Exception:  # the converter raises errors of many kinds at LaTeX that it does not know
        return f"<code>{escape(latex)}</code>"
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if element.tag not in ELEMENTS or (element is not root and not set(element.attrib) <= ATTRIBUTES):
            return f"<code>{escape(latex)}</code>"
    for element in root.iter():
        if element.tag in UNDER and element[0].tag == "mo" and element[0].text in LARGE:
            element.tag = UNDER[element.tag]
    root.attrib = {"xmlns": NAMESPACE, "display": "block", "alttext": latex}
    return ET.tostring(root, encoding="unicode")
