"""`backproof limits` prints every limit, and what this system cannot enforce."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from backproof.engine.limits import LIMITS, stated_limits
from backproof.verify.commands import limits
from backproof.verify.commands.main import run_command


def test_every_limit_is_printed_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["limits"]) == 0
    out = capsys.readouterr().out
    for limit in stated_limits():
        assert limit.name in out
        assert limit.what in out
        assert f"{limit.why}; beyond: {limit.beyond}" in out
    assert {limit.name for limit in stated_limits()} == {field.name for field in fields(LIMITS)}


def test_every_limit_says_what_it_limits_and_why() -> None:
    assert [limit.name for limit in stated_limits() if not (limit.unit and limit.what and limit.why and limit.beyond)] == []


def test_they_are_written_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "limits.json"
    assert run_command(["limits", "--json", str(file)]) == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["limits"][0]["name"] == "document_bytes"
    assert len(written["limits"]) == len(stated_limits())


def test_what_is_not_enforced_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(limits, "unenforced", lambda: ("memory of a case: this system does not say what a process holds",))
    assert run_command(["limits"]) == 0
    assert "not enforced here: memory of a case: this system does not say what a process holds" in capsys.readouterr().out
