"""Damaged inputs of every kind end as documented: in process, by hundreds; in a process of their own; by the command itself. Every run tries the same ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fuzz.outcomes import Outcome, faults
from benchmarks.fuzz.run import tried
from benchmarks.fuzz.subjects import SUBJECTS, is_valid, make_document, opened

COUNT, BY_THE_COMMAND = 500, 20


@pytest.mark.parametrize("name", SUBJECTS)
def test_five_hundred_damaged_inputs_end_as_documented(name: str) -> None:
    with opened(name, timeout=0.3) as subject:
        found = [(number, faults(subject.attempt(subject.make(0, number)))) for number in range(COUNT)]
    assert [(number, wrong) for number, wrong in found if wrong] == []


@pytest.mark.parametrize("name", SUBJECTS)
def test_in_a_process_of_their_own_they_end_the_same_way(name: str) -> None:
    found = tried(name, BY_THE_COMMAND, seed=1)
    assert len(found) == BY_THE_COMMAND
    assert [said for said in found if said["faults"]] == []


def test_the_shares_of_documents_are_those_that_the_table_promises() -> None:
    made = [make_document(0, number) for number in range(300)]
    readable = 0
    for one in made:
        try:
            json.loads(one.data)
            readable += 1
        except (ValueError, RecursionError):
            pass
    assert readable >= 120
    assert sum(one.kind == "expensive" and is_valid(one) for one in made) >= 9


def test_by_the_real_command(tmp_path: Path) -> None:
    for number in (3, 4, 5):
        file = tmp_path / "d.json"
        file.write_bytes(make_document(5, number).data)
        command = [sys.executable, "-m", "backproof.verify", "replay", str(file), "--no-color", "--timeout", "1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
        assert faults(Outcome("document", done.returncode, done.stdout, done.stderr, 0.0)) == []
        assert [path.name for path in tmp_path.iterdir()] == ["d.json"]


def test_an_input_is_the_same_each_time_it_is_made() -> None:
    with opened("replay") as subject:
        assert subject.make(0, 7) == subject.make(0, 7) != subject.make(0, 8)
