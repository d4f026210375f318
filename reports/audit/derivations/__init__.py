"""What follows from what, whichever document the numbers stand in: a case is cells here, with what its replay line
holds.

Rooms, in reading order:

- `ledger.py` what became of each number
- `floats.py` between which floats a computed number must lie
- `matrices.py` the numbers of a cell against their intervals
- `replay_lines.py` what a replay line holds
- `counts.py` what it determines by counting alone
- `shown.py` a case as it is shown
- `steps.py` the backward pass
- `path_sums.py` the sum over all paths
- `routes.py` the three routes to each derivative

*Rule*: standard library only; no tolerance: every interval follows from the roundings behind a number, and goes outward.

Layer `reports`, above both wings.
"""
