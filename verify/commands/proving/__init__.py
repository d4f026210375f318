"""`backproof theorems`, with `theorems prove` and `theorems derivation`: what the lecture claims, checked, proved and
written out.

Rooms, in reading order:

- `typed.py` the three commands, as click reads them
- `theorems.py` backproof theorems
- `small_graphs.py` backproof theorems --exhaustive
- `derivation.py` backproof theorems derivation
- `prove.py` backproof theorems prove
- `mutants.py` backproof theorems prove --mutants

*Rule*: a command reads options, calls what is below, and returns an exit code; data to stdout, progress to stderr.

Above both wings.
"""
