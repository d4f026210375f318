"""Tests stand where their source stands: `verify/paths/sums.py` has `tests/verify/paths/test_sums.py`.

What has none is named in `TESTED_ELSEWHERE`, by the reason, with the test that covers it; a test file without a source
file of its name is named in `OF_MORE_THAN_ONE`. An entry that is not needed fails, so that the tables stay true.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("engine", "theorems", "verify", "reports")
DOORS = ("__init__.py", "__main__.py", "doors.py")

# The reason, and for each source file the test file (below tests/) that covers it.
TESTED_ELSEWHERE = {
    "errors are raised, and their words tested, where something is refused": {"engine/errors.py": "engine/test_graph.py"},
    "a part of the function table: one test goes through every row of it": {
        "engine/functions/elementwise.py": "engine/functions/test_rows.py",
        "engine/functions/linear.py": "engine/functions/test_rows.py",
        "engine/functions/reductions.py": "engine/functions/test_rows.py",
        "engine/functions/row.py": "engine/functions/test_facts.py",
        "engine/functions/structural.py": "engine/functions/test_rows.py",
        "engine/vertices.py": "engine/test_graph.py",
    },
    "a part of tracing that shows in what is traced": {
        "engine/tracing/dispatch.py": "engine/tracing/test_arrays.py",
        "engine/tracing/places.py": "engine/tracing/test_tracer.py",
        "engine/tracing/ufuncs.py": "engine/tracing/test_tracer.py",
    },
    "a step of the diagnosis, which is tested by faults that it must name": {
        "verify/blame/from_adjoints.py": "verify/blame/test_diagnosis.py",
        "verify/blame/from_gradients.py": "verify/blame/test_diagnosis.py",
    },
    "a part of drawing a graph, which is tested on the graphs that are drawn": {
        "verify/cases/families.py": "verify/cases/test_random_graphs.py"
    },
    "tested as a user types it, by a command": {
        "verify/cases/named.py": "verify/commands/test_verify.py",
        "verify/commands/parameters.py": "verify/commands/test_oracle.py",
        "verify/commands/documents/asked.py": "verify/commands/documents/test_report.py",
        "verify/commands/documents/targets.py": "verify/commands/documents/test_report.py",
        "verify/commands/documents/typed.py": "verify/commands/documents/test_report.py",
        "verify/commands/guide/completion.py": "verify/commands/guide/test_typed.py",
        "verify/commands/guide/installed.py": "verify/commands/guide/test_doctor.py",
        "verify/commands/guide/listing.py": "verify/commands/guide/test_typed.py",
    },
    "a page of known answers, all of which are asked, and wrong parts must fail them": {
        "verify/selftest/known/balls.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/bounds.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/cases.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/comparisons.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/counts.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/derivatives.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/enclosures.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/functions.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/number_systems.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/passes.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/paths.py": "verify/selftest/known/test_answers.py",
        "verify/selftest/known/roundings.py": "verify/selftest/known/test_answers.py",
    },
    "faults near the bounds: tried on the judge as it is, and on loosened ones, check by check": {
        "verify/selftest/graded/adjoints.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/along.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/catalogue.py": "verify/commands/test_graded.py",
        "verify/selftest/graded/defined.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/derivatives.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/enumerations.py": "verify/commands/test_graded.py",
        "verify/selftest/graded/equations.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/hardware.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/outside.py": "verify/selftest/graded/test_mutated_judges.py",
        "verify/selftest/graded/planting.py": "verify/selftest/graded/test_stated.py",
        "verify/selftest/graded/points.py": "verify/selftest/graded/test_stated.py",
    },
    "tested by layers and functions in the shapes that people hand over": {
        "verify/gradient_oracle/handed/functions.py": "verify/gradient_oracle/handed/test_trial.py",
        "verify/gradient_oracle/layers/form.py": "verify/gradient_oracle/layers/test_finding.py",
        "verify/gradient_oracle/layers/running.py": "verify/gradient_oracle/layers/test_check_layer.py",
    },
    "tested with what it belongs to": {
        "reports/html/audit_script.py": "reports/html/test_audit_in_browser.py",
        "verify/lift/arrays/flags.py": "verify/lift/arrays/test_arrays.py",
        "verify/engine_oracle/child.py": "verify/engine_oracle/test_process.py",
        "verify/engine_oracle/target.py": "verify/engine_oracle/test_trial.py",
        "verify/selftest/faults.py": "verify/selftest/test_trials.py",
    },
    "a function of arrays, or how code reaches it: tested by code that calls it on lifted numbers": {
        "verify/lift/arrays/dispatch.py": "verify/lift/arrays/test_functions.py",
        "verify/lift/numpy_code/guards.py": "verify/lift/tape/test_errors.py",
        "verify/lift/numpy_code/replacements.py": "verify/lift/arrays/test_functions.py",
    },
    "a part of the tape, which is tested by code that is lifted": {
        "verify/lift/tape/elementary.py": "verify/lift/tape/test_rules.py",
        "verify/lift/tape/exact.py": "verify/lift/tape/test_tape.py",
        "verify/lift/tape/rule.py": "verify/lift/tape/test_rules.py",
        "verify/lift/tape/operators.py": "verify/lift/numpy_code/test_lifting.py",
        "verify/lift/tape/special.py": "verify/lift/tape/test_rules.py",
    },
    "a part of an article, which is tested by compiling it": {
        "reports/latex/theorem.py": "reports/latex/test_article.py",
        "reports/latex/worked.py": "reports/latex/test_article.py",
    },
    "a part of the page, which is tested on whole pages": {
        "reports/html/assets.py": "reports/html/test_page.py",
        "reports/html/overview.py": "reports/html/test_page_sections.py",
        "reports/html/shortened.py": "reports/html/test_detailed.py",
        "reports/html/templates.py": "reports/html/test_page_inert.py",
    },
    "a part of the audit, which is tested on whole pages, number by number": {
        "reports/audit/derivations/ledger.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/matrices.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/path_sums.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/replay_lines.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/routes.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/shown.py": "reports/audit/test_audit.py",
        "reports/audit/derivations/steps.py": "reports/audit/test_audit.py",
        "reports/audit/page/case_tables.py": "reports/audit/test_audit.py",
        "reports/audit/page/cases.py": "reports/audit/test_audit.py",
        "reports/audit/page/claims.py": "reports/audit/test_audit.py",
        "reports/audit/page/coverage.py": "reports/audit/test_audit.py",
        "reports/audit/page/elements.py": "reports/audit/test_audit.py",
        "reports/audit/page/failures.py": "reports/audit/test_audit.py",
        "reports/audit/page/others.py": "reports/audit/test_audit.py",
        "reports/audit/page/places.py": "reports/audit/test_audit.py",
        "reports/audit/page/prose.py": "reports/audit/test_audit.py",
        "reports/audit/page/rows.py": "reports/audit/test_audit.py",
        "reports/audit/page/view.py": "reports/audit/test_audit.py",
    },
    "a part of the audit of a file, which is tested on whole files": {
        "reports/audit/file/items.py": "reports/audit/file/test_results.py",
        "reports/audit/file/summary.py": "reports/audit/file/test_results.py",
    },
    "numbers and words without a decision of their own": {
        "reports/glossary.py": "verify/commands/guide/test_facts.py",
        "verify/numbers/precision.py": "verify/three_way/test_check.py",
        "verify/results/settings.py": "verify/results/test_document.py",
    },
}

# Test files that no one source file has the name of.
OF_MORE_THAN_ONE = {
    "reports/audit/test_alone.py": "reports/audit/: what it imports",
    "reports/html/pictures/test_on_a_screen.py": "reports/html/: graph_svg.py and pictures/, as a browser measures them",
    "verify/commands/documents/test_baseline.py": "verify/commands/documents/: report --baseline, as it is typed",
    "verify/selftest/graded/test_mutated_judges.py": "verify/selftest/graded/: the judge's own code changed in one place is seen",
    "verify/gradient_oracle/test_undecided.py": "verify/gradient_oracle/: errors at every call, and every handler of it and of verify/lift/",
    "verify/gradient_oracle/test_false_alarms.py": "verify/gradient_oracle/: what people write is not flagged, and its wrong twins are",
    "verify/gradient_oracle/ties/test_two_ways.py": "verify/gradient_oracle/: judge.py and kinks.py at many ties, between two sides and beyond",
    "verify/gradient_oracle/test_sizes.py": "verify/gradient_oracle/: sizes, dtypes, types and settings, on tests/corpus/sizes",
    "verify/gradient_oracle/test_hostile.py": "verify/gradient_oracle/: backward passes that exit, hang, or return what is no gradient",
    "verify/gradient_oracle/test_domains.py": "verify/gradient_oracle/: outside of the domain nothing is judged",
    "verify/lift/numpy_code/test_class_designs.py": "verify/lift/numpy_code/: how frameworks build on classes, and what stands in classes",
    "verify/lift/test_undefined.py": "verify/lift/: what is no number stays none",
    "verify/derivatives/test_domains.py": "verify/derivatives/: nothing leads back into a domain",
    "verify/derivatives/test_containment.py": "verify/derivatives/: enclosures contain, and a wrong one is caught",
    "engine/functions/test_accuracy.py": "engine/functions/: 48 digits, and far-out values",
    "engine/functions/test_facets.py": "engine/functions/: the table of functions × facets, and a row that is added",
    "engine/functions/test_facts.py": "engine/functions/: what a row says of itself",
    "engine/functions/test_rows.py": "engine/functions/: every row of the table against closed forms",
    "reports/html/test_page_checks.py": "reports/html/page.py: checks of code",
    "verify/lift/test_another_front_end.py": "verify/lift/: a second front end needs nothing of the first",
    "verify/engine_oracle/test_hostile.py": "verify/engine_oracle/: the zoo of hostile engines",
    "engine/test_malformed_documents.py": "engine/documents.py: the files in malformed/, one for each fault",
    "verify/campaign/test_kills.py": "verify/campaign/, as a command that is killed at random moments",
    "reports/html/test_browser.py": "the page in a real browser",
    "reports/html/plots/test_in_browser.py": "reports/html/plots/ and plots.css: pictures in a real browser",
    "reports/html/test_audit_arithmetic.py": "reports/html/audit/: numbers.js and intervals.js, in a real browser",
    "reports/html/test_audit_in_browser.py": "reports/html/audit/: what it says of pages, and of changed ones, in a real browser",
    "reports/html/test_contrast.py": "the colours of the style sheet",
    "reports/html/test_accessibility.py": "the page by axe and by computed contrast, in a real browser",
    "reports/html/test_filter.py": "reports/html/filter.js and sort.js, in a real browser",
    "reports/html/test_keys.py": "reports/html/keys.js and theme.js, in a real browser",
    "reports/html/test_page_inert.py": "reports/html/page.py: hostile names stay text",
    "reports/html/test_first_screen.py": "the first screen of a failing page, in a real browser",
    "reports/html/test_page_changes.py": "reports/html/page.py: what changed against a baseline",
    "reports/html/test_page_sections.py": "reports/html/page.py: coverage, the kill matrix, the smallest failure",
    "reports/html/test_page_theorems.py": "reports/html/page.py: theorems and derivations",
    "verify/engine_oracle/test_two_calls.py": "verify/engine_oracle/trial.py and repeated.py: both calls are judged",
    "verify/engine_oracle/test_reported.py": "verify/engine_oracle/: what results, terminal and page say of hostile engines",
    "verify/commands/test_printed_again.py": "every line that a failing run prints to see a failure again",
    "verify/commands/test_foreign_names.py": "every command: hostile names, on a terminal and elsewhere",
    "verify/gradient_oracle/test_misuse.py": "verify/gradient_oracle/: a mistake of the caller is an error, and never WRONG",
    "verify/gradient_oracle/test_corpus.py": "tests/corpus: right and wrong ones are what they say",
    "verify/gradient_oracle/test_public_code.py": "tests/corpus/public: public code and public reports of wrong gradients",
    "verify/gradient_oracle/test_every_rule_is_needed.py": "every rule of check has a case that only it sees",
}


def source_files(root: Path) -> set[str]:
    """Every source file of the four layers, from the root, doors apart."""
    files = (file for layer in LAYERS for file in (root / layer).rglob("*.py"))
    return {file.relative_to(root).as_posix() for file in files if file.name not in DOORS and "__pycache__" not in file.parts}


def files_of_tests(root: Path) -> set[str]:
    """Every test file of the four layers, from tests/."""
    return {file.relative_to(root / "tests").as_posix() for layer in LAYERS for file in (root / "tests" / layer).rglob("test_*.py")}


def mirrored(source: str) -> str:
    """Where the tests of a source file stand.

    >>> mirrored("verify/paths/sums.py")
    'verify/paths/test_sums.py'
    """
    path = Path(source)
    return (path.parent / f"test_{path.name}").as_posix()


def problems(root: Path, elsewhere: dict[str, dict[str, str]], more: dict[str, str]) -> list[str]:
    """What does not mirror, and what the tables say that is not so."""
    sources, tests = source_files(root), files_of_tests(root)
    covered = {source: test for entries in elsewhere.values() for source, test in entries.items()}
    mirrors = {mirrored(source) for source in sources}
    found = [f"{source}: no {mirrored(source)}, and no reason" for source in sources - set(covered) if mirrored(source) not in tests]
    for source, test in covered.items():
        if source not in sources:
            found.append(f"{source}: there is no such file")
        elif mirrored(source) in tests:
            found.append(f"{source}: it has {mirrored(source)}; take it out of the table")
        if test not in tests:
            found.append(f"{source}: there is no {test}")
    found += [f"{test}: no source file has this name, and no reason" for test in tests - mirrors - set(more)]
    found += [f"{test}: there is no such test file" for test in set(more) - tests]
    found += [f"{test}: a source file has this name; take it out of the table" for test in set(more) & mirrors]
    return sorted(found)


def test_every_file_has_its_tests_at_the_same_place_or_a_reason() -> None:
    assert len(source_files(ROOT)) > 150
    assert problems(ROOT, TESTED_ELSEWHERE, OF_MORE_THAN_ONE) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A source file with its test, one without, and a test without a source file."""
    for name in ("engine/a.py", "engine/b.py", "engine/__init__.py", "tests/engine/test_a.py", "tests/engine/test_all.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_house_whose_tables_are_true_has_no_problem(house: Path) -> None:
    assert problems(house, {"why": {"engine/b.py": "engine/test_a.py"}}, {"engine/test_all.py": "all"}) == []


@pytest.mark.parametrize(
    ("elsewhere", "more", "words"),
    [
        ({}, ["engine/test_all.py"], "engine/b.py: no engine/test_b.py, and no reason"),
        ({"engine/b.py": "engine/test_z.py"}, ["engine/test_all.py"], "engine/b.py: there is no engine/test_z.py"),
        (
            {"engine/a.py": "engine/test_all.py", "engine/b.py": "engine/test_a.py"},
            ["engine/test_all.py"],
            "engine/a.py: it has engine/test_a.py; take it out of the table",
        ),
        (
            {"engine/b.py": "engine/test_a.py", "engine/z.py": "engine/test_a.py"},
            ["engine/test_all.py"],
            "engine/z.py: there is no such file",
        ),
        ({"engine/b.py": "engine/test_a.py"}, [], "engine/test_all.py: no source file has this name, and no reason"),
        ({"engine/b.py": "engine/test_a.py"}, ["engine/test_all.py", "engine/test_z.py"], "engine/test_z.py: there is no such test file"),
        (
            {"engine/b.py": "engine/test_a.py"},
            ["engine/test_a.py", "engine/test_all.py"],
            "engine/test_a.py: a source file has this name; take it out of the table",
        ),
    ],
)
def test_what_does_not_mirror_is_found(house: Path, elsewhere: dict[str, str], more: list[str], words: str) -> None:
    assert problems(house, {"why": elsewhere}, dict.fromkeys(more, "why")) == [words]
