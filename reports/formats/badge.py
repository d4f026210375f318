"""A badge: what the run came to, in a word and a count. `badge_json` is for shields.io, `badge_svg` a picture.

Green is only what holds; INCONCLUSIVE and what is not whole (interrupted, a shard) are yellow, not checked is grey.

>>> badge_json({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from backproof.reports.document import Results
from backproof.reports.formats.outcomes import overall, parts

LABEL = "backproof"
COLOURS = {"CORRECT": "#2e7d32", "WRONG": "#b3261e", "not checked": "#5f6368"}
YELLOW = "#8a5a00"  # chosen with the others: white text on each has a contrast of at least 4.5
NAMES = {"#2e7d32": "brightgreen", "#b3261e": "red", "#5f6368": "lightgrey", YELLOW: "yellow"}
LETTER = 7  # pixels of a letter at 11 px; chosen: the widest font that is asked for, so that nothing is cut
HEIGHT, PADDING = 20, 6


def badge_words(results: Results) -> tuple[str, str]:
    """The words and the colour. KeyError if it is no results document."""
    word, counts = overall(results), results["summary"]["counts"]
    colour = COLOURS.get(word, YELLOW)
    total = sum(counts.values())
    if results["cases"] and total:
        named = total if word == "CORRECT" else counts.get(word, 0)
        return (f"{word}: {named:,} of {total:,} cases" if named else word), colour
    found = [outcome for outcome in parts(results) if outcome.verdict is not None]
    named = sum(outcome.verdict == word for outcome in found)
    return (f"{word}: {named:,} of {len(found):,}" if named else word), colour


def badge_json(results: Results) -> str:
    """The badge as the JSON that shields.io makes a picture of. KeyError if it is no results document."""
    words, colour = badge_words(results)
    return json.dumps({"schemaVersion": 1, "label": LABEL, "message": words, "color": NAMES[colour]}, ensure_ascii=False, indent=1) + "\n"


def badge_svg(results: Results) -> str:
    """The badge as a picture. KeyError if it is no results document."""
    words, colour = badge_words(results)
    left, right = (LETTER * len(text) + 2 * PADDING for text in (LABEL, words))
    named = escape(f"{LABEL}: {words}", {'"': "&quot;"})
    texts = "".join(
        f'<text x="{x}" y="14" text-anchor="middle">{escape(text)}</text>' for x, text in ((left / 2, LABEL), (left + right / 2, words))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" aria-label="{named}">\n'
        f"<title>{named}</title>\n"
        f'<rect width="{left}" height="{HEIGHT}" fill="#3c4043"/><rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colour}"/>\n'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g>\n</svg>\n'
    )
