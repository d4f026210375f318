"""A matrix as a drawing: its signs can be read back, and words are said only where they are true."""

from __future__ import annotations

import random
import re

import pytest

from backproof.reports.html.pictures.pattern import drawing, signs_of, size_of, word_of


def signs(matrix: list[list[str]]) -> list[list[str]]:
    """What the ink of a matrix says: a square +, a bar -, a stroke upwards ?."""
    return read(signs_of(matrix))


def read(given: list[str]) -> list[list[str]]:
    width, height = size_of(given)
    cell_w, cell_h = (width - 3) / len(given[0]), (height - 3) / len(given)
    found = [["0"] * len(given[0]) for _ in given]
    for element in drawing(given):
        if element.get("class") == "ink":
            for x, y, across, down in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", element.get("d", "")):
                sign = "+" if across == down else "-" if int(across) > int(down) else "?"
                found[int((int(y) - 2) // cell_h)][int((int(x) - 2) // cell_w)] = sign
    return found


@pytest.mark.parametrize("seed", range(12))
def test_zeros_and_signs_can_be_read_off(seed: int) -> None:
    rng = random.Random(seed)
    rows, columns = rng.choice(((1, 36), (6, 6), (2, 3), (4, 1), (1, 2), (9, 4)))
    given = [[rng.choice(("1.5", "-2.0", "0.0", "-0.0", "1e-300")) for _ in range(columns)] for _ in range(rows)]
    expected = [["0" if float(entry) == 0 else "+" if float(entry) > 0 else "-" for entry in row] for row in given]
    assert signs(given) == expected


def test_of_a_large_matrix_equal_neighbours_are_one_mark_and_blocks_are_seen() -> None:
    given = ["+" * 20 + "0" * 20] * 5 + ["0" * 20 + "-" * 20] * 5
    (_, ink) = drawing(given)
    pieces = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", ink.get("d", ""))
    assert [(int(x), int(long)) for x, _, long, _ in pieces] == [(2, 40)] * 5 + [(42, 40)] * 5
    assert {high for *_, high in pieces[:5]} == {"2"}
    assert {high for *_, high in pieces[5:]} == {"1"}


def test_what_is_no_number_has_a_sign_of_its_own() -> None:
    assert signs([["nan", "inf", "1.0"]]) == [["?", "?", "+"]]


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        ([["1.0", "0.0"], ["0.0", "1.0"]], "I"),
        ([["-1.0", "0.0"], ["0.0", "-1.0"]], "-1 I"),
        ([["1.0", "0.0"], ["0.0", "2.0"]], "diagonal"),
        ([["1.0", "0.0"], ["0.0", "1.0000000000000002"]], "diagonal"),
        ([["1.0", "0.0"], ["1e-300", "1.0"]], ""),
        ([["1.0", "0.0"], ["0.0", "1.0"], ["0.0", "0.0"]], ""),
        ([["0.0", "0.0"]], "0"),
        ([["nan", "0.0"], ["0.0", "nan"]], "diagonal"),
    ],
)
def test_a_word_is_said_only_where_it_is_true(matrix: list[list[str]], word: str) -> None:
    assert word_of(matrix) == word
