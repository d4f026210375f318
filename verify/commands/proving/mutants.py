"""What `backproof theorems prove --mutants` does: make every sneaky change of the formal proofs that is listed, and show
that the audit refuses each, for its reason.

>>> change = Mutant("Axiom", "axioms", (), ("cheat is an axiom",))
>>> summary([Trial(change, ("Mini.cheat is an axiom",), (), 2.0)])
'1 of 1 sneaky changes refused, each for its reason'
>>> summary([Trial(change, (), ("cheat is an axiom",), 2.0)])
'0 of 1 sneaky changes refused for its reason; not so: Axiom'
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from backproof.reports.progress import alive
from backproof.reports.terminal import say, say_verdict
from backproof.reports.text import counted
from backproof.verify.campaign.run import available_cores
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERRUPTED, NOTHING
from backproof.verify.commands.options import ProveOptions
from backproof.verify.commands.session import give_up, stoppable
from backproof.verify.proofs.coq.layout import Part
from backproof.verify.proofs.coq.programs import Coq, CoqError
from backproof.verify.proofs.development import AXIOMS, FOLDER, parts
from backproof.verify.proofs.mutants import Built, Mutant, Trial, mutants, try_mutants


def run_mutants(options: ProveOptions, folder: Path = FOLDER, coqc: str = "coqc") -> int:
    """Try every mutant and return the exit code: 0 each as it should be, 1 not so, 2 interrupted, 5 not checked here."""
    program = shutil.which(coqc)
    if program is None:
        return give_up("coqc is not on PATH: no change was tried.", NOTHING)
    trials: list[Trial] = []
    with stoppable() as stop, tempfile.TemporaryDirectory() as temporary:
        coq = Coq(program, Path(temporary), math.inf)
        quiet = options.output.quiet
        missing = [part for part in parts(folder) if not coq.has_library(part.library)]
        listed, left_out = split(mutants(folder), missing)
        for mutant in () if quiet else left_out:
            say(f"not checked here  {mutant.name}: {missing[0].package} is not installed", options.output.no_color, fg="yellow")
        try:
            with alive("sneaky changes of the proofs", options.output.silent) as note:
                note(f"the first of {len(listed)}, once the proofs themselves are compiled")
                for trial in try_mutants(listed, Built(folder, Path(temporary), program), options.jobs or available_cores(), stop):
                    trials.append(trial)
                    note(f"{len(trials)} of {len(listed)} tried")
                    if not quiet:
                        say(trial.sentence, options.output.no_color, fg=None if trial.as_it_should else "red")
        except CoqError as error:
            return give_up(f"The development itself does not compile: {error}", FAILS)
        if stop():
            return give_up(f"Interrupted after {len(trials)} of {counted(len(listed), 'change')}.", INTERRUPTED)
    holds = all(trial.as_it_should for trial in trials)
    word = "CORRECT" if holds else "WRONG"
    unchecked = f"; {len(left_out)} not checked here" if left_out else ""
    say_verdict(f"{word}  {summary(trials)}{unchecked}", options.output.no_color, fg="green" if holds else "red")
    return HOLDS if holds else FAILS


def split(listed: Sequence[Mutant], missing: Sequence[Part]) -> tuple[list[Mutant], list[Mutant]]:
    """The mutants that can be tried here, and those of files whose library is missing."""
    absent = {module for part in missing for module in part.modules}
    left_out = [
        mutant for mutant in listed if mutant.files & absent or (missing and any(change.file == AXIOMS for change in mutant.changes))
    ]
    return [mutant for mutant in listed if mutant not in left_out], left_out


def summary(trials: Sequence[Trial]) -> str:
    """How many were refused for their reason, how many harmless ones were accepted, and which were not as they should."""
    sneaky = [trial for trial in trials if trial.mutant.reasons]
    harmless = [trial for trial in trials if not trial.mutant.reasons]
    refused, accepted = (sum(trial.as_it_should for trial in some) for some in (sneaky, harmless))
    each = ", each for its reason" if refused == len(sneaky) else " for its reason"
    words = f"{refused} of {len(sneaky)} sneaky changes refused{each}"
    words += f"; {accepted} of {len(harmless)} harmless ones accepted" if harmless else ""
    bad = [trial.mutant.name for trial in trials if not trial.as_it_should]
    return words + (f"; not so: {', '.join(bad)}" if bad else "")
