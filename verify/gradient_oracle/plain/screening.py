"""One candidate in plain floats: which outcomes it takes, and whether the gradients fit a difference of the forward.
`Screening.look(args)`.

This is a sieve, not a judge: what fits is counted as compared with differences alone, and what does not fit goes to the
judge. One random direction of all floats together, differences at two small steps, extrapolated.

>>> x = np.array([0.3, -1.2, 0.8])
>>> def looked_at(backward):
...     return Screening(np.sin, backward, np.random.default_rng(0)).look((x,)).state
>>> looked_at(lambda args, out, ct: (ct * np.cos(args[0]),)), looked_at(lambda args, out, ct: (ct * np.cos(args[0]) * 1.001,))
(<State.FITS: 'fits'>, <State.DOUBTFUL: 'doubtful'>)
>>> Screening(lambda x: x[7], lambda args, out, ct: (ct,), np.random.default_rng(0)).look((x,)).state
<State.REFUSED: 'refused'>
>>> Screening(np.sin, np.cos, None).look((x,))
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'normal'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.given.outputs import is_output
from backproof.verify.gradient_oracle.plain.tracing import Known, Outcome, Trace
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import PASSING

STEP = 2.0**-17  # chosen, of the largest entry in float64: roundings of 10⁻¹¹ and a remainder of 10⁻¹¹, with few kinks so near
ESTIMATES = 20.0  # chosen: how many of its own estimates a difference may be off
FITS = 1e-6  # chosen, of the size of the terms, in float64: a fault of one branch is seldom smaller
SENSIBLE = 1e12  # as of the points that are judged: larger outputs are sentinels, or overflow


class State(Enum):
    """How a candidate looks."""

    REFUSED = "refused"  # f does not take it
    FITS = "fits"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Screened:
    """The outcomes that `forward` and `backward` took, and how it looks; in `words` what is wrong before all values."""

    state: State
    forward: tuple[Outcome, ...] = ()
    backward: tuple[Outcome, ...] = ()
    words: str = ""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Those of both."""
        return self.forward + self.backward


@dataclass(eq=False)
class Screening:
    """Somebody's two passes, the domain of the first, and what is `known` of their code."""

    f: Function
    vjp: Function
    rng: np.random.Generator
    domain: Callable[..., bool] | None = None
    known: Known = field(default_factory=Known)

    def look(self, args: tuple[Any, ...], compare: bool = True) -> Screened:
        """Run both, follow them, and compare. What the code raises is no error here; limits pass."""
        forward, backward = Trace(self.known), Trace(self.known)
        with np.errstate(all="ignore"):
            try:
                if self.domain is not None and not contained(self.domain, *args):
                    return Screened(State.REFUSED)
                with forward.on():
                    out = contained(self.f, *_copies(args))
            except PASSING:
                raise
            except Exception:
                return Screened(State.REFUSED, forward.taken())
            if not self._is_sensible(out, args):
                return Screened(State.REFUSED, forward.taken())
            cotangent = np.asarray(self.rng.normal(size=np.shape(out)), dtype=np.asarray(out).dtype)
            try:
                with backward.on():
                    returned = contained(self.vjp, _copies(args), out, cotangent.copy())
            except PASSING:
                raise
            except Exception as error:
                words = f"the backward raises {what_it_raised(error)}"
                return Screened(State.DOUBTFUL, forward.taken(), backward.taken(), words)
            gradients, words = _gradients_of(returned, args)
            fits = not words and (not compare or self._fits(args, gradients, cotangent))
            return Screened(State.FITS if fits else State.DOUBTFUL, forward.taken(), backward.taken(), words)

    def _is_sensible(self, out: Any, args: Sequence[Any]) -> bool:
        if not is_output(out):
            return False
        values = np.abs(np.asarray(out, dtype=float))
        largest = max((float(np.max(np.abs(np.asarray(a, dtype=float)), initial=0.0)) for a in args if is_float(a)), default=0.0)
        return bool(np.all(values <= SENSIBLE * max(1.0, largest)))

    def _fits(self, args: Sequence[Any], gradients: Sequence[Array], cotangent: Array) -> bool:
        """Whether Σ g·v is the slope along a random direction, as far as differences tell."""
        places = [k for k, a in enumerate(args) if is_float(a)]
        sizes = [float(np.max(np.abs(np.asarray(args[k], dtype=float)), initial=0.0)) or 1.0 for k in places]
        along = [self.rng.normal(size=np.shape(args[k])) * size for k, size in zip(places, sizes, strict=True)]
        u = max(unit_roundoff([args[k]]) for k in places)
        coarse = u / 2.0**-53
        weights, step = np.asarray(cotangent, dtype=float), STEP * coarse**0.4
        terms = [np.asarray(g, dtype=float) * v for g, v in zip(gradients, along, strict=True)]
        if not all(np.all(np.isfinite(term)) for term in terms):
            return False

        def value(t: float) -> tuple[float, float]:
            moved = list(_copies(args))
            for k, v in zip(places, along, strict=True):
                new = (np.asarray(args[k], dtype=float) + t * v).astype(np.asarray(args[k]).dtype)
                moved[k] = new if isinstance(args[k], np.ndarray) else type(args[k])(float(new))
            out = weights * np.asarray(contained(self.f, *moved), dtype=float)
            return float(np.sum(out)), float(np.sum(np.abs(out)))

        try:
            wide, narrow = ([value(step / part), value(-step / part)] for part in (1, 2))
        except PASSING:
            raise
        except Exception:
            return False
        first, second = (wide[0][0] - wide[1][0]) / (2 * step), (narrow[0][0] - narrow[1][0]) / step
        noise = 4 * u * max(wide[0][1], narrow[0][1]) / step
        slope, estimate = (4 * second - first) / 3, abs(second - first) + noise
        found = sum(float(np.sum(term)) for term in terms)
        size = max(abs(slope), math.sqrt(sum(float(np.sum(term * term)) for term in terms)))
        return math.isfinite(slope) and abs(found - slope) <= ESTIMATES * estimate + FITS * coarse**0.4 * size


def _copies(args: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)


def _gradients_of(returned: Any, args: Sequence[Any]) -> tuple[list[Array], str]:
    """One gradient for each float argument, or what is wrong with what was returned."""
    places = [k for k, a in enumerate(args) if is_float(a)]
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    if len(parts) == len(args):
        parts = [parts[k] for k in places]
    if len(parts) != len(places):
        return [], f"{len(parts)} gradients for {len(places)} arguments"
    gradients: list[Array] = []
    for k, part in zip(places, parts, strict=True):
        try:
            gradient = np.zeros(np.shape(args[k])) if part is None else contained(np.asarray, part)
            values = np.asarray(gradient, dtype=float)
        except PASSING:
            raise
        except Exception as error:
            return [], f"gradient of {argument(k)}: {what_it_raised(error)}"
        if gradient.shape != np.shape(args[k]):
            return [], f"gradient of {argument(k)}: shape {gradient.shape}, the argument has shape {np.shape(args[k])}"
        if not np.all(np.isfinite(values)):
            return [], f"gradient of {argument(k)}: an entry is not finite"
        gradients.append(values)
    return gradients, ""
