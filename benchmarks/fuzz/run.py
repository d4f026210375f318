"""Ten thousand damaged inputs of every kind, each in a process that may be killed: what became of them, and how long the longest took.

A process tries one after the other and says so in a line; where no line comes in time, or the process ends, that input is a hang or a crash, and another process goes on after it.
The first input with a fault is a `Disagreement`, which names the subject, the seed and the number, by which it is made again.

>>> found = tried("replay", 3)
>>> len(found), {fault for line in found for fault in line["faults"]}
(3, set())
>>> said = [{"number": 7, "outcome": "exit 3", "faults": ["exit 3"], "seconds": 0.1, "json": True, "valid": False, "held": 0}]
>>> summed("document", said)
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: 1 of 1 inputs of the subject document have faults; number 7 of seed 0: exit 3
"""

from __future__ import annotations

import json
import math
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeAlias

from benchmarks.fuzz.outcomes import BYTES, SECONDS
from benchmarks.fuzz.subjects import SUBJECTS
from benchmarks.measure import Comparison, Disagreement, Result, line

NAME = "fuzz"
TITLE = "Damaged inputs"
ABOUT = (
    "Documents of graphs and cases, replay lines, lines files to resume from, results files, and answers of engines, damaged at random: changed in structure, in single bytes, "
    "replaced by junk, or valid and dear. Each ends with a documented exit code or exception, in one line below 1 kB without control characters, in less than 10 s and 1 GB, and "
    "leaves no file behind. Seconds are for one input."
)
SEED, COUNT, QUICK_COUNT = 0, 10_000, 40
PATIENCE = 3 * SECONDS  # seconds without a line until the process is killed; the first line comes after the imports
ROOT = Path(__file__).resolve().parents[2]

Said: TypeAlias = "dict[str, Any]"


def tried(subject: str, count: int, seed: int = SEED) -> list[Said]:
    """What became of inputs 0 … count − 1 of a seed."""
    found: list[Said] = []
    while len(found) < count:
        found += _in_a_process(subject, seed, len(found), count - len(found))
    return found


def _in_a_process(subject: str, seed: int, start: int, count: int) -> list[Said]:
    """The lines of one process: until it has tried all, or one of them hangs, ends it, or fills its memory."""
    command = [sys.executable, "-m", "benchmarks.fuzz.worker", subject, str(seed), str(start), str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
    found: list[Said] = []
    try:
        while len(found) < count:
            text = lines.get(timeout=PATIENCE)
            if text is None:
                found.append(_lost(start + len(found), f"ended its process with {process.wait()}"))
                break
            found.append(json.loads(text))
            if found[-1]["held"] > BYTES:
                break
    except queue.Empty:
        found.append(_lost(start + len(found), f"did not end in {PATIENCE:g} s"))
    finally:
        process.kill()
        process.wait()
    return found


def _read(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    for text in stream or ():
        lines.put(text)
    lines.put(None)


def _drain(stream: IO[str] | None) -> None:
    for _ in stream or ():
        pass


def _lost(number: int, fault: str) -> Said:
    return {
        "number": number,
        "kind": "",
        "outcome": fault,
        "faults": [fault],
        "seconds": PATIENCE,
        "held": 0,
        "json": False,
        "valid": False,
    }


def summed(subject: str, found: Sequence[Said]) -> Comparison:
    """The table of one subject. Disagreement for the first input with a fault."""
    faulty = [said for said in found if said["faults"]]
    if faulty:
        first = f"number {faulty[0]['number']} of seed {SEED}: {'; '.join(faulty[0]['faults'])}"
        raise Disagreement(f"{len(faulty)} of {len(found):,} inputs of the subject {subject} have faults; {first}")
    shares = {"parse as JSON": "json", "are valid and dear": "valid"} if subject == "document" else {}
    words = [f"{100 * sum(said[key] for said in found) / len(found):.1f} % {what}" for what, key in shares.items()]
    words.append(f"longest {max(said['seconds'] for said in found):.1f} s, at most {max(said['held'] for said in found) / BYTES:.2f} GB")
    outcomes = Counter(said["outcome"] for said in found)
    lines = [
        line(f"{word} ({count:,})", _thinned([said["seconds"] for said in found if said["outcome"] == word]))
        for word, count in outcomes.most_common()
    ]
    return Comparison(f"{subject}: {len(found):,} inputs, no fault; {'; '.join(words)}", None, tuple(lines))


def _thinned(seconds: Sequence[float]) -> list[float]:
    """At most a hundred of the times, evenly from the shortest to the longest, so that the results stay small."""
    ordered = sorted(seconds)
    return ordered[:: max(1, math.ceil(len(ordered) / 100))]


def measure(quick: bool) -> Result:
    """Every subject, two at a time. Disagreement if an input ends otherwise than documented."""
    with ThreadPoolExecutor(2) as pool:
        every = pool.map(partial(tried, count=QUICK_COUNT if quick else COUNT), SUBJECTS)
        return Result(NAME, TITLE, ABOUT, tuple(map(summed, SUBJECTS, every)))
