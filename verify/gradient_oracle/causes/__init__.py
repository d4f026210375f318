"""What kind of fault a wrong gradient has, by prediction: each hypothesis says what the gradients would be, and is named
only if that is what was found.

Rooms, in reading order:

- `cause.py` a fault as data, with its place
- `fitting.py` whether a prediction explains what was found
- `edges.py` a forward pass as edges with lines
- `observed.py` what is to be explained
- `shapes.py` gradients of another shape
- `alone.py` one gradient by itself
- `rows.py` rows, columns, slices and sums of one gradient
- `moved.py` entries of one gradient at other places
- `sums.py` sums of some of the contributions to one gradient
- `together.py` all wrong gradients at once
- `places.py` places in the forward pass
- `sweeps.py` derivatives and adjoints of all numbers, for several cotangents
- `turned.py` what flows back into an operation in another order
- `crossed.py` sums along the wrong axis
- `slopes.py` local derivatives of one operation
- `instead.py` another expression in the place of a local derivative
- `masks.py` multiples of the cotangent, entry by entry
- `separate.py` gradients whose entries depend on their own entry alone
- `flows.py` the vertex through which all of the error flows

*Rule*: sees edges and arrays only; the user's code runs through `Observed.asked` alone.

Wing of code; its pair in the wing of graphs is `blame/`.
"""
