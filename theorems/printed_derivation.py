r"""A derivation (L8) as people read it: `as_text`, `as_latex`, `as_mathml`, each line with its function superscripts.

With `points=True` every derivative also shows the values at which it is taken (L1), as the lecture does before it drops
them; with `reasons=True` every line says why it holds, and by which item of the lecture.

>>> from backproof.theorems.derivation import Structure, derivation
>>> four = Structure(("u₁", "u₂", "u₃", "u₄"), 2, ((1, 3), (2, 3), (2, 4), (3, 4)))
>>> print(as_text(derivation(four, "u₂")))
∂u₄/∂u₂|^{f̄u₄} = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{f̄u₃}
               = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{fu₃}
>>> print(as_text(derivation(Structure(("x", "z", "y"), 1, ((1, 2), (2, 3))), "x"), points=True, reasons=True))
∂y/∂x|^{f̄y}_{x} = ∂y/∂z|^{fy}_{z} × ∂z/∂x|^{f̄z}_{x}
    chain rule at y: its only argument that depends on x is z (L2(c))
                = ∂y/∂z|^{fy}_{z} × ∂z/∂x|^{fz}_{x}
    chain rule at z: its only argument that depends on x is x, and the derivative of x with respect to itself is I (L2(c), L15)
>>> print(as_latex(derivation(four, "u₁", output="u₃")))
\begin{aligned}
\left.\frac{\partial u_{3}}{\partial u_{1}}\right|^{\bar{f}^{u_{3}}} &= \left.\frac{\partial u_{3}}{\partial u_{1}}\right|^{f^{u_{3}}}
\end{aligned}
>>> line_as_text(derivation(four, "u₂"), 2)
Traceback (most recent call last):
    ...
IndexError: there is no line 2; the derivation has lines 0 … 1
"""

from __future__ import annotations

from backproof.theorems.derivation import Derivation, Derivative, Line, Structure
from backproof.theorems.notation import latex_name, latex_words, mathml_name, mathml_words, printable, text_name, width

_MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="{}">{}</math>'


def as_text(derivation: Derivation, *, points: bool = False, reasons: bool = False) -> str:
    """The derivation in plain lines, `∂o/∂q|^{fo} × …`, one below the other; with reasons, each below its line."""
    left = derivative_as_text(derivation.structure, derivation.left, points)
    indent = " " * width(left)
    written: list[str] = []
    for t, line in enumerate(derivation.lines):
        written.append(f"{indent if t else left} = {line_as_text(derivation, t, points=points)}")
        if reasons:
            written.append(f"    {_because(line)}")
    return "\n".join(written)


def as_latex(derivation: Derivation, *, points: bool = False, reasons: bool = False) -> str:
    """The derivation as an `aligned` environment, for mathematics mode with amsmath."""
    rows: list[str] = []
    for t, line in enumerate(derivation.lines):
        left = "" if t else derivative_as_latex(derivation.structure, derivation.left, points) + " "
        reason = rf" && \text{{{latex_words(_because(line))}}}" if reasons else ""
        rows.append(f"{left}&= {line_as_latex(derivation, t, points=points)}{reason}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def as_mathml(derivation: Derivation, *, points: bool = False, reasons: bool = False) -> str:
    """The derivation as one `math` element, a table with the left side, = and the right sides; its text stands in
    `alttext`.

    >>> from xml.etree import ElementTree
    >>> from backproof.theorems.derivation import Structure, derivation
    >>> ElementTree.fromstring(as_mathml(derivation(Structure(("x", "a < b"), 1, ((1, 2),)), "x"))).get("alttext")
    '∂(a < b)/∂x|^{f̄(a < b)} = ∂(a < b)/∂x|^{f(a < b)}'
    """
    rows: list[str] = []
    for t, line in enumerate(derivation.lines):
        left = "" if t else derivative_as_mathml(derivation.structure, derivation.left, points)
        terms = ("<mo>×</mo>".join(derivative_as_mathml(derivation.structure, d, points) for d in term) for term in line.terms)
        cells = [left, "<mo>=</mo>", f"<mrow>{'<mo>+</mo>'.join(terms) or '<mn>0</mn>'}</mrow>"]
        cells += [f"<mtext>{mathml_words(_because(line))}</mtext>"] if reasons else []
        rows.append("<mtr>" + "".join(f"<mtd>{cell}</mtd>" for cell in cells) + "</mtr>")
    table = f'<mtable columnalign="right center left{" left" if reasons else ""}">{"".join(rows)}</mtable>'
    return _MATHML.format(mathml_words(" ".join(as_text(derivation, points=points).split())), table)


def line_as_text(derivation: Derivation, t: int, *, points: bool = False) -> str:
    """The right side of line t = 0, 1, … as text. IndexError if there is no such line."""
    terms = _line(derivation, t).terms
    return " + ".join(" × ".join(derivative_as_text(derivation.structure, d, points) for d in term) for term in terms) or "0"


def line_as_latex(derivation: Derivation, t: int, *, points: bool = False) -> str:
    """The right side of line t as LaTeX."""
    terms = _line(derivation, t).terms
    return " + ".join(r" \times ".join(derivative_as_latex(derivation.structure, d, points) for d in term) for term in terms) or "0"


def derivative_as_text(structure: Structure, d: Derivative, points: bool = False) -> str:
    """∂y/∂z|^{fy}, or ∂y/∂z|^{f̄y} for a global one, with the point as a subscript if asked for."""
    of, wrt = text_name(structure.name(d.of)), text_name(structure.name(d.wrt))
    at = ", ".join(text_name(structure.name(i)) for i in d.point(structure))
    return f"∂{of}/∂{wrt}|^{{{'f̄' if d.is_global else 'f'}{of}}}" + (f"_{{{at}}}" if points else "")


def derivative_as_latex(structure: Structure, d: Derivative, points: bool = False) -> str:
    r"""The same in LaTeX: a fraction, a bar, and f^{y} or \bar{f}^{y} as its superscript."""
    of, wrt = latex_name(structure.name(d.of)), latex_name(structure.name(d.wrt))
    at = ", ".join(latex_name(structure.name(i)) for i in d.point(structure))
    function = r"\bar{f}" if d.is_global else "f"
    return rf"\left.\frac{{\partial {of}}}{{\partial {wrt}}}\right|^{{{function}^{{{of}}}}}" + (f"_{{{at}}}" if points else "")


def derivative_as_mathml(structure: Structure, d: Derivative, points: bool = False) -> str:
    """The same in MathML, to stand inside a `math` element."""
    of, wrt = mathml_name(structure.name(d.of)), mathml_name(structure.name(d.wrt))
    fraction = f"<mfrac><mrow><mi>∂</mi>{of}</mrow><mrow><mi>∂</mi>{wrt}</mrow></mfrac>"
    base = f'<mrow>{fraction}<mo stretchy="true" form="postfix">|</mo></mrow>'
    function = f"<msup>{'<mover><mi>f</mi><mo>¯</mo></mover>' if d.is_global else '<mi>f</mi>'}{of}</msup>"
    if not points:
        return f"<msup>{base}{function}</msup>"
    at = "<mo>,</mo>".join(mathml_name(structure.name(i)) for i in d.point(structure))
    return f"<msubsup>{base}<mrow>{at}</mrow>{function}</msubsup>"


def _line(derivation: Derivation, t: int) -> Line:
    if not 0 <= t < len(derivation.lines):
        raise IndexError(f"there is no line {t}; the derivation has lines 0 … {len(derivation.lines) - 1}")
    return derivation.lines[t]


def _because(line: Line) -> str:
    return printable(f"{line.reason} ({line.source})")
