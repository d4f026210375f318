"""Known of balls: every operation at one point, at several, and where a cut or a kink lies inside.

>>> import math
>>> from fractions import Fraction
>>> import mpmath
>>> import numpy as np
>>> from flint import acb, arb, ctx
>>> from backproof.engine.number_systems import mpmath_system
>>> from backproof.verify.numbers.ball_arrays import (
...     Points,
...     each,
...     entrywise,
...     flint_matmul,
...     is_finite,
...     on_arrays,
...     precision,
...     sum_of,
... )
>>> from backproof.verify.numbers.balls import ball_system, complex_ball_system, exact_ball, real_ball_system
>>> R, C = real_ball_system(100), complex_ball_system(100)
>>> def at(*values, system=C):
...     return np.array(
...         [system.scalar(value) if not isinstance(value, (acb, arb, Points)) else value for value in values],
...         dtype=object,
...     )
>>> def close(ball, right, bits=90):
...     return bool(ball.is_finite() and abs(ball - right) < arb(2) ** -bits)

Numbers that enter:

>>> exact_ball(0.1, 20) == arb(0.1), exact_ball(np.float32(0.1), 20) == arb(float(np.float32(0.1)))
(True, True)
>>> exact_ball(3, 2) == 3, 2 <= exact_ball(arb(1, 2), 10).rad() < 2.1
(True, True)
>>> third = exact_ball(Fraction(1, 3), 40)
>>> 2**-42 < float(third.rad()) < 2**-38, exact_ball(mpmath.mpf("0.5"), 5) == 0.5, exact_ball(True, 5) == 1
(True, True, True)
>>> with precision(200):
...     third.contains(arb(1) / 3)
True
>>> C.array([Fraction(1, 3)])[0].real.overlaps(third), C.array(0.25)[()] == acb(0.25), type(R.array([1])[0]).__name__
(True, True, 'arb')
>>> R.array([[1, 2]]).shape
(1, 2)
>>> ball_system(1).bits, ball_system(30).bits, ball_system(30).name, real_ball_system(100).name, C.name
(5, 101, 'ball(30)', 'ball(100 bits)', 'complex ball(100 bits)')
>>> ball_system(2).unit_roundoff
Fraction(1, 256)
>>> before = ctx.prec
>>> R.divide(at(1, system=R), at(3, system=R))[0].rel_accuracy_bits() >= 98, ctx.prec == before, R.one.item() == 1
(True, True, True)
>>> R.zero.item() == 0
True

Each function against the standard library, at a real point, in real and in complex balls:

>>> by_hand = {
...     "exp": math.e,
...     "log": 0,
...     "tanh": math.tanh(1),
...     "sigmoid": 1 / (1 + math.exp(-1)),
...     "softplus": math.log1p(math.e),
...     "sin": math.sin(1),
...     "cos": math.cos(1),
...     "sqrt": 1,
... }
>>> all(
...     close(getattr(R, name)(at(1, system=R))[0], right, 48) and close(getattr(C, name)(at(1))[0], acb(right), 48)
...     for name, right in by_hand.items()
... )
True
>>> close(R.softplus(at(-1, system=R))[0], math.log1p(math.exp(-1)), 48)
True
>>> close(C.softplus(at(-1))[0], acb(math.log1p(math.exp(-1))), 48)
True
>>> close(C.tanh(at(acb(0, 1)))[0], acb(0, math.tan(1)), 48)
True
>>> close(C.sigmoid(at(acb(0, 1)))[0], 1 / (1 + acb(0, -1).exp()), 48)
True
>>> [
...     s.subtract(at(5, system=s), at(3, system=s))[0] == 2
...     and s.power(at(2, system=s), at(3, system=s))[0] == 8
...     and s.negative(at(2, system=s))[0] == -2
...     for s in (R, C)
... ]
[True, True]
>>> R.power(at(0, system=R), at(3, system=R))[0] == 0
True
>>> R.power(at(arb(0, 1), system=R), at(64, system=R))[0].is_finite()
True
>>> R.power(at(arb(0, 1), system=R), at(65, system=R))[0].is_finite()
False
>>> R.power(at(arb(0, 1), system=R), at(2, system=R))[0].contains(1)
True
>>> R.power(at(arb(-1), system=R), at(0.5, system=R))[0].is_finite()
False

Cuts and kinks: on real balls all values are enclosed, on complex ones a finite value proves analyticity:

>>> wide = arb(0.5, 1)
>>> R.absolute(at(wide, system=R))[0].contains(0), R.maximum(at(wide, system=R), R.zero)[0].contains(1.5)
(True, True)
>>> R.minimum(at(wide, system=R), R.zero)[0].contains(-0.5)
True
>>> [R.select(at(c, system=R), R.one, R.zero)[0] for c in (arb(1), arb(0), arb(-1))] == [1, 0, 0]
True
>>> R.select(at(wide, system=R), R.one, R.zero)[0].contains(0.5)
True
>>> around = at(acb(arb(0.5, 1)))
>>> [
...     is_finite(found[0])
...     for found in (
...         C.absolute(around),
...         C.maximum(around, C.zero),
...         C.minimum(around, C.zero),
...         C.select(around, C.one, C.zero),
...     )
... ]
[False, False, False, False]
>>> [
...     is_finite(found[0])
...     for found in (C.log(around), C.sqrt(around), C.power(around, at(0.5)), C.power(around, at(2)))
... ]
[False, False, False, True]
>>> above = at(acb(arb(2, 1)))
>>> [
...     is_finite(found[0])
...     for found in (
...         C.absolute(above),
...         C.maximum(above, C.zero),
...         C.minimum(above, C.zero),
...         C.log(above),
...         C.select(above, C.one, C.zero),
...     )
... ]
[True, True, True, True, True]
>>> C.absolute(at(-3))[0] == 3, C.maximum(at(2), at(5))[0] == 5, C.minimum(at(2), at(5))[0] == 2
(True, True, True)
>>> C.select(at(0), C.one, C.zero)[0] == 0, C.select(at(-1), C.one, C.zero)[0] == 0
(True, True)
>>> asked = []
>>> tied = complex_ball_system(100, tie=lambda a, b: asked.append(1) or False)
>>> tied.maximum(around, C.zero)[0] == 0, tied.minimum(around, C.zero)[0].real.mid() == 0.5
(True, True)
>>> tied.absolute(around)[0].real.mid() == -0.5, len(asked)
(True, 3)
>>> other = complex_ball_system(100, tie=lambda a, b: True)
>>> other.maximum(around, C.zero)[0].real.mid() == 0.5, other.minimum(around, C.zero)[0] == 0
(True, True)
>>> other.absolute(above)[0].real.mid() == 2
True

Points: one value each, with a ball around them; a maximum that a third one settles:

>>> several = Points([acb(1), acb(3), acb(arb(2, 1))])
>>> [
...     list(map(str, C.add(at(several), at(1))[0].values)) == list(map(str, [acb(2), acb(4), acb(arb(3, 1))])),
...     C.add(at(1), at(several))[0].values[1] == 4,
... ]
[True, True]
>>> C.multiply(at(several), at(several))[0].values[1] == 9
True
>>> C.select(at(several), at(several), at(7))[0].values[0] == 1
True
>>> C.sum(at(several, 5))[0 if False else ()].values[1] == 8
True
>>> rivals = C.maximum(at(several), at(Points([acb(2), acb(2), acb(arb(2, 1))])))[0]
>>> is_finite(rivals), rivals.rivals[0], len(rivals.rivals[1]), C.maximum(at(rivals), at(10))[0] == 10
(False, True, 2, True)
>>> is_finite(C.minimum(at(rivals), at(10))[0])
False
>>> float(C.peak(at(several, 1.5))[0].real.mid()), C.peak(at(several)).shape
(2.0, (1,))
>>> C.peak(np.array([[acb(1), acb(4)], [acb(9), acb(2)]]), 1)[:, 0].tolist() == [4, 9]
True
>>> C.sum(np.array([[acb(1), acb(4)], [acb(9), acb(2)]]), 0).tolist() == [10, 6]
True
>>> C.sum(np.array([[acb(1), acb(4)], [acb(9), acb(2)]])).item() == 16, C.sum(C.zeros((0,))).item() == 0
(True, True)
>>> C.sum(C.zeros((2, 0)), 1).shape, sum_of([acb(1), acb(2), acb(3)], acb) == 6, sum_of([several], acb).values[0] == 1
((2,), True, True)
>>> several == several
Traceback (most recent call last):
    ...
TypeError: an entry with values at several points is neither equal to another nor different: compare with `select`
>>> bool(several)
Traceback (most recent call last):
    ...
TypeError: an entry with values at several points is neither true nor false: decide with `select`
>>> for wrong in (
...     lambda: C.add(at(1), np.array([2.0], dtype=object)),
...     lambda: C.add(np.array([2.0], dtype=object), at(1)),
...     lambda: C.select(at(1), at(1), np.array([2.0], dtype=object)),
...     lambda: C.add(at(several), np.array([arb(1)])),
... ):
...     try:
...         wrong()
...     except TypeError as error:
...         print(str(error).partition(" of type")[0][:39])
ball arithmetic takes acb, found 2.0
ball arithmetic takes acb, found 2.0
ball arithmetic takes acb, found 2.0
ball arithmetic takes acb, found 1.0000

Products of matrices, with constants that are kept and points on either side or both:

>>> A, B = np.array([[acb(1), acb(2)], [acb(3), acb(4)]]), np.array([[acb(5)], [acb(6)]])
>>> C.matmul(A, B).ravel().tolist() == [17, 39], C.matmul(A, B[:, 0]).tolist() == [17, 39]
(True, True)
>>> C.matmul(A[0], A).tolist() == [7, 10]
True
>>> P = np.array([[Points([acb(1), acb(2)])], [Points([acb(0), acb(1)])]])
>>> [
...     [value == right for value, right in zip(entry.values, rights)]
...     for entry, rights in zip(C.matmul(A, P).ravel(), ((1, 4), (3, 10)))
... ]
[[True, True], [True, True]]
>>> [
...     [value == right for value, right in zip(entry.values, rights)]
...     for entry, rights in zip(C.matmul(P.T, A).ravel(), ((1, 5), (2, 8)))
... ]
[[True, True], [True, True]]
>>> [value == right for value, right in zip(C.matmul(P.T, P).item().values, (1, 5))]
[True, True]
>>> A.setflags(write=False)
>>> C.matmul(A, B).ravel().tolist() == [17, 39], C.matmul(A, B).ravel().tolist() == [17, 39]
(True, True)
>>> C.matmul(A, np.array([[acb(1)], [acb(0)]])).ravel().tolist() == [1, 3]
True
>>> each(lambda xs: [x + 1 for x in xs], acb)(several).values[1] == 4
True
>>> entrywise(lambda x, y, z: x + y * z, 3, acb)(acb(1), several, acb(2)).values[1] == 7
True
"""
