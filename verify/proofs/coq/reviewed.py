"""The reviewed list of what the kernel holds, `kernel.txt`: every constant of every file with its type and its body, and
how the compiled files are compared with it.

Names are written short where that is enough to tell them apart; the list begins with the table of what they stand for.
A text that is too long to be read stands there as its SHA-256.

>>> before = Compiled("BackproofFormal.Mini", (), (Entry("one", "definition", "Coq.Init.Datatypes.nat", "Coq.Init.Datatypes.nat#1"),), ())
>>> after = Compiled("BackproofFormal.Mini", (), (Entry("one", "axiom", "Coq.Init.Datatypes.nat"),), ())
>>> kernel_problems("Mini", before, parse_reviewed(reviewed_text({"Mini": before}))["Mini"])
[]
>>> kernel_problems("Mini", after, parse_reviewed(reviewed_text({"Mini": before}))["Mini"])
['Mini.one is an axiom', 'Mini.one was reviewed as a definition and is an axiom']
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from backproof.verify.proofs.coq.compiled_file import AXIOM, PRIMITIVE, Compiled, Entry

LONGEST = 6000  # chosen: letters of a text that a person may still read; every statement of Theorems 1 and 2 is shorter
WIDTH = 118  # letters of a line of the list
AROUND = 60  # chosen: letters that are shown before the first difference, and three times as many after it

_NAME = re.compile(r"[\w'\\]+(?:\.[\w'\\]+)+")
_ARTICLES: Final = {
    AXIOM: "an axiom",
    PRIMITIVE: "a primitive of the kernel",
    "inductive": "an inductive type",
    "proved": "a statement with a proof",
}


@dataclass(frozen=True)
class ReviewedFile:
    """What the list says of one file: the kinds of `objects` that it leaves, and each entry's kind, type and body."""

    objects: str
    entries: Mapping[str, tuple[str, str, str]]


def reviewed_text(files: Mapping[str, Compiled]) -> str:
    """The list of all files, as it is written."""
    short = _short_names(
        text for compiled in files.values() for entry in compiled.entries for text in (_kept(entry.type), _kept(entry.body))
    )
    lines = ["names", *(f"  {name}  {full}" for full, name in sorted(short.items(), key=lambda pair: pair[1]))]
    for module, compiled in files.items():
        lines += ["", f"file {module}", f"objects {_objects(compiled)}"]
        for entry in compiled.entries:
            lines += ["", f"== {entry.name} {entry.kind.replace(' ', '-')}", *_wrapped("type", entry.type, short)]
            lines += _wrapped("body", entry.body, short) if entry.body else []
    return "\n".join(lines) + "\n"


def parse_reviewed(text: str) -> dict[str, ReviewedFile]:
    """The list as it was written, by file. Empty if there is none."""
    head, *files = re.split(r"^file (\S+)\n", text, flags=re.MULTILINE)
    full = dict(line.split() for line in head.splitlines() if line.startswith("  "))
    return {module: _file(body, full) for module, body in zip(files[::2], files[1::2], strict=True)}


def _file(text: str, full: Mapping[str, str]) -> ReviewedFile:
    head, *parts = re.split(r"^== (\S+) (\S+)\n", text, flags=re.MULTILINE)
    entries: dict[str, tuple[str, str, str]] = {}
    for name, kind, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        shown = dict.fromkeys(("type", "body"), "")
        for word, words in re.findall(r"^(type|body)((?:\n  .*| .*)+)", body, re.MULTILINE):
            shown[word] = _NAME.sub(lambda found: full.get(found.group(), f"unknown {found.group()}"), " ".join(words.split()))
        entries[name] = (kind.replace("-", " "), shown["type"], shown["body"])
    return ReviewedFile(head.strip().removeprefix("objects").strip(), entries)


def kernel_problems(module: str, compiled: Compiled, reviewed: ReviewedFile | None) -> list[str]:
    """Where a compiled file is not what was reviewed; None for a file of which nothing was reviewed."""
    listed = reviewed or ReviewedFile("", {})
    problems = kernel_faults(module, compiled)
    found: set[str] = set()
    for entry in compiled.entries:
        name = f"{module}.{entry.name}"
        if entry.name not in listed.entries:
            problems.append(f"{name} was not reviewed: {_article(entry.kind)}")
        elif entry.name in found:
            problems.append(f"{name} stands there twice")
        else:
            problems += _changes(name, entry, listed.entries[entry.name])
        found.add(entry.name)
    problems += [f"{module}.{name} was reviewed and is gone" for name in listed.entries if name not in found]
    if _objects(compiled) != listed.objects:
        more = Counted(_objects(compiled)).beyond(Counted(listed.objects))
        problems.append(f"{module}.v leaves, for those who load it, what was not reviewed: {more or 'less than before'}")
    return problems


def kernel_faults(module: str, compiled: Compiled) -> list[str]:
    """What is wrong with a compiled file whatever was reviewed: axioms, and checks that were turned off."""
    return [problem for entry in compiled.entries for problem in _faults(f"{module}.{entry.name}", entry)]


def _faults(name: str, entry: Entry) -> list[str]:
    problems = [f"{name} is {_article(entry.kind)}"] if entry.kind in {AXIOM, PRIMITIVE} else []
    return problems + [f"{name}: {doubt}" for doubt in entry.doubts]


def _changes(name: str, entry: Entry, reviewed: tuple[str, str, str]) -> list[str]:
    kind, stated, body = reviewed
    if kind != entry.kind:
        return [f"{name} was reviewed as {_article(kind)} and is {_article(entry.kind)}"]
    problems = [] if stated == _plain(_kept(entry.type)) else [_difference(name, "type", stated, _plain(_kept(entry.type)))]
    return problems + ([] if body == _plain(_kept(entry.body)) else [_difference(name, "body", body, _plain(_kept(entry.body)))])


def _difference(name: str, what: str, reviewed: str, found: str) -> str:
    """The first place where two texts differ, with what stands around it."""
    same = next((place for place, (a, b) in enumerate(zip(reviewed, found, strict=False)) if a != b), min(len(reviewed), len(found)))
    start = max(0, same - AROUND)
    said, reads = (text[start : same + 3 * AROUND] for text in (reviewed, found))
    return f"{name}: its {what} is not what was reviewed: …{said}… was reviewed, the kernel holds …{reads}…"


def _article(kind: str) -> str:
    return _ARTICLES.get(kind, f"a {kind}")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _kept(text: str) -> str:
    """The text, or its digest where it is too long."""
    return text if len(text) <= LONGEST else f"sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def _wrapped(word: str, text: str, short: Mapping[str, str]) -> list[str]:
    shown = _NAME.sub(lambda found: short.get(found.group(), found.group()), _plain(_kept(text)))
    return textwrap.wrap(f"{word} {shown}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _short_names(texts: Iterable[str]) -> dict[str, str]:
    """For each full name the shortest ending, of at least two parts, that no other name has."""
    names = sorted({name for text in texts for name in _NAME.findall(text)})
    short: dict[str, str] = {}
    for name in names:
        parts = name.split(".")
        endings = (".".join(parts[-count:]) for count in range(2, len(parts) + 1))
        short[name] = next(end for end in endings if sum(other == end or other.endswith(f".{end}") for other in names) == 1 or end == name)
    return short


def _objects(compiled: Compiled) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in compiled.objects)


@dataclass(frozen=True)
class Counted:
    """The kinds of objects of a file, as a line of the list."""

    line: str

    def beyond(self, other: Counted) -> str:
        """What is more than another line has."""
        here, there = self._counts(), other._counts()
        return ", ".join(f"{count - there[kind]} {kind}" for kind, count in here.items() if count > there[kind])

    def _counts(self) -> defaultdict[str, int]:
        found: defaultdict[str, int] = defaultdict(int)
        for part in filter(None, self.line.split(", ")):
            count, kind = part.split(" ", 1)
            found[kind] = int(count)
        return found
