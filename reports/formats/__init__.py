"""A results document in the formats that other programs read: plain functions, from the document to text.

Rooms, in reading order:

- `places.py` lines of somebody's code at which there is a fault
- `outcomes.py` everything that a document says was judged, one by one
- `junit.py` JUnit XML
- `ctrf.py` Common Test Report Format
- `sarif.py` SARIF 2.1.0
- `markdown.py` Markdown, short enough for a step summary
- `rows.py` CSV, a row an outcome
- `badge.py` a badge
- `github.py` annotations and the step summary of a runner

*Rule*: what is INCONCLUSIVE, or was not checked, is a pass in none of them.

Layer `reports`, above both wings.
"""
