"""Exit codes, pytest's."""

from __future__ import annotations

HOLDS, FAILS, INTERRUPTED, INTERNAL, USAGE, NOTHING = range(6)
