"""Inputs that were damaged at random, and what becomes of them: `python -m benchmarks fuzz`."""
