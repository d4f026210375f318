"""The lines of a campaign's file: one per finished case, from which an interrupted run resumes.

The first line says which run it is: format, versions, settings, and the ids of the named cases. Every line begins with
a sum over its bytes, so that a damaged one is told from a whole one; a case has its place and its id. A record that is
CORRECT and has no detail is packed, on 0.3 kB where it takes 2.8: compressed, with the first of them as the dictionary.
From `KEPT_ROWS` on it has no replay line either: the case is known by its number.

What is read is checked before it is believed: the sum, the schema, whether the sums of the summary can take it, and
whether it is the case of its place. The sum finds damage and no forgery: a file is as good as whoever wrote it.

>>> run = header(Settings("backproof verify", seed=0, cases=1, max_paths=10, digits=50), [])
>>> lines = LineReader(run, [header_line(run), b"damaged\\n"])
>>> list(lines), lines.damaged
([], [2])
>>> LineReader(header(Settings("backproof verify", seed=3, cases=1, max_paths=10, digits=50), []), [header_line(run)])
Traceback (most recent call last):
    ...
backproof.verify.results.lines.LinesError: it is of a run with seed 0, this one has 3; give the same options
"""

from __future__ import annotations

import base64
import binascii
import platform
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.engine.json_text import found
from backproof.engine.limits import LIMITS
from backproof.reports.document import Record, fits_case
from backproof.verify.results.settings import Settings
from backproof.verify.results.summed import compact, read_summed, strict_json, summed
from backproof.verify.results.tally import KEPT_ROWS, countable
from backproof.verify.results.versions import versions_of
from backproof.verify.verdicts import Verdict

FORMAT, VERSION = "backproof-lines", 3
SAME = ("seed", "cases", "max_paths", "digits", "dtypes", "differences")
LIBRARIES = ("backproof", "numpy", "scipy", "ml_dtypes", "mpmath", "networkx", "python-flint")  # all that numbers come from
SHOWN = 4  # named cases in a message; chosen: a line


class LinesError(ValueError):
    """A lines file that cannot be resumed from."""


class OtherCases(LinesError):
    """A lines file of a run with other named cases than this machine has."""


@dataclass(frozen=True)
class Line:
    """A finished case, as it was read."""

    place: int
    record: Record


def header(settings: Settings, named: Sequence[tuple[str, str]]) -> Record:
    """Which run this is: all that decides its numbers. `named`: id and name of the cases that every run includes."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "versions": {"python": platform.python_version(), **versions_of(LIBRARIES)},
        "run": {key: list(value) if isinstance(value := getattr(settings, key), tuple) else value for key in SAME}
        | ({} if settings.shard is None else {"shard": str(settings.shard)}),
        "named": [list(case) for case in named],
    }


def header_line(run: Record) -> bytes:
    """The first line."""
    return summed(run)


def finished_line() -> bytes:
    """The last line of a run that has nothing left to do."""
    return summed({"finished": True})


class LineWriter:
    """Writes records as lines; remembers what the packed ones are compressed with."""

    def __init__(self, dictionary: bytes | None = None) -> None:
        self.dictionary = dictionary

    def line(self, place: int, record: Record) -> bytes:
        """The line of one case; before the first packed one, a line with the dictionary."""
        if record["verdict"] != Verdict.CORRECT.value or record["detail"] is not None or record["findings"] is not None:
            return summed({"place": place, "id": record["id"], "case": record})
        first = b""
        if self.dictionary is None:
            self.dictionary = compact({**record, "replay": ""})
            first = summed({"dictionary": _text(self.dictionary)})
        short = record if place < KEPT_ROWS else {**record, "replay": ""}
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=self.dictionary)
        packed = packer.compress(compact(short)) + packer.flush()
        return first + summed({"place": place, "id": record["id"], "packed": _text(packed)})


class LineReader:
    """The finished cases in a lines file, one by one. LinesError for a file of another kind or run, before any of them.

    `damaged`: the numbers of the lines that were left out so far; `dictionary` and `finished`: what the file says;
    `size`: how many bytes the whole lines take, without a last one that was cut off.
    """

    def __init__(self, run: Record, lines: Iterable[bytes]) -> None:
        self._run, self._lines = run, iter(lines)
        self.damaged: list[int] = []
        self.dictionary: bytes | None = None
        self.finished = False
        first = next(self._lines, b"")
        check_header(read_header(first), run)
        self.size = len(first)

    def __iter__(self) -> Iterator[Line]:
        seen = bytearray(_places(self._run))
        end = self.size
        for number, line in enumerate(self._lines, start=2):
            end += len(line)
            self.size = end if line.endswith(b"\n") else self.size
            data = read_summed(line)
            self.finished = data == {"finished": True}
            if self.finished:
                continue
            case = None if data is None else self._case(data)
            if case is None or seen[case.place]:
                if data is None or not self._took_dictionary(data):
                    self.damaged.append(number)
                continue
            seen[case.place] = 1
            yield case

    def _took_dictionary(self, data: Record) -> bool:
        if data.keys() != {"dictionary"} or (dictionary := _bytes(data["dictionary"])) is None:
            return False
        self.dictionary = dictionary
        return True

    def _case(self, data: Record) -> Line | None:
        """The case of a line; None if it is not whole, not a record, or not the case of its place."""
        place, record = data.get("place"), data.get("case")
        if type(place) is not int or not 0 <= place < _places(self._run):
            return None
        if data.keys() == {"place", "id", "packed"}:
            record = self._unpacked(data["packed"])
        if not isinstance(record, dict) or not fits_case({**record, "findings": record.get("findings") or []}):
            return None
        if record["id"] != data.get("id") or not countable(record):
            return None
        named = self._run["named"]
        expected = tuple(named[place]) if place < len(named) else (record["id"], f"random {place - len(named)}")
        return Line(place, record) if (record["id"], record["name"]) == expected else None

    def _unpacked(self, text: Any) -> Any:
        packed = _bytes(text)
        if packed is None or self.dictionary is None:
            return None
        try:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=self.dictionary)
            raw = unpacker.decompress(packed, LIMITS.packed_bytes)
        except zlib.error:
            return None
        return strict_json(raw) if unpacker.eof else None


def read_header(line: bytes) -> Record:
    """The first line as data. LinesError if it is not that of a lines file, or damaged."""
    if not line:
        raise LinesError("it is empty; give the .jsonl file that an interrupted run left")
    told = read_summed(line)
    if told is not None and told.get("format") == FORMAT:
        return told
    if FORMAT.encode() in line:
        raise LinesError("its first line, which says of which run it is, is damaged or of an older backproof; begin the run anew")
    raise LinesError("it is no lines file of backproof; give the .jsonl file that an interrupted run left")


def check_header(told: Record, run: Record) -> None:
    """LinesError unless the header says that the file is of this run, by these versions, with these named cases."""
    if told.get("version") != VERSION or not all(isinstance(told.get(key), dict) for key in ("versions", "run")):
        raise LinesError(
            f"its format has version {_shown(told.get('version'))}, this backproof goes on from version {VERSION}; begin the run anew"
        )
    for name, here in run["versions"].items():
        if (there := told["versions"].get(name)) != here:
            raise LinesError(
                f"it was begun with {name} {_shown(there)}, here is {here}; one run has one set of versions: install it, or begin anew"
            )
    for key in (*SAME, "shard"):
        if (there := told["run"].get(key)) != (here := run["run"].get(key)):
            raise LinesError(f"it is of a run with {key} {_shown(there)}, this one has {_shown(here)}; give the same options")
    if told.get("named") != run["named"]:
        raise OtherCases(_other_cases(told.get("named"), run["named"]))


def _other_cases(told: Any, here: list[list[str]]) -> str:
    """What differs between the named cases of the file and those of this machine, by name."""
    there = [case for case in told if isinstance(case, list) and len(case) == 2] if isinstance(told, list) else []
    missing = [_shown(name) for identity, name in there if [identity, name] not in here]
    more = [_shown(name) for identity, name in here if [identity, name] not in there]
    words = [f"it has {len(missing)} named cases that are not here ({_some(missing)})"] if missing else []
    words += [f"here are {len(more)} named cases that it has not ({_some(more)})"] if more else []
    return (" and ".join(words) or "its named cases stand in another order") + "; resume where the same cases are, or begin the run anew"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name.split(" (")[0] for name in names[:SHOWN]) + more


def _shown(value: Any) -> str:
    """A value out of a file, short and in one line."""
    if isinstance(value, list):
        return _some([_shown(entry) for entry in value[: SHOWN + 1]])
    words = found(value)
    return words.strip('"') if isinstance(value, str) else words


def damaged_words(numbers: Sequence[int], shown: int = 10) -> str:
    """Which lines were left out, for a person; the first ten by number.

    >>> damaged_words([12, 40, 41])
    '3 damaged lines left out (12, 40, 41): their cases are run again'
    >>> damaged_words(range(2, 14))
    '12 damaged lines left out (2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more): their cases are run again'
    """
    more = f" and {len(numbers) - shown} more" if len(numbers) > shown else ""
    lines = "1 damaged line" if len(numbers) == 1 else f"{len(numbers):,} damaged lines"
    return f"{lines} left out ({', '.join(map(str, numbers[:shown]))}{more}): their cases are run again"


def _places(run: Record) -> int:
    return len(run["named"]) + run["run"]["cases"]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return None
