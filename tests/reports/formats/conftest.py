"""Documents with everything that a format can meet: all verdicts, all sections, hostile names; and the official schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import validate

Record = dict[str, Any]

SCHEMAS = Path(__file__).parent / "schemas"
HOSTILE = "]]></failure>|`<img src=x>`\x1b[31m\u202e\n::error::%0A=1+1,\"'&\ud800"


def gradient_check(verdict: str, name: str = "layer", **more: Any) -> Record:
    """A check of code."""
    cause = {"fault": "wrong sign", "argument": 0, "function": "tanh", "words": "tanh at net.py:12 has the wrong sign"}
    return {
        "name": name,
        "test": "tests/test_net.py::test_layer",
        "verdict": verdict,
        "evidence": "certified on 3 points" if verdict == "CORRECT" else "the fault: certified on 1 point",
        "reason": None if verdict == "CORRECT" else f"{verdict} at the given arguments",
        **{"points": 3, "certified": 3, "entries": 4, "sizes": [2], "findings": [], "unreached": [], "notes": []},
        "diagnosis": None,
        "causes": [{**cause, "place": "net.py:12", "file": "src/net.py", "line": 12}],
        "reproduction": "",
        "explanation": f"{name} is {verdict}: with `ticks` ```and a fence```",
        **more,
    }


@pytest.fixture
def everything(make: Callable[..., Record]) -> Record:
    """A document with an outcome of every kind: it is valid, though no command writes all of them at once."""
    document = make(verdicts=["CORRECT", "WRONG", "INACCURATE", "INCONCLUSIVE", "CORRECT"])
    document["cases"][1]["name"] = document["cases"][1]["reason"] = HOSTILE
    document["theorems"][1]["verdict"] = None
    mutant = {"words": "…", "part": "backward", "agrees_on": None, "vertices": 3, "killer": "x", "replay": None, "diagnosis": None}
    fault = {
        "check": "floats",
        "grade": 2.0,
        "should_pass": False,
        "places": 2,
        "as_expected": 2,
        "failing": [],
        "caught_by": [],
        "note": "",
    }
    return validate(
        {
            **document,
            "unlisted": 0,
            "selftest": {
                **{"checks": ["Theorem 2"], "caught": 1, "only": [1], "false_alarms": ["random 1"]},
                "mutants": [{**mutant, "mutant": "sets", "killed_by": ["Theorem 2"]}, {**mutant, "mutant": "survivor", "killed_by": []}],
            },
            "graded": {
                **{"caught": 1, "passed": 1, "below_resolution": 1, "otherwise": 1},
                "faults": [
                    {**fault, "words": word, "outcome": word, "resolution": 0.1 if word == "below resolution" else None}
                    for word in ("caught", "passes", "MISSED", "below resolution")
                ],
            },
            "gradient_checks": [
                gradient_check("CORRECT"),
                gradient_check("WRONG"),
                gradient_check("WRONG", causes=[]),
                gradient_check("CORRECT", "less", unmet="not certified, as is required: one point is not"),
            ],
        }
    )


@pytest.fixture
def holding(make: Callable[..., Record]) -> Record:
    """A run that holds."""
    return validate(make(verdicts=["CORRECT"] * 3))


@pytest.fixture
def schema() -> Callable[[str], Any]:
    """An official schema by its file name."""
    return lambda name: json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
