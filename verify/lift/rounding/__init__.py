"""How far the floats of code may be off: S = Σ|ṗ_v|·e_v + Σ|u̇|·ε, on a tape. Nothing in it is fitted.

Rooms, in reading order:

- `counts.py` roundings of each operation of a tape
- `second_derivatives.py` how adjoints answer to an error, on a tape
- `bounds.py` S for the gradient of code
- `higher_order.py` whether first order holds
- `margins.py` how far off a decision may be in floats
- `copies.py` what cancels among the copies of a number that is broadcast
- `saturation.py` whether digits are lost because arguments are small

*Rule*: knows a `Lifted` and its tape, no front end; never the float that it is going to judge.

Wing of code; the same files stand in `verify/rounding/` for a graph.
"""
