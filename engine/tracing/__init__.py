"""NumPy code as a graph: it runs once on arrays that record, which know shapes and no values. What has no row in the
function table is refused with the user's line.

Rooms, in reading order:

- `tracer.py` trace(f, *args): NumPy code as a Graph
- `arrays.py` arrays that record
- `ufuncs.py` which ufuncs, and their rows
- `functions.py` which functions, and their rows
- `dispatch.py` what a ufunc or a function becomes
- `places.py` where in the user's code

*Rule*: never evaluates the user's function on numbers.

Layer `engine`; in `verify` the front end for code is `lift/numpy_code/`.
"""
