"""What the judge must answer, known beforehand: hand calculations, closed forms, values of another library, refusals.

Rooms, in reading order:

- `answers.py` asks: every example of the judge's own pages and of those below
- `number_systems.py` operations to the bit
- `functions.py` the rows of the function table
- `passes.py` the passes and the graph's doors
- `paths.py` paths and path sums
- `balls.py` ball arithmetic
- `roundings.py` rounding errors that run along
- `enclosures.py` what lies in, and exact derivatives
- `derivatives.py` certificates, hulls at kinks, differences
- `bounds.py` rounding bounds
- `comparisons.py` the judges, a hair below and above their bounds
- `cases.py` one case checked whole
- `counts.py` sums, gates and sentences

*Rule*: a page is a docstring, one part of the judge each; an expected value never comes from the part that is asked.

Wing of graphs; in the wing of code the corpus of `tests/corpus` has this part.
"""
