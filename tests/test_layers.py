"""The layers import one way, and no module is loaded twice."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "engine": {"engine"},
    "theorems": {"engine", "theorems"},
    "verify": {"engine", "theorems", "verify", "reports"},
    "reports": {"reports"},
}


def imported_layers(source: str) -> set[str]:
    """The layers of backproof that a module imports; a relative or flat import is reported by its own name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else ["relative"]
            if node.module == "backproof":
                names = [f"backproof.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "backproof" and len(parts) > 1:
                found.add(parts[1])
            elif parts[0] in {*ALLOWED, "relative"}:
                found.add(f"flat {name}")
    return found


def violations(layer: str, source: str) -> set[str]:
    return imported_layers(source) - ALLOWED[layer]


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_the_layers_below_it(layer: str) -> None:
    modules = sorted((ROOT / layer).rglob("*.py"))
    assert modules
    for module in modules:
        assert not violations(layer, module.read_text(encoding="utf-8")), module.relative_to(ROOT)


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("engine", "from backproof.verify.paths.enumeration import paths"),
        ("reports", "import backproof.engine"),
        ("theorems", "from backproof import verify"),
        ("verify", "from . import paths"),
        ("verify", "from engine import Graph"),
    ],
)
def test_the_layer_test_finds_a_forbidden_import(layer: str, source: str) -> None:
    assert violations(layer, source)


def test_no_module_is_loaded_twice() -> None:
    program = """
import sys, collections
import backproof.verify.commands.verify, backproof.verify.strategies, backproof.engine, backproof.reports
files = collections.Counter(
    module.__file__ for name, module in sys.modules.items() if getattr(module, "__file__", None) and name.startswith(("backproof", "engine", "verify", "reports", "theorems"))
)
twice = [file for file, count in files.items() if count > 1]
flat = [name for name in sys.modules if name.split(".")[0] in ("engine", "verify", "reports", "theorems")]
assert not twice and not flat, (twice, flat)
print(len(files))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT.parent)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
