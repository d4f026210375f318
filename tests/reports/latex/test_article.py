"""The article and the parts of one compile with LaTeX, and say what the results say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backproof.reports.latex.article import PREAMBLE, article
from backproof.reports.latex.theorem import theorem_part
from backproof.reports.latex.worked import worked_part
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import check_case

Record = dict[str, Any]
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def compiled(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What LaTeX says of an article."""
    (folder / "a.tex").write_text(text, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=120, cwd=folder)


@pytest.fixture(scope="module")
def results() -> Record:
    """The theorems without a case, and the lecture's first derivation."""
    settings = Settings("backproof theorems --cases 0_%", 0, 0, LISTED_PATHS, DIGITS)
    return results_document(settings, Tally(), (), False, (), derivation_records()[:1])


@pytest.fixture(scope="module")
def worked() -> Record:
    """The lecture's graph of four vertices."""
    return case_record(check_case(lecture_cases()[0]), with_detail=True)


@needs_latex
def test_the_article_compiles_and_holds_every_theorem(results: Record, worked: Record, tmp_path: Path) -> None:
    text = article(results, worked)
    done = compiled(text, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout, "no line is too long for the page"
    assert "undefined" not in done.stdout
    assert all(f"thm:{theorem.label}" in text for theorem in THEOREMS)


@needs_latex
def test_a_formula_that_latex_refuses_does_not_compile(results: Record, tmp_path: Path) -> None:
    wrong = {**results, "theorems": [{**results["theorems"][0], "latex": r"\frac{1"}]}
    assert compiled(article(wrong, None), tmp_path).returncode != 0


@needs_latex
def test_hostile_names_compile_as_text(results: Record, worked: Record, tmp_path: Path) -> None:
    names = [r"[3cm] \end{document}", "$&%#_{}~^\\", "שלום\x00\n\n", "f̄é" * 40]
    graph = worked["detail"]["graph"]
    vertices = [{**vertex, "name": name} for vertex, name in zip(graph["vertices"], names, strict=True)]
    hostile = {**worked, "name": names[1], "detail": {**worked["detail"], "graph": {**graph, "vertices": vertices}}}
    text = f"{PREAMBLE}\n\\begin{{document}}\n{worked_part(hostile)}\n\\end{{document}}\n"
    done = compiled(text, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_part_says_verdict_evidence_and_what_was_not_checked(results: Record) -> None:
    (record,) = [one for one in results["theorems"] if one["label"] == "path-sum"]
    part = theorem_part(record)
    assert "\\emph{Evidence:} not checked." in part
    assert "CORRECT" not in part
    found = [{"system": "rational", "evidence": "exact on 2 cases", "verdict": "WRONG"}]
    wrong = {**record, "verdict": "WRONG", "steps": [{**record["steps"][0], "verdict": "WRONG", "found": found}]}
    assert "WRONG. rational: exact on 2 cases, WRONG." in theorem_part(wrong)


def test_the_worked_graph_has_the_lectures_numbers(worked: Record) -> None:
    part = worked_part(worked)
    assert r"{}u$_{2}$ $\to$ u$_{3}$ $\to$ u$_{4}$ & $4.0$ & $4.0$ & " in part
    assert r"\emph{all from u$_{2}$} &  & $11.0$ & $11.0$" in part
