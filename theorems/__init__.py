"""What is claimed: the theorems of the lecture, as statements that `backproof.verify` checks and `backproof.reports`
shows. A theorem is data: equations between quantities that it is handed. `formal/` proves Theorems 1 and 2 in Coq.

Rooms, in reading order:

- `quantities.py` what the theorems speak of, each with its formula
- `theorem.py` a statement, its hypotheses, and its proof in steps
- `chain_rule.py` L2: the chain rule in three forms
- `jacobians.py` L3, L4, L7: what D is, the log-softmax, matrices
- `forward_pass.py` L12: the loop computes the global functions
- `path_sum.py` L15, Theorem 1: derivative = sum over paths
- `backward_pass.py` L16, Theorem 2: adjoint = sum over paths
- `adjoints.py` what follows for adjoints
- `derivation.py` L8: a global derivative rewritten, line by line
- `expansion.py` L8 as a theorem: every line has one value
- `printed_derivation.py` a derivation as text, LaTeX, MathML
- `notation.py` names as they stand in formulas
- `catalogue.py` all theorems, in the order of the lecture

*Rule*: computes no path sum, no difference and no verdict; asks for quantities.
"""
