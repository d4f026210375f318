"""Where a gradient is a matter of convention, and which one a backward keeps.

Rooms, in reading order:

- `symmetric.py` the gradient by a symmetric matrix

*Rule*: a convention is one only where the forward shows that it must be, and it is noted; knows functions and runs, and
no point.

Wing of code; the graphs have no function that reads a part of its operand.
"""
