"""A changed verifier is found by name; what engines may do in good faith is not."""

from __future__ import annotations

import builtins
import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph
from backproof.verify.engine_oracle import answers, patches
from backproof.verify.engine_oracle.patches import Seen, patched, present


@pytest.mark.parametrize(
    ("where", "name", "value", "found"),
    [
        (answers, "ask", lambda *_: None, "backproof.verify.engine_oracle.answers.ask"),
        (patches, "OURS", "nothing", "backproof.verify.engine_oracle.patches.OURS"),
        (Graph, "dimension", lambda *_: 1, "backproof.engine.graph.Graph.dimension"),
        (np, "asarray", lambda *_: None, "numpy.asarray"),
        (builtins, "sorted", lambda *_: [], "builtins.sorted"),
    ],
)
def test_what_is_replaced_is_named(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, value: Any, found: str) -> None:
    seen = present()
    assert patched(seen) is None
    with monkeypatch.context() as change:
        change.setattr(where, name, value)
        said = patched(seen)
    assert said == found
    assert patched(seen) is None


def test_code_that_is_swapped_and_what_is_deleted_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = present()
    with monkeypatch.context() as change:
        change.setattr(answers.leaf_arrays, "__code__", (lambda case: []).__code__)
        assert patched(seen) == "backproof.verify.engine_oracle.answers.leaf_arrays"
    with monkeypatch.context() as change:
        change.delattr(answers, "cotangent_matrix")
        assert patched(seen) == "backproof.verify.engine_oracle.answers.cotangent_matrix"
    with monkeypatch.context() as change:
        change.delitem(sys.modules, "backproof.verify.engine_oracle.answers")
        assert patched(seen) == "sys.modules['backproof.verify.engine_oracle.answers']"


def test_new_names_and_what_everybody_replaces_are_no_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = present()
    monkeypatch.setattr(builtins, "a_debugger_was_here", print, raising=False)
    monkeypatch.setattr(builtins, "print", lambda *_: None)
    monkeypatch.setattr(answers, "a_new_name", 1, raising=False)
    assert patched(seen) is None


def late(source: str, change: str, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """What is found of a module of ours that somebody imports later, and changes before it is first seen."""

    class Loader:
        def get_source(self, _: str) -> str:
            return source

    seen = present()
    module = ModuleType("backproof.late")
    module.__spec__ = type("Spec", (), {"loader": Loader()})()  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "backproof.late", module)
    exec(compile(source, "late.py", "exec"), vars(module))
    exec(change, vars(module))
    return patched(seen)


SOURCE = "from functools import cache\ndef judge():\n    return 1\n@cache\ndef kept():\n    return 2\nclass Book:\n    def page(self):\n        return 3\n"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("", None),
        ("judge = lambda: 1", "backproof.late.judge"),
        ("Book.page = lambda self: 3", "backproof.late.Book.page"),
        ("class Book:\n    __module__ = 'elsewhere'", "backproof.late.Book"),
        ("del kept", "backproof.late.kept"),
    ],
)
def test_a_module_that_is_imported_later_is_compared_with_its_source(
    change: str, found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert late(SOURCE, change, monkeypatch) == found


def test_a_module_that_was_seen_later_is_watched_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen.of([])
    module = ModuleType("backproof.later")
    exec("def judge():\n    return 1", vars(module))
    monkeypatch.setitem(sys.modules, "backproof.later", module)
    patched(seen)
    vars(module)["judge"] = None
    assert patched(seen) == "backproof.later.judge"


def test_nothing_of_ours_that_is_imported_later_looks_changed() -> None:
    program = """
import importlib, pkgutil
from backproof.verify.engine_oracle import worker
from backproof.verify.engine_oracle.patches import patched, present
seen = present()
for layer in ("engine", "theorems", "verify", "reports"):
    folder = importlib.import_module(f"backproof.{layer}")
    for info in pkgutil.walk_packages(folder.__path__, folder.__name__ + "."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)
print(patched(seen), len(seen.modules) > 150)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "None True\n"
