"""What every command shares: Ctrl-C, a refusal, the files, the summary, the exit code.

>>> settings = Settings("backproof verify --cases 0", 0, 0, 64, 50)
>>> finish(results_document(settings, tally_of(()), (), False), Output(quiet=True))
not checked  ...
5
>>> unwritable(OSError(28, "No space left on device", "r.json"))  # said on stderr: Cannot write 'r.json': No space ...
3
>>> finish({"run": {}}, Output())
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from backproof.reports import render_html, save_results, write_html
from backproof.reports.agreement import disagreements
from backproof.reports.changes import Changes
from backproof.reports.document import Record, results_text
from backproof.reports.formats.github import annotation_lines, append_summary, under_a_runner
from backproof.reports.html.reading import page_disagreements
from backproof.reports.html.split import write_split
from backproof.reports.outputs import write_whole
from backproof.reports.printed import printed_problems
from backproof.reports.streams import put_data
from backproof.reports.terminal import print_summary, say, summary_lines, tell, verdict_line
from backproof.verify.commands.exit_codes import HOLDS, INTERNAL, INTERRUPTED, USAGE, exit_code
from backproof.verify.commands.options import Output
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.verdicts import Verdict

NAMED_DOUBTS = 5  # disagreements that are said; chosen: one cause has shown by then
AT_ONCE = 1.5  # seconds that a run may take to end after a second Ctrl-C; chosen: two are promised

Show: TypeAlias = Callable[[Record, Output], None]


@contextmanager
def stoppable() -> Generator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C (or SIGTERM) was pressed. The first one asks the run to end; the second one
    is a KeyboardInterrupt, and ends this process and its children where they have not ended by themselves soon.

    >>> with stoppable() as stop:
    ...     before = stop()
    ...     signal.raise_signal(signal.SIGTERM)
    ...     before, stop()
    (False, True)
    """
    asked, left = False, threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def again(*_: Any) -> None:
        threading.Thread(target=_end_unless, args=(left,), daemon=True).start()
        raise KeyboardInterrupt

    def ask(*_: Any) -> None:
        nonlocal asked
        asked = True
        for number in before:
            signal.signal(number, again)

    for number in before:
        signal.signal(number, ask)
    try:
        yield lambda: asked
    finally:
        left.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_unless(left: threading.Event) -> None:
    """End this process and its children, unless the run is left in time."""
    if not left.wait(AT_ONCE):
        for child in multiprocessing.active_children():
            child.kill()
        os._exit(INTERRUPTED)


def give_up(words: str, code: int = USAGE) -> int:
    """Say on stderr why there are no results, in one line, and return the exit code."""
    tell(words)
    return code


def unwritable(error: OSError) -> int:
    """Say which file cannot be written and why, and return the exit code."""
    named = "a file" if error.filename is None else repr(_short(os.fsdecode(error.filename)))
    return give_up(f"Cannot write {named}: {error.strerror or error}", INTERNAL)


def _short(name: str) -> str:
    """A whole path as it is typed from the folder in which the command runs."""
    try:
        folder = os.getcwd() + os.sep
    except OSError:
        return name
    return name.removeprefix(folder)


def show_summary(results: Record, output: Output) -> None:
    """The summary of a run of cases, last."""
    print_summary(results, output.quiet, output.no_color, output.files)


def name_files(results: Record, output: Output) -> None:
    """The files that were written, where the results were shown before."""
    for path in () if output.quiet else output.files:
        say(f"wrote {path}")


def finish(results: Record, output: Output, show: Show = show_summary, code: int | None = None) -> int:
    """Write what was asked for, show the results, and return the exit code: `code`, or that of a run of cases.

    What is about to be shown and written is read back before: where its words and its counts disagree, the run holds
    nothing, says which ones, and ends INTERNAL. The results are shown whatever happens to the files. INTERNAL where a
    file or standard output cannot be written; what else goes wrong while a file is written is raised when the results
    were shown.
    """
    problems: list[Exception] = []
    doubts = read_back(results, output)
    results = disbelieved(results, doubts) if doubts else results
    for kind, write in (("json", _write_json), ("html", _write_html), ("split", _write_split)):
        try:
            write(results, output)
        except Exception as problem:
            problems.append(problem)
            output = output.without(kind)
    show(results, output)
    tell_runner(results)
    for problem in problems:
        if not isinstance(problem, OSError):
            raise problem
        unwritable(problem)
    for doubt in doubts[:NAMED_DOUBTS]:
        tell(f"Internal error. Words and counts disagree: {doubt}")
    return INTERNAL if problems or doubts else exit_code(results) if code is None else code


def tell_runner(results: Record, changes: Changes | None = None) -> None:
    """Under a GitHub runner, annotate what does not pass, and append to the summary of the step."""
    if not under_a_runner():
        return
    for line in annotation_lines(results):
        say(line)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            append_summary(results, summary, changes)
        except OSError as error:
            tell(f"Cannot append to the step summary: {error.strerror or error}")


def read_back(results: Record, output: Output) -> list[str]:
    """Where the document, the page and the lines of the summary say what their counts do not, each in a sentence."""
    doubts = disagreements(results)
    doubts += printed_problems([*summary_lines(results), verdict_line(results)], results)
    if output.html_file is not None or output.on_stdout == "html":
        doubts += page_disagreements(render_html(results), results)
    return doubts


def disbelieved(results: Record, doubts: Sequence[str]) -> Record:
    """The document of a run whose words and counts disagree: it holds nothing, and is WRONG or INCONCLUSIVE."""
    summary = results["summary"]
    verdict = summary["verdict"] if summary["verdict"] == Verdict.WRONG.value else Verdict.INCONCLUSIVE.value
    words = f"words and counts of this run disagree, and none of them is to be believed: {doubts[0]}; it said: {summary['sentence']}"
    return {**results, "summary": {**summary, "holds": False, "verdict": verdict, "sentence": words}}


def write_answer(answer: Record, output: Output) -> int:
    """Write what is no results document as JSON, if that was asked for, and return the exit code."""
    text = json.dumps(answer, indent=1, ensure_ascii=False) + "\n"
    try:
        if output.json_file is not None:
            write_whole(output.json_file, text)
        if output.on_stdout == "json":
            put_data(text)
    except OSError as error:
        return unwritable(error)
    return HOLDS


def _write_json(results: Record, output: Output) -> None:
    if output.on_stdout == "json":
        put_data(results_text(results))
    if output.json_file is not None:
        save_results(results, output.json_file)


def _write_html(results: Record, output: Output) -> None:
    if output.on_stdout == "html":
        put_data(render_html(results))
    if output.html_file is not None:
        write_html(results, output.html_file)


def _write_split(results: Record, output: Output) -> None:
    if output.split_folder is not None:
        write_split(results, output.split_folder)


def finish_one(settings: Settings, record: Record, output: Output) -> int:
    """The end of a run of one case: results of this case alone."""
    return finish(results_document(settings, tally_of([{**record, "group": "replay"}]), (), False), output)
