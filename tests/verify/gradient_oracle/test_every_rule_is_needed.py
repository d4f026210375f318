"""Every rule of `check` is needed: for each point, setting, step, probe and tier there is a wrong backward pass that is
not seen without it.

The tables below are complete: a rule that has no case in them fails. Other sizes, dtypes, types and settings, which are
screened after all others (`plain/`), would see some of these faults too; they are off where another rule is shown to be
needed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle import by_differences, exploration, judge, running, settings, variants
from backproof.verify.gradient_oracle import check as checking
from backproof.verify.gradient_oracle.aimed import decisions
from backproof.verify.gradient_oracle.aimed.decisions import AIMS
from backproof.verify.gradient_oracle.exploration import STEPS
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.plain import search
from backproof.verify.gradient_oracle.plain.candidates import Axis
from backproof.verify.gradient_oracle.plain.search import AXES
from backproof.verify.gradient_oracle.points import JUST, ON, WELL
from backproof.verify.gradient_oracle.probes import probes
from backproof.verify.gradient_oracle.probes.calls import Probe
from backproof.verify.gradient_oracle.probes.probes import PROBES
from backproof.verify.gradient_oracle.running import wrong_at
from backproof.verify.gradient_oracle.settings import SETTINGS
from backproof.verify.gradient_oracle.variants import VARIANTS, Variant
from backproof.verify.verdicts import Verdict

CORPUS: Any = sys.modules["cases"]  # loaded in conftest.py
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
OF_SETTINGS = {"the other truth value": "batchnorm mode", "another word": "reduction flag", "another whole number": "conv1d dilation"}
OF_AIMS = {"side": "a window of one hundredth", "number": "one slope of a table misprinted", "place": "tax bracket"}
OF_AXES = {Axis.SIZE: "length over one hundred", Axis.DTYPE: "in float32", Axis.TYPE: "a float of python", Axis.SETTING: "exponent seven"}
OF_STEPS = {JUST: "logit clip mismatch", ON: "both slopes on the bound", WELL: "bump of compact support"}
OF_PROBES = {
    "deterministic forward": "dither left on",
    "interleaved calls": "slope as long as the sum stays",
    "many forwards in between": "slopes of the last four",
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
    "two threads": "factor of another thread",
    "many calls": "decay after 900 calls",
}
TIERS: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "formula._finding": (judge, "judge_formula", lambda *_, **__: ([], False), "Vandermonde product with two equal nodes"),
    "floats._judged": (judge, "judge_floats", lambda *_: ([], None), "sinc by the quotient rule"),
    "kinks.outside_of_hull": (judge, "outside_of_hull", lambda *_: [], "maximum with a tie counted twice"),
    "judge._without_derivative": (judge, "nearby_range", lambda *_: None, "expm1 over x at zero"),
    "running.wrong_at": (
        running,
        "wrong_at",
        lambda *given: replace(wrong_at(*given), verdict=Verdict.CORRECT),
        "profile between floor and ceil",
    ),
    "opaque._finding": (
        exploration,
        "judge_opaque",
        lambda *given, **options: replace(judge_opaque(*given, **options), findings=()),
        "smoothing by cosine transform",
    ),
    "check._as_finding": (checking, "probe", lambda *_, **__: (), "own buffer returned"),
}
"""For each function that makes findings: what to replace, by what, and a case that is not seen then."""


FOLDERS = (CORPUS.FOLDER, CORPUS.INDEPENDENT, CORPUS.FOLDER / "sizes")
CATEGORIES = {case.name: (case.category, folder) for folder in FOLDERS for case in CORPUS.load_cases(folder=folder)}


def seen(name: str) -> bool:
    """Whether the wrong backward pass is flagged, or the note is there that says what is wrong."""
    case = next(case for case in CORPUS.load_cases(*CATEGORIES[name]) if case.name == name)
    result = check(case.f, case.args, case.wrong)
    return (not result.ok and bool(result.findings)) or (case.note is not None and any(case.note in note for note in result.notes))


def words_of(rule: Any) -> Any:
    """What a row of a table is called: a probe by its name, a variant by its words, others by their keys."""
    return rule.name if isinstance(rule, Probe) else rule.words if isinstance(rule, Variant) else rule


def test_every_rule_has_a_case() -> None:
    for table, rules in (
        (OF_POINTS, VARIANTS),
        (OF_SETTINGS, SETTINGS),
        (OF_AIMS, AIMS),
        (OF_STEPS, STEPS),
        (OF_PROBES, PROBES),
        (OF_AXES, AXES),
    ):
        assert list(table) == [words_of(rule) for rule in rules]


def test_every_function_that_makes_findings_has_a_case() -> None:
    """A finding is made where `GradientFinding(` is called."""
    makers: set[str] = set()
    for path in (CORPUS.FOLDER.parent.parent / "verify" / "gradient_oracle").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)] if isinstance(node, ast.FunctionDef) else []
            if isinstance(node, ast.FunctionDef) and any(isinstance(call, ast.Name) and call.id == "GradientFinding" for call in calls):
                makers.add(f"{path.stem}.{node.name}")
    assert makers == set(TIERS)


def without(rules: Any, name: Any) -> Any:
    """A table without the rule of this name."""
    if isinstance(rules, dict):
        return {other: run for other, run in rules.items() if other != name}
    return tuple(rule for rule in rules if words_of(rule) != name)


TABLES = (
    (variants, "VARIANTS", OF_POINTS),
    (settings, "SETTINGS", OF_SETTINGS),
    (probes, "PROBES", OF_PROBES),
    (decisions, "AIMS", OF_AIMS),
    (exploration, "STEPS", OF_STEPS),
    (search, "AXES", OF_AXES),
)


@pytest.mark.parametrize(
    ("module", "table", "rule", "name"),
    [(module, table, rule, name) for module, table, names in TABLES for rule, name in names.items()],
    ids=lambda value: "" if hasattr(value, "__file__") else str(value),
)
def test_without_this_rule_a_fault_is_not_seen(module: Any, table: str, rule: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if module is not search:
        monkeypatch.setattr(search, "AXES", ())
    monkeypatch.setattr(exploration.Exploration, "_look_further", lambda *_: None)  # visits of decisions, which come after these
    assert seen(name)
    rules = getattr(module, table)
    assert len(without(rules, rule)) == len(rules) - 1
    monkeypatch.setattr(module, table, without(rules, rule))
    assert not seen(name)


@pytest.mark.parametrize("tier", TIERS)
def test_without_this_tier_a_fault_is_not_seen(tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, attribute, nothing, name = TIERS[tier]
    monkeypatch.setattr(search, "AXES", ())
    assert seen(name)
    monkeypatch.setattr(module, attribute, nothing)
    if hasattr(by_differences, attribute):  # which asks the same at further points
        monkeypatch.setattr(by_differences, attribute, nothing)
    with suppress(ValueError):  # what nothing refuses may be an error of ours further on, which is no finding either
        assert not seen(name)
