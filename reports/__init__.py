"""The results document and all that renders it. This layer knows results, not engines.

Rooms, in reading order:

- `outputs.py` files: whole or not at all, found unwritable before the work
- `folders.py` folders of pages: whole or not at all, over nothing that is not ours
- `document.py` read, check, write
- `vocabulary.py` the words of a document, in order
- `glossary.py` what the words mean
- `text.py` strings as reports show them
- `foreign.py` other people's text on a terminal
- `streams.py` standard output and standard error
- `tables.py` tables and sentences at the width of a terminal
- `terminal.py` results on a terminal
- `progress.py` how far a run is, on standard error
- `evidence.py` words of evidence, read back
- `sentences.py` the sentences of a summary, read back
- `causes.py` what a failing run says first
- `agreement.py` whether words and counts of a document agree
- `printed.py` whether the lines of a summary do
- `html` one self-contained page
- `audit` pages and files derived again, without what made them
- `formats` what other programs read
- `changes.py` what changed between two documents
- `latex` theorems and a worked graph for an article

*Rule*: imports nothing of ours; a report is a function of one results document.

Layer `reports`, above both wings.

>>> from backproof.reports import load_results, render_html, save_results, write_html
>>> render_html({"format": "something else"})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $.format: found 'something else', expected 'backproof-results'
"""

from backproof.reports.document import ResultsError, load_results, save_results, validate
from backproof.reports.html.page import render_checks, render_html, write_checks_html, write_html

__all__ = ["ResultsError", "load_results", "render_checks", "render_html", "save_results", "validate", "write_checks_html", "write_html"]
