"""The public names: each leaves through exactly one door, and what people have typed or pasted keeps working."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import walk_packages

import pytest

import backproof

PUBLIC: dict[str, tuple[str, ...]] = {
    "backproof.engine": (
        *("FLOAT32", "FLOAT64", "RATIONAL", "DomainError", "EdgeTooLarge", "Graph", "GraphError", "NumberSystem", "TraceError"),
        *(
            "UnsupportedOperation",
            "Vertex",
            "backward",
            "forward",
            "jacobians",
            "leaf",
            "mpmath_system",
            "number_system",
            "trace",
            "vertex",
        ),
    ),
    "backproof.verify": ("CheckResult", "Evidence", "Reason", "Verdict", "assert_correct", "check", "check_layer"),
    "backproof.verify.strategies": ("arguments_for", "cases", "graphs"),
    "backproof.verify.pytest_plugin": ("gradient_oracle",),
    "backproof.verify.cases": ("Case", "CaseError", "campaign_case", "from_replay_id", "make_case", "replay_id", "restricted_case"),
    "backproof.verify.three_way": ("CaseResult", "Routes", "check_case"),
    "backproof.verify.blame": ("Diagnosis", "blame", "diagnose"),
    "backproof.verify.selftest": ("MUTANTS", "Mutant", "by_name", "register"),
    "backproof.verify.engine_oracle": ("Engine", "TargetError", "check_engine", "diagnose_engine", "load_engine"),
    "backproof.verify.lift": ("Lifted", "NotLifted", "Read", "Undecided", "lift", "lift_backward", "pull_back"),
    "backproof.reports": (
        *("ResultsError", "load_results", "render_checks", "render_html", "save_results", "validate", "write_checks_html", "write_html"),
    ),
}
"""The one list of public names, by door."""

AGAIN = {
    **dict.fromkeys(("Graph", "trace"), "backproof.engine"),
    **dict.fromkeys(("assert_correct", "check", "check_layer"), "backproof.verify"),
}
"""Names that `import backproof` has too: the one second door."""


def handed_on() -> dict[str, list[str]]:
    """What every folder hands on, by its `__all__`."""
    found: dict[str, list[str]] = {}
    for layer in ("backproof.engine", "backproof.theorems", "backproof.verify", "backproof.reports"):
        names = [layer, *(info.name for info in walk_packages(import_module(layer).__path__, layer + ".") if info.ispkg)]
        found |= {name: list(import_module(name).__all__) for name in names if hasattr(import_module(name), "__all__")}
    return found


def test_every_folder_hands_on_what_the_list_says() -> None:
    folders = {door: sorted(names) for door, names in PUBLIC.items() if hasattr(import_module(door), "__path__")}
    assert {door: sorted(names) for door, names in handed_on().items()} == folders


@pytest.mark.parametrize("door", PUBLIC)
def test_a_door_opens(door: str) -> None:
    for name in PUBLIC[door]:
        assert getattr(import_module(door), name) is not None


def test_a_name_leaves_through_exactly_one_door() -> None:
    names = [name for door in PUBLIC.values() for name in door]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("door", [door for door in PUBLIC if hasattr(import_module(door), "__path__")])
def test_a_door_refuses_what_it_does_not_have(door: str) -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'no_such_name'"):
        getattr(import_module(door), "no_such_name")  # noqa: B009


@pytest.mark.parametrize(
    "door", [door for door in PUBLIC if door.startswith("backproof.verify") and hasattr(import_module(door), "__path__")]
)
def test_a_door_of_verify_lists_what_it_hands_on_and_nothing_else(door: str) -> None:
    assert dir(import_module(door)) == sorted(PUBLIC[door])


@pytest.mark.parametrize("name", AGAIN)
def test_the_second_door_has_the_same_object(name: str) -> None:
    assert getattr(backproof, name) is getattr(import_module(AGAIN[name]), name)


def test_the_second_door_hands_on_those_names_and_the_version_only() -> None:
    assert sorted(backproof.__all__) == sorted([*AGAIN, "__version__"])
    assert dir(backproof) == sorted([*AGAIN, "__version__", *backproof.LAYERS])
    assert backproof.__version__ == version("backproof")
    with pytest.raises(AttributeError, match="module 'backproof' has no attribute 'no_such_name'"):
        getattr(backproof, "no_such_name")  # noqa: B009


def test_the_second_door_loads_no_layer() -> None:
    program = "import sys, backproof; print([name for name in sys.modules if name.startswith('backproof.') or name == 'numpy'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_layer_imports_the_second_door() -> None:
    root = Path(__file__).resolve().parent.parent
    files = [file for layer in backproof.LAYERS for file in (root / layer).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    assert not [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "backproof"]
    assert not [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names if alias.name == "backproof"]


def test_pasted_lines_still_import() -> None:
    """The lines that generated tests and reproductions have held since the first version."""
    lines = """
from backproof.verify import Verdict, assert_correct, check
from backproof.verify.cases import from_replay_id
from backproof.verify.three_way import Routes, check_case
from backproof.verify.engine_oracle import check_engine, diagnose_engine, load_engine
from backproof.verify.strategies import arguments_for, cases, graphs
"""
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_door_of_verify_loads_nothing_heavy() -> None:
    program = "import sys, backproof.verify; print(sorted({name.partition('.')[0] for name in sys.modules} & {'flint', 'scipy', 'mpmath', 'networkx'}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["backproof", "backproof.verify"])
def test_the_module_runs_like_the_command(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "backproof" in done.stdout
