"""The results document of a run: a record per case, the claims with their evidence, the summary, the exit gate.

It is the source of every report (`reports/results.schema.json`), and holds no times, no dates and no machine: the same
seed gives the same bytes. `gradient_checks_document` is that of a run which checked code, and no case.

>>> from backproof.verify.results.tally import tally_of
>>> settings = Settings("backproof verify --cases 0", seed=0, cases=0, max_paths=64, digits=50)
>>> document = results_document(settings, tally_of([]), ["scikit-learn is not installed"], interrupted=False)
>>> document["summary"]["holds"], document["summary"]["sentence"]
(False, 'no case was checked.')
>>> checks = [{"name": "my layer", "verdict": "WRONG"}, {"name": "another", "verdict": "CORRECT"}]
>>> gradient_checks_document("pytest", checks)["summary"]["sentence"]
'Of 2 gradient checks 1 is WRONG; 1 holds.'
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.coq_audit import Proofs
from backproof.verify.proofs.exhaustive import Exhausted
from backproof.verify.results.case_record import with_open_findings
from backproof.verify.results.counts import counts_words
from backproof.verify.results.ledger import exhausted_record, theorem_record
from backproof.verify.results.proofs import proofs_record
from backproof.verify.results.settings import LISTED_PATHS, NotRun, Settings
from backproof.verify.results.tally import Tally, no_counts
from backproof.verify.results.versions import version_of, versions_of
from backproof.verify.three_way.definition import DISAGREEMENT
from backproof.verify.times import written
from backproof.verify.verdicts import Verdict, worst

MOST_INCONCLUSIVE = 0.01  # of the cases, even where they are allowed: more would hide that nothing was decided; chosen
HOLDS = "the backward pass equals the path sum, and the path sum the derivative."
HOLDS_OF_AN_ENGINE = "the engine's adjoints are the derivatives, within the rounding bound."
GROUPS = {
    "lecture": "The lecture's examples",
    "digits": "The lecture's network on handwritten digits",
    "large": "Large graphs",
    "random": "Random graphs",
    "outside": "Graphs outside of their domain",
    "replay": "Replayed cases",
}
NO_CASES = "the theorems and backproof's own engine; `backproof verify` checks them"


def results_document(
    settings: Settings,
    tally: Tally,
    not_checked: Sequence[str],
    interrupted: bool,
    exhausted: Sequence[Exhausted] = (),
    derivations: Sequence[Record] = (),
    proofs: Proofs | None = None,
    planned: int | None = None,
    not_run: Sequence[NotRun] = (),
) -> Record:
    """The document of a run over cases; on an engine on trial, theorems and coverage, backproof's own, are left out.

    `planned`: how many cases were asked for (left out: those that were run), `not_run` those of them that were not,
    with the reason. A run holds only if each planned case was run, or is excused.
    """
    own = settings.target is None
    every_graph, formal, records = exhausted_record(exhausted), proofs_record(proofs), tally.records()
    causes = tally.causes()
    return {
        **_heading(settings, interrupted),
        "summary": _summary(
            settings,
            tally,
            interrupted,
            every_graph,
            derivations,
            _left_out(own, tally, not_checked, proofs, formal),
            _cases_record(tally.total, planned, not_run),
        ),
        "coverage": tally.coverage.document() if tally.coverage.cases and own else None,
        "theorems": [theorem_record(theorem, tally.ledger, every_graph, formal) for theorem in THEOREMS] if own else [],
        "proofs": formal,
        "exhaustive": every_graph,
        "derivations": list(derivations),
        "groups": [
            {"name": name, "title": title, "cases": sum(tally.groups[name].values()), "counts": tally.groups[name]}
            for name, title in GROUPS.items()
            if name in tally.groups
        ],
        **({} if causes is None else {"causes": causes}),
        "unlisted": tally.total - len(records),
        "cases": [with_open_findings(record) for record in records],
    }


def gradient_checks_document(command: str, checks: Sequence[Record], seed: int = 0, interrupted: bool = False) -> Record:
    """The document of a run that checked code (`results.check_record`) and no case. It holds if all are CORRECT,
    and as much as their tests require.
    """
    unmet = sum(bool(check.get("unmet")) for check in checks)
    right = sum(check["verdict"] == Verdict.CORRECT.value for check in checks)
    verdicts = [Verdict(check["verdict"]) for check in checks] + [Verdict.INCONCLUSIVE] * (unmet > 0 or not checks)
    sentence = _of_checks(verdicts[: len(checks)], right, unmet) if checks else "No gradient was checked"
    sentence += f", but {unmet:,} of these {'is' if unmet == 1 else 'are'} less than the test requires" if unmet else ""
    return {
        **_heading(Settings(command, seed, 0, LISTED_PATHS, DIGITS), interrupted),
        "summary": {
            "holds": bool(checks) and right == len(checks) and not unmet and not interrupted,
            "verdict": worst(verdicts).value,
            "sentence": f"{sentence}.",
            "counts": no_counts(),
            "cases": _cases_record(0, None, ()),
            "claims": [],
            "not_checked": [NO_CASES],
            "accuracy": None,
        },
        "coverage": None,
        "theorems": [],
        "proofs": proofs_record(None),
        "exhaustive": None,
        "derivations": [],
        "groups": [],
        "gradient_checks": list(checks),
        "cases": [],
    }


def _of_checks(verdicts: Sequence[Verdict], right: int, unmet: int) -> str:
    """How many checks hold, and what the others are. Where not all hold, nothing reads CORRECT.

    >>> _of_checks([Verdict.CORRECT] * 2, 2, 0), _of_checks([Verdict.WRONG, Verdict.INCONCLUSIVE], 0, 0)
    ('2 of 2 gradient checks are CORRECT', 'Of 2 gradient checks 1 is WRONG, 1 INCONCLUSIVE; 0 hold')
    >>> _of_checks([Verdict.WRONG], 0, 0)
    'The 1 gradient check is WRONG'
    """
    total, hold = f"{len(verdicts):,}", f"{right:,} {'holds' if right == 1 else 'hold'}"
    if right == len(verdicts):
        return f"{right:,} of {total} gradient checks {'hold' if unmet else 'are CORRECT'}"
    others = [(verdicts.count(word), word.value) for word in (Verdict.WRONG, Verdict.INACCURATE, Verdict.INCONCLUSIVE)]
    first, *more = [(count, word) for count, word in others if count]
    told = ", ".join([f"{first[0]:,} {'is' if first[0] == 1 else 'are'} {first[1]}", *(f"{count:,} {word}" for count, word in more)])
    return f"The 1 gradient check {told.partition(' ')[2]}" if len(verdicts) == 1 else f"Of {total} gradient checks {told}; {hold}"


def _heading(settings: Settings, interrupted: bool) -> Record:
    """What kind of document this is, by which versions, of which run."""
    libraries = ("numpy", "mpmath", "networkx", "python-flint")
    asked = {key: value for key, value in asdict(settings).items() if key != "shard"}  # it has a section of its own
    return {
        "format": "backproof-results",
        "version": 1,
        "tool": {"name": "backproof", "version": version_of("backproof")},
        "environment": {"python": platform.python_version(), **versions_of(libraries)},
        "run": {**asked, "dtypes": list(settings.dtypes), "interrupted": interrupted},
    }


def _cases_record(run: int, planned: int | None, not_run: Sequence[NotRun]) -> Record:
    """How many cases were asked for, run, and not run with the reason; `unexplained` if these do not add up."""
    asked = run + sum(rest.cases for rest in not_run) if planned is None else planned
    unexplained = asked - run - sum(rest.cases for rest in not_run)
    return {"planned": asked, "run": run, "not_run": [asdict(rest) for rest in not_run if rest.cases], "unexplained": unexplained}


def _summary(
    settings: Settings,
    tally: Tally,
    interrupted: bool,
    every_graph: Record | None,
    derivations: Sequence[Record],
    not_checked: list[str],
    cases: Record,
) -> Record:
    """What the run comes to: whether it holds, in one verdict, in one sentence, and claim by claim."""
    derived = [Verdict(record["verdict"]) for record in derivations]
    changing = 0 if settings.allow_nondeterminism else tally.nondeterministic
    gaps = tally.coverage.missed and settings.target is None and settings.shard is None
    violated = every_graph is not None and every_graph["violated"] > 0
    failed = (
        fails(tally.counts, settings.allow_inconclusive, changing)
        or gaps
        or violated
        or any(verdict in (Verdict.WRONG, Verdict.INACCURATE) for verdict in derived)
    )
    complete = not (cases["unexplained"] or tally.comparisons.unexplained) and all(rest["excused"] for rest in cases["not_run"])
    verdicts = [*(Verdict(word) for word, count in tally.counts.items() if count), *derived, *((Verdict.WRONG,) if violated else ())]
    verdicts += [Verdict.INCONCLUSIVE] * bool(
        not verdicts or not complete or changing or gaps or interrupted
    )  # what does not hold is not CORRECT
    return {
        "holds": tally.total > 0 and not failed and not interrupted and complete,
        "verdict": worst(verdicts).value,
        "sentence": _sentence(tally, failed, interrupted, every_graph, settings, cases),
        "counts": tally.counts,
        "cases": cases,
        **({"nondeterministic": {"cases": tally.nondeterministic, "largest": tally.largest_change}} if tally.nondeterministic else {}),
        "comparisons": {**tally.comparisons.record(), "unexplained": tally.comparisons.unexplained},
        "claims": tally.claims(),
        "not_checked": not_checked,
        "accuracy": tally.accuracy(),
        **({"times": written(dict(sorted(tally.times.items(), key=lambda entry: -entry[1])))} if tally.times else {}),
        **({"cancellation": cancelling} if (cancelling := tally.cancellation()) else {}),
        **({} if (looked := tally.looked()) is None else {"looked": looked}),
        **({} if settings.differences is None else {"differences": tally.differences(), "definition": tally.definition()}),
    }


def _left_out(own: bool, tally: Tally, not_checked: Iterable[str], proofs: Proofs | None, formal: Record) -> list[str]:
    """What was not checked, in sentences: what comparisons left open, the formal proofs, and what the command knows."""
    formal_proofs = [formal["sentence"]] if proofs is None and own else []
    return [*tally.open_sentences(witnesses=own), *formal_proofs, *not_checked]


def fails(counts: Mapping[str, int], allow_inconclusive: bool, nondeterministic: int = 0) -> bool:
    """Whether these verdicts fail a run: any WRONG or INACCURATE; INCONCLUSIVE that is not allowed, or above 1 %; any of
    the cases that are `nondeterministic` where that is not allowed, whatever else is.

    >>> fails({"CORRECT": 150, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}, allow_inconclusive=True)
    False
    >>> fails({"CORRECT": 50, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}, allow_inconclusive=True)
    True
    >>> fails({"CORRECT": 150, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}, allow_inconclusive=True, nondeterministic=1)
    True
    """
    undecided = counts["INCONCLUSIVE"]
    too_many = undecided > MOST_INCONCLUSIVE * sum(counts.values())
    return bool(counts["WRONG"] or counts["INACCURATE"] or nondeterministic or (undecided and (too_many or not allow_inconclusive)))


def _sentence(tally: Tally, failed: bool, interrupted: bool, exhausted: Record | None, settings: Settings, cases: Record) -> str:
    counts, total, target = tally.counts, tally.total, settings.target
    start = "Interrupted: of the cases checked so far, " if interrupted else ""
    if settings.shard is not None:
        start = f"Shard {settings.shard.number} of {settings.shard.of}{', interrupted' if interrupted else ''}: "
    if total == 0:
        return start + "no case was checked."
    if settings.shard is not None:
        body = _of_a_shard(counts)
    elif counts["CORRECT"] == total:
        body = f"{'all' if total > 1 else 'the'} {_cases(total)} {'hold' if total > 1 else 'holds'}: "
        body += HOLDS if target is None else HOLDS_OF_AN_ENGINE
    else:
        others = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count and word != "CORRECT")
        body = f"{counts['CORRECT']:,} of {_cases(total)} hold; {others}."
        if not failed:
            body += " The inconclusive ones are allowed, and at most 1 % of the cases."
    if tally.nondeterministic and tally.largest_change is not None:
        body += f" {_nondeterministic(tally.nondeterministic, tally.largest_change, settings.allow_nondeterminism)}"
    if exhausted is not None and exhausted["violated"]:
        body += f" But on symbols {exhausted['violated']:,} adjoints on graphs with up to {exhausted['n']} vertices are not the sum over their paths."
    if tally.coverage.missed and target is None and settings.shard is None:
        gaps = len(tally.coverage.empty())
        body += f" But the random graphs left {gaps:,} cell{'s' if gaps > 1 else ''} of the coverage tables empty."
    if disagree := tally.definition()["disagree"]:
        body += f" But there is {DISAGREEMENT} on {_cases(disagree)}: their path sums are not those of the definition."
    words = counts_words(tally.comparisons.record())
    body += f" {words}" if words else ""
    missing = cases["unexplained"] + sum(rest["cases"] for rest in cases["not_run"] if not rest["excused"])
    if missing and not interrupted:
        body += f" But {missing:,} of {cases['planned']:,} planned cases {'was' if missing == 1 else 'were'} not run."
    return start + body if start else body[0].upper() + body[1:]


def _of_a_shard(counts: Mapping[str, int]) -> str:
    """What a shard says of its cases: never that all hold, for it does not know the others."""
    total = sum(counts.values())
    others = "".join(f"; {count:,} {word}" for word, count in counts.items() if count and word != "CORRECT")
    hold = "holds" if total == 1 else "hold"
    return f"{counts['CORRECT']:,} of its {_cases(total)} {hold}{others}; the whole is decided when all shards are merged."


def _nondeterministic(cases: int, largest: Record, allowed: bool) -> str:
    """What the summary says of answers that changed between two calls.

    >>> _nondeterministic(3, {"where": "adjoint of x", "difference": "2e-16", "share": "0.25", "entries": 1}, True)
    'On 3 cases the answer changed between two calls, at most by 0.25 of the bound (adjoint of x, by 2e-16); that is allowed.'
    """
    size = f"at most by {largest['share']} of the bound" if largest["share"] is not None else "by no known share of the bound"
    gate = "that is allowed" if allowed else "--allow-inconclusive does not allow that, --allow-nondeterminism does"
    return f"On {_cases(cases)} the answer changed between two calls, {size} ({largest['where']}, by {largest['difference']}); {gate}."


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
