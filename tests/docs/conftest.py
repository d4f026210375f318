"""What the tests of the documents share: the folder `docs` to import from, and an environment as a reader has it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
sys.path.insert(0, str(DOCS))

Run = Callable[[str, Path], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def environment(wheel: Path, dependencies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment with the wheel in it; what it needs comes from here, but nothing of ours."""
    home = tmp_path_factory.mktemp("reader")
    venv.create(home, with_pip=False, symlinks=True)
    (packages,) = home.glob("lib/*/site-packages")
    (packages / "dependencies.pth").write_text(str(dependencies))
    python = str(home / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return home / "bin"


@pytest.fixture(scope="session")
def typed(environment: Path, wheel: Path) -> Run:
    """Runs a line as one types it in a shell, in a folder, without a network."""
    names = ("HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "NO_COLOR": "1"}
    known = {**kept, **offline, "PATH": f"{environment}:/usr/bin:/bin", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}

    def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=folder,
            env=known,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return run
