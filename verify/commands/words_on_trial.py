"""The suite's words, tried by `backproof selftest`: `try_words()`.

Small runs of every kind (right engines and wrong ones, what is left open and not run, theorems, derivations, checks of
code, an engine on trial) are written as any run is, and read back (`reports.agreement`, `printed`, `html.reading`):
words and counts must agree. Then a wrong word is planted in each of these documents, one at a time, and the reading must
see every one: a reader that believes everything is no reader.

>>> told = WordsTried(("a run",), ("a run: claims.evidence",), (), ())
>>> told.agree, told.sentence
(True, '1 of 1 wrong words caught')
>>> WordsTried(("a run",), ("a run: claims.evidence",), ("a run: claims.evidence",), ()).agree
False
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import FLOAT32, FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.reports import render_html
from backproof.reports.agreement import disagreements
from backproof.reports.document import Record
from backproof.reports.html.reading import page_disagreements
from backproof.reports.printed import printed_problems
from backproof.reports.terminal import summary_lines, verdict_line
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle.target import Engine
from backproof.verify.engine_oracle.trial import check_engine
from backproof.verify.gradient_oracle.check import check
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.exhaustive import check_all
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.results.case_record import case_record
from backproof.verify.results.check_record import check_record
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import gradient_checks_document, results_document
from backproof.verify.results.faults import fault_of_engine, fault_of_routes
from backproof.verify.results.ledger import finding_record
from backproof.verify.results.settings import DTYPES, LISTED_PATHS, NotRun, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness

SMALL = 3  # vertices of every graph on symbols; chosen: its words are those of any size
WRONG = "last consumer only"  # the mutant whose words are read; chosen: it is WRONG in every number system

Change = Callable[[str], str]


@dataclass(frozen=True)
class WordsTried:
    """Which documents were read, which wrong words were planted, which of them were missed, and where words and counts
    of the suite disagree.
    """

    documents: tuple[str, ...]
    planted: tuple[str, ...]
    missed: tuple[str, ...]
    disagreements: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether every word agrees with its counts, and every wrong one was caught."""
        return bool(self.planted) and not (self.missed or self.disagreements)

    @property
    def sentence(self) -> str:
        """How many wrong words were caught, and what disagrees."""
        caught = f"{len(self.planted) - len(self.missed)} of {len(self.planted)} wrong words caught"
        return f"{caught}; words and counts disagree: {self.disagreements[0]}" if self.disagreements else caught


def try_words() -> WordsTried:
    """Write and read the documents, then plant wrong words in them."""
    written = [(name, make()) for name, make in DOCUMENTS]
    disagree = tuple(f"{name}: {found}" for name, document in written for found in reading(document))
    planted: list[str] = []
    missed: list[str] = []
    for name, document in written if not disagree else ():
        for where, wrong in wrong_words(document):
            planted.append(f"{name}: {where}")
            missed += [] if disagreements(wrong) else [f"{name}: {where}"]
        for where, page in wrong_pages(document):
            planted.append(f"{name}: {where}")
            missed += [] if page_disagreements(page, document) else [f"{name}: {where}"]
    return WordsTried(tuple(name for name, _ in written), tuple(planted), tuple(missed), disagree)


def reading(document: Record) -> list[str]:
    """Where the document, the lines of its summary, or its page say what the counts do not."""
    lines = [*summary_lines(document), verdict_line(document)]
    printed = printed_problems(lines, document)
    return [*disagreements(document), *printed, *page_disagreements(render_html(document), document)]


def _settings(command: str, target: str | None = None) -> Settings:
    return Settings(command, 0, 0, LISTED_PATHS, DIGITS, dtypes=DTYPES if target is None else (FLOAT64.name,), target=target)


def _records(routes: Routes | None, cases: Sequence[Case]) -> list[Record]:
    """The records of some cases: the first with a witness and with the theorems' steps."""
    ways = (Witness.ENTRIES, *[Witness.NONE] * len(cases))
    checked = [check_case(case, routes, witness=way, dtypes=(FLOAT64, FLOAT32)) for case, way in zip(cases, ways, strict=False)]
    return [
        case_record(
            result,
            with_detail=place == 0,
            findings=[finding_record(found) for found in check_case_theorems(result.case, THEOREMS)] if place == 0 else None,
            dtypes=DTYPES,
            fault=fault_of_routes(result, routes or Routes()),
        )
        for place, result in enumerate(checked)
    ]


def _right_run() -> Record:
    records = _records(None, lecture_cases()[:3])
    return results_document(
        _settings("backproof verify"), tally_of(records), (), False, tuple(check_all(SMALL, backward)), derivation_records()[:1]
    )


def _wrong_run() -> Record:
    jump = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    records = _records(by_name(WRONG).routes, [*lecture_cases()[:2], make_case("a jump", "random", jump, [0.0])])
    left = [NotRun("they say nothing of any engine", 2, excused=True), NotRun("the engine was not asked again", 1)]
    return results_document(_settings("backproof verify"), tally_of(records), (), False, planned=len(records) + 3, not_run=left)


def _engine_on_trial() -> Record:
    def right(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        return backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)

    return _trial_of(*[right] * 2)


def _engine_with_two_faults() -> Record:
    def doubled(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        p = backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)
        return {**p, 1: 2 * p[1]}

    def overwritten(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        return by_name(WRONG).routes.backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)

    return _trial_of(doubled, overwritten, doubled, overwritten)


def _engines_that_break_off() -> Record:
    def unsupported(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        raise NotImplementedError("add")

    def wordless(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        return [1.0]

    return _trial_of(wordless, unsupported)


def _trial_of(*engines: Engine) -> Record:
    """The document of engines on trial, on one case each."""
    checked = [check_engine(case, engine) for case, engine in zip(lecture_cases(), engines, strict=False)]
    records = [case_record(result, False, target="an:engine", fault=fault_of_engine(result)) for result in checked]
    return results_document(_settings("backproof oracle an:engine", "an:engine"), tally_of(records), (), False)


def _checks_of_code() -> Record:
    x = (np.array([0.5, -2.0]),)
    right = check(lambda x: x * x, x, lambda args, out, ct: (2 * ct * args[0],), effort="quick", name="right")
    wrong = check(lambda x: x * x, x, lambda args, out, ct: (ct * args[0],), effort="quick", name="wrong")
    return gradient_checks_document("pytest", [check_record(right), check_record(wrong)])


DOCUMENTS: tuple[tuple[str, Callable[[], Record]], ...] = (
    ("a run that holds", _right_run),
    ("a run that does not", _wrong_run),
    ("an engine on trial", _engine_on_trial),
    ("engines that break off", _engines_that_break_off),
    ("an engine with two faults", _engine_with_two_faults),
    ("checks of code", _checks_of_code),
)


def _one_more(words: str) -> str:
    """The last whole number in words, and one more."""
    found = list(re.finditer(r"(?<![\w.,])[0-9]+(?![\w.])", words))
    return f"{words[: found[-1].start()]}{int(found[-1][0]) + 1}{words[found[-1].end() :]}" if found else f"{words} on 1 case"


CHANGES: tuple[tuple[str, Change], ...] = (
    ("one more", _one_more),
    ("not checked", lambda words: "exact on 2 cases" if words == "not checked" else "not checked"),
    ("another kind", lambda words: re.sub(r"exact|certified", lambda kind: {"exact": "certified"}.get(kind[0], "exact"), words)),
)


def wrong_words(document: Record) -> Iterator[tuple[str, Record]]:
    """The document with one wrong word of evidence, or one wrong number in a sentence, each in turn."""
    for place in _places(document):
        words = _at(document, place)
        for name, change in CHANGES:
            wrong = change(words)
            if wrong != words and (place[-1] != "sentence" or name == "one more"):
                yield f"{'.'.join(map(str, place))}, {name}", _with(document, place, wrong)


Place = tuple[str | int, ...]


def _places(document: Record) -> Iterator[Place]:
    """Where words are that are made of counts."""
    if re.search(r"[0-9]", document["summary"]["sentence"]):
        yield "summary", "sentence"
    if "causes" in document:
        yield "causes", "sentence"
    for key in ("claims", "cases", "gradient_checks", "derivations"):
        inside: Place = ("summary", key) if key == "claims" else (key,)
        for k, entry in enumerate(document.get(key) or document["summary"].get(key) or ()):
            yield from ((*inside, k, name) for name in ("evidence",) if name in entry and entry.get("verdict", "CORRECT") == "CORRECT")
    for k, theorem in enumerate(document["theorems"]):
        if theorem["verdict"] is not None:
            yield "theorems", k, "evidence", 0


def _at(document: Any, place: Place) -> Any:
    for key in place:
        document = document[key]
    return document


def _with(document: Record, place: Place, value: Any) -> Record:
    changed = copy.deepcopy(document)
    _at(changed, place[:-1])[place[-1]] = value
    return changed


def wrong_pages(document: Record) -> Iterator[tuple[str, str]]:
    """The page of the document with one figure that is one too large."""
    page = render_html(document)
    figures = (
        ("a count of the cases", r"<dd>([0-9]+)</dd>"),
        ("failures of a cause", r"explains ([0-9]+) of"),
        ("evidence", r"(?:exact|certified) on ([0-9]+) (?:case|point)"),
    )
    for name, pattern in figures:
        match = re.search(pattern, page)
        if match is not None:
            yield f"the page, {name}", f"{page[: match.start(1)]}{int(match[1]) + 1}{page[match.end(1) :]}"
