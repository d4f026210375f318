"""The examples run as a user runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=300)


def test_digits_are_learnt_to_at_least_90_percent() -> None:
    pytest.importorskip("sklearn")
    done = run(str(EXAMPLES / "digits_sgd.py"))
    assert done.returncode == 0, done.stderr
    losses = [float(loss) for loss in re.findall(r"mean loss ([0-9.]+)", done.stdout)]
    assert len(losses) == 20
    assert losses[-1] < losses[0] / 4
    accuracy = re.search(r"test accuracy ([0-9.]+)%", done.stdout)
    assert accuracy is not None
    assert float(accuracy.group(1)) >= 90


def test_without_scikit_learn_the_example_says_what_to_install() -> None:
    program = f"import sys, runpy; sys.modules['sklearn.datasets'] = None; sys.argv = ['x']; runpy.run_path({str(EXAMPLES / 'digits_sgd.py')!r}, run_name='__main__')"
    done = run("-c", program)
    assert done.returncode == 4
    assert done.stderr.strip() == "This example needs scikit-learn: pip install 'backproof[examples]'"
