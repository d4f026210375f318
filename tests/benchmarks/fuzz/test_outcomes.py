"""Every fault that an outcome can have is found, and a process that hangs or ends is one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.fuzz import run
from benchmarks.fuzz.outcomes import Outcome, faults
from benchmarks.fuzz.run import summed, tried
from benchmarks.measure import Disagreement

REFUSED: dict[str, Any] = {"subject": "document", "code": 4, "stdout": "", "stderr": "backproof replay: no", "seconds": 0.1}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"code": 3}, "exit 3"),
        ({"code": None, "error": "KeyError: 'place'"}, "raised KeyError: 'place'"),
        ({"code": 1, "stderr": ""}, "exit 1 without a verdict"),
        ({"stderr": ""}, "0 lines of error"),
        ({"stderr": "one\ntwo"}, "2 lines of error"),
        ({"stdout": "CORRECT"}, "output beside a refusal"),
        ({"stderr": "x" * 1000}, "a line of error of 1,000 characters"),
        ({"stderr": "\x1b[31mno"}, "control characters in the error"),
        ({"stderr": "a \u202e b"}, "control characters in the error"),
        ({"stderr": "numpy.py:3: RuntimeWarning: overflow"}, "a warning"),
        ({"seconds": 11.0}, "more than 10 s"),
        ({"held": 2**31}, "2.0 GB"),
        ({"left": (".r.json.x",)}, "left .r.json.x"),
    ],
)
def test_every_fault_is_found(change: dict[str, Any], fault: str) -> None:
    assert faults(Outcome(**REFUSED)) == []
    assert fault in faults(Outcome(**{**REFUSED, **change}))


def test_a_process_that_hangs_or_ends_is_a_fault_of_its_input_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PATIENCE", 2.0)
    programs = iter(("import time; time.sleep(60)", "import os; os._exit(7)", 'print(\'{"faults": [], "held": 0}\', flush=True)'))
    real = run.subprocess.Popen
    monkeypatch.setattr(run.subprocess, "Popen", lambda command, **how: real([command[0], "-c", next(programs)], **how))
    found = tried("document", 3)
    assert [said["faults"] for said in found] == [["did not end in 2 s"], ["ended its process with 7"], []]
    with pytest.raises(Disagreement, match=r"2 of 3 inputs of the subject document have faults; number 0 of seed 0: did not end in 2 s"):
        summed("document", found)
