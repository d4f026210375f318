"""Small documents that ask for much end soon, as refused with the place, or as INCONCLUSIVE (time or memory), and are told so."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.commands.main import run_command
from benchmarks.fuzz.expensive import EXPENSIVE, case, graph, leaf, vertex

REFUSED = [
    (
        "one wide leaf",
        10**8,
        r"\$\.vertices\[0\]\.shape: a case may have 20,000 entries in all, found 100,000,001, of which 100,000,000 here",
    ),
    ("one wide leaf", 10**6, r"\$\.vertices\[0\]\.shape: a case may have 20,000 entries in all, found 1,000,001"),
    ("one wide leaf", 3000, r"\$\.vertices\[0\]\.shape: a case may have 2,000,000 entries times leaf entries in all, found 9,003,000"),
    ("broadcast and sum", 1000, r"\$\.vertices\[1\]\.shape: a case may have 20,000 entries in all"),
    ("softmax and sum", 500, r"\$\.vertices\[1\]\.operands: a case may have 100,000,000 multiplications of Jacobians"),
    ("softmax and sum", 3000, r"\$\.vertices\[1\]\.operands: a case may have 1,000,000 entries in its Jacobians and adjoints"),
    ("exp of one leaf, added", 3000, r"\$\.vertices: a case may have 3,000 vertices, found 3,002; make it smaller"),
    ("a vertex times itself", 20_000, r"\$\.vertices\[1\]\.operands: a case may have 10,000 operands in all, found 20,000"),
    ("many rows of a cotangent", 500_000, r"\$\.graph\.vertices|values, at most 500,000 are read"),
    (
        "a number of many digits",
        400,
        r"\$\.leaves\[0\]\[0\]: found a number beyond float64, which ends at 1\.8·10\^308; use smaller numbers",
    ),
    ("an empty shape", 3, r"\$\.vertices\[0\]\.shape\[1\]: found 0, expected at least 1"),
    ("a long name", 10**6, r"\$\.vertices\[0\]\.name: found 1,000,000 characters, expected at most 1,000"),
    ("concatenated again and again", 2**26, r"entries"),
]
OPEN = [
    ("a huge exponent", 10**18, "memory: a power with an exponent of this size has more than 4,000 digits; use smaller exponents"),
    ("a huge exponent", 10**9, "memory: a power with an exponent"),
    ("a huge negative exponent", 10**18, "memory: a power with an exponent"),
    ("exp in a row", 7, "time: it takes more than 1 s|memory: vertex"),
    ("a vertex times itself", 1000, "time: it takes more than 1 s"),
    (
        "squares in a row",
        64,
        r"memory: vertex 15 \('v14'\): its value in rational has 7,8\d\d digits; the limit is 4,000. Use smaller exponents",
    ),
    ("squares of fractions in a row", 64, "memory: vertex"),
    ("everything before", 60, "time: it takes more than 1 s"),
    ("a chain", 2000, "time: it takes more than 1 s"),
]
BEYOND = {
    "a constant": graph(leaf("x"), vertex("c", "constant", [], value=10**400), vertex("y", "multiply", [1, 2])),
    "weights": graph(leaf("x", [1]), vertex("y", "weighted_sum", [1], [1], weights=[[[10**400]]])),
    "a fraction": graph(leaf("x"), vertex("c", "constant", [], value={"rational": f"1{'0' * 400}/7"}), vertex("y", "multiply", [1, 2])),
    "an exponent": graph(leaf("x"), vertex("y", "power", [1], exponent=10**400)),
}


def replay(document: Any, folder: Path, *more: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `backproof replay` on a document, in a process of at most 1 GB and 60 s."""
    file = folder / "d.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-m", "backproof.verify", "replay", str(file), "--no-color", "--timeout", "1", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2**20  # in kB
    return done.returncode, done.stdout, done.stderr


def here(document: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The same, in this process."""
    file = folder / "d.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    code = run_command(["replay", str(file), "--no-color", "--timeout", "1"])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize(("kind", "size", "words"), REFUSED)
def test_what_is_too_large_is_refused_in_one_line_with_the_place(
    kind: str, size: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = here(EXPENSIVE[kind](size), tmp_path, capsys)
    assert (code, out, len(err.splitlines())) == (4, "", 1)
    assert re.search(words, err)
    assert len(err) < 1000


@pytest.mark.parametrize(("kind", "size", "words"), OPEN)
def test_what_takes_too_long_is_inconclusive_with_its_reason(kind: str, size: int, words: str, tmp_path: Path) -> None:
    code, out, err = replay(EXPENSIVE[kind](size), tmp_path)
    assert (code, err) == (1, "")
    assert re.search(words, out)
    assert "INCONCLUSIVE" in out


@pytest.mark.parametrize("document", BEYOND.values(), ids=BEYOND)
def test_a_number_beyond_float64_is_refused_with_its_place(document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = here(case(document, [2]), tmp_path, capsys)
    assert code == 4
    assert re.search(r"\$\.graph\.vertices\[1\]\.attributes\.(value|weights|exponent): found a number beyond float64", err)


def test_a_diamond_with_more_paths_than_atoms_is_decided(tmp_path: Path) -> None:
    code, out, _ = replay(EXPENSIVE["diamonds"](60), tmp_path, "--timeout", "60")
    assert code == 0
    assert "1,152,921,504,606,846,976 paths" in out


@pytest.mark.parametrize(("kind", "size"), [("one wide leaf", 1400), ("a wide output", 100)])
def test_wide_cases_within_the_limits_are_decided(kind: str, size: int, tmp_path: Path) -> None:
    """A second was not enough for them, when every entry took an evaluation of all."""
    code, out, _ = replay(EXPENSIVE[kind](size), tmp_path, "--timeout", "60")
    assert code == 0
    assert out.startswith("CORRECT")
