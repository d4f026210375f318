"""`backproof oracle package:factory`: right and wrong engines, exit codes, reports, shrunk failures and replay."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from backproof.verify.commands.exit_codes import FAILS, HOLDS, USAGE
from backproof.verify.commands.main import run_command

SCALARS = ["--functions", "add,multiply,tanh", "--scalars"]
ENGINES = """
from backproof.engine import backward, forward, jacobians

def right():
    return lambda graph, leaves, cotangent: backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)

def doubled():
    engine = right()
    return lambda graph, leaves, cotangent: {j: 2 * p for j, p in engine(graph, leaves, cotangent).items()}

def noisy():
    engine, calls = right(), []
    def changing(graph, leaves, cotangent):
        calls.append(0)
        last = 2.0**-52 * (len(calls) % 2)
        p = engine(graph, leaves, cotangent)
        return {j: v * (1 + last) if j <= graph.l and (v * 1024 % 1).any() else v for j, v in p.items()}
    return changing

def poor():
    def engine(graph, leaves, cotangent):
        raise NotImplementedError("everything")
    return engine
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with engines in it, which is the current one."""
    (tmp_path / "their_engines.py").write_text(ENGINES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_right_engine_in_the_current_folder_holds(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:right", "--cases", "12"]) == HOLDS
    printed = capsys.readouterr().out
    assert "the engine's adjoints are the derivatives, within the rounding bound" in printed
    assert "engine = certified derivative" in printed


def test_a_wrong_engine_fails_and_is_shrunk_diagnosed_and_replayed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:doubled", "--cases", "4", *SCALARS]) == FAILS
    printed = capsys.readouterr().out
    assert "shrinks from" in printed
    assert "load_engine('their_engines:doubled')" in printed
    line = re.findall(r"backproof oracle their_engines:doubled --case '([^']+)'", printed)[-1]
    assert run_command(["oracle", "their_engines:doubled", "--case", line]) == FAILS
    assert run_command(["oracle", "their_engines:right", "--case", line]) == HOLDS


def test_the_pasted_test_fails_on_the_wrong_engine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["oracle", "their_engines:doubled", "--cases", "2", *SCALARS])
    printed = capsys.readouterr().out
    text = printed[printed.index("def test_shrunk_case") :].split("\n\nseed")[0]
    scope: dict[str, object] = {}
    exec(text, scope)
    test = scope["test_shrunk_case"]
    assert callable(test)
    with pytest.raises(AssertionError):
        test()


def test_the_report_and_the_results_name_the_engine_and_how_to_replay(here: Path) -> None:
    assert (
        run_command(["oracle", "their_engines:doubled", "--cases", "2", *SCALARS, "--json", "r.json", "--html", "r.html", "--quiet"])
        == FAILS
    )
    results = json.loads((here / "r.json").read_text(encoding="utf-8"))
    assert results["run"]["target"] == "their_engines:doubled"
    assert results["theorems"] == []
    assert results["smallest"]["diagnosis"]
    page = (here / "r.html").read_text(encoding="utf-8")
    assert "backproof oracle their_engines:doubled --case" in page
    assert "engine = certified derivative" in page
    assert "backproof replay" not in page


def test_an_engine_that_has_none_of_the_functions_is_not_green(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:poor", "--cases", "2"]) == FAILS
    assert "--functions names those that it has" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere:make"], "cannot import nowhere"),
        (["their_engines"], "write package.module:factory"),
        (["their_engines:right", "--functions", "swish"], "unknown function 'swish'"),
        (["their_engines:right", "--functions", "constant"], "no graph can be made of the functions constant"),
        (["their_engines:right", "--case", "backproof1:nonsense"], "the replay id is damaged"),
    ],
)
def test_bad_input_is_refused_with_a_reason(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert run_command(["oracle", *arguments]) == USAGE
    assert words in capsys.readouterr().err


def test_no_case_is_left_out_without_being_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["oracle", "their_engines:right", "--cases", "3", *SCALARS])
    assert re.search(r"not checked: \d+ named cases: they need functions or shapes that the engine does not have", capsys.readouterr().out)


def test_a_nondeterministic_engine_fails_unless_that_is_allowed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["oracle", "their_engines:noisy", "--cases", "3", *SCALARS]
    assert run_command(few) == FAILS
    assert "nondeterministic: adjoint of " in capsys.readouterr().out
    assert run_command([*few, "--allow-inconclusive"]) == FAILS
    capsys.readouterr()
    assert run_command([*few, "--allow-nondeterminism", "--json", "r.json", "--html", "r.html"]) == HOLDS
    assert "the answer changed between two calls, at most by 0." in capsys.readouterr().out
    results = json.loads((here / "r.json").read_text(encoding="utf-8"))
    assert "--allow-nondeterminism" in results["run"]["command"]
    assert results["summary"]["nondeterministic"]["cases"] > 0
