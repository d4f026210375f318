"""The core of lifting, without NumPy's protocol: a ball that remembers, the tape, the reverse sweep, one rule for each
function, and every decision with its line.

Rooms, in reading order:

- `rule.py` what is known of one function: value, partials, roundings
- `elementary.py` the rows of NumPy's functions
- `special.py` the rows of scipy.special
- `rules.py` all rules by name
- `front.py` what a front end hands to scalars and arrays
- `tape.py` a ball that remembers; the tape; the sweep
- `exact.py` plain numbers as balls
- `arithmetic.py` sums and products of scalars
- `decisions.py` comparisons, recorded
- `slopes.py` how ties fall along a direction
- `kinks.py` maximum, abs, floor: functions that decide
- `copies.py` numbers through bytes, and back
- `literals.py` plain numbers that may be guards, and runs without them
- `operators.py` +, <, abs of a scalar
- `reads.py` a decision with its line; the errors of lifting
- `errors.py` what went wrong, in words

*Rule*: an operation adds a node only if a lifted number goes in; imports neither `arrays` nor a front end. A rule that
says nothing of its roundings is none.

Wing of code; a graph of the engine takes the tape's place in the other.
"""
