"""With how many digits and bits every route works."""

from __future__ import annotations

EXTRA_DIGITS = 40
EXTRA_BITS = 160

DIGITS = 50
