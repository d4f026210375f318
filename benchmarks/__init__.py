"""Benchmarks, run from a checkout as `python -m benchmarks`. They are no part of the installed packages."""
