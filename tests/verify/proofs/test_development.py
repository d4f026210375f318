from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backproof.verify.proofs.coq.layout import Part, file_of, golden_text, parse_golden
from backproof.verify.proofs.coq.sentences import without_comments
from backproof.verify.proofs.development import (
    FOLDER,
    forbidden_words,
    golden,
    hashes,
    modules,
    parts,
    project_options,
    recorded,
    source,
    statements,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lemma a : True. Admitted.", ["Admitted"]),
        ("Axiom a : False.", ["Axiom"]),
        ("Axioms a b : False.", ["Axioms"]),
        ("Parameter a : nat.", ["Parameter"]),
        ("Conjecture a : False.", ["Conjecture"]),
        ("Proof. admit. Qed.", ["admit"]),
        ("Unset  Guard Checking.", ["Unset Guard Checking"]),
        ("#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.", ["bypass_check"]),
        ("(* an Axiom (* nested Admitted *) in a comment *) Lemma a : True.", []),
        ("Lemma axiomatic : True. (* Parameter *)", []),
    ],
)
def test_words_that_skip_a_proof_are_found_outside_comments(text: str, found: list[str]) -> None:
    assert forbidden_words(text) == found


def test_comments_nest_and_an_open_one_hides_the_rest() -> None:
    assert without_comments("a (* b (* c *) d *) e (* f").split() == ["a", "e"]


def test_no_file_of_the_development_has_such_a_word() -> None:
    for module in modules(FOLDER):
        assert forbidden_words(source(FOLDER, module)) == []


def test_every_file_is_in_the_project_in_an_order_that_compiles() -> None:
    order = modules(FOLDER)
    assert sorted(map(file_of, order)) == sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.v"))
    for place, module in enumerate(order):
        text = source(FOLDER, module)
        used = {word.removeprefix("BackproofFormal.").rstrip(".") for word in text.split() if word.startswith("BackproofFormal.")}
        assert used <= set(order[:place]), module


def test_every_file_opens_with_what_it_proves_and_the_lectures_items() -> None:
    for module in modules(FOLDER):
        first = source(FOLDER, module).splitlines()[0]
        assert first.startswith("(* "), module
        assert first.endswith(")"), module
        assert "(lecture: L" in first, module


def test_the_reviewed_text_has_every_statement_and_definition() -> None:
    assert list(golden(FOLDER)) == [statement.name for statement in statements(FOLDER)]


def test_the_reviewed_text_can_be_written_and_read() -> None:
    text = golden(FOLDER)
    assert parse_golden(golden_text(text)) == text


def test_the_recorded_result_is_of_these_files() -> None:
    record = recorded()
    assert record is not None
    assert record["same_files"]
    assert record["files"] == hashes(FOLDER)
    assert record["statements"] == sum(statement.is_proved for statement in statements(FOLDER))


def test_a_changed_file_is_noticed_by_its_hash(tmp_path: Path) -> None:
    copy = tmp_path / "formal"
    shutil.copytree(FOLDER, copy)
    path = copy / "Definitions.v"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    record = recorded(copy)
    assert record is not None
    assert not record["same_files"]


def test_without_a_record_there_is_none_and_without_a_project_an_error(tmp_path: Path) -> None:
    assert recorded(tmp_path) is None
    assert golden(tmp_path) == {}
    with pytest.raises(FileNotFoundError, match="there is no _CoqProject"):
        modules(tmp_path)


def test_the_record_is_plain_json() -> None:
    record = json.loads((FOLDER / "recorded.json").read_text(encoding="utf-8"))
    assert sorted(record) == ["axioms", "coq", "count", "date", "edges", "files", "statements", "tables", "texts"]


def test_a_part_over_numbers_of_a_library_lists_the_axioms_that_it_may_rest_on(tmp_path: Path) -> None:
    assert parts(tmp_path) == ()
    given = {"ℝ": {"files": ["real/Exp.v"], "library": "Coq.Reals.Reals", "package": "coq", "axioms": ["Coq.a"]}}
    (tmp_path / "axioms.json").write_text(json.dumps(given), encoding="utf-8")
    assert parts(tmp_path) == (Part("ℝ", ("real.Exp",), "Coq.Reals.Reals", "coq", ("Coq.a",)),)


def test_lines_of_the_project_that_name_no_file_are_its_options(tmp_path: Path) -> None:
    (tmp_path / "_CoqProject").write_text("-Q . A\nreal/B.v\n\n-arg -w\n", encoding="utf-8")
    assert project_options(tmp_path) == ["-Q . A", "-arg -w"]
    assert modules(tmp_path) == ["real.B"]


def test_a_statement_that_is_indented_or_begins_late_on_its_line_is_one(tmp_path: Path) -> None:
    (tmp_path / "_CoqProject").write_text("A.v\n", encoding="utf-8")
    (tmp_path / "A.v").write_text("Section S. Lemma a : True. Proof. exact I. Qed.\n  Definition b' := 1.\n", encoding="utf-8")
    assert [one.name for one in statements(tmp_path)] == ["A.a", "A.b'"]
