"""What a failing run prints to see a failure again is run: every replay line and the test to paste fail alike, for the wrong
example and for wrong engines of several kinds.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from backproof.reports.causes import worst_entry
from backproof.reports.text import replay_command, short_replay
from backproof.verify.commands.main import run_command

ENGINES = """
from backproof.engine import backward, forward, jacobians
from backproof.verify.selftest.mutants import by_name

def of(name):
    def engine(graph, leaves, cotangent):
        return by_name(name).routes.backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)
    return lambda: engine

doubled_edge, wrong_sign, read_too_early = of("doubled edge"), of("wrong sign"), of("read too early")
"""
TARGETS = (
    "examples.scalar_engine:wrong",
    "their_wrong_engines:doubled_edge",
    "their_wrong_engines:wrong_sign",
    "their_wrong_engines:read_too_early",
)


def again(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code and the output of a line as it is printed, in this process."""
    program, *arguments = shlex.split(command)
    assert program == "backproof"
    capsys.readouterr()
    code = run_command([*arguments, *(["--in-process"] if arguments[0] == "oracle" else [])])
    return code, capsys.readouterr().out


def pasted(test: str) -> None:
    scope: dict[str, Any] = {}
    exec(compile(test, "pasted", "exec"), scope)
    scope["test_shrunk_case"]()


@pytest.mark.parametrize("target", TARGETS)
def test_every_failure_fails_again_by_the_lines_that_are_printed(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(tmp_path / "their_wrong_engines.py").write_text(ENGINES, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("backproof.verify.campaign.smallest.MOST_TRIED", 6)
    line = ["oracle", target, "--functions", "add,multiply,tanh", "--scalars", "--cases", "4", "--in-process", "--json", "r.json", "-q"]
    assert run_command(line) == 1
    results = json.loads(Path("r.json").read_text(encoding="utf-8"))
    failing = [case for case in results["cases"] if case["verdict"] == "WRONG"]
    small = results["smallest"]
    assert failing
    for case in (*failing, small["case"]):
        code, out = again(replay_command(case), capsys)
        entry = worst_entry(case)
        assert entry is not None
        assert code == 1
        assert (entry.found in out, entry.right in out, entry.where in out) == (True, True, True), out
    code, out = again(short_replay(small["case"]), capsys)
    assert code == 1
    with pytest.raises(AssertionError):
        pasted(small["test"])


def test_what_is_mended_does_not_fail_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "their_mended.py").write_text("from examples.scalar_engine import right, wrong\nmake = wrong\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("backproof.verify.campaign.smallest.MOST_TRIED", 6)
    line = [
        "oracle",
        "their_mended:make",
        "--functions",
        "add,multiply",
        "--scalars",
        "--cases",
        "2",
        "--in-process",
        "--json",
        "r.json",
        "-q",
    ]
    assert run_command(line) == 1
    test = json.loads(Path("r.json").read_text(encoding="utf-8"))["smallest"]["test"]
    monkeypatch.setattr("their_mended.make", __import__("examples.scalar_engine", fromlist=["right"]).right)
    pasted(test)
