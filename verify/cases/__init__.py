"""What is checked: a graph with numbers for its leaves and a cotangent. Cases are named, drawn, covered, written and
replayed here.

Rooms, in reading order:

- `size.py` the work that a case asks for
- `case.py` a graph, leaf values, a cotangent; as JSON
- `replay.py` a case in one line; a test to paste
- `reading.py` a replay line or a file, as a case
- `named.py` the cases of every run
- `lecture.py` the lecture's examples
- `digits.py` the network on handwritten digits
- `large.py` 1,025 consumers, entries, levels
- `choices.py` whole numbers drawn by a seed or by Hypothesis
- `families.py` who reads whom: chain, diamond, ladder …
- `recipes.py` how a row is given operands that fit
- `building.py` a random graph, evaluated while it is built
- `random_graphs.py` a plan filled with functions
- `coverage.py` which cells a run reached
- `reach.py` how large the graphs of a run are
- `tails.py` random cases that are large in one way
- `corners.py` broadcasts, constant conditions, outside the domain
- `draws.py` which case is number i of a seed

*Rule*: knows graphs and numbers, and counts paths for the coverage tables; never a verdict.

Wing of graphs; in the wing of code the inputs are `gradient_oracle/points.py`, `variants.py` and `settings.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

if TYPE_CHECKING:
    from backproof.verify.cases.case import Case, CaseError, make_case
    from backproof.verify.cases.draws import campaign_case, restricted_case
    from backproof.verify.cases.replay import from_replay_id, replay_id

__all__ = ["Case", "CaseError", "campaign_case", "from_replay_id", "make_case", "replay_id", "restricted_case"]

__getattr__ = door(
    __name__,
    {
        "Case": "case",
        "CaseError": "case",
        "campaign_case": "draws",
        "from_replay_id": "replay",
        "make_case": "case",
        "replay_id": "replay",
        "restricted_case": "draws",
    },
)
__dir__ = listed(__all__)
