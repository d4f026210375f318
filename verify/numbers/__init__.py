"""Every number system beyond the engine's, one file each, with what all of them need to be fast. Both wings stand on
this ground.

Rooms, in reading order:

- `precision.py` with how many digits and bits every route works
- `ball_arrays.py` operations on single balls as operations on arrays
- `balls.py` ball arithmetic as number systems: real arb, complex acb
- `written_balls.py` balls as plain numbers: a middle and a radius
- `matrices.py` matrices in the form a system multiplies fastest
- `dual_numbers.py` value and exact derivative over the rationals
- `tangents.py` float64 with a tangent
- `float_model.py` the standard model of floats: u, η, γ, the library, ulps
- `variations.py` how far a function can vary where its operands are off
- `running_errors.py` float64 with a bound of its rounding error
- `modular.py` whole numbers modulo a prime

*Rule*: knows no graph of ours, no path, no case and nobody's code; it imports the engine's number systems only.

Ground, below both wings.
"""
