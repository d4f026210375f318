"""What the judge must answer, known beforehand: hand calculations, closed forms, values of another library, refusals.

Rooms, in reading order:

- `answers.py` asks: every example of the judge's own pages and of those below

*Rule*: a page is a docstring, one part of the judge each; an expected value never comes from the part that is asked.

Wing of graphs; in the wing of code the corpus of `tests/corpus` has this part.
"""
