"""The pytest plugin: the fixture `gradient_oracle`, the marker `backproof`, and the results of a run as files:
`--backproof-html`, `--backproof-json`, `--backproof-junit`.

    def test_my_layer(gradient_oracle):
        gradient_oracle(layer, (x, w), vjp=layer_backward)

    def test_my_network(gradient_oracle):
        gradient_oracle.layer(lambda: Network(3, 2), x)

The fixture is `assert_correct`, and `gradient_oracle.layer` the same for `check_layer`: the message of a failure is
`explain()`. `@pytest.mark.backproof(effort="thorough", seed=3, require="certified")` gives it options. Nothing of the
oracle is imported before it is used.

The files hold every check of the fixture and every `assert_correct`, wherever a test calls it; many calls of one line,
as in a property-based test, are one entry that counts them. That they can be written is tested before the first test.
With pytest-xdist the results travel with the test reports, and the controller writes. Tracebacks leave out our frames
between a test and what it called wrongly.

>>> import pytest
>>> options_of([pytest.mark.backproof(effort="quick").mark, pytest.mark.backproof(seed=3).mark])
{'seed': 3, 'effort': 'quick'}
>>> options_of([pytest.mark.backproof("quick").mark])
Traceback (most recent call last):
    ...
pytest.UsageError: the marker backproof takes options by name (effort, seed, require, timeout, domain, ignore_constants, name), found 'quick'
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from backproof.verify.asserted import listening

ATTRIBUTE = "backproof_checks"  # of a report: what the test has asserted so far
KINDS = {"html": "a page", "json": "a results document", "junit": "JUnit XML"}
COLLECTING = "while tests were collected"
DOORS = ("assert_correct", "check", "check_layer", "_asserted")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--backproof-html FILE`, `--backproof-json FILE`, `--backproof-junit FILE`."""
    group = parser.getgroup("backproof")
    for kind, words in KINDS.items():
        group.addoption(f"--backproof-{kind}", metavar="FILE", default=None, help=f"Write all gradient checks of this run as {words}.")


def pytest_configure(config: pytest.Config) -> None:
    """The marker; and what gathers and writes results, where files are wanted. A file that cannot be written is a usage
    error."""
    config.addinivalue_line(
        "markers", "backproof(effort, seed, require, timeout, domain, ignore_constants, name): options for the fixture gradient_oracle."
    )
    typed = {kind: file for kind in KINDS if isinstance(file := config.getoption(f"--backproof-{kind}"), str)}
    if not typed:
        return
    config.pluginmanager.register(_Gatherer(config), "backproof-gatherer")
    if not hasattr(config, "workerinput"):
        paths = {kind: config.invocation_params.dir / file for kind, file in typed.items()}
        _must_be_writable(typed, paths)
        config.pluginmanager.register(_Writer(config, typed, paths), "backproof-report")


def _must_be_writable(typed: dict[str, str], paths: dict[str, Path]) -> None:
    from backproof.reports.outputs import same_file, why_unwritable

    for kind, path in paths.items():
        problem = why_unwritable(path) if typed[kind] != "-" else "a report needs a file"
        if problem is not None:
            raise pytest.UsageError(f"--backproof-{kind}: cannot write {typed[kind]!r}: {problem}")
        twice = next((other for other in paths if other < kind and same_file(paths[other], path)), None)
        if twice is not None:
            raise pytest.UsageError(f"--backproof-{kind}: {typed[kind]!r} is the file of --backproof-{twice}; name another one")


def options_of(marks: Sequence[pytest.Mark]) -> dict[str, Any]:
    """The options of all markers on a test, the nearest one first."""
    options: dict[str, Any] = {}
    for mark in reversed(list(marks)):
        if mark.args:
            raise pytest.UsageError(
                f"the marker backproof takes options by name (effort, seed, require, timeout, domain, ignore_constants, name), found {mark.args[0]!r}"
            )
        options.update(mark.kwargs)
    return options


@pytest.fixture
def gradient_oracle(request: pytest.FixtureRequest) -> _Oracle:
    """`gradient_oracle(f, args, vjp=…)`: the result of `check`, or an AssertionError with its explanation;
    `gradient_oracle.layer(make, x)` that of `check_layer`."""
    return _Oracle(options_of(list(request.node.iter_markers("backproof"))))


class _Oracle:
    """`check` and `check_layer` for one test, with the options of its markers."""

    def __init__(self, marked: dict[str, Any]) -> None:
        self.marked = marked

    def __call__(self, f: Callable[..., Any] | None, args: Sequence[Any], vjp: Callable[..., Any] | None = None, **options: Any) -> Any:
        """The result of `check`. AssertionError with its explanation where it is not what is asked for."""
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.check import check

        return self._asserted(lambda given: check(f, args, vjp, **given), options)

    def layer(self, make: Callable[[], Any], x: Any, **options: Any) -> Any:
        """The result of `check_layer`. AssertionError as above."""
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.layers.check_layer import check_layer

        return self._asserted(lambda given: check_layer(make, x, **given), options)

    def _asserted(self, run: Callable[[dict[str, Any]], Any], options: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.check import must_be_right
        from backproof.verify.gradient_oracle.given.options import must_be_required

        given = {**self.marked, **options}
        require = given.pop("require", None)
        must_be_required(require)
        return must_be_right(run(given), require)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Leave our own frames out of the traceback, but where the fault may be ours, or `--full-trace` asks for all."""
    if call.excinfo is not None and not item.config.getoption("fulltrace"):
        _leave_out_our_frames(call.excinfo.value)
        call.excinfo.traceback = type(call.excinfo.traceback)(call.excinfo.tb)
    return (yield)


def _leave_out_our_frames(error: BaseException) -> None:
    """Unlink what of a traceback lies behind a public function of ours, as far as it is ours; nothing where an error that
    says nothing of the caller's mistake comes out of a line of ours."""
    from backproof.engine.callers import is_ours

    steps: list[TracebackType] = []
    step = error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    ours = [is_ours(one.tb_frame.f_code.co_filename) for one in steps]
    through_a_door = any(own and one.tb_frame.f_code.co_name in DOORS for own, one in zip(ours, steps, strict=True))
    if not through_a_door or ours[0] or (ours[-1] and not isinstance(error, AssertionError | ValueError | TypeError)):
        return
    kept = [one for own, one in zip(ours, steps, strict=True) if not own]
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        one.tb_next = following


class _Gatherer:
    """Hears every assertion, and hands what a test asserted on with its reports."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.gathered: dict[str, Any] = {}
        self.test = COLLECTING

    def hear(self, result: Any, require: str | None) -> None:
        """Keep it for the test that is running."""
        from backproof.verify.gathering import Gathered

        self.gathered.setdefault(self.test, Gathered(self.test)).hear(result, require)

    def records(self, test: str) -> list[Any]:
        """What a test has asserted so far, as records."""
        return self.gathered[test].records() if test in self.gathered else []

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """What modules assert when they are imported."""
        with listening(self.hear):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """What a test and its fixtures assert."""
        self.test = item.nodeid
        try:
            with listening(self.hear):
                return (yield)
        finally:
            self.test = COLLECTING

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Hand it on."""
        report = yield
        setattr(report, ATTRIBUTE, self.records(item.nodeid))
        return report

    def pytest_sessionfinish(self) -> None:
        """Hand on what no test asserted: pytest-xdist's controller gets it as output of its worker."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[ATTRIBUTE] = self.records(COLLECTING)  # pyright: ignore[reportAttributeAccessIssue]


class _Writer:
    """Collects the checks from the reports of tests, and writes the files at the end of the session."""

    def __init__(self, config: pytest.Config, typed: dict[str, str], paths: dict[str, Path]) -> None:
        self.config, self.typed, self.paths = config, typed, paths
        self.of_tests: dict[str, list[dict[str, Any]]] = {}
        self.elsewhere: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, str] = {}

    @property
    def checks(self) -> list[dict[str, Any]]:
        """All of them, once each."""
        return [*self.elsewhere.values(), *(check for checks in self.of_tests.values() for check in checks)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Each report of a test holds all that it has asserted so far."""
        found: list[dict[str, Any]] = getattr(report, ATTRIBUTE, [])
        if found:
            self.of_tests[report.nodeid] = found

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """What a worker of pytest-xdist asserted outside of tests: every worker does so."""
        self._elsewhere(getattr(node, "workeroutput", {}).get(ATTRIBUTE, []))

    def _elsewhere(self, records: list[dict[str, Any]]) -> None:
        self.elsewhere |= {record["explanation"]: record for record in records}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the files. Where that fails, tests that passed end in exit code 3, and the summary says why."""
        gatherer: Any = self.config.pluginmanager.get_plugin("backproof-gatherer")
        self._elsewhere(gatherer.records(COLLECTING))
        stopped = bool(session.shouldfail or session.shouldstop) or session.exitstatus == pytest.ExitCode.INTERRUPTED
        for kind, path in self.paths.items():
            try:
                _write(kind, path, shlex.join(("pytest", *map(str, self.config.invocation_params.args))), self.checks, stopped)
            except Exception as error:
                self.problems[kind] = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
        if self.problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A line of what was checked and written."""
        from backproof.reports.foreign import message

        wrong = sum(check["verdict"] != "CORRECT" for check in self.checks)
        unmet = sum(bool(check["unmet"]) for check in self.checks)
        less = f", {unmet} less than required" if unmet else ""
        written = [file for kind, file in self.typed.items() if kind not in self.problems]
        said = [f"wrote {', '.join(written)}"] if written else []
        said += [f"cannot write {self.typed[kind]!r}: {problem}" for kind, problem in self.problems.items()]
        line = message(f"backproof: {len(self.checks)} checks, {wrong} not CORRECT{less}; {'; '.join(said)}")
        terminalreporter.write_line(line, red=bool(self.problems))


def _write(kind: str, path: Path, command: str, checks: list[dict[str, Any]], interrupted: bool) -> None:
    from backproof.verify.results.document import gradient_checks_document

    document = gradient_checks_document(command, checks, interrupted=interrupted)
    if kind == "html":
        from backproof.reports.html.page import write_checks_html

        write_checks_html(document, path)
    elif kind == "json":
        from backproof.reports.document import save_results

        save_results(document, path)
    else:
        from backproof.reports.formats.junit import junit
        from backproof.reports.outputs import write_whole

        write_whole(path, junit(document))
