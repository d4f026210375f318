"""With how many digits and bits every route works: derivatives are wanted to `DIGITS` decimal digits, and the routes
compute with more, so that their own rounding does not decide.

>>> from backproof.engine import mpmath_system
>>> from backproof.verify.numbers.balls import real_ball_system
>>> mpmath_system(DIGITS + EXTRA_DIGITS).name, real_ball_system(166 + EXTRA_BITS).name
('mpmath(90)', 'ball(326 bits)')
>>> mpmath_system(DIGITS - 50)
Traceback (most recent call last):
    ...
ValueError: mpmath_system needs at least 1 digit, got 0
"""

from __future__ import annotations

DIGITS = 50  # chosen: three times those of a float64, so that what differences leave open is no float's business
EXTRA_DIGITS = 40  # chosen: in mpmath; sums that cancel may lose as many and still have `DIGITS` left
EXTRA_BITS = 160  # chosen: in balls, whose radii grow with every operation; some 48 digits more than are asked for
