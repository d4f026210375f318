"""`--exhaustive`: its cost is said, what is finished is kept whatever ends the run, and a run that goes on is the same."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.campaign.workplace import Trouble, Workplace
from backproof.verify.commands.exit_codes import FAILS, INTERNAL, INTERRUPTED, USAGE
from backproof.verify.commands.options import Output, TheoremsOptions
from backproof.verify.commands.proving import small_graphs, theorems
from backproof.verify.commands.proving.small_graphs import cost, rate_here, run_small_graphs
from backproof.verify.commands.proving.theorems import run_theorems
from backproof.verify.proofs import exhaustive
from backproof.verify.proofs.exhaustive import Block, CheckedBlock, blocks, check_all, check_block
from backproof.verify.selftest.mutants import by_name

HERE = Workplace(1)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five vertices are 16 blocks."""
    monkeypatch.setattr(exhaustive, "GRAPHS_BY_NETWORKX", 64)


class Stop:
    """Asks a run to stop after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("where", [HERE, Workplace(2)])
def test_every_size_is_whole_and_told(where: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_graphs, "ALONE", 3)
    told: list[Any] = []
    found = run_small_graphs(5, None, where, lambda: False, told.append)
    assert list(found.sizes) == told == list(check_all(5))
    assert (found.crashes, found.interrupted, found.finished, found.planned) == ((), False, 20, 20)


def test_a_run_that_is_stopped_again_and_again_ends_as_the_undisturbed_one(tmp_path: Path) -> None:
    file = tmp_path / "b"
    finished = [run_small_graphs(5, file, HERE, Stop(5)).finished for _ in range(6)]
    assert finished == sorted(finished)
    assert len(set(finished)) > 1
    found = run_small_graphs(5, file, HERE, lambda: False)
    assert list(found.sizes) == list(check_all(5))


def test_blocks_that_are_finished_are_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b"
    run_small_graphs(5, file, HERE, Stop(10))
    seen: list[Block] = []

    def noted(block: Block) -> CheckedBlock:
        seen.append(block)
        return check_block(block)

    before = len(file.read_text(encoding="ascii").splitlines()) - 1
    monkeypatch.setattr(small_graphs, "check_block", noted)
    assert not run_small_graphs(5, file, HERE, lambda: False).interrupted
    assert len(seen) == 20 - before
    seen.clear()
    assert not run_small_graphs(5, file, HERE, lambda: False).interrupted
    assert seen == []


def test_a_block_on_which_the_suite_fails_is_named_and_its_size_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(block: Block) -> CheckedBlock:
        if block == blocks(5)[7]:
            raise MemoryError("no more")
        return check_block(block)

    monkeypatch.setattr(small_graphs, "check_block", failing)
    found = run_small_graphs(5, None, HERE, lambda: False)
    assert [size.n for size in found.sizes] == [1, 2, 3, 4]
    assert found.crashes[0][0] == "graphs 448 … 511 with 5 vertices"
    assert found.crashes[0][1].startswith("Traceback")
    assert not found.interrupted
    options = TheoremsOptions("backward-pass", cases=0, exhaustive=5, jobs=1, output=Output(no_color=True))
    assert run_theorems(options) == INTERNAL


def test_a_wrong_engine_is_caught_in_blocks_and_by_a_run_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = by_name("read too early").routes.backward
    monkeypatch.setattr(small_graphs, "check_block", lambda block: check_block(block, wrong))
    file = tmp_path / "b"
    run_small_graphs(5, file, HERE, Stop(18))
    monkeypatch.undo()
    monkeypatch.setattr(exhaustive, "GRAPHS_BY_NETWORKX", 64)
    options = TheoremsOptions("backward-pass", cases=0, exhaustive=5, jobs=1, resume_file=file, output=Output(tmp_path / "r.json"))
    assert run_theorems(options) == FAILS
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert record["exhaustive"]["violated"] > 0


def test_damaged_lines_are_named_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "b"
    run_small_graphs(3, file, HERE, lambda: False)
    with file.open("a", encoding="ascii") as lines:
        lines.write("x\n" * 9)
    run_small_graphs(3, file, HERE, lambda: False)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "3 of 3 blocks were finished before"
    assert said[1:3] == ["left out, and checked again: line 5 is not whole", "left out, and checked again: line 6 is not whole"]
    assert said[-1] == "left out, and checked again: 4 more lines"


def test_the_cost_is_that_of_the_rate() -> None:
    assert cost(7, 1, 34_952.5) == "2,097,152 graphs with 7 vertices, about 1.0 core-minutes at 34,952 graphs a second and core"
    assert cost(8, 4, 20_000.0).endswith("about 3.7 core-hours at 20,000 graphs a second and core: 55.9 minutes with 4 processes")
    assert 10 < rate_here(8) < 10**7


def test_eight_vertices_need_a_file_or_a_scheduler(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_theorems(TheoremsOptions(exhaustive=8, jobs=2)) == USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("backproof theorems: 268,435,456 graphs with 8 vertices, about ")
    assert said.err.endswith("; give --resume FILE, which keeps what is finished, or --scheduler ADDRESS\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (TheoremsOptions("unreachable", resume_file=Path("b")), "--resume keeps what --exhaustive finished, which does not run here"),
        (TheoremsOptions(exhaustive=0, resume_file=Path("b")), "--resume keeps what --exhaustive finished, which does not run here"),
        (TheoremsOptions(jobs=2, scheduler="tcp://127.0.0.1:1"), "--jobs are processes of this machine"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: TheoremsOptions, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_theorems(options) == USAGE
    assert message in capsys.readouterr().err


def test_a_file_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes\n", encoding="utf-8")
    assert run_theorems(TheoremsOptions("backward-pass", cases=0, exhaustive=3, jobs=1, resume_file=file)) == USAGE
    assert "cannot resume from" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "my notes\n"


@pytest.mark.parametrize(("refused", "code"), [(False, INTERRUPTED), (True, USAGE)])
def test_trouble_at_the_workplace_is_a_sentence_and_how_to_go_on(
    refused: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(small_graphs, "ALONE", 3)
    later = Stop(14)
    where = Workplace(1, trouble=lambda: Trouble("the cluster burns", refused) if later() else None)
    monkeypatch.setattr(theorems, "place", lambda jobs, scheduler: nullcontext(where))
    options = TheoremsOptions("backward-pass", cases=0, exhaustive=5, resume_file=tmp_path / "b")
    assert run_theorems(options) == code
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "backproof theorems: the cluster burns"
    assert said[1].startswith("Interrupted after 6 cases and ")
    assert said[1].endswith("keeps: the same command goes on.")
