"""Where tasks are run: in processes of this machine, or on a cluster (`campaign.cluster`).

>>> Workplace(2).in_this_process, Workplace(1).in_this_process
(False, True)
>>> [outcome.result for outcome in Workplace(1).in_order(abs, [-1, 2])]
[1, 2]
>>> list(Workplace(1, trouble=lambda: Trouble("the scheduler was lost")).in_order(abs, [-1, 2]))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from backproof.verify.campaign.workers import Deaths, Outcome, Result, Task, Workers, in_order, never, processes, run_here, run_tasks


@dataclass(frozen=True)
class Trouble:
    """Why no more work can be done at a workplace; `refused` if its workers do not fit, rather than being lost."""

    words: str
    refused: bool = False


def none() -> Trouble | None:
    """Nothing is wrong."""
    return None


@dataclass(frozen=True)
class Workplace:
    """`jobs` tasks are given out at once, to processes of this machine unless `workers` makes others. `died`: what a
    future raises whose worker died; `trouble`: why no more work can be done here; `cores`: how many tasks run at once
    where that is not `jobs`.
    """

    jobs: int
    workers: Workers | None = None
    died: Deaths = ()
    trouble: Callable[[], Trouble | None] = none
    cores: int | None = None

    @property
    def in_this_process(self) -> bool:
        """Whether there are no workers at all."""
        return self.jobs == 1 and self.workers is None

    def run(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], stop: Callable[[], bool] = never
    ) -> Generator[Outcome[Task, Result]]:
        """The outcomes of `work` on every task, as they finish, until `stop()` or until there is trouble."""
        if self.in_this_process:
            return run_here(work, tasks, self.over(stop))
        return run_tasks(self.workers or processes, self.jobs, work, tasks, self.over(stop), died=self.died)

    def in_order(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], stop: Callable[[], bool] = never
    ) -> Generator[Outcome[Task, Result]]:
        """The same in the order of the tasks."""
        return in_order(self.jobs, work, tasks, self.over(stop), self.workers, self.died)

    def over(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        """Whether the run was asked to stop, or there is trouble."""
        return lambda: stop() or self.trouble() is not None
