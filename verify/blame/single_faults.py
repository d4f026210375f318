"""The single places whose change could give the residuals of one graph, and the few consumers that contribute:
`single_faults(setting, local)`, `few_consumers(setting, local)`.

They are those of `single_places` and of `AT_MOST` that can match, found without forming the others. A place that works
on other vertices than the wrong ones explains nothing, and of a vertex with a thousand consumers the running sum of the
contributions says at once how many of them are forgotten. So a graph of a thousand vertices is asked the same as one of
four.

>>> from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import make_setting
>>> from backproof.verify.blame.from_adjoints import residuals
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> p = backward(graph, D)
>>> local = residuals(graph, D, {**p, 2: p[2] - p[4] @ D[2, 4]}, p[4], FLOAT64)
>>> [(c.name, c.place) for c in single_faults(make_setting(graph, D), local)][:2]
[('dropped', (2, 4)), ('first consumer only', 2)]
>>> single_faults(make_setting(graph, D), residuals(graph, D, p, p[4], FLOAT64))
Traceback (most recent call last):
    ...
ValueError: every adjoint is the sum of its contributions: there is no fault to be placed
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.verify.blame.candidates import AT_MOST, DROPPED, EVERYWHERE, FEW, LAST_FEW, Candidate, Setting, incidence
from backproof.verify.blame.from_adjoints import Residuals, matching

FEWEST = 2  # consumers that "at most m" begins with: of one consumer it is a name of its own
SLACK = 8  # times what rounding explains: a running sum is only to say which are worth a closer look; chosen


def single_faults(setting: Setting, local: Residuals) -> list[Candidate]:
    """The candidates of `single_places` that give the residuals. ValueError where there are none."""
    if not local.bad:
        raise ValueError("every adjoint is the sum of its contributions: there is no fault to be placed")
    return matching(setting, local, _single(setting, local))


def _single(setting: Setting, local: Residuals) -> Iterator[Candidate]:
    out, into = incidence(setting)
    first, bad = local.bad[0], set(local.bad)
    own = out.get(first, ())
    reading = {b: into[b] for b in dict.fromkeys(setting.edges[k][1] for k in own) if len(into[b]) > 1}
    whole = {b: members for b, members in reading.items() if bad <= {setting.edges[k][0] for k in members}}
    for change in setting.changes:
        yield from (Candidate(change.kind, setting.edges[k], change, (k,)) for k in own if len(bad) == 1)
        yield from (Candidate(change.kind, b, change, members) for b, members in whole.items())
    if len(bad) == 1 and len(own) > 1:
        yield Candidate("first consumer only", first, DROPPED, own[1:])
        yield Candidate("last consumer only", first, DROPPED, own[:-1])
        yield from (Candidate(AT_MOST, first, DROPPED, own[m:], detail=m) for m in _how_many(setting, local, own))
        yield from (Candidate(LAST_FEW, first, DROPPED, own[:-m], detail=m) for m in _how_many(setting, local, own[::-1]))


def few_consumers(setting: Setting, local: Residuals) -> list[Candidate]:
    """At most m consumers contribute at every vertex, the first or the last ones, for the m that give all residuals; those
    that `wide_places` has are left out.
    """
    out, _ = incidence(setting)
    own = out.get(local.bad[0], ())
    found: list[Candidate] = []
    for kind, members in ((AT_MOST, own), (LAST_FEW, own[::-1])):
        for m in (m for m in _how_many(setting, local, members) if m not in FEW):
            edges = tuple(k for all_of in out.values() for k in (all_of[m:] if kind is AT_MOST else all_of[:-m]))
            found.append(Candidate(kind, EVERYWHERE, DROPPED, edges, detail=m))
    return matching(setting, local, found)


def _how_many(setting: Setting, local: Residuals, members: tuple[int, ...]) -> list[int]:
    """For which m the first m of these contributions alone make the first wrong adjoint, up to the rounding of a sum of
    them.
    """
    first = local.bad[0]
    fitting: list[int] = []
    missing = np.zeros_like(local.value[first])
    for m in range(len(members) - 1, FEWEST - 1, -1):
        missing = missing - local.p[setting.edges[members[m]][1]] @ setting.D[members[m]]
        if np.all(np.abs(local.value[first] - missing) <= SLACK * local.noise[first]):
            fitting.append(m)
    return fitting[::-1]
