"""The walls inside the house: which folder may import which, and what no file of a folder may know. Each wall finds an import that is planted.

A wall is a function of the sources (module name → text) that names what breaks it; `sources()` are the real ones, a test plants a line in a copy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("engine", "theorems", "verify", "reports")

GROUND = ("verify", "verify.numbers")
GRAPHS = ("paths", "cases", "derivatives", "rounding", "three_way", "blame", "proofs.coq", "proofs", "selftest", "engine_oracle")
CODE = (
    "lift.tape",
    "lift.arrays",
    "lift",
    "lift.rounding",
    "lift.numpy_code",
    "gradient_oracle.given",
    "gradient_oracle.differences",
    "gradient_oracle.conventions",
    "gradient_oracle.causes",
    "gradient_oracle.excused",
    "gradient_oracle.plain",
    "gradient_oracle.planned",
    "gradient_oracle.probes",
    "gradient_oracle.handed",
    "gradient_oracle.ties",
    "gradient_oracle.aimed",
    "gradient_oracle.shown",
    "gradient_oracle",
    "gradient_oracle.layers",
)
ABOVE = ("results", "campaign", "selftest.graded", "selftest.known", "commands", "commands.documents", "commands.proving", "commands.guide")
WINGS = {"graphs": tuple(f"verify.{room}" for room in GRAPHS), "code": tuple(f"verify.{room}" for room in CODE)}
ORDER = (*GROUND, *WINGS["graphs"], *WINGS["code"], *(f"verify.{room}" for room in ABOVE))
VISITORS = (
    "verify.strategies",
    "verify.pytest_plugin",
    "verify.presentation",
    "verify.gathering",
    "verify.__main__",
    "verify.commands.main",
)
"""Files of `verify` for those outside: they may import everything, and nothing imports them."""

MAY_IMPORT_INSIDE_FUNCTIONS = (
    *("verify.commands.main", "verify.commands.documents.typed", "verify.commands.proving.typed", "verify.commands.guide.typed"),
    *("verify.pytest_plugin", "verify.__main__"),
)
PUBLIC_DOORS = ("engine", "engine.functions", "reports")
"""Folders of which other layers import the door; everywhere else a file is imported by its own name."""

JACOBIANS = frozenset({"jacobians", "local_jacobian", "jacobian", "backward", "vjp"})
VALUES = frozenset({"backward", "forward", "local_value"})

Sources: TypeAlias = Mapping[str, str]
Wall: TypeAlias = Callable[[Sources], list[str]]


@cache
def sources() -> dict[str, str]:
    """The text of every module of the four layers, by its name without `backproof.`; a door is the `__init__` of its folder."""
    files = (file for layer in LAYERS for file in sorted((ROOT / layer).rglob("*.py")))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text(encoding="utf-8") for file in files}


def room(module: str) -> str:
    """The folder of a module."""
    return module.rpartition(".")[0]


@cache
def imported_names(source: str) -> tuple[tuple[str, str, bool], ...]:
    """What a module imports of ours: (module, name in it or nothing, whether inside a function)."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    found: list[tuple[str, str, bool]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name, id(node) in inside) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "", id(node) in inside) for alias in node.names]
    ours = [(module, name, late) for module, name, late in found if module.partition(".")[0] == "backproof"]
    return tuple((module.removeprefix("backproof").removeprefix("."), name, late) for module, name, late in ours)


def imports(source: str, known: Sources) -> Iterator[tuple[str, bool]]:
    """The modules of ours that a module imports, and whether inside a function; a name that is no file of its own stands for the file that holds it."""
    for module, name, late in imported_names(source):
        candidates = (f"{module}.{name}".strip("."), f"{module}.{name}.__init__".strip("."), module, f"{module}.__init__")
        yield next((candidate for candidate in candidates if candidate in known), module), late


def arrows(known: Sources) -> Iterator[tuple[str, str]]:
    """Every import of one module of ours by another."""
    for module, source in known.items():
        for imported, _ in imports(source, known):
            yield module, imported


def folders_import_one_way(known: Sources) -> list[str]:
    """Inside `verify` a folder imports those before it in `ORDER` only."""
    broken: list[str] = []
    for module, imported in arrows(known):
        if not (module.startswith("verify.") and imported.startswith("verify.")) or module in VISITORS or module.endswith("__init__"):
            continue
        if ORDER.index(room(imported)) > ORDER.index(room(module)) or imported in VISITORS:
            broken.append(f"{module} imports {imported}")
    return broken


def wings_do_not_meet(known: Sources) -> list[str]:
    """No import between the wing of graphs and the wing of code."""
    side = {folder: wing for wing, folders in WINGS.items() for folder in folders}
    pairs = [(module, imported, side.get(room(module)), side.get(room(imported))) for module, imported in arrows(known)]
    return [f"{module} imports {imported}" for module, imported, own, other in pairs if own and other and own != other]


@cache
def names(source: str) -> frozenset[str]:
    """Every name and attribute that a module uses or imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
    return frozenset(found)


def _unknown(known: Sources, folder: str, forbidden: frozenset[str], rooms: tuple[str, ...]) -> list[str]:
    own = {module: source for module, source in known.items() if room(module) == folder}
    used = [f"{module} knows {name}" for module, source in own.items() for name in sorted(forbidden & names(source))]
    entered = [f"{module} imports {imported}" for module, imported in arrows(known) if module in own and room(imported) in rooms]
    return used + entered


def derivatives_know_no_jacobian_and_no_path(known: Sources) -> list[str]:
    """Route 3 evaluates f only."""
    return _unknown(known, "verify.derivatives", JACOBIANS, ("verify.paths",))


def paths_know_no_backward_pass_and_no_value(known: Sources) -> list[str]:
    """Route 2 uses D and paths only."""
    return _unknown(known, "verify.paths", VALUES, ("verify.derivatives",))


def reports_import_nothing_of_ours(known: Sources) -> list[str]:
    """Reports know results, not engines."""
    return [
        f"{module} imports {imported}"
        for module, imported in arrows(known)
        if module.startswith("reports") and not imported.startswith("reports")
    ]


def no_import_inside_a_function(known: Sources) -> list[str]:
    """What a file needs of ours stands on top of it; click's commands and the pytest plugin import when they are called."""
    return [
        f"{module} imports {imported} inside a function"
        for module, source in known.items()
        if module not in MAY_IMPORT_INSIDE_FUNCTIONS
        for imported, inside in imports(source, known)
        if inside
    ]


def files_are_imported_by_their_own_name(known: Sources) -> list[str]:
    """Doors are for those who come from outside: inside, the file that defines a name is imported."""
    return [
        f"{module} imports the door of {imported}"
        for module, imported in arrows(known)
        if imported.endswith(".__init__") and room(imported) not in PUBLIC_DOORS and module not in VISITORS
    ]


def no_circle(known: Sources) -> list[str]:
    """No circle of imports, file by file."""
    graph: nx.DiGraph[str] = nx.DiGraph(arrows(known))
    return [" ↔ ".join(sorted(circle)) for circle in nx.strongly_connected_components(graph) if len(circle) > 1]


PLANTED: list[tuple[Wall, str, str]] = [
    (folders_import_one_way, "verify.numbers.balls", "from backproof.verify.paths.enumeration import paths"),
    (folders_import_one_way, "verify.paths.sums", "from backproof.verify.cases.case import Case"),
    (folders_import_one_way, "verify.lift.tape.tape", "from backproof.verify.lift.arrays.arrays import plain"),
    (folders_import_one_way, "verify.lift.arrays.arrays", "import backproof.verify.lift.numpy_code.types"),
    (folders_import_one_way, "verify.blame.words", "from backproof.verify.results.document import results_document"),
    (folders_import_one_way, "verify.verdicts", "from backproof.verify.numbers.balls import real_ball_system"),
    (folders_import_one_way, "verify.cases.case", "from backproof.verify import strategies"),
    (wings_do_not_meet, "verify.gradient_oracle.kinks", "from backproof.verify.derivatives import kinks"),
    (wings_do_not_meet, "verify.three_way.floats", "from backproof.verify.lift.rounding.bounds import bounds"),
    (derivatives_know_no_jacobian_and_no_path, "verify.derivatives.enclosures", "from backproof.engine import jacobians"),
    (derivatives_know_no_jacobian_and_no_path, "verify.derivatives.differences", "def slope(row):\n    return row.jacobian"),
    (derivatives_know_no_jacobian_and_no_path, "verify.derivatives.kinks", "from backproof.engine.passes import backward"),
    (derivatives_know_no_jacobian_and_no_path, "verify.derivatives.exact", "from backproof.verify.paths.sums import PathSum"),
    (paths_know_no_backward_pass_and_no_value, "verify.paths.sums", "from backproof.engine import backward"),
    (paths_know_no_backward_pass_and_no_value, "verify.paths.blocks", "from backproof.engine import passes\nvalues = passes.forward"),
    (paths_know_no_backward_pass_and_no_value, "verify.paths.frontier", "from backproof.verify.derivatives.exact import weights"),
    (reports_import_nothing_of_ours, "reports.html.page", "from backproof.verify.verdicts import Verdict"),
    (reports_import_nothing_of_ours, "reports.terminal", "import backproof.engine"),
    (no_import_inside_a_function, "verify.lift.tape.tape", "def late():\n    from backproof.verify.lift.arrays import dispatch"),
    (no_import_inside_a_function, "engine.passes", "def late():\n    import backproof.engine.graph"),
    (files_are_imported_by_their_own_name, "verify.results.tally", "from backproof.verify.cases import Case"),
    (no_circle, "engine.vertices", "from backproof.engine.passes import forward"),
    (no_circle, "verify.lift.arrays.arrays", "from backproof.verify.lift.arrays.dispatch import apply_ufunc"),
]
WALLS = list(dict.fromkeys(wall for wall, _, _ in PLANTED))


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.__name__)
def test_a_wall_holds(wall: Wall) -> None:
    assert wall(sources()) == []


@pytest.mark.parametrize(("wall", "module", "line"), PLANTED, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_wall_finds_what_is_planted(wall: Wall, module: str, line: str) -> None:
    planted = {**sources(), module: f"{sources()[module]}\n{line}\n"}
    assert [found for found in wall(planted) if module in found]


def test_every_folder_of_verify_has_its_place_in_the_order() -> None:
    folders = {room(module) for module in sources() if module.startswith("verify")}
    assert folders == set(ORDER)
