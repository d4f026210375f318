"""The benchmarks are run from a checkout and are not installed: their folder is importable here.

What imports JAX runs in a process of its own (`apart`): JAX starts threads, and processes that other tests fork from here must not meet them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)


@pytest.fixture
def apart() -> Callable[[str], None]:
    """A function that runs some lines of Python in a fresh interpreter, and fails with what that prints if they fail."""

    def run(source: str) -> None:
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)
        assert done.returncode == 0, done.stderr

    return run
