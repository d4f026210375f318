"""Every row of the table: each partial derivative against differences at 500 bits, the value against SciPy's or
NumPy's, at several points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.special
from flint import arb

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
from backproof.verify.lift.tape.arithmetic import DOT, SUM
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.lift.tape.rule import OF_LIBRARY, Count, Rule, Stability, unary
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.special import polygamma
from backproof.verify.numbers.ball_arrays import precision

STEP = arb(2) ** -120
POSITIVE = [(0.3,), (1.0,), (2.75,), (17.5,)]
ANY = [(-2.3,), (-0.4,), (0.1,), (0.9,), (3.6,)]
UNIT = [(0.05,), (0.3,), (0.5,), (0.97,)]
SIGNED_UNIT = [(-0.9,), (-0.2,), (0.4,), (0.95,)]
ABOVE_ONE = [(1.01,), (1.9,), (12.0,)]
PAIRS = [(0.7, 1.9), (-1.3, 0.4), (2.1, -0.6), (-0.5, -3.0)]
POSITIVE_PAIRS = [(0.7, 1.9), (2.2, 0.3), (1.0, 1.0), (5.5, 4.25)]
ORDERS = [(0.0, 1.3), (1.0, 0.4), (2.0, 3.1), (2.5, 6.0)]


def _all(names: str, points: list[tuple[float, ...]]) -> dict[str, list[tuple[float, ...]]]:
    return dict.fromkeys(names.split(), points)


DOMAINS: dict[str, list[tuple[float, ...]]] = {
    **_all("log log2 log10 sqrt rgamma gammaln polygamma entr y0 y1 k0 k1 exp1 spence", POSITIVE),
    **_all("gamma psi", [*POSITIVE, (-0.4,), (-1.7,)]),
    "log1p": [(-0.7,), (-1e-9,), (0.4,), (9.0,)],
    **_all("logit ndtri", UNIT),
    "erfcinv": [(0.05,), (0.6,), (1.0,), (1.8,)],
    **_all("arcsin arccos arctanh erfinv", SIGNED_UNIT),
    "arccosh": ABOVE_ONE,
    **_all("add subtract multiply divide logaddexp logaddexp2 arctan2 hypot", PAIRS),
    "power": [*POSITIVE_PAIRS, (0.3, -2.5), (2.0, 0.5)],
    **_all("xlogy rel_entr kl_div beta betaln boxcox pseudo_huber", POSITIVE_PAIRS),
    "xlog1py": [(0.7, 1.9), (-2.2, -0.3), (1.0, 4.0)],
    "inv_boxcox": [(0.7, 1.9), (0.3, -0.4), (-0.2, 0.9)],
    **_all("jv yv iv kv", ORDERS),
    "expn": [(1.0, 0.4), (2.0, 3.1), (3.0, 1.0)],
    **_all("gammainc gammaincc", POSITIVE_PAIRS),
    "betainc": [(0.7, 1.2, 0.3), (2.0, 3.0, 0.8)],
    "expi": [(-2.0,), (0.5,), (3.0,)],
    "erfi": [(-1.2,), (0.3,), (2.0,)],
}
OWN = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "softplus": lambda x: np.logaddexp(0.0, x), "gammaln": scipy.special.gammaln}
ROWS = {row.name: row for row in RULES.values()}
MINED = [(name, point) for name in ROWS for point in DOMAINS.get(name, ANY)]


def _reference(name: str) -> Any:
    return OWN.get(name) or getattr(np, name, None) or getattr(scipy.special, name)


def largest_error(row: Rule, point: tuple[float, ...]) -> float:
    """Of the partials against central differences, relative to 1 + |difference|."""
    worst = 0.0
    with precision(500):
        xs = [arb(x) for x in point]
        partials = row.partials(row.value(*xs), *xs)
        assert len(partials) == len(xs)
        for k, partial in enumerate(partials):
            if k in row.not_by:
                assert partial is None
                continue
            above, below = (row.value(*(x + sign * STEP if i == k else x for i, x in enumerate(xs))) for sign in (1, -1))
            difference = (above - below) / (2 * STEP)
            assert partial is not None
            assert partial.is_finite()
            assert difference.is_finite()
            worst = max(worst, float(abs((partial - difference).mid()) / (1 + abs(difference.mid()))))
    return worst


@pytest.mark.parametrize(("name", "point"), MINED)
def test_partials_are_those_of_differences(name: str, point: tuple[float, ...]) -> None:
    assert largest_error(ROWS[name], point) < 1e-60


@pytest.mark.parametrize(("name", "point"), MINED)
def test_value_is_that_of_numpy_or_scipy(name: str, point: tuple[float, ...]) -> None:
    with precision(120):
        value = ROWS[name].value(*map(arb, point))
    assert value.is_finite()
    assert float(value.mid()) == pytest.approx(float(_reference(name)(*point)), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize(
    ("name", "point", "slope"),
    [
        ("sinc", (0.0,), 0.0),
        ("exprel", (0.0,), 0.5),
        ("i1", (0.0,), 0.5),
        ("spence", (1.0,), -1.0),
        ("hypot", (3.0, 0.0), 1.0),
        ("power", (0.0, 2.0), 0.0),
        ("power", (0.0, 1.0), 1.0),
        ("power", (-3.0, 2.0), -6.0),
        ("logaddexp", (1e4, -1e4), 1.0),
        ("expit", (-800.0,), 0.0),
        ("xlogy", (2.0, 1.0), 0.0),
        ("erf", (0.0,), 1.1283791670955126),
    ],
)
def test_slope_at_a_special_point(name: str, point: tuple[float, ...], slope: float) -> None:
    with precision(200):
        xs = [arb(x) for x in point]
        found = RULES[name].partials(RULES[name].value(*xs), *xs)[0]
    assert found is not None
    assert found.is_finite()
    assert float(found.mid()) == pytest.approx(slope, abs=1e-300)


@pytest.mark.parametrize(
    ("name", "point"), [("sqrt", (0.0,)), ("cbrt", (0.0,)), ("power", (0.0, 0.5)), ("power", (-2.0, 0.3)), ("i0e", (0.0,))]
)
def test_where_there_is_no_derivative_the_partial_is_not_finite(name: str, point: tuple[float, ...]) -> None:
    with precision(200):
        xs = [arb(x) for x in point]
        found = RULES[name].partials(RULES[name].value(*xs), *xs)[0]
    assert found is not None
    assert not found.is_finite()


@pytest.mark.parametrize("x", [0.3, 2.5, -0.7, -3.4])
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_polygamma_is_the_derivative_of_the_one_before(n: int, x: float) -> None:
    with precision(400):
        difference = (polygamma(n, arb(x) + STEP) - polygamma(n, arb(x) - STEP)) / (2 * STEP)
        assert abs(difference - polygamma(n + 1, arb(x))) < 1e-45


@pytest.mark.parametrize("name", ["tanh", "hypot", "erf", "gammaln", "jv"])
def test_the_comparison_finds_a_wrong_partial(name: str) -> None:
    right = ROWS[name]
    wrong = replace(right, partials=lambda v, *xs: tuple(p and p * (1 + arb(10) ** -40) for p in right.partials(v, *xs)))
    assert largest_error(wrong, DOMAINS.get(name, ANY)[0]) > 1e-60


def test_where_a_value_is_no_number_its_derivative_is_none_either() -> None:
    lifted = lift(lambda x: np.log(x), (np.array([-1.0]),))
    assert not lifted.finite
    assert not pull_back(lifted, np.ones(1))[0][0].is_finite()


# what is known of each rule


IN_EVERY_LIBRARY = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh arctan2 hypot power cbrt"
    " expit log_expit softplus logaddexp logaddexp2 deg2rad rad2deg"
)
BY_THE_STANDARD_MODEL = "add subtract multiply divide negative square reciprocal sqrt"
FROM_THE_VALUE = "exp exp2 sqrt cbrt tanh expit erfcx dawsn i0e i1e"


def test_every_name_stands_for_one_rule() -> None:
    names = [name for row in ROWS.values() for name in (row.name, *row.also)]
    assert len(names) == len(set(names)) == len(RULES)
    assert len(ROWS) == 87


def facets(rules: Iterable[Rule]) -> dict[str, dict[str, str]]:
    """What each rule says, by the names of the facets; an empty text where there is nothing to say: no other name, no
    operand without a derivative, no derivative that inherits the error of the value."""
    return {rule.name: _facets(rule) for rule in rules}


def _facets(rule: Rule) -> dict[str, str]:
    roundings = rule.roundings
    return {
        "operands": str(rule.arity) if rule.arity else "any",
        "also": ", ".join(rule.also),
        "not by": ", ".join(str(k + 1) for k in rule.not_by),
        "value": _counted(roundings.value, {0: "", 1: "terms", 2: "products"}[roundings.terms]),
        "partial": _counted(roundings.partial),
        "stability": roundings.stability.value,
        "from the value": "yes" if roundings.from_value else "",
    }


def _counted(count: Count, terms: str = "") -> str:
    n, m = count
    library = "" if not m else "L" if m == 1 else f"{m}·L"
    return " + ".join(part for part in (str(n) if n else "", library, terms) if part) or "0"


def test_the_table_of_rules_says_where_it_has_nothing_to_say() -> None:
    table = facets([*ROWS.values(), SUM, DOT])
    width = max(map(len, table))
    for name, row in table.items():
        print(f"{name:{width}} " + " | ".join(f"{cell:10}" for cell in row.values()))
    assert set(table) == {*ROWS, "sum", "dot"}
    empty = {facet: {name for name, row in table.items() if not row[facet]} for facet in table["add"]}
    assert {facet for facet, names in empty.items() if names} == {"also", "not by", "from the value"}
    assert set(table) - empty["not by"] == {"jv", "yv", "iv", "kv", "expn", "gammainc", "gammaincc", "betainc"}
    assert set(table) - empty["from the value"] == set(FROM_THE_VALUE.split())
    assert (table["sum"]["value"], table["dot"]["value"]) == ("-1 + terms", "products")
    assert [name for name, row in table.items() if row["operands"] == "any"] == ["sum", "dot"]


def test_which_rules_are_in_every_library_and_which_are_special_is_what_it_always_was() -> None:
    def named(names: str) -> set[str]:
        return set(names.split())

    mixed = {name for name, row in ROWS.items() if row.roundings.stability is Stability.MIXED}
    assert {name for name, row in ROWS.items() if row.roundings.value == (1, 0) or row.name == "negative"} == named(BY_THE_STANDARD_MODEL)
    assert set(ROWS) - mixed - named(BY_THE_STANDARD_MODEL) == named(IN_EVERY_LIBRARY)
    assert len(mixed) == 49
    assert all(ROWS[name].roundings.of_partial(8) == (1 if name == "exp" else 3) for name in ("exp", "exp2", "tanh"))


def test_a_rule_that_says_nothing_of_its_roundings_is_no_rule() -> None:
    with pytest.raises(TypeError, match="roundings"):
        unary("cube", lambda x: x**3, lambda v, x: 3 * x * x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="roundings"):
        Rule("cube", lambda x: x**3, lambda v, x: (3 * x * x,))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_a_rule_that_is_added_in_one_place_is_found_by_all_that_should_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`scipy.special.exp10` has no rule; with one row it has, in arrays, on single numbers, on constants, in the bounds
    and in the table."""
    x = np.array([0.5, -1.0])
    with pytest.raises(NotLifted, match=r"scipy\.special\.exp10"):
        lift(lambda v: scipy.special.exp10(v), (x,))
    row = unary("exp10", lambda v: arb(10) ** v, lambda v, _: v * arb(10).log(), OF_LIBRARY)
    monkeypatch.setitem(RULES, row.name, row)
    lifted = lift(lambda v: scipy.special.exp10(v) * scipy.special.exp10(1.0) + v[0].exp10(), (x,))
    assert [float(v.mid()) for v in lifted.values[0]] == pytest.approx([11 * 10**0.5, 1.0 + 10**0.5], rel=1e-15)  # type: ignore[union-attr]
    (gradient,) = pull_back(lifted, np.array([0.0, 1.0]))
    assert [float(v.mid()) for v in gradient] == pytest.approx([10**0.5 * np.log(10), np.log(10)], rel=1e-15)
    bound = rounding_of_sweep(reverse_sweep(lifted, np.array([0.0, 1.0])), 0, (1,))
    assert 8 * 2.0**-53 < bound.lost < 200 * 2.0**-53
    assert facets(RULES.values())["exp10"]["value"] == "L"
    assert check(lambda v: scipy.special.exp10(v), (x,), lambda args, out, ct: (ct * out * np.log(10),), effort="quick").ok
    assert not check(lambda v: scipy.special.exp10(v), (x,), lambda args, out, ct: (ct * out * 2.3,), effort="quick").ok


def test_an_operand_without_a_derivative_may_be_a_constant_and_no_lifted_number() -> None:
    assert lift(lambda x: scipy.special.jv(1, x), (np.array([0.5]),)).depends
    with pytest.raises(NotLifted, match="the derivative of betainc by operand 2 has no lifted rule"):
        lift(lambda b: scipy.special.betainc(0.5, b, 0.5), (np.array([0.5]),))
