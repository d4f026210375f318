"""Commands that answer a question: `backproof completion | list | explain | doctor`.

Rooms, in reading order:

- `typed.py` the four commands, as click reads them
- `facts.py` what can be listed and explained, from where it is defined
- `listing.py` backproof list
- `explain.py` backproof explain
- `installed.py` packages, and whether their versions are within bounds
- `doctor.py` backproof doctor
- `completion.py` backproof completion

*Rule*: the facts come from where they are defined; nothing is checked, and no word is defined a second time.

Above both wings.
"""
