"""The loader of the corpora, `tests/corpus/cases.py`, as the module `cases`; their own files import it by that name."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

if "cases" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("cases", Path(__file__).resolve().parents[2] / "corpus" / "cases.py")
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["cases"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["cases"])
