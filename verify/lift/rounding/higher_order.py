"""Whether a bound of first order holds: derivatives at values that are moved by the errors of floats,
`sampled_derivatives(sweep, cotangent)`.

To first order, errors in the values of a forward move a derivative by Σ ṗ_v·e_v. Where they are so large that the
function bends on the way (the cosine of 10⁹ in float32, whose argument is off by 60), or where ṗ_v happens to be 0,
that says nothing. So the forward runs again, each of its values moved up or down by its bound e_v, or by a share of it
(a sine may come round again): if a derivative moves by more than the bound of first order, nothing is decided. Samples
prove nothing; they only take back a judgement.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
>>> def sampled(f, x):
...     samples = sampled_derivatives(reverse_sweep(lift(f, (x,)), np.ones(x.shape)), np.ones(x.shape))
...     return [float(sample[0][0].mid()) for sample in samples]
>>> moved = sampled(lambda x: np.sin(np.pi * x), np.array([1e8], dtype=np.float32))
>>> max(moved) - min(moved) > 1
True
>>> all(abs(slope - np.pi) < 1e-10 for slope in sampled(lambda x: np.sin(np.pi * x), np.array([2.0])))
True
>>> sampled(lambda x: x + y, np.array([2.0]))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: NameError on lifted numbers: name 'y' is not defined ...
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.lift.tape.tape import Tape
from backproof.verify.numbers.ball_arrays import arb, precision

SAMPLES = 8  # chosen: half of them to the ends of the errors, half in between; each costs a run


def sampled_derivatives(sweep: ReverseSweep, cotangent: Array) -> list[tuple[Array, ...]] | None:
    """The derivatives of `SAMPLES` runs, for every lifted input; None where one of them takes another way than the run
    of the sweep."""
    nodes, table = sweep.tape.nodes, sweep.table
    errors = [table.value(v)[0] + table.units[v].tiny if operands else 0.0 for v, (_, operands, _) in enumerate(nodes)]
    names = [rule.name for rule, _, _ in nodes]
    rng = np.random.default_rng(0)
    found: list[tuple[Array, ...]] = []
    for sample in range(SAMPLES):
        shares = rng.uniform(-1.0, 1.0, len(errors)) if sample % 2 else rng.choice((-1.0, 1.0), len(errors))
        moves = (shares * errors).tolist()
        numbers = count()

        def shake(value: Any, moves: list[float] = moves, numbers: count[int] = numbers) -> Any:
            place = next(numbers)
            return value + arb(moves[place]) if place < len(moves) and moves[place] else value

        try:
            run = sweep.forward.again(bits=sweep.tape.bits, shake=shake)
        except (NotLifted, Undecided, ArithmeticError, ValueError):
            return None
        if [rule.name for rule, _, _ in run.tape.nodes] != names:
            return None
        _move_operands(sweep, run.tape, rng)
        found.append(pull_back(run, cotangent))
    return found


def _move_operands(sweep: ReverseSweep, tape: Tape, rng: np.random.Generator) -> None:
    """Functions that are exact for operands which are off have the partials of such operands."""
    with precision(tape.bits):
        for v, (rule, operands, _) in enumerate(tape.nodes):
            off = sweep.table.backward(v) if operands else None
            if off is not None and any(off):
                moved = [x.value + arb(float(rng.choice((-1.0, 1.0))) * error) for x, error in zip(operands, off, strict=True)]
                tape.partials[v] = rule.partials(rule.value(*moved), *moved)
