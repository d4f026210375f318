"""The pytest plugin: the fixture `gradient_oracle`, the marker `backproof`, the report `--backproof-html FILE`.

    def test_my_layer(gradient_oracle):
        gradient_oracle(layer, (x, w), vjp=layer_backward)

    def test_my_network(gradient_oracle):
        gradient_oracle.layer(lambda: Network(3, 2), x)

The fixture is `assert_correct`, and `gradient_oracle.layer` the same for `check_layer`: the message of a failure is
`explain()`. `@pytest.mark.backproof(effort="thorough",
seed=3, require="certified")` gives it options. Nothing of the oracle is imported before it is used. With pytest-xdist the results travel
with the test reports, and the controller writes the page.

>>> import pytest
>>> options_of([pytest.mark.backproof(effort="quick").mark, pytest.mark.backproof(seed=3).mark])
{'seed': 3, 'effort': 'quick'}
>>> options_of([pytest.mark.backproof("quick").mark])
Traceback (most recent call last):
    ...
pytest.UsageError: the marker backproof takes options by name (effort, seed, require, timeout, domain, ignore_constants, name), found 'quick'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

PROPERTY = "backproof"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--backproof-html FILE`."""
    group = parser.getgroup("backproof")
    group.addoption("--backproof-html", metavar="FILE", default=None, help="Write a report of all gradient checks of this run.")


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and the collector of results where a report is wanted."""
    config.addinivalue_line(
        "markers", "backproof(effort, seed, require, timeout, domain, ignore_constants, name): options for the fixture gradient_oracle."
    )
    file = config.getoption("--backproof-html")
    if isinstance(file, str) and not hasattr(config, "workerinput"):
        from backproof.reports.outputs import why_unwritable

        path = config.invocation_params.dir / file
        problem = why_unwritable(path) if file != "-" else "a report needs a file"
        if problem is not None:
            raise pytest.UsageError(f"--backproof-html: cannot write {file!r}: {problem}")
        config.pluginmanager.register(_Collector(path, file), "backproof-report")


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
    return _Oracle(request.node, options_of(list(request.node.iter_markers("backproof"))))


class _Oracle:
    """`check` and `check_layer` for one test, with the options of its markers; results go into the report."""

    def __init__(self, node: Any, marked: dict[str, Any]) -> None:
        self.node, self.marked = node, marked

    def __call__(self, f: Callable[..., Any] | None, args: Sequence[Any], vjp: Callable[..., Any] | None = None, **options: Any) -> Any:
        """The result of `check`. AssertionError with its explanation where it is not what is asked for."""
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.check import check

        return self._reported(lambda given: check(f, args, vjp, **given), options)

    def layer(self, make: Callable[[], Any], x: Any, **options: Any) -> Any:
        """The result of `check_layer`. AssertionError as above."""
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.layers.check_layer import check_layer

        return self._reported(lambda given: check_layer(make, x, **given), options)

    def _reported(self, run: Callable[[dict[str, Any]], Any], options: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        from backproof.verify.gradient_oracle.check import failure
        from backproof.verify.gradient_oracle.given.options import must_be_required
        from backproof.verify.results.check_record import check_record

        given = {**self.marked, **options}
        require = given.pop("require", None)
        must_be_required(require)
        result = run(given)
        self.node.user_properties.append((PROPERTY, check_record(result, self.node.nodeid, require)))
        words = failure(result, require)
        if words:
            raise AssertionError(words)
        return result


class _Collector:
    """Collects the checks from the reports of tests, and writes the page at the end of the session."""

    def __init__(self, path: Path, typed: str) -> None:
        self.path, self.typed = path, typed
        self.checks: list[dict[str, Any]] = []
        self.problem: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            found: list[Any] = [value for name, value in report.user_properties if name == PROPERTY]
            self.checks += found

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page. Where that fails, tests that passed end in exit code 3, and the summary says why."""
        try:
            _write_page(self.typed, self.checks, self.path)
        except Exception as error:
            self.problem = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from backproof.reports.foreign import message

        wrong = sum(check["verdict"] != "CORRECT" for check in self.checks)
        unmet = sum(bool(check["unmet"]) for check in self.checks)
        less = f", {unmet} less than required" if unmet else ""
        written = f"wrote {self.typed}" if self.problem is None else f"cannot write {self.typed!r}: {self.problem}"
        line = message(f"backproof: {len(self.checks)} checks, {wrong} not CORRECT{less}; {written}")
        terminalreporter.write_line(line, red=self.problem is not None)


def _write_page(typed: str, checks: list[dict[str, Any]], path: Path) -> None:
    from backproof.reports.html.page import write_checks_html
    from backproof.verify.results.document import gradient_checks_document

    write_checks_html(gradient_checks_document(f"pytest --backproof-html {typed}", checks), path)
