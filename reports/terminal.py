"""What the terminal shows: the summary in words, the first failure, the three-way table of a case.

Statuses are words; colour only underlines them, and only on a terminal without NO_COLOR. Every line goes through `say`
or `tell`, in which foreign text becomes harmless (`reports/foreign.py`); nothing else prints.

>>> say("CORRECT  \\x1b[31m\\nWRONG")
CORRECT  \\x1b[31m\\nWRONG
>>> say(7)
Traceback (most recent call last):
    ...
TypeError: expected string or bytes-like object, got 'int'
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from typing import Any

import click

from backproof.reports.causes import sides, worst_first
from backproof.reports.document import Record, Results
from backproof.reports.foreign import foreign, message, one_line
from backproof.reports.streams import for_people, put, stdout_failure
from backproof.reports.tables import table, terminal_width, wrapped
from backproof.reports.text import (
    counted,
    few_digits,
    grouped,
    looked_words,
    magnitude,
    not_run_words,
    replay_command,
    route_words,
    ulps_words,
)
from backproof.reports.vocabulary import COLOURS, INTERRUPTED, WITHOUT_SHARE

SHOWN_FAILURES = 5  # failing cases with a line of their own; chosen: the verdict stays on the screen
LONGEST_WORDS = 600  # characters of a reason, a place, a diagnosis; chosen: ours are below 400, and it is eight lines
LONGEST_CAUSE = 1500  # characters of the sentence of the causes; chosen: five causes, each with three others
MOST_ROWS = 500  # of the three-way table; chosen: a few screens, which are laid out in a second
THREE_WAYS = ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps")
SHOWN_GAPS = 3  # empty cells that are named where they need not be reached yet; chosen: one line


def say(text: str = "", no_color: bool = False, **style: Any) -> None:
    """Print one line on standard output (on standard error while `--json -` has that), with colour only on a terminal
    that wants it.
    """
    put(for_people(), _styled(one_line(text), for_people(), no_color, style))


def say_wrapped(text: str, no_color: bool = False, indent: int = 2, **style: Any) -> None:
    """A sentence on standard output, at its spaces on as many lines as the terminal needs, later ones indented; elsewhere
    one line.
    """
    for line in wrapped(one_line(text), terminal_width(for_people()), indent).split("\n"):
        say(line, no_color, **style)


def say_table(rows: Sequence[Sequence[str]], headings: Sequence[str] = (), right: Collection[str] = (), indent: int = 0) -> None:
    """Rows in columns on standard output, at the width of the terminal."""
    if rows:
        say_lines(table(headings, rows, terminal_width(for_people()), right, indent))


def say_lines(text: str) -> None:
    """Print text of several lines of our own; foreign text in it was made one line before (`repr`, `foreign`)."""
    for line in text.rstrip("\n").split("\n"):
        say(line)


def tell(text: str) -> None:
    """Print one line on standard error: progress, a refusal. It is cut in its middle where it is longer than 900
    bytes.
    """
    put(sys.stderr, message(text))


def tell_whole(text: str) -> None:
    """Print one line on standard error that is of use only whole: a replay line."""
    put(sys.stderr, one_line(text))


def say_verdict(line: str, no_color: bool, **style: Any) -> None:
    """Print the line that a run ends in, bold. It is said on standard error where standard output cannot be written."""
    say_wrapped(line, no_color, bold=True, **style)
    if stdout_failure() is not None and for_people() is not sys.stderr:
        tell(line)


def _styled(line: str, stream: Any, no_color: bool, style: dict[str, Any]) -> str:
    if not style or no_color or "NO_COLOR" in os.environ:
        return line
    wanted = "FORCE_COLOR" in os.environ or (stream is not None and stream.isatty())
    return click.style(line, **style) if wanted else line


def print_case_line(record: Record, no_color: bool) -> None:
    """One line for one case."""
    digits = "" if record["digits"] is None else f"  {record['digits']} digit{'' if record['digits'] == 1 else 's'}"
    paths = f"{grouped(record['paths'])} path{'' if str(record['paths']) == '1' else 's'}"
    size = f"{counted(record['vertices'], 'vertex', 'vertices')}, {paths}{digits}"
    line = f"{record['verdict']:<12} {record['id']}  {foreign(record['name'])}  {size}"
    say_wrapped(line + (f"  {_words(record['reason'])}" if record["reason"] else ""), no_color, fg=COLOURS[record["verdict"]])


def print_summary(results: Record, quiet: bool, no_color: bool, written: Sequence[str]) -> None:
    """The verdict in a sentence, the claims with their evidence, what was not checked, and the failures with their
    replay lines.
    """
    if not quiet:
        say()
        claims = [claim_cells(claim) for claim in results["summary"]["claims"]]
        say_table(claims, indent=2)
        for line in summary_lines(results)[len(claims) :]:
            say_wrapped(line)
        say()
    _print_not_run(results["summary"].get("cases"), no_color)
    say_verdict(verdict_line(results), no_color, fg=COLOURS.get(_verdict(results), "yellow"))
    if (causes := results.get("causes")) is not None:
        say(foreign(causes["sentence"], LONGEST_CAUSE), no_color, bold=True)
    _print_failures(results, no_color)
    if not quiet:
        _print_smallest(results.get("smallest"))
        for path in written:
            say(f"wrote {path}")
        say(f"seed {results['run']['seed']}")


def summary_lines(results: Results) -> list[str]:
    """What stands above the verdict: the claims with their evidence, what was judged, reached and not checked."""
    summary = results["summary"]
    lines: list[str] = []
    lines += [f"  {'  '.join(claim_cells(claim))}" for claim in summary["claims"]]
    if summary["accuracy"]:
        accuracy = summary["accuracy"]
        lines.append(
            f"  float64 against balls: at least {accuracy['worst_digits']} correct digits, at most {ulps_words(accuracy['worst_ulps'])}"
        )
    if (found := summary.get("comparisons")) and found["planned"]:
        judged = f"{found['judged']:,} of {found['planned']:,} planned were judged"
        lines.append(f"  comparisons: {judged}, {found['certified']:,} of them exactly or by enclosures")
    if "looked" in summary:
        lines.append(f"  {looked_words(summary['looked'])}")
    lines += [f"  {line}" for line in route_words(summary)] if results["cases"] else []
    lines += _coverage_lines(results["coverage"])
    return lines + [f"  not checked: {_words(sentence)}" for sentence in summary["not_checked"]]


def claim_cells(claim: Record) -> tuple[str, str, str]:
    """A claim, the number system, and what it rests on."""
    unequal = ", ".join(f"{count:,} {word}" for word, count in claim["counts"].items() if count and word != "CORRECT")
    worst = "" if claim["worst"] in WITHOUT_SHARE else f"; at most {claim['worst']}"
    return claim["claim"], claim["system"], f"{claim['evidence']}{worst}" + (f"; {unequal}" if unequal else "")


def verdict_line(results: Results) -> str:
    """The line that a run of cases ends in."""
    return f"{_verdict(results)}  {results['summary']['sentence']}"


def _verdict(results: Results) -> str:
    """The word of the last line; an interrupted run never reads CORRECT."""
    if not results["cases"]:
        return "not checked"
    verdict = str(results["summary"]["verdict"])
    return INTERRUPTED if results["run"]["interrupted"] and verdict == "CORRECT" else verdict


def _print_not_run(cases: Record | None, no_color: bool) -> None:
    """How many of the planned cases were run and why the others were not, where it was not all of them."""
    if cases is None or cases["run"] == cases["planned"]:
        return
    say_wrapped(not_run_words(cases), no_color)


def _coverage_lines(coverage: Record | None) -> list[str]:
    """How many cells of the coverage tables the random graphs filled, and the first that stayed empty, by name."""
    if coverage is None:
        return []
    line = f"  coverage: {coverage['reached']:,} of {coverage['cells']:,} cells (functions × families, sizes, paths, fan-out, dimensions)"
    if not coverage["empty"]:
        return [line]
    due = coverage["cases"] >= coverage["must_be_full_from"]
    first = line + ("" if due else f"; from {coverage['must_be_full_from']:,} random cases on all must be reached")
    named = coverage["empty"] if due else coverage["empty"][:SHOWN_GAPS]
    more = f"; and {len(coverage['empty']) - len(named):,} more" if len(named) < len(coverage["empty"]) else ""
    return [first, f"    empty: {'; '.join(named)}{more}"]


def _print_failures(results: Record, no_color: bool) -> None:
    failing = [record for record in worst_first(results["cases"]) if record["verdict"] != "CORRECT"]
    for place, record in enumerate(failing[:SHOWN_FAILURES]):
        say()
        print_case_line(record, no_color)
        if place:
            continue
        for check in record["checks"]:
            if check["failures"]:
                failure = check["failures"][0]
                say_wrapped(f"  {check['claim']} in {check['system']}, {_words(failure['where'])}:")
                found, right = sides(check["claim"])
                say_wrapped(f"    {found.lower()} {_words(failure['left'])}, {right.lower()} {_words(failure['right'])}")
                apart = f"    apart by {failure['difference']}, allowed {failure['allowed']}"
                say_wrapped(f"{apart}; {check['failed']:,} of {counted(check['entries'], 'entry', 'entries')}")
        say(f"  {replay_command(record)}")
    if len(failing) > SHOWN_FAILURES:
        say()
        say_wrapped(f"and {len(failing) - SHOWN_FAILURES:,} more; --json or --html lists them all with their replay lines")


def _print_smallest(smallest: Record | None) -> None:
    """The shrunk failure, as a replay line and as a test to paste."""
    if smallest is not None:
        say()
        size = counted(smallest["case"]["vertices"], "vertex", "vertices")
        say_wrapped(f"{foreign(smallest['name'])} shrinks from {smallest['vertices']:,} to {size}:")
        if smallest["diagnosis"]:
            say_wrapped(f"  {_words(smallest['diagnosis'])}")
        say(f"  {replay_command(smallest['case'])}")
        say()
        say_lines(smallest["test"])
        say()


def print_table(record: Record, no_color: bool, verbose: bool = False) -> None:
    """The checks of one case and its three-way table; with the evidence of each check where all there is was asked for."""
    print_case_line(record, no_color)
    for check in record["checks"]:
        compared = f"{counted(check['entries'], 'entry', 'entries')}, {check['worst']}" if check["entries"] else "no entry compared"
        line = f"  {check['verdict']:<12} {check['claim']} in {check['system']}: {compared}" + (f"; {check['evidence']}" if verbose else "")
        say_wrapped(line + (f"; {_words(check['reason'])}" if check["reason"] else ""), no_color, fg=COLOURS[check["verdict"]])
    if directions := (record.get("differences") or {}).get("directions"):
        say_wrapped(f"  directions: {', '.join(map(foreign, directions))}", no_color)
    every = record["detail"]["table"] if record["detail"] else []
    if not every:
        return
    rectangular = any(row["output"] and row["output"][0] for row in every[:MOST_ROWS])
    say_table([_row(row, rectangular) for row in every[:MOST_ROWS]], THREE_WAYS, right=THREE_WAYS[1:])
    if len(every) > MOST_ROWS:
        say(f"  … and {counted(len(every) - MOST_ROWS, 'more row')} (--json has them all)", no_color)


def _row(row: Record, rectangular: bool) -> tuple[str, ...]:
    """One entry of the three-way table."""
    return (
        _entry(row, rectangular),
        few_digits(row["reference"]),
        row["backward"]["value"] if row["backward"] else "not given",
        row["path_sum"]["value"] if row["path_sum"] else "not checked",
        few_digits(row["difference"]["value"]) if row["difference"] else "not reached",
        str(row["digits"]),
        magnitude(row["ulps"]) if row["ulps"] else "cancels",
    )


def _entry(row: Record, rectangular: bool) -> str:
    """The entry of a leaf that a row is about, and of the output where that has several."""
    index = f"[{', '.join(map(str, row['index']))}]" if row["index"] else ""
    return foreign(row["name"]) + index + (f" ({row['output'][0]})" if rectangular and row["output"] else "")


def _words(text: str) -> str:
    return foreign(text, LONGEST_WORDS)
