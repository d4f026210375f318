"""What differs from the derivative without a fault of the formula, and by what certificate: literals that the backward
leaves out.

Rooms, in reading order:

- `guards.py` which literals explain a difference, if they are left out of the forward
- `sweeps.py` whether a difference is within what a reverse sweep may lose
- `near_guards.py` points beside one without a finite gradient, at which guards act

*Rule*: nothing is excused by its looks; every excuse is a derivative that was computed again, and is said.

Wing of code; in the other nothing is excused.
"""
