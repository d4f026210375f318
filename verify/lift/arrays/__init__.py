"""Arrays of lifted scalars, and what functions of arrays become. Every front end uses them.

Rooms, in reading order:

- `arrays.py` arrays of scalars
- `dtypes.py` the dtype that code sees
- `reductions.py` sum, var, max, quantile
- `functions.py` clip, where, interp …
- `linalg.py` products, inverses, determinants
- `factors.py` Cholesky, QR, least squares
- `norms.py` norms, trace, outer
- `spectra.py` eigenvalues, singular values
- `exponential.py` exp of a matrix
- `table.py` all rules for functions of arrays
- `dispatch.py` what a ufunc or a function becomes

*Rule*: NumPy's own code sees plain object arrays only; imports no front end.

Wing of code; the engine's functions of arrays are `engine/functions/`.
"""
