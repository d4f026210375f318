"""Where a wrong gradient comes from: every fault in one place predicts a change of the path sum, and those that explain
what was found are the diagnosis.

Rooms, in reading order:

- `diagnosis.py` where a wrong gradient comes from
- `candidates.py` what can be wrong in one place
- `predictions.py` what each wrong place does to the gradients
- `wrong_passes.py` a backward pass run again with a fault
- `from_gradients.py` which candidates explain the observed entries
- `from_adjoints.py` with every adjoint: where it begins
- `single_faults.py` which single places explain them, in graphs of any size
- `from_values.py` faults that only values show
- `alike.py` what cannot be told apart, and what would split it
- `uses.py` faults of whole engines, in the uses of an operand
- `contributions.py` which contributions arrived, of whatever consumer
- `causes.py` what a fault says of all graphs
- `hypotheses.py` every hypothesis that explains one graph
- `cover.py` the fewest causes of all failures
- `proposals.py` a better input where a fault could hide
- `words.py` a candidate as a sentence and an equation

*Rule*: explains a failure that others found; never decides a verdict.

Wing of graphs; in the wing of code `gradient_oracle/diagnosis.py` and `words.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

if TYPE_CHECKING:
    from backproof.verify.blame.diagnosis import Diagnosis, blame, diagnose

__all__ = ["Diagnosis", "blame", "diagnose"]

__getattr__ = door(__name__, {"Diagnosis": "diagnosis", "blame": "diagnosis", "diagnose": "diagnosis"})
__dir__ = listed(__all__)
