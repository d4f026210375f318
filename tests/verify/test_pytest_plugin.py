"""The plugin in a pytest of its own: the fixture passes and fails, the marker gives options, one page holds all checks,
also with several processes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import numpy as np
import pytest


def square(x):
    return x * x


X = np.array([0.5, -2.0])


def test_right(gradient_oracle):
    assert gradient_oracle(square, (X,), vjp=lambda args, out, ct: (2 * ct * args[0],), name="right square").points > 3


@pytest.mark.backproof(effort="quick", name="<wrong> & square")
def test_wrong(gradient_oracle):
    gradient_oracle(square, (X,), vjp=lambda args, out, ct: (ct * args[0],))
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_layer.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_layer.py", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_failing_check_explains_itself_and_the_page_holds_all(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, "--backproof-html", "checks.html", *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "<wrong> & square is WRONG: at the given arguments, the gradient of argument 0 is not the derivative" in done.stdout
    assert "backproof: 2 checks, 1 not CORRECT; wrote checks.html" in done.stdout
    page = (tmp_path / "checks.html").read_text(encoding="utf-8")
    assert "Of 2 gradient checks 1 is WRONG; 1 holds." in page
    assert "&lt;wrong&gt; &amp; square" in page
    assert "<wrong>" not in page
    assert "test_layer.py::test_right" in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/c.html", "missing' does not exist"),
        (".", "it is a folder"),
        ("/dev/full", "it is no file but a device or a pipe"),
        ("/sys/c.html", "Permission denied"),
        ("n" * 300, "File name too long"),
        ("-", "a report needs a file"),
        ("dead", "missing' does not exist"),
    ],
)
def test_a_page_that_cannot_be_written_is_a_usage_error_before_any_test(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "dead").symlink_to("missing/c.html")
    done = run(tmp_path, "--backproof-html", name)
    assert done.returncode == 4
    assert f"--backproof-html: cannot write {name!r}: " in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "passed" not in done.stdout


BREAKS = """
import os
import shutil
from pathlib import Path

import pytest


def test_it(gradient_oracle):
    gradient_oracle(lambda x: 2 * x, (3.0,), vjp=lambda args, out, ct: (2 * ct,))
    assert {passes}


def test_last():
    shutil.rmtree("there")
    os.chdir("/")
"""


@pytest.mark.parametrize(("passes", "code", "options"), [(True, 3, ()), (False, 1, ()), (True, 3, ("-n", "1"))])
def test_a_page_that_cannot_be_written_at_the_end_costs_no_summary(
    passes: bool, code: int, options: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "test_breaks.py").write_text(BREAKS.format(passes=passes), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "test_breaks.py",
        "--backproof-html",
        "there/c.html",
        *options,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "backproof: 1 checks, 0 not CORRECT; cannot write 'there/c.html': No such file or directory" in done.stdout
    assert ("2 passed" if passes else "1 failed, 1 passed") in done.stdout
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_test_that_changes_the_folder_does_not_move_the_page(tmp_path: Path) -> None:
    (tmp_path / "test_moves.py").write_text("import os\n\ndef test_it():\n    os.chdir('/')\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_moves.py", "--backproof-html", "c.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "c.html").exists()


def test_without_the_option_no_page_is_written(tmp_path: Path) -> None:
    run(tmp_path)
    assert not list(tmp_path.glob("*.html"))


def test_a_marker_with_a_nameless_option_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "test_mark.py").write_text(
        "import pytest\n\n@pytest.mark.backproof('quick')\ndef test_it(gradient_oracle):\n    pass\n", encoding="utf-8"
    )
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "test_mark.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "the marker backproof takes options by name" in done.stdout


def test_the_plugin_imports_nothing_of_the_oracle_before_it_is_used() -> None:
    code = "import sys, backproof.verify.pytest_plugin; print([m for m in sys.modules if m in ('flint', 'numpy', 'backproof.verify.gradient_oracle.check')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_test_may_require_that_all_is_certified(tmp_path: Path) -> None:
    (tmp_path / "test_required.py").write_text(
        """
import numpy as np
import pytest

X = np.array([0.5, -2.0])


def right(args, out, ct):
    return (2 * ct * args[0],)


def through_bytes(args, out, ct):
    return (2 * ct * np.frombuffer(args[0].tobytes()),)


def test_right(gradient_oracle):
    gradient_oracle(lambda x: x * x, (X,), vjp=right, require="certified")


def test_not_required(gradient_oracle):
    gradient_oracle(lambda x: x * x, (X,), vjp=through_bytes)


@pytest.mark.backproof(require="certified")
def test_required(gradient_oracle):
    gradient_oracle(lambda x: x * x, (X,), vjp=through_bytes)


def test_unknown(gradient_oracle):
    gradient_oracle(lambda x: x * x, (X,), vjp=right, require="proved")
""",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_required.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "through_bytes is not certified, as is required: the formula is certified at 0 of" in done.stdout
    assert "ValueError: require must be 'certified' or None, found a str (proved)" in done.stdout


LAYERS = """
import numpy as np
import pytest


class Scale:
    def __init__(self):
        self.w = np.array([2.0, -1.0])

    def forward(self, x):
        self.x = x
        return self.w * x

    def backward(self, d):
        self.dw = d * self.x
        return d * self.w


class Wrong(Scale):
    def backward(self, d):
        found = Scale.backward(self, d)
        self.dw = 2 * self.dw
        return found


def test_right(gradient_oracle):
    assert gradient_oracle.layer(Scale, np.array([0.5, 3.0])).proved > 3


@pytest.mark.backproof(effort="quick", require="certified")
def test_wrong(gradient_oracle):
    gradient_oracle.layer(Wrong, np.array([0.5, 3.0]))
"""


def test_a_layer_is_checked_by_the_same_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_layers.py").write_text(LAYERS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_layers.py", "--backproof-html", "checks.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "Wrong is WRONG: at the given arguments, the gradient of w is not the derivative" in done.stdout
    assert "backproof: 2 checks, 1 not CORRECT; wrote checks.html" in done.stdout
