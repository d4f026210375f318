"""What `backproof doctor` does: look at the installation and at the machine, and say what each missing thing switches
off.

>>> verdict([Look("numpy", OK, "2.3"), Look("coqc", ABSENT, "not on PATH", "no proofs")])
('ready', 'all that is needed is here; 1 optional thing is not: coqc')
>>> verdict([Look("numpy", BAD, "1.26 (>=2.0)", "nothing runs")])
('not ready', '1 needed thing is missing or outside of its bounds: numpy')
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from backproof.reports.streams import for_people
from backproof.reports.tables import terminal_width
from backproof.reports.terminal import say_table, say_verdict
from backproof.reports.text import counted
from backproof.verify.campaign.run import available_cores
from backproof.verify.commands.exit_codes import FAILS, HOLDS
from backproof.verify.commands.guide.installed import packages, version_of
from backproof.verify.commands.limits import not_enforced
from backproof.verify.commands.options import DoctorOptions
from backproof.verify.commands.session import write_answer
from backproof.verify.proofs.coq.compiled_file import READS

OK, ABSENT, BAD = "ok", "not here", "NOT OK"
"""`BAD` is what is needed and missing; what is optional is `ABSENT`."""
OLDEST = (3, 11)  # of Python: `requires-python` in pyproject.toml
PATIENCE = 20.0  # seconds that another program may take to say its version; chosen: a slow disk
ROOM = 100 * 2**20  # bytes of free space for temporary files; chosen: the proofs and their tables take 40 MB
OF_EXTRAS = {
    "examples": "the lecture's network on handwritten digits is left out of `verify` and `oracle`",
    "distributed": "--scheduler does not work",
}
"""What a missing extra switches off; the others are for this suite's own tests."""
FRAMEWORKS = {"torch": "code in PyTorch", "jax": "code in JAX", "autograd": "code in autograd"}
SIGNS = "∂≤·¹⁸"


@dataclass(frozen=True)
class Look:
    """One thing: its state, what was found, and what its absence switches off."""

    name: str
    state: str
    found: str
    off: str = ""


def run_doctor(options: DoctorOptions) -> int:
    """Look, print and return the exit code: FAILS where something that is needed is missing."""
    looks = list(look())
    word, words = verdict(looks)
    code = write_answer({"ready": word == "ready", "sentence": words, "looks": [asdict(one) for one in looks]}, options.output)
    if code != HOLDS:
        return code
    shown = [one for one in looks if one.state != OK] if options.output.quiet else looks
    say_table([(one.state, one.name, one.found + (f"; {one.off}" if one.off and one.state != OK else "")) for one in shown])
    say_verdict(f"{word}  {words}", options.output.no_color, fg="green" if word == "ready" else "red")
    return HOLDS if word == "ready" else FAILS


def verdict(looks: Sequence[Look]) -> tuple[str, str]:
    """Whether all that is needed is here, in a word and a sentence."""
    bad, absent = ([one.name for one in looks if one.state == state] for state in (BAD, ABSENT))
    if bad:
        missing = "is missing or outside of its bounds" if len(bad) == 1 else "are missing or outside of their bounds"
        return "not ready", f"{counted(len(bad), 'needed thing')} {missing}: {', '.join(bad)}"
    if absent:
        are = "is" if len(absent) == 1 else "are"
        return "ready", f"all that is needed is here; {counted(len(absent), 'optional thing')} {are} not: {', '.join(absent)}"
    return "ready", "all that is needed is here, and all that is optional"


def look() -> Iterator[Look]:
    """Everything, in order."""
    here = sys.version_info[:2] >= OLDEST
    yield Look("Python", OK if here else BAD, platform.python_version(), f"at least {'.'.join(map(str, OLDEST))} is needed")
    yield Look("backproof", OK, version_of("backproof") or "not installed as a package")
    yield from _packages()
    yield from _frameworks()
    yield _coq()
    yield _browser()
    yield from _machine()
    yield from _terminal()


def _packages() -> Iterator[Look]:
    try:
        asked = packages()
    except PackageNotFoundError:
        yield Look("packages", BAD, "backproof is not installed, so that its bounds are not known", "install it with pip")
        return
    for one in asked:
        if one.extra is not None and one.extra not in OF_EXTRAS:
            continue
        state = OK if one.found is not None and one.within is not False else BAD if one.extra is None else ABSENT
        bounds = f" ({one.bounds})" if one.bounds else ""
        yield Look(one.name, state, f"{one.found or 'not installed'}{bounds}", OF_EXTRAS.get(one.extra or "", "nothing that needs it runs"))


def _frameworks() -> Iterator[Look]:
    for name, what in FRAMEWORKS.items():
        found = version_of(name)
        yield Look(name, OK if found else ABSENT, found or "not installed", f"{what} cannot be checked")


def _coq() -> Look:
    """Whether there is a Coq that `theorems prove` can use."""
    off = "`theorems prove` says not checked here, and shows what was recorded"
    program = shutil.which("coqc")
    if program is None:
        return Look("coqc", ABSENT, "not on PATH", off)
    try:
        said = subprocess.run([program, "--print-version"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.split()
        where = subprocess.run([program, "-where"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Look("coqc", ABSENT, f"{program} does not say its version: {error}", off)
    found = said[0] if said else "no version"
    if not found.startswith(f"{READS}."):
        return Look("coqc", ABSENT, f"{found}, and only {READS} is read", off)
    libraries = Path(where, "user-contrib", "mathcomp")
    if not (libraries / "algebra").is_dir():
        return Look("coqc", ABSENT, f"{found}, without mathcomp's algebra", off)
    if not (libraries / "analysis").is_dir():
        return Look("coqc", ABSENT, f"{found}, without mathcomp's analysis", "the proofs over ℝ are not checked here")
    return Look("coqc", OK, f"{found}, with mathcomp's algebra and analysis")


def _browser() -> Look:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    off = "reports open in any browser; the tests of this suite that need this one are skipped"
    return Look("Chromium", ABSENT if program is None else OK, program or "not on PATH", off)


def _machine() -> Iterator[Look]:
    yield Look("cores", OK, f"{available_cores()} for --jobs")
    limit = _memory_limit()
    yield Look("memory", OK, "no limit on this process" if limit is None else f"this process may take {limit / 2**30:.1f} GB")
    for what in not_enforced():
        yield Look("limits", ABSENT, what, "it is not enforced on this system")
    yield _temporary()


def _memory_limit() -> int | None:
    """The least of what limits the memory of this process: its own limit, that of its group; None for none."""
    limits: list[int] = []
    try:
        import resource

        limits += [value for value in resource.getrlimit(resource.RLIMIT_AS)[:1] if value != resource.RLIM_INFINITY]
    except ImportError:
        pass
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(file).read_text(encoding="ascii").strip()
        except OSError:
            continue
        limits += [int(text)] if text.isdecimal() and int(text) < 2**60 else []
    return min(limits, default=None)


def _temporary() -> Look:
    """Whether temporary files can be written, and some room is left."""
    off = "runs with files, proofs and engines on trial fail"
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"backproof")
        folder = tempfile.gettempdir()
        room = shutil.disk_usage(folder).free
    except OSError as error:
        return Look("temporary files", BAD, f"cannot be written: {error.strerror or error}; set TMPDIR", off)
    return Look("temporary files", OK if room >= ROOM else BAD, f"{folder}, {room / 2**20:,.0f} MB free", off)


def _terminal() -> Iterator[Look]:
    stream = for_people()
    width, encoding = terminal_width(stream), getattr(stream, "encoding", None) or "no encoding"
    yield Look("terminal", OK, "standard output is none: lines are not wrapped" if width is None else f"{width} columns")
    try:
        SIGNS.encode(encoding)
        holds = True
    except (LookupError, UnicodeEncodeError):
        holds = False
    off = "signs are written plainly (<= for ≤), letters as escapes; PYTHONIOENCODING=utf-8 changes that"
    yield Look("encoding", OK if holds else ABSENT, encoding, off)
    colour = "off" if "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb" or width is None else "on"
    yield Look("colour", OK, "on (FORCE_COLOR)" if "FORCE_COLOR" in os.environ else colour)
