"""Compiled files for the tests of what reads them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from backproof.verify.proofs.coq.compiled_file import Compiled, read_compiled


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Compiled]:
    """What the kernel holds of a text, by a real Coq; the test is skipped by name where there is none."""

    def made(text: str) -> Compiled:
        if shutil.which("coqc") is None:
            pytest.skip("coqc is not installed")
        folder: Path = tmp_path_factory.mktemp("compiled")
        (folder / "Small.v").write_text(text, encoding="utf-8")
        subprocess.run(["coqc", "-q", "-w", "none", "-Q", ".", "BackproofFormal", "Small.v"], cwd=folder, check=True, timeout=60)
        return read_compiled((folder / "Small.vo").read_bytes())

    return made
