"""Checking the formal development with a real Coq: compile a copy, then audit what it says and what it rests on.

1. Every command that could change what is meant or printed stands on a reviewed list (`coq.sentences`), and no file
contains a word with which a proof can be skipped. 2. `coqc` compiles every file, in a temporary copy, under a time
limit. 3. What Coq's kernel holds is read from the compiled files (`coq.compiled_file`): every constant, with its type
and its body, must be the reviewed one (`kernel.txt`). This is below the printer: no notation, coercion or option
changes it. 4. In a file that imports nothing, `Print Assumptions` must say of every statement that it rests on no axiom,
or on those of its library that `axioms.json` allows. 5. What Coq prints for every statement and definition, which is
what people read, must be the reviewed text, `golden.txt`. 6. The tables of words that the engine's backward pass leaves
on small graphs (`verify.proofs.translation`) are compiled too: Coq accepts them by computation.

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
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from backproof.verify.proofs.coq.axioms import axiom_problems, axioms, axioms_by_file
from backproof.verify.proofs.coq.compiled_file import READS, Compiled, NotCompiled, read_compiled
from backproof.verify.proofs.coq.dependencies import edges
from backproof.verify.proofs.coq.layout import LOGICAL, Part, file_of, parse_golden
from backproof.verify.proofs.coq.programs import Coq, CoqError, marker
from backproof.verify.proofs.coq.reviewed import kernel_faults, kernel_problems, parse_reviewed
from backproof.verify.proofs.coq.sentences import command_problems, reaches_outside
from backproof.verify.proofs.development import (
    FOLDER,
    KERNEL,
    PROJECT,
    Statement,
    forbidden_words,
    golden,
    modules,
    parts,
    project_options,
    recorded,
    reviewed_commands,
    source,
    statements,
)
from backproof.verify.proofs.translation import Tables

_NAME = re.compile(r"(?:\w+\.)*\w+")
PROVED, REFUSED, NOT_CHECKED = "proved", "refused", "not checked here"
TIME_LIMIT = 1800.0  # seconds, chosen: five times what all files, those over the real numbers and all tables take, deep, on a busy core


@dataclass(frozen=True)
class Proofs:
    """How the check ended: `problems` say why it was refused, `printed` is what Coq prints for each name, `compiled` what
    the kernel holds of each file, `rests` the axioms under each statement that has any, `edges` which statement's
    proof uses which, `digest` that of the texts among the tables, `parts` those that may rest on axioms, `missing` those whose library is not here.
    """

    status: str
    statements: tuple[Statement, ...] = ()
    problems: tuple[str, ...] = ()
    printed: dict[str, str] = field(default_factory=dict)
    version: str | None = None
    seconds: float = 0.0
    tables: int = 0
    digest: str | None = None
    edges: tuple[tuple[str, str], ...] = ()
    deep: bool = False
    compiled: dict[str, Compiled] = field(default_factory=dict)
    rests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    missing: tuple[Part, ...] = ()

    @property
    def proved(self) -> tuple[str, ...]:
        """The names that have a proof; none where the check was refused."""
        absent = {module for part in self.missing for module in part.modules}
        here = (one.name for one in self.statements if one.is_proved and one.name.rpartition(".")[0] not in absent)
        return tuple(here) if self.status == PROVED else ()

    @property
    def count(self) -> str:
        """How many statements were proved, on which axioms, and how many were not checked, in words."""
        return count_words(self.proved, self.rests, self.parts, self.missing, self.statements)

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        if self.status == PROVED:
            deep = ", coqchk too" if self.deep else ""
            return f"{self.count} (Coq {self.version}, {self.seconds:.0f} s{deep})"
        return self.status if not self.problems else f"{self.status}: {self.problems[0]}"


def count_words(
    proved: Sequence[str], rests: Mapping[str, Sequence[str]], listed: Sequence[Part], missing: Sequence[Part], stated: Sequence[Statement]
) -> str:
    """The count of what was proved, from the axioms of each statement alone.

    >>> real = Part("ℝ", ("real.Exp",), "Coq.Reals.Reals", "libcoq-stdlib", ("Coq.a", "Coq.b"))
    >>> count_words(["A.a", "A.b", "real.Exp.c", "real.Exp.d"], {"real.Exp.c": ["Coq.a"], "real.Exp.d": ["Coq.b"]}, [real], [], [])
    '2 proved without axioms, 2 over ℝ with 2 classical ones'
    >>> count_words(["A.a"], {}, [real], [real], [Statement("Lemma", "real.Exp.c"), Statement("Lemma", "A.a")])
    '1 proved without axioms, 1 over ℝ not checked here (libcoq-stdlib is not installed)'
    """
    words = [f"{sum(not rests.get(name) for name in proved)} proved without axioms"]
    for part in listed:
        resting = [rests[name] for name in proved if rests.get(name) and name.rpartition(".")[0] in part.modules]
        if resting:
            words.append(f"{len(resting)} over {part.label} with {len(set().union(*resting))} classical ones")
    for part in missing:
        count = sum(one.is_proved and one.name.rpartition(".")[0] in part.modules for one in stated)
        words.append(f"{count} over {part.label} not checked here ({part.package} is not installed)")
    return ", ".join(words)


@dataclass
class Findings:
    """What an audit finds on its way, beside problems. `missing` are parts whose library is not here."""

    printed: dict[str, str] = field(default_factory=dict)
    compiled: dict[str, Compiled] = field(default_factory=dict)
    rests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[Part, ...] = ()

    def here(self, folder: Path) -> list[str]:
        """The files that can be checked here, in order."""
        absent = {module for part in self.missing for module in part.modules}
        return [module for module in modules(folder) if module not in absent]


def check_proofs(
    folder: Path = FOLDER,
    *,
    tables: Tables | None = None,
    deep: bool = False,
    reviewed: bool = True,
    time_limit: float = TIME_LIMIT,
    coqc: str | None = "coqc",
    note: Callable[[str], None] = lambda what: None,
) -> Proofs:
    """Compile and audit the development in `folder`, with a Coq text of `tables` after it.

    `reviewed=False` leaves out the comparison with what was reviewed. `coqc` is the program, None for none; `note` is
    told what it begins with.
    FileNotFoundError if there is no development.
    """
    started = time.monotonic()
    named, listed = tuple(statements(folder)), parts(folder)
    program = None if coqc is None else shutil.which(coqc)
    if program is None:
        advice = "coqc is not on PATH; install coq and libcoq-mathcomp-algebra (Debian), or opam's coq-mathcomp-algebra"
        return Proofs(NOT_CHECKED, named, (advice,), parts=listed)
    with tempfile.TemporaryDirectory() as temporary:
        coq = Coq(program, Path(temporary), started + time_limit, note)
        version = coq.version()
        if not version.startswith(f"{READS}."):
            advice = f"the compiled files of Coq {version} are not read here, only those of Coq {READS}; put coqc {READS} first on PATH"
            return Proofs(NOT_CHECKED, named, (advice,), version=version, parts=listed)
        findings, related = Findings(), ()
        problems = list(audit(coq, folder, findings, reviewed=reviewed, each=deep or not reviewed))
        if not problems or set(findings.compiled) == set(findings.here(folder)):
            try:
                if tables is not None:
                    coq.compile_text("Tables", [tables.text])
                related = edges(coq, findings.here(folder), {one.name for one in named})
                if deep:
                    _deep(coq, findings.here(folder), listed)
            except CoqError as error:
                problems.append(str(error))
    return Proofs(
        status=REFUSED if problems else PROVED,
        statements=named,
        problems=tuple(dict.fromkeys(problems)),
        printed=findings.printed,
        version=version,
        seconds=time.monotonic() - started,
        tables=0 if tables is None or problems else tables.graphs,
        digest=None if tables is None or problems else tables.digest,
        edges=related,
        deep=deep,
        compiled=findings.compiled,
        rests={name: found for name, found in findings.rests.items() if found},
        parts=listed,
        missing=findings.missing,
    )


def audit(
    coq: Coq,
    folder: Path,
    findings: Findings,
    *,
    reviewed: bool = True,
    each: bool = False,
    built: Path | None = None,
    first: Collection[str] = (),
) -> Iterator[str]:
    """The problems of a development, one after the other, the cheapest to find first; what is found beside them goes into
    `findings`. Who needs one problem only need not wait for the others.

    With `each`, Coq is asked of every statement alone what it rests on; without, of those statements of a file over a
    library together of which axioms were recorded, and each has these.

    `built` is a folder with compiled files: one is taken where the source, and all that it needs, are the same. The files
    `first`, and all that these need, are looked at before the others.
    """
    yield from _problems_of_sources(folder, reviewed)
    if any(reaches_outside(source(folder, module), reviewed_commands(folder).get(module, ())) for module in modules(folder)):
        yield "nothing was compiled, since a command that was not reviewed may do something else than prove"
        return
    try:
        findings.missing = tuple(part for part in parts(folder) if not coq.has_library(part.library))
        order = sorted(findings.here(folder), key=lambda module: bool(first) and module not in first)
        yield from _problems_of_the_kernel(coq, folder, findings, reviewed, built, order)
        here = findings.here(folder)
        named = [one for one in statements(folder) if one.name.rpartition(".")[0] in here]
        proved = [one.name for one in named if one.is_proved]
        together = {module for part in parts(folder) for module in part.modules}
        known = (recorded(folder) or {}).get("axioms", {})
        findings.rests = axioms(coq, here, proved) if each else axioms_by_file(coq, here, proved, together, known)
        yield from axiom_problems(findings.rests, parts(folder))
        findings.printed = _printed(coq, here, named)
        yield from _differences(golden(folder), findings.printed, here) if reviewed else ()
    except CoqError as error:
        yield str(error)


def _problems_of_sources(folder: Path, reviewed: bool) -> Iterator[str]:
    """What a file says that could skip a proof, or change what is meant."""
    commands, order = reviewed_commands(folder), modules(folder)
    yield from (f"_CoqProject names {file_of(module)} twice" for module, count in Counter(order).items() if count > 1)
    yield from (f"_CoqProject names {file_of(module)}, which is not in this folder" for module in order if not _NAME.fullmatch(module))
    if reviewed:
        added = [line for line in project_options(folder) if line not in commands.get(PROJECT, ())]
        yield from (f"_CoqProject: an option was not reviewed: {line}" for line in added)
    for module in order:
        text = source(folder, module)
        words = forbidden_words(text)
        if words:
            yield f"{file_of(module)} contains {', '.join(words)}"
        if reviewed:
            yield from command_problems(module, text, commands.get(module, ()))


def _problems_of_the_kernel(
    coq: Coq, folder: Path, findings: Findings, reviewed: bool, built: Path | None, order: Sequence[str]
) -> Iterator[str]:
    """Compile the files in order; what the kernel holds of each must be what was reviewed."""
    list_file = folder / KERNEL
    listed = parse_reviewed(list_file.read_text(encoding="utf-8")) if list_file.is_file() else {}
    changed: set[str] = set()
    for module in order:
        _compile(coq, folder, module, changed, built)
        try:
            held = findings.compiled[module] = read_compiled(coq.compiled(module).read_bytes())
        except NotCompiled as error:
            raise CoqError(f"{file_of(module)}: {error}") from None
        yield from kernel_problems(module, held, listed.get(module)) if reviewed else kernel_faults(module, held)
    gone = [module for module in listed if module not in modules(folder)]
    yield from (f"{file_of(module)} was reviewed and is gone" for module in gone) if reviewed else ()


def _compile(coq: Coq, folder: Path, module: str, changed: set[str], built: Path | None) -> None:
    """Compile a file, or take the one in `built` if nothing that it rests on is another; `changed` are those that are."""
    copy = coq.folder / file_of(module)
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / file_of(module), copy)
    ready = None if built is None else (built / file_of(module)).with_suffix(".vo")
    if built is None or ready is None or not ready.is_file():
        coq.compile(module)
        changed.add(f"{LOGICAL}.{module}")
        return
    same = copy.read_bytes() == (built / file_of(module)).read_bytes()
    if same and changed.isdisjoint(read_compiled(ready.read_bytes()).needs):
        shutil.copyfile(ready, coq.compiled(module))
        return
    coq.compile(module)
    if coq.compiled(module).read_bytes() != ready.read_bytes():
        changed.add(f"{LOGICAL}.{module}")


def _deep(coq: Coq, here: Sequence[str], listed: Sequence[Part]) -> None:
    """The independent checker: on everything below the files without axioms, and on the others' files alone."""
    resting = [module for part in listed for module in part.modules if module in here]
    coq.check([module for module in here if module not in resting])
    if resting:
        coq.check(resting, below=False)


def _printed(coq: Coq, order: Sequence[str], named: Sequence[Statement]) -> dict[str, str]:
    """What Coq prints for every name, as people read it."""
    lines = ["From mathcomp Require Import all_ssreflect all_algebra."]
    lines += [f"Require Import {LOGICAL}.{module}." for module in order]
    lines += ["Set Printing Width 110.", "Local Open Scope ring_scope."]
    for one in named:
        lines += [marker(f"== {one.name}"), f"{'Check @' if one.is_proved else 'Print '}{LOGICAL}.{one.name}."]
    return parse_golden(coq.compile_text("Printed", lines))


def _differences(reviewed: Mapping[str, str], printed: Mapping[str, str], here: Sequence[str]) -> Iterator[str]:
    """Where what Coq prints is not the reviewed text."""

    def plain(text: str) -> str:
        return " ".join(text.split())

    for name, text in printed.items():
        if name not in reviewed:
            yield f"{name} was not reviewed"
        elif plain(text) != plain(reviewed[name]):
            yield f"{name} is not what was reviewed: Coq prints {plain(text)[:300]}"
    yield from (f"{name} was reviewed and is gone" for name in reviewed if name not in printed and name.rpartition(".")[0] in here)


Checker: TypeAlias = Callable[..., Proofs]
"""`check_proofs`, or what a test puts in its place."""
