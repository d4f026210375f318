"""The protocol of a backward pass: eighteen ways to call it, besides the plain one. Each probe is one row.

Rooms, in reading order:

- `probes.py` the protocol: eighteen ways to call
- `calls.py` a call in isolation
- `layouts.py` cotangents of every layout

*Rule*: calls the code on trial in plain floats; judges only against the plain call.

Wing of code; engines are probed in `engine_oracle/trial.py`.
"""
