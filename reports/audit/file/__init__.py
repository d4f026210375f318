"""A results file taken apart, and its numbers derived again from each other.

Rooms, in reading order:

- `items.py` a document as numbers with paths
- `summary.py` the summary, counted again
- `results.py` the audit of a file

*Rule*: reads fields of the document by name; asks nothing of what made it.

Layer `reports`, above both wings.
"""
