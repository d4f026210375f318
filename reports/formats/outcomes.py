"""Everything that a results document says was judged, one by one: what all formats list.

An outcome is a case, a theorem, a derivation, the graphs on symbols, a wrong engine of the self-test, a graded fault, a
check of code; and the run itself where no part of it fails, for that may not hold all the same (a gate is missed, cases
were not run). It passes only if it is CORRECT (the run: if it holds); what was not checked has no verdict.

>>> told = {"verdict": "CORRECT", "sentence": "no case was checked.", "holds": False, "counts": {}, "not_checked": []}
>>> empty = {"run": {"interrupted": False, "allow_inconclusive": False}, "summary": told, "cases": [], "theorems": [], "derivations": [],
...     "exhaustive": None}
>>> [(outcome.name, outcome.status, outcome.message) for outcome in outcomes(empty)]
[('the run', 'failed', 'it does not hold: no case was checked.')]
>>> outcomes({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.reports.document import Record, Results
from backproof.reports.formats.places import Place, places_of
from backproof.reports.text import inert, replay_command
from backproof.reports.vocabulary import SEVERITY

PASSED, FAILED, ALLOWED, NOT_CHECKED = "passed", "failed", "allowed", "not checked"
"""What an outcome comes to. ALLOWED: INCONCLUSIVE, in a run that holds all the same because that was asked for."""
RUN = "the run"
LARGEST_EXCERPT = 20_000  # characters of an outcome's text; chosen: `explain()` of a check in full, and no flood


@dataclass(frozen=True)
class Outcome:
    """One thing that was judged. `key`: the same in every run, for comparing; `verdict`: None where it was not checked;
    `message`: why it does not pass, in a line; `text`: the same in full, with what runs it again.
    """

    section: str
    key: str
    name: str
    verdict: str | None
    status: str
    evidence: str = ""
    message: str = ""
    text: str = ""
    places: tuple[Place, ...] = ()

    @property
    def said(self) -> str:
        """The verdict, and why where it does not pass."""
        word = self.verdict or NOT_CHECKED
        return self.message if self.message.startswith(word) else f"{word}: {self.message}" if self.message else word


def outcomes(results: Results) -> list[Outcome]:
    """All outcomes in the order of the document, the run itself first. KeyError if it is no results document."""
    found = parts(results)
    return found if any(outcome.status == FAILED for outcome in found) else [_run(results), *found]


def parts(results: Results) -> list[Outcome]:
    """The outcomes without the run itself, cases first. KeyError if it is no results document."""
    allowed = bool(results["summary"]["holds"] and results["run"]["allow_inconclusive"])
    found = list(_cases(results, allowed))
    found += [_theorem(theorem, allowed) for theorem in results["theorems"]]
    found += [_derivation(derivation, allowed) for derivation in results["derivations"]]
    found += _exhaustive(results["exhaustive"])
    found += [_mutant(mutant) for mutant in (results.get("selftest") or {}).get("mutants", ())]
    found += [_alarm(name) for name in (results.get("selftest") or {}).get("false_alarms", ())]
    found += _answers((results.get("selftest") or {}).get("answers"))
    found += [_graded(fault) for fault in (results.get("graded") or {}).get("faults", ())]
    names = Counter[str]()
    for check in results.get("gradient_checks", ()):
        name = "/".join(filter(None, (check["test"], check["name"])))
        names[name] += 1
        found.append(_check(check, name if names[name] == 1 else f"{name} #{names[name]}", allowed))
    return found


def worst_first(found: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes that do not pass and were checked, by verdict; else as they came."""
    left = [outcome for outcome in found if outcome.status in (FAILED, ALLOWED)]
    return sorted(left, key=lambda outcome: SEVERITY.index(outcome.verdict or "INCONCLUSIVE"))


def overall(results: Results) -> str:
    """The word that stands at the top: an interrupted run, a shard, one that does not hold and one without cases never
    read CORRECT.

    >>> told = {"verdict": "CORRECT", "holds": True}
    >>> empty = {"run": {"interrupted": False}, "summary": told, "cases": [], "theorems": [], "derivations": [], "proofs": {"status": "recorded"}}
    >>> overall(empty), overall({**empty, "cases": [{}]}), overall({**empty, "cases": [{}], "run": {"interrupted": True}})
    ('not checked', 'CORRECT', 'INTERRUPTED')
    """
    verdict = str(results["summary"]["verdict"])
    if verdict in ("WRONG", "INACCURATE"):
        return verdict
    if results["run"]["interrupted"]:
        return "INTERRUPTED"
    if not checked_anything(results):
        return "not checked"
    if verdict == "CORRECT" and (shard := results.get("shard")) is not None:
        return f"shard {shard['number']} of {shard['of']}"
    return "INCONCLUSIVE" if verdict == "CORRECT" and not results["summary"]["holds"] else verdict


def checked_anything(results: Results) -> bool:
    """Whether anything was judged: cases, or what other commands judge."""
    sections = results["cases"] or results.get("selftest") or results.get("graded") or results.get("gradient_checks")
    proved = results["proofs"]["status"] in ("proved", "refused")
    return bool(sections or results["derivations"] or proved or any(theorem["verdict"] for theorem in results["theorems"]))


def cause_of(results: Results) -> str:
    """What is wrong, in a sentence over all failures, where the document has one.

    >>> cause_of({"causes": {"sentence": "it sets where it should add"}}), cause_of({})
    ('it sets where it should add', '')
    """
    return str((results.get("causes") or {}).get("sentence", ""))


def status_of(verdict: str | None, allowed: bool = False) -> str:
    """What a verdict comes to.

    >>> status_of("CORRECT"), status_of("INCONCLUSIVE"), status_of("INCONCLUSIVE", True), status_of("WRONG", True), status_of(None)
    ('passed', 'failed', 'allowed', 'failed', 'not checked')
    """
    if verdict is None:
        return NOT_CHECKED
    return PASSED if verdict == "CORRECT" else ALLOWED if verdict == "INCONCLUSIVE" and allowed else FAILED


def _run(results: Results) -> Outcome:
    summary, shard = results["summary"], results.get("shard")
    interrupted = results["run"]["interrupted"]
    status = PASSED if summary["holds"] else FAILED
    why = "" if summary["holds"] else "it was interrupted: " if interrupted else "it does not hold: "
    if shard is not None and summary["holds"]:
        status, why = NOT_CHECKED, "the whole is decided when all shards are merged: "
    verdict = "CORRECT" if status == PASSED else None if status == NOT_CHECKED else str(summary["verdict"])
    verdict = "INCONCLUSIVE" if status == FAILED and verdict == "CORRECT" else verdict
    left = [f"not checked: {sentence}" for sentence in summary["not_checked"]]
    text = "\n".join([summary["sentence"], *left, f"run: {results['run'].get('command', '')}"])
    return Outcome("run", RUN, RUN, verdict, status, message=f"{why}{summary['sentence']}" if why else "", text=text)


def _cases(results: Results, allowed: bool) -> Iterator[Outcome]:
    titles = {group["name"]: group["title"] for group in results.get("groups", ())}
    seen = Counter[str]()
    for case in results["cases"]:
        seen[case["id"]] += 1
        again = f" #{seen[case['id']]}" if seen[case["id"]] > 1 else ""
        yield _case(case, titles.get(case["group"], case["group"]), again, allowed)
    unlisted = results.get("unlisted", 0)
    if unlisted:
        listed = Counter(case["verdict"] for case in results["cases"])
        left = {word: results["summary"]["counts"].get(word, 0) - listed[word] for word in SEVERITY}
        words = ", ".join(f"{count:,} {word}" for word, count in left.items() if count)
        verdict = next((word for word in SEVERITY if left[word] > 0), "INCONCLUSIVE")
        message = "" if verdict == "CORRECT" else words
        text = f"{words}: they have no row here, and stand in the lines file of the run"
        yield Outcome("cases", "unlisted", f"{unlisted:,} cases not listed", verdict, status_of(verdict, allowed), "", message, text)


def _case(case: Record, title: str, again: str, allowed: bool) -> Outcome:
    verdict = case["verdict"]
    lines = [f"{case['name']}: {case['vertices']} vertices, {case['paths']} paths"]
    for check in case["checks"]:
        words = f"; {check['reason']}" if check["reason"] else ""
        lines.append(f"{check['verdict']} {check['claim']} in {check['system']}: {check['evidence']}, {check['worst']}{words}")
        lines += [_failure(failure) for failure in check["failures"][:1]]
    lines.append(replay_command(case))
    share = max((check["share"] for check in case["checks"] if check.get("share") is not None), default=None)
    evidence = "" if share is None else f"at most {share:g} of the bound"
    message = "" if verdict == "CORRECT" else _first_failure(case) or case["reason"] or "it gives no reason"
    name = f"{case['name']} ({case['id']}){again}"
    return Outcome(title, f"case {case['id']}{again}", name, verdict, status_of(verdict, allowed), evidence, message, _text(lines))


def _failure(failure: Mapping[str, Any]) -> str:
    apart = f"{failure['difference']} apart, {failure['allowed']} allowed" if "difference" in failure else ""
    return f"  {failure['where']}: {failure['left']} against {failure['right']}" + (f"; {apart}" if apart else "")


def _first_failure(case: Record) -> str:
    """Of a case that is not CORRECT: its worst comparison, with both values."""
    for check in case["checks"]:
        if check["verdict"] == case["verdict"] and check["failures"]:
            failure = check["failures"][0]
            return f"{check['claim']} in {check['system']}, {failure['where']}: {failure['left']} against {failure['right']}"
    return ""


def _theorem(theorem: Record, allowed: bool) -> Outcome:
    verdict, evidence = theorem["verdict"], " · ".join(theorem["evidence"])
    lines, message = [f"{theorem['title']} ({theorem['source']}): {evidence}"], ""
    for step in theorem["steps"]:
        for found in step["found"]:
            words = f"; {found['reason']}" if found["reason"] else ""
            lines.append(f"{found['verdict']} {step['name']} in {found['system']}: {found['evidence']}{words}")
            if found["verdict"] != "CORRECT" and not message:
                message = f"{step['name']} in {found['system']}{words or ', on case ' + str(found['case'])}"
    message = "not checked in this run" if verdict is None else message
    return Outcome(
        "theorems", f"theorem {theorem['label']}", theorem["label"], verdict, status_of(verdict, allowed), evidence, message, _text(lines)
    )


def _derivation(derivation: Record, allowed: bool) -> Outcome:
    verdict, name = derivation["verdict"], f"{derivation['case']}, {derivation['leaf']}"
    lines = [f"{line['verdict']} {line['text']} ({line['reason']}): {line['evidence']}" for line in derivation["lines"]]
    wrong = next((line for line, told in zip(lines, derivation["lines"], strict=True) if told["verdict"] != "CORRECT"), "")
    message = "" if verdict == "CORRECT" else wrong
    return Outcome(
        "derivations", f"derivation {name}", name, verdict, status_of(verdict, allowed), derivation["evidence"], message, _text(lines)
    )


def _exhaustive(every: Record | None) -> list[Outcome]:
    if every is None:
        return []
    verdict, name = "WRONG" if every["violated"] else "CORRECT", "every small graph, on symbols"
    evidence = "not checked" if every["violated"] else f"exhaustive, n ≤ {every['n']}"
    message = (
        f"WRONG: {every['violated']:,} of {every['adjoints']:,} adjoints are not the sum over their paths" if every["violated"] else ""
    )
    text = _text([f"{every['graphs']:,} graphs, {every['adjoints']:,} adjoints", *every["violations"]])
    return [Outcome("theorems", name, name, verdict, status_of(verdict), evidence, message, text)]


def _mutant(mutant: Record) -> Outcome:
    """A wrong engine: CORRECT means that the suite caught it."""
    caught = bool(mutant["killed_by"])
    lines = [mutant["words"], f"caught by: {'; '.join(mutant['killed_by']) or 'no check'}", *filter(None, (mutant["diagnosis"],))]
    message = "" if caught else f"it survives every check ({mutant['words']})"
    verdict = "CORRECT" if caught else "WRONG"
    return Outcome(
        "wrong engines", f"wrong engine {mutant['mutant']}", mutant["mutant"], verdict, status_of(verdict), "", message, _text(lines)
    )


def _alarm(name: str) -> Outcome:
    return Outcome("wrong engines", f"false alarm {name}", f"false alarm on {name}", "WRONG", FAILED, "", "the right engine is flagged")


def _answers(answers: Record | None) -> list[Outcome]:
    """What is known beforehand, page by page: one outcome for all that are right, and one for each wrong answer."""
    if answers is None or not answers["asked"]:
        return []
    told = f"{answers['asked'] - len(answers['missed']):,} of {answers['asked']:,} known answers are right"
    found = [] if answers["missed"] else [Outcome("known answers", "known answers", told, "CORRECT", status_of("CORRECT"), "", "", told)]
    for missed in answers["missed"]:
        message = f"{missed['asked']} gives {missed['found'] or 'nothing'}, expected {missed['expected'] or 'nothing'}"
        name = f"{missed['where']}, line {missed['line']}"
        found.append(Outcome("known answers", f"known answer {name}", name, "WRONG", FAILED, "", message, message))
    return found


def _graded(fault: Record) -> Outcome:
    """A planted fault of known size: CORRECT means that it ended as it should. Below every resolution nothing is shown."""
    name = f"{fault['check']}: {fault['words']}" + ("" if fault["grade"] is None else f", {fault['grade']:g} of the bound")
    verdict = {"caught": "CORRECT", "passes": "CORRECT", "below resolution": None}.get(fault["outcome"], "WRONG")
    words = f"at {fault['as_expected']} of {fault['places']} places"
    message = "" if verdict == "CORRECT" else f"{fault['outcome']}, {fault['note'] or words}"
    text = _text([f"{fault['outcome']}, {words}", *fault["failing"], *filter(None, (fault["note"],))])
    return Outcome("graded faults", f"graded {name}", name, verdict, status_of(verdict), "", message, text)


def _check(check: Record, name: str, allowed: bool) -> Outcome:
    verdict, unmet = check["verdict"], check.get("unmet", "")
    reason = check["reason"] or check["evidence"]
    message = "" if verdict == "CORRECT" else reason
    if verdict == "CORRECT" and unmet:
        verdict, message = "INCONCLUSIVE", unmet
    places = () if verdict == "CORRECT" else tuple(places_of(check))
    text = _text([check["explanation"] if message else check["evidence"]])
    return Outcome("gradient checks", f"check {name}", name, verdict, status_of(verdict, allowed), check["evidence"], message, text, places)


def _text(lines: list[str]) -> str:
    whole = inert("\n".join(lines))
    return whole if len(whole) <= LARGEST_EXCERPT else f"{whole[:LARGEST_EXCERPT]}… (cut: {len(whole) - LARGEST_EXCERPT:,} characters more)"
