"""Does the first screen of a failing report say what is wrong? Every wrong engine and verifier of `backproof selftest`,
and every wrong example, as a run with its page.

The page is opened in Chromium at two sizes, and the text that lies wholly within the first screen is read: it has to
hold the verdict, the count of failures, the planted cause or the class that it belongs to, a vertex, an adjoint or an
edge, what was found and what is right, and a link to the smallest case. Mutants that change no number of a page are
named with the reason.

>>> missing("WRONG It sets: explains 2 of 2 failures. adjoint of x found 1 certified 2", ["#smallest"], ("It sets",))
[]
>>> missing("WRONG 2 of 2 failures", [], ("It sets",))
['cause', 'place', 'found', 'right', 'link']
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from backproof.reports import render_html
from backproof.reports.document import Record
from backproof.verify.campaign.run import CaseCrash, run_suite
from backproof.verify.campaign.smallest import representative, smallest
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import restricted_case
from backproof.verify.cases.large import large_cases
from backproof.verify.cases.replay import from_replay_id
from backproof.verify.commands.options import VerifyOptions
from backproof.verify.commands.verify import settings_of, smallest_failure
from backproof.verify.engine_oracle.target import Engine
from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.faults import fault_of_engine
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.mutants import MUTANTS, Mutant
from backproof.verify.selftest.sizes import AXES, FIRST_WRONG
from backproof.verify.selftest.trials import trial_cases
from benchmarks.measure import Comparison, Disagreement, NotMeasured, Result, line, need

NAME = "twenty-seconds"
TITLE = "Wrong engines whose cause stands on the first screen"
ABOUT = (
    "Every wrong engine and verifier of the self-test, as a run of the suite with its routes, and the wrong example: the page is opened in Chromium at 1280 × 800 and 390 × 844, "
    "and the text within the first screen must hold verdict, count, planted cause or its class, place, found, certified, and a link to the smallest case."
)
SCREENS = ((1280, 800), (390, 844))
GATE = 0.95  # of the screens that must say all; chosen: the acceptance of the report
UNCHANGED = {
    **dict.fromkeys(
        ("path missed", "path repeated", "path swapped"), "the enumeration is refused before anything is summed: no number is wrong"
    ),
    **dict.fromkeys(
        ("hidden tolerance in Theorem 2", "hidden tolerance in Theorem 1", "hidden tolerance in balls", "blind comparison"),
        "a verifier that forgives changes nothing where the engine is right: the planted fault of the self-test catches it",
    ),
}
"""Mutants that change no number of a page, with the reason."""
ONLY = "contribution only"
PLANTED: dict[str, tuple[str, ...]] = {
    "overwrite": (ONLY,),
    "first consumer only": (ONLY,),
    "last consumer only": (ONLY,),
    "three consumers": ("at most 3 consumers", "At most 3 consumers"),
    "dropped edge": ("last consumer is forgotten", "is missing"),
    "doubled edge": ("first consumer contributes twice",),
    "phantom edge": ("no edge leads",),
    "wrong sign": ("adjoint of the first leaf is multiplied by −1",),
    "transposed Jacobian": ("transposed",),
    "wrong side": ("wrong side", "transposed"),
    "ascending order": ("read before they are computed",),
    "read too early": ("before all its contributions have arrived",),
    "every sink seeded": ("seeded like the output",),
    "fused chain": ("hides the other consumers",),
    "relative error 1e-3": ("adjoint of the first leaf is multiplied by 1 + 0.001",),
    "relative error 1e-6": ("adjoint of the first leaf is multiplied by 1 + 1e-06",),
    "relative error 1e-9": ("adjoint of the first leaf is multiplied by 1 + 1e-09",),
    "float in the rationals": ("rounded to float64",),
    "float32 in float64": ("rounded to float32",),
    "float in balls": ("rounded to float64",),
    "float in mpmath": ("rounded to float64",),
    "repeated operand once": ("misses one use",),
    "transposed edge Jacobians": ("transposed",),
    "edge Jacobian off by 1e-9": ("the last edge is multiplied by 1 + 1e-09",),
    "log-softmax without its row": ("local Jacobian of every log_softmax",),
    "softmax without off-diagonal": ("local Jacobian of every softmax",),
    "tanh without the square": ("local Jacobian of every tanh",),
    "divisor's sign": ("local Jacobian of every divide",),
    "stale value": ("an old value",),
    "moved leaves": ("an old value, or one of another point",),
    "step too large": ("differences disagree",),
    "enclosures that claim too much": ("enclosures disagree",),
    "examples.scalar_engine:wrong": ("sets where it should add",),
}
"""What the first screen has to say of the cause; mutants that are wrong from a size on have their class and the size."""
SIZES = ("only from",)  # of which consumers, entries, vertices or levels on
SHOWN_BY = {"consumer": "consumers", "entry": "entries", "vertex": "levels", "level": "levels"}
"""What the large cases are called on which a fault of each axis shows."""
READ = """() => {
  const inside = (box) => box.width > 0 && box.top >= 0 && box.bottom <= innerHeight;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), words = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest("script, style, .hidden-words")) continue;
    range.selectNodeContents(node);
    if (inside(range.getBoundingClientRect())) words.push(node.data.trim());
  }
  const links = [...document.querySelectorAll("main a[href^='#']")].filter((link) => inside(link.getBoundingClientRect()));
  return [words.join(" "), links.map((link) => link.getAttribute("href"))];
}"""


def mutant_document(mutant: Mutant, named: Sequence[Case]) -> Record:
    """The results document of a run of the suite on these cases, with the routes of a mutant."""
    settings, tally = settings_of(VerifyOptions(cases=0)), Tally()
    for outcome in run_suite(settings, named, 1, mutant.routes):
        if not isinstance(outcome, CaseCrash):
            tally.add(outcome.place, outcome.record)
    return {**results_document(settings, tally, (), False), "smallest": smallest_failure(tally, mutant.routes, lambda: False)}


def engine_document(target: str, engine: Engine, cases: Sequence[Case]) -> Record:
    """The results document of an engine on trial, called in this process."""
    tally, settings = Tally(), Settings(f"backproof oracle {target}", 0, len(cases), 64, 50, False, ("float64",), target)

    def check(case: Case) -> Any:
        return check_engine(case, engine)

    for place, case in enumerate(cases):
        result = check(case)
        tally.add(place, case_record(result, True, target=target, fault=fault_of_engine(result)))
    chosen = representative(tally.records(), tally.causes(), fault_of_engine)
    small = None
    if chosen is not None:
        record, explained = chosen
        small = smallest(check(from_replay_id(record["replay"])), check, diagnose_engine, target, explained=explained)
    return {**results_document(settings, tally, (), False), "smallest": small}


def expected_of(mutant: Mutant) -> tuple[str, ...]:
    """What may stand for the cause of a mutant."""
    return SIZES if mutant.large else PLANTED[mutant.name]


def missing(text: str, links: Sequence[str], expected: Sequence[str]) -> list[str]:
    """What the first screen does not say."""
    holds = {
        "verdict": re.search(r"\b(WRONG|INACCURATE)\b", text),
        "count": re.search(r"[0-9,]+ of [0-9,]+ failure|causes of [0-9,]+ failure", text),
        "cause": any(words.lower() in text.lower() for words in expected),
        "place": re.search(r"adjoint of|∂|vertex |edge ", text),
        "found": re.search(r"\b(found|path sum|backward pass) [-0-9ni]", text),
        "right": re.search(r"\b(certified|differences|path sum) [-0-9ni]", text),
        "link": any(link == "#smallest" or link.startswith("#case-") for link in links),
    }
    return [name for name, held in holds.items() if not held]


def screens(browser: Any, html: str) -> Iterator[tuple[str, list[str]]]:
    """The text of the first screen at each size, and the links in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(html, encoding="utf-8")
        for width, height in SCREENS:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(path.as_uri())
            text, links = page.evaluate(READ)
            page.close()
            yield text, links


def documents(quick: bool) -> Iterator[tuple[str, tuple[str, ...], Record]]:
    """Every wrong engine with what is expected of its page."""
    from examples.scalar_engine import FUNCTIONS, wrong

    target = "examples.scalar_engine:wrong"
    yield (
        target,
        PLANTED[target],
        engine_document(target, wrong(), [restricted_case(0, k, FUNCTIONS, True) for k in range(12 if quick else 60)]),
    )
    small = trial_cases(0)
    for mutant in MUTANTS:
        if mutant.name not in UNCHANGED:
            named = [*small[::8], *large_ones(mutant)] if mutant.large else small[:: 4 if quick else 1]
            document = mutant_document(mutant, named)
            shows = document["summary"]["verdict"] != "CORRECT" or not quick
            yield mutant.name, expected_of(mutant), document if shows else mutant_document(mutant, small)


def large_ones(mutant: Mutant) -> list[Case]:
    """The large cases on which a mutant shows that is wrong from a size on only.

    >>> [case.name for case in large_ones(next(mutant for mutant in MUTANTS if mutant.name == "from level 65 on"))]
    ['1,025 levels']
    """
    axis = next(axis for axis in AXES for k in FIRST_WRONG if mutant.name == f"from {axis} {k:,} on")
    return [case for case in large_cases() if SHOWN_BY[axis] in case.name]


def gate(told: int, count: int, lines: Sequence[str]) -> None:
    """Disagreement if fewer screens than the gate say all.

    >>> gate(95, 100, ["all but five"])
    >>> gate(94, 100, ["all but six"])
    Traceback (most recent call last):
        ...
    benchmarks.measure.Disagreement: all but six
    """
    if told < GATE * count or not count:
        raise Disagreement("; ".join(lines))


def measure(quick: bool) -> Result:
    """Open every page; Disagreement if fewer screens than the gate say all."""
    need("playwright")
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise NotMeasured("not measured: needs Chromium")
    told, lines, seconds = 0, list[str](), list[float]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        count, start = 0, process_time()
        for name, expected, document in documents(quick):
            for (width, _), (text, links) in zip(SCREENS, screens(browser, render_html(document)), strict=True):
                count += 1
                lacking = missing(text, links, expected)
                told += not lacking
                lines += [f"{name} at {width} px lacks {', '.join(lacking)}"] if lacking else []
            seconds.append(process_time() - start)
            start = process_time()
        browser.close()
    words = f"{told} of {count} first screens say all; {len(UNCHANGED)} mutants change no number of a page: {', '.join(UNCHANGED)}"
    gate(told, count, [*lines, words])
    return Result(NAME, TITLE, ABOUT, (Comparison(words, None, (line("a page, made and opened", seconds),)),), tuple(lines))
