"""How far floats may be off on a graph: S = Σ|ṗ_v|·e_v + Σ|u̇|·ε, derived operation by operation. Nothing in it is
fitted.

Rooms, in reading order:

- `second_derivatives.py` how adjoints answer to an error, on a graph
- `bounds.py` S for the adjoints of a graph
- `higher_order.py` what is not linear in the errors
- `textbook.py` what other people's formulas may lose

*Rule*: knows the engine's functions and cases; never a path, never the float that it is going to judge.

Wing of graphs; the same files stand in `lift/rounding/` for a tape.
"""
