"""The front end for plain NumPy code: the user's functions with other globals, so that what they call is lifted.

Rooms, in reading order:

- `lifting.py` run NumPy code on lifted numbers
- `globals.py` somebody's functions with other globals
- `classes.py` somebody's classes, with other methods while they run
- `wrappers.py` functools around lifted functions
- `objects.py` copies of containers and objects
- `replacements.py` np.zeros, math.exp in patched code
- `complex_arrays.py` np.zeros(n, complex) in patched code
- `types.py` float and isinstance in patched code
- `stand_ins.py` np.ndarray(shape) in patched code
- `draws.py` random numbers
- `iterating.py` np.nditer
- `guards.py` SciPy without a rule
- `plain_numbers.py` math and plain scipy.special
- `scipy_linalg.py` scipy.linalg by name
- `sparse_matrices.py` sparse matrices of SciPy
- `sparse_arithmetic.py` what they compute
- `scipy_sparse.py` scipy.sparse by name
- `filters.py` scipy.signal and scipy.ndimage by name
- `distributions.py` scipy.stats.norm

*Rule*: whatever code reads or calls has the answer that it has in floats, or is refused by name.

Wing of code; in the wing of graphs `engine/tracing/` is the front end.
"""
