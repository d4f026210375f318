"""The results document: what fits its schema is written whole, what does not is refused with the place named."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backproof.reports import ResultsError, load_results, save_results, validate


def at(document: Any, path: list[str | int]) -> Any:
    for key in path:
        document = document[key]
    return document


def test_the_sample_fits_the_schema(sample: dict[str, Any]) -> None:
    assert validate(sample) is sample


def test_the_schema_is_a_valid_schema_and_agrees_on_the_sample(sample: dict[str, Any]) -> None:
    schema = json.loads(files("backproof.reports").joinpath("results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator: Any = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(sample)) == []


MALFORMED: list[tuple[list[str | int], Any, str]] = [
    (["format"], "another", "$.format: found 'another', expected 'backproof-results'"),
    (["version"], 2, "$.version: found 2, expected 1"),
    (["run", "seed"], -1, "$.run.seed: -1 is less than the minimum"),
    (["summary", "verdict"], "FINE", "$.summary.verdict: 'FINE' is not one of"),
    (["cases", 3, "id"], "<b>", "$.cases[3].id: '<b>' does not match"),
    (["cases", 0, "paths"], 3, "$.cases[0].paths: 3 is not of type 'string'"),
    (["cases", 0, "ulps"], "many", "$.cases[0].ulps: 'many' does not match"),
    (["cases", 0, "detail", "graph", "vertices"], [], "$.cases[0].detail.graph.vertices: [] should be non-empty"),
    (["cases", 0, "detail", "values", "1"], [0.5], "$.cases[0].detail.values.1[0]: 0.5 is not of type 'string'"),
    (["cases", 0, "detail", "backward", 0, "adjoint"], [["1.0"], "2.0"], "$.cases[0].detail.backward[0].adjoint[1]: '2.0' is not of type 'array'"),
    (["cases", 0, "detail", "backward", 0, "adjoint"], [["1.0", 2.0]], "$.cases[0].detail.backward[0].adjoint[0][1]: 2.0 is not of type 'string'"),
    (["cases", 0, "detail", "backward", 0, "adjoint"], None, "$.cases[0].detail.backward[0].adjoint: None is not of type"),
    (["cases", 0, "detail", "table", 0, "backward"], {"value": "1.0"}, "$.cases[0].detail.table[0].backward: 'hex' is a required property"),
    (["surprise"], 1, "$: Additional properties are not allowed ('surprise' was unexpected)"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), MALFORMED, ids=[row[2][:40] for row in MALFORMED])
def test_a_malformed_document_is_refused_with_the_place(sample: dict[str, Any], path: list[str | int], value: Any, message: str) -> None:
    at(sample, path[:-1])[path[-1]] = value
    with pytest.raises(ResultsError) as caught:
        validate(sample)
    assert str(caught.value).startswith(message)


def test_every_required_key_is_missed(sample: dict[str, Any]) -> None:
    for key in list(sample):
        with pytest.raises(ResultsError, match=key):
            validate({name: value for name, value in sample.items() if name != key})


def test_a_document_that_is_no_object_is_refused() -> None:
    with pytest.raises(ResultsError, match=r"^\$: \[\] is not of type 'object'"):
        validate([])


def test_what_is_saved_is_loaded(sample: dict[str, Any], tmp_path: Path) -> None:
    save_results(sample, tmp_path / "r.json")
    assert load_results(tmp_path / "r.json") == sample


def test_half_characters_survive_saving(sample: dict[str, Any], tmp_path: Path) -> None:
    sample["cases"][0]["name"] = "half \ud800 and α"
    save_results(sample, tmp_path / "r.json")
    assert load_results(tmp_path / "r.json")["cases"][0]["name"] == "half \ud800 and α"


def test_nan_as_a_number_is_refused_and_nothing_is_written(sample: dict[str, Any], tmp_path: Path) -> None:
    sample["cases"][0]["digits"] = float("nan")
    with pytest.raises(ResultsError, match="not written as JSON"):
        save_results(sample, tmp_path / "r.json")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_document_leaves_the_old_file_as_it_was(make: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    save_results(make(["CORRECT"]), tmp_path / "r.json")
    before = (tmp_path / "r.json").read_bytes()
    with pytest.raises(ResultsError):
        save_results({"format": "backproof-results", "version": 1}, tmp_path / "r.json")
    assert (tmp_path / "r.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_write_that_fails_leaves_no_half_written_file(sample: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", fail)
    with pytest.raises(OSError, match="No space left"):
        save_results(sample, tmp_path / "r.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_a_file_that_is_not_json_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ResultsError, match=r"r\.json: not JSON"):
        load_results(tmp_path / "r.json")
