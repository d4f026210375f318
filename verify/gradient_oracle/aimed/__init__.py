"""What is aimed at by reading the code: where it decides, and what it decides on.

Rooms, in reading order:

- `decisions.py` which outcomes were seen, and what to aim at next
- `steps.py` one step towards a decision
- `visits.py` every decision exactly on it and just across
- `matrices.py` equal and zero eigenvalues and singular values
- `captured.py` what functions hold beside their arguments
- `others_held.py` whole numbers that they hold, with other entries
- `sizes.py` whether another size is one that a backward is meant for
- `further.py` what comes after the sides that were never seen

*Rule*: proposes points and says what was missed; whether a backward is wrong there is for the judge to say.

Wing of code; decisions on sizes, dtypes, types and words have `plain/`, graphs have none.
"""
