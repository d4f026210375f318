"""What Python shows of a result: a line, and a screen; all of it is `explain()`.

Rooms, in reading order:

- `digits.py` where two numbers part
- `screen.py` a result in one line, and in at most 25

*Rule*: reads a result, and decides nothing.

Wing of code.
"""
