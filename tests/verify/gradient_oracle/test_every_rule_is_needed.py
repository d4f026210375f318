"""Every rule of `check` is needed: for each point, setting, step, probe and tier there is a wrong backward pass that is not seen without it.

The tables below are complete: a rule that has no case in them fails.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle import check as checking
from backproof.verify.gradient_oracle import exploration as check_exploring
from backproof.verify.gradient_oracle import judge as check_judge
from backproof.verify.gradient_oracle import points as check_points
from backproof.verify.gradient_oracle import running as check_floats
from backproof.verify.gradient_oracle import settings as check_settings
from backproof.verify.gradient_oracle.exploration import AIMS, STEPS
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.points import JUST
from backproof.verify.gradient_oracle.probes import probes
from backproof.verify.gradient_oracle.probes.probes import PROBES
from backproof.verify.gradient_oracle.settings import SETTINGS
from backproof.verify.gradient_oracle.variants import RULES

FOLDER = Path(__file__).resolve().parents[2] / "corpus"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

OF_POINTS = {
    "generic values": "log odds ratio of equal rates",
    "small values, times 1e-08": "kurtosis of a faint signal",
    "large values, times 1e+08": "heat capacity without a frozen mode",
    "negative values": "mean of two correlations",
    "a zero": "reaction quotient, one product absent",
    "mixed signs": "mod truncates",
    "a size of one made three": "mean axis tuple",
    "a size larger by one": "median of an even number",
    "a size much larger": "time truncated after five steps",
    "one argument alone larger": "concatenation of unequal widths",
    "the first size larger": "mean by the other length",
    "indices repeated": "rows in runs of equal indices",
    "indices all equal": "an index that occurs three times",
    "indices turned around": "permutation for its inverse",
    "indices all zero": "row zero taken for padding",
    "indices with a -1": "cross entropy ignore index",
    "truth values all true": "length of a sequence without padding",
    "truth values all false": "mean of an empty sequence",
    "truth values turned around": "mask counted from the start",
    "two equal entries": "Vandermonde product with two equal nodes",
    "zeros": "gate recovered from the score",
    "zeros in the first place of every argument": "multinomial nll zero",
    "next to zero, times 1e-15": "volume of a tiny box",
    "times 30": "log cosh of some hundreds",
    "one argument times 1e-08": "velocity from energy and mass",
    "one argument times 1e+08": "occupation far above the temperature",
    "times 1e-04": "rodrigues small angle",
    "times 1e+04": "sixth moment of a loud signal",
    "rounded to whole numbers": "profile between floor and ceil",
    "all entries equal": "count of positive",
    "huge values, whose squares overflow": "hypotenuse with overflowing squares",
    "one more leading axis": "softmax over axis 1",
    "all sizes of an argument made one": "product keeps ones",
}
OF_SETTINGS = {
    "the other truth value": "batchnorm mode",
    "another word": "reduction flag",
    "another whole number": "conv1d dilation",
}
OF_AIMS = {"side": "a window of one hundredth", "number": "one slope of a table misprinted", "place": "tax bracket"}
OF_STEPS = {JUST: "logit clip mismatch", 1.0: "both slopes on the bound", 1.5: "bump of compact support"}
OF_PROBES = {
    "deterministic forward": "dither left on",
    "called twice": "total of the same argument",
    "forward in between": "slope looked up by a sum",
    "two live forwards": "slope kept in a workspace",
    "same memory": "memo by id",
    "own buffer": "own buffer returned",
    "arguments unchanged": "mask in the argument",
    "output unchanged": "mask in the output",
    "cotangent unchanged": "mask in a writable cotangent",
    "column order": "cotangent in the order of memory",
    "strided cotangent": "positive strides for dense memory",
    "reversed cotangent": "negative strides refused",
    "read-only cotangent": "cotangent negated and back",
    "expanded cotangent": "short way for a constant cotangent",
    "read-only arguments": "argument negated and back",
    "arguments in column order": "argument in the order of memory",
    "twice the cotangent": "cotangent clipped at four",
    "zero cotangent": "zeros taken for no cotangent",
}
TIERS: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "check_formula._finding": (check_judge, "formula", lambda *_: ([], False), "Vandermonde product with two equal nodes"),
    "check_rounding._judged": (check_judge, "floats", lambda *_: ([], None), "sinc by the quotient rule"),
    "check_judge.judge": (check_judge, "in_hull", lambda *_: True, "maximum with a tie counted twice"),
    "check_judge._without_derivative": (check_judge, "nearby_range", lambda *_: None, "expm1 over x at zero"),
    "check_floats.run_floats": (check_floats, "_shape_problem", lambda *_: "", "profile between floor and ceil"),
    "opaque.judge_opaque": (
        check_exploring,
        "judge_opaque",
        lambda *given: replace(judge_opaque(*given), findings=()),
        "delay by Fourier transform",
    ),
    "checking._as_finding": (checking, "probe", lambda *_, **__: (), "own buffer returned"),
}
"""For each function that makes findings: what to replace, by what, and a case that is not seen then."""


def corpus() -> Any:
    if "cases" not in sys.modules:
        spec = importlib.util.spec_from_file_location("cases", FOLDER / "cases.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules["cases"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["cases"])
    return sys.modules["cases"]


CATEGORIES = {
    case.name: (case.category, folder) for folder in (corpus().FOLDER, corpus().INDEPENDENT) for case in corpus().load_cases(folder=folder)
}


def seen(name: str) -> bool:
    """Whether the wrong backward pass is flagged, or the note is there that says what is wrong."""
    case = next(case for case in corpus().load_cases(*CATEGORIES[name]) if case.name == name)
    result = check(case.f, case.args, case.wrong)
    return not result.ok or (case.note is not None and any(case.note in note for note in result.notes))


def test_every_rule_has_a_case() -> None:
    for table, rules in ((OF_POINTS, RULES), (OF_SETTINGS, SETTINGS), (OF_AIMS, AIMS), (OF_STEPS, STEPS), (OF_PROBES, PROBES)):
        assert list(table) == list(rules)


def test_every_function_that_makes_findings_has_a_case() -> None:
    """A finding is made where `Finding(` is called."""
    makers: set[str] = set()
    for path in (FOLDER.parent.parent / "verify").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "check_findings import" in source else ():
            calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)] if isinstance(node, ast.FunctionDef) else []
            if isinstance(node, ast.FunctionDef) and any(isinstance(call, ast.Name) and call.id == "Finding" for call in calls):
                makers.add(f"{path.stem}.{node.name}")
    assert makers == set(TIERS)


TABLES = ((check_points, "RULES", OF_POINTS), (check_settings, "SETTINGS", OF_SETTINGS), (probes, "PROBES", OF_PROBES))


@pytest.mark.parametrize(
    ("module", "table", "rule", "name"),
    [(module, table, rule, name) for module, table, names in TABLES for rule, name in names.items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_this_rule_a_fault_is_not_seen(module: Any, table: str, rule: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(name)
    monkeypatch.setattr(module, table, {other: run for other, run in getattr(module, table).items() if other != rule})
    assert not seen(name)


@pytest.mark.parametrize(
    ("attribute", "value", "name"),
    [(attribute, value, name) for attribute, names in (("AIMS", OF_AIMS), ("STEPS", OF_STEPS)) for value, name in names.items()],
)
def test_without_aiming_at_this_or_this_step_a_fault_is_not_seen(
    attribute: str, value: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen(name)
    monkeypatch.setattr(check_exploring, attribute, tuple(other for other in getattr(check_exploring, attribute) if other != value))
    assert not seen(name)


@pytest.mark.parametrize("tier", TIERS)
def test_without_this_tier_a_fault_is_not_seen(tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, attribute, nothing, name = TIERS[tier]
    assert seen(name)
    monkeypatch.setattr(module, attribute, nothing)
    assert not seen(name)
