"""What the comparison of two recordings sees, and what it leaves apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.same_results import differences, main, own_lines_apart, record

RECORDED = {
    "verify-0.json": '{"tool": {"name": "backproof", "version": "0.1.0"}, "cases": [{"worst": "0.3 of the bound"}]}',
    "verify-0.jsonl": '{"place": 0}\n{"place": 1}\n',
    "check-own-0.txt": "=== signs: one: wrong\nWRONG | certified on 3 points | None\n",
}


@pytest.fixture
def recordings(tmp_path: Path) -> tuple[Path, Path]:
    """Two recordings that are the same."""
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        for name, text in RECORDED.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    return tmp_path / "before", tmp_path / "after"


def test_the_same_recordings_are_the_same(recordings: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *map(str, recordings)]) == 0
    assert capsys.readouterr().out == "the same\n"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("verify-0.json", "0.3 of", "0.4 of"), ("check-own-0.txt", "3 points", "2 points"), ("verify-0.jsonl", '"place": 1', '"place": 2')],
)
def test_one_changed_word_is_named_with_its_file(recordings: tuple[Path, Path], name: str, old: str, new: str) -> None:
    file = recordings[1] / name
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (found,) = differences(*recordings)
    assert found.startswith(f"{name} differs:")
    assert new in found
    assert main(["compare", *map(str, recordings)]) == 1


def test_a_missing_file_is_a_difference(recordings: tuple[Path, Path]) -> None:
    (recordings[1] / "verify-0.json").unlink()
    (found,) = differences(*recordings)
    assert "(missing)" in found


def test_the_version_and_the_order_in_which_cases_finish_are_left_apart(recordings: tuple[Path, Path]) -> None:
    after = recordings[1]
    (after / "verify-0.json").write_text(RECORDED["verify-0.json"].replace("0.1.0", "0.2.0"), encoding="utf-8")
    (after / "verify-0.jsonl").write_text('{"place": 1}\n{"place": 0}\n', encoding="utf-8")
    assert list(differences(*recordings)) == []


def test_line_numbers_of_our_own_files_are_left_apart_and_no_others(tmp_path: Path) -> None:
    assert own_lines_apart("verify/lift/tape/tape.py:12", tmp_path) == own_lines_apart("verify/lift/tape/tape.py:13", tmp_path)
    assert own_lines_apart("layer.py:12", tmp_path) != own_lines_apart("layer.py:13", tmp_path)


def test_nothing_is_recorded_over_a_recording(recordings: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not empty: give a new folder"):
        record(recordings[0], seeds=1)
    assert main(["record", str(recordings[0])]) == 4
    assert "give a new folder" in capsys.readouterr().err


def test_two_folders_without_a_recording_are_not_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "missing"):
        assert main(["compare", str(folder), str(folder)]) == 4
        assert "holds no recording: make one with" in capsys.readouterr().err


def test_anything_else_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "one"]) == 4
    assert "Missing argument 'AFTER'" in capsys.readouterr().err
    assert main(["nothing"]) == 4
    assert main([]) == 0
    assert "record" in capsys.readouterr().out
