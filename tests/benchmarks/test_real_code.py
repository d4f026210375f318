"""The code that people write is what it says: right ones agree with differences, wrong ones do not, each fault stands on
its line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Cause, Diagnosis, Fault
from benchmarks.real_code import FOLDER, SAME, Seen, asked, by_peer, carries, entry_module, failures, judged, load, place_of, words

ENTRIES = load()
TYPES: Any = entry_module()
THEMES = sorted({entry.theme for entry in ENTRIES})
STEP = 1e-5
FEWEST = 250  # what the benchmark promises
MOST_ENTRIES = 64  # of all float arguments together: toy sizes, so that a check takes a fraction of a second

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def of(theme: str) -> list[Any]:
    return [entry for entry in ENTRIES if entry.theme == theme]


def copies(args: Any) -> tuple[Any, ...]:
    return tuple(np.array(a) if is_float(a) else a for a in args)


def is_float(a: Any) -> bool:
    return a is not None and np.asarray(a).dtype.kind == "f"


def cotangent_of(made: Any) -> Any:
    return np.random.default_rng(1).normal(size=np.shape(made.f(*copies(made.args))))


def gradients(made: Any, ct: Any) -> Any:
    """What the vjp gives; an exception in its place."""
    try:
        return made.vjp(copies(made.args), np.array(made.f(*copies(made.args))), np.array(ct))
    except (ArithmeticError, ValueError, TypeError, IndexError, AttributeError) as error:
        return error


def differences(made: Any, ct: Any) -> list[Any]:
    """Five-point differences of the cotangent times f; None for arguments that hold no floats."""
    found: list[Any] = []
    for k, a in enumerate(made.args):
        slopes = np.zeros(np.shape(a)) if is_float(a) else None
        for index in np.ndindex(np.shape(a)) if slopes is not None else ():
            sides: list[float] = []
            for step in (STEP, -STEP, STEP / 2, -STEP / 2):
                moved = list(copies(made.args))
                moved[k][index] += step
                sides.append(float(np.sum(ct * np.asarray(made.f(*moved)))))
            assert slopes is not None
            slopes[index] = (8 * (sides[2] - sides[3]) - (sides[0] - sides[1])) / (6 * STEP)
        found.append(slopes)
    return found


def error(found: Any, expected: Any) -> float:
    """The largest difference over the largest expected entry; infinite for an exception, another shape, or no number."""
    if isinstance(found, Exception) or len(found) != len(expected):
        return np.inf
    scale = max([float(np.max(np.abs(e))) for e in expected if e is not None and np.size(e)], default=0.0) or 1e-12
    worst = 0.0
    for g, e in zip(found, expected, strict=True):
        if e is not None and np.size(e):
            if g is None or np.shape(g) != np.shape(e) or not np.all(np.isfinite(g)):
                return np.inf
            worst = max(worst, float(np.max(np.abs(np.asarray(g) - e))) / scale)
    return worst


def at(entry: Any, args: Any) -> tuple[Any, Any, Any]:
    """The entry there, a cotangent, what it gives."""
    made = TYPES.plain(entry, args)
    ct = cotangent_of(made)
    return made, ct, gradients(made, ct)


def apart(entry: Any, wrong: Any, args: Any) -> float:
    """How far the twin is from the right one there, with the same parameters."""
    made, ct, found = at(entry, args)
    return error(gradients(replace(TYPES.plain(wrong, args), args=made.args), ct), found)


@pytest.mark.parametrize("theme", THEMES)
def test_right_ones_agree_with_differences(theme: str) -> None:
    with np.errstate(all="ignore"):
        for entry in of(theme):
            for args in (entry.args, None if entry.kink else entry.exposes):
                if args is not None:
                    made, ct, found = at(entry, args)
                    assert 0 < sum(np.size(a) for a in made.args if is_float(a)) <= MOST_ENTRIES, entry.name
                    assert error(found, differences(made, ct)) < entry.accuracy, entry.name


@pytest.mark.parametrize("theme", THEMES)
def test_wrong_ones_differ_where_they_say(theme: str) -> None:
    with np.errstate(all="ignore"):
        for entry in of(theme):
            wrong = entry.wrong()
            off = apart(entry, wrong, entry.args)
            if entry.exposes is None and entry.shows == "values":
                assert off > 1e-4, entry.name
            elif entry.exposes is not None:
                assert off < entry.accuracy, entry.name
                assert apart(entry, wrong, entry.exposes) > 1e-4, entry.name
            else:
                assert off < entry.accuracy, entry.name
                assert not shows(entry), entry.name
                assert shows(wrong), entry.name


def shows(entry: Any) -> bool:
    """Whether a fault is seen in what is said to show it: the cotangent, the dtype, an earlier forward, one between."""
    made = TYPES.plain(entry)
    ct = cotangent_of(made)
    if entry.shows == "cotangent":
        given = ct.copy()
        made.vjp(copies(made.args), made.f(*copies(made.args)), given)
        return not np.array_equal(given, ct)
    if entry.shows == "dtype":
        return error(gradients(made, ct), differences(made, ct)) > 1e-10
    parameters = [np.array(TYPES.reach(entry.make(), path)) for path in entry.parameters]

    def forward(args: Any, one: Any = None) -> Any:
        return TYPES.called(entry, args, parameters, one)[1]

    expected = [np.array(g) for g in TYPES.leaves(list(forward(copies(entry.args))(ct)))]
    others = tuple(1.3 * a + 0.1 for a in entry.args)
    if entry.shows == "again":
        one = entry.make()
        forward(others, one)
        pull = forward(copies(entry.args), one)
    else:
        pull = forward(copies(entry.args))
        forward(others)
    return error(TYPES.leaves(list(pull(ct))), expected) > 1e-6


def test_there_are_enough_of_every_theme_and_no_name_twice() -> None:
    assert len(ENTRIES) >= FEWEST
    assert min(len(of(theme)) for theme in THEMES) >= 10
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    assert {path.stem for path in FOLDER.glob("*.py")} == {*THEMES, "entry"}
    assert len(list(FOLDER.glob("*.py"))) <= 20
    assert max(len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.glob("*.py")) <= 300


@pytest.mark.parametrize("theme", THEMES)
def test_a_fault_stands_on_its_line_and_says_whose_gradient_it_is(theme: str) -> None:
    lines = (FOLDER / f"{theme}.py").read_text(encoding="utf-8").splitlines()
    for entry in of(theme):
        fault = entry.fault
        assert fault.kind in TYPES.KINDS
        assert lines[fault.line - 1].strip() != fault.replacement
        assert lines[fault.line - 2].strip() == f"# fault {fault.kind} | {fault.argument} | {fault.replacement}"
        assert fault.vertex is None or fault.vertex < fault.line
        assert entry.fault == entry.wrong().fault


def test_every_kind_of_fault_occurs_and_none_is_more_than_a_sixth() -> None:
    kinds = [entry.fault.kind for entry in ENTRIES]
    assert set(kinds) == set(TYPES.KINDS)
    assert max(map(kinds.count, kinds)) <= len(kinds) / 6


def test_every_shape_of_handing_over_occurs_often() -> None:
    shapes = [entry.shape for entry in ENTRIES]
    assert all(shapes.count(shape) >= 30 for shape in ("vjp", "gradient", "value_and_gradient", "layer"))


def test_the_marks_of_a_file_must_be_as_many_as_its_entries() -> None:
    marked = ("def f(x):", "    return x * 2  # vertex", "# fault sign | x | g = -1", "g = 1")
    (fault,) = TYPES.faults(marked)
    assert (fault.kind, fault.argument, fault.line, fault.replacement, fault.vertex) == ("sign", "x", 4, "g = -1", 2)
    assert list(TYPES.faults(("# a fault of mine", "g = 1"))) == []


def test_trees_and_several_outputs_are_taken_apart_and_put_together() -> None:
    tree = {"a": np.ones(2), "b": [np.zeros(1), np.full(3, 2.0)]}
    flat = TYPES.leaves(tree)
    assert [leaf.size for leaf in flat] == [2, 1, 3]
    assert TYPES.rebuilt(tree, iter(flat))["b"][1] is flat[2]
    outputs = (np.ones((2, 1)), np.zeros(3))
    assert [part.shape for part in TYPES.split(TYPES.joined(outputs), outputs)] == [(2, 1), (3,)]


def test_check_passes_right_ones_and_flags_their_twins() -> None:
    for name in ("logistic class", "gated linear unit", "tied weights", "scalar product", "critic of two samples"):
        entry = next(entry for entry in ENTRIES if entry.name == name)
        assert asked(entry, 0).ok, name
        assert not asked(entry.wrong(), 0).ok, name


def test_what_is_judged_is_counted() -> None:
    entry = next(entry for entry in ENTRIES if entry.name == "centred columns")
    seen = judged(entry, seeds=1)
    assert (seen.alarms, seen.flags, seen.certified, seen.hidden, len(seen.seconds)) == ((False,), (True,), (True,), False, 1)
    peer = by_peer("central differences", entry, seeds=1)
    assert (peer.alarms, peer.flags) == ((False,), (True,))
    assert "1 of 1 (100.0 %) passed" in words("a checker", [peer])


def test_failures_are_named() -> None:
    alarm = Seen("a", "sign", False, (True,), (True,), (False,), (False,), (False,))
    missed = Seen("b", "ties", True, (False,), (False,), (False,), (False,), (False,))
    assert failures([alarm, missed]) == {
        "right and flagged": ["a"],
        "right and not certified": ["b"],
        "wrong and passed": ["b (ties)"],
        "wrong and not named": ["a (sign)"],
    }


def test_a_diagnosis_carries_a_fault_if_kind_line_and_place_agree() -> None:
    def at_line(line: int) -> Diagnosis:
        return Diagnosis(((Cause(Fault.CONSTANT, "", line=line),),))

    entry = next(entry for entry in ENTRIES if entry.name == "highway")
    assert carries(at_line(entry.fault.vertex), entry)
    assert not carries(at_line(entry.fault.vertex + 1), entry)
    assert carries(Diagnosis(((Cause(Fault.CONSTANT, "", argument=2),),)), entry)
    assert not carries(Diagnosis(((Cause(Fault.CONSTANT, "", argument=0),),)), entry)
    assert not carries(Diagnosis(((Cause(Fault.SIGN, "", argument=2),),)), entry)
    assert not carries(None, entry)


def test_the_place_of_a_fault_is_one_of_the_flat_arguments() -> None:
    unplaced = {entry.fault.argument for entry in ENTRIES if place_of(entry) is None}
    assert unplaced == {"cotangent"}
    assert set(SAME) < set(TYPES.KINDS)
