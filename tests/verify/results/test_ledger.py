from __future__ import annotations

from fractions import Fraction

from backproof.reports.document import Record
from backproof.theorems.catalogue import theorem
from backproof.verify.proofs.exhaustive import Exhausted, Violation
from backproof.verify.proofs.steps import StepFinding
from backproof.verify.results.ledger import Ledger, exhausted_record, finding_record, theorem_record
from backproof.verify.three_way.comparison import Failure
from backproof.verify.verdicts import Evidence, Verdict

CONCLUSION = theorem("backward-pass").statement.name


def finding(
    system: str, verdict: Verdict = Verdict.CORRECT, kind: Evidence = Evidence.EXACT, step: str = CONCLUSION, **more: object
) -> dict[str, object]:
    return finding_record(StepFinding("backward-pass", step, system, verdict, kind, 3, **more))  # type: ignore[arg-type]


def test_evidence_stands_strongest_first_and_each_kind_once() -> None:
    ledger = Ledger()
    for case in ("a", "b"):
        ledger.add(case, [finding("float64", kind=Evidence.ROUNDING), finding("rational"), finding("free")])
    ledger.add("c", [finding("free")])
    record = theorem_record(theorem("backward-pass"), ledger)
    assert record["evidence"] == ["exact on 3 cases", "within rounding bound on 2 cases"]
    statement = next(step for step in record["steps"] if step["name"] == CONCLUSION)
    assert [(entry["system"], entry["places"]) for entry in statement["found"]] == [("free", 9), ("rational", 6), ("float64", 6)]


def test_the_fewest_digits_of_any_case_are_claimed() -> None:
    ledger = Ledger()
    ledger.add("a", [finding("mpmath(90)", kind=Evidence.DIGITS, digits=49)])
    ledger.add("b", [finding("mpmath(90)", kind=Evidence.DIGITS, digits=44)])
    assert theorem_record(theorem("backward-pass"), ledger)["evidence"] == ["to 44 digits on 2 cases"]


def test_one_wrong_step_makes_the_theorem_wrong_and_is_shown_with_its_case() -> None:
    ledger = Ledger()
    failure = Failure("u₂", "4", "11", "7", "0")
    ledger.add("good", [finding("rational")])
    ledger.add("bad", [finding("rational", Verdict.WRONG, reason="1 of 3 equations do not hold", failures=(failure,), failed=1)])
    record = theorem_record(theorem("backward-pass"), ledger)
    statement = next(step for step in record["steps"] if step["name"] == CONCLUSION)
    assert (record["verdict"], statement["verdict"]) == ("WRONG", "WRONG")
    assert (statement["found"][0]["case"], statement["found"][0]["failure"]["left"]) == ("bad", "4")
    assert record["evidence"] == ["exact on 1 case"]


def test_an_inconclusive_case_is_not_counted_as_evidence_and_never_green() -> None:
    ledger = Ledger()
    ledger.add("kink", [finding("rational", Verdict.INCONCLUSIVE, reason="kink: u₃")])
    record = theorem_record(theorem("backward-pass"), ledger)
    assert (record["verdict"], record["evidence"]) == ("INCONCLUSIVE", ["not checked"])


def test_the_order_in_which_cases_finish_changes_nothing() -> None:
    bounds = [0.1, 0.2, 0.3]  # whose sum in floats depends on the order
    cases = [
        *((place, f"bound {place}", finding("random point", degree=2, bound=bound)) for place, bound in enumerate(bounds)),
        (3, "kink", finding("rational", Verdict.INCONCLUSIVE, reason="a kink")),
        (4, "first", finding("rational", Verdict.WRONG, reason="the first")),
        (5, "second", finding("rational", Verdict.WRONG, reason="the second")),
        (6, "another kink", finding("rational", Verdict.INCONCLUSIVE, reason="another kink")),
    ]
    records: list[Record] = []
    for order in (cases, cases[::-1], cases[3:] + cases[:3][::-1], cases[5:] + cases[:5]):
        ledger = Ledger()
        for place, case, found in order:
            ledger.add(case, [found], place)
        records.append(theorem_record(theorem("backward-pass"), ledger))
    assert records == records[:1] * 4
    statement = next(step for step in records[0]["steps"] if step["name"] == CONCLUSION)
    assert {entry["reason"] for entry in statement["found"]} == {None, "the first"}


def test_without_a_case_a_theorem_has_no_verdict() -> None:
    record = theorem_record(theorem("path-sum"), Ledger())
    assert (record["verdict"], record["evidence"]) == (None, ["not checked"])
    assert all(step["verdict"] is None and step["found"] == [] for step in record["steps"])


def test_bounds_of_random_points_add_up() -> None:
    ledger = Ledger()
    for degree in (2, 6):
        ledger.add(str(degree), [finding("random point", degree=degree, bound=Fraction(degree, 2**32))])
    record = theorem_record(theorem("backward-pass"), ledger)
    (entry,) = next(step for step in record["steps"] if step["name"] == CONCLUSION)["found"]
    assert (entry["degree"], entry["bound"]) == (6, 8 / 2**32)


def test_every_small_graph_is_the_strongest_evidence_for_theorem_2_alone() -> None:
    every = exhausted_record([Exhausted(1, 1, 1, 0, ()), Exhausted(2, 2, 4, 0, ())])
    assert every == {
        "n": 2,
        "graphs": 3,
        "adjoints": 5,
        "violated": 0,
        "sizes": [{"n": 1, "graphs": 1, "adjoints": 1, "violated": 0}, {"n": 2, "graphs": 2, "adjoints": 4, "violated": 0}],
        "violations": [],
    }
    assert theorem_record(theorem("backward-pass"), Ledger(), every)["evidence"] == ["exhaustive, n ≤ 2"]
    assert theorem_record(theorem("path-sum"), Ledger(), every)["evidence"] == ["not checked"]


def test_a_violation_on_a_small_graph_makes_theorem_2_wrong() -> None:
    violation = Violation(2, ((1, 2),), 1, "1→2", "0")
    every = exhausted_record([Exhausted(2, 2, 4, 1, (violation,))])
    record = theorem_record(theorem("backward-pass"), Ledger(), every)
    assert (record["verdict"], record["evidence"]) == ("WRONG", ["not checked"])
