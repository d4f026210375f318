"""What the report draws of a case is what was computed: values, Jacobians, paths with running sums, the loop."""

from __future__ import annotations

from fractions import Fraction

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.results.case_record import case_record
from backproof.verify.three_way.check import check_case


def product_case() -> Case:
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    return make_case("L11", "lecture", graph, [3, 4])


def test_the_detail_holds_the_hand_calculation_of_the_four_vertex_example() -> None:
    detail = case_record(check_case(product_case()), with_detail=True)["detail"]
    assert detail["values"] == {"1": ["3.0"], "2": ["4.0"], "3": ["7.0"], "4": ["28.0"]}
    assert detail["adjoints"] == {"1": [["4.0"]], "2": [["11.0"]], "3": [["4.0"]], "4": [["1.0"]]}
    assert detail["jacobians"] == {"1->3": [["1.0"]], "2->3": [["1.0"]], "2->4": [["7.0"]], "3->4": [["4.0"]]}
    from_u2 = detail["paths"][1]
    assert [(path["vertices"], path["product"], path["running"]) for path in from_u2["listed"]] == [
        ([2, 3, 4], [["4.0"]], [["4.0"]]),
        ([2, 4], [["7.0"]], [["11.0"]]),
    ]
    assert [step["vertex"] for step in detail["backward"]] == [4, 3, 2, 1]
    assert detail["backward"][2]["contributions"] == [
        {"child": 3, "product": [["4.0"]], "after": [["4.0"]]},
        {"child": 4, "product": [["7.0"]], "after": [["11.0"]]},
    ]
    row = detail["table"][1]
    assert (row["exact"], row["backward"]["hex"], row["ulps"], row["digits"]) == ("11", "0x1.6000000000000p+3", "0", 17.0)


def cancelling_case(a: float, b: float) -> Case:
    """a²·x − b²·x: its derivative by x is a² − b², from squares that are rounded."""
    leaves = (leaf("x"), leaf("a"), leaf("b"))
    squares = (vertex("s", "square", (2,)), vertex("t", "square", (3,)), vertex("p", "multiply", (1, 4)), vertex("q", "multiply", (1, 5)))
    return make_case("cancels", "replay", Graph(3, (*leaves, *squares, vertex("y", "subtract", (6, 7)))), [1.0, a, b])


def test_what_cancels_is_counted_with_the_digits_that_it_loses() -> None:
    found = case_record(check_case(cancelling_case(1.1, 1.1000001)), with_detail=False)["cancellation"]
    assert sum(entry["entries"] for entry in found) == 3
    (worst,) = [entry for entry in found if entry["kappa"] > 0]
    assert (worst["kappa"], worst["entries"]) == (7, 1)
    assert 5 <= worst["lost"] <= 8


def test_what_does_not_cancel_loses_nothing() -> None:
    found = case_record(check_case(product_case()), with_detail=False)
    assert found["cancellation"] == [{"kappa": 0, "lost": 0, "entries": 2}]
    assert [check["agreed"] for check in found["checks"] if "agreed" in check] == [{"17": 2}]


def test_a_difference_is_shown_with_the_cotangent_as_it_is_not_rounded_to_a_float() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "square", (1,))))
    row = case_record(check_case(make_case("thirds", "replay", graph, [3], cotangent=[Fraction(1, 3)])), with_detail=True)["detail"][
        "table"
    ][0]
    assert abs(Fraction(row["difference"]["value"]) - Fraction(row["reference"])) <= Fraction(row["difference"]["estimate"]) + Fraction(
        1, 10**39
    )
