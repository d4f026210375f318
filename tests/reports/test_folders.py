"""Folders of pages: whole or not at all, an earlier one of ours is replaced, and what is not ours stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backproof.reports import folders
from backproof.reports.folders import LIST, why_no_folder, write_folder

PAGES = {"index.html": "<p>all</p>", "cases/a.html": "<p>a</p>"}


def held(folder: Path) -> dict[str, str]:
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("there", [False, True])
def test_pages_are_written_into_a_new_folder_and_into_an_empty_one(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "pages"
    if there:
        target.mkdir(mode=0o750)
    write_folder(target, PAGES)
    assert {name: text for name, text in held(target).items() if name != LIST} == PAGES
    assert os.listdir(tmp_path) == ["pages"]
    assert not there or target.stat().st_mode & 0o777 == 0o750


def test_an_earlier_folder_of_ours_is_replaced_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "pages", PAGES)
    write_folder(tmp_path / "pages", {"index.html": "<p>new</p>"})
    assert set(held(tmp_path / "pages")) == {"index.html", LIST}
    assert os.listdir(tmp_path) == ["pages"]


@pytest.mark.parametrize("foreign", ["notes.txt", "cases/notes.txt", "empty/"])
@pytest.mark.parametrize("ours", [False, True])
def test_a_folder_that_holds_something_else_is_refused_and_stays_as_it_is(tmp_path: Path, foreign: str, ours: bool) -> None:
    target = tmp_path / "pages"
    if ours:
        write_folder(target, PAGES)
    file = target / foreign
    (file if foreign.endswith("/") else file.parent).mkdir(parents=True, exist_ok=True)
    if not foreign.endswith("/"):
        file.write_text("mine")
    before = held(target)
    name = foreign.rstrip("/")
    assert why_no_folder(target) == f"it holds {name!r}, which is no page of ours; give a new or an empty folder"
    with pytest.raises(OSError, match="no page of ours"):
        write_folder(target, PAGES)
    assert held(target) == before
    assert os.listdir(tmp_path) == ["pages"]


@pytest.mark.parametrize("text", ["[" * 10_000, "[]", '{"format": "backproof-pages", "pages": 3}', "\x00"])
def test_a_list_that_is_none_of_ours_allows_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / LIST).write_text(text)
    assert why_no_folder(tmp_path) == f"it holds {LIST!r}, which is no page of ours; give a new or an empty folder"


def test_a_list_reaches_nothing_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.html").write_text("mine")
    write_folder(tmp_path / "pages", {"index.html": ""})
    (tmp_path / "pages" / "cases").symlink_to(tmp_path / "mine")
    assert "cases" in (why_no_folder(tmp_path / "pages") or "")
    assert held(tmp_path / "mine") == {"a.html": "mine"}


def test_a_folder_that_cannot_be_filled_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "pages", PAGES)
    before = held(tmp_path / "pages")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_fill", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*pages'"):
        write_folder(tmp_path / "pages", {"index.html": "new"})
    assert held(tmp_path / "pages") == before
    assert os.listdir(tmp_path) == ["pages"]


def test_the_earlier_folder_comes_back_if_the_new_one_cannot_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "pages", PAGES)
    rename, before = os.rename, held(tmp_path / "pages")

    def refused(source: str, target: str) -> None:
        if os.path.basename(source) == "new":
            raise OSError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refused)
    with pytest.raises(OSError, match="Permission denied"):
        write_folder(tmp_path / "pages", {"index.html": "new"})
    assert held(tmp_path / "pages") == before


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "pages").symlink_to("real")
    write_folder(tmp_path / "pages", PAGES)
    assert (tmp_path / "pages").is_symlink()
    assert (tmp_path / "real" / "cases" / "a.html").read_text() == "<p>a</p>"
