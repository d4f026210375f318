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


def test_a_short_run_takes_its_options_and_repeats_for_the_same_seed() -> None:
    pytest.importorskip("sklearn")
    options = ("--steps", "50", "--hidden", "5", "--rate", "0.2", "--seed", "3")
    first, second = (run(str(EXAMPLES / "digits_sgd.py"), *options) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert "1347 training images, 450 test images, 5 hidden units, 50 steps" in first.stdout
    assert re.search(r"step +50 +mean loss", first.stdout)


@pytest.mark.parametrize(
    ("option", "value"), [("--steps", "0"), ("--hidden", "-1"), ("--rate", "nan"), ("--rate", "fast"), ("--seed", "-1"), ("--seed", "1.5")]
)
def test_an_impossible_option_is_refused_with_its_name_and_value(option: str, value: str) -> None:
    done = run(str(EXAMPLES / "digits_sgd.py"), f"{option}={value}")
    assert done.returncode == 2
    assert f"argument {option}: expected a" in done.stderr
    assert f"found {value!r}" in done.stderr


def test_without_scikit_learn_the_example_says_what_to_install() -> None:
    program = f"import sys, runpy; sys.modules['sklearn.datasets'] = None; sys.argv = ['x']; runpy.run_path({str(EXAMPLES / 'digits_sgd.py')!r}, run_name='__main__')"
    done = run("-c", program)
    assert done.returncode == 4
    assert done.stderr.strip() == "This example needs scikit-learn: pip install 'backproof[examples]'"


def test_the_wrong_layer_norm_is_found_and_explained_and_the_right_one_is_correct() -> None:
    done = run(str(EXAMPLES / "layer_norm_oracle.py"))
    assert done.returncode == 0, done.stderr
    assert "forgetful is WRONG: at the given arguments, the gradient of argument 0 is not the derivative" in done.stdout
    assert re.search(r"^complete is CORRECT: certified on \d+ points\.", done.stdout, re.MULTILINE)


def test_a_branch_that_no_sample_reaches_is_found_by_reading_the_code() -> None:
    done = run(str(EXAMPLES / "rare_branch_oracle.py"))
    assert done.returncode == 0, done.stderr
    assert re.search(r"100,000 samples: the largest difference is \d\.\de-(09|1\d)", done.stdout)
    assert "huber is WRONG: at just across the decision x <= 6.5 at rare_branch_oracle.py:19" in done.stdout


def test_the_engine_that_sets_instead_of_adding_is_found_where_values_are_used_twice() -> None:
    done = run(str(EXAMPLES / "scalar_engine.py"))
    assert done.returncode == 0, done.stderr
    assert "adding: 0 of 50 graphs wrong" in done.stdout
    wrong = re.search(r"setting: (\d+) of 50 graphs wrong", done.stdout)
    assert wrong is not None
    assert int(wrong.group(1)) > 25
    assert "only its last consumer contributes" in done.stdout
