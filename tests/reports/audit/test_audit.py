"""Pages as they are agree with themselves, and one number changed, wherever it stands, is named."""

from __future__ import annotations

import itertools
import random
import re
from fractions import Fraction
from functools import cache

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.reports import render_html
from backproof.reports.audit.audit import Audit, audit_page, audit_record
from backproof.reports.audit.derivations.routes import nearest_floats
from backproof.reports.audit.page.coverage import NOT_LISTED
from backproof.reports.audit.page.elements import PageError, read_page
from backproof.reports.html import one_case
from backproof.reports.html.held import with_held
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.commands.words_on_trial import DOCUMENTS
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness

MARK = "\ue000"
RUN, FAILS = "a run that holds", "a run that does not"
TEXT = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>|([^<]+)", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.#;&])\d[\d,.]*(?:e[-+]?\d+)?(?!\w)")
HELD = re.compile(r'<script type="text/plain" id="held">.*?</script>', re.DOTALL)


@cache
def page(name: str) -> str:
    return render_html(dict(DOCUMENTS)[name]())


@cache
def places(name: str) -> list[tuple[int, int]]:
    """Where the numbers of a page stand, without its replay lines."""
    return [
        (text.start() + number.start(), text.start() + number.end())
        for text in TEXT.finditer(page(name))
        if text[2] is not None and "backproof1:" not in text[2]
        for number in NUMBER.finditer(text[2])
    ]


def resealed(text: str) -> str:
    """With a second copy that says what the page says now."""
    return with_held(HELD.sub("", text))


def number_at(text: str, start: int) -> int:
    """Which of all numbers stands there."""
    return next(place for place, word in enumerate(read_page(f"{text[:start]}{MARK}{text[start:]}").words) if MARK in word)


def names(audit: Audit, number: int) -> bool:
    return any(found.number == number for found in audit.differences)


@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS])
def test_a_page_as_it_is_agrees_with_itself(name: str) -> None:
    audit = audit_page(page(name))
    assert audit.differences == ()
    assert audit.numbers == audit.derived + audit.given + audit.open > 0
    assert sum(audit.reasons.values()) == audit.open


def test_nearly_all_that_is_not_given_is_derived_again() -> None:
    audit = audit_page(page(RUN))
    cases = sum("case" in place or place == "cases" for place in read_page(page(RUN)).homes)
    assert audit.derived > 0.5 * cases
    assert audit_record(audit)["derived"] == audit.derived


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", [RUN, FAILS])
def test_a_number_that_is_changed_is_named(name: str, seed: int) -> None:
    draw = random.Random(f"{name}{seed}")
    text = page(name)
    start, end = draw.choice(places(name))
    word = text[start:end]
    place = draw.choice([k for k, letter in enumerate(word) if letter.isdigit()])
    other = draw.choice([digit for digit in "0123456789" if digit != word[place]])
    changed = word[:place] + other + word[place + 1 :] if seed % 4 else f"-{word}"
    mutated = text[:start] + changed + text[end:]
    assert names(audit_page(mutated), number_at(mutated, start)), f"{word} → {changed}"


# What each pattern finds is one number of a right page; with the second copy written again, what follows alone has to tell.
DERIVED = (
    (RUN, r'data-t="steps".*?<td>[^<]*</td><td>[^<]*</td><td>[^<]*</td><td>([-\d.e]+)</td>', "a contribution"),
    (RUN, r'data-t="paths".*?<tbody>\s*<tr><th scope="row">[^<]*</th><td>([-\d.e]+)</td>', "a product"),
    (RUN, r'data-t="paths".*?<tbody>\s*<tr><th scope="row">[^<]*</th><td>[^<]*</td><td>([-\d.e]+)</td>', "a running sum"),
    (RUN, r'<tr class="sum"><th scope="row">[^<]*</th><td></td><td>([-\d.e]+)</td>', "a path sum"),
    (RUN, r'data-t="paths"[^>]*>\s*<caption>([\d,]+) path', "how many paths"),
    (RUN, r"<td>backward pass</td><td>([-\d.e]+)</td>", "an adjoint beside its hexadecimal form"),
    (RUN, r'<td>backward pass</td><td>[^<]*</td><td>[^<]*</td><td class="num">([\d.]+)</td>', "digits"),
    (RUN, r'<td>backward pass</td><td>[^<]*</td><td>[^<]*</td><td class="num">[\d.]+</td><td class="num">([\d,]+)</td>', "ulps"),
    (RUN, r'<span class="quiet">± ([\d.e-]*[1-9][\d.e-]*)</span>', "a bound"),
    (RUN, r'class="quiet facts">([\d,]+) vert', "vertices"),
    (RUN, r'data-t="edges".*?<td class="num">(\d+)</td></tr>', "uses"),
    (RUN, r'data-t="vertices".*?<td class="num">(\d+)</td>', "the number of a vertex"),
    (RUN, r'data-k="[^"]*"><th scope="row">.*?<td class="num">(\d+)</td>', "vertices of a row"),
    (RUN, r"Of ([0-9]+) planned comparisons", "planned comparisons"),
    (RUN, r"planned comparisons ([0-9]+) were", "judged comparisons"),
    (RUN, r"([0-9]+) of them exactly", "certified comparisons"),
    (RUN, r'data-t="groups".*?<td class="num">([0-9]+)</td>', "cases of a group"),
    (RUN, r"<dd>([0-9]+)</dd>", "a figure"),
    (RUN, r'data-t="claims".*?<span class="correct">([0-9,]+) CORRECT</span>', "verdicts of a claim"),
    (RUN, r"vertices: ([0-9,]+) graphs", "graphs"),
    (RUN, r"<summary>([0-9]+) steps?</summary>", "steps of a theorem"),
    (RUN, r'<td><code>([0-9a-f]{12})</code></td>', "the id of a case"),
    (FAILS, r'id="told">([0-9]+) of', "cases that hold"),
    (FAILS, r'data-t="failures".*?<td class="num">([\d.]+)</td>', "how far apart"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "pattern", "what"), DERIVED, ids=[what for _, _, what in DERIVED])
def test_what_follows_from_other_numbers_is_named_without_the_second_copy(name: str, pattern: str, what: str) -> None:
    text = page(name)
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None, what
    place = next(k for k, letter in enumerate(match[1]) if letter.isdigit())
    digit = str((int(match[1][place]) + 1) % 10)
    start = match.start(1)
    mutated = resealed(text[: start + place] + digit + text[start + place + 1 :])
    assert names(audit_page(mutated), number_at(mutated, start))


def test_an_edge_that_leads_elsewhere_is_named() -> None:
    text = page(RUN)
    match = re.search(r'data-t="edges".*?<th scope="row">(\S+) → (\S+)</th>', text, re.DOTALL)
    assert match is not None
    mutated = resealed(f"{text[: match.start(2)]}{match[1]}{text[match.end(2) :]}")
    assert any(f"row {match[1]} → {match[1]}" in found.place for found in audit_page(mutated).differences)


def test_a_replay_line_that_is_damaged_is_named() -> None:
    text = page(RUN)
    start = text.index("backproof1:") + 60
    mutated = text[:start] + ("A" if text[start] != "A" else "B") + text[start + 1 :]
    assert audit_page(mutated).differences


def test_a_page_without_its_second_copy_does_not_agree() -> None:
    assert audit_page(HELD.sub("", page(RUN))).differences[0].why == "the element 'held' at the end of the page"


def test_a_page_that_is_cut_off_is_refused() -> None:
    with pytest.raises(PageError, match="cut off"):
        audit_page(page(RUN)[: len(page(RUN)) // 2])


def of_cases(*cases: Case) -> str:
    """The page of a run of these cases, the first in full."""
    records = [case_record(check_case(case, witness=Witness.NONE), with_detail=place == 0) for place, case in enumerate(cases)]
    return render_html(results_document(Settings("backproof verify", 0, 2, LISTED_PATHS, DIGITS), tally_of(records), (), False))


def outside() -> Case:
    drawn = (campaign_case(0, index) for index in itertools.count())
    return next(case for case in drawn if case.group == "outside" and "log" in {vertex.function for vertex in case.graph.vertices})


def test_a_case_outside_of_its_domain_is_a_random_graph_and_fills_no_cell_of_a_function() -> None:
    audit = audit_page(of_cases(campaign_case(0, 1), outside()))
    assert audit.differences == ()
    assert audit.reasons.get(NOT_LISTED, 0) == 0


def test_groups_stand_in_their_own_order_whichever_case_was_first() -> None:
    assert audit_page(of_cases(outside(), campaign_case(0, 1), campaign_case(0, 2))).differences == ()


def test_a_label_that_a_shortened_table_leaves_out_has_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_case, "LEVELS", (3,))
    leaves = [leaf("x", (3,)), *(leaf(f"z{k}") for k in range(13)), leaf("label", (), discrete=True)]
    inner = [vertex("p", "pick", (1, 15)), *(vertex(f"v{k}", "negate", (k,)) for k in range(16, 24))]
    text = of_cases(make_case("label", "random", Graph(15, (*leaves, *inner)), [[1, 2, 3], *[1] * 14]))
    assert "vertices are not shown here" in text
    assert ">label</th>" not in text
    assert audit_page(text).differences == ()


def test_a_certified_value_whose_digits_end_between_two_floats_has_two_nearest() -> None:
    assert nearest_floats(f"1.{round(Fraction(10**39, 2**53)):039d}") == (1.0, 1.0 + 2**-52)
    assert nearest_floats("1.000000000000000111022302462515654042") == (1.0,)
    assert nearest_floats("-0.1") == (-0.1,)
