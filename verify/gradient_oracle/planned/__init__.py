"""What a check plans to look at: what was not judged and why, smaller arguments where the given ones are too large, a
sign of life.

Rooms, in reading order:

- `effort.py` how much a check may do
- `unjudged.py` points that were not judged, counted by their reason
- `smaller.py` the same arguments with fewer entries
- `sign_of_life.py` a line on the terminal while a check runs

*Rule*: counts and sizes only; which points there are is decided in `exploration.py`.

Wing of code; a campaign counts its cases in `results/settings.py`.
"""
