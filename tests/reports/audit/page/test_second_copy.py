"""The second copy of a page's numbers: what differs is found wherever it stands."""

from __future__ import annotations

from backproof.reports.audit.derivations.ledger import Ledger
from backproof.reports.audit.page.elements import read_page
from backproof.reports.audit.page.second_copy import Block, check_copy, differing, unpacked
from backproof.reports.html.held import held_lines, with_held

PAGE = '<body><section id="a"><h2>2 of 3</h2><p>u<sub>1</sub> = -0.5</p></section><svg><text>7</text></svg></body>'


def test_both_readers_see_the_same_numbers() -> None:
    page = read_page(with_held(PAGE))
    assert unpacked(page.held) == page.lines == held_lines(PAGE) == ["§a", "2 3", "u1 -0.5", "7"]
    ledger = Ledger(len(page.words))
    check_copy(page, ledger)
    assert ledger.differences == []


def test_a_digit_a_sign_and_a_number_that_is_gone_are_named() -> None:
    for before, after, number in (("2 of", "9 of", 0), ("-0.5", "0.5", 3), ("7", "", 4), ("of 3", "of three", 0)):
        page = read_page(with_held(PAGE).replace(before, after, 1))
        ledger = Ledger(len(page.words))
        check_copy(page, ledger)
        assert ledger.differences, before
        assert abs(ledger.differences[0].number - number) <= (0 if after and after[0] in "90" else 2)


def test_what_does_not_unpack_is_no_copy() -> None:
    assert unpacked(None) is unpacked("no base64!") is unpacked("AAAA") is None


def test_only_what_lies_between_the_same_beginning_and_end_differs() -> None:
    assert differing(["§a", "1", "2", "3"], ["§a", "1", "9", "3"]) == [Block("a", 2, "2", "9")]
    assert differing(["1"], ["1"]) == []
