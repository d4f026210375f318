"""The lines file of a campaign on disk: begun, copied, or gone on from; locked, and never torn.

A file that holds finished cases of an interrupted run is never overwritten; that of a run which ended is. Of the random
cases of a file some are drawn again: they must be the cases that they say they are.

>>> import tempfile
>>> from backproof.verify.results.lines import header
>>> from backproof.verify.results.settings import Settings
>>> path = Path(tempfile.mkdtemp(), "r.jsonl")
>>> run = header(Settings("backproof verify", seed=0, cases=1, max_paths=10, digits=50), [])
>>> with lines_file(path, None, run, print) as lines:
...     lines.write(0, {"id": "0", "verdict": "WRONG"})
>>> with lines_file(path, None, run, print) as lines:
...     pass
Traceback (most recent call last):
    ...
backproof.verify.campaign.lines_file.LinesTaken: it holds 1 finished case of this run; go on with --resume ..., or give another name
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from backproof.engine.limits import LIMITS
from backproof.reports.document import Record
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.replay import case_id
from backproof.verify.results.lines import Line, LineReader, LinesError, LineWriter, check_header, finished_line, header_line, read_header
from backproof.verify.results.summed import START

try:
    import fcntl
except ImportError:  # Windows: nothing stops a second run from writing the same file there
    fcntl = None

PATIENCE, TRIES = 0.1, 20  # seconds between two tries for the lock, and how many; chosen: a run that ends has two seconds
REDRAWN = 20  # random cases of a file that are drawn again; chosen: a tenth of a second, and another generator shows on all


class LinesTaken(ValueError):
    """A lines file that must not be written: it holds what would be lost, or another run is writing it."""


class LinesFile:
    """Where finished cases are appended: a file, or nowhere (None). `damaged`: the numbers of the lines left out when
    it was resumed from. OSError names the file that cannot be written, which keeps its whole lines.
    """

    def __init__(self, raw: io.FileIO | None, writer: LineWriter, damaged: list[int], finished: bool = False) -> None:
        self._raw, self._writer, self._finished, self.damaged = raw, writer, finished, damaged

    def write(self, place: int, record: Record) -> None:
        """Append one finished case; when this returns, the operating system has it."""
        before = self._writer.dictionary
        try:
            self.append(self._writer.line(place, record))
        except OSError:
            self._writer.dictionary = before
            raise

    def finish(self) -> None:
        """Say that nothing is left to do, so that the file may be overwritten."""
        if not self._finished:
            self.append(finished_line())
            self._finished = True

    def append(self, data: bytes) -> None:
        """Append whole lines, or nothing."""
        if self._raw is None:
            return
        before = self._raw.seek(0, os.SEEK_END)
        try:
            while data:
                data = data[self._raw.write(data) :]
        except OSError as error:
            self._raw.truncate(before)
            raise OSError(error.errno, error.strerror, str(self._raw.name)) from None


@contextmanager
def lines_file(target: Path | None, resume: Path | None, run: Record, take: Callable[[int, Record], None]) -> Generator[LinesFile]:
    """The lines file `target` of a run (None: nowhere), open and locked; `take` gets the cases of `resume` first.

    LinesError if `resume` cannot be resumed from, LinesTaken if `target` must not be overwritten, OSError if it cannot
    be written.
    """
    with ExitStack() as stack:
        if target is None or resume is None or not (target.exists() and resume.exists() and target.samefile(resume)):
            old = None if resume is None else LineReader(run, _lines(stack.enter_context(_old(resume, "r"))))
            raw = None if target is None else stack.enter_context(_opened(target, "a+"))
            if raw is not None:
                _check_free(raw, run)
                raw.truncate(0)
            lines = LinesFile(raw, LineWriter(), [] if old is None else old.damaged)
            lines.append(header_line(run))
            try:
                _take(old or (), run, lambda place, record: (lines.write(place, record), take(place, record)))
            except LinesError:
                if raw is not None:
                    raw.truncate(0)
                raise
        else:
            raw = stack.enter_context(_old(target, "a+"))
            raw.seek(0)
            old = LineReader(run, _lines(raw))
            _take(old, run, take)
            raw.truncate(old.size)
            lines = LinesFile(raw, LineWriter(old.dictionary), old.damaged, old.finished)
        yield lines


def _take(lines: Iterable[Line], run: Record, take: Callable[[int, Record], object]) -> None:
    """Hand on the cases, and draw some of the random ones again."""
    named, asked = len(run["named"]), run["run"]
    sample: dict[int, str] = {}
    for line in lines:
        take(line.place, line.record)
        number = line.place - named
        if number >= 0 and number % max(1, asked["cases"] // REDRAWN) == 0:
            sample[number] = line.record["id"]
    for number, identity in sample.items():
        if (here := case_id(campaign_case(asked["seed"], number))) != identity:
            raise LinesError(
                f"its random case {number} is {identity}, here it is {here}; graphs are drawn otherwise here: begin the run anew"
            )


def _lines(raw: io.FileIO) -> Iterator[bytes]:
    """The lines of an open file, as bytes; it stays open when they are read, or are not."""
    buffered = io.BufferedReader(io.FileIO(raw.fileno(), "r", closefd=False))
    return iter(partial(buffered.readline, LIMITS.line_bytes), b"")


def _check_free(raw: io.FileIO, run: Record) -> None:
    """LinesTaken if the file holds what nobody would want to lose."""
    raw.seek(0)
    lines = _lines(raw)
    first = next(lines, b"")
    if not first or (first.startswith(START) and not first.endswith(b"\n")):  # nothing, or a first line that was cut off
        return
    try:
        found = read_header(first)
    except LinesError:
        raise LinesTaken("it exists, and is no lines file of this backproof; give another name, or remove it") from None
    count, last = 0, first
    for line in lines:
        count, last = count + (b'"id"' in line), line
    if not count or last == finished_line():
        return
    cases = f"{count:,} finished case{'s' if count > 1 else ''}"
    try:
        check_header(found, run)
    except LinesError as error:
        raise LinesTaken(f"it holds {cases} of another run ({error}); give another name, or remove it") from None
    raise LinesTaken(f"it holds {cases} of this run; go on with --resume {raw.name}, or give another name")


def _old(path: Path, mode: str) -> io.FileIO:
    """A file to resume from, as `_opened`; LinesError if it cannot be."""
    try:
        return _opened(path, mode)
    except (LinesTaken, OSError) as error:
        raise LinesError(str(error.strerror if isinstance(error, OSError) else error)) from None


def _opened(path: Path, mode: str) -> io.FileIO:
    """A regular file, open, locked and unbuffered. The lock is that of a process: workers, which inherit what is open,
    do not hold it on when their parent was killed.
    """
    if path.exists() and not path.is_file():
        raise LinesTaken("it is no regular file; give another name")
    raw = io.FileIO(path, mode)
    if fcntl is not None and not _locked(raw, fcntl.LOCK_EX if raw.writable() else fcntl.LOCK_SH):
        raw.close()
        raise LinesTaken("another run is writing it; wait until that ends, or give another name")
    return raw


def _locked(raw: io.FileIO, kind: int) -> bool:
    assert fcntl is not None
    for _ in range(TRIES):
        try:
            fcntl.lockf(raw, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PATIENCE)
        except OSError:  # a file system without locks
            return True
        else:
            return True
    return False
