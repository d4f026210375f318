"""What an engine prints: the first and the last lines are kept, the rest is counted and dropped, so that 26 MB of
output cost nothing and still say where a crash was.

>>> printed = Printed()
>>> printed.take(b"one\\n" + b"more of it\\n" * 100_000 + b"the end\\n")
>>> printed.total, printed.lines()[0], printed.lines()[-1]
(1100012, 'one', 'the end')
>>> len(printed.lines()) < 2 * MOST_LINES + 2
True
>>> Printed().lines()
[]
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from backproof.verify.engine_oracle.foreign import one_line

KEPT = 2000  # bytes of the beginning and of the end; chosen: a screen
MOST_LINES = 10  # of each; chosen: the summary stays in sight
PIECE = 2**16  # bytes that are read at once; chosen: what a pipe holds
LONGEST_LINE = 200  # characters; chosen: a line of a terminal or two
MOST_AT_THE_END = 64  # pieces that are read once a process has ended; chosen: more than a pipe holds


@dataclass
class Printed:
    """The beginning and the end of what was printed, and how many bytes it was."""

    first: bytes = b""
    last: bytes = b""
    total: int = 0

    def read(self, descriptor: int) -> bool:
        """Read what is there; whether more can come."""
        try:
            piece = os.read(descriptor, PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.take(piece)
        return bool(piece)

    def rest(self, descriptor: int) -> None:
        """What is still in the pipe of a process that has ended."""
        for _ in range(MOST_AT_THE_END):
            before = self.total
            if not self.read(descriptor) or self.total == before:
                return

    def take(self, piece: bytes) -> None:
        """One piece more."""
        self.total += len(piece)
        if len(self.first) < KEPT:
            room = KEPT - len(self.first)
            self.first, piece = self.first + piece[:room], piece[room:]
        self.last = (self.last + piece)[-KEPT:]

    def lines(self) -> list[str]:
        """What is shown: whole lines of text without control characters, the first and the last of them."""
        left_out = self.total - len(self.first) - len(self.last)
        if left_out <= 0:
            whole = _lines(self.first + self.last)
            if len(whole) <= 2 * MOST_LINES:
                return whole
            return [*whole[:MOST_LINES], f"… ({self.total:,} bytes in all)", *whole[-MOST_LINES:]]
        return [*_lines(self.first)[:MOST_LINES], f"… ({self.total:,} bytes in all)", *_lines(self.last)[-MOST_LINES:]]

    def last_line(self) -> str:
        """The last line that was printed; empty if there is none."""
        found = _lines((self.first + self.last)[-KEPT:])
        return found[-1] if found else ""


def _lines(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "backslashreplace")
    return [one_line(line, LONGEST_LINE) for line in text.replace("\r", "\n").split("\n") if line.strip()]
