"""Coq's own programs, run in a folder that holds a copy of the development, until a deadline.

>>> Coq("coqc", Path("."), 0.0).run(["coqc"], "Mini.v")
Traceback (most recent call last):
    ...
backproof.verify.proofs.coq.programs.CoqError: Mini.v was not done within the time limit
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backproof.verify.proofs.coq.layout import LOGICAL, file_of

LIBRARY_TIME = 60.0  # seconds, chosen: twenty times what the largest library takes to be loaded
QUIET = ("-q", "-w", "-notation-overridden,-ambiguous-paths")


class CoqError(Exception):
    """Coq refused a file, or took too long; the message names the file and gives the first lines of what it said."""


def _untold(what: str) -> None:
    """Where nobody wants to know what Coq is at."""


@dataclass(frozen=True)
class Coq:
    """The program `coqc`, the folder that it works in, and the moment (of `time.monotonic`) at which it has to be done."""

    program: str
    folder: Path
    deadline: float
    note: Callable[[str], None] = field(default=_untold, compare=False)
    """It is told what Coq begins with."""

    def run(self, command: Sequence[str], what: str, *, both: bool = False) -> str:
        """What a command prints. CoqError if it fails or the deadline passes."""
        self.note(what)
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise CoqError(f"{what} was not done within the time limit")
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=left)
        except subprocess.TimeoutExpired:
            raise CoqError(f"{what} was not done within the time limit") from None
        if done.returncode:
            said = " ".join((done.stderr or done.stdout).replace(f"{self.folder}/", "").split())
            raise CoqError(f"Coq refuses {what}: {said[:500]}")
        return done.stdout + (done.stderr if both else "")

    def compile(self, module: str) -> str:
        """What is printed while a file of the folder is compiled."""
        file = file_of(module)
        return self.run([self.program, *QUIET, "-Q", ".", LOGICAL, file], file)

    def compile_text(self, module: str, lines: Sequence[str]) -> str:
        """The same for a file that is written first."""
        (self.folder / file_of(module)).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.compile(module)

    def compiled(self, module: str) -> Path:
        """Where the compiled file is."""
        return (self.folder / file_of(module)).with_suffix(".vo")

    def version(self) -> str:
        """The version, as in 8.16.1."""
        return self.run([self.program, "--print-version"], "its version").split()[0]

    def has_library(self, library: str) -> bool:
        """Whether a library can be loaded."""
        (self.folder / "Library.v").write_text(f"Require {library}.\n", encoding="utf-8")
        command = [self.program, *QUIET, "Library.v"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False, timeout=LIBRARY_TIME).returncode == 0

    def check(self, modules: Sequence[str], *, below: bool = True) -> None:
        """The independent checker on the compiled files, and on everything below them. Without `below` the libraries are
        taken as they are, and only what the files themselves add is looked at: no axiom may bear their name.
        """
        checker = str(Path(self.program).with_name("coqchk"))
        names = [name for module in modules for name in (*(() if below else ("-norec",)), f"{LOGICAL}.{module}")]
        said = self.run([checker, "-silent", "-o", "-Q", ".", LOGICAL, *names], "coqchk", both=True)  # 8.16 sums up on stderr
        doubts = deep_doubts(said)
        doubts = doubts if below else [doubt for doubt in doubts if not doubt.startswith("Axioms:") or f"{LOGICAL}." in doubt]
        if doubts:
            raise CoqError(f"coqchk finds {'; '.join(doubts)}")


def deep_doubts(said: str) -> list[str]:
    """What coqchk's summary says beside none: axioms, type-in-type, unsafe fixpoints, assumed positivity; or that there
    is no summary.

    >>> deep_doubts("* Theory: Set is predicative  * Axioms: <none>  * Inductives whose positivity is assumed: <none>")
    []
    >>> deep_doubts("* Theory: Set is predicative\\n* Axioms:\\n    Proofs.Mini.cheat")
    ['Axioms: Proofs.Mini.cheat']
    """
    lines = [line.strip() for line in " ".join(said.split()).split("* ")[1:]]
    if not any(line.startswith("Axioms:") for line in lines):
        return ["no summary of axioms"]
    return [line for line in lines if not line.endswith("<none>") and not line.startswith("Theory:")]


def marker(text: str) -> str:
    """A sentence that makes Coq print `text` on a line of its own.

    >>> marker("== A.b")
    'Goal True. idtac "== A.b". exact I. Qed.'
    """
    return f'Goal True. idtac "{text}". exact I. Qed.'
