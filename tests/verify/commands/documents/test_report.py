"""`backproof report`, as a user types it: every format from a results file, and every bad file refused."""

from __future__ import annotations

import copy
import io
import json
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.verify.commands.documents import targets
from backproof.verify.commands.documents.asked import ReportOptions
from backproof.verify.commands.documents.targets import FORMATS
from backproof.verify.commands.documents.typed import KINDS
from backproof.verify.commands.main import backproof, run_command

Record = dict[str, Any]
Save = Callable[[str, Record], Path]


def test_its_options_are_the_formats_and_the_fields_of_its_value() -> None:
    given = backproof.commands["report"].make_context("report", ["r.json"]).params
    own = {field.name for field in fields(ReportOptions)} - {"targets", "output"}
    assert set(given) == {*KINDS, *own, "split_folder", "audit", "quiet", "verbose", "no_progress", "no_color"}
    defaults = {field.name: field.default for field in fields(ReportOptions) if field.default is not MISSING}
    asked = {name: value for name, value in given.items() if value != defaults.get(name) and value is not False}
    assert asked == {"files": (Path("r.json"),)}
    assert set(FORMATS) == {*KINDS, "badge.json", "badge.svg"} - {"badge"}


def test_without_options_it_shows_what_the_run_showed(run: Record, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    saved("r.json", run)
    assert run_command(["report", "r.json"]) == 0
    out = capsys.readouterr().out
    assert "CORRECT  All 2 cases hold: the backward pass equals the path sum" in out
    assert "backward pass = path sum" in out


def test_the_exit_code_is_that_of_the_run(
    run: Record, wrong_run: Record, checks: Record, saved: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted = copy.deepcopy(run)
    interrupted["run"]["interrupted"], interrupted["summary"]["holds"] = True, False
    interrupted["summary"]["sentence"] = run["summary"]["sentence"].replace("All", "Interrupted: of the cases checked so far, all")
    nothing = copy.deepcopy(checks)
    nothing["gradient_checks"] = []
    nothing["summary"] = {**nothing["summary"], "verdict": "INCONCLUSIVE", "sentence": "No gradient was checked."}
    codes = [run_command(["report", str(saved("r.json", document))]) for document in (wrong_run, checks, interrupted, nothing)]
    assert codes == [1, 1, 2, 5]
    assert "WRONG  Of 2 gradient checks 1 is WRONG; 1 holds." in capsys.readouterr().out


def test_every_format_is_written_as_its_function_has_it(wrong_run: Record, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    saved("r.json", wrong_run)
    names = {**{kind: f"out.{kind}" for kind in KINDS}, "badge": "out.badge.svg"}
    options = [word for kind, name in names.items() for word in (f"--{kind}", name)]
    assert run_command(["report", "r.json", *options]) == 1
    assert all(f"wrote {name}" in capsys.readouterr().out or Path(name).exists() for name in names.values())
    for kind, name in names.items():
        assert Path(name).read_text(encoding="utf-8") == FORMATS["badge.svg" if kind == "badge" else kind](wrong_run)
    assert Path("out.json").read_bytes() == Path("r.json").read_bytes()
    assert Path("out.html").read_text(encoding="utf-8") == render_html(wrong_run)


@pytest.mark.parametrize("kind", [*KINDS])
def test_a_dash_is_standard_output_and_words_go_to_standard_error(
    kind: str, run: Record, saved: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    saved("r.json", run)
    assert run_command(["report", "r.json", f"--{kind}", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == FORMATS["badge.json" if kind == "badge" else kind](run)
    assert "All 2 cases hold" in err


def test_results_are_read_from_standard_input_too(run: Record, saved: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    text = saved("r.json", run).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run_command(["report", "-", "-q"]) == 0


def test_a_document_of_an_older_version_1_is_read_and_rendered(wrong_run: Record, saved: Save) -> None:
    for key in ("cases", "comparisons", "looked", "differences", "definition"):
        wrong_run["summary"].pop(key, None)
    for key in ("unlisted", "smallest"):
        wrong_run.pop(key, None)
    for case in wrong_run["cases"]:
        for key in ("planned", "judged", "certified", "unjudged", "reach", "corners", "differences"):
            case.pop(key, None)
        for check in case["checks"]:
            check.pop("share", None)
    wrong_run["tool"]["version"] = "0.0.9"
    saved("r.json", wrong_run)
    names = [word for kind in KINDS for word in (f"--{kind}", "badge.svg" if kind == "badge" else f"out.{kind}")]
    assert run_command(["report", "r.json", *names]) == 1


def test_what_cannot_be_written_later_ends_3_and_the_results_are_shown(
    run: Record, saved: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(path))

    saved("r.json", run)
    monkeypatch.setattr(targets, "write_whole", full)
    assert run_command(["report", "r.json", "--md", "r.md"]) == 3
    shown = capsys.readouterr()
    assert "CORRECT  All" in shown.out
    assert "No space left on device" in shown.err
    assert not Path("r.md").exists()


def test_what_cannot_be_written_is_found_before_the_work(run: Record, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    saved("r.json", run)
    assert run_command(["report", "r.json", "--md", "/dev/full"]) == 4  # it is no file
    Path("locked").mkdir()
    assert run_command(["report", "r.json", "--junit", "locked"]) == 4
    assert "cannot write 'locked': it is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["r.json", "--md", "r.json"], "--md would overwrite the results (file 1), 'r.json'"),
        (["r.json", "--md", "a", "--csv", "./a"], "--csv are one file"),
        (["r.json", "--md", "-", "--csv", "-"], "cannot all be standard output"),
        (["r.json", "--junit", "no/r.xml"], "the folder 'no' does not exist"),
        (["r.json", "--badge", "b.png"], "a badge is called *.svg or *.json; found 'b.png'"),
        ([], "Missing argument 'FILE…'"),
    ],
)
def test_outputs_are_refused_before_the_work(
    arguments: list[str], words: str, run: Record, saved: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    before = saved("r.json", run).read_bytes()
    assert run_command(["report", *arguments]) == 4
    assert words in capsys.readouterr().err
    assert Path("r.json").read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["r.json"]


def test_several_files_that_are_no_shards_are_refused(run: Record, checks: Record, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    saved("a.json", run)
    saved("b.json", checks)
    assert run_command(["report", "a.json", "b.json", "--html", "r.html"]) == 4
    assert "no shard" in capsys.readouterr().err
    assert not Path("r.html").exists()


def test_under_a_runner_the_summary_is_appended_and_failures_are_annotated(
    wrong_run: Record, saved: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved("r.json", wrong_run)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "step.md")
    assert run_command(["report", "r.json", "-q"]) == 1
    assert "\n::error title=WRONG%3A " in capsys.readouterr().out
    assert Path("step.md").read_text(encoding="utf-8").startswith("## backproof: WRONG")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/step.md")
    assert run_command(["report", "r.json", "-q"]) == 1
    assert "Cannot append to the step summary" in capsys.readouterr().err


def test_the_file_that_is_written_is_read_again_to_the_same_bytes(checks: Record, saved: Save) -> None:
    saved("r.json", checks)
    assert run_command(["report", "r.json", "-q", "--json", "again.json"]) == 1
    assert json.loads(Path("again.json").read_text()) == checks


def test_split_writes_a_folder_of_pages_and_nothing_over_what_is_not_ours(
    run: Record, saved: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved("r.json", run)
    assert run_command(["report", "r.json", "--split", "pages", "-q"]) == 0
    assert run_command(["report", "r.json", "--split", "pages"]) == 0, "an earlier one of ours is replaced"
    assert "wrote pages\n" in capsys.readouterr().out
    pages = file.parent / "pages"
    assert {f"{case['id']}.html" for case in run["cases"]} == {page.name for page in (pages / "cases").iterdir()}
    (pages / "notes.txt").write_text("mine")
    assert run_command(["report", "r.json", "--split", "pages"]) == 4
    assert "it holds 'notes.txt', which is no page of ours" in capsys.readouterr().err
    for other, words in ((["--split", "-"], "standard output is no folder"), (["--split", "r.json"], "it is a file")):
        assert run_command(["report", "r.json", *other]) == 4
        assert words in capsys.readouterr().err
    (file.parent / "new").mkdir()
    assert run_command(["report", "r.json", "--split", "new", "--md", "new/r.md"]) == 4
    assert "lies in the folder of --split" in capsys.readouterr().err


def test_a_run_writes_pages_too_and_a_folder_that_fills_meanwhile_ends_it_without_pages(
    run: Record, saved: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = saved("r.json", run).parent
    line = run["cases"][0]["replay"]
    assert run_command(["replay", line, "--split", "pages", "-q"]) == 0
    assert (folder / "pages" / "index.html").is_file()
    monkeypatch.setattr("backproof.verify.commands.outputs.why_no_folder", lambda path: None)
    (folder / "pages" / "notes.txt").write_text("mine")
    assert run_command(["replay", line, "--split", "pages"]) == 3
    said = capsys.readouterr()
    assert "Cannot write 'pages': It holds 'notes.txt', which is no page of ours" in said.err
    assert "wrote pages" not in said.out
