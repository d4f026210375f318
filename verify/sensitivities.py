"""How a derivative answers to rounding: the same computation again with a random relative error of up to 2⁻⁶⁰ in every value, in balls.

`sensitivities` moves the values of the forward, hence tells what no backward can avoid; `unavoidable` moves those of a given backward, hence tells what its formula loses.

>>> answers = sensitivities(lift(lambda x: (x + 1e8) ** 2, (np.array([1.0]),)), np.array([1.0]))
>>> bool(1e7 < answers[0][0] < 1e9)
True
>>> smooth = sensitivities(lift(lambda x: x**2, (np.array([1.0]),)), np.array([1.0]))
>>> bool(smooth[0][0] > 3)
False
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.ball_arrays import arb, precision
from backproof.verify.check_floats import is_float
from backproof.verify.lifted_scalars import Scalar, Tape
from backproof.verify.lifting import Lifted, NotLifted, Undecided, lift, pull_back

Function: TypeAlias = Callable[..., Any]
BITS = 200
SAMPLES = 4
SMALL = 2.0**-60
FROM_THE_VALUE = frozenset({"tanh", "expit", "exp", "sqrt", "cbrt"})  # functions whose derivative everybody takes from their value
JOINT = frozenset({"solve", "inv", "det", "slogdet", "cholesky", "logdet", "lstsq", "pinv"})  # values that come from a factorization


def sensitivities(forward: Lifted, cotangent: Array, f: Function | None = None, args: Sequence[Any] = ()) -> list[Array]:
    """How much each derivative changes, per unit of relative error, if every value that the forward computes, or every argument, has a random relative error: the
    largest of four draws."""
    rng = np.random.default_rng(0)
    outputs = [output for output in forward.outputs if output is not None]
    cotangents = list(cotangent) if len(outputs) > 1 else [cotangent]
    exact = _swept(forward.tape, outputs, cotangents)
    worst = [np.zeros(array.shape) for array in exact]
    draws = [_swept(_shaken(forward.tape, rng), outputs, cotangents) for _ in range(SAMPLES)]
    if f is not None and any(rule.name in JOINT for rule, _, _ in forward.tape.nodes):
        draws += [moved for _ in range(SAMPLES) if (moved := _shaken_run(f, args, cotangent, rng)) is not None]
    for moved in draws:
        for largest, right, shaken in zip(worst, exact, moved, strict=True):
            for index in np.ndindex(right.shape):
                with precision(BITS):
                    difference: Any = shaken[index] - right[index]
                    change = abs(difference) / arb(SMALL)
                largest[index] = max(largest[index], float(change.mid()) if change.is_finite() else math.inf)
    return worst


def _swept(tape: Tape, outputs: Sequence[Array], cotangents: Sequence[Any]) -> tuple[Array, ...]:
    seeds: dict[int, Any] = {}
    with precision(tape.bits):
        for output, cotangent in zip(outputs, cotangents, strict=True):
            for x, seed in zip(output.reshape(-1).tolist(), np.asarray(cotangent, dtype=float).reshape(-1).tolist(), strict=True):
                if x.index >= 0:
                    seeds[x.index] = seeds.get(x.index, arb(0)) + arb(seed)
    return tape.gradient(seeds)


def _shaken(tape: Tape, rng: np.random.Generator) -> Tape:
    """The same computation again, every value times 1 ± 2⁻⁶⁰ or less."""
    new = Tape(tape.bits)
    new.shapes = tape.shapes
    signs = rng.uniform(0.25, 1.0, size=len(tape.nodes)) * rng.choice([-1.0, 1.0], size=len(tape.nodes))
    with precision(tape.bits):
        for (rule, operands, value), sign in zip(tape.nodes, signs, strict=True):
            moved = tuple(Scalar(new.nodes[x.index][2], x.index, new) if x.index >= 0 else x for x in operands)
            fresh = rule.value(*[x.value for x in moved]) if operands else value
            shaken = fresh * (1 + arb(float(sign) * SMALL))
            new.nodes.append((rule, moved, shaken))
            own = shaken if rule.name in FROM_THE_VALUE else fresh
            new.partials.append(rule.partials(own, *[x.value for x in moved]) if operands and own.is_finite() else None)
    return new


def unavoidable(backward: Lifted, args: Sequence[Any], like: Sequence[Array]) -> list[Array]:
    """How much each gradient changes, per unit of relative error, if every value that the backward computes has a random relative error: what its own formula loses in floats."""
    floats = [k for k, a in enumerate(args) if is_float(a)]
    outputs = list(backward.outputs)
    if len(outputs) == len(args):
        outputs = [outputs[k] for k in floats]
    rng = np.random.default_rng(1)
    worst = [np.zeros(array.shape) for array in like]
    for _ in range(SAMPLES):
        new = _shaken(backward.tape, rng)
        for largest, output in zip(worst, outputs, strict=False):
            if output is None or output.shape != largest.shape:
                continue
            for index in np.ndindex(largest.shape):
                x: Any = output[index]
                if x.index >= 0:
                    with precision(BITS):
                        change = abs(new.nodes[x.index][2] - x.value) / arb(SMALL)
                    largest[index] = max(largest[index], float(change.mid()) if change.is_finite() else math.inf)
    return worst


def _shaken_run(f: Function, args: Sequence[Any], cotangent: Array, rng: np.random.Generator) -> tuple[Array, ...] | None:
    """The derivative in a run of the code in which every value has a random relative error; None where a decision falls otherwise."""

    def shake(value: Any) -> Any:
        return value * (1 + arb(float(rng.uniform(-1, 1)) * SMALL))

    try:
        return pull_back(lift(f, tuple(args), bits=BITS, shake=shake), cotangent)
    except (NotLifted, Undecided, ArithmeticError, ValueError, TypeError):
        return None
