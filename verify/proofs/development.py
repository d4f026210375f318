"""The formal development that ships with backproof (`theorems/formal`): its files, what they state, and the result that
was recorded.

Nothing here runs Coq; `verify.proofs.coq_audit` does. A recorded result tells what was proved, with which version and
when; it is shown as *recorded*, never as checked.

>>> names = [statement.name for statement in statements(FOLDER)]
>>> "BackwardPass.theorem2" in names, "EndToEnd.backward_pass_computes_derivative" in names
(True, True)
>>> forbidden_words("Lemma l : 1 = 2. Proof. (* no Axiom *) Admitted.")
['Admitted']
>>> modules(FOLDER / "nowhere")
Traceback (most recent call last):
    ...
FileNotFoundError: no formal development in 'nowhere': there is no _CoqProject
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from backproof.reports.document import Record
from backproof.verify.proofs.coq.layout import Part, file_of, module_of, parse_golden
from backproof.verify.proofs.coq.sentences import sentences, without_comments

FOLDER = Path(str(files("backproof.theorems"))) / "formal"
GOLDEN, RECORDED = "golden.txt", "recorded.json"
PROJECT = "_CoqProject"
KERNEL, COMMANDS, AXIOMS = "kernel.txt", "commands.txt", "axioms.json"

_STATEMENT = re.compile(r"(Theorem|Corollary|Lemma|Example|Definition|Fixpoint)\s+([\w']+)")
_FORBIDDEN = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|bypass_check|Unset\s+Guard\s+Checking|Unset\s+Positivity\s+Checking|Unset\s+Universe\s+Checking"
    r"|type_in_type|impredicative-set)\b"
)
PROVED = ("Theorem", "Corollary", "Lemma", "Example")


@dataclass(frozen=True)
class Statement:
    """One named thing of the development: `kind` is the word it begins with, `name` is File.name."""

    kind: str
    name: str

    @property
    def is_proved(self) -> bool:
        """Whether it has a proof; the others are definitions."""
        return self.kind in PROVED


def modules(folder: Path) -> list[str]:
    """The files in the order in which they are compiled, without `.v`."""
    project = folder / PROJECT
    if not project.is_file():
        raise FileNotFoundError(f"no formal development in {folder.name!r}: there is no {PROJECT}")
    lines = (line.strip() for line in project.read_text(encoding="utf-8").splitlines())
    return [module_of(line) for line in lines if line.endswith(".v")]


def project_options(folder: Path) -> list[str]:
    """The lines of `_CoqProject` that name no file."""
    lines = (line.strip() for line in (folder / PROJECT).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.endswith(".v")]


def source(folder: Path, module: str) -> str:
    """The text of a file."""
    return (folder / file_of(module)).read_text(encoding="utf-8")


def statements(folder: Path) -> list[Statement]:
    """Everything that the files state or define, in order."""
    return [
        Statement(found.group(1), f"{module}.{found.group(2)}")
        for module in modules(folder)
        for sentence in sentences(source(folder, module))
        if (found := _STATEMENT.match(sentence.text))
    ]


def parts(folder: Path) -> tuple[Part, ...]:
    """The parts that may rest on axioms, by `axioms.json`; none if there is no such file."""
    path = folder / AXIOMS
    listed = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return tuple(
        Part(label, tuple(map(module_of, given["files"])), given["library"], given["package"], tuple(given["axioms"]))
        for label, given in listed.items()
    )


def forbidden_words(text: str) -> list[str]:
    """The words outside comments with which a proof can be skipped or a check turned off."""
    return sorted({" ".join(word.split()) for word in _FORBIDDEN.findall(without_comments(text, strings=False))})


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file."""
    return {file_of(module): hashlib.sha256((folder / file_of(module)).read_bytes()).hexdigest() for module in modules(folder)}


def golden(folder: Path) -> dict[str, str]:
    """The reviewed text of every statement and definition, as Coq prints it; empty if there is none yet."""
    path = folder / GOLDEN
    return parse_golden(path.read_text(encoding="utf-8")) if path.is_file() else {}


def reviewed_commands(folder: Path) -> dict[str, list[str]]:
    """The reviewed commands of every file; empty if there are none yet."""
    path = folder / COMMANDS
    sections = parse_golden(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {module: [line for line in text.splitlines() if line] for module, text in sections.items()}


def recorded(folder: Path = FOLDER) -> Record | None:
    """The recorded result, with `same_files`: whether the files are still those that were checked. None if nothing is
    recorded.
    """
    path = folder / RECORDED
    if not path.is_file():
        return None
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return {**record, "same_files": record["files"] == hashes(folder)}
