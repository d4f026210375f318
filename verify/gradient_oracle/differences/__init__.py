"""Slopes from values alone, where nothing can be followed: their estimates, the noise of values, the tolerances of
solvers.

Rooms, in reading order:

- `slopes.py` the slope along a line, with an estimate that knows kinks and jumps
- `noise.py` how rough values are
- `comparison.py` a gradient beside a slope
- `tolerances.py` where a forward stops by itself

*Rule*: values of functions only, never a gradient that they are compared with.

Wing of code; its pair in the wing of graphs is `derivatives/differences.py`.
"""
