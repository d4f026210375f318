"""Known of one case checked whole: which comparisons there are, in which number systems, on how many numbers, and what
is set aside.

>>> import itertools
>>> from fractions import Fraction
>>> from backproof.engine import FLOAT32, FLOAT64, Graph, leaf, vertex
>>> from backproof.engine.number_systems import BFLOAT16, FLOAT16
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.three_way.check import check_case
>>> from backproof.verify.three_way.routes import Routes, run
>>> from backproof.verify.three_way.witness import Witness
>>> def ladder(rungs):
...     steps = itertools.chain(
...         *(
...             (vertex(f"s{k}", "negate", (2 * k + 1,)), vertex(f"m{k}", "add", (2 * k + 1, 2 * k + 2, 2 * k + 1)))
...             for k in range(rungs)
...         )
...     )
...     return Graph(1, (leaf("x"), *steps))
>>> def told(graph, leaves, cotangent=None, **options):
...     found = check_case(make_case("known", "replay", graph, leaves, cotangent=cotangent), **options)
...     print(found.verdict.value)
...     for one in found.comparisons:
...         print(
...             f"{one.claim} · {one.system} · {one.verdict.value} {one.evidence.name} · {one.entries} · {one.sentence}"
...         )
...     print(
...         [(one.system, one.undecidable) for one in found.floats_checked if one.undecidable],
...         [(one.claim, one.system, one.why.value) for one in found.unjudged],
...     )

A ladder of two rungs: five vertices have an adjoint, four of them are no leaf; every dtype holds its one adjoint:

>>> told(ladder(2), [1], witness=Witness.ENTRIES, dtypes=(FLOAT64, FLOAT32, FLOAT16, BFLOAT16))
CORRECT
backward pass = path sum · rational · CORRECT EXACT · 5 · None
backward pass = path sum · float64 · CORRECT ROUNDING · 5 · None
backward pass = path sum · ball · CORRECT CERTIFIED · 5 · None
backward pass = path sum · mpmath(90) · CORRECT ROUNDING · 5 · None
path sum = certified derivative · ball · CORRECT CERTIFIED · 4 · None
path sum = differences · mpmath(90) · CORRECT DIGITS · 4 · None
floats = certified derivative · float64 · CORRECT ROUNDING · 1 · None
floats = certified derivative · float32 · CORRECT ROUNDING · 1 · None
floats = certified derivative · float16 · CORRECT ROUNDING · 1 · None
floats = certified derivative · bfloat16 · CORRECT ROUNDING · 1 · None
[] []

With eleven rungs there are 2,048 paths of one pair: enumerated in float64 only, and modulo a prime:

>>> told(ladder(11), [1])
CORRECT
backward pass = path sum · rational · CORRECT FACTORED · 23 · None
backward pass = path sum · float64 · CORRECT ROUNDING · 23 · None
backward pass = path sum · ball · CORRECT FACTORED · 23 · None
backward pass = path sum · mpmath(90) · CORRECT FACTORED · 23 · None
backward pass = path sum · mod 16777213 · CORRECT EXACT · 23 · None
path sum = certified derivative · ball · CORRECT FACTORED · 22 · None
path sum = differences · mpmath(90) · CORRECT FACTORED · 22 · None
floats = certified derivative · float64 · CORRECT ROUNDING · 1 · None
[] []
>>> told(ladder(11), [1], cotangent=[[2], [-1]], witness=Witness.NONE)
CORRECT
backward pass = path sum · rational · CORRECT FACTORED · 46 · None
backward pass = path sum · float64 · CORRECT ROUNDING · 46 · None
backward pass = path sum · ball · CORRECT FACTORED · 46 · None
backward pass = path sum · mod 16777213 · CORRECT EXACT · 46 · None
path sum = certified derivative · ball · CORRECT FACTORED · 22 · None
floats = certified derivative · float64 · CORRECT ROUNDING · 2 · None
[] [('backward pass = path sum', 'mpmath', 'not in the sample'), ('path sum = differences', 'mpmath', 'not in the
sample')]

At a kink the judge has an interval, and the witness says nothing; outside of a domain all routes must refuse; a function
that is not rational leaves one number system out:

>>> told(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0], witness=Witness.ENTRIES)
CORRECT
backward pass = path sum · rational · CORRECT EXACT · 2 · None
backward pass = path sum · float64 · CORRECT ROUNDING · 2 · None
backward pass = path sum · ball · CORRECT CERTIFIED · 2 · None
backward pass = path sum · mpmath(90) · CORRECT ROUNDING · 2 · None
path sum = certified derivative · ball · CORRECT CERTIFIED · 1 · at a kink, inside Clarke's interval: ∂y/∂x
[('float64', 'at a kink, or without a certificate')] [('path sum = differences', 'mpmath', 'left open by the
witness'), ('floats = certified derivative', 'float64', 'kink')]
>>> told(Graph(1, (leaf("x"), vertex("y", "log", (1,)))), [-1.0])
INCONCLUSIVE
backward pass = path sum · all · INCONCLUSIVE ROUNDING · 0 · outside the domain: vertex 2 ('y'): log is not defined at
x = [-1.0]; move the leaf values into its domain
[] []
>>> told(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.1], definition=True, dtypes=(FLOAT64, FLOAT16))
CORRECT
backward pass = path sum · float64 · CORRECT ROUNDING · 2 · None
backward pass = path sum · ball · CORRECT CERTIFIED · 2 · None
backward pass = path sum · mpmath(90) · CORRECT ROUNDING · 2 · None
path sum = certified derivative · ball · CORRECT CERTIFIED · 1 · None
path sum = differences · mpmath(90) · CORRECT DIGITS · 1 · None
floats = certified derivative · float64 · CORRECT ROUNDING · 1 · None
floats = certified derivative · float16 · CORRECT ROUNDING · 1 · None
path sum = its definition · float64 · CORRECT ROUNDING · 2 · None
path sum = its definition · ball · CORRECT CERTIFIED · 2 · None
[] [('backward pass = path sum', 'rational', 'no exact values')]

A route that is wrong in one place is found by what looks there:

>>> from backproof.engine import backward
>>> from backproof.verify.paths.enumeration import paths
>>> def doubled(graph, D, cotangent=None, system=FLOAT64):
...     return {j: 2 * p if j == 1 else p for j, p in backward(graph, D, cotangent, system).items()}
>>> def by(**routes):
...     found = check_case(make_case("known", "replay", ladder(2), [1]), Routes(**routes), witness=Witness.NONE)
...     return found.verdict.value, [
...         f"{one.claim} in {one.system}" for one in found.comparisons if one.verdict.value != "CORRECT"
...     ]
>>> by(backward=doubled)
('WRONG', ['backward pass = path sum in rational', 'backward pass = path sum in float64', 'backward pass = path sum in
ball', 'floats = certified derivative in float64'])
>>> by(paths=lambda graph, j, k: itertools.islice(paths(graph, j, k), 1))[0]
'WRONG'
>>> done = run(make_case("known", "replay", ladder(2), [1]), FLOAT64, Routes())
>>> done.p[1].item(), sorted(done.D) == sorted(ladder(2).edges), done.u[5].item()
(1.0, True, 1.0)
"""
