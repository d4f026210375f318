"""The three routes to each entry of a leaf's adjoint, derived again: `check_routes(case, ledger)`.

The hex float beside its decimal; the backward pass and the path sum beside their own tables; ulps and correct digits
from the certified value; the verdict from the distance and the bound; the certified value from the exact one.

>>> ulps(0.1 + 0.2, 0.3), correct_digits(0.25, 0.5, (1.0, 1.0))
(1, (0.602059991327962..., 0.602059991327962...))
>>> printed("4.441e-16") == (Fraction("4.4405e-16"), Fraction("4.4415e-16"))
True
"""

from __future__ import annotations

import math
from fractions import Fraction

from backproof.reports.audit.derivations.floats import UNIT, down, gamma, position, up
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import shortest
from backproof.reports.audit.derivations.shown import Route, ShownCase

CANCELLED = 1e-9  # of the terms' size: below, a sum cancels and ulps say nothing; the contract's
ZERO = 1e-40  # below, a certified value counts as an exact zero; the contract's
MOST_DIGITS = 17.0  # of a float64
HALF_A_DIGIT = Fraction(5, 10**40)  # of a certified value at most: half of the last of its 40 digits
CANCELS = "cancels"


def printed(word: str) -> tuple[Fraction, Fraction]:
    """All numbers that are printed like this: half a unit of the last digit on either side."""
    mantissa, _, exponent = word.lower().partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    half = Fraction(1, 2) / (Fraction(10) ** places)
    value = Fraction(word)
    return value - half, value + half


def nearest_floats(certified: str) -> tuple[float, ...]:
    """The float nearest to a certified number; both of them where its digits, which are rounded, end at the middle.

    >>> nearest_floats("0.1"), nearest_floats("1.000000000000000111022302462515654042363") == (1.0, 1.0 + 2**-52)
    ((0.1,), True)
    """
    value = Fraction(certified)
    low, high = (float(value * (1 + side * HALF_A_DIGIT)) for side in (-1, 1))
    return (low,) if low == high else (low, high)


def ulps(value: float, nearest: float) -> int:
    """How many float64 steps a value is from the float nearest to a certified one."""
    return abs(position(value) - position(nearest))


def correct_digits(value: float, nearest: float, scale: tuple[float, float]) -> tuple[float, float]:
    """Between which numbers of correct digits: −log₁₀ of |value − nearest| / scale, at least 0 and at most 17."""
    if value == nearest:
        return MOST_DIGITS, MOST_DIGITS
    apart = abs(Fraction(value) - Fraction(nearest))

    def digits(size: float) -> float:
        if not size or not math.isfinite(size):
            return 0.0
        ratio = apart / Fraction(size)
        return min(MOST_DIGITS, max(0.0, math.log10(ratio.denominator) - math.log10(ratio.numerator)))

    return digits(scale[0]), digits(scale[1])


def check_routes(case: ShownCase, ledger: Ledger) -> None:
    """Derive every row of the table again."""
    tables = dict(zip(case.replayed.leaves_with_adjoints, case.paths, strict=False))
    every = sum(case.replayed.seed_rows * case.replayed.size(j) for j in case.replayed.leaves_with_adjoints)
    if (said := case.left_out.get("leaf entr")) is not None:
        ledger.check(said, f"{every - len(case.routes):,}", "the entries of the leaves, and those shown")
    if (said := case.left_out.get("lea")) is not None:
        ledger.check(said, f"{len(case.replayed.leaves_with_adjoints) - len(case.paths):,}", "the leaves, and those shown")
    for route in case.routes:
        table = None if route.leaf is None else tables.get(route.leaf)
        place = None
        if route.leaf is None:
            ledger.differs(route.name, "an entry of a leaf", "the leaves of the graph")
        else:
            place = route.row * case.replayed.size(route.leaf) + route.column
            ledger.derived(route.name)
        _backward(case, ledger, route, place)
        _summed(ledger, route, None if table is None else table.sum, place)
        _certified(ledger, route)
        _accuracy(case, ledger, route, place, table is not None or "lea" in case.left_out)
        _bound(case, ledger, route, place)
        _verdict(ledger, route)
        for cell in (route.difference, route.estimate, route.bound, route.directions):
            if cell is not None:
                ledger.given(cell)


def _entry(cell: Cell | None, place: int | None) -> str | None:
    words = None if cell is None or cell.numbers is None else cell.text.split()
    return None if words is None or place is None or place >= len(words) else words[place]


def _float(ledger: Ledger, decimal: Cell, hexadecimal: Cell) -> None:
    """A float twice: its shortest decimal and its hexadecimal form."""
    try:
        value = float.fromhex(hexadecimal.text.strip())
    except ValueError:
        ledger.differs(hexadecimal, "a hexadecimal float", "the decimal beside it")
        return
    if not math.isfinite(value):
        return
    if ledger.check(decimal, repr(value), "the hexadecimal float beside it"):
        ledger.check(hexadecimal, value.hex(), "the decimal beside it")


def _backward(case: ShownCase, ledger: Ledger, route: Route, place: int | None) -> None:
    _float(ledger, route.backward, route.backward_hex)
    adjoint = _entry(None if route.leaf is None else case.p.get(route.leaf), place)
    if adjoint is not None:
        ledger.check(route.backward, adjoint, "the adjoint of the leaf in the table of vertices")


def _summed(ledger: Ledger, route: Route, total: Cell | None, place: int | None) -> None:
    if route.summed is None or route.summed_hex is None:
        return
    _float(ledger, route.summed, route.summed_hex)
    listed = _entry(total, place)
    if listed is not None:
        ledger.check(route.summed, listed, "the sum over all paths in its table")


def _certified(ledger: Ledger, route: Route) -> None:
    ledger.given(route.certified)
    if route.exact is None or not route.exact.text.strip():
        return
    ledger.given(route.exact)
    if "…" in route.exact.text:
        return
    try:
        exact, (low, high) = Fraction(route.exact.text.strip()), printed(route.certified.text.strip())
    except (ValueError, ZeroDivisionError):
        ledger.differs(route.exact, "a fraction", "the certified value beside it")
        return
    unit = high - low
    if not low - unit <= exact <= high + unit:
        ledger.differs(route.exact, route.certified.text.strip(), "the certified value beside it")
    else:
        ledger.derived(route.certified)


def _accuracy(case: ShownCase, ledger: Ledger, route: Route, place: int | None, summed: bool) -> None:
    """Ulps and digits, from the value and the certified one; the scale of a sum is that of its terms."""
    try:
        value, candidates = float(route.backward.text), nearest_floats(route.certified.text.strip())
    except ValueError:
        ledger.differs(route.certified, "a decimal number", "the certified value")
        return
    if not math.isfinite(value):
        ledger.open(route.digits, "it is not finite")
        ledger.open(route.ulps, "it is not finite")
        return
    said = "".join(route.ulps.text.split())
    nearest = next((one for one in candidates if said.replace(",", "") == str(ulps(value, one))), candidates[0])
    size, steps = abs(nearest), ulps(value, nearest)
    scale = _scale(case, route, place) if summed else (size, size)
    if scale is None:
        for cell in (route.digits, route.ulps):
            ledger.open(cell, "the size of the terms: not all Jacobians behind it are listed")
        if said not in (CANCELS, f"{steps:,}", str(steps)):
            ledger.differs(route.ulps, f"{steps:,}", "the steps between the value and the certified one")
        return
    words = {CANCELS} if size < CANCELLED * scale[0] else set[str]()
    words |= {f"{steps:,}", str(steps)} if size >= CANCELLED * scale[0] or size >= CANCELLED * scale[1] * (1 - 1e-12) else set[str]()
    if said in words or (not said and CANCELS in words):
        ledger.derived(route.ulps)
    else:
        ledger.differs(route.ulps, f"{steps:,}" if CANCELS not in words else CANCELS, "the steps between the value and the certified one")
    if size < ZERO:
        scale = max(scale[0], 1.0), max(scale[1], 1.0)
    low, high = sorted(correct_digits(value, nearest, (max(scale[0], size), max(scale[1], size))))
    try:
        digits = float(route.digits.text)
    except ValueError:
        ledger.differs(route.digits, f"{low:.1f}", "the value and the certified one")
        return
    if round(low, 1) <= digits <= round(high, 1) and repr(digits) == route.digits.text.strip():
        ledger.derived(route.digits)
    else:
        ledger.differs(route.digits, f"{low:.1f}", "the value and the certified one")


def _scale(case: ShownCase, route: Route, place: int | None) -> tuple[float, float] | None:
    """Between which numbers |p_n|·Σ Π|D| lies: from the Jacobians, or, where one is not listed, from the bound."""
    if route.leaf is None or place is None:
        return None
    magnitude = case.magnitudes.get(route.leaf)
    if magnitude is not None:
        error = gamma(2 * case.operations(route.leaf, 1))
        return (down(magnitude[place][0] * (1 - error)), up(magnitude[place][1] * (1 + error))) if place < len(magnitude) else None
    if route.bound is None:
        return None
    try:
        low, high = printed(route.bound.text.strip())
    except ValueError:
        return None
    factor = bound_factor(case, route.leaf)
    return (down(down(float(low)) / up(factor)), up(up(float(high)) / down(factor))) if 0 < factor < math.inf else None


def bound_factor(case: ShownCase, j: int) -> float:
    """What |p_n|·Σ Π|D| is multiplied with for the bound of a leaf's adjoint: γ/(1 − γ) of all roundings on both ways,
    m = L(2d + Δ) + N + d, and four more."""
    replayed = case.replayed
    vertices = range(j, replayed.n + 1)
    widest, most = max(map(replayed.size, vertices)), max(len(replayed.children[i]) for i in vertices)
    operations = replayed.longest_to_output[j] * (2 * widest + most) + replayed.paths_to_output[j] + widest + 4
    product = operations * UNIT
    if product >= 1:
        return math.inf
    factor = product / (1 - product)
    return factor / (1 - factor) if factor < 1 else math.inf


def _bound(case: ShownCase, ledger: Ledger, route: Route, place: int | None) -> None:
    """The bound, from the Jacobians, where they are listed."""
    if route.bound is None or route.leaf is None or place is None or case.magnitudes.get(route.leaf) is None:
        return
    scale, factor = _scale(case, route, place), bound_factor(case, route.leaf)
    if scale is None or not math.isfinite(factor):
        return
    low, high = max(0.0, down(scale[0] * down(factor))), up(scale[1] * up(factor))
    if case.by_name:  # a page prints four digits
        low, high = float(f"{low:.4g}"), float(f"{high:.4g}")
    try:
        said = float(route.bound.text)
    except ValueError:
        ledger.differs(route.bound, f"{low:.4g}", "the bound of the roundings on both ways")
        return
    if low <= said <= high or (not said and high < 1e-300):
        ledger.derived(route.bound)
    else:
        ledger.differs(route.bound, f"{low:.4g}", "the bound of the roundings on both ways")


def _verdict(ledger: Ledger, route: Route) -> None:
    """CORRECT where the two are as far apart as the bound allows; any bound that is printed so."""
    if route.summed is None or route.bound is None or not (shortest(route.backward.text.strip()) and shortest(route.summed.text.strip())):
        return
    value, total = float(route.backward.text), float(route.summed.text)
    if not (math.isfinite(value) and math.isfinite(total)):
        return
    try:
        low, high = printed(route.bound.text.strip())
    except ValueError:
        ledger.differs(route.bound, "a number", "the bound")
        return
    apart = abs(value - total)  # rounded as it is where it is compared
    if (route.verdict == "CORRECT" and apart > high) or (route.verdict == "WRONG" and apart < low):
        ledger.differs(route.bound, f"{route.verdict} at a distance of {apart!r}", "the distance of the two and the bound")
