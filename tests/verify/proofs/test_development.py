from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backproof.verify.proofs.development import (
    FOLDER,
    forbidden_words,
    golden,
    golden_text,
    hashes,
    modules,
    parse_golden,
    recorded,
    statements,
    without_comments,
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
    assert without_comments("a (* b (* c *) d *) e (* f") == "a  e "


def test_no_file_of_the_development_has_such_a_word() -> None:
    for module in modules(FOLDER):
        assert forbidden_words((FOLDER / f"{module}.v").read_text(encoding="utf-8")) == []


def test_every_file_is_in_the_project_in_an_order_that_compiles() -> None:
    order = modules(FOLDER)
    assert sorted(order) == sorted(path.stem for path in FOLDER.glob("*.v"))
    for place, module in enumerate(order):
        text = (FOLDER / f"{module}.v").read_text(encoding="utf-8")
        used = {word.removeprefix("BackproofFormal.").rstrip(".") for word in text.split() if word.startswith("BackproofFormal.")}
        assert used <= set(order[:place]), module


def test_every_file_opens_with_what_it_proves_and_the_lectures_items() -> None:
    for module in modules(FOLDER):
        first = (FOLDER / f"{module}.v").read_text(encoding="utf-8").splitlines()[0]
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
    assert sorted(record) == ["coq", "date", "edges", "files", "statements", "tables"]
