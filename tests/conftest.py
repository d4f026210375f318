"""What all tests share. Where `BACKPROOF_NO_SKIPS` is set (continuous integration), a skipped test fails the run: what it needs must be installed there.

A test with the argument `hostile_name` runs once for every name of `HOSTILE`: whatever shows names, a page or a terminal, takes the same ones.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from compileall import compile_dir
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("suite", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("suite")  # how long something takes on a busy machine is no failure

ROOT = Path(__file__).resolve().parent.parent
LONGEST = (
    "tests/verify/campaign/test_kills.py",
    "tests/docs/",
    "tests/verify/selftest/test_trials.py",
    "tests/verify/proofs/test_coq_audit.py",
    "tests/benchmarks/fuzz/test_subjects.py",
    "tests/verify/commands/proving/test_prove.py",
    "tests/verify/proofs/test_mutants.py",
    "tests/verify/commands/test_verify.py",
    "tests/verify/gradient_oracle/test_exploration.py",
    "tests/verify/campaign/test_cluster.py",
)
"""Files of half a minute and more, the longest first: they begin, so that several processes end at about the same time."""
LAYERS = ("backproof", "backproof.engine", "backproof.theorems", "backproof.verify", "backproof.reports")
WITH_THE_WHEEL = ("tests/docs/", "tests/test_packaging.py")  # one process builds and installs it
PACKAGED = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "engine", "theorems", "verify", "reports", "face")
"""What a wheel is built of."""

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; rm -rf ~ #",
    "\u202egnp.exe",
    "{{ 7*7 }}{% raw %}",
    "\x1b[31m\x00",
    "\x1b]0;title\x07\x1b[2J",
    "\x9b31m\x84\x7f",
    "a\nCORRECT  000000000000  fake",
    "over\rwritten\ttab\x08",
    "[red]red[/red] [link=http://example.org]here[/link] :bomb:",
    "[/]",
    "\u200bzero\u2060 width\ufeff\u00ad",
    "line\u2028and\u2029paragraph\x85",
    "e" + "\u0301" * 500,
    "tags \U000e0041\U000e0042",
    "private \ue000 and unassigned \u0378",
    "\ud800",
    "שלום עולם",
    "𝕬" * 3,
    "x" * 10_000,
    "%s {0} $(id) `id`",
    "",
)
"""Markup, templates, shell, control, escape and direction characters, ends of lines, letters without ink, half letters, piled accents, much, and nothing."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "hostile_name" in metafunc.fixturenames:
        metafunc.parametrize("hostile_name", HOSTILE, ids=[ascii(name[:12]) for name in HOSTILE])


def pytest_configure(config: pytest.Config) -> None:
    """Where no bytecode is written, each of the processes that tests start would compile every module of ours anew."""
    if sys.dont_write_bytecode and not hasattr(config, "workerinput"):
        for spec in filter(None, map(find_spec, LAYERS)):
            for folder in spec.submodule_search_locations or ():
                compile_dir(folder, quiet=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {start: place for place, start in enumerate(LONGEST)}
    items.sort(key=lambda item: next((places[start] for start in LONGEST if item.nodeid.startswith(start)), len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, one process runs all tests of a file, unless `--dist` says otherwise: what a file makes for all of its
    tests, it makes once.
    """
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "with the wheel" if nodeid.startswith(WITH_THE_WHEEL) else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # the order of the items is the order
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def signals_as_before() -> Generator[None]:
    """Commands leave the signals of their process as its end wants them; the tests' process goes on. Where Ctrl-C is
    ignored (`nohup`, a job in the background), tests do not ignore it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture
def alarm() -> Generator[Callable[[float, type[BaseException]], None]]:
    """Somebody else's timer: after so many seconds, that error."""
    before = signal.getsignal(signal.SIGALRM)

    def set_to(seconds: float, error: type[BaseException]) -> None:
        def rings(*_: object) -> None:
            raise error("their limit")

        signal.signal(signal.SIGALRM, rings)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    yield set_to
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def left_after_five_seconds() -> Callable[[str], list[str]]:
    """The processes that hold a mark in their environment, once there are none or five seconds are over. One that has
    ended and waits for its parent holds none.
    """

    def left(mark: str) -> list[str]:
        until = time.monotonic() + 5
        while (found := _processes_with(mark)) and time.monotonic() < until:
            time.sleep(0.05)
        return found

    return left


def _processes_with(mark: str) -> list[str]:
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text(encoding="utf-8", errors="replace"))
    return found


@pytest.fixture
def hostile_names() -> tuple[str, ...]:
    """All of them at once."""
    return HOSTILE


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("BACKPROOF_NO_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("skipped tests are not permitted here", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("BACKPROOF_NO_SKIPS") and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def copied() -> Callable[[Path], Path]:
    """Puts the sources of the package into a folder, so that nothing is built in the checkout."""

    def into(place: Path) -> Path:
        for name in PACKAGED:
            files = [ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*")
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    target = place / file.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(file.read_bytes())
        return place

    return into


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, copied: Callable[[Path], Path]) -> Path:
    """A wheel built from a copy of the sources, once for all tests that install it."""
    source, out = copied(tmp_path_factory.mktemp("source")), tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a new environment to read: all that is installed here, but nothing of ours."""
    folder = tmp_path_factory.mktemp("dependencies") / "site-packages"  # by that name tools know what is not the user's own
    folder.mkdir()
    for packages in (Path(entry) for entry in sys.path if Path(entry).name == "site-packages"):
        for entry in packages.iterdir():
            if "backproof" not in entry.name and entry.suffix != ".pth" and not (folder / entry.name).exists():
                (folder / entry.name).symlink_to(entry)
    return folder
