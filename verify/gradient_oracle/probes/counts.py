"""Many calls with the same arguments: a backward pass that is right for the first calls, and another one from the n-th
on.

Only code that holds something that changes from call to call can know how many there were (`remembered.py`): that is
called again, and any other is not. Where a call is dear there are fewer of them.

>>> def until(n):
...     calls = [0]
...     def vjp(args, out, ct):
...         calls[0] += 1
...         return (ct if calls[0] < n else 2 * ct,)
...     return Call(lambda x: 1.0 * x, vjp, (np.ones(2),), np.ones(2), (np.ones(2),), (), 1.0, held=held_by([vjp]))
>>> early, late = until(700), until(7000)
>>> _ = early.backward((), None, 1.0), late.backward((), None, 1.0)
>>> probe = Probe("many calls", "called many times", many_calls)
>>> for found in many_calls(early, probe):
...     print(found.sentence)
after 698 more calls with the same arguments, entry [0] of the gradient is 2.0 instead of 1.0
>>> many_calls(late, probe)
[]
"""

from __future__ import annotations

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.probes.calls import Call, Probe, ProtocolFinding, changes, copied, is_as_alone
from backproof.verify.gradient_oracle.probes.remembered import has_changed, held_by

CALLS = 1024  # chosen, as for the sizes of engines: beyond, nothing is promised
FEWEST = 64  # chosen: of calls that are dear
WORK = 1_000_000  # chosen: numbers in the arguments of all these calls together


def many_calls(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """The first change after many calls of both passes."""
    if call.held is None or not has_changed(call.held, held_by([call.f, call.vjp])):
        return []
    entries = sum(np.size(a) for a in call.args)
    first = np.array(call.forward(), copy=True)
    if np.asarray(call.forward()).tobytes() != first.tobytes():  # which has a probe of its own
        return []
    for count in range(min(CALLS, max(FEWEST, WORK // max(1, entries)))):
        args = copied(call.args)
        out = contained(call.f, *args)
        if np.asarray(out).tobytes() != first.tobytes():
            return [
                ProtocolFinding(
                    probe.name, None, f"after {count + 1:,} more calls with the same arguments, the forward gives another result"
                )
            ]
        gradients = call.backward(args, out, call.cotangent.copy())
        if not is_as_alone(call, gradients):
            found = changes(probe, f"after {count:,} more calls with the same arguments, ", call, gradients, exact=True)
            if found:
                return found
    return []
