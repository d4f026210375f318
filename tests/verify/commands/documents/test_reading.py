"""Bad files: refused by name, with what was found and what was expected; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.commands.documents.reading import Refused, read_document
from backproof.verify.commands.main import run_command
from backproof.verify.results.lines import header, header_line
from backproof.verify.results.settings import Settings

Record = dict[str, Any]
LINES = header_line(header(Settings("backproof verify", 0, 1, 10, 50), []))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty; expected the file that --json wrote"),
        (b"\x1f\x8b\x08\x00", "found what begins with"),
        (b"<!doctype html>", "found what begins with '<!doctype html>' and is not JSON"),
        (LINES, "found the lines file of a run, expected its results"),
        (b'{"format": "backproof-results", "version": 7}', "$.version: found 7, expected 1"),
        (b'{"format": "CTRF"}', "$.format: found 'CTRF', expected 'backproof-results'"),
        (b"[1]", "$: [1] is not of type 'object'"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_results_file_is_refused_with_what_it_is(
    data: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.json").write_bytes(data)
    assert run_command(["report", "r.json", "--junit", "r.xml"]) == 4
    err = capsys.readouterr().err
    assert words in err
    assert "'r.json'" in err
    assert "Traceback" not in err
    assert not Path("r.xml").exists()


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot read .nowhere\.json.: No such file"):
        read_document(Path("nowhere.json"))
    with pytest.raises(Refused, match="Is a directory"):
        read_document(tmp_path)


def test_words_that_do_not_agree_with_the_counts_are_not_believed(run: Record, saved: Callable[[str, Record], Path]) -> None:
    run["summary"]["counts"]["CORRECT"] = 3
    with pytest.raises(Refused, match="its words and its counts disagree"):
        read_document(saved("r.json", run))


def test_a_verdict_that_was_turned_green_is_not_believed(wrong_run: Record, saved: Callable[[str, Record], Path]) -> None:
    wrong_run["summary"] |= {"holds": True, "verdict": "CORRECT"}
    with pytest.raises(Refused, match="the run holds, and 1 cases are WRONG"):
        read_document(saved("r.json", wrong_run))


def test_parts_that_do_not_fit_together_are_refused_and_nothing_is_written(
    run: Record, saved: Callable[[str, Record], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run["theorems"].reverse()
    saved("r.json", run)
    assert run_command(["report", "r.json", "--md", "r.md", "--html", "r.html"]) == 4
    assert "r.json cannot be shown: theorems: theorem " in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["r.json"]
