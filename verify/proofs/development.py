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

FOLDER = Path(str(files("backproof.theorems"))) / "formal"
LOGICAL = "BackproofFormal"
GOLDEN, RECORDED = "golden.txt", "recorded.json"

_STATEMENT = re.compile(r"^(Theorem|Corollary|Lemma|Example|Definition|Fixpoint)\s+(\w+)", re.MULTILINE)
_FORBIDDEN = re.compile(
    r"\b(Admitted|admit|Axioms?|Parameters?|Conjectures?|bypass_check|Unset\s+Guard\s+Checking|Unset\s+Positivity\s+Checking|Unset\s+Universe\s+Checking"
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
    project = folder / "_CoqProject"
    if not project.is_file():
        raise FileNotFoundError(f"no formal development in {folder.name!r}: there is no _CoqProject")
    lines = (line.strip() for line in project.read_text(encoding="utf-8").splitlines())
    return [line.removesuffix(".v") for line in lines if line.endswith(".v")]


def statements(folder: Path) -> list[Statement]:
    """Everything that the files state or define, in order."""
    return [
        Statement(kind, f"{module}.{name}")
        for module in modules(folder)
        for kind, name in _STATEMENT.findall(without_comments((folder / f"{module}.v").read_text(encoding="utf-8")))
    ]


def without_comments(text: str) -> str:
    """The text without its comments, which nest.

    >>> without_comments("a (* b (* c *) d *) e")
    'a  e'
    """
    kept: list[str] = []
    depth, place = 0, 0
    for mark in re.finditer(r"\(\*|\*\)", text):
        if depth == 0:
            kept.append(text[place : mark.start()])
        depth = max(0, depth + (1 if mark.group() == "(*" else -1))
        place = mark.end()
    return "".join(kept) + (text[place:] if depth == 0 else "")


def forbidden_words(text: str) -> list[str]:
    """The words outside comments with which a proof can be skipped or a check turned off."""
    return sorted({" ".join(word.split()) for word in _FORBIDDEN.findall(without_comments(text))})


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file."""
    return {f"{module}.v": hashlib.sha256((folder / f"{module}.v").read_bytes()).hexdigest() for module in modules(folder)}


def golden(folder: Path) -> dict[str, str]:
    """The reviewed text of every statement and definition, as Coq prints it; empty if there is none yet."""
    path = folder / GOLDEN
    return parse_golden(path.read_text(encoding="utf-8")) if path.is_file() else {}


def parse_golden(text: str) -> dict[str, str]:
    """Sections that begin with a line `== File.name`.

    >>> parse_golden("== A.b\\nb : nat\\n\\n== A.c\\nc = 1\\n")
    {'A.b': 'b : nat', 'A.c': 'c = 1'}
    """
    parts = re.split(r"^== (\S+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip("\n") for name, body in zip(parts[::2], parts[1::2], strict=True)}


def golden_text(printed: dict[str, str]) -> str:
    """The other way round."""
    return "\n".join(f"== {name}\n{body}\n" for name, body in printed.items())


def recorded(folder: Path = FOLDER) -> Record | None:
    """The recorded result, with `same_files`: whether the files are still those that were checked. None if nothing is
    recorded.
    """
    path = folder / RECORDED
    if not path.is_file():
        return None
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return {**record, "same_files": record["files"] == hashes(folder)}
