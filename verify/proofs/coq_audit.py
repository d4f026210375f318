"""Checking the formal development with a real Coq: compile a copy, then audit what it says and what it rests on.

1. No file may contain a word with which a proof can be skipped (`Admitted`, `Axiom`, …). 2. `coqc` compiles every file,
in a temporary copy, under a time limit. 3. In a separate file, `Print Assumptions` must say of every statement "Closed
under the global context": no axiom. 4. What Coq prints for every statement and every definition must be the reviewed
text, `golden.txt`. Nothing can be weakened, added or dropped unseen. 5. The tables of words that the engine's backward
pass leaves on small graphs (`verify.proofs.translation`) are compiled too: Coq accepts them by computation.

>>> check_proofs(coqc=None).status
'not checked here'
>>> import tempfile
>>> with tempfile.TemporaryDirectory() as empty:
...     check_proofs(Path(empty))
Traceback (most recent call last):
    ...
FileNotFoundError: no formal development in '...': there is no _CoqProject
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from backproof.verify.proofs.development import FOLDER, LOGICAL, Statement, forbidden_words, golden, modules, parse_golden, statements
from backproof.verify.proofs.translation import Tables

PROVED, REFUSED, NOT_CHECKED = "proved", "refused", "not checked here"
CLOSED = "Closed under the global context"
TIME_LIMIT = 300.0  # seconds, chosen: five times what all files and tables take on two cores
QUIET = ("-q", "-w", "-notation-overridden,-ambiguous-paths")


@dataclass(frozen=True)
class Proofs:
    """How the check ended: `problems` say why it was refused, `printed` is what Coq prints for each name, `edges` which
    statement's proof uses which.
    """

    status: str
    statements: tuple[Statement, ...] = ()
    problems: tuple[str, ...] = ()
    printed: dict[str, str] = field(default_factory=dict)
    version: str | None = None
    seconds: float = 0.0
    tables: int = 0
    edges: tuple[tuple[str, str], ...] = ()
    deep: bool = False

    @property
    def proved(self) -> tuple[str, ...]:
        """The names that have a proof; none where the check was refused."""
        return tuple(statement.name for statement in self.statements if statement.is_proved) if self.status == PROVED else ()

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        if self.status == PROVED:
            deep = ", coqchk too" if self.deep else ""
            return f"{len(self.proved)} proved, 0 axioms (Coq {self.version}, {self.seconds:.0f} s{deep})"
        return self.status if not self.problems else f"{self.status}: {self.problems[0]}"


def check_proofs(
    folder: Path = FOLDER,
    *,
    tables: Tables | None = None,
    deep: bool = False,
    reviewed: bool = True,
    time_limit: float = TIME_LIMIT,
    coqc: str | None = "coqc",
) -> Proofs:
    """Compile and audit the development in `folder`, with a Coq text of `tables` after it.

    `reviewed=False` leaves out the comparison with the golden text. `coqc` is the program, None for none.
    FileNotFoundError if there is no development.
    """
    started = time.monotonic()
    named = tuple(statements(folder))
    program = None if coqc is None else shutil.which(coqc)
    if program is None:
        advice = "coqc is not on PATH; install coq and libcoq-mathcomp-algebra (Debian), or opam's coq-mathcomp-algebra"
        return Proofs(NOT_CHECKED, named, (advice,))
    problems = _with_forbidden_words(folder)
    with tempfile.TemporaryDirectory() as temporary:
        coq = _Coq(program, _copied(folder, Path(temporary)), started + time_limit)
        version = coq.version()
        try:
            for module in modules(folder):
                coq.compile(module)
            printed, open_assumptions = _audited(coq, modules(folder), named)
            problems += [f"{name} rests on: {found}" for name, found in open_assumptions.items()]
            problems += _differences(golden(folder), printed) if reviewed else []
            if tables is not None:
                (coq.folder / "Tables.v").write_text(tables.text, encoding="utf-8")
                coq.compile("Tables")
            edges = _edges(coq, modules(folder), named)
            if deep:
                coq.check(modules(folder))
        except CoqError as error:
            return Proofs(REFUSED, named, (*problems, str(error)), version=version, seconds=time.monotonic() - started)
    return Proofs(
        status=REFUSED if problems else PROVED,
        statements=named,
        problems=tuple(problems),
        printed=printed,
        version=version,
        seconds=time.monotonic() - started,
        tables=0 if tables is None else tables.graphs,
        edges=edges,
        deep=deep,
    )


def _with_forbidden_words(folder: Path) -> list[str]:
    """The files with a word by which a proof can be skipped, in words."""
    found = {module: forbidden_words((folder / f"{module}.v").read_text(encoding="utf-8")) for module in modules(folder)}
    return [f"{module}.v contains {', '.join(words)}" for module, words in found.items() if words]


def _copied(folder: Path, copy: Path) -> Path:
    for module in modules(folder):
        shutil.copyfile(folder / f"{module}.v", copy / f"{module}.v")
    return copy


class CoqError(Exception):
    """Coq refused a file, or took too long; the message names the file and gives the first lines of what it said."""


@dataclass(frozen=True)
class _Coq:
    program: str
    folder: Path
    deadline: float

    def run(self, command: Sequence[str], what: str, *, both: bool = False) -> str:
        left = self.deadline - time.monotonic()
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=max(left, 0.1))
        except subprocess.TimeoutExpired:
            raise CoqError(f"{what} was not done within the time limit") from None
        if done.returncode:
            said = " ".join((done.stderr or done.stdout).replace(f"{self.folder}/", "").split())
            raise CoqError(f"Coq refuses {what}: {said[:500]}")
        return done.stdout + (done.stderr if both else "")

    def compile(self, module: str) -> str:
        return self.run([self.program, *QUIET, "-Q", ".", LOGICAL, f"{module}.v"], f"{module}.v")

    def version(self) -> str:
        return self.run([self.program, "--print-version"], "its version").split()[0]

    def check(self, order: Sequence[str]) -> None:
        """The independent checker, on the compiled files and everything below them."""
        checker = str(Path(self.program).with_name("coqchk"))
        modules = [f"{LOGICAL}.{module}" for module in order]
        said = self.run([checker, "-silent", "-o", "-Q", ".", LOGICAL, *modules], "coqchk", both=True)  # Coq 8.16 sums up on stderr
        doubts = deep_doubts(said)
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


def _audited(coq: _Coq, order: Sequence[str], named: Sequence[Statement]) -> tuple[dict[str, str], dict[str, str]]:
    """What Coq prints for every name, and the assumptions of those statements that have any."""
    lines = ["From mathcomp Require Import all_ssreflect all_algebra."]
    lines += [f"Require Import {LOGICAL}.{module}." for module in order]
    lines += ["Set Printing Width 110.", "Local Open Scope ring_scope."]
    for statement in named:
        full = f"{LOGICAL}.{statement.name}"
        lines.append(_marker(f"== {statement.name}"))
        lines.append(f"Check @{full}." if statement.is_proved else f"Print {full}.")
        if statement.is_proved:
            lines += [_marker(f"== assumptions:{statement.name}"), f"Print Assumptions {full}."]
    (coq.folder / "Audit.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sections = parse_golden(coq.compile("Audit"))
    assumptions = {name.removeprefix("assumptions:"): text for name, text in sections.items() if name.startswith("assumptions:")}
    printed = {name: text for name, text in sections.items() if not name.startswith("assumptions:")}
    missing = {statement.name: "nothing was printed" for statement in named if statement.is_proved and statement.name not in assumptions}
    return printed, missing | {name: " ".join(text.split()) for name, text in assumptions.items() if text.strip() != CLOSED}


def _marker(text: str) -> str:
    return f'Goal True. idtac "{text}". exact I. Qed.'


def _differences(reviewed: dict[str, str], printed: dict[str, str]) -> list[str]:
    """Where what Coq prints is not the reviewed text."""

    def plain(text: str) -> str:
        return " ".join(text.split())

    changed = [
        f"{name} is not what was reviewed: Coq prints {plain(printed[name])[:300]}"
        for name in printed
        if name in reviewed and plain(printed[name]) != plain(reviewed[name])
    ]
    added = [f"{name} was not reviewed" for name in printed if name not in reviewed]
    dropped = [f"{name} was reviewed and is gone" for name in reviewed if name not in printed]
    return [*changed, *added, *dropped]


def _edges(coq: _Coq, order: Sequence[str], named: Sequence[Statement]) -> tuple[tuple[str, str], ...]:
    """(user, used) for every two statements of which the proof of one mentions the other; none without the plugin
    dpdgraph.
    """
    lines = ["Require Import dpdgraph.dpdgraph.", *(f"Require {LOGICAL}.{module}." for module in order)]
    lines += ['Set DependGraph File "graph.dpd".', f"Print FileDependGraph {' '.join(order)}."]
    (coq.folder / "Graph.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        coq.compile("Graph")
    except CoqError:
        return ()
    text = (coq.folder / "graph.dpd").read_text(encoding="utf-8")
    nodes = {number: f"{path}.{name}" for number, name, path in re.findall(r'^N: (\d+) "(\w+)" \[.*path="(\w*)"', text, re.MULTILINE)}
    known = {statement.name for statement in named}
    pairs = ((nodes.get(a), nodes.get(b)) for a, b in re.findall(r"^E: (\d+) (\d+)", text, re.MULTILINE))
    return tuple(sorted((a, b) for a, b in pairs if a in known and b in known))


def uses(edges: Sequence[tuple[str, str]], user: str) -> set[str]:
    """Everything that a statement's proof rests on, directly or not.

    >>> sorted(uses([("A.c", "A.b"), ("A.b", "A.a")], "A.c"))
    ['A.a', 'A.b']
    """
    direct: dict[str, list[str]] = {}
    for a, b in edges:
        direct.setdefault(a, []).append(b)
    found: set[str] = set()
    waiting = [user]
    while waiting:
        for used in direct.get(waiting.pop(), ()):
            if used not in found:
                found.add(used)
                waiting.append(used)
    return found


Checker: TypeAlias = Callable[..., Proofs]
"""`check_proofs`, or what a test puts in its place."""
