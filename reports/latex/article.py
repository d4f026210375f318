r"""A whole article in LaTeX of what a run says of the theorems: statements, evidence, a worked graph, derivations.

It is ASCII, needs amsmath and amssymb alone, and compiles with pdflatex, lualatex and xelatex.

>>> from backproof.reports.latex.article import article
>>> article({}, None)
Traceback (most recent call last):
    ...
KeyError: 'run'
"""

from __future__ import annotations

from collections.abc import Iterator

from backproof.reports.document import Record, Results
from backproof.reports.latex.theorem import theorem_part
from backproof.reports.latex.words import words
from backproof.reports.latex.worked import worked_part

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage{amsmath}
\usepackage{amssymb}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\emergencystretch=3em
\renewcommand{\labelitemi}{$\bullet$}
\allowdisplaybreaks"""


def article(results: Results, worked: Record | None) -> str:
    """The article of a results document; `worked` is the record of the case that is worked out."""
    return "\n".join(_lines(results, worked)) + "\n"


def _lines(results: Results, worked: Record | None) -> Iterator[str]:
    run, summary = results["run"], results["summary"]
    yield PREAMBLE
    yield r"\title{The theorems of backpropagation on computational graphs, checked}"
    yield rf"\author{{backproof {words(results['tool']['version'])}}}"
    yield r"\date{}"
    yield r"\begin{document}"
    yield r"\maketitle"
    yield rf"\textbf{{{words(summary['verdict'])}.}} {words(summary['sentence'])}"
    yield ""
    yield rf"Run again with \texttt{{{words(run['command'])}}}; the seed is {run['seed']}."
    if summary["not_checked"]:
        yield r"Not checked:\begin{itemize}"
        yield from (rf"\item {{}}{words(sentence)}" for sentence in summary["not_checked"])
        yield r"\end{itemize}"
    yield r"\section*{Statements and evidence}"
    for theorem in results["theorems"]:
        yield theorem_part(theorem)
    if worked is not None:
        yield worked_part(worked)
    for derivation in results["derivations"]:
        yield from _derivation(derivation)
    yield r"\end{document}"


def _derivation(derivation: Record) -> Iterator[str]:
    """A global derivative rewritten into local ones, each line with why it holds."""
    yield rf"\section*{{{words(derivation['case'])}: the derivative for {words(derivation['leaf'])}}}"
    yield rf"{words(derivation['verdict'])}, {words(derivation['evidence'])}."
    for k, line in enumerate(derivation["lines"]):
        left = "" if k else derivation["left_latex"]
        yield rf"{{\small\[ {left} = {line['latex']} \]}}"
        yield rf"{words(line['reason'])} ({words(line['source'])}): {words(line['verdict'])}, {words(line['evidence'])}."
        yield ""
