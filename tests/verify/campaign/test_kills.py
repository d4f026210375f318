"""Campaigns that are killed at random moments, as a person, a system or a full disk would do it: no process is left, what
is finished is kept, and the run that resumes ends with the bytes of an undisturbed one.
"""

from __future__ import annotations

import ctypes
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

RUN = ["verify", "--cases", "30", "--seed", "2", "--jobs", "2"]
KINDS = ("ctrl-c", "ctrl-c twice", "sigterm", "kill", "early kill", "worker", "full disk")
ROUNDS = 2  # of all kinds, for each of three seeds: 42 kills
LEFT_AFTER = 5.0  # seconds within which every process must be gone; the promise
PATIENCE = 120.0  # seconds for anything else, on a machine that does other things
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def processes_of(session: int) -> list[tuple[int, int]]:
    """(pid, parent) of every process of a session that still runs."""
    found: list[tuple[int, int]] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX" and int(fields[3]) == session:
                found.append((int(folder.name), int(fields[1])))
    return found


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Campaign:
    """One lines file and the processes that work on it, one after the other."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.lines = folder / f"{name}.jsonl"
        self.out, self.err = folder / "out", folder / "err"

    def start(self, limit: int | None = None) -> subprocess.Popen[bytes]:
        """The command, resuming from what there is; `limit`: how many bytes a file may have."""
        command = [sys.executable, "-m", "backproof.verify", *RUN, "--json", f"{self.name}.json"]
        command += ["--resume", self.lines.name] if self.count() else []
        room = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit is not None else None
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            return subprocess.Popen(command, cwd=self.folder, stdout=out, stderr=err, start_new_session=True, preexec_fn=room)  # noqa: PLW1509

    def count(self) -> int:
        """Finished cases in the file."""
        return self.lines.read_bytes().count(b'"place"') if self.lines.exists() else 0

    def begun(self, process: subprocess.Popen[bytes], more: int) -> bool:
        """Whether the run came to work, and `more` lines further; False if it ended before."""
        before = self.count()
        until(lambda: process.poll() is not None or (self.out.stat().st_size and self.count() >= before + more))
        return process.poll() is None

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8") + self.err.read_text(encoding="utf-8")


def disturb(campaign: Campaign, kind: str, chance: random.Random) -> bool:
    """One run that is disturbed in this way; False if it ended before."""
    if kind == "full disk":
        size = campaign.lines.stat().st_size if campaign.lines.exists() else 0
        process = campaign.start(size + chance.randrange(100, 60_000))
    else:
        process = campaign.start()
    try:
        if kind == "early kill":
            time.sleep(chance.uniform(0.0, 1.0))
        elif not campaign.begun(process, chance.randrange(4)) and kind != "full disk":
            return False
        time.sleep(chance.uniform(0.0, 0.3))
        match kind:
            case "ctrl-c" | "ctrl-c twice":
                group = chance.random() < 0.5  # a terminal tells every process of the group, `kill -INT` one
                for _ in range(2 if kind == "ctrl-c twice" else 1):
                    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
                    time.sleep(chance.uniform(0.05, 0.3))
            case "sigterm":
                process.terminate()
            case "kill" | "early kill":
                process.kill()
            case "worker":
                workers = [pid for pid, parent in processes_of(process.pid) if parent == process.pid]
                if workers:
                    os.kill(chance.choice(workers), signal.SIGKILL)
                if campaign.begun(process, 3):
                    process.terminate()
            case _:
                pass
        code = process.wait(timeout=PATIENCE)
        assert until(lambda: not processes_of(process.pid), LEFT_AFTER), processes_of(process.pid)
        said = campaign.said()
        assert "Traceback" not in said, said
        if kind == "full disk":
            assert code in (0, 3), said
            assert code == 0 or f"Cannot write '{campaign.name}.json" in said
            return code == 3
        assert code in {"kill": (-9, 0), "early kill": (-9, 0)}.get(kind, (0, 2)), said
        if code == 2 and kind != "ctrl-c twice":
            assert f"45 cases are done; go on with backproof verify --cases 30 --seed 2 --json {campaign.name}.json --resume" in said
        return code != 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("undisturbed")
    campaign = Campaign(folder, "whole")
    assert campaign.start().wait(timeout=2 * PATIENCE) == 0, campaign.said()
    return (folder / "whole.json").read_bytes()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_campaign_survives_whatever_ends_it(seed: int, undisturbed: bytes, tmp_path: Path) -> None:
    chance = random.Random(seed)
    kinds = [kind for _ in range(ROUNDS) for kind in chance.sample(KINDS, len(KINDS))]
    campaigns, kills, numbers = [Campaign(tmp_path, "r0")], 0, iter(range(1, 100))
    while kills < len(kinds):
        before = campaigns[-1].count()
        kills += disturb(campaigns[-1], kinds[kills], chance)
        assert campaigns[-1].count() >= before, "what was finished is kept"
        if (tmp_path / f"{campaigns[-1].name}.json").exists() and campaigns[-1].count() == 45:
            campaigns.append(Campaign(tmp_path, f"r{next(numbers)}"))
    for campaign in campaigns:
        if campaign.count():
            assert campaign.start().wait(timeout=2 * PATIENCE) == 0, campaign.said()
            assert (tmp_path / f"{campaign.name}.json").read_bytes() == undisturbed
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert left <= {"out", "err", *(f"{campaign.name}.{end}" for campaign in campaigns for end in ("json", "jsonl"))}


@pytest.mark.parametrize(
    ("signals", "codes"),
    [((signal.SIGTERM,), (2,)), ((signal.SIGINT, signal.SIGINT), (2,)), ((signal.SIGKILL,), (-9,))],
    ids=["sigterm", "ctrl-c twice", "kill"],
)
def test_the_self_test_ends_with_all_its_workers(signals: tuple[signal.Signals, ...], codes: tuple[int, ...], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "backproof.verify", "selftest", "--jobs", "2"]
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=out, stderr=err, start_new_session=True)
    try:
        assert until(lambda: len(processes_of(process.pid)) > 2 or process.poll() is not None)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.3)
        assert process.wait(timeout=PATIENCE) in codes
        assert until(lambda: not processes_of(process.pid), LEFT_AFTER)
        assert "Traceback" not in (tmp_path / "err").read_text(encoding="utf-8")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def without_power() -> None:
    """Root obeys the rights of a folder, too."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_found_before_the_run(read_only: Path, tmp_path: Path) -> None:
    tried = subprocess.run(["touch", str(read_only / "x")], preexec_fn=without_power, check=False, capture_output=True)
    if tried.returncode == 0:
        pytest.skip("every folder can be written here")
    command = [sys.executable, "-m", "backproof.verify", *RUN, "--json", str(read_only / "r.json")]
    done = subprocess.run(command, preexec_fn=without_power, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode in (3, 4)
    assert "Permission denied" in done.stderr
    assert done.stdout == ""
    assert list(read_only.iterdir()) == []
