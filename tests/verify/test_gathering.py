"""The files of a run of pytest hold every assertion: in a property-based test, outside of the fixture, while modules are imported; and
pytest's own words stay whole, without our frames.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from backproof.verify import CheckResult, check
from backproof.verify.gathering import MOST_OTHERS, Gathered

TESTS = """
import numpy as np
from hypothesis import given, settings, strategies as st

from backproof import assert_correct, check


def cube(x):
    return x**3


def right(args, out, ct):
    return (3 * ct * args[0] ** 2,)


def wrong(args, out, ct):
    return (ct * args[0] ** 2,)


assert_correct(cube, (1.5,), right, name="at import", effort="quick")


@settings(max_examples=3, database=None, derandomize=True, deadline=None)
@given(st.integers(1, 3))
def test_many(k):
    assert_correct(cube, (float(k),), right, name="many", effort="quick")


def test_wrong():
    assert_correct(cube, (2.0,), wrong, name="wrong", effort="quick")


def test_misuse():
    check(cube, (2.0,), vjp=lambda x, ct: (ct,))


def test_raises():
    def broken(x):
        raise RuntimeError("mine")

    check(broken, (2.0,), vjp=right)


def test_never_reached():
    assert_correct(cube, (2.0,), right, name="never")
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("gathered")
    files = ("--backproof-html", "c.html", "--backproof-json", "c.json", "--backproof-junit", "c.xml")
    return folder, run(folder, *files, "--deselect", "test_it.py::test_never_reached")


def test_every_assertion_is_in_the_files_and_many_calls_of_a_line_are_one(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = ran
    document = read(folder / "c.json")
    assert document["run"]["command"].startswith("pytest -q -p no:cacheprovider test_it.py --backproof-html c.html")
    checks = {check["name"]: check for check in document["gradient_checks"]}
    assert set(checks) == {"at import", "many", "wrong"}
    assert checks["at import"]["test"] == "while tests were collected"
    assert (checks["many"]["test"], checks["many"]["calls"]) == ("test_it.py::test_many", {"made": 3, "wrong": 0, "others": []})
    assert (checks["wrong"]["verdict"], checks["wrong"]["source"]["file"]) == ("WRONG", "test_it.py")
    assert "backproof: 3 checks, 1 not CORRECT; wrote c.html, c.json, c.xml" in done.stdout
    suites = ElementTree.parse(folder / "c.xml").getroot()
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("3", "1", "0")
    assert "test_it.py::test_wrong" in (folder / "c.html").read_text(encoding="utf-8")


def test_the_words_of_pytest_are_whole_and_without_our_frames(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = ran
    assert done.returncode == 1
    assert "3 failed, 1 passed, 1 deselected" in done.stdout
    assert "TypeError: vjp is called with (args, out, cotangent), and <lambda>(x, ct) cannot be" in done.stdout
    assert 'raise RuntimeError("mine")' in done.stdout
    assert "AssertionError: wrong is WRONG" in done.stdout
    assert f"gradient_oracle{os.sep}" not in done.stdout
    assert "in check" not in done.stdout


def test_an_early_end_is_no_green_document_and_workers_hand_theirs_on(tmp_path: Path) -> None:
    done = run(tmp_path, "-x", "-n", "1", "--backproof-json", "c.json", "-k", "many or misuse or never")
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    document = read(tmp_path / "c.json")
    assert [check["name"] for check in document["gradient_checks"]] == ["at import", "many"]
    assert (document["run"]["interrupted"], document["summary"]["holds"]) == (True, False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--backproof-json", "no/c.json"), "no' does not exist"),
        (
            ("--backproof-json", "c", "--backproof-junit", "./c"),
            "--backproof-junit: './c' is the file of --backproof-json; name another one",
        ),
    ],
)
def test_a_file_that_cannot_be_written_is_a_usage_error(options: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = run(tmp_path, *options)
    assert done.returncode == 4
    assert words in done.stderr


def result(x: float, slope: float) -> CheckResult:
    def vjp(args: tuple[Any, ...], out: Any, ct: Any) -> tuple[Any, ...]:
        return (slope * ct * args[0],)

    return check(np.square, (x,), vjp=vjp, name="square", effort="quick")


def test_of_many_failing_calls_the_last_is_kept_with_some_others() -> None:
    gathered = Gathered("a test")
    for x, slope in [*((2.0 + k, 1.0) for k in range(MOST_OTHERS + 4)), (1.0, 2.0)]:
        gathered.hear(result(x, slope), None)
    (record,) = gathered.records()
    assert (record["calls"]["made"], record["calls"]["wrong"]) == (MOST_OTHERS + 5, MOST_OTHERS + 4)
    assert f"args = ({MOST_OTHERS + 5.0},)" in record["reproduction"]
    assert len(record["calls"]["others"]) == MOST_OTHERS


def test_what_is_less_than_required_is_kept_as_failing() -> None:
    def through_bytes(args: tuple[Any, ...], out: Any, ct: Any) -> tuple[Any, ...]:
        return (2 * ct * np.frombuffer(np.float64(args[0]).tobytes())[0],)

    gathered = Gathered("a test")
    for vjp in (lambda args, out, ct: (2 * ct * args[0],), through_bytes):
        gathered.hear(check(np.square, (3.0,), vjp=vjp, name="square", effort="quick"), "certified")
    (record,) = gathered.records()
    assert record["unmet"].startswith("not certified, as is required")
    assert (record["calls"]["made"], record["calls"]["wrong"]) == (2, 1)
