from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import load_results
from backproof.verify.commands.exit_codes import FAILS, NOTHING
from backproof.verify.commands.options import Output, ProveOptions
from backproof.verify.commands.proving.prove import run_prove
from backproof.verify.proofs.coq.dependencies import uses
from backproof.verify.proofs.coq_audit import PROVED, Proofs, check_proofs
from backproof.verify.proofs.development import FOLDER, parts, statements
from backproof.verify.results.proofs import formal_names, label_edges, proofs_record


def options(folder: Path) -> ProveOptions:
    return ProveOptions(output=Output(folder / "p.json", folder / "p.html", no_color=True))


def proved_everything(**_: object) -> Proofs:
    return Proofs("proved", tuple(statements(FOLDER)), version="8.16.1", seconds=20.0, tables=1105)


def refused(**_: object) -> Proofs:
    return Proofs("refused", tuple(statements(FOLDER)), ("Definitions.v contains Axiom", "Small.a is not what was reviewed"))


def test_each_theorem_and_step_names_its_lemma_and_the_last_line_counts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = run_prove(options(tmp_path), proved_everything)
    shown = capsys.readouterr().out
    assert code == 0
    assert "Theorem 1: sum over paths (L15): Analysis.theorem1" in shown
    assert "· the last edges part the paths (L15 (4)): PathSum.theorem1_step4_last_edges_part" in shown
    assert "not formalised    edge-jacobians" in shown
    assert "proved            log-softmax      Jacobian of the log-softmax (L4): real.LogSoftmax.log_softmax_jacobian" in shown
    assert f"CORRECT  {sum(one.is_proved for one in statements(FOLDER))} proved without axioms" in shown
    results = load_results(tmp_path / "p.json")
    first = next(theorem for theorem in results["theorems"] if theorem["label"] == "path-sum")
    assert first["evidence"] == ["machine-checked for all graphs"]
    assert "is_jacobian" in first["formal_statement"]
    page = words_of(tmp_path / "p.html")
    assert "proof checked by Coq in this run" in page
    assert "formalised, proof checked here" in page


def words_of(page: Path) -> str:
    """What a page says, in a picture too, where a sentence takes several lines."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split())


def without_the_real_numbers(**_: object) -> Proofs:
    return replace(proved_everything(), parts=parts(FOLDER), missing=parts(FOLDER))


def test_what_needs_a_library_that_is_not_here_reads_not_checked_here(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_prove(options(tmp_path), without_the_real_numbers) == 0
    shown = capsys.readouterr().out
    assert "not checked here  log-softmax" in shown
    assert re.search(
        r"CORRECT  \d+ proved without axioms, \d+ over ℝ not checked here \(libcoq-mathcomp-analysis is not installed\)", shown
    )
    results = load_results(tmp_path / "p.json")
    assert "log-softmax: not checked here" in results["summary"]["not_checked"]
    stated = next(theorem for theorem in results["theorems"] if theorem["label"] == "log-softmax")
    assert stated["evidence"] == ["not checked"]
    assert "proof checked by Coq in this run" in words_of(tmp_path / "p.html")


def test_evidence_that_rests_on_axioms_says_so(tmp_path: Path) -> None:
    name = "real.LogSoftmax.log_softmax_jacobian"
    run_prove(options(tmp_path), lambda **_: replace(proved_everything(), parts=parts(FOLDER), rests={name: parts(FOLDER)[0].axioms}))
    results = load_results(tmp_path / "p.json")
    evidence = {theorem["label"]: theorem["evidence"] for theorem in results["theorems"]}
    assert evidence["log-softmax"] == ["machine-checked for all graphs, on 5 classical axioms"]
    assert evidence["matrix-jacobian"] == ["machine-checked for all graphs"]


def test_a_refused_development_fails_and_says_why(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = run_prove(options(tmp_path), refused)
    shown = capsys.readouterr().out
    assert code == FAILS
    assert "WRONG  refused: Definitions.v contains Axiom" in shown
    assert "Small.a is not what was reviewed" in shown
    results = load_results(tmp_path / "p.json")
    assert results["summary"]["holds"] is False
    assert not any("machine-checked for all graphs" in theorem["evidence"] for theorem in results["theorems"])
    assert "formalised, proof refused" in words_of(tmp_path / "p.html")


def test_without_coqc_on_the_path_nothing_is_green(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "backproof.verify", "theorems", "prove", "--json", "p.json", "--html", "p.html", "--no-color"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment, cwd=tmp_path)
    assert done.returncode == NOTHING
    assert "INCONCLUSIVE  the formal proofs were not checked here; recorded: " in done.stdout
    assert "CORRECT" not in done.stdout.replace("INCONCLUSIVE", "")
    assert "coqc is not on PATH" in done.stdout
    results = load_results(tmp_path / "p.json")
    assert results["proofs"]["status"] == "recorded"
    assert results["proofs"]["proved"] == []
    page = words_of(tmp_path / "p.html")
    assert "formalised, proof recorded" in page
    assert "proof checked here" not in page


@pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
def test_the_command_proves_everything_with_a_real_coq_and_the_proofs_use_each_other_as_the_theorems_say(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found: list[Proofs] = []

    def checked(**given: Any) -> Proofs:
        found.append(check_proofs(**given))
        return found[-1]

    code, shown = run_prove(options(tmp_path), checked), capsys.readouterr().out
    assert code == 0, shown
    assert "Coq accepts what the engine's backward pass leaves on 1,105 graphs" in shown
    assert re.search(r"CORRECT  \d+ proved without axioms", shown)
    (whole,) = found
    assert (whole.status, whole.problems) == (PROVED, ())
    assert set(formal_names()) <= set(whole.proved)
    assert whole.tables == 1 + 2 + 8 + 64 + 1024 + 6
    record = proofs_record(whole)
    assert record["status"] == "proved"
    assert "BackwardPass.theorem2" in record["proved"]
    end = uses(whole.edges, "EndToEnd.backward_pass_computes_derivative")
    assert {"Analysis.theorem1", "BackwardPass.theorem2", "ChainRule.chain_rule", "ForwardPass.forward_computes_global_functions"} <= end
    steps = {"Analysis.theorem1_step1_chain_rule", "PathSum.theorem1_step3_last_edge_moves_in", "PathSum.theorem1_step4_last_edges_part"}
    assert steps <= uses(whole.edges, "Analysis.theorem1")
    assert "BackwardPass.theorem2" not in uses(whole.edges, "Analysis.theorem1")
    assert ["leaf-adjoints", "path-sum"] in label_edges(whole.edges)
    assert ["path-sum", "chain-rule"] in label_edges(whole.edges)
