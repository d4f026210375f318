"""Arrays of lifted scalars, and what functions of arrays become. Every front end uses them.

Rooms, in reading order:

- `arrays.py` arrays of scalars
- `whole.py` arrays of whole numbers and truth values
- `flags.py` their flags
- `dtypes.py` the dtype that code sees
- `reductions.py` sum, var, max, quantile
- `functions.py` clip, where, cov …
- `lookups.py` interp, searchsorted, gradient …
- `linalg.py` products, inverses, determinants
- `factors.py` Cholesky, QR, least squares
- `norms.py` norms, trace, outer
- `spectra.py` eigenvalues, singular values
- `convolutions.py` convolutions by their definition
- `complex_numbers.py` complex numbers as pairs
- `complex_functions.py` what functions of them become
- `transforms.py` Fourier transforms by their definition
- `exponential.py` exp of a matrix
- `ufuncs.py` what a ufunc becomes
- `subclasses.py` views, np.matrix, subclasses of ndarray
- `dispatch.py` what a function becomes; all that arrays ask of a front end

*Rule*: NumPy's own code sees plain object arrays only; imports no front end.

Wing of code; the engine's functions of arrays are `engine/functions/`.
"""
