"""`backproof doctor` sees what is missing, says what that switches off, and fails for what is needed only."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from backproof.verify.commands.guide import doctor
from backproof.verify.commands.guide.installed import Package
from backproof.verify.commands.options import DoctorOptions, Output


def test_a_machine_without_coq_and_chromium_is_ready_and_says_what_is_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.run_doctor(DoctorOptions(Output(quiet=True))) == 0
    shown = capsys.readouterr().out
    assert "not on PATH; `theorems prove` says not checked here, and shows what was recorded" in shown
    assert shown.splitlines()[-1].startswith("ready  all that is needed is here; ")
    assert "\nok" not in f"\n{shown}", "quiet shows what is missing"


def test_a_package_that_is_too_old_or_missing_is_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = [Package("numpy", ">=2.0", None, "1.26", False), Package("click", ">=8", None, None, None)]
    monkeypatch.setattr(doctor, "packages", lambda: [*found, Package("distributed", ">=2024", "distributed", None, None)])
    assert doctor.run_doctor(DoctorOptions()) == 1
    shown = capsys.readouterr().out
    assert "1.26 (>=2.0); nothing that needs it runs" in shown
    assert "not installed (>=2024); --scheduler does not work" in shown
    assert shown.splitlines()[-1] == "not ready  2 needed things are missing or outside of their bounds: numpy, click"


def test_no_room_for_temporary_files_is_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    assert doctor.run_doctor(DoctorOptions()) == 1
    assert "cannot be written: Permission denied; set TMPDIR" in capsys.readouterr().out
