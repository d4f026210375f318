"""The two theorems in MathML, written by hand, and their LaTeX for copying.

>>> formula("path-sum", "x").startswith("<math")
True
>>> formula("no-such-theorem", "x < y")
'<code>x &lt; y</code>'
"""

from __future__ import annotations

from html import escape

_SUM_OF_PRODUCTS = (
    '<munder><mo class="big" largeop="false" movablelimits="false">∑</mo><mrow><mi>p</mi><mo>∈</mo><mi>P</mi><mo>(</mo>{pair}<mo>)</mo></mrow></munder>'
    '<munder><mo class="big" largeop="false" movablelimits="false">∏</mo><mrow><mo>(</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo><mo>∈</mo><mi>p</mi></mrow></munder>'
    "<msub><mi>D</mi><mrow><mi>a</mi><mo>→</mo><mi>b</mi></mrow></msub>"
)
_PATH_SUM = (
    "<msup><mrow><mfrac><mrow><mi>∂</mi><msub><mi>u</mi><mi>k</mi></msub></mrow><mrow><mi>∂</mi><msub><mi>u</mi><mi>j</mi></msub></mrow></mfrac>"
    '<mo stretchy="true" form="postfix">|</mo></mrow><msup><mover><mi>f</mi><mo>¯</mo></mover><mi>k</mi></msup></msup><mo>=</mo>'
    + _SUM_OF_PRODUCTS.format(pair="<mi>j</mi><mo>,</mo><mi>k</mi>")
)
_BACKWARD_PASS = "<msub><mi>p</mi><mi>i</mi></msub><mo>=</mo>" + _SUM_OF_PRODUCTS.format(pair="<mi>i</mi><mo>,</mo><mi>n</mi>")

_FORMULAS = {"path-sum": _PATH_SUM, "backward-pass": _BACKWARD_PASS}


def formula(label: str, latex: str) -> str:
    """The statement of the theorem with this label as MathML, its LaTeX as alternative text; the LaTeX itself for any other label."""
    if label not in _FORMULAS:
        return f"<code>{escape(latex)}</code>"
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="{escape(latex)}">{_FORMULAS[label]}</math>'
