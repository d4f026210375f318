"""`backproof report FILE --audit`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backproof.reports import render_html
from backproof.reports.html.held import with_held
from backproof.verify.commands.main import run_command
from backproof.verify.commands.words_on_trial import DOCUMENTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    document = dict(DOCUMENTS)["a run that holds"]()
    (folder / "r.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "r.html").write_text(render_html(document), encoding="utf-8")
    return folder


def test_a_page_and_a_file_that_agree_are_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", str(folder / "r.html"), str(folder / "r.json"), "--audit"]) == 0
    page, file = capsys.readouterr().out.splitlines()
    assert "numbers re-derived" in page
    assert page.endswith("each held twice")
    assert "0 differ" in file
    assert file.endswith("are given")


def test_a_number_that_differs_is_1_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = folder / "changed.html"
    text = (folder / "r.html").read_text(encoding="utf-8")
    place = text.index('<tr class="sum">')
    start = text.index("<td>", text.index("<td></td>", place) + 9) + 4
    changed.write_text(text[:start] + "9" + text[start:], encoding="utf-8")
    assert run_command(["report", str(changed), "--audit", "--json", str(folder / "audit.json"), "-v"]) == 1
    out = capsys.readouterr().out
    assert "row Sum over all paths" in out
    assert "follows from the sum of all products" in out
    found = json.loads((folder / "audit.json").read_text(encoding="utf-8"))["files"][0]
    assert found["differ"][0]["place"].startswith("case-")
    assert sum(found["not_derivable"].values()) > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no page", "found what begins with 'no page'"),
        ("<p>1", "the page is cut off within <p>"),
        ('{"format": "else"}', "found a dict, expected a results document"),
        ("{", "cannot be taken apart"),
        ("\udc80", "no text in UTF-8"),
    ],
)
def test_what_cannot_be_audited_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    file = folder / "bad"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert run_command(["report", str(file), "--audit"]) == 4
    assert said in capsys.readouterr().err


def test_no_number_is_5_a_missing_file_4_and_other_formats_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "none.html").write_text(with_held("<body><p>no number</p></body>"), encoding="utf-8")
    assert run_command(["report", str(folder / "none.html"), "--audit"]) == 5
    assert run_command(["report", str(folder / "nowhere.html"), "--audit"]) == 4
    assert run_command(["report", str(folder / "r.json"), "--audit", "--junit", str(folder / "r.xml")]) == 4
    assert "writes nothing but --json" in capsys.readouterr().err


def test_a_folder_is_audited_page_by_page_with_the_lines_of_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", str(folder / "r.json"), "--split", str(folder / "pages"), "-q"]) == 0
    capsys.readouterr()
    assert run_command(["report", str(folder / "pages" / "index.html"), "--audit", "-v"]) == 0
    alone = capsys.readouterr().out
    assert run_command(["report", str(folder / "pages"), "--audit", "-v"]) == 0
    together = capsys.readouterr().out
    assert "the replay line of a case stands in another file" in alone
    assert "the replay line of a case stands in another file" not in together
    assert run_command(["report", str(folder / "pages"), "--audit", "-q"]) == 0
    assert capsys.readouterr().out == ""
