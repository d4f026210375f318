"""Standard output and standard error of the command line: a line never fails to be said because of its letters, and a
stream that fails takes no verdict with it.

`ready_streams` is called once, when the process starts. After it no write to standard output or standard error raises:
a closed stream goes nowhere, a reader that has gone away (`| head -1`) is not missed, and any other failure (a full
disk) is kept for `stdout_failure`. Signs that the encoding does not hold become plain ones, letters escapes.

>>> "n ≤ 5: 9.25·10¹⁸, ∂W".encode("ascii", READABLE).decode()
'n <= 5: 9.25*10^18, \\\\u2202W'
>>> b"\\xff".decode("ascii", READABLE)
Traceback (most recent call last):
    ...
UnicodeDecodeError: 'ascii' codec can't decode byte 0xff in position 0: ordinal not in range(128)

>>> put(sys.stdout, "∂o/∂W")
∂o/∂W
>>> with data_on_stdout():
...     for_people() is sys.stderr
True
>>> stdout_failure() is None
True
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

READABLE = "backproof.readable"
"""How our own signs are written in an encoding that does not hold them (`codecs.register_error`)."""
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_PLAIN = {
    **{"≤": "<=", "≥": ">=", "→": "->", "←": "<-", "≠": "!=", "≈": "~", "−": "-", "·": "*", "×": "x", "…": "...", "–": "-", "—": "-"},
    **{"“": '"', "”": '"', "‘": "'", "’": "'", "ℝ": "R", "✓": "v", "✕": "x", "∞": "inf", "\N{COMBINING MACRON}": "~"},
}

NOBODY_READS = (errno.EPIPE, errno.ESHUTDOWN, errno.ECONNRESET)

_carries_data: ContextVar[bool] = ContextVar("standard output carries data", default=False)


class Kept(io.RawIOBase):
    """A descriptor of which the first failure is kept, not raised; what is written after it goes nowhere.

    >>> full = Kept(os.open("/dev/full", os.O_WRONLY))
    >>> full.write(b"CORRECT"), full.failure.strerror
    (7, 'No space left on device')
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def isatty(self) -> bool:
        return os.isatty(self.descriptor)

    def write(self, data: Any, /) -> int:
        while self.failure is None:
            try:
                return os.write(self.descriptor, data)
            except BlockingIOError:  # another process made the terminal non-blocking
                select.select([], [self.descriptor], [])
            except OSError as error:
                self.failure = error
        return len(data)


def _readable(error: UnicodeError) -> tuple[str, int]:
    """What a stream gets in the place of signs that its encoding does not hold: `<=` for ≤, `^18` for ¹⁸; escapes for
    letters and all else.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    written, raised = list[str](), False
    for sign in missing:
        if sign in _RAISED:
            written.append(("" if raised else "^") + _RAISED[sign])
        else:
            written.append(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode("ascii"))
        raised = sign in _RAISED
    return "".join(written), error.end


codecs.register_error(READABLE, _readable)


def ready_streams() -> None:
    """Make the standard streams of this process such that no write to them raises."""
    for descriptor in range(3):
        _open_if_closed(descriptor)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        before: Any = getattr(sys, name)
        if os.name == "nt" and os.isatty(descriptor):  # its console takes text, not bytes
            before.reconfigure(errors=READABLE)
            continue
        encoding = getattr(before, "encoding", None) or "utf-8"
        raw = io.BufferedWriter(Kept(descriptor))
        setattr(sys, name, io.TextIOWrapper(raw, encoding=encoding, errors=READABLE, line_buffering=True))


def _open_if_closed(descriptor: int) -> None:
    """A descriptor that is closed would be given to the next file that is opened, and written into."""
    try:
        os.fstat(descriptor)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)


def put(stream: TextIO | None, line: str) -> None:
    """Write one line at once; letters that the stream cannot hold as escapes."""
    if stream is None:
        return
    try:
        stream.write(line + "\n")
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(line.encode(encoding, READABLE).decode(encoding) + "\n")
    stream.flush()


def for_people() -> TextIO:
    """Where words go: standard output, or standard error while standard output carries data (`--json -`)."""
    return sys.stderr if _carries_data.get() else sys.stdout


def put_data(text: str) -> None:
    """Write a whole document to standard output, in UTF-8. OSError if it cannot be written, also where `ready_streams`
    kept the failure; a reader that has gone away is none.
    """
    sys.stdout.flush()
    buffer: Any = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        buffer.write(text.encode("utf-8"))
        buffer.flush()
    failure = stdout_failure()
    if failure is not None:
        raise OSError(failure.errno, failure.strerror, "standard output")


@contextmanager
def data_on_stdout() -> Generator[None]:
    """While it is open, standard output carries a document, and words go to standard error."""
    token = _carries_data.set(True)
    try:
        yield
    finally:
        _carries_data.reset(token)


def stdout_failure() -> OSError | None:
    """Why standard output could not be written; None if it could, or if nobody reads it any more."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failure = raw.failure if isinstance(raw, Kept) else None
    return None if failure is None or failure.errno in NOBODY_READS else failure
