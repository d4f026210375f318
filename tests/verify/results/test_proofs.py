from __future__ import annotations

from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.verify.proofs.coq.dependencies import uses
from backproof.verify.proofs.coq_audit import Proofs
from backproof.verify.proofs.development import FOLDER, statements
from backproof.verify.results.ledger import Ledger, theorem_record
from backproof.verify.results.proofs import formal_names, formal_statements, label_edges, proofs_record

NAMES = {statement.name for statement in statements(FOLDER) if statement.is_proved}


def test_every_lemma_that_a_theorem_cites_exists() -> None:
    assert formal_names()
    assert set(formal_names()) <= NAMES


def test_every_step_of_theorems_1_and_2_cites_a_lemma() -> None:
    for label in ("path-sum", "backward-pass"):
        assert all(step.formal in NAMES for step in theorem(label).steps)
    assert theorem("path-sum").steps[3].formal == "PathSum.theorem1_step4_last_edges_part"


def test_the_statement_shown_is_what_coq_prints() -> None:
    shown = formal_statements()
    assert set(shown) == set(formal_names())
    assert "is_jacobian" in shown["Analysis.theorem1"]
    assert "D p0 j = p0 (out n) *m path_sum (d:=d) (R:=R) D j (out n) L" in " ".join(shown["BackwardPass.theorem2"].split())


def test_evidence_is_machine_checked_only_after_a_proof_in_this_run() -> None:
    everything = proofs_record(Proofs("proved", tuple(statements(FOLDER)), version="8.16.1"))
    nothing = proofs_record(None)
    for stated in THEOREMS:
        checked = theorem_record(stated, Ledger(), None, everything)
        assert checked["evidence"] == (["machine-checked for all graphs"] if stated.formal else ["not checked"])
        assert theorem_record(stated, Ledger(), None, nothing)["evidence"] == ["not checked"]


def test_uses_are_followed_through_lemmas_that_no_theorem_cites() -> None:
    edges = [("Analysis.theorem1", "X.helper"), ("X.helper", "ChainRule.chain_rule")]
    assert label_edges(edges) == [["path-sum", "chain-rule"]]
    assert uses(edges, "X.helper") == {"ChainRule.chain_rule"}
