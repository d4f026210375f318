from __future__ import annotations

from typing import Any

from backproof.engine import FLOAT64, jacobians
from backproof.verify.results.derivations import derivation_records
from backproof.verify.three_way.routes import Routes


def test_the_lectures_derivations_are_there_with_a_reason_and_a_verdict_for_every_line() -> None:
    records = derivation_records()
    assert [record["leaf"] for record in records] == ["u₂", "W", "b", "V", "γ"]
    for record in records:
        assert record["verdict"] == "CORRECT"
        assert record["lines"][0]["text"] != record["left"]
        assert all(line["reason"] and line["source"].startswith("L") and line["verdict"] == "CORRECT" for line in record["lines"])


def test_the_derivation_for_w_is_the_one_on_the_slide() -> None:
    (record,) = [record for record in derivation_records() if record["leaf"] == "W"]
    assert [line["text"] for line in record["lines"]] == [
        "∂o/∂q|^{fo} × ∂q/∂W|^{f̄q}",
        "∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂W|^{f̄l}",
        "∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂W|^{f̄h}",
        "∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂z|^{fh} × ∂z/∂W|^{f̄z}",
        "∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂z|^{fh} × ∂z/∂W|^{fz}",
    ]


def test_a_wrong_edge_jacobian_makes_lines_wrong() -> None:
    def negated(graph: Any, u: Any, system: Any = FLOAT64) -> Any:
        return {edge: -block for edge, block in jacobians(graph, u, system).items()}

    records = derivation_records(Routes(jacobians=negated))
    assert all(record["verdict"] == "WRONG" for record in records if len(record["lines"]) % 2)
