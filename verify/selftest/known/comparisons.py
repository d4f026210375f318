"""Known of comparisons: what each judge says a hair below and above its bound, of what is missing or not finite, and how
numbers are shown.

>>> import math
>>> from fractions import Fraction
>>> import mpmath
>>> import numpy as np
>>> from flint import arb
>>> from backproof.engine import (
...     FLOAT32,
...     FLOAT64,
...     RATIONAL,
...     Graph,
...     backward,
...     forward,
...     jacobians,
...     leaf,
...     mpmath_system,
...     vertex,
... )
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.derivatives.certificates import certify_all
>>> from backproof.verify.derivatives.differences import Difference
>>> from backproof.verify.derivatives.enclosures import Enclosure
>>> from backproof.verify.derivatives.kinks import enclosures_or_hulls
>>> from backproof.verify.derivatives.polydiscs import NoEnclosure
>>> from backproof.verify.numbers.balls import real_ball_system
>>> from backproof.verify.numbers.float_model import gamma
>>> from backproof.verify.paths.sums import PathSum, path_sum
>>> from backproof.verify.three_way.comparison import (
...     Comparison,
...     Failure,
...     adjoint_label,
...     and_more,
...     entry_label,
...     shown,
...     shown_ball,
...     shown_fraction,
... )
>>> from backproof.verify.three_way.floats import (
...     BINS,
...     FloatEntry,
...     floats_against_enclosures,
...     judged_floats,
...     share_of_bound,
... )
>>> from backproof.verify.three_way.theorem_1 import paths_against_differences, paths_against_enclosures
>>> from backproof.verify.three_way.theorem_2 import (
...     adjoints_against_paths,
...     allowed_distance,
...     equal,
...     opening_adjoints,
...     overlapping,
...     within,
... )
>>> from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words, severity, worst

Words and orders:

>>> [
...     worst(pair).value
...     for pair in (
...         (Verdict.CORRECT, Verdict.INACCURATE),
...         (Verdict.INACCURATE, Verdict.INCONCLUSIVE),
...         (Verdict.WRONG, Verdict.INACCURATE),
...         (),
...     )
... ]
['INACCURATE', 'INACCURATE', 'WRONG', 'CORRECT']
>>> [severity(verdict) for verdict in (Verdict.CORRECT, Verdict.INCONCLUSIVE, Verdict.INACCURATE, Verdict.WRONG)]
[0, 1, 2, 3]
>>> [
...     evidence_words(one, 0, 5)
...     for one in (Evidence.EXACT, Evidence.CERTIFIED, Evidence.DIGITS, Evidence.ROUNDING, Evidence.FACTORED)
... ]
['not checked', 'not checked', 'not checked', 'not checked', 'factored, not enumerated']
>>> evidence_words(Evidence.EXACT, 1), evidence_words(Evidence.ROUNDING, 1234)
('exact on 1 case', 'within rounding bound on 1,234 cases')
>>> evidence_words(Evidence.DIGITS, 2, 50, unit="point"), evidence_words(Evidence.MACHINE_CHECKED, 0)
('to 50 digits on 2 points', 'machine-checked for all graphs')
>>> opened = Comparison("a = b", "a theorem", "float64", Verdict.CORRECT, Evidence.DIGITS, digits=9)
>>> opened.sentence, opened.inconclusive(Reason.TIME, "late").digits, opened.wrong_paths("one twice").sentence
(None, None, 'wrong path enumeration: one twice')
>>> opened.wrong_paths("one twice").verdict.value
'WRONG'
>>> many = opened.with_failures(
...     Verdict.WRONG, "many", ((float(k), Failure(str(k), "", "", "", "")) for k in range(25))
... )
>>> many.failed, len(many.failures), many.failures[0].where, many.failures[-1].where, many.sentence
(25, 20, '24', '5', 'many')
>>> Comparison("a = b", "t", "s", Verdict.WRONG, Evidence.EXACT, detail="d", ending="it ended").sentence, repr(opened)
('it ended: d', '<Comparison: CORRECT: a = b (float64), 0 entries>')
>>> and_more(["a"]), and_more(["a", "b"]), and_more(["a", "b", "c"])
('a', 'a and 1 more', 'a and 2 more')
>>> graph = Graph(2, (leaf("x", (2, 3)), leaf("y"), vertex("z", "multiply", (1, 2))))
>>> entry_label(graph, 1, 4), entry_label(graph, 2, 0), adjoint_label(graph, 1, 5, 0, 1)
('[1, 1]', '', 'adjoint of x[1, 2]')
>>> adjoint_label(graph, 2, 0, 1, 2)
'adjoint of y, row 1'

Numbers as they are shown:

>>> [
...     shown_fraction(Fraction(*pair))
...     for pair in (
...         (1, 1),
...         (10**19, 1),
...         (10**18, 1),
...         (-5, 2),
...         (123456789, 1000),
...         (1, 100000),
...         (1, 1000000),
...         (999999999999999999999, 10**21),
...     )
... ]
['1.0', '1.0000000000000000000e19', '1000000000000000000.0', '-2.5', '123456.789', '0.000010000000000000000000',
'1.0000000000000000000e-6', '1.0']
>>> [
...     shown_fraction(Fraction(*pair))
...     for pair in ((1, 10), (1, 10000), (99999999999999999999, 10**20), (2, 3), (-2, 3 * 10**7))
... ]
['0.10000000000000000000', '0.00010000000000000000000', '1.0', '0.66666666666666666667', '-6.6666666666666666667e-8']
>>> shown(Fraction(2, 3)), shown(0.1), shown(np.float32(0.5)), shown(mpmath.mpf(1) / 3), shown_ball(arb(-3) / 4)
('2/3', '0.1', '0.5', '0.33333333333333331483', '-0.75000000000000000000')
>>> shown_ball(arb(0), 3), shown_ball(arb(5) / 8, 3)
('0', '0.625')

The judges of Theorem 2:

>>> one, zero = np.array([[1.0]]), np.array([[0.0]])
>>> equal(np.array([[Fraction(1, 3), 2]], dtype=object), np.array([[Fraction(1, 3), 2]], dtype=object))
Agreement(apart=(), worst=0.0, undecided='')
>>> [apart.at for apart in equal(np.array([[1, 2], [3, 4]]), np.array([[1, 9], [8, 4]])).apart]
[(0, 1), (1, 0)]
>>> balls = lambda *pairs: np.array([[arb(*pair) for pair in pairs]], dtype=object)
>>> found = overlapping(balls((1, 0.5), (1, 0.25), (2, 0)), balls((2, 0.5), (1.75, 0.25), (2, 0)))
>>> [apart.at for apart in found.apart], found.undecided, overlapping(balls((math.nan,)), balls((1,))).undecided
([(0, 1)], '', 'a path sum of {vertex} is not finite in {system}')
>>> overlapping(balls((1,)), balls((math.inf,))).undecided
'a path sum of {vertex} is not finite in {system}'
>>> [
...     (bool(found.apart), found.worst, found.undecided)
...     for found in (
...         within(one * 1.25, one, one * 0.25, 0.0),
...         within(one * 1.25, one, one * 0.2499, 0.0),
...         within(one, one, zero, 0.0),
...     )
... ]
[(False, 1.0, ''), (True, 1.0004001600640255, ''), (False, 0.0, '')]
>>> [
...     (bool(found.apart), found.undecided)
...     for found in (
...         within(one * 1.25, one, one * 0.125, 0.125),
...         within(one * 1.25, one, one * 0.125, 0.12),
...         within(one * math.nan, one, one, 0.0),
...         within(one, one * math.inf, one, 0.0),
...         within(one, one, one * math.inf, 0.0),
...     )
... ]
[(False, 'the adjoint of {vertex} underflows {system}'), (True, ''), (True, ''), (False, 'a path sum of {vertex}
overflows {system}'), (False, 'a path sum of {vertex} overflows {system}')]
>>> chain = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "square", (2,))))
>>> total = PathSum(np.array([[108.0]]), np.array([[108.0]]), 1, 2, 324.0)
>>> rounding, underflow = allowed_distance(chain, 1, total, None, FLOAT64)
>>> m = 2 * (2 + 1) + 1 + 1
>>> factor = gamma(m + 4, 2.0**-53)
>>> bool(abs(rounding[0, 0] - factor / (1 - factor) * 108) < 1e-25), underflow == 5e-324 * m * 324
(True, True)
>>> allowed_distance(chain, 1, total, None, mpmath_system(30))[1]
0.0
>>> doubled, under = allowed_distance(chain, 1, total, np.array([[-2.0]]), FLOAT64)
>>> bool(doubled[0, 0] == 2 * rounding[0, 0]), under == 2 * underflow
(True, True)
>>> D = jacobians(chain, forward(chain, [3.0]))
>>> p, sums = backward(chain, D), {j: path_sum(chain, D, j, 3) for j in (1, 2)}
>>> def told(p, cotangent=None, system=FLOAT64, sums=sums):
...     found = adjoints_against_paths(chain, p, cotangent, sums, system)
...     return found.verdict.value, found.entries, round(found.worst, 6), found.failed, found.detail
>>> told(p), told({**p, 1: np.array([[108.0 * (1 + 2.0**-52)]])})[0]
(('CORRECT', 2, 0.0, 0, ''), 'CORRECT')
>>> told({**p, 1: np.array([[108.0 * (1 + 2.0**-47)]])})
('WRONG', 2, 5.333333, 1, '1 of 2 adjoint entries are not the path sum')
>>> told({2: p[2]}), told({**p, 1: np.array([[108.0, 0.0]])})[0], told({**p, 1: np.array([[math.nan]])})[0]
(('WRONG', 2, 0.0, 1, '1 of 2 adjoint entries are not the path sum'), 'WRONG', 'WRONG')
>>> told({j: 2 * a for j, a in p.items()}, [[2.0]])[0], told(p, [[2.0]])[0]
('CORRECT', 'WRONG')
>>> opening_adjoints(RATIONAL).evidence.name, opening_adjoints(real_ball_system(64)).system
('EXACT', 'ball')
>>> opening_adjoints(mpmath_system(20)).evidence.name, opening_adjoints(FLOAT32).system
('ROUNDING', 'float32')

The judges of Theorem 1:

>>> B = real_ball_system(200)
>>> square = Graph(1, (leaf("x"), vertex("y", "square", (1,))))
>>> enclosures = certify_all(square, [[3.0]])
>>> def proved(value, rad=0.0, found=enclosures, magnitude=6.0):
...     result = paths_against_enclosures(
...         square,
...         {(1, 2): PathSum(np.array([[arb(value, rad)]], dtype=object), np.array([[magnitude]]), 1, 1, 1.0)},
...         found,
...         B,
...     )
...     return result.verdict.value, result.digits, result.failed, result.sentence
>>> proved(6.0)[0], proved(6.0 + 2.0**-30)[0], proved(6.0, 1e-6)
('CORRECT', 'WRONG', ('INCONCLUSIVE', None, 0, 'undecidable in this dtype: only 7 digits of ∂y/∂x are certified'))
>>> proved(6.0, 1e-10)[:2], proved(math.nan)[0]
(('CORRECT', 10), 'INCONCLUSIVE')
>>> proved(6.0 + 2.0**-30)[3], proved(6.0, found={(1, 2): NoEnclosure(2, Reason.DOMAIN, "there is none")})[3]
('1 of 1 entries of the path sums are not the derivative', 'outside the domain: there is none')
>>> at_0 = enclosures_or_hulls(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [[0.0]])
>>> proved(0.5, found=at_0), proved(1.5, found=at_0)[0], proved(1.0, found=at_0)[0]
(('CORRECT', None, 0, "at a kink, inside Clarke's interval: ∂y/∂x"), 'WRONG', 'CORRECT')
>>> M = mpmath_system(90)
>>> def witnessed(value, found, estimate, kink=False, magnitude=6, digits=50):
...     difference = Difference(np.array([[M.convert(found)]]), np.array([[M.convert(estimate)]]), np.array([[kink]]))
...     result = paths_against_differences(
...         square,
...         {(1, 2): PathSum(M.array([[value]]), M.array([[magnitude]]), 1, 1, 1.0)},
...         {1: {2: difference}},
...         M,
...         digits,
...     )
...     return result.verdict.value, result.digits, result.worst
>>> tiny = Fraction(1, 10**48)
>>> witnessed(6, 6, Fraction(1, 10**60)), witnessed(6, 6 + tiny, tiny)[0]
(('CORRECT', 50, 0.0), 'CORRECT')
>>> witnessed(6, 6 + tiny, tiny * Fraction(9, 10))[0], witnessed(6, 6, 0.5), witnessed(6, 7, 0.5, kink=True)[0]
('WRONG', ('INCONCLUSIVE', None, 0.0), 'INCONCLUSIVE')
>>> witnessed(6, 6 + 3 * Fraction(1, 10**50), 0)[0], witnessed(6, 6 + 7 * Fraction(1, 10**50), 0)[0]
('CORRECT', 'WRONG')
>>> witnessed(6, 6, 6 * Fraction(1, 10**42))[:2], witnessed(6, 6, 7 * Fraction(1, 10**40))[0]
(('CORRECT', 42), 'INCONCLUSIVE')

Floats within their bound:

>>> [
...     round(share_of_bound(value, arb(1, rad), allowed), 6)
...     for value, rad, allowed in (
...         (1.5, 0, 0.5),
...         (0.5, 0, 0.25),
...         (1.5, 0.25, 0.25),
...         (1.0, 0, 0.0),
...         (1.5, 0, 0.0),
...         (math.inf, 0, 1.0),
...     )
... ]
[1.0, 2.0, 1.0, 0.0, inf, inf]
>>> def entries(*pairs):
...     return [FloatEntry(lambda: "adjoint of x", value, arb(1), allowed) for value, allowed in pairs]
>>> def judged(*pairs):
...     found = judged_floats("a claim", "a theorem", "float64", entries(*pairs), "are wrong")
...     return (
...         found.comparison.verdict.value,
...         found.comparison.entries,
...         found.comparison.worst,
...         found.comparison.failed,
...         found.bins,
...     )
>>> judged((1.0, 1.0), (1.5, 0.5), (1.5, 0.25)), BINS
(('INACCURATE', 3, 2.0, 1, (1, 0, 0, 0, 0, 0, 0, 1, 1)), (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0))
>>> judged((1.5, 0.5)), judged((1.5, 500.0), (1.5, 5.0))[-1]
(('CORRECT', 1, 1.0, 0, (0, 0, 0, 0, 0, 0, 0, 1, 0)), (0, 1, 0, 0, 0, 1, 0, 0, 0))
>>> judged()
('CORRECT', 0, 0.0, 0, (0, 0, 0, 0, 0, 0, 0, 0, 0))
>>> judged_floats("c", "t", "float64", [FloatEntry(lambda: "adjoint of x", 1.0, arb(math.nan), 1.0)], "").undecidable
'the true adjoint of x is not enclosed'
>>> case = make_case("square", "replay", square, [3.0])
>>> ulp = 2.0**-50  # of 6; the bound is 12 · 2⁻⁵³
>>> def floats(value, found=enclosures, case=case):
...     result = floats_against_enclosures(case, FLOAT64, value, found)
...     return (
...         (result.comparison.verdict.value, result.comparison.failed)
...         if result.comparison
...         else (str(result.reason), result.undecidable)
...     )
>>> floats({1: np.array([[6.0 + ulp]])}), floats({1: np.array([[6.0 + 2 * ulp]])}), floats({})
(('CORRECT', 0), ('INACCURATE', 1), ('INACCURATE', 1))
>>> floats({1: np.array([6.0])}), floats({1: np.array([[6.0]])}, at_0)
(('INACCURATE', 1), ('kink', 'at a kink, or without a certificate'))
>>> floats({1: np.array([[6.0]])}, {(1, 2): Enclosure.of([[6]], [[Fraction(10) ** 400]])})
('undecidable in this dtype', 'an adjoint leaves the range of float64')
"""
