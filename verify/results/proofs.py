"""The state of the formal proofs as JSON data: checked here, refused here, or merely recorded.

>>> proofs_record(None)["status"] in (RECORDED, OUTDATED, NOT_CHECKED)
True
>>> refused = Proofs("refused", problems=("Mini.v contains Admitted",))
>>> proofs_record(refused)["sentence"]
'refused: Mini.v contains Admitted'
>>> proofs_record(refused)["proved"]
[]
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.theorems.theorem import Step, Theorem
from backproof.verify.proofs.coq.dependencies import uses
from backproof.verify.proofs.coq.layout import golden_text
from backproof.verify.proofs.coq.reviewed import reviewed_text
from backproof.verify.proofs.coq.sentences import reviewed_commands
from backproof.verify.proofs.coq_audit import NOT_CHECKED, PROVED, Proofs
from backproof.verify.proofs.development import (
    COMMANDS,
    FOLDER,
    GOLDEN,
    KERNEL,
    PROJECT,
    golden,
    hashes,
    modules,
    project_options,
    recorded,
    source,
)
from backproof.verify.proofs.development import RECORDED as RECORDED_FILE
from backproof.verify.proofs.texts import WHOLE

RECORDED, OUTDATED = "recorded", "recorded for other files"


def formal_name(theorem: Theorem, step: Step) -> str | None:
    """The formal lemma of a step; that of the theorem where the step is the statement itself."""
    return step.formal or (theorem.formal if step is theorem.statement else None)


def formal_names(theorems: Iterable[Theorem] = THEOREMS) -> list[str]:
    """The formal names that theorems and steps cite, each once."""
    cited = (name for theorem in theorems for name in (theorem.formal, *(formal_name(theorem, step) for step in theorem.steps)))
    return list(dict.fromkeys(name for name in cited if name is not None))


def label_edges(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """[user, used] for every two theorems of which the formal proof of one rests on the other."""
    listed = list(edges)
    stated = {theorem.label: theorem.formal for theorem in THEOREMS if theorem.formal}
    return [[a, b] for a, user in stated.items() for b, used in stated.items() if a != b and used in uses(listed, user)]


def proofs_record(checked: Proofs | None) -> Record:
    """What is known of the formal proofs: from this run, or, where Coq did not run, what was recorded."""
    kept = recorded()
    if checked is not None and checked.status != NOT_CHECKED:
        return {
            "status": checked.status,
            "sentence": checked.sentence,
            "coq": checked.version,
            "date": None,
            "proved": list(checked.proved),
            "problems": list(checked.problems),
            "axioms": {name: list(found) for name, found in checked.rests.items()},
            "tables": checked.tables,
            "edges": label_edges(checked.edges) if checked.edges else (kept or {}).get("edges", []),
        }
    status = NOT_CHECKED if kept is None else RECORDED if kept["same_files"] else OUTDATED
    sentence = "the formal proofs were not checked here"
    if kept is not None:
        sentence += f"; recorded: {kept['count']}, with Coq {kept['coq']} on {kept['date']}"
        sentence += "" if kept["same_files"] else ", for other files than these"
    return {
        "status": status,
        "sentence": sentence,
        "coq": None if kept is None else kept["coq"],
        "date": None if kept is None else kept["date"],
        "proved": [],
        "problems": [],
        "axioms": {},
        "tables": 0,
        "edges": [] if kept is None else kept["edges"],
    }


def formal_statements(folder: Path = FOLDER) -> dict[str, str]:
    """What Coq prints for each formal name that a theorem or a step cites, from the reviewed text."""
    reviewed = golden(folder)
    return {name: reviewed[name] for name in formal_names() if name in reviewed}


def write_records(checked: Proofs, folder: Path = FOLDER) -> None:
    """Write the reviewed text and the recorded result beside the files. OSError where the folder cannot be written to;
    ValueError if nothing was proved.
    """
    if checked.status != PROVED:
        raise ValueError(f"only a development that was proved can be recorded; it was {checked.sentence}")
    if checked.missing:
        raise ValueError(f"only the whole development can be recorded; {checked.missing[0].package} is not installed")
    commands = {PROJECT: "\n".join(project_options(folder))}
    commands |= {module: "\n".join(reviewed_commands(source(folder, module))) for module in modules(folder)}
    (folder / GOLDEN).write_text(golden_text(checked.printed), encoding="utf-8")
    (folder / KERNEL).write_text(reviewed_text(checked.compiled), encoding="utf-8")
    (folder / COMMANDS).write_text(golden_text(commands), encoding="utf-8")
    kept: dict[str, Any] = {
        "coq": checked.version,
        "date": datetime.now(UTC).date().isoformat(),
        "statements": len(checked.proved),
        "count": checked.count,
        "axioms": {name: list(found) for name, found in checked.rests.items()},
        "tables": checked.tables,
        "texts": None if checked.digest is None else {"n": WHOLE, "graphs": 2 ** (WHOLE * (WHOLE - 1) // 2), "sha256": checked.digest},
        "edges": label_edges(checked.edges),
        "files": hashes(folder),
    }
    (folder / RECORDED_FILE).write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
