"""`check(f, args, vjp)`: which points, how one is judged, what is said. A user's question never leaves this folder but
for `lift/`.

Rooms, in reading order:

- `check.py` check and assert_correct
- `result.py` the answer, with its evidence
- `exploration.py` which points, in which order
- `looking.py` one point: whether it counts
- `points.py` a point; the other side of a decision
- `variants.py` points that do not depend on the code
- `settings.py` other strides, modes, words
- `judge.py` one point: run, lift, sides, formula, floats
- `running.py` what is asked at a point; forward and backward in plain floats
- `lifted_runs.py` the same on lifted numbers: the only file that knows a front end
- `kinks.py` derivatives on the sides of a tie
- `ties` many ties: which belong together, what is a mixture
- `formula.py` first tier: is the formula right
- `floats.py` second tier: are the floats good enough
- `excuses.py` what it is the derivative of, where it is not that of the forward
- `opaque.py` where the forward cannot be lifted
- `by_differences.py` a chosen point that is not followed: by differences alone
- `findings.py` what was found, worst first; notes
- `words.py` explain()
- `shown` repr and str of a result
- `diagnosis.py` what kind of fault, at which line
- `forward_edges.py` the forward pass as edges with lines
- `causes` kinds of faults, by prediction
- `aimed` the decisions of the code, and what is aimed at by reading it
- `given` what the caller gives: taken or refused
- `handed` trees, several outputs, data, random forwards: flat functions of them
- `layers` check_layer(make, x): layers by their own protocol
- `differences` slopes from values, and their noise
- `conventions` where a gradient is a matter of convention
- `excused` what differs from the derivative without a fault of the formula
- `plain` decisions on sizes, dtypes, types and words
- `planned` what was planned, and what was not judged
- `probes` the protocol of a backward pass, nineteen ways to call it

*Rule*: sees lifted code as a `Lifted` only; nothing that was not decided is called right.

Wing of code; its pairs in the wing of graphs are `three_way/` (judge, floats), `derivatives/kinks.py`, `blame/`
(diagnosis, words).
"""
