"""Exit codes and messages of `python -m benchmarks`."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import path_sums
from benchmarks.__main__ import main
from benchmarks.measure import Disagreement, Result

ROOT = Path(__file__).resolve().parents[2]


def test_an_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path-sums", "speed", "--quick"]) == 4
    assert "unknown benchmark 'speed'; known: path-sums, engines, cost-by-part, growth" in capsys.readouterr().err


def test_the_module_ends_with_the_exit_code() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "speed"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 4
    assert "unknown benchmark 'speed'" in done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [("out.txt", "write results to a .json file, tables to a .md file"), ("none/out.json", "the folder"), ("there.md", "is a folder")],
)
def test_a_file_that_cannot_be_written_is_refused_before_measuring(
    name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.md").mkdir()
    assert main(["path-sums", "--quick", "--out", str(tmp_path / name)]) == 4
    assert message in " ".join(capsys.readouterr().err.split())


def test_one_benchmark_writes_results_and_the_tables_that_it_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyperf")
    results, tables = tmp_path / "results.json", tmp_path / "tables.md"
    assert main(["path-sums", "--quick", "--out", str(results), "--out", str(tables)]) == 0
    printed = capsys.readouterr()
    assert printed.out == tables.read_text(encoding="utf-8")
    assert printed.err == "path-sums: done\n"
    document = json.loads(results.read_text(encoding="utf-8"))
    assert document["command"] == "python -m benchmarks path-sums --quick"
    assert [result["name"] for result in document["results"]] == ["path-sums"]


def test_without_pyperf_every_benchmark_says_so_and_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> Any:
        return None if name == "pyperf" else there(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert main(["growth", "path-sums", "--quick"]) == 5
    assert capsys.readouterr().out.count("Not measured: needs pyperf.") == 2


def test_sides_that_disagree_end_the_run_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyperf")

    def disagree(quick: bool) -> Result:
        raise Disagreement("naive gives 2.0 where path_sum gives 1.0")

    monkeypatch.setattr(path_sums, "measure", disagree)
    assert main(["path-sums"]) == 1
    assert capsys.readouterr().err == "Two sides disagree: naive gives 2.0 where path_sum gives 1.0\n"
