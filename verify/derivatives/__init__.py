"""Route 3: derivatives of the global functions from values of f alone. Differences are a witness with an error
estimate, enclosures a judge with a bound.

Rooms, in reading order:

- `directions.py` named random directions for large graphs
- `stencil.py` two one-sided differences: slope, estimate, kink
- `differences.py` mpmath differences with their own estimate
- `polydiscs.py` one ball, one step ih, Cauchy's bound
- `enclosures.py` what is proved, and which values lie in it
- `certificates.py` shrink the ball until it is proved
- `kinks.py` at an exact kink: the hull of the sides
- `exact.py` over the rationals

*Rule*: knows values of f; never a Jacobian (`jacobians`, `local_jacobian`, a row's `.jacobian`), never `backward`,
never a path.

Wing of graphs; in the wing of code the certified derivative is `lift/lifted.py: pull_back`, kinks are
`gradient_oracle/kinks.py`.
"""
