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
- `suggestions.py` what was meant by a word that is not known
- `oracle.py` backproof oracle
- `selftest.py` backproof selftest
- `words_on_trial.py` its trial of the suite's words
- `graded.py` backproof selftest --graded
- `limits.py` backproof limits
- `documents` backproof report
- `proving` backproof theorems, and the two commands that follow it
- `guide` commands that answer questions: completion, list, explain, doctor

*Rule*: a command reads options, calls what is below, and returns an exit code; data to stdout, progress to stderr.

Above both wings.
"""
