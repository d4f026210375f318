"""What differs from the derivative without a fault of the formula, and by what certificate: literals that the backward
leaves out, and expressions that no float tells apart; and what seems to be a derivative and is none.

Rooms, in reading order:

- `guards.py` which literals explain a difference, if they are left out of the forward
- `sweeps.py` whether a difference is within what a reverse sweep may lose
- `near_guards.py` points beside one without a finite gradient, at which guards act
- `branches.py` choices between expressions that no float tells apart
- `isolated.py` branches that hold on no open set

*Rule*: nothing is excused by its looks; every excuse is a derivative that was computed again, and is said.

Wing of code; in the other nothing is excused.
"""
