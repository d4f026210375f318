"""Whether two checkouts say the same: every results document, page, printed line and exit code of fixed commands, and
what `check` says of both corpora.

    python -m benchmarks.same_results record FOLDER            # in each checkout, into a folder of its own
    python -m benchmarks.same_results compare BEFORE AFTER     # the first differing lines of each file that differs

A change of the house, of speed or of words in one place must not change another: both recordings are compared byte for
byte, but for the version of the tool, the folder of the checkout, and the line numbers of our own files. Exit codes: 0
recorded or the same, 1 different, 4 usage error.

>>> own_lines_apart('File "/somewhere/verify/lift/tape/tape.py", line 12, in add', Path("/somewhere"))
'File "./verify/lift/tape/tape.py", line N, in add'
>>> own_lines_apart('File "/somewhere/mine.py", line 12, in add', Path("/somewhere"))
'File "./mine.py", line 12, in add'
>>> list(differences(Path("nowhere"), Path("nowhere")))
Traceback (most recent call last):
    ...
ValueError: 'nowhere' holds no recording: make one with python -m benchmarks.same_results record 'nowhere'
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SAME, DIFFERENT, USAGE = 0, 1, 4
SEEDS = 5
REPLAYED = 20
SHOWN = 40
VOLATILE = {
    "caches: cache by id: wrong": "its gradients depend on which address an array gets",
    "layouts: cotangent used as workspace: wrong": "its gradients are what is left in memory that was freed",
    "layouts: bytes of the cotangent handed on: wrong": "its gradients are bytes of memory that mean nothing",
}
"""Cases of which the words differ from run to run of the same checkout, with the reason: they are not compared."""

PROGRESS = re.compile(r"^[\d,]+ of [\d,]+ (?:cases|graphs)\n", re.MULTILINE)
OWN_LINE = re.compile(r"((?:engine|theorems|verify|reports)/[\w/]+\.py(?::|\", line ))\d+")
VERSION = re.compile(r'("name": ?"backproof", ?"version": ?"|backproof )\d+\.\d+\.\d+')
ENGINE = ("oracle", "examples.scalar_engine:wrong", "--functions", "add,multiply,tanh", "--scalars")


def own_lines_apart(text: str, root: Path = ROOT) -> str:
    """A text without the folder of the checkout, and without the line numbers of our own files."""
    return OWN_LINE.sub(r"\1N", text.replace(str(root), "."))


def record(folder: Path, seeds: int) -> None:
    """Write everything that is compared into a folder. ValueError if it holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{str(folder)!r} is there and not empty: give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(seeds):
        _command(folder, f"verify-{seed}", "verify", "--cases", "300", "--seed", str(seed))
        _command(folder, f"theorems-{seed}", "theorems", "--seed", str(seed))
        _command(folder, f"selftest-{seed}", "selftest", "--seed", str(seed))
        _command(folder, f"oracle-{seed}", *ENGINE, "--seed", str(seed))
    _command(folder, "oracle-right", "oracle", "examples.scalar_engine:right", *ENGINE[2:])
    _command(folder, "derivation", "theorems", "derivation")
    cases = json.loads((folder / "verify-0.json").read_text(encoding="utf-8"))["cases"]
    lines = [case["replay"] for case in cases if case["group"] == "random"][:REPLAYED]
    for number, replayed in enumerate(lines):
        _command(folder, f"replay-{number}", "replay", replayed)
    for independent in (False, True):
        with ProcessPoolExecutor(2) as pool:
            for seed, said in enumerate(pool.map(partial(_explanations, independent), range(seeds))):
                (folder / f"check-{'independent' if independent else 'own'}-{seed}.txt").write_text(said, encoding="utf-8")


def _command(folder: Path, name: str, *arguments: str) -> None:
    """Run one command, and keep its results, page, output and exit code."""
    written = ("--json", str(folder / f"{name}.json"), "--html", str(folder / f"{name}.html"))
    program = "import sys; from importlib.metadata import entry_points; (e,) = entry_points(group='console_scripts', name='backproof'); e.load()(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", program, *arguments, *written], capture_output=True, text=True, check=False, cwd=ROOT)
    (folder / f"{name}.txt").write_text(
        f"{done.stdout}\n{PROGRESS.sub('', done.stderr)}\nexit code {done.returncode}\n".replace(str(folder), "FOLDER"), encoding="utf-8"
    )


def _explanations(independent: bool, seed: int) -> str:
    """What `check` says of every backward pass of a corpus, in order."""
    import warnings

    from backproof.verify import check
    from benchmarks.scoreboard import corpus

    said: list[str] = []
    for case in corpus(independent=independent):
        for which in ("wrong", "right"):
            fresh = case.anew()
            vjp = getattr(fresh, which)
            name = f"{case.category}: {case.name}: {which}"
            if vjp is None or name in VOLATILE:
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found: Any = check(fresh.f, fresh.args, vjp, seed=seed)
            said.append(f"=== {name}\n{found.verdict.value} | {found.evidence} | {found.reason}\n{found.explain()}")
    return own_lines_apart("\n".join(said) + "\n")


def differences(before: Path, after: Path) -> Iterator[str]:
    """The first differing lines of each file of one recording that is not the same in the other.

    ValueError where a folder holds no recording: two empty ones would be the same.
    """
    for folder in (before, after):
        if not folder.is_dir() or not any(folder.iterdir()):
            raise ValueError(f"{str(folder)!r} holds no recording: make one with python -m benchmarks.same_results record {str(folder)!r}")
    for name in sorted({file.name for folder in (before, after) for file in folder.iterdir()}):
        old, new = _read(before / name), _read(after / name)
        if old != new:
            lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", n=0, lineterm="")
            yield f"{name} differs:\n" + "\n".join(line[:400] for line, _ in zip(lines, range(SHOWN), strict=False))


def _read(file: Path) -> str:
    """A file of a recording, the version of the tool apart; finished cases in order, since processes finish in any."""
    text = file.read_text(encoding="utf-8") if file.exists() else "(missing)\n"
    if file.suffix == ".jsonl":
        text = "\n".join(sorted(text.splitlines()))
    return VERSION.sub(r"\1apart", text)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def same_results() -> None:
    """Record what a checkout says, and compare two recordings byte for byte."""


FOLDER = click.Path(path_type=Path)


@same_results.command("record")
@click.argument("folder", type=FOLDER)
@click.option("--quick", is_flag=True, help="One seed in place of five.")
def _record(folder: Path, quick: bool) -> int:
    """Write everything that is compared into a new FOLDER; some minutes on two cores."""
    record(folder.resolve(), 1 if quick else SEEDS)
    return SAME


@same_results.command("compare")
@click.argument("before", type=FOLDER)
@click.argument("after", type=FOLDER)
def _compare(before: Path, after: Path) -> int:
    """Name the files that are not the same in both recordings, with the first lines that differ."""
    found = list(differences(before, after))
    click.echo("\n".join(found) or "the same")
    return DIFFERENT if found else SAME


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code.

    >>> main(["compare", "nowhere", "nowhere"])  # said on stderr
    4
    """
    try:
        result = same_results.main(arguments or ["--help"], prog_name="python -m benchmarks.same_results", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except ValueError as error:
        click.echo(f"same_results: {error}", err=True)
        return USAGE
    return result if isinstance(result, int) else SAME


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
