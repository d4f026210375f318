"""Many ties at one point: which of them belong together, and which gradients are a mixture of the derivatives on their
sides.

Rooms, in reading order:

- `groups.py` ties that share an entry of the gradient are one kink, with a hull of its own
- `along.py` where one kink has too many sides: slopes along directions
- `mixtures.py` whether gradients are a mixture

*Rule*: derivatives come from runs of the forward alone; what a backward returns is seen in `mixtures.py` only.

Wing of code; a graph takes the sides of its kinks in `derivatives/kinks.py`.
"""
