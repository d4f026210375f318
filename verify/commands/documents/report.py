"""What `backproof report FILE…` does: read results, show what they come to, and write them in other formats.

>>> run_report(ReportOptions((Path("nowhere.json"),)))  # said on stderr: cannot read 'nowhere.json'
4
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from backproof.reports.agreement import disagreements
from backproof.reports.changes import Changes, changes
from backproof.reports.document import Results, ResultsError
from backproof.reports.foreign import foreign
from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, PASSED, checked_anything, outcomes, overall, parts, worst_first
from backproof.reports.terminal import print_summary, say, say_verdict, tell
from backproof.reports.vocabulary import COLOURS
from backproof.verify.commands.documents.asked import ReportOptions, Target
from backproof.verify.commands.documents.merging import merged
from backproof.verify.commands.documents.reading import Refused, read_document
from backproof.verify.commands.documents.targets import write_targets
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERRUPTED, NOTHING, holds_or_fails
from backproof.verify.commands.session import give_up, tell_runner, unwritable
from backproof.verify.results.whole import ShardsError

SHOWN = 5  # outcomes that do not pass and are named; chosen: as many as of a run
CHANGES = 20  # that are shown; chosen: a screen, and --md has them all
LONGEST = 300  # characters of why one does not pass; chosen: three lines


def run_report(options: ReportOptions) -> int:
    """Show and write the results and return the exit code: that of the run, or why there are none."""
    try:
        documents = [read_document(path) for path in options.files]
        results = _one(options.files, documents)
        compared = None if options.baseline is None else changes(read_document(options.baseline), results)
    except Refused as error:
        return give_up(f"backproof report: {error}")
    written: Sequence[Target] = options.targets
    problem: OSError | None = None
    try:
        write_targets(results, options.targets, compared)
    except ResultsError as error:
        return give_up(f"backproof report: {', '.join(map(str, options.files))} cannot be shown: {error}")
    except OSError as error:
        problem, written = error, ()
    _show(results, options)
    if compared is not None:
        _print_changes(compared, options)
    for target in written:
        if target.path != Path("-") and not options.output.quiet:
            say(f"wrote {target.typed}")
    tell_runner(results, compared)
    if (shard := results.get("shard")) is not None:
        tell(f"backproof report: shard {shard['number']} of {shard['of']} alone decides nothing of the whole; give the files of all")
    if problem is not None:
        return unwritable(problem)
    return code_of(results, compared if options.fail_on_regression else None)


def code_of(results: Results, compared: Changes | None = None) -> int:
    """The exit code of a document: that of the run which wrote it, or of its comparison with a baseline.

    >>> told = {"run": {"interrupted": False}, "cases": [], "theorems": [], "derivations": [], "proofs": {"status": "recorded"}}
    >>> code_of({**told, "summary": {"holds": True}}), code_of({**told, "cases": [{}], "summary": {"holds": False}})
    (5, 1)
    """
    if results["run"]["interrupted"]:
        return INTERRUPTED
    if not checked_anything(results):
        return NOTHING
    if "shard" in results:  # alone it decides nothing of the whole
        return FAILS
    if compared is not None:
        return FAILS if compared.regressions else HOLDS
    return holds_or_fails(results)


def _one(files: Sequence[Path], documents: Sequence[Results]) -> Results:
    """The one document that is shown: the only one, or what all are shards of. Refused where they do not belong
    together, or what they come to cannot be believed.
    """
    if len(documents) == 1:
        return documents[0]
    try:
        results = merged([(str(path), document) for path, document in zip(files, documents, strict=True)])
    except ShardsError as error:
        raise Refused(str(error)) from None
    if doubts := disagreements(results):
        raise Refused(f"the words of what they come to disagree with its counts, and none of them is to be believed: {doubts[0]}")
    return results


def _show(results: Results, options: ReportOptions) -> None:
    """The summary as the run showed it; without cases, what became of everything else by its section."""
    if results["cases"]:
        print_summary(results, options.output.quiet, options.output.no_color, ())
        return
    if not options.output.quiet:
        _print_sections(results)
    word = overall(results)
    say_verdict(f"{word}  {results['summary']['sentence']}", options.output.no_color, fg=COLOURS.get(word, "yellow"))
    left = worst_first(parts(results))
    shown = left if options.output.verbose else left[:SHOWN]
    for outcome in shown:
        say(f"  {foreign(outcome.name)}: {foreign(outcome.said, LONGEST)}")
    if len(left) > len(shown):
        say(f"and {len(left) - len(shown):,} more; -v lists them all")


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


def _print_changes(compared: Changes, options: ReportOptions) -> None:
    """How the results differ from the baseline, regressions first, and what of that fails."""
    say()
    say(f"against {foreign(str(options.baseline))}: {compared.sentence}", options.output.no_color, bold=True)
    for words in compared.settings:
        say(f"  another run: {foreign(words, LONGEST)}")
    rows = sorted(compared.rows, key=lambda row: not row.worse)
    shown = rows if options.output.verbose else rows[:CHANGES]
    for row in shown:
        arrow = (
            f"{foreign(row.before, LONGEST)} → {foreign(row.after, LONGEST)}"
            if row.before and row.after
            else foreign(row.before or row.after, LONGEST)
        )
        say(f"  {row.kind:<16} {foreign(row.name, 120)}: {arrow}", options.output.no_color, fg="red" if row.worse else None)
    if len(rows) > len(shown):
        say(f"  and {len(rows) - len(shown):,} more; -v lists them all")
    if options.fail_on_regression:
        count = compared.regressions
        words = "nothing is worse than in the baseline" if not count else "1 regression" if count == 1 else f"{count:,} regressions"
        say(f"--fail-on-regression: {words}", options.output.no_color, fg="red" if count else "green")
