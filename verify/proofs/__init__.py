"""The theorems checked: step by step on cases, on every small graph, by Coq for all graphs. Each side of a step is
computed on its own route.

Rooms, in reading order:

- `steps.py` both sides of every step compared
- `within_limits.py` INCONCLUSIVE where time or memory is up
- `quantities.py` what a theorem speaks of, for one case; joined of four parts:
- `graph_quantities.py` the graph without a number
- `point_quantities.py` what the passes leave, and derivatives from values
- `path_quantities.py` sums over its paths
- `changed_quantities.py` adjoints on changed graphs, and from other seeds
- `witnesses.py` derivatives that never see a Jacobian
- `measured.py` matrices that carry their error
- `skeletons.py` graphs without functions, and changes of them
- `every_graph.py` every graph of a size, with the words of its paths
- `exhaustive.py` the backward pass on symbols on each of them, in blocks
- `derivations.py` every line of L8 evaluated
- `random_points.py` an identity at a random point
- `development.py` the Coq files: what they state
- `coq` sources, compiled files and axioms, read below the printer
- `coq_audit.py` compile, and compare with what was reviewed
- `mutants.py` sneaky changes of the proofs, which must be refused
- `translation.py` what the engine leaves, as a table for Coq
- `texts.py` the same for n = 6, as short texts

*Rule*: supplies quantities to theorems that know nothing of it; never claims more than its number system shows.

Wing of graphs; code has no theorems.
"""
