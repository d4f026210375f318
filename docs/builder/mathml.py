"""Formulas as MathML, made when the site is built: no script, no font and no network when it is read.

>>> mathml(r"p_j = \\sum_i p_i D", block=False)[:28]
'<math xmlns="http://www.w3.o'
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def mathml(latex: str, *, block: bool) -> str:
    """One formula; its LaTeX is kept as the text that stands for it."""
    return convert(latex.strip(), display="block" if block else "inline")


def inline(translator: Any, node: Any) -> None:
    """A formula in a sentence."""
    translator.body.append(mathml(node.astext(), block=False))
    raise nodes.SkipNode


def displayed(translator: Any, node: Any) -> None:
    """A formula on a line of its own."""
    translator.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """The renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
