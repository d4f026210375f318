"""`backproof verify | replay | theorems | oracle | selftest | limits | report`, one file each. Nothing heavy is imported
before a command runs.

Rooms, in reading order:

- `main.py` the click commands
- `options.py` what each command was asked for
- `parameters.py` the options that several commands have, as click reads them
- `exit_codes.py` pytest's
- `signals.py` Ctrl-C and SIGTERM where nothing is kept
- `outputs.py` outputs checked and claimed before a command begins
- `last_resort.py` what nobody foresaw
- `session.py` Ctrl-C, the files, the end of a command
- `verify.py` backproof verify
- `replay.py` backproof replay
- `theorems.py` backproof theorems
- `small_graphs.py` backproof theorems --exhaustive
- `derivation.py` backproof theorems derivation
- `prove.py` backproof theorems prove
- `proof_mutants.py` backproof theorems prove --mutants
- `oracle.py` backproof oracle
- `selftest.py` backproof selftest
- `words_on_trial.py` its trial of the suite's words
- `graded.py` backproof selftest --graded
- `limits.py` backproof limits
- `documents` backproof report

*Rule*: a command reads options, calls what is below, and returns an exit code; data to stdout, progress to stderr.

Above both wings.
"""
