"""Whether the words of a results document are those that its counts come to: `disagreements(results)`.

Every command reads back what it is about to show and to write. Nothing here is shared with what wrote the words: the
counts are counted again from the cases, the words taken apart (`evidence.py`, `sentences.py`), and both compared. A run
in which they differ holds nothing.

>>> told = {"sentence": "All 2 cases hold.", "counts": {"CORRECT": 2}, "not_checked": [], "verdict": "WRONG"}
>>> disagreements({"summary": told, "cases": [], "unlisted": 2})
[]
>>> disagreements({"summary": {**told, "sentence": "All 3 cases hold."}, "cases": [], "unlisted": 1})
['cases: 2 in the summary, 1 by counting again', "'All 3 cases hold' where the counts are 2 CORRECT of 2"]
>>> disagreements({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from backproof.reports.causes import cause_problems
from backproof.reports.document import Record, Results
from backproof.reports.evidence import problem
from backproof.reports.sentences import not_checked_problems, sentence_problems

PROVING = ("EXACT", "CERTIFIED")
EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def disagreements(results: Results) -> list[str]:
    """What the words say that the counts do not, or counts that do not add up, each in a sentence; none in a document
    that can be believed.
    """
    parts = (
        _verdicts,
        _comparisons,
        _claims,
        _sentences,
        _theorems,
        _derivations,
        _coverage,
        _gradient_checks,
        _selftest,
        _verdict,
        cause_problems,
    )
    return [found for part in parts for found in part(results)]


def whole_run(results: Results) -> bool:
    """Whether all cases that were counted are listed, so that they can be counted again."""
    return bool(results["cases"]) and not results.get("unlisted", 0)


def _differs(what: str, said: Any, found: Any) -> Iterator[str]:
    if said != found:
        yield f"{what}: {said} in the summary, {found} by counting again"


def _verdicts(results: Results) -> Iterator[str]:
    """The verdicts of the summary and of the groups, against those of the cases."""
    summary = results["summary"]
    counts: Mapping[str, int] = summary["counts"]
    found = Counter(case["verdict"] for case in results["cases"])
    for word, count in counts.items():
        if found[word] > count or (whole_run(results) and found[word] != count):
            yield f"{count:,} {word} cases in the summary, {found[word]:,} among the cases"
    total = sum(counts.values())
    if "unlisted" in results:
        yield from _differs("cases", total, len(results["cases"]) + results["unlisted"])
    if results.get("groups"):
        yield from _differs("cases in groups", total, sum(group["cases"] for group in results["groups"]))
        for group in results["groups"]:
            yield from _differs(f"cases of {group['name']}", group["cases"], sum(group["counts"].values()))
    cases = summary.get("cases")
    if cases is not None:
        left = sum(rest["cases"] for rest in cases["not_run"])
        yield from _differs("planned cases", cases["planned"], cases["run"] + left + cases["unexplained"])
        if results["cases"]:
            yield from _differs("cases that were run", cases["run"], total)


def _judged(check: Record) -> bool:
    return check["verdict"] in ("WRONG", "INACCURATE") or (check["verdict"] == "CORRECT" and check["entries"] > 0)


def _held(check: Record) -> bool:
    return check["verdict"] == "CORRECT" and check["entries"] > 0


def _comparisons(results: Results) -> Iterator[str]:
    """What was planned, judged, certified and left, of every case and of all."""
    keys = ("planned", "judged", "certified")
    for case in results["cases"]:
        if "planned" not in case:
            continue
        left = sum(entry["comparisons"] for entry in case["unjudged"])
        if case["planned"] != case["judged"] + left and case["verdict"] == "CORRECT":
            yield f"case {case['id']} is CORRECT with {case['planned'] - case['judged'] - left} comparisons that nothing accounts for"
        found = sum(_judged(check) for check in case["checks"]), sum(_held(check) and check["kind"] in PROVING for check in case["checks"])
        yield from _differs(f"judged and certified in case {case['id']}", (case["judged"], case["certified"]), found)
        for check in case["checks"]:
            yield from _check(case, check)
    said = results["summary"].get("comparisons")
    if said is None:
        return
    left = sum(entry["comparisons"] for entry in said["unjudged"])
    yield from _differs("planned comparisons", said["planned"], said["judged"] + left + said["unexplained"])
    if whole_run(results):
        again = {key: sum(case[key] for case in results["cases"]) for key in keys}
        yield from _differs("comparisons", {key: said[key] for key in keys}, again)
        reasons: Counter[tuple[str, bool]] = Counter()
        for case in results["cases"]:
            for entry in case["unjudged"]:
                reasons[entry["reason"], entry["excused"]] += entry["comparisons"]
        yield from _differs("reasons", {(e["reason"], e["excused"]): e["comparisons"] for e in said["unjudged"]}, dict(reasons))


def _check(case: Record, check: Record) -> Iterator[str]:
    """The words of one comparison of a case."""
    counted = check["verdict"] != "INCONCLUSIVE" and (check["entries"] > 0 or check["verdict"] != "CORRECT")
    found = problem(check["evidence"], check["kind"], int(counted), check["digits"])
    if found:
        yield f"case {case['id']}, {check['claim']} in {check['system']}: {found}"
    wrong = share_problem(check["worst"], check.get("share"), check["failed"] or int(check["verdict"] == "WRONG"), check["bins"])
    if wrong:
        yield f"case {case['id']}, {check['claim']} in {check['system']}: {wrong}"


def share_problem(words: str, share: float | None, failed: int, bins: Sequence[int] | None = None) -> str:
    """What the words of a largest share say that the number does not.

    >>> share_problem("0.3 of the bound", 0.3, 0), share_problem("equal", None, 0), share_problem("unequal", None, 2)
    ('', '', '')
    >>> share_problem("0.1 of the bound", 0.3, 0), share_problem("equal", None, 2)
    ("'0.1 of the bound' where the largest share is 0.3", "'equal' where 2 entries failed")
    """
    head = words.split(" ", maxsplit=1)[0]
    if share is None:
        told = head in ("unequal", "beyond", "nan")
        if head not in ("equal", "overlapping", "unequal", "beyond", "nan"):
            return f"{words!r} where there is no share"
        return f"{words!r} where {failed:,} entries failed" if failed and not told else ""
    try:
        number = float(head)
    except ValueError:
        return f"{words!r} where the largest share is {share}"
    if abs(number - share) > 0.05 * abs(share):
        return f"{words!r} where the largest share is {share}"
    if bins and sum(bins):
        place = max(place for place, count in enumerate(bins) if count)
        below, above = (EDGES[place - 1] if place else 0.0), (EDGES[place] if place < len(EDGES) else float("inf"))
        if not 0.95 * below <= number <= 1.05 * above:
            return f"{words!r} where the largest error lies between {below} and {above} of the bound"
    return ""


def _claims(results: Results) -> Iterator[str]:
    """The evidence of every claim, against its counts, and these against the cases."""
    summary = results["summary"]
    total = sum(summary["counts"].values())
    for claim in summary.get("claims", ()):
        name = f"{claim['claim']} in {claim['system']}"
        yield from _differs(f"{name}, cases", total, sum(claim["counts"].values()) + claim["not_checked"])
        if "held" not in claim:
            continue
        for found in (
            problem(claim["evidence"], claim["kind"], claim["held"], claim["digits"] or 0),
            share_problem(claim["worst"], claim["share"], sum(claim["counts"][word] for word in ("WRONG", "INACCURATE"))),
        ):
            if found:
                yield f"{name}: {found}"
        if whole_run(results):
            yield from _counted_again(name, claim, results["cases"])


def _counted_again(name: str, claim: Record, cases: Iterable[Record]) -> Iterator[str]:
    same = ("claim", "system", "kind")
    checks = [check for case in cases for check in case["checks"] if all(check[key] == claim[key] for key in same)]
    counts = Counter(check["verdict"] for check in checks)
    yield from _differs(f"{name}, verdicts", {word: count for word, count in claim["counts"].items() if count}, dict(counts))
    yield from _differs(f"{name}, held", claim["held"], sum(_held(check) for check in checks))
    digits = [check["digits"] for check in checks if check["verdict"] == "CORRECT" and check["digits"] is not None]
    yield from _differs(f"{name}, digits", claim["digits"], min(digits, default=None))
    shares = [check["share"] for check in checks if check["share"] is not None]
    if claim["share"] is not None:
        yield from _differs(f"{name}, share", claim["share"], max(shares, default=None))


def _sentences(results: Results) -> Iterator[str]:
    yield from sentence_problems(results)
    yield from not_checked_problems(results, whole_run(results))


def _theorems(results: Results) -> Iterator[str]:
    """The evidence of every step in every number system, and that of the theorem, which is its statement's."""
    every, proved = results.get("exhaustive"), set(results.get("proofs", {}).get("proved", ()))
    for theorem in results.get("theorems", ()):
        for step in theorem["steps"]:
            for found in step["found"]:
                yield from _found(f"{theorem['label']}, {step['name']}, {found['system']}", step, found, every, proved)
        stated = [entry["evidence"] for step in theorem["steps"] if step["name"] == theorem["claim"] for entry in step["found"]]
        if set(theorem["evidence"]) - set(stated or ["not checked"]) or theorem["evidence"][0] != (stated or ["not checked"])[0]:
            yield f"{theorem['label']}: evidence {' · '.join(theorem['evidence'])!r} where the steps have {' · '.join(stated) or 'none'!r}"
    if every is not None:
        for key in ("graphs", "adjoints", "violated"):
            yield from _differs(f"exhaustive, {key}", every[key], sum(size[key] for size in every["sizes"]))
        yield from _differs("exhaustive, n", every["n"], max(size["n"] for size in every["sizes"]))


def _found(name: str, step: Record, found: Record, every: Record | None, proved: set[str]) -> Iterator[str]:
    count = found["counts"]["CORRECT"]
    if found["kind"] == "MACHINE_CHECKED":
        if step["formal"] not in proved:
            yield f"{name}: {found['evidence']!r} where {step['formal']} was not proved"
    elif found["kind"] == "EXHAUSTIVE":
        count = 0 if every is None else every["n"]
        yield from _differs(f"{name}, graphs", sum(found["counts"].values()), 0 if every is None else every["graphs"])
        if every is not None and every["violated"]:
            found = {**found, "kind": "NOT_CHECKED"}
    wrong = problem(found["evidence"], found["kind"], count, found.get("digits"))
    if wrong:
        yield f"{name}: {wrong}"


def _derivations(results: Results) -> Iterator[str]:
    for derivation in results.get("derivations", ()):
        for line in (derivation, *derivation["lines"]):
            if line["verdict"] == "CORRECT" and "digits" in line:
                wrong = problem(line["evidence"], "DIGITS", 1, line["digits"])
                if wrong:
                    yield f"the derivation with respect to {derivation['leaf']}: {wrong}"


def _coverage(results: Results) -> Iterator[str]:
    coverage = results.get("coverage")
    if coverage is not None:
        yield from _differs("empty cells", coverage["cells"] - coverage["reached"], len(coverage["empty"]))
        yield from _differs("empty cells of the tables", len(coverage["empty"]), sum(map(_empty, coverage["tables"])))
        yield from _differs("random cases", coverage["cases"], _random_cases(results, coverage["cases"]))


def _empty(table: Record) -> int:
    aside = {(cell["subject"], cell["value"]) for cell in table["not_aimed_at"]}
    cells = ((row["subject"], value, count) for row in table["rows"] for value, count in zip(table["values"], row["counts"], strict=True))
    return sum(count == 0 and (subject, value) not in aside for subject, value, count in cells)


def _random_cases(results: Results, otherwise: int) -> int:
    counted = (case["family"] is not None or (case["group"] in ("random", "outside") and "corners" in case) for case in results["cases"])
    return sum(counted) if whole_run(results) else otherwise


def _gradient_checks(results: Results) -> Iterator[str]:
    for check in results.get("gradient_checks", ()):
        if "planned" not in check:
            continue
        left = sum(entry["points"] for entry in check["unjudged"])
        yield from _differs(f"planned points of {check['name']}", check["planned"], check["points"] + left)
        fault = check["evidence"].startswith("the fault: ")
        words = check["evidence"].removeprefix("the fault: ")
        if fault == (check["verdict"] in ("CORRECT", "INCONCLUSIVE")):
            yield f"{check['name']}: evidence {check['evidence']!r} of what is {check['verdict']}"
        yield from _points(check, words, fault)


def _points(check: Record, words: str, fault: bool) -> Iterator[str]:
    """The words of evidence of one check, whose kind is known by themselves."""
    head = words.split(" ", maxsplit=1)[0]
    kind = {"certified": "CERTIFIED", "within": "ROUNDING", "to": "DIGITS", "exact": "EXACT"}.get(head, "NOT_CHECKED")
    if fault:
        failing = len({finding["point"] for finding in check["findings"]})
        allowed = range(1, max(1, check["points"], failing) + 1)
    elif check["verdict"] == "INCONCLUSIVE":
        kind, allowed = "NOT_CHECKED", range(1)
    else:
        number = {"CERTIFIED": check["certified"], "ROUNDING": check["points"], "DIGITS": 1}.get(kind)
        allowed = range(0) if number is None else range(number, number + 1)
        if kind == "NOT_CHECKED" and not check["entries"]:
            allowed = range(1)
    problems = [problem(words, kind, count) for count in allowed]
    if "" not in problems:
        yield f"{check['name']}: {check['evidence']!r} where {check['certified']:,} of {check['points']:,} points are certified"


def _selftest(results: Results) -> Iterator[str]:
    matrix = results.get("selftest")
    if matrix is None:
        return
    mutants = matrix["mutants"]
    yield from _differs("mutants caught", matrix["caught"], sum(bool(m["agrees_on"] is not None and m["killed_by"]) for m in mutants))
    for check, count in zip(matrix["checks"], matrix["only"], strict=True):
        yield from _differs(f"mutants that only {check} kills", count, sum(m["killed_by"] == [check] for m in mutants))
    if "planned" in matrix:
        left = sum(entry["comparisons"] for entry in matrix["unjudged"])
        yield from _differs("cases tried on mutants", matrix["planned"], matrix["judged"] + left)


def _verdict(results: Results) -> Iterator[str]:
    """Whether the verdict is green where something is not."""
    summary = results["summary"]
    verdict, counts = summary.get("verdict"), summary["counts"]
    flagged = {word: counts[word] for word in ("WRONG", "INACCURATE") if counts.get(word)}
    if summary.get("holds") and flagged:
        yield f"the run holds, and {', '.join(f'{count:,} cases are {word}' for word, count in flagged.items())}"
    if verdict != "CORRECT":
        return
    others = {word: count for word, count in counts.items() if count and word != "CORRECT"}
    if others:
        yield f"the verdict is CORRECT, and {', '.join(f'{count:,} cases are {word}' for word, count in others.items())}"
    if not (summary["holds"] or results["run"]["interrupted"]):
        yield "the verdict is CORRECT, and the run does not hold"
    if summary.get("comparisons", {}).get("unexplained"):
        yield f"the verdict is CORRECT, and nothing accounts for {summary['comparisons']['unexplained']:,} comparisons"
