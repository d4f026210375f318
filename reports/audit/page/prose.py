"""Numbers in sentences: those at the top, above the tables and in the views, and what of all text is given.

Names, settings, versions, formulas, formal statements and the fixed words of a page are given: nothing on the page
determines them, and the second copy holds them.

>>> told("All 35 cases hold: the rest. Not judged: 37 of 300 comparisons (a reason 19, another 18).")
{'all': 35, 'unjudged': 37, 'planned': 300}
>>> told("0 of 34 cases hold; 34 WRONG.")
{'hold': 0, 'cases': 34, 'WRONG': 34}
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.page.cases import cell_of
from backproof.reports.audit.page.elements import DIGIT, Element
from backproof.reports.audit.page.rows import VERDICTS
from backproof.reports.audit.page.view import View

NOT_LISTED = "cases that are not listed on this page"
RUN = "what a run counted, and does not list"
WHY = "why a comparison was not judged, case by case"
DRAWN = 40  # vertices of a picture at most, which its sentence counts from; the contract's

_WHOLE = r"([0-9][0-9,]*)"
_TOLD = {
    "all": rf"\bAll {_WHOLE} cases? holds?\b",
    "hold": rf"{_WHOLE} of [0-9,]+ cases? holds?\b",
    "cases": rf"[0-9,]+ of {_WHOLE} cases? holds?\b",
    **{word: rf"\b{_WHOLE} {word}\b" for word in VERDICTS},
    "unjudged": rf"Not judged: {_WHOLE} of",
    "planned": rf"Not judged: [0-9,]+ of {_WHOLE} comparison",
}


def told(sentence: str) -> dict[str, int]:
    """What a sentence at the top says of the cases, by what it counts."""
    found = {name: re.search(pattern, sentence) for name, pattern in _TOLD.items()}
    return {name: int(match[1].replace(",", "")) for name, match in found.items() if match}


def _words(element: Element, pattern: str) -> Iterator[tuple[str, Cell]]:
    """The whole numbers that a pattern finds in the text of an element, as cells."""
    line = element.line
    for match in re.finditer(pattern, line):
        for group in range(1, (match.lastindex or 0) + 1):
            if match[group] is not None:
                place = element.first + sum(bool(DIGIT.search(word)) for word in line[: match.start(group)].split(" ")[:-1])
                yield match[group], Cell(match[group], place, place + 1)


def check_prose(view: View, ledger: Ledger) -> None:
    """Derive the numbers of sentences again, and say what else is given."""
    _top(view, ledger)
    _turns(view, ledger)
    _omissions(view, ledger)
    for element in view.page.root.every(_is_given):
        ledger.given(cell_of(element))
    for section, reason in (("claims", RUN), ("theorems", RUN), ("derivations", RUN)):
        found = view.page.root.find("section", id=section)
        for element in () if found is None else found.every(lambda e: e.tag in ("li", "td") or (e.tag == "p" and not e.attributes)):
            ledger.open(cell_of(element), reason)
    for place, owner in enumerate(view.page.owners):
        if not ledger.kinds[place] and _stands_in_given(owner):
            ledger.given(Cell("", place, place + 1))


_GIVEN_TAGS = frozenset(("code", "pre", "math", "title", "desc", "figcaption", "thead", "h2", "h3", "h4", "dt"))
_GIVEN_CLASSES = frozenset(("brand", "formal-text", "warning", "glossary", "prose", "code", "cause", "causes", "at-fault"))


def _is_given(element: Element) -> bool:
    return element.tag in _GIVEN_TAGS or bool(_GIVEN_CLASSES.intersection(element.attributes.get("class", "").split()))


_SETTINGS = re.compile(r"^(?:Seed |Made by |Evidence: |looked up to|Diagnosis: |Equal(?:ly)? |No failure |Cause )", re.IGNORECASE)


_GIVEN_SECTIONS = frozenset(("help", "theorems", "derivations", "failures", "inconclusive", "smallest", "coverage"))


def _stands_in_given(owner: Element) -> bool:
    """Whether a piece of text is one that nothing determines: settings, words of theorems, names in a picture."""
    if owner.tag == "p" and _SETTINGS.match(owner.line):
        return True
    if owner.tag == "text" and owner.attributes.get("class") in ("name", "function", "fault-word start", "uses"):
        return True
    place: Element | None = owner
    while place is not None:
        inside = place.attributes.get("id") in _GIVEN_SECTIONS or (place.tag == "article" and place.has("theorem"))
        if inside and owner.tag in ("p", "li", "div", "summary", "text", "th"):
            return True
        place = place.parent
    return False


def _top(view: View, ledger: Ledger) -> None:
    """The sentences above all: how many cases hold, how many comparisons were planned, judged, certified and not judged."""
    section = next((element for element in view.page.root.every(lambda element: element.has("verdict") and element.tag == "section")), None)
    if section is None:
        return
    letters = [row.element.attributes.get("data-k", "") for _, row in view.case_rows]
    judged = sum(letter in "CIW" for word in letters for letter in word)
    exact = [
        place
        for place, (table, row) in enumerate(view.claim_rows)
        if (cell := table.cell(row, "evidence")) is not None and cell.line.startswith(("exact on", "certified on"))
    ]
    certified = sum(word[place : place + 1] == "C" for word in letters for place in exact)
    left = _left(section)
    rows = Counter(view.verdicts)
    expected = {
        "all": len(view.verdicts),
        "hold": rows["CORRECT"],
        "cases": len(view.verdicts),
        **{word: rows[word] for word in VERDICTS},
        "unjudged": sum(left),
        "planned": judged + sum(left),
    }
    for sentence in [
        child for child in section.children if isinstance(child, Element) and (child.tag == "h1" or child.attributes.get("id") == "told")
    ]:
        for name, pattern in _TOLD.items():
            for word, cell in _words(sentence, pattern):
                _compare(view, ledger, cell, word, expected[name])
        for word, cell in _words(sentence, r"[(,] ?[^(),]*? ([0-9][0-9,]*)(?=[,)])"):
            if int(word.replace(",", "")) in left:
                ledger.derived(cell)
        if len(view.verdicts) == 0 or not told(sentence.line):
            ledger.open(cell_of(sentence), RUN)
    comparisons = section.find("p", id="comparisons")
    if comparisons is not None:
        pattern = rf"Of {_WHOLE} planned comparisons {_WHOLE} were judged, {_WHOLE} of them"
        for (word, cell), count in zip(_words(comparisons, pattern), (judged + sum(left), judged, certified), strict=False):
            _compare(view, ledger, cell, word, count)
    unjudged = section.find("ul", id="unjudged")
    for item in () if unjudged is None else unjudged.parts("li"):
        for _, cell in _words(item, rf"^{_WHOLE} not judged"):
            said = next((heading.line for heading in section.parts("h1") + section.parts("p") if "Not judged: " in heading.line), "")
            if re.search(rf"\b{re.escape(cell.text)}(?=[,)])", said) and sum(left) == told(said).get("unjudged"):
                ledger.derived(cell)  # beside the sentence, and their sum
            else:
                ledger.open(cell, WHY)
        ledger.given(cell_of(item))


def _left(section: Element) -> list[int]:
    """How many comparisons were not judged, by reason."""
    place = section.find("ul", id="unjudged")
    matches = [] if place is None else [re.match(rf"{_WHOLE} not judged", item.line) for item in place.parts("li")]
    return [int(match[1].replace(",", "")) for match in matches if match]


def _compare(view: View, ledger: Ledger, cell: Cell, word: str, count: int) -> None:
    if not view.whole:
        ledger.open(cell, NOT_LISTED)
    elif word == f"{count:,}":
        ledger.derived(cell)
    else:
        ledger.differs(cell, f"{count:,}", "the rows of all cases")


def _turns(view: View, ledger: Ledger) -> None:
    """The place of each view among the others."""
    kinds: dict[str, list[Element]] = {}
    for turn in view.page.root.every(lambda element: element.tag == "nav" and element.has("turn")):
        kinds.setdefault(_all_of(turn), []).append(turn)
    for turns in kinds.values():
        for place, turn in enumerate(turns, start=1):
            for (word, cell), count in zip(_words(turn, rf"{_all_of(turn)} {_WHOLE} of {_WHOLE}"), (place, len(turns)), strict=False):
                if len(turns) == 1:
                    ledger.open(cell, "the others stand in files of their own")
                else:
                    ledger.check(Cell(word, cell.first, cell.last), f"{count:,}", "the views on this page")
            ledger.given(cell_of(turn))


def _all_of(turn: Element) -> str:
    """What the way back is called: All cases, All theorems."""
    back = turn.find("a", kind="back")
    return "" if back is None else back.line


def _omissions(view: View, ledger: Ledger) -> None:
    """What a picture leaves out."""
    for case in view.cases:
        replayed = case.shown.replayed
        left = max(0, replayed.n - DRAWN)
        lost = sum(j <= left for j, _ in replayed.edges)
        for caption in case.article.every(lambda element: element.tag in ("figcaption", "desc")):
            for word, cell in _words(caption, rf"The first {_WHOLE} vertices are not drawn"):
                ledger.check(cell, f"{left:,}", "the graph of the replay line") if word else None
            for word, cell in _words(caption, rf"not drawn, nor {_WHOLE} edges?"):
                ledger.check(cell, f"{lost:,}", "the graph of the replay line") if word else None
            for (word, cell), count in zip(
                _words(caption, rf"{_WHOLE} vertices and {_WHOLE} edges"), (replayed.n, len(replayed.edges)), strict=False
            ):
                ledger.check(cell, f"{count:,}", "the graph of the replay line") if word else None
