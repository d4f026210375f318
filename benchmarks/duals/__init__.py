"""Values and derivatives of graphs by rules of their own, for the hostile graphs of `containment`.

- `arithmetic.py` a `Dual`, and what numbers and arrays of them need
- `entrywise.py` the rows that work entry by entry, edges and kinks included
- `arrays.py` the rows that combine or move entries
- `graph.py` the rules by name, and a whole graph: `duals`
"""
