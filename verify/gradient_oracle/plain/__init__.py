"""Decisions on what is no lifted number: sizes, ranks, dtypes, types, words. Which outcomes were seen, and arguments that
show the others.

Rooms, in reading order:

- `conditions.py` what is asked where, from the bytecode
- `tracing.py` which outcomes a run takes
- `constants.py` the whole numbers that sizes are held against
- `candidates.py` other sizes, dtypes, types, settings
- `values.py` other values of floats, where no forward can be followed
- `positions.py` whether whole numbers are read as positions
- `held.py` arrays that functions hold, and their sizes
- `whole_numbers.py` which outcomes comparisons of whole numbers have
- `screening.py` one candidate in plain floats: does it fit a difference
- `search.py` what was seen, what to judge, what is missing

*Rule*: it chooses and sieves; what is wrong is for the judge above to say.

Wing of code; numbers have their decisions in `gradient_oracle/aimed/decisions.py`, graphs have none.
"""
