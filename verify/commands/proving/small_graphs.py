"""What `backproof theorems --exhaustive N` does: the backward pass on symbols on every graph, size by size and block by
block, with finished blocks kept in a file.

>>> cost(8, 2, 30_000.0)
'268,435,456 graphs with 8 vertices, about 2.5 core-hours at 30,000 graphs a second and core: 1.2 hours with 2 processes'
>>> found = run_small_graphs(3, None, Workplace(1), lambda: False)
>>> [size.graphs for size in found.sizes], found.interrupted, found.crashes
([1, 2, 8], False, ())
>>> run_small_graphs(3, None, Workplace(1), lambda: True).interrupted
True
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backproof.reports.progress import progress
from backproof.reports.terminal import tell
from backproof.reports.text import counted
from backproof.verify.campaign.workers import Crash, Outcome, run_here
from backproof.verify.campaign.workplace import Workplace
from backproof.verify.proofs.every_graph import count_graphs
from backproof.verify.proofs.exhaustive import Block, CheckedBlock, Exhausted, blocks, check_block, whole
from backproof.verify.results.finished_blocks import FinishedBlocks, keep_blocks, read_blocks

ALONE = 5  # the largest size that is run in this process: 1,024 graphs take less than starting others
NEEDS_A_FILE = 8  # from this size on what is finished must be kept: 2²⁸ graphs take hours
COST_SAID = 7  # from this size on the cost is said before: 2²¹ graphs take minutes
MEASURED = 2000  # graphs by which the rate is measured; chosen: a tenth of a second
SHOWN_DAMAGE = 5  # damaged lines that are named; chosen: the rest of the screen stays readable
HOUR, MINUTE = 3600.0, 60.0


@dataclass(frozen=True)
class SmallGraphs:
    """The sizes that were run whole, the blocks that failed with their traceback, and whether the run was stopped."""

    sizes: tuple[Exhausted, ...]
    crashes: tuple[tuple[str, str], ...]
    interrupted: bool
    finished: int
    planned: int


def run_small_graphs(
    most: int,
    file: Path | None,
    where: Workplace,
    stop: Callable[[], bool],
    told: Callable[[Exhausted], None] = lambda size: None,
    silent: bool = True,
) -> SmallGraphs:
    """Every graph with up to `most` vertices. BlocksError if `file` is of another run, OSError if it cannot be used."""
    kept = FinishedBlocks() if file is None or not most else read_blocks(file, most)
    before = {one.block: one for one in kept.blocks}
    planned = sum(len(blocks(n)) for n in range(1, most + 1))
    _tell_what_was_kept(kept, planned)
    sizes: list[Exhausted] = []
    crashes: list[tuple[str, str]] = []
    finished = len(before)
    with _keeping(file, most, kept) as keep, progress(planned - len(before), silent, "blocks of graphs") as advance:
        for n in range(1, most + 1):
            found = [before[block] for block in blocks(n) if block in before]
            for outcome in _run(n, [block for block in blocks(n) if block not in before], where, stop):
                if isinstance(outcome, Crash):
                    crashes.append((outcome.task.sentence, outcome.words))
                    continue
                keep(outcome.result)
                found.append(outcome.result)
                finished += 1
                advance()
            if len(found) == len(blocks(n)):
                sizes.append(whole(n, found))
                told(sizes[-1])
            elif stop() or where.trouble() is not None:
                break
    return SmallGraphs(tuple(sizes), tuple(crashes), finished + len(crashes) < planned, finished, planned)


def _run(n: int, left: Sequence[Block], where: Workplace, stop: Callable[[], bool]) -> Iterator[Outcome[Block, CheckedBlock]]:
    return run_here(check_block, left, stop) if n <= ALONE else where.run(check_block, left, stop)


@contextmanager
def _keeping(file: Path | None, most: int, kept: FinishedBlocks) -> Generator[Callable[[CheckedBlock], None]]:
    if file is None or not most:
        yield lambda one: None
        return
    with keep_blocks(file, most, kept) as keep:
        yield keep


def _tell_what_was_kept(kept: FinishedBlocks, planned: int) -> None:
    if kept.blocks:
        tell(f"{len(kept.blocks):,} of {counted(planned, 'block')} were finished before")
    for words in kept.damaged[:SHOWN_DAMAGE]:
        tell(f"left out, and checked again: {words}")
    if len(kept.damaged) > SHOWN_DAMAGE:
        tell(f"left out, and checked again: {counted(len(kept.damaged) - SHOWN_DAMAGE, 'more line')}")


def cost(most: int, jobs: int, rate: float) -> str:
    """What every graph with `most` vertices costs, in a sentence."""
    seconds = count_graphs(most) / rate
    alone = f"{count_graphs(most):,} graphs with {most} vertices, about {_time(seconds, 'core-')} at {rate:,.0f} graphs a second and core"
    return alone if jobs == 1 else f"{alone}: {_time(seconds / jobs)} with {jobs} processes"


def _time(seconds: float, unit: str = "") -> str:
    if seconds >= HOUR:
        return f"{seconds / HOUR:.1f} {unit}hours"
    return f"{seconds / MINUTE:.1f} {unit}minutes"


def rate_here(n: int) -> float:
    """Graphs with n vertices that a core of this machine checks in a second, measured on some in the middle."""
    middle = count_graphs(n) * 2 // 3
    return MEASURED / check_block(Block(n, middle, middle + MEASURED)).seconds
