"""How the claims are checked: every route to a derivative, every judge, and the command line; and `check`, for other
people's backward passes. Two wings, one of graphs and one of other people's code, stand on one ground of numbers and
below one roof of results and commands.

Rooms, in reading order:

- `verdicts.py` the words in which every comparison ends
- `numbers` every number system beyond the engine's
- `paths` route 2: paths and the sums of their products
- `cases` what is checked: a graph with its numbers
- `derivatives` route 3: derivatives from values alone
- `rounding` how far floats may be off, on a graph
- `three_way` one case: the three routes, and its floats
- `blame` where a wrong gradient comes from
- `proofs` the theorems checked: by steps, on every small graph, by Coq
- `selftest` wrong engines and wrong verifiers
- `engine_oracle` somebody else's engine on trial
- `lift` code run on balls that remember how they were made
- `gradient_oracle` check(f, args, vjp): points, judge, words
- `results` from checked cases to the results document
- `campaign` many cases, resumable
- `commands` backproof verify | replay | theorems | oracle | selftest
- `strategies.py` Hypothesis: graphs(), cases(), arguments_for()
- `asserted.py` who hears of every assertion
- `gathering.py` the checks of tests as records
- `presentation.py` results as files, and everything public in a notebook
- `pytest_plugin.py` the fixture gradient_oracle, one report of a run
- `times.py` how long each part takes
- `time_limits.py` code that never comes back
- `foreign.py` somebody else's text in a sentence of ours
- `at_work.py` the case that is being worked on
- `doors.py` how a folder hands names on

*Rule*: a folder imports those before it only, and the wings do not meet (`tests/test_walls.py`).

>>> from backproof.verify import Verdict
>>> Verdict.CORRECT.value
'CORRECT'
>>> Verdict("fine")
Traceback (most recent call last):
    ...
ValueError: 'fine' is not a valid Verdict
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed
from backproof.verify.verdicts import Evidence, Reason, Verdict

if TYPE_CHECKING:
    from backproof.verify.gradient_oracle.check import assert_correct, check
    from backproof.verify.gradient_oracle.layers.check_layer import check_layer
    from backproof.verify.gradient_oracle.result import CheckResult

__all__ = ["CheckResult", "Evidence", "Reason", "Verdict", "assert_correct", "check", "check_layer"]

__getattr__ = door(
    __name__,
    {
        "CheckResult": "gradient_oracle.result",
        "assert_correct": "gradient_oracle.check",
        "check": "gradient_oracle.check",
        "check_layer": "gradient_oracle.layers.check_layer",
    },
)
__dir__ = listed(__all__)
