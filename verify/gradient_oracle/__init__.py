"""`check(f, args, vjp)`: which points, how one is judged, what is said. A user's question never leaves this folder but
for `lift/`.

Rooms, in reading order:

- `check.py` check and assert_correct
- `result.py` the answer, with its evidence
- `exploration.py` which points, in which order
- `looking.py` one point: whether it counts
- `points.py` a point; the other side of a decision
- `decisions.py` which outcomes were seen, and what to aim at next
- `variants.py` points that do not depend on the code
- `settings.py` other strides, modes, words
- `judge.py` one point: run, lift, sides, formula, floats
- `running.py` what is asked at a point; forward and backward in plain floats
- `lifted_runs.py` the same on lifted numbers: the only file that knows a front end
- `kinks.py` derivatives on the sides of a tie
- `formula.py` first tier: is the formula right
- `floats.py` second tier: are the floats good enough
- `opaque.py` where the forward cannot be lifted
- `findings.py` what was found, worst first; notes
- `words.py` explain()
- `diagnosis.py` what kind of fault, at which line
- `forward_edges.py` the forward pass as edges with lines
- `causes` kinds of faults, by prediction
- `reproduction.py` lines to paste
- `given` what the caller gives: taken or refused
- `plain` decisions on sizes, dtypes, types and words
- `planned` what was planned, and what was not judged
- `probes` the protocol of a backward pass, nineteen ways to call it

*Rule*: sees lifted code as a `Lifted` only; nothing that was not decided is called right.

Wing of code; its pairs in the wing of graphs are `three_way/` (judge, floats), `derivatives/kinks.py`, `blame/`
(diagnosis, words).
"""
