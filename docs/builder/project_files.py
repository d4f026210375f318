"""SECURITY.md and CITATION.cff, from the one setting that says where the project lives.

    python -m builder.project_files          # in docs/: write both

The setting is `[tool.backproof]` in pyproject.toml. While it is empty, SECURITY.md says in words whom to tell, and no
address is invented.

>>> "no public address" in security("", ""), "mailto:a@example.org" in security("", "a@example.org")
(True, True)
>>> files(Path("no-such-folder"))
Traceback (most recent call last):
    ...
FileNotFoundError: [Errno 2] No such file or directory: 'no-such-folder/pyproject.toml'
"""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SECURITY = """\
# Security

A problem of security is, for example: a document, a replay line or a report that makes backproof run code, read or
write a file that it was not told to, or take more memory or time than `backproof limits` says; or text of somebody
else that becomes markup in a report or a command in a terminal.

An engine on trial and the functions handed to `check` are code that you run. They are limited in time and watched, and
they can do harm all the same: run only what you would run anyway.

## Whom to tell

{whom}

Say which version (`backproof --version`), what you gave it, and what happened. Please tell nobody else before there
is a version without the problem.

## Which versions

The latest one. There are no others that get fixes.
"""

NOWHERE = """\
The project has no public address yet, and no place to report to in private. Tell whoever gave you this copy, in the
way in which you got it."""

CITATION = """\
cff-version: 1.2.0
message: If you use backproof, please cite it as below.
type: software
title: "backproof: a proof-oriented verification suite for backpropagation on computational graphs"
authors:
  - name: the backproof authors
version: {version}
license: Apache-2.0
keywords:
{keywords}
"""


def security(repository: str, contact: str) -> str:
    """SECURITY.md: whom to tell, in private."""
    ways: list[str] = []
    if contact:
        ways.append(f"Write to {contact if contact.startswith('https://') else f'<mailto:{contact}>'}.")
    if repository:
        ways.append(f"{'Or report' if ways else 'Report'} it in private at <{repository}/security/advisories/new>.")
    return SECURITY.format(whom=" ".join(ways) or NOWHERE)


def citation(version: str, keywords: list[str], repository: str) -> str:
    """CITATION.cff; it names a repository only where there is one."""
    text = CITATION.format(version=version, keywords="\n".join(f"  - {word}" for word in keywords))
    return text + (f"repository-code: {repository}\n" if repository else "")


def files(root: Path = ROOT) -> dict[str, str]:
    """The text of both, by name. FileNotFoundError where there is no pyproject.toml."""
    read = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project, lives = read["project"], read["tool"]["backproof"]
    return {
        "SECURITY.md": security(lives["repository"], lives["contact"]),
        "CITATION.cff": citation(project["version"], project["keywords"], lives["repository"]),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(name)
