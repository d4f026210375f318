"""From checked cases to the results document, which is all that reports see. It holds no times, no dates and no
machine: the same seed gives the same bytes.

Rooms, in reading order:

- `shard.py` a share of the places of a run
- `settings.py` what was asked for
- `versions.py` versions of packages
- `shares.py` a share of what is allowed, written and read
- `counts.py` planned, judged, certified, not judged
- `case_detail.py` what the report draws of a case
- `case_record.py` one case as a record
- `faults.py` what a failing case says of its cause
- `source_lines.py` the line of code that a place names
- `check_record.py` one check of code as a record
- `derivations.py` derivations as data
- `proofs.py` the state of the proofs as data
- `ledger.py` what many cases say of each step
- `tally.py` the running summary
- `summed.py` a line that says whether it is whole
- `lines.py` finished cases on disk
- `finished_blocks.py` finished blocks of graphs on disk
- `listed_case.py` a case of a results file, by its id
- `document.py` the results document of a run
- `whole.py` shards put together

*Rule*: turns what was decided into plain data and words; decides nothing.

Above both wings.
"""
