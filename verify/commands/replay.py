"""What `backproof replay` does: one case again, with its three-way table.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.cases.replay import replay_id
>>> run_replay(ReplayOptions(replay_id(lecture_cases()[0])))
CORRECT ... L11 four vertices  4 vertices, 3 paths  ...
0
>>> run_replay(ReplayOptions("nowhere.json"))  # said on stderr: cannot read 'nowhere.json'
4
"""

from __future__ import annotations

from backproof.engine import DomainError, GraphError
from backproof.reports.terminal import print_table
from backproof.verify.cases.case import CaseError
from backproof.verify.cases.reading import read_case
from backproof.verify.commands.options import ReplayOptions
from backproof.verify.commands.session import finish_one, give_up
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.settings import Settings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.within_limits import within_limits


def run_replay(options: ReplayOptions, routes: Routes | None = None) -> int:
    """Run one case again, print its three-way table, and return the exit code; `routes` as for `backproof verify`."""
    try:
        case = read_case(options.case, options.seed)
    except (CaseError, GraphError, DomainError) as error:
        return give_up(f"backproof replay: {error}")
    result = within_limits(case, lambda case: check_case(case, routes), options.timeout)
    record = case_record(result, with_detail=True, listed=options.max_paths)
    print_table(record, options.output.no_color)
    settings = Settings("backproof replay", options.seed, 1, options.max_paths, DIGITS, options.allow_inconclusive)
    return finish_one(settings, record, options.output)
