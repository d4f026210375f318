"""Known of the number systems: what an operation gives in each, to the bit, and what none of them has.

>>> import math
>>> from fractions import Fraction
>>> import numpy as np
>>> from backproof.engine.number_systems import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, RATIONAL, all_finite, most_digits
>>> from backproof.engine.number_systems import mpmath_system, number_system
>>> MP = mpmath_system(30)

The unit roundoff is half of the distance from 1 to the next number; bytes are those of an entry:

>>> [
...     (s.name, s.unit_roundoff == Fraction(1, 2**k), s.itemsize, s.exact)
...     for s, k in ((FLOAT64, 53), (FLOAT32, 24), (FLOAT16, 11), (BFLOAT16, 8))
... ]
[('float64', True, 8, False), ('float32', True, 4, False), ('float16', True, 2, False), ('bfloat16', True, 2, False)]
>>> RATIONAL.exact, RATIONAL.itemsize, MP.exact, MP.itemsize, MP.unit_roundoff < Fraction(1, 10**30)
(True, 64, False, 128, True)
>>> bool(FLOAT32.add(FLOAT32.one, FLOAT32.array(2.0**-24)) == 1)
True
>>> bool(FLOAT32.add(FLOAT32.one, FLOAT32.array(1.5 * 2.0**-24)) == 1)
False

Every operation stays in its system, whatever is put in:

>>> [s.array([[1, 2], [3, 4]]).dtype.name for s in (FLOAT64, FLOAT32, FLOAT16, BFLOAT16, RATIONAL, MP)]
['float64', 'float32', 'float16', 'bfloat16', 'object', 'object']
>>> [s.leaks(s.sum(s.exp(s.array([0.5, 1.5])))) for s in (FLOAT32, FLOAT16, BFLOAT16, MP)]
[[], [], [], []]
>>> FLOAT32.leaks(np.array([1.0])), RATIONAL.leaks(RATIONAL.array([1]))
([np.float64(1.0)], [])
>>> RATIONAL.leaks(np.array([1, Fraction(1)], dtype=object))
[1]
>>> FLOAT32.array("1.5").dtype, FLOAT32.array([Fraction(1, 3), 1]).tolist() == [float(np.float32(1 / 3)), 1.0]
(dtype('float32'), True)
>>> RATIONAL.array(np.float32(0.1)).item()
Fraction(13421773, 134217728)
>>> given = np.array([1.0, 2.0])
>>> FLOAT64.array(given) is given, FLOAT64.array(True).item(), FLOAT32.zeros((2, 0)).shape
(True, 1.0, (2, 0))
>>> RATIONAL.zeros((1, 2)).tolist()
[[Fraction(0, 1), Fraction(0, 1)]]
>>> RATIONAL.identity(2).astype(int).tolist(), FLOAT64.identity(1).tolist(), FLOAT64.identity(0).shape
([[1, 0], [0, 1]], [[1.0]], (0, 0))
>>> FLOAT64.one.flags.writeable, RATIONAL.zero.flags.writeable, RATIONAL.zero.item()
(False, False, Fraction(0, 1))
>>> FLOAT64.zeros((1,)).flags.writeable
True

Values by hand, or of the standard library:

>>> x = RATIONAL.array([[1, -2], [3, 4]])
>>> RATIONAL.matmul(x, x).astype(int).tolist(), RATIONAL.transpose(x).astype(int).tolist()
([[-5, -10], [15, 10]], [[1, 3], [-2, 4]])
>>> RATIONAL.sum(x, 0).astype(int).tolist()
[4, 2]
>>> RATIONAL.sum(x).item(), RATIONAL.peak(x, 1).astype(int).tolist(), RATIONAL.peak(x).shape, RATIONAL.peak(x).item()
(Fraction(6, 1), [[1], [4]], (1, 1), Fraction(4, 1))
>>> FLOAT64.matmul(FLOAT64.array([[1.0, 2.0], [3.0, 4.0]]), FLOAT64.array([[0.0, 1.0], [1.0, 1.0]])).tolist()
[[2.0, 3.0], [4.0, 7.0]]
>>> RATIONAL.negative(x).astype(int).tolist(), RATIONAL.scale(Fraction(1, 2), x).tolist()[0][1]
([[-1, 2], [-3, -4]], Fraction(-1, 1))
>>> RATIONAL.absolute(x).astype(int).tolist()
[[1, 2], [3, 4]]
>>> FLOAT64.negative(FLOAT64.zero).item(), BFLOAT16.negative(BFLOAT16.array([1, -2])).astype(float).tolist()
(-0.0, [-1.0, 2.0])
>>> [s.select(s.array([1, 0, -1]), s.array(7), s.array(8)).astype(float).tolist() for s in (FLOAT64, RATIONAL, MP)]
[[7.0, 8.0, 8.0], [7.0, 8.0, 8.0], [7.0, 8.0, 8.0]]
>>> FLOAT64.sigmoid(FLOAT64.array([0.0, 800.0, -800.0])).tolist()
[0.5, 1.0, 0.0]
>>> FLOAT64.softplus(FLOAT64.array([0.0, -800.0, 800.0])).tolist()
[0.6931471805599453, 0.0, 800.0]
>>> bool(abs(FLOAT64.sigmoid(FLOAT64.array(2.0)) - 1 / (1 + math.exp(-2.0))) < 3e-16)
True
>>> bool(abs(FLOAT64.sigmoid(FLOAT64.array(-2.0)) - 1 / (1 + math.exp(2.0))) < 3e-16)
True
>>> MP.sigmoid(MP.array([2, -2])).tolist()
[mpf('0.880797077977882444059729141302444'), mpf('0.119202922022117555940270858697605')]
>>> MP.softplus(MP.array([2, -2])).tolist()
[mpf('2.12692801104297249644372680635826'), mpf('0.126928011042972496443726806358307')]
>>> MP.array(Fraction(1, 3)).item() * 3 == 1, MP.power(MP.array([4, 4]), MP.array([3, 0.5])).tolist()
(True, [mpf('64.0'), mpf('2.0')])
>>> RATIONAL.power(RATIONAL.array([2, 2]), RATIONAL.array([3, -3])).tolist()
[Fraction(8, 1), Fraction(1, 8)]
>>> RATIONAL.power(RATIONAL.array(4), RATIONAL.array(Fraction(1, 2)))
Traceback (most recent call last):
    ...
backproof.engine.errors.UnsupportedOperation: power with exponent 1/2 is not defined in the number system rational: use a whole exponent, or float64 or mpmath(digits)
>>> RATIONAL.power(RATIONAL.array(2), RATIONAL.array(10**6))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.engine.errors.TooManyDigits: a power with an exponent of this size has more than ... digits; use smaller exponents
>>> RATIONAL.power(RATIONAL.array(1), RATIONAL.array(10**12)).item()
Fraction(1, 1)
>>> len(str(RATIONAL.power(RATIONAL.array(2), RATIONAL.array(-1000)).item()))
304

What is finite, and how long a number is:

>>> all_finite(FLOAT64.array([1.0, -math.inf])), all_finite(np.array([math.inf, 1], dtype=object))
(False, False)
>>> all_finite(FLOAT64.zeros((0,)))
True
>>> most_digits(RATIONAL.array([Fraction(1, 2**332)])), most_digits(RATIONAL.array([2**332]))
(101, 101)
>>> most_digits(RATIONAL.array([1])), most_digits(RATIONAL.zeros((0,)))
(1, 0)

Names:

>>> number_system("mpmath(30)") is MP, number_system("bfloat16") is BFLOAT16, mpmath_system(1).name
(True, True, 'mpmath(1)')
>>> number_system("mpmath()")
Traceback (most recent call last):
    ...
ValueError: unknown number system 'mpmath()'; known: float64, float32, float16, bfloat16, rational, mpmath(DIGITS)
"""
