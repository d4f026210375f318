"""What `backproof replay` does."""

from __future__ import annotations

from pathlib import Path

import click

from backproof.engine import DomainError, GraphError
from backproof.reports.terminal import print_table
from backproof.verify.cases.case import CaseError
from backproof.verify.cases.reading import read_case
from backproof.verify.commands.exit_codes import USAGE
from backproof.verify.commands.session import finish
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes


def run_replay(
    case: str,
    seed: int,
    max_paths: int,
    allow_inconclusive: bool,
    json_file: Path | None,
    html_file: Path | None,
    no_color: bool,
    routes: Routes | None = None,
) -> int:
    """Run one case again, print its three-way table, and return the exit code."""
    try:
        chosen = read_case(case, seed)
    except (CaseError, GraphError, DomainError) as error:
        click.echo(f"backproof replay: {error}", err=True)
        return USAGE
    result = check_case(chosen, routes)
    record = case_record(result, with_detail=True, listed=max_paths)
    settings = Settings("backproof replay", seed, 1, max_paths, DIGITS, allow_inconclusive)
    print_table(record, no_color)
    return finish(results_document(settings, tally_of([{**record, "group": "replay"}]), (), False), json_file, html_file, False, no_color)
