"""A page of the site as what a reader does with it: files to write, commands to type, Python to type.

- a block with a caption is a file of that name: ```` ```{code-block} python ```` with `:caption: my_engine.py`;
- a `console` block holds commands after `$ `, and below each what it prints, with `...` for what is left out; the
  comment `# exit code 1` says that a command ends so;
- a `python` block holds doctests.

>>> page = blocks("```console\\n$ ls\\n...\\n```\\n\\n```python\\n>>> 1 + 1\\n2\\n\\n```\\n")
>>> [block.kind for block in page], commands(page[0])
(['console', 'python'], [Command(line='ls', expected='...\\n', exit_code=0)])
>>> blocks("```text\\nanything\\n```\\n")
Traceback (most recent call last):
    ...
ValueError: line 1: a block of kind 'text' is neither run nor built
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
PAGES = sorted(page for page in DOCS.rglob("*.md") if "builder" not in page.parts)
DIRECTIVES = {"toctree", "eval-rst", "command-help", "schema", "function-table", "gallery"}
"""What the generator makes something of; the build tests it."""

FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^:(?P<name>[a-z-]+): *(?P<value>.*)\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """What is run of a page: its kind (`file`, `console`, `python`), the name of a file, the text."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command as printed, what stands below it, and how it ends."""

    line: str
    expected: str
    exit_code: int


def blocks(page: str) -> list[Block]:
    """The blocks of a page in order. ValueError for one that nobody would run."""
    return list(_blocks(page))


def _blocks(page: str) -> Iterator[Block]:
    for match in FENCE.finditer(page):
        info, body = match["info"].strip(), match["body"]
        directive = re.match(r"\{([a-z-]+)\}", info)
        if directive is not None and directive[1] == "code-block":
            options = {option["name"]: option["value"] for option in OPTION.finditer(body)}
            yield Block("file", options["caption"], OPTION.sub("", body).lstrip("\n"))
        elif info == "console" or (info == "python" and ">>> " in body):
            yield Block(info, "", body)
        elif directive is None or directive[1] not in DIRECTIVES:
            line = page.count("\n", 0, match.start()) + 1
            raise ValueError(f"line {line}: a block of kind {info!r} is neither run nor built")


def commands(block: Block) -> list[Command]:
    """The commands of a `console` block."""
    found: list[Command] = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        code = re.search(r"# exit code (\d)$", line)
        found.append(Command(line, expected.rstrip("\n") + "\n" if expected.strip() else "", int(code[1]) if code else 0))
    return found


def is_what_stands_there(expected: str, printed: str) -> bool:
    """Whether a command printed what the page shows; `...` stands for anything, and an empty place for nothing shown.

    >>> is_what_stands_there("CORRECT ...\\n", "CORRECT  All hold.\\n"), is_what_stands_there("CORRECT\\n", "WRONG\\n")
    (True, False)
    """
    return not expected or doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
