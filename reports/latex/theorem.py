r"""One theorem of a results document in LaTeX: its statement, hypotheses, evidence, and every step with its own.

>>> record = {"label": "a-b", "title": "A", "source": "L1", "words": "u_i is 1.", "latex": "u_i = 1", "hypotheses": [], "uses": [],
...           "verdict": None, "evidence": ["not checked"], "formal": None, "steps": []}
>>> print(theorem_part(record))
\subsection*{A (L1)}\label{thm:a-b}
$u_{i}$ is 1.
\[ u_i = 1 \]
\emph{Evidence:} not checked.
>>> theorem_part({})
Traceback (most recent call last):
    ...
KeyError: 'title'
"""

from __future__ import annotations

from collections.abc import Iterator

from backproof.reports.document import Record
from backproof.reports.latex.words import breakable, words


def theorem_part(record: Record) -> str:
    """The theorem, for an article that loads amsmath and amssymb."""
    return "\n".join(_lines(record))


def _lines(record: Record) -> Iterator[str]:
    yield rf"\subsection*{{{words(record['title'])} ({words(record['source'])})}}\label{{thm:{record['label']}}}"
    yield words(record["words"])
    yield rf"\[ {record['latex']} \]"
    if record["hypotheses"]:
        named = "; ".join(rf"\emph{{{words(one['name'])}}}: {words(one['words'])}" for one in record["hypotheses"])
        yield rf"\emph{{Presupposes}} {named}."
    if record["uses"]:
        yield ""
        yield rf"\emph{{Uses}} {words(', '.join(record['uses']))}."
    if record["hypotheses"] or record["uses"]:
        yield ""
    verdict = f"{record['verdict']}, " if record["verdict"] else ""
    yield rf"\emph{{Evidence:}} {words(verdict + '; '.join(record['evidence']))}."
    if record["formal"]:
        yield rf"\emph{{Formal statement:}} \texttt{{{breakable(record['formal'])}}}."
    if record["steps"]:
        yield r"\begin{enumerate}"
        for step in record["steps"]:
            yield from _step(step)
        yield r"\end{enumerate}"


def _step(step: Record) -> Iterator[str]:
    yield rf"\item \emph{{{words(step['name'])}}} ({words(step['source'])}). {words(step['words'])}"
    yield rf"\[ {step['latex']} \]"
    if not step["found"]:
        yield "not checked"
        return
    found = (
        f"{one['system']}: {one['evidence']}" + ("" if one["verdict"] == "CORRECT" else f", {one['verdict']}") for one in step["found"]
    )
    yield rf"{words(step['verdict'] or 'not checked')}. {words('; '.join(found))}."
