"""What the terminal shows: progress on stderr, the summary in words, the first failure, the three-way table of a case.

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

import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from backproof.reports.causes import sides, worst_first
from backproof.reports.document import Record, Results
from backproof.reports.foreign import foreign, message, one_line
from backproof.reports.streams import for_people, put, stdout_failure
from backproof.reports.text import looked_words, not_run_words, replay_command, route_words
from backproof.reports.vocabulary import COLOURS, WITHOUT_SHARE

PLAIN_INTERVAL = 10.0  # seconds between two plain lines of progress; chosen: a log of hours stays readable
SHOWN_FAILURES = 5  # failing cases with a line of their own; chosen: the verdict stays on the screen
LONGEST_WORDS = 600  # characters of a reason, a place, a diagnosis; chosen: ours are below 400, and it is eight lines
LONGEST_CAUSE = 1500  # characters of the sentence of the causes; chosen: five causes, each with three others
MOST_ROWS = 500  # of the three-way table; chosen: a few screens, which are laid out in a second
WIDE = 160  # columns of a table where there is no terminal; chosen: all its numbers in full
SHOWN_GAPS = 3  # empty cells that are named where they need not be reached yet; chosen: one line


@contextmanager
def progress(total: int, silent: bool, what: str = "cases") -> Generator[Callable[[], None]]:
    """A function to call after each case: a bar on a terminal, elsewhere a plain line every ten seconds, with the rate
    and the time that is left.
    """
    if silent:
        yield lambda: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task, began, done = bar.add_task(what, total=total, rate=""), time.monotonic(), 0

            def advance() -> None:
                nonlocal done
                done += 1
                bar.update(task, advance=1, rate=_rate(done, time.monotonic() - began))

            yield advance
    else:
        yield _plain_progress(total, what)


def _plain_progress(total: int, what: str) -> Callable[[], None]:
    done, began = 0, time.monotonic()
    last = began

    def advance() -> None:
        nonlocal done, last
        done += 1
        now = time.monotonic()
        if now - last >= PLAIN_INTERVAL:
            last = now
            left = _duration((total - done) * (now - began) / done)
            tell(f"{done:,} of {total:,} {what}, {_rate(done, now - began)}, {left} left")

    return advance


def _rate(done: int, seconds: float) -> str:
    """How fast it goes, in words.

    >>> _rate(300, 10.0), _rate(5, 120.0), _rate(1, 0.0)
    ('30 a second', '2.5 a minute', '')
    """
    if seconds <= 0:
        return ""
    each = done / seconds
    return f"{each:.2g} a second" if 1 <= each < 10 else f"{each:,.0f} a second" if each >= 10 else f"{60 * each:.2g} a minute"


def _duration(seconds: float) -> str:
    """A time in words, to two units.

    >>> _duration(9.6), _duration(284), _duration(7500), _duration(200000)
    ('10 s', '4 min 44 s', '2 h 5 min', '2 d 7 h')
    """
    whole = round(seconds)
    for size, unit, smaller, inner in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller} {inner}"
    return f"{whole} s"


def say(text: str = "", no_color: bool = False, **style: Any) -> None:
    """Print one line on standard output (on standard error while `--json -` has that), with colour only on a terminal
    that wants it.
    """
    put(for_people(), _styled(one_line(text), for_people(), no_color, style))


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
    say(line, no_color, bold=True, **style)
    if stdout_failure() is not None and for_people() is not sys.stderr:
        tell(line)


def _styled(line: str, stream: Any, no_color: bool, style: dict[str, Any]) -> str:
    if not style or no_color or "NO_COLOR" in os.environ:
        return line
    wanted = "FORCE_COLOR" in os.environ or (stream is not None and stream.isatty())
    return click.style(line, **style) if wanted else line


def print_case_line(record: Record, no_color: bool) -> None:
    """One line for one case."""
    digits = "" if record["digits"] is None else f"  {record['digits']} digits"
    size = f"{record['vertices']} vertices, {record['paths']} paths{digits}"
    line = f"{record['verdict']:<12} {record['id']}  {foreign(record['name'])}  {size}"
    say(line + (f"  {_words(record['reason'])}" if record["reason"] else ""), no_color, fg=COLOURS[record["verdict"]])


def print_summary(results: Record, quiet: bool, no_color: bool, written: Sequence[str]) -> None:
    """The verdict in a sentence, the claims with their evidence, what was not checked, and the failures with their
    replay lines.
    """
    if not quiet:
        say()
        for line in summary_lines(results):
            say(line)
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
    for claim in summary["claims"]:
        unequal = ", ".join(f"{count} {word}" for word, count in claim["counts"].items() if count and word != "CORRECT")
        worst = "" if claim["worst"] in WITHOUT_SHARE else f"; at most {claim['worst']}"
        lines.append(f"  {claim['claim']:<31} {claim['system']:<11} {claim['evidence']}{worst}" + (f"; {unequal}" if unequal else ""))
    if summary["accuracy"]:
        accuracy = summary["accuracy"]
        lines.append(f"  float64 against balls: at least {accuracy['worst_digits']} correct digits, at most {accuracy['worst_ulps']} ulps")
    if (found := summary.get("comparisons")) and found["planned"]:
        judged = f"{found['judged']:,} of {found['planned']:,} planned were judged"
        lines.append(f"  comparisons: {judged}, {found['certified']:,} of them exactly or by enclosures")
    if "looked" in summary:
        lines.append(f"  {looked_words(summary['looked'])}")
    lines += [f"  {line}" for line in route_words(summary)] if results["cases"] else []
    lines += _coverage_lines(results["coverage"])
    return lines + [f"  not checked: {_words(sentence)}" for sentence in summary["not_checked"]]


def verdict_line(results: Results) -> str:
    """The line that a run of cases ends in."""
    return f"{_verdict(results)}  {results['summary']['sentence']}"


def _verdict(results: Results) -> str:
    return str(results["summary"]["verdict"]) if results["cases"] else "not checked"


def _print_not_run(cases: Record | None, no_color: bool) -> None:
    """How many of the planned cases were run and why the others were not, where it was not all of them."""
    if cases is None or cases["run"] == cases["planned"]:
        return
    say(not_run_words(cases), no_color)


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
                say(f"  {check['claim']} in {check['system']}, {_words(failure['where'])}:")
                found, right = sides(check["claim"])
                say(f"    {found.lower()} {_words(failure['left'])}, {right.lower()} {_words(failure['right'])}")
                apart = f"    apart by {failure['difference']}, allowed {failure['allowed']}"
                say(f"{apart}; {check['failed']} of {check['entries']} entries")
        say(f"  {replay_command(record)}")
    if len(failing) > SHOWN_FAILURES:
        say()
        say(f"and {len(failing) - SHOWN_FAILURES:,} more; --json or --html lists them all with their replay lines")


def _print_smallest(smallest: Record | None) -> None:
    """The shrunk failure, as a replay line and as a test to paste."""
    if smallest is not None:
        say()
        say(f"{foreign(smallest['name'])} shrinks from {smallest['vertices']} to {smallest['case']['vertices']} vertices:")
        if smallest["diagnosis"]:
            say(f"  {_words(smallest['diagnosis'])}")
        say(f"  {replay_command(smallest['case'])}")
        say()
        say_lines(smallest["test"])
        say()


def print_table(record: Record, no_color: bool) -> None:
    """The checks of one case and its three-way table."""
    print_case_line(record, no_color)
    for check in record["checks"]:
        compared = f"{check['entries']} entries, {check['worst']}" if check["entries"] else "no entry compared"
        line = f"  {check['verdict']:<12} {check['claim']} in {check['system']}: {compared}"
        say(line + (f"; {_words(check['reason'])}" if check["reason"] else ""), no_color, fg=COLOURS[check["verdict"]])
    if directions := (record.get("differences") or {}).get("directions"):
        say(f"  directions: {', '.join(map(foreign, directions))}", no_color)
    every = record["detail"]["table"] if record["detail"] else []
    if not every:
        return
    rows = every[:MOST_ROWS]
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps"):
        table.add_column(heading, justify="left" if heading == "leaf" else "right", no_wrap=True)
    rectangular = any(row["output"] and row["output"][0] for row in rows)
    for row in rows:
        cells = (
            _entry(row, rectangular),
            row["reference"][:22],
            row["backward"]["value"] if row["backward"] else "not given",
            row["path_sum"]["value"] if row["path_sum"] else "not checked",
            row["difference"]["value"][:22] if row["difference"] else "not reached",
            str(row["digits"]),
            row["ulps"] or "cancels",
        )
        table.add_row(*(Text(one_line(cell)) for cell in cells))  # not as strings: in these rich would look for markup
    width = shutil.get_terminal_size().columns if for_people().isatty() else WIDE
    page = io.StringIO()
    Console(file=page, width=width, highlight=False, color_system=None).print(table)
    say_lines(page.getvalue())
    if len(every) > len(rows):
        say(f"  … and {len(every) - len(rows):,} more rows (--json has them all)", no_color)


def _entry(row: Record, rectangular: bool) -> str:
    """The entry of a leaf that a row is about, and of the output where that has several."""
    index = f"[{', '.join(map(str, row['index']))}]" if row["index"] else ""
    return foreign(row["name"]) + index + (f" ({row['output'][0]})" if rectangular and row["output"] else "")


def _words(text: str) -> str:
    return foreign(text, LONGEST_WORDS)
