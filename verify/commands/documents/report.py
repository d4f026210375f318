"""What `backproof report FILE…` does: read results, show what they come to, and write them in other formats.

>>> run_report(ReportOptions((Path("nowhere.json"),)))  # said on stderr: cannot read 'nowhere.json'
4
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from backproof.reports.document import Results
from backproof.reports.foreign import foreign
from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, PASSED, checked_anything, outcomes, overall, parts, worst_first
from backproof.reports.terminal import print_summary, say, say_verdict
from backproof.reports.vocabulary import COLOURS
from backproof.verify.commands.documents.asked import ReportOptions, Target
from backproof.verify.commands.documents.reading import Refused, read_document
from backproof.verify.commands.documents.targets import write_targets
from backproof.verify.commands.exit_codes import INTERRUPTED, NOTHING, holds_or_fails
from backproof.verify.commands.session import give_up, tell_runner, unwritable

SHOWN = 5  # outcomes that do not pass and are named; chosen: as many as of a run
LONGEST = 300  # characters of why one does not pass; chosen: three lines


def run_report(options: ReportOptions) -> int:
    """Show and write the results and return the exit code: that of the run, or why there are none."""
    try:
        documents = [read_document(path) for path in options.files]
        results = _one(options.files, documents)
    except Refused as error:
        return give_up(f"backproof report: {error}")
    written: Sequence[Target] = options.targets
    problem: OSError | None = None
    try:
        write_targets(results, options.targets)
    except OSError as error:
        problem, written = error, ()
    _show(results, options)
    for target in written:
        if target.path != Path("-"):
            say(f"wrote {target.typed}")
    tell_runner(results)
    if problem is not None:
        return unwritable(problem)
    return code_of(results)


def code_of(results: Results) -> int:
    """The exit code of a document: that of the run which wrote it.

    >>> told = {"run": {"interrupted": False}, "cases": [], "theorems": [], "derivations": [], "proofs": {"status": "recorded"}}
    >>> code_of({**told, "summary": {"holds": True}}), code_of({**told, "cases": [{}], "summary": {"holds": False}})
    (5, 1)
    """
    if results["run"]["interrupted"]:
        return INTERRUPTED
    return holds_or_fails(results) if checked_anything(results) else NOTHING


def _one(files: Sequence[Path], documents: Sequence[Results]) -> Results:
    """The one document that is shown. Refused where there are several that are no shards of one run."""
    if len(documents) == 1:
        return documents[0]
    raise Refused(f"{len(files)} files are given, and they are no shards of one run; give one file, each run has a report of its own")


def _show(results: Results, options: ReportOptions) -> None:
    """The summary as the run showed it; without cases, what became of everything else by its section."""
    if results["cases"]:
        print_summary(results, options.quiet, options.no_color, ())
        return
    if not options.quiet:
        _print_sections(results)
    word = overall(results)
    say_verdict(f"{word}  {results['summary']['sentence']}", options.no_color, fg=COLOURS.get(word, "yellow"))
    left = worst_first(parts(results))
    for outcome in left[:SHOWN]:
        say(f"  {foreign(outcome.name)}: {foreign(outcome.message, LONGEST)}")
    if len(left) > SHOWN:
        say(f"and {len(left) - SHOWN:,} more; --md or --html lists them all")


def _print_sections(results: Results) -> None:
    say()
    counts = Counter((outcome.section, outcome.status) for outcome in outcomes(results))
    for section in dict.fromkeys(section for section, _ in counts):
        told = [(PASSED, "pass"), (FAILED, "do not pass"), (ALLOWED, "inconclusive, allowed"), (NOT_CHECKED, "not checked")]
        words = ", ".join(f"{counts[section, status]:,} {word}" for status, word in told if counts[section, status])
        say(f"  {section:<24} {words}")
    for sentence in results["summary"]["not_checked"]:
        say(f"  not checked: {foreign(sentence, 600)}")
    say()
