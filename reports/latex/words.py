r"""Words in LaTeX's text mode: every special character escaped, signs and Greek letters in mathematics mode, `u_k` and
`D_{j→i}` as formulas. What LaTeX has no sign for becomes its code point.

>>> print(words("γ_m < 50 % of u_k, n ≤ 5"))
$\gamma_{m}$ \textless{} 50 \% of $u_{k}$, n $\leq$ 5
>>> print(words("\\input{x} שלום"))
\textbackslash{}input\{x\} [U+05E9][U+05DC][U+05D5][U+05DD]
>>> print(number("-3.2e-17"), number("0.5"), number("nan"))
$-3.2 \cdot 10^{-17}$ $0.5$ nan
>>> words(None)
Traceback (most recent call last):
    ...
TypeError: expected string or bytes-like object, got 'NoneType'
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# fmt: off
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}
_SIGNS = {
    "≤": "leq", "≥": "geq", "→": "to", "∈": "in", "×": "times", "·": "cdot", "∂": "partial", "∑": "sum", "∏": "prod",
    "∞": "infty", "≠": "neq", "≈": "approx", "∅": "emptyset", "ℝ": "mathbb{R}", "±": "pm", "∘": "circ", "′": "prime",
    "√": "surd", "∖": "setminus", "⁻": "{}^{-}",
}
# fmt: on
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁱᵏⁿʲ", "0123456789iknj", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙ", "0123456789ijkn", strict=True))
_TEXT = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}"},
    **{
        "|": r"\textbar{}",
        "…": r"\ldots{}",
        "−": "$-$",
        "–": "--",
        "“": "``",
        "”": "''",
        "‘": "`",
        "’": "'",
        "`": "`",
        "\n": " ",
        "\t": " ",
    },
    **{letter: f"$\\{name}$" for letter, name in _GREEK.items()},
    **{sign: f"$\\{name}$" for sign, name in _SIGNS.items()},
    **{sign: f"$^{{{plain}}}$" for sign, plain in _RAISED.items()},
    **{sign: f"$_{{{plain}}}$" for sign, plain in _LOWERED.items()},
}
_ACCENTS = {
    **{"\N{COMBINING MACRON}": "=", "\N{COMBINING DOT ABOVE}": ".", "\N{COMBINING ACUTE ACCENT}": "'", "\N{COMBINING TILDE}": "~"},
    **{"\N{COMBINING DIAERESIS}": '"', "\N{COMBINING CIRCUMFLEX ACCENT}": "^", "\N{COMBINING GRAVE ACCENT}": "`"},
    "\N{COMBINING CEDILLA}": "c ",
}
_FORMULA = re.compile(r"\b([A-Za-z]|[γδεηπ])_(?:\{([^{}]*)\}|([A-Za-z0-9]))(?![A-Za-z0-9_])")


def words(text: str) -> str:
    """The words, for the text of an article."""
    parts: list[str] = []
    end = 0
    for match in _FORMULA.finditer(text):
        below = match[2] if match[2] is not None else match[3]
        parts += [_escaped(text[end : match.start()]), f"${_in_formula(match[1])}_{{{_in_formula(below)}}}$"]
        end = match.end()
    return "".join([*parts, _escaped(text[end:])])


def breakable(name: str) -> str:
    r"""A long name, which may be parted after a dot or an underscore.

    >>> print(breakable("A.b_c"))
    A.\allowbreak{}b\_\allowbreak{}c
    """
    return _escaped(name).replace(".", r".\allowbreak{}").replace(r"\_", r"\_\allowbreak{}")


def number(text: str) -> str:
    """A number as it stands in the results, as a formula."""
    mantissa, mark, exponent = text.partition("e")
    if not re.fullmatch(r"-?[0-9./]+", mantissa) or (mark and not re.fullmatch(r"[-+]?[0-9]+", exponent)):
        return words(text)
    return f"${mantissa}$" if not mark else rf"${mantissa} \cdot 10^{{{int(exponent)}}}$"


def matrix(rows: Any) -> str:
    """A vector or a matrix of numbers as it stands in the results, as a formula; or what was left out of it."""
    if rows is None:
        return "not defined"
    if isinstance(rows, dict):
        return f"({words(str(rows.get('omitted', 'left out')))})"
    listed = rows if isinstance(rows, list) and rows and isinstance(rows[0], list) else [rows]
    cells = [
        [number(str(cell))[1:-1] if number(str(cell)).startswith("$") else rf"\text{{{number(str(cell))}}}" for cell in row]
        for row in listed
    ]
    if len(cells) == 1 and len(cells[0]) == 1:
        return f"${cells[0][0]}$"
    return r"$\begin{pmatrix} " + r" \\ ".join(" & ".join(row) for row in cells) + r" \end{pmatrix}$"


def _escaped(text: str) -> str:
    return "".join(map(_escape, unicodedata.normalize("NFC", text))) if text.isascii() else _accented(unicodedata.normalize("NFD", text))


def _accented(text: str) -> str:
    """Text with accents taken apart: each stands before its letter in LaTeX."""
    written: list[str] = []
    for sign in text:
        if sign in _ACCENTS and written:
            written[-1] = rf"\{_ACCENTS[sign]}{{{written[-1]}}}"
        else:
            written.append(_escape(sign))
    return "".join(written)


def _escape(sign: str) -> str:
    if sign in _TEXT:
        return _TEXT[sign]
    return sign if " " <= sign <= "~" else f"[U+{ord(sign):04X}]"


def _in_formula(text: str) -> str:
    """A subscript: letters, digits and arrows; anything else upright, escaped."""
    if text in _GREEK:
        return f"\\{_GREEK[text]}"
    left, arrow, right = text.partition("→")
    if re.fullmatch(r"[A-Za-z0-9']+", left) and (not arrow or re.fullmatch(r"[A-Za-z0-9']+", right)):
        return rf"{left} \to {right}" if arrow else left
    return rf"\text{{{_escaped(text)}}}"
