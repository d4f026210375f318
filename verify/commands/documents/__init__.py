"""`backproof report`: results files rendered again, in every format.

Rooms, in reading order:

- `typed.py` the click command
- `asked.py` what it was asked for
- `targets.py` where each format goes, and what makes it
- `reading.py` results files, read and refused
- `merging.py` shards put together
- `audited.py` backproof report --audit
- `report.py` backproof report

*Rule*: what it shows is a function of the files alone; no case is run or judged again.

Above both wings.
"""
