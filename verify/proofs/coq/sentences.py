"""The sentences of a Coq file, split as Coq splits them, and which of them have to be on a reviewed list.

What a definition, a theorem or a proof does is seen in the compiled file (`compiled_file.py`). Every other command may
change what the next sentences mean, or what a reader believes to read: a notation, a coercion, an import, an option.
So each of these stands word by word in the reviewed `commands.txt`. Which commands are plain is listed, not which ones
are dangerous.

>>> text = 'Goal True. idtac "(*". exact I. Qed.\\nAxiom cheat : False. Goal True. idtac "*)". exact I. Qed.'
>>> [(one.line, one.head) for one in sentences(text) if one.must_be_reviewed]
[(1, 'Goal'), (2, 'Axiom'), (2, 'Goal')]
>>> command_problems("Small", "Lemma l : True. Proof. exact I. Qed. Axiom cheat : False.", ())
['Small.v:1: `Axiom` was not reviewed: Axiom cheat : False']
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PLAIN: Final = frozenset(
    [
        "Definition",
        "Fixpoint",
        "Theorem",
        "Lemma",
        "Corollary",
        "Example",
        "Let",
        "Section",
        "End",
        "Proof",
        "Qed",
        "Variable",
        "Variables",
        "Hypothesis",
        "Hypotheses",
    ]
)
"""Commands whose whole effect stands in the compiled file, if they are written without strings."""
OF_A_SECTION: Final = frozenset(["Let", "Variable", "Variables", "Hypothesis", "Hypotheses"])
OUTWARD: Final = frozenset(
    ["Declare", "Load", "Cd", "Redirect", "Drop", "Extraction", "Separate", "Recursive", "Add", "Time", "Timeout", "Fail", "Succeed"]
)
"""Commands that may run, load or write something else than a proof: what has one that was not reviewed is not even compiled."""

BLANKS = " \t\n\r"  # what Coq's lexer takes for the end of a sentence after a dot
_BLANK = re.compile(f"[{BLANKS}]+")
_MARK = re.compile(r'\(\*|\*\)|"')
_LEADING = re.compile(r"(?:[-+*{}]+|(?:\d[\d, -]*|all|par|!|\[\s*\w+\s*\])\s*:(?!=))\s*")
_WORD = re.compile(r"[^\s.;:()\[\]{}|]+")


@dataclass(frozen=True)
class Sentence:
    """One sentence without its comments and its dot, the line on which it begins, and whether a section is open."""

    line: int
    text: str
    in_section: bool = False

    @property
    def head(self) -> str:
        """Its first word, after bullets, braces and goal selectors."""
        found = _WORD.match(self._stripped)
        return found.group() if found else ""

    @property
    def is_command(self) -> bool:
        """Whether it speaks to Coq and not to a proof: commands begin with a capital letter or an attribute."""
        return self._stripped[:1].isupper() or self._stripped.startswith("#")

    @property
    def must_be_reviewed(self) -> bool:
        """Whether its effect could be another one than the compiled file shows."""
        if not self.text.isascii():
            return True
        if not self.is_command:
            return False
        plain = self.head in PLAIN and '"' not in self.text and (self.head != "Proof" or self.text == "Proof")
        if self.head in OF_A_SECTION:
            plain = plain and self.in_section and not (self.head != "Let" and ":>" in self.text)
        return not plain

    @property
    def _stripped(self) -> str:
        text = self.text
        while found := _LEADING.match(text):
            text = text[found.end() :]
        return text


def without_comments(text: str, *, strings: bool = True) -> str:
    """The text with each comment as blanks and line ends, and each string too where `strings` is not set. Comments
    nest, and a comment mark within a string is none, also within a comment.

    >>> without_comments("a (* b (* c *) d *) e").split()
    ['a', 'e']
    >>> without_comments('a "(*" b (* "*)" *) c').split()
    ['a', '"(*"', 'b', 'c']
    """
    kept: list[str] = []
    place = 0
    for start, end, is_comment in _hidden(text):
        if is_comment or not strings:
            kept += [text[place:start], re.sub(r"[^\n]", " ", text[start:end])]
            place = end
    return "".join(kept) + text[place:]


def _hidden(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where comments and strings begin and end, and which it is; one that is not closed ends with the text."""
    depth, began, place = 0, 0, 0
    while mark := _MARK.search(text, place):
        place = mark.end()
        if mark.group() == "(*":
            began, depth = (mark.start() if depth == 0 else began), depth + 1
        elif mark.group() == "*)":
            if depth == 1:
                yield began, place, True
            depth = max(0, depth - 1)
        else:
            place = _end_of_string(text, place)
            if depth == 0:
                yield mark.start(), place, False
    if depth:
        yield began, len(text), True


def _end_of_string(text: str, place: int) -> int:
    """The place after the quote that closes a string; two quotes in a row are one within it."""
    while (found := text.find('"', place)) >= 0:
        if text[found + 1 : found + 2] != '"':
            return found + 1
        place = found + 2
    return len(text)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a file, in order. What is left after the last dot is one too."""
    shown, plain = without_comments(text), without_comments(text, strings=False)
    found: list[Sentence] = []
    opened: list[str] = []
    began = 0
    for end in [*_dots(plain), len(plain)]:
        words = _BLANK.sub(" ", shown[began:end]).strip(" ")
        if words:
            line = plain.count("\n", 0, began + len(shown[began:end]) - len(shown[began:end].lstrip(BLANKS))) + 1
            found.append(Sentence(line, words, "Section" in opened[-1:]))
            if found[-1].head == "Section" or (found[-1].head == "Module" and ":=" not in words):
                opened.append(found[-1].head)
            elif found[-1].head == "End" and opened:
                opened.pop()
        began = end + 1
    return found


def _dots(plain: str) -> Iterator[int]:
    """The dots that end sentences: one, or three, before a blank or the end."""
    for run in re.finditer(r"\.+", plain):
        after = plain[run.end() : run.end() + 1]
        if len(run.group()) != 2 and (not after or after in BLANKS):
            yield run.end() - 1


def reviewed_commands(text: str) -> list[str]:
    """The sentences of a file that have to be reviewed, as the list has them."""
    return [one.text for one in sentences(text) if one.must_be_reviewed]


def command_problems(module: str, text: str, reviewed: Sequence[str]) -> list[str]:
    """The sentences that have to be reviewed and are not on the list, with their lines; and those on the list that are
    gone.
    """
    left = Counter(reviewed)
    problems: list[str] = []
    for one in sentences(text):
        if one.must_be_reviewed:
            if left[one.text]:
                left[one.text] -= 1
            else:
                problems.append(f"{module}.v:{one.line}: {_why(one)}: {one.text[:160]}")
    return [*problems, *(f"{module}.v: a command was reviewed and is gone: {text}" for text in left.elements())]


def _why(sentence: Sentence) -> str:
    strange = [letter for letter in sentence.text if not letter.isascii()]
    if strange:
        return f"the letter U+{ord(strange[0]):04X} outside of a comment"
    if sentence.head in OF_A_SECTION and not sentence.in_section:
        return f"`{sentence.head}` outside of a section"
    return f"`{sentence.head}` was not reviewed"


def reaches_outside(text: str, reviewed: Iterable[str]) -> bool:
    """Whether a file has a command that may do something else than prove, and was not reviewed."""
    known = set(reviewed)
    return any(one.must_be_reviewed and one.text not in known and one.head in OUTWARD for one in sentences(text))
