"""The arithmetic of the audit in the browser, in a real one: against Python's floats and fractions and NumPy's products.

These tests need Chromium and the Python package playwright; where one is missing they are skipped by name.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.reports.html.audit_script import audit_part

ARITHMETIC = audit_part("numbers") + audit_part("intervals")
SIZES = (1, 2, 3, 4, 5, 9)
CORNERS = (
    0.0,
    -0.0,
    1.0,
    1e16,
    1e15,
    9999999999999998.0,
    0.0001,
    0.00009999,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    1e22,
    1e23,
)


@pytest.fixture(scope="module")
def computed(browser: Any) -> Callable[[str, Any], Any]:
    """`computed(body, given)`: what JavaScript with the audit's arithmetic returns."""
    page = browser.new_page()
    return lambda body, given: page.evaluate(f"(given) => {{ 'use strict'; {ARITHMETIC} {body} }}", given)


def drawn(seed: int, many: int) -> list[float]:
    """Any float64, and those around powers of two."""
    rng = random.Random(seed)
    found = [struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0] for _ in range(many)]
    near = [math.nextafter(math.ldexp(1.0, rng.randint(-1070, 1020)), rng.choice((-math.inf, math.inf))) for _ in range(many // 4)]
    return [x for x in (*CORNERS, *found, *near) if math.isfinite(x)]


def test_decimal_and_hexadecimal_texts_are_those_of_python(computed: Any) -> None:
    numbers = [*drawn(0, 3000), math.inf, -math.inf, math.nan]
    texts = [[repr(x), x.hex()] for x in numbers]
    body = "return given.map(([d, h]) => [hexText(fromDecimal(d)), decimalText(fromHex(h)), same(fromDecimal(d), fromHex(h))]);"
    assert computed(body, texts) == [[h, d, True] for d, h in texts]


def test_a_text_that_is_not_the_shortest_or_has_another_digit_is_refused(computed: Any) -> None:
    texts = [
        "0.30000000000000005",
        "0.10",
        "1",
        "1.0e5",
        "+1.0",
        "1e400",
        "",
        "0x1.8p+1",
        "0x1.80000000000000p+1",
        "0x2.0000000000000p+1",
        "0x0.8000000000000p+0",
    ]
    body = "return given.map((text) => [fromDecimal(text), fromHex(text)]);"
    assert computed(body, texts) == [[None, None]] * len(texts)


def test_the_next_floats_and_the_distance_in_ulps_are_those_of_python(computed: Any) -> None:
    numbers = drawn(1, 1000)
    body = "return given.map((d) => { const x = Number(d); return [hexText(nextUp(x)), hexText(nextDown(x)), String(position(nextUp(x)) - position(x))]; });"
    expected = [[math.nextafter(x, math.inf).hex(), math.nextafter(x, -math.inf).hex(), "1"] for x in numbers]
    found = computed(body, [repr(x) for x in numbers])
    assert [row[2] for row in found[:-1]] == ["1"] * (len(numbers) - 1)
    assert [[h.replace("-0x0.0p", "0x0.0p") for h in row] for row in found] == [
        [h.replace("-0x0.0p", "0x0.0p") for h in row] for row in expected
    ]


def test_fractions_are_read_added_multiplied_compared_and_rounded_exactly(computed: Any) -> None:
    rng = random.Random(2)
    pairs = [[Fraction(rng.getrandbits(90) - 2**89, rng.getrandbits(60) + 1), Fraction(rng.choice(drawn(3, 40)))] for _ in range(200)]
    pairs += [[x, x] for x, _ in pairs[:20]] + [[Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**40)]]
    body = """return given.map(([s, t]) => { const [a, b] = [fraction(s), fraction(t)]; const [x, y] = [plus(a, b), times(a, b)];
      return [`${x.p}/${x.q}`, `${y.p}/${y.q}`, compared(a, b), hexText(nearest(a))]; });"""
    for (x, y), (total, product, order, hexadecimal) in zip(
        pairs, computed(body, [[str(x), f"{y.numerator}/{y.denominator}"] for x, y in pairs]), strict=True
    ):
        assert Fraction(total) == x + y
        assert Fraction(product) == x * y
        assert order == (x > y) - (x < y)
        assert hexadecimal == float(x).hex()


def test_decimals_of_forty_digits_round_to_the_float_that_python_takes(computed: Any) -> None:
    halfway = [str(Fraction(x) + Fraction(math.ulp(x)) / 2) for x in (1.0, 1.5, math.nextafter(1.0, 2.0), 1e300, 5e-324)]
    texts = [
        "0.1234567890123456789012345678901234567890",
        "-1.5e-40",
        "2.5",
        "4.9406564584124654e-324",
        "1e-324",
        "2.4703282292062327e-324",
    ]
    found = computed("return given.map((text) => hexText(nearest(fraction(text))));", texts + halfway)
    assert found == [float(text).hex() for text in texts] + [float(Fraction(text)).hex() for text in halfway]
    assert computed("return given.map((text) => fraction(text));", ["1/0", "1.5x", "--1", "", "1e", "1/2/3"]) == [None] * 6


def test_directed_products_and_sums_bound_the_exact_ones_and_are_as_near_as_floats_can_be(computed: Any) -> None:
    rng = random.Random(4)
    pairs = [
        [math.ldexp(rng.uniform(-1, 1), rng.randint(-60, 60)), math.ldexp(rng.uniform(-1, 1), rng.randint(-60, 60))] for _ in range(500)
    ]
    pairs += [[1.5, 2.0], [0.0, 3.0], [5e-324, 0.5], [1e-200, 1e-200], [-1e-300, 1e-20]]
    body = "return given.map(([a, b]) => [productDown(a, b), productUp(a, b), sumUp(a, b)].map(hexText));"
    for (a, b), texts in zip(pairs, computed(body, pairs), strict=True):
        down, up, total = (Fraction(float.fromhex(text)) for text in texts)
        exact = Fraction(a) * Fraction(b)
        assert down <= exact <= up
        assert total >= Fraction(a) + Fraction(b)
        if abs(exact) > Fraction(2) ** -900:
            assert math.nextafter(float(down), math.inf) == float(up) or down == up == exact


PRODUCT = """return given.map(([left, right, found, off]) => {
  const whole = multiplied(known(...left), known(...right));
  return [found.map((x, k) => holds(whole, k, Number(x))), off.map((x, k) => !holds(whole, k, Number(x)))];
});"""


def sent(matrix: np.ndarray[Any, Any]) -> list[Any]:
    return [matrix.shape[0], matrix.shape[1], matrix.reshape(-1).tolist()]


def matrices(seed: int, whole: bool) -> list[tuple[Any, Any]]:
    rng = np.random.default_rng(seed)

    def one(rows: int, columns: int) -> Any:
        matrix = rng.integers(-9, 9, (rows, columns)) / 4.0 if whole else rng.standard_normal((rows, columns))
        return np.where(rng.random((rows, columns)) < 0.3, 0.0, matrix)

    return [(one(rows, k), one(k, columns)) for k in SIZES for rows in (1, 3) for columns in (1, 4) for _ in range(6)]


@pytest.mark.parametrize("whole", [True, False], ids=["dyadic", "any"])
def test_a_product_of_matrices_holds_what_numpy_gives_and_nothing_that_is_two_ulps_a_term_away(computed: Any, whole: bool) -> None:
    pairs = matrices(5, whole)
    products = [(a, b, np.dot(a, b), np.dot(a, b) + 2 * a.shape[1] * np.spacing(np.dot(abs(a), abs(b)))) for a, b in pairs]
    given = [[sent(a), sent(b), *([repr(x) for x in c.reshape(-1).tolist()] for c in both)] for a, b, *both in products]
    held = apart = many = 0
    for inside, outside in computed(PRODUCT, given):
        held, apart, many = held + sum(inside), apart + sum(outside), many + len(inside)
    assert held == apart == many


def test_a_sum_in_any_order_and_with_fused_products_is_held(computed: Any) -> None:
    """The interval is not that of one order: every order of four terms, rounded or fused, lies in it; of nine, some."""
    rng = random.Random(6)
    given: list[Any] = []
    for size in (2, 3, 4, 9):
        for _ in range(20):
            a, b = ([rng.uniform(-1, 1) for _ in range(size)] for _ in "ab")
            results: set[float] = set()
            for _ in range(24):
                order = rng.sample(range(size), size)
                total, fused = a[order[0]] * b[order[0]], rng.random() < 0.5
                for k in order[1:]:
                    total = float(Fraction(total) + Fraction(a[k]) * Fraction(b[k])) if fused else total + a[k] * b[k]
                results.add(total)
            given.append([[1, size, a], [size, 1, b], sorted(results)])
    body = "return given.map(([a, b, found]) => { const w = multiplied(known(...a), known(...b)); return found.every((x) => holds(w, 0, x)); });"
    assert computed(body, given) == [True] * len(given)
    assert max(len(found) for _, _, found in given) > 2, "the orders give different floats"


def test_zeros_keep_their_sign_where_it_is_known(computed: Any) -> None:
    body = "return given.map(([a, b, x]) => holds(multiplied(known(...a), known(...b)), 0, Number(x)));"
    row, column = [1, 2, [1.0, 0.0]], [2, 1, [0.0, 3.0]]
    minus = [1, 1, [-1.0]], [1, 1, [0.0]]
    cases = [[row, column, "0.0"], [row, column, "-0.0"], [*minus, "0.0"], [*minus, "-0.0"], [[1, 1, [-0.0]], [1, 1, [0.5]], "5e-324"]]
    assert computed(body, cases) == [True, False, True, True, False]


def test_a_chain_of_products_of_numbers_is_known_to_the_last_bit(computed: Any) -> None:
    rng = random.Random(7)
    chains = [[rng.uniform(-2, 2) for _ in range(6)] for _ in range(50)]
    body = """return given.map((chain) => { let whole = known(1, 1, [1]); for (const x of chain) whole = multiplied(known(1, 1, [x]), whole);
      return [isPoint(whole), hexText(whole.lo[0])]; });"""
    expected: list[Any] = []
    for chain in chains:
        product = 1.0
        for x in chain:
            product = x * product
        expected.append([True, product.hex()])
    assert computed(body, chains) == expected
