"""Route 2: the directed paths of a graph, and the sums of their products (L15). `sums.py` is the definition, against
which the faster three are tested.

Rooms, in reading order:

- `enumeration.py` counts, and all paths by networkx
- `magnitudes.py` the scale of the rounding errors of a path sum
- `sums.py` the definition: every path multiplied out by itself
- `products.py` the product of every path, one after the other
- `blocks.py` all pairs from one enumeration
- `frontier.py` many paths, every one a column
- `factored.py` beyond enumeration, labelled so
- `choice.py` which of them a count asks for

*Rule*: knows edge Jacobians D and paths; never a backward pass, never a value of f, never a derivative from values.

Wing of graphs; somebody's code has no paths of its own, the edges of its forward pass are in
`gradient_oracle/forward_edges.py`.
"""
