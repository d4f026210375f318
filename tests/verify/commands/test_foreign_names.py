"""Names and words of other people on every command, on a terminal and elsewhere: nothing acts, no line is made, no traceback."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case, to_case_document
from backproof.verify.commands.main import run_command

STYLE = re.compile(r"\x1b\[[0-9;]*m")
FORGED = "CORRECT  000000000000"
ENGINE = """
def make():
    def engine(graph, leaves, cotangent):
        raise ValueError(NAME)
    return engine

NAME = {name}
"""


def document(name: str) -> dict[str, Any]:
    """A case with this name in every place that has one."""
    written = to_case_document(make_case("c", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [0.5]))
    written["name"] = name
    written["graph"]["vertices"][0]["name"] = name
    written["graph"]["vertices"][1]["name"] = name + "2"
    return written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "replay": lambda name: ["replay", "case.json"],
    "theorems": lambda name: ["theorems", "path-sum", "--case", "case.json"],
    "derivation": lambda name: ["theorems", "derivation", "--case", "case.json"],
    "latex": lambda name: ["theorems", "derivation", "--case", "case.json", "--format", "latex"],
    "oracle": lambda name: ["oracle", "hostile_engine:make", "--case", "case.json"],
    "a file": lambda name: ["replay", name],
    "an engine": lambda name: ["oracle", name],
    "a label": lambda name: ["theorems", name],
    "a leaf": lambda name: ["theorems", "derivation", "--leaf", name],
    "a command": lambda name: [name],
    "an option": lambda name: ["verify", f"--x{name}"],
    "a number": lambda name: ["verify", "--cases", name],
    "a choice": lambda name: ["verify", "--dtype", name],
    "functions": lambda name: ["oracle", "hostile_engine:make", "--functions", f"{name}x"],
    "an output": lambda name: ["replay", "case.json", "--json", f"missing/{name}"],
    "lines": lambda name: ["verify", "--cases", "0", "--resume", name],
}


def harmless(text: str) -> bool:
    return all(line.isprintable() and not line.startswith(FORGED) for line in text.split("\n"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_stays_a_name(command: str, hostile_name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "case.json").write_text(json.dumps(document(hostile_name)), encoding="utf-8")
    (folder / "hostile_engine.py").write_text(ENGINE.format(name=ascii(hostile_name)), encoding="utf-8")
    sys.modules.pop("hostile_engine", None)
    code = run_command(COMMANDS[command](hostile_name))
    out, err = capsys.readouterr()
    assert code in (0, 1, 2, 4, 5), err
    assert harmless(out)
    assert harmless(err)
    assert all(len(line.encode("utf-8")) < 1000 for line in err.splitlines())
    assert "Traceback" not in err


def on_a_terminal(arguments: list[str], folder: Path) -> tuple[str, int]:
    """What a command writes on a real terminal, and its exit code."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "backproof.verify", *arguments]
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(command, stdout=slave, stderr=slave, cwd=folder, env={**environment, "TERM": "xterm", "COLUMNS": "200"})
    os.close(slave)
    written = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(master)
    return written.decode("utf-8").replace("\r\n", "\n"), process.wait(timeout=60)


def test_on_a_terminal_all_of_them_at_once_stay_names(hostile_names: tuple[str, ...], folder: Path) -> None:
    names = [name for name in hostile_names if len(name) < 1000 and "\ud800" not in name]
    leaves = tuple(leaf(f"{name} {place}") for place, name in enumerate(names))
    total = vertex("".join(names)[:200], "add", tuple(range(1, len(names) + 1)))
    written = to_case_document(make_case("c", "replay", Graph(len(names), (*leaves, total)), [0.5] * len(names)))
    written["name"] = names[8]
    (folder / "case.json").write_text(json.dumps(written), encoding="utf-8")
    text, code = on_a_terminal(["replay", "case.json"], folder)
    assert code == 0
    assert STYLE.search(text), "a terminal has colours: ours"
    assert harmless(STYLE.sub("", text))
    assert "[/] 1" in text
    text, code = on_a_terminal(["replay", "\x1b]0;title\x07\nCORRECT  000000000000.json"], folder)
    assert code == 4
    assert harmless(text)


def test_what_the_test_looks_for_is_found() -> None:
    for text in ("\x1b[2J", "a\u202eb", f"\n{FORGED}  fake", "\x07", "\u2028"):
        assert not harmless(text)
