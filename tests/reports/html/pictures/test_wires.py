"""Lines as paths: every line begins and ends where it should."""

from __future__ import annotations

import re

from backproof.reports.html.pictures.wires import tips, wire


def test_pieces_that_go_straight_on_are_one_and_points_that_do_not_move_are_none() -> None:
    assert wire([[(5, 0), (5, 10), (5, 10), (5, 30)]], across=False) == "M5 0V30"


def test_a_curve_leaves_and_arrives_along_the_rows_whichever_way_they_run() -> None:
    down, right = wire([[(0, 0), (40, 20)]], across=False), wire([[(0, 0), (20, 40)]], across=True)
    assert down == "M0 0C0 10 40 10 40 20"
    assert right == "M0 0C10 0 10 40 20 40"


def test_every_end_has_its_tip() -> None:
    assert re.findall(r"M(\d+) (\d+)", tips([(10, 20), (30, 40)], across=False)) == [("6", "20"), ("26", "40")]
    assert tips([], across=True) == ""
