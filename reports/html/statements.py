"""Theorems as a part of a page, with every formula in MathML: what `backproof theorems --format mathml` prints.

>>> record = {"label": "a", "title": "A < B", "source": "L1", "words": "It is 1.", "latex": "x = 1", "steps": [], "verdict": None, "evidence": ["not checked"]}
>>> print(statement(record).splitlines()[0])
<section id="a"><h2>A &lt; B (L1)</h2>
>>> statement({})
Traceback (most recent call last):
    ...
KeyError: 'verdict'
"""

from __future__ import annotations

from html import escape

from backproof.reports.document import Record
from backproof.reports.html.mathematics import formula


def statement(record: Record) -> str:
    """The theorem of a results document: title, words, formula, evidence, and its steps."""
    verdict = f"{record['verdict']}: " if record["verdict"] else ""
    lines = [
        f'<section id="{escape(record["label"])}"><h2>{escape(record["title"])} ({escape(record["source"])})</h2>',
        f"<p>{escape(record['words'])}</p>",
        formula(record["latex"]),
        f"<p>{escape(verdict + ' · '.join(record['evidence']))}</p>",
    ]
    if record["steps"]:
        lines.append("<ol>")
        for step in record["steps"]:
            lines.append(f"<li><p>{escape(step['name'])} ({escape(step['source'])}): {escape(step['words'])}</p>")
            lines += [formula(step["latex"]), f"<p>{escape(step['verdict'] or 'not checked')}</p></li>"]
        lines.append("</ol>")
    return "\n".join([*lines, "</section>"])
