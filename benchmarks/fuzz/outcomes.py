"""What became of one input, and what is wrong with it: `faults(outcome)`.

>>> faults(Outcome("document", 4, "", "backproof replay: $.n: found 5, expected 4, the number of vertices", 0.01))
[]
>>> faults(Outcome("document", 1, "", "Traceback (most recent call last):", 0.01))
['exit 1 without a verdict', 'a traceback']
>>> faults(Outcome("document", 4, "", "two\\nlines", 20.0))
['2 lines of error', 'more than 10 s']
"""

from __future__ import annotations

from dataclasses import dataclass, field

SECONDS, BYTES, CHARACTERS = 10.0, 2**30, 1000
"""What one input may take: time, memory, and characters of a line that refuses it."""
ENDS = {0, 1, 4, 5}  # holds, not CORRECT, refused, nothing to check
BAD = ("WRONG", "INACCURATE", "INCONCLUSIVE", "not checked")


@dataclass(frozen=True)
class Outcome:
    """What became of one input: exit code (None: it raised `error`), what was printed, seconds, bytes, files left."""

    subject: str
    code: int | None
    stdout: str
    stderr: str
    seconds: float
    error: str | None = None
    held: int = 0
    left: tuple[str, ...] = field(default=())

    @property
    def word(self) -> str:
        """The outcome in a word, for a table."""
        if self.error is not None:
            return "raised"
        return {0: "accepted", 1: "not CORRECT", 4: "refused", 5: "nothing to check"}.get(self.code or 0, f"exit {self.code}")


def faults(outcome: Outcome) -> list[str]:
    """What is wrong with an outcome; nothing, if it is the documented one."""
    found: list[str] = []
    lines = outcome.stderr.splitlines()
    if outcome.error is not None:
        found.append(f"raised {outcome.error}")
    elif outcome.code not in ENDS:
        found.append(f"exit {outcome.code}")
    if outcome.code == 1 and not any(word in outcome.stdout for word in BAD):
        found.append("exit 1 without a verdict")
    if "Traceback (most recent call last)" in outcome.stderr + outcome.stdout:
        found.append("a traceback")
    if outcome.code == 4 and len(lines) != 1:
        found.append(f"{len(lines)} lines of error")
    if outcome.code == 4 and outcome.stdout and outcome.subject != "lines":
        found.append("output beside a refusal")
    if any(len(line) >= CHARACTERS for line in lines):
        found.append(f"a line of error of {max(map(len, lines)):,} characters")
    if any(not character.isprintable() and character not in "\n\t" for character in outcome.stderr):
        found.append("control characters in the error")
    if "Warning:" in outcome.stderr:
        found.append("a warning")
    if outcome.seconds > SECONDS:
        found.append(f"more than {SECONDS:g} s")
    if outcome.held > BYTES:
        found.append(f"{outcome.held / BYTES:.1f} GB")
    if outcome.left:
        found.append(f"left {', '.join(outcome.left)}")
    return found
