"""Sneaky changes of the formal development, each of which the audit must refuse, and for the reason that is named; and
harmless ones, which it must accept.

They are data, in `theorems/formal/mutants/`: which text of which file becomes what, and which problems must be among
those that the audit finds. Only what depends on the change is compiled anew.

>>> change = Change("Mini.v", "Qed.", "Admitted.")
>>> change.applied("Lemma l : True. Proof. exact I. Qed.")
'Lemma l : True. Proof. exact I. Admitted.'
>>> change.applied("Lemma l : True.")
Traceback (most recent call last):
    ...
ValueError: 'Qed.' stands 0 times in Mini.v, not once
"""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from pathlib import Path

from backproof.verify.proofs.coq.layout import LOGICAL, file_of, module_of
from backproof.verify.proofs.coq.programs import Coq
from backproof.verify.proofs.coq.sentences import sentences
from backproof.verify.proofs.coq_audit import Findings, audit
from backproof.verify.proofs.development import FOLDER, modules, source

MUTANTS = "mutants"
TIME_LIMIT = 900.0  # seconds for one change, chosen: twenty times what all files take on two cores
PATIENCE = 0.2  # seconds between two looks at whether to stop, chosen: short for a person
_REQUIRED = re.compile(rf"\b{LOGICAL}\.((?:\w+\.)*\w+)")


@dataclass(frozen=True)
class Change:
    """In `file` the one place of the text `find` becomes `replace`; without `find`, `replace` is a new file, or is put at
    the end of the one that is there.
    """

    file: str
    find: str
    replace: str

    def applied(self, text: str) -> str:
        """The changed text. ValueError if the place is not there, or not one place."""
        if not self.find:
            return text + self.replace
        if text.count(self.find) != 1:
            raise ValueError(f"{self.find[:60]!r} stands {text.count(self.find)} times in {self.file}, not once")
        return text.replace(self.find, self.replace)


@dataclass(frozen=True)
class Mutant:
    """A change of the development: its name, the `kind` of trick, and the `reasons` that must be found; none for a
    harmless change, which must be accepted.
    """

    name: str
    kind: str
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    first: bool = False

    @property
    def files(self) -> set[str]:
        """The modules that it changes."""
        return {module_of(change.file) for change in self.changes if change.file.endswith(".v")}


@dataclass(frozen=True)
class Trial:
    """What the audit said of a mutant: the problems that it found until it had every reason, and the reasons that it did
    not find.
    """

    mutant: Mutant
    problems: tuple[str, ...]
    not_found: tuple[str, ...]
    seconds: float

    @property
    def as_it_should(self) -> bool:
        """Refused for every reason that was named; or accepted, where the change is harmless."""
        return not self.not_found and (bool(self.mutant.reasons) or not self.problems)

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        found = self.problems[-1] if self.problems else "no problem"
        if not self.mutant.reasons:
            return f"accepted  {self.mutant.name}" if self.as_it_should else f"REFUSED, and is harmless  {self.mutant.name}: {found}"
        if self.as_it_should:
            reason = next((problem for problem in self.problems if self.mutant.reasons[-1] in problem), found)
            return f"refused  {self.mutant.name}: {reason[:200]}"
        word = "refused, not for its reason" if self.problems else "PASSES"
        return f"{word}  {self.mutant.name}: not found: {self.not_found[0]}; found: {found[:300]}"


def mutants(folder: Path = FOLDER) -> list[Mutant]:
    """The mutants of a development: those marked as the first ones, then the others by file."""
    found: list[Mutant] = []
    for file in sorted((folder / MUTANTS).glob("*.toml")):
        listed = tomllib.loads(file.read_text(encoding="utf-8"))
        for given in listed["mutant"]:
            changes = tuple(Change(one["file"], one.get("find", ""), one["replace"]) for one in given["change"])
            found.append(Mutant(given["name"], listed["kind"], changes, tuple(given["reasons"]), given.get("first", False)))
    return sorted(found, key=lambda mutant: not mutant.first)


@dataclass(frozen=True)
class Built:
    """The development as it is, compiled file by file when one is needed; threads may share it."""

    origin: Path
    folder: Path
    program: str = "coqc"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def provide(self, wanted: Sequence[str]) -> None:
        """Compile these files, and those that they need, unless that was done. CoqError if one does not compile."""
        with self._lock:
            for module in modules(self.origin):
                if module in closure(self.origin, wanted) and not (self.folder / file_of(module)).with_suffix(".vo").is_file():
                    copy = self.folder / file_of(module)
                    copy.parent.mkdir(exist_ok=True)
                    shutil.copyfile(self.origin / file_of(module), copy)
                    Coq(self.program, self.folder, time.monotonic() + TIME_LIMIT).compile(module)


def closure(folder: Path, wanted: Sequence[str]) -> set[str]:
    """These files, and all of the development that they need."""
    there = set(modules(folder))
    found: set[str] = set()
    waiting = [module for module in wanted if module in there]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            text = " ".join(one.text for one in sentences(source(folder, module)) if "Require" in one.text)
            waiting += [name for name in _REQUIRED.findall(text) if name in there]
    return found


def try_mutant(mutant: Mutant, built: Built) -> Trial:
    """Change a copy of the development and audit it, until every reason is found or nothing is left to look at."""
    started = time.monotonic()
    built.provide(sorted(closure(built.origin, sorted(mutant.files)) - mutant.files))
    with tempfile.TemporaryDirectory() as temporary:
        changed, work = Path(temporary) / "changed", Path(temporary) / "work"
        shutil.copytree(built.origin, changed)
        work.mkdir()
        for change in mutant.changes:
            path = changed / change.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(change.applied(path.read_text(encoding="utf-8") if path.is_file() else ""), encoding="utf-8")
        coq = Coq(built.program, work, started + TIME_LIMIT)
        problems: list[str] = []
        missing = list(mutant.reasons)
        for problem in audit(coq, changed, Findings(), built=built.folder, first=closure(changed, sorted(mutant.files))):
            problems.append(problem)
            missing = [reason for reason in missing if reason not in problem]
            if mutant.reasons and not missing:
                break
    return Trial(mutant, tuple(problems), tuple(missing), time.monotonic() - started)


def try_mutants(listed: Sequence[Mutant], built: Built, jobs: int, stop: Callable[[], bool] = lambda: False) -> Iterator[Trial]:
    """The same for many, `jobs` at a time, in their order; none is begun any more once `stop` says so."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(try_mutant, mutant, built) for mutant in listed]
        try:
            for one in waiting:
                while not stop():
                    try:
                        yield one.result(timeout=PATIENCE)
                        break
                    except FutureTimeout:
                        continue
                else:
                    return
        finally:
            for one in waiting:
                one.cancel()
