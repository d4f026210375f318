"""The checks that tests make, as records of a results document: one for each line of a test that asserts something of a
backward pass, however often it does. Of many calls, as those of a property-based test, the last that was not CORRECT is
kept (the smallest, once Hypothesis has shrunk it), with how many there were and a few of the others.

>>> import numpy as np
>>> from backproof.verify.gradient_oracle.check import check
>>> def result(x, slope):
...     return check(np.square, (np.array([x]),), vjp=lambda args, out, ct: (slope * ct * args[0],), name="square", effort="quick")
>>> gathered = Gathered("test_square.py::test_it")
>>> for x, slope in ((1.0, 2), (3.0, 1), (2.0, 1)):
...     gathered.hear(result(x, slope), None)
>>> (record,) = gathered.records()
>>> record["test"], record["verdict"], record["calls"]["made"], record["calls"]["wrong"], len(record["calls"]["others"])
('test_square.py::test_it', 'WRONG', 3, 2, 1)
>>> "2.0" in record["reproduction"]
True
>>> Gathered("…").hear(None, None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'name'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backproof.engine.callers import users_frame
from backproof.reports.document import Record
from backproof.verify.results.check_record import check_record

MOST_OTHERS = 5  # chosen: other failing calls of one line that are kept, the last ones; the first of a shrinking are large


@dataclass
class _Line:
    """One line of a test that asserts something, of one backward: how often, how often in vain, and what is kept."""

    kept: Record
    made: int = 0
    wrong: int = 0
    others: list[Record] = field(default_factory=list[Record])


class Gathered:
    """What one test asserts."""

    def __init__(self, test: str) -> None:
        self.test = test
        self._lines: dict[Any, _Line] = {}

    def hear(self, result: Any, require: str | None) -> None:
        """Keep what was found; a listener of `asserted`."""
        frame = users_frame()
        key = (None if frame is None else (frame.f_code.co_filename, frame.f_lineno), result.name)
        failing = not result.ok or bool(require and result.shortfall)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(check_record(result, self.test, require))
        elif failing:
            record = check_record(result, self.test, require)
            if line.wrong and line.kept["explanation"] != record["explanation"]:
                line.others = [*line.others, {"reason": _why(line.kept), "reproduction": line.kept["reproduction"]}][-MOST_OTHERS:]
            line.kept = record
        line.made += 1
        line.wrong += failing

    def records(self) -> list[Record]:
        """One record for each line and backward, in the order in which they were first met."""
        return [_with_calls(line) for line in self._lines.values()]


def _why(record: Record) -> str:
    return str(record["reason"] or record["unmet"])


def _with_calls(line: _Line) -> Record:
    if line.made == 1:
        return line.kept
    return {**line.kept, "calls": {"made": line.made, "wrong": line.wrong, "others": line.others}}
