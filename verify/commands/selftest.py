"""What `backproof selftest` does: try every mutant, print the kill matrix as it grows, and end with the count.

>>> from backproof.verify.selftest.trials import Trial
>>> matrix_row(Trial("a fault", "…", "backward", "a graph", ("Theorem 2, float64",), 3, "random 1", None))
'caught    a fault                         ·  ×  ·  ·  ·  ·  ·  ·   3 vertices'
>>> matrix_row(Trial("a fault", "…", "backward", "a graph", (), None, None, None))
'SURVIVES  a fault                         ·  ·  ·  ·  ·  ·  ·  ·'
"""

from __future__ import annotations

from pathlib import Path

import click

from backproof.reports import save_results, write_html
from backproof.reports.terminal import say
from backproof.verify.campaign.run import available_cores
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL, INTERRUPTED
from backproof.verify.selftest.trials import CHECKS, Trial, campaign, false_alarms, run_selftest, selftest_document, survivors_without


def run_selftest_command(seed: int, jobs: int | None, json_file: Path | None, html_file: Path | None, no_color: bool) -> int:
    """Run the self-test and return the exit code: 0 if every mutant is caught and the right engine is never flagged."""
    click.echo("checks: " + "; ".join(f"{k} {check}" for k, check in enumerate(CHECKS, start=1)))
    click.echo(f"{'':<40}" + "".join(f"{k:>3}" for k in range(1, len(CHECKS) + 1)) + "   smallest killing graph")
    trials: list[Trial] = []
    try:
        for trial in run_selftest(seed, jobs or available_cores()):
            trials.append(trial)
            say(matrix_row(trial), no_color, fg="green" if trial.caught else "red")
            if trial.diagnosis is not None:
                click.echo(f"{'':<10}{trial.diagnosis}")
        alarms = false_alarms(campaign(seed))
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(trials)} mutants.", err=True)
        return INTERRUPTED
    results = selftest_document(seed, trials, alarms)
    try:
        if json_file is not None:
            save_results(results, json_file)
        if html_file is not None:
            write_html(results, html_file)
    except OSError as error:
        click.echo(f"Cannot write {error.filename!r}: {error.strerror}", err=True)
        return INTERNAL
    click.echo()
    for check in CHECKS:
        click.echo(f"without “{check}” {len(survivors_without(trials, check))} would survive")
    for trial in trials:
        if not trial.caught:
            why = "it agrees with the right engine nowhere" if trial.agrees_on is None else "no check names an unequal value"
            say(f"{trial.mutant} ({trial.words}): {why}", no_color, fg="red")
    for name in alarms:
        say(f"false alarm: the right engine is flagged on {name}", no_color, fg="red")
    for path in (json_file, html_file):
        if path is not None:
            click.echo(f"wrote {path}")
    good = bool(results["summary"]["holds"])
    click.echo()
    say(results["summary"]["sentence"].rstrip("."), no_color, fg="green" if good else "red", bold=True)
    return HOLDS if good else FAILS


def matrix_row(trial: Trial) -> str:
    """One row of the kill matrix: × where a check kills the mutant."""
    marks = "".join("  ×" if check in trial.killed_by else "  ·" for check in CHECKS)
    smallest = "" if trial.vertices is None else f"   {trial.vertices} vertices"
    return f"{'caught' if trial.caught else 'SURVIVES':<10}{trial.mutant:<30}{marks}{smallest}"
