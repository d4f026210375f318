r"""Vertex names and plain sentences as they stand in formulas: in text, in LaTeX and in MathML, with everything
escaped.

A name of letters may carry a subscript (`u₁`, `q_y`); any other name is set upright, and in parentheses where its parts
could be misread.

>>> [text_name(name) for name in ("W", "u₁", "z₁ + z₂")]
['W', 'u₁', '(z₁ + z₂)']
>>> print(latex_name("γ"), latex_name("u₁"), latex_name("q_y"), latex_name("a_1"), latex_name("50 % < x"))
\gamma u_{1} q_{y} \text{a\_1} (\text{50 \% \textless{} x})
>>> mathml_name("u₁"), mathml_name("a < b")
('<msub><mi>u</mi><mn>1</mn></msub>', '<mrow><mo>(</mo><mtext>a &lt; b</mtext><mo>)</mo></mrow>')
>>> latex_name("")
Traceback (most recent call last):
    ...
ValueError: a vertex name must not be empty
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LETTERS_AND_SUBSCRIPT = re.compile(r"([^\W\d_₀-₉]+)(?:([₀-₉]+)|_([A-Za-z]+))?")
_WORD = re.compile(r"[\w']+")
# fmt: off
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "ς": "varsigma", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}
# fmt: on
_LATEX_SPECIAL = {
    **{symbol: f"\\{symbol}" for symbol in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{greek: f"$\\{command}$" for greek, command in _GREEK.items()},
    **{digit: f"$_{number}$" for digit, number in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)},
}


def printable(words: str) -> str:
    r"""The words without a character that cannot be shown: a line break, a control character or half a character
    becomes its escape.

    >>> printable("two" + chr(10) + "lines")
    'two\\nlines'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in words)


def width(line: str) -> int:
    """How many columns a line of text takes: a combining mark, as in f̄, takes none.

    >>> width("f̄o")
    2
    """
    return sum(not unicodedata.combining(c) for c in line)


def text_name(name: str) -> str:
    """The name in a line of text; in parentheses if it is more than one word."""
    _refuse_empty(name)
    return name if _WORD.fullmatch(name) else f"({printable(name)})"


def latex_words(words: str) -> str:
    r"""Words for the inside of `\text{…}`, every special character escaped.

    >>> print(latex_words("γ_{1} & 50 %"))
    $\gamma$\_\{1\} \& 50 \%
    """
    return "".join(_LATEX_SPECIAL.get(c, c) for c in printable(words))


def latex_name(name: str) -> str:
    """The name in LaTeX's mathematics mode (with amsmath)."""
    _refuse_empty(name)
    parts = _LETTERS_AND_SUBSCRIPT.fullmatch(name)
    if parts is None:
        words = rf"\text{{{latex_words(name)}}}"
        return words if _WORD.fullmatch(name) else f"({words})"
    base, digits, letters = parts.groups()
    subscript = digits.translate(SUBSCRIPTS) if digits else _latex_letters(letters) if letters else ""
    return _latex_letters(base) + (f"_{{{subscript}}}" if subscript else "")


def _latex_letters(letters: str) -> str:
    if letters in _GREEK:
        return f"\\{_GREEK[letters]}"
    if not letters.isascii():
        return rf"\text{{{latex_words(letters)}}}"
    return letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"


def mathml_name(name: str) -> str:
    """The name as one MathML element."""
    _refuse_empty(name)
    parts = _LETTERS_AND_SUBSCRIPT.fullmatch(name)
    if parts is None:
        words = f"<mtext>{mathml_words(name)}</mtext>"
        return words if _WORD.fullmatch(name) else f"<mrow><mo>(</mo>{words}<mo>)</mo></mrow>"
    base, digits, letters = parts.groups()
    subscript = f"<mn>{digits.translate(SUBSCRIPTS)}</mn>" if digits else f"<mi>{letters}</mi>" if letters else ""
    return f"<msub><mi>{base}</mi>{subscript}</msub>" if subscript else f"<mi>{base}</mi>"


def mathml_words(words: str) -> str:
    """Words for the inside of an element or an attribute.

    >>> mathml_words('a < "b" & c')
    'a &lt; &quot;b&quot; &amp; c'
    """
    return escape(printable(words))


def _refuse_empty(name: str) -> None:
    if not name:
        raise ValueError("a vertex name must not be empty")
