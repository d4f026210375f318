"""A case of a results file is found by its id, and what cannot be found is said with what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backproof.reports import save_results
from backproof.verify.cases.case import CaseError
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.main import run_command
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.listed_case import listed_case
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import check_case


def file_of(path: Path, target: str | None = None) -> list[str]:
    records = [case_record(check_case(usual_case(0, k)), with_detail=False, target=target) for k in range(2)]
    settings = Settings("backproof verify", 0, 2, 64, 50, target=target)
    save_results(results_document(settings, tally_of(records), (), False), path)
    return [record["id"] for record in records]


def test_a_case_is_found_by_its_id_and_by_what_it_begins_with(tmp_path: Path) -> None:
    first, second = file_of(tmp_path / "r.json")
    assert listed_case(first, tmp_path / "r.json").replay == replay_id(usual_case(0, 0))
    assert listed_case(second[:8].upper(), tmp_path / "r.json").identity == second


def test_what_cannot_be_found_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    first, _ = file_of(path)
    for identity, words in (
        ("123456789abc", "is the id of no case in"),
        (first[:-1] + ("0" if first[-1] != "0" else "1"), f"did you mean {first}?"),
        ("", "is the id of no case in"),
        (replay_id(usual_case(0, 0)), "leave out --from"),
    ):
        with pytest.raises(CaseError) as told:
            listed_case(identity, path)
        assert words in str(told.value)
    with pytest.raises(CaseError, match="No such file or directory; give the file that --json wrote"):
        listed_case(first, tmp_path / "none.json")
    (tmp_path / "other.json").write_text(json.dumps({"format": "a graph"}))
    with pytest.raises(CaseError, match="is no results file"):
        listed_case(first, tmp_path / "other.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match="is no results file"):
        listed_case(first, tmp_path / "binary.json")


def test_several_cases_whose_ids_begin_alike_are_named(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    first, second = file_of(path)
    text = path.read_text().replace(second, first[:6] + second[6:])
    path.write_text(text)
    with pytest.raises(CaseError, match="begins the ids of 2 cases"):
        listed_case(first[:6], path)


def test_the_command_runs_the_case_again_and_no_engine_that_a_file_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = file_of(tmp_path / "r.json")
    assert run_command(["replay", first, "--from", str(tmp_path / "r.json"), "--no-color"]) == 0
    assert first in capsys.readouterr().out
    assert run_command(["replay", "ffff", "--from", str(tmp_path / "r.json")]) == 4
    assert "is the id of no case" in capsys.readouterr().err
    first, _ = file_of(tmp_path / "t.json", "some.where:engine")
    assert run_command(["replay", first, "--from", str(tmp_path / "t.json")]) == 4
    assert f"run backproof oracle some.where:engine --case {first} --from" in capsys.readouterr().err
    assert run_command(["oracle", "some.where:engine", "--from", str(tmp_path / "t.json")]) == 4
    assert "give --case ID" in capsys.readouterr().err
