"""`backproof replay`: lines, files, a wrong engine, damaged input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward, leaf, vertex
from backproof.engine.documents import to_document
from backproof.verify.cases.case import make_case, to_case_document
from backproof.verify.cases.replay import case_id, replay_id
from backproof.verify.commands.main import run_command
from backproof.verify.commands.options import Output, ReplayOptions
from backproof.verify.commands.replay import run_replay
from backproof.verify.three_way.routes import Routes

MALFORMED = sorted((Path(__file__).resolve().parents[2] / "engine" / "malformed").glob("*.json"))


def square(value: float = 0.5) -> Any:
    return make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [value])


def doubled(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.scale(2, p[1])}


def test_replay_of_a_line_prints_the_three_way_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["replay", replay_id(square()), "--no-color"]) == 0
    out = capsys.readouterr().out
    assert "path sum = differences" in out
    for column in ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps"):
        assert column in out
    assert "CORRECT" in out


def test_replay_of_a_large_case_takes_the_directions_of_its_record_or_every_entry(capsys: pytest.CaptureFixture[str]) -> None:
    case = make_case("sum", "replay", Graph(1, (leaf("x", (65,)), vertex("y", "sum", (1,)))), [[0.5] * 65])
    line, names = replay_id(case), [f"{case_id(case)}/{number}" for number in range(3)]
    assert run_command(["replay", line, "--no-color"]) == 0
    out = capsys.readouterr().out
    assert "path sum = differences along v in ball: 3 entries" in out
    assert f"  directions: {', '.join(names)}\n" in out
    assert run_command(["replay", line, "--no-color", "--differences", "sample"]) == 0
    assert "path sum = differences in mpmath(90): 65 entries" in capsys.readouterr().out


def test_replay_of_a_wrong_engine_fails_again(capsys: pytest.CaptureFixture[str]) -> None:
    options = ReplayOptions(replay_id(square()), seed=1, output=Output(no_color=True))
    assert run_replay(options, routes=Routes(backward=doubled)) == 1
    assert "WRONG" in capsys.readouterr().out


def test_replay_of_a_case_file_and_of_a_graph_file(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(to_case_document(square())))
    (tmp_path / "graph.json").write_text(json.dumps(to_document(square().graph)))
    assert run_command(["replay", str(tmp_path / "case.json")]) == 0
    assert run_command(["replay", str(tmp_path / "graph.json")]) == 0


def test_an_inconclusive_case_exits_1_and_may_not_be_allowed_alone() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    line = replay_id(make_case("jump", "replay", graph, [0.0]))
    assert run_command(["replay", line]) == 1
    assert run_command(["replay", line, "--allow-inconclusive"]) == 1


def test_there_are_at_least_twenty_malformed_graph_files() -> None:
    assert len(MALFORMED) >= 20


@pytest.mark.parametrize("file", MALFORMED, ids=lambda file: file.stem)
def test_a_malformed_graph_file_gives_one_clear_line_and_exit_code_4(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["replay", str(file)]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert file.name in captured.err
    assert "Traceback" not in captured.err


def test_a_binary_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    assert run_command(["replay", str(tmp_path / "x.json")]) == 4
    assert "it is not a text file" in capsys.readouterr().err
