"""The sentences of a summary, read back clause by clause, and compared with the counts: `sentence_problems(results)`.

A clause is known by its words; what it says in numbers must be what the document counts. A number in the sentence that
belongs to no clause is a problem as well, and so is a count that the sentence should name and does not.

>>> def summary(sentence, **counts):
...     counts = {"CORRECT": 0, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 0, **counts}
...     return {"summary": {"sentence": sentence, "counts": counts}, "cases": [{}], "exhaustive": None}
>>> sentence_problems(summary("All 2 cases hold: the backward pass equals the path sum.", CORRECT=2))
[]
>>> sentence_problems(summary("All 3 cases hold: the backward pass equals the path sum.", CORRECT=2))
["'All 3 cases hold' where the counts are 2 CORRECT of 2"]
>>> sentence_problems(summary("2 of 3 cases hold; 1 WRONG.", CORRECT=1, WRONG=2))[0]
"'2 of 3 cases hold; 1 WRONG' where the counts are 1 CORRECT, 2 WRONG of 3"
>>> sentence_problems({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from backproof.reports.document import Record, Results
from backproof.reports.evidence import whole

_N = r"[0-9]{1,3}(?:,[0-9]{3})*"
_CASES = rf"(?:1 case|{_N} cases)"


def sentence_problems(results: Results) -> list[str]:
    """What the sentence of the summary says that the counts of the document do not."""
    return list(_read(results))


def _read(results: Results) -> Iterator[str]:
    sentence = results["summary"]["sentence"]
    for clauses, speaks in _KINDS:
        if not speaks(results):
            continue
        left = sentence
        for pattern, compare in clauses:
            match = re.search(pattern, left)
            for problem in compare(match, results):
                words = "" if match is None else match[0].strip().rstrip(".")
                yield f"{words!r} where the counts are {problem}"
            if match is not None:
                left = left[: match.start()] + left[match.end() :]
        if re.search(r"[0-9]", left):
            yield f"{left.strip()!r} where nothing is counted that it could speak of"
        return


Match = re.Match[str] | None


def _all_hold(match: Match, results: Results) -> Iterator[str]:
    """`All N cases hold`, or `X of N cases hold; …`, or that no case was checked."""
    counts: Mapping[str, int] = results["summary"]["counts"]
    total = sum(counts.values())
    named = {word: count for word, count in counts.items() if count}
    expected = f"{', '.join(f'{count:,} {word}' for word, count in named.items())} of {total:,}"
    if match is None:
        yield expected
    elif match["none"] is not None:
        if total:
            yield expected
    elif (match["shard"] is not None) != ("shard" in results):
        yield f"{expected} of a shard, which says so and does not know the others"
    elif match["shard"] is not None:
        others = {part.split(" ")[1]: _first(part) for part in (match["rest"] or "").split("; ")[1:]}
        said = {word: count for word, count in {"CORRECT": whole(match["shard"]), **others}.items() if count}
        if said != named or _first(match["mine"]) != total:
            yield expected
    elif match["all"] is not None:
        if named != {"CORRECT": _first(match["all"])}:
            yield expected
    else:
        others = {part.split(" ")[1]: _first(part) for part in match["others"].split(", ")}
        said = {word: count for word, count in {"CORRECT": whole(match["held"]), **others}.items() if count}
        if said != named or _first(match["of"]) != total:
            yield expected


def _shard(match: Match, results: Results) -> Iterator[str]:
    """`Shard I of N`."""
    shard = results.get("shard")
    said = None if match is None else (whole(match["number"]), whole(match["of"]))
    if said != (None if shard is None else (shard["number"], shard["of"])):
        yield "of no shard" if shard is None else f"of shard {shard['number']} of {shard['of']}"


def _not_judged(match: Match, results: Results) -> Iterator[str]:
    found = results["summary"].get("comparisons")
    if found is None:
        return
    reasons: Counter[str] = Counter()
    for entry in found["unjudged"]:
        reasons[entry["reason"]] += entry["comparisons"]
    reasons["nothing says why"] += found["unexplained"]
    expected = {reason: count for reason, count in reasons.items() if count}
    missing = found["planned"] - found["judged"]
    said: tuple[int, int, dict[str, int]] = (0, found["planned"], {})
    if match is not None:
        parts = (part.rpartition(" ") for part in match["why"].split(", "))
        said = whole(match["left"]), whole(match["planned"]), {reason: whole(count) for reason, _, count in parts}
    if said != (missing, found["planned"], expected):
        yield f"{missing:,} of {found['planned']:,} not judged ({', '.join(f'{reason} {count:,}' for reason, count in expected.items())})"


def _not_run(match: Match, results: Results) -> Iterator[str]:
    cases = results["summary"].get("cases")
    if cases is None:
        return
    missing = cases["unexplained"] + sum(rest["cases"] for rest in cases["not_run"] if not rest["excused"])
    if results["run"]["interrupted"]:
        missing = 0
    said = (0, cases["planned"]) if match is None else (whole(match["missing"]), whole(match["planned"]))
    if said != (missing, cases["planned"]):
        yield f"{missing:,} of {cases['planned']:,} planned cases not run"


def _changed(match: Match, results: Results) -> Iterator[str]:
    counted = results["summary"].get("nondeterministic", {"cases": 0})["cases"]
    if (0 if match is None else _first(match["cases"])) != counted:
        yield f"{counted:,} cases with an answer that changed"


def _defined(match: Match, results: Results) -> Iterator[str]:
    counted = results["summary"].get("definition", {"disagree": 0})["disagree"]
    if (0 if match is None else _first(match["cases"])) != counted:
        yield f"{counted:,} cases of internal disagreement"


def _on_symbols(match: Match, results: Results) -> Iterator[str]:
    every = results.get("exhaustive") or {"violated": 0, "n": 0}
    said = (0, every["n"]) if match is None else (whole(match["violated"]), int(match["n"]))
    if said != (every["violated"], every["n"]):
        yield f"{every['violated']:,} adjoints on graphs with up to {every['n']} vertices"


def _empty_cells(match: Match, results: Results) -> Iterator[str]:
    if match is not None:
        empty = len((results.get("coverage") or {"empty": ()})["empty"])
        if whole(match["empty"]) != empty:
            yield f"{empty:,} empty cells"


def _caught(match: Match, results: Results) -> Iterator[str]:
    matrix = results["selftest"]
    caught = sum(bool(one["agrees_on"] is not None and one["killed_by"]) for one in matrix["mutants"])
    expected = caught, len(matrix["mutants"]), len(matrix["false_alarms"])
    if match is None or tuple(map(whole, match.group("caught", "of", "alarms"))) != expected:
        yield "{:,} of {:,} caught, {:,} false alarms".format(*expected)


def _answers_wrong(match: Match, results: Results) -> Iterator[str]:
    answers = results["selftest"].get("answers", {"asked": 0, "missed": []})
    said = (0, answers["asked"]) if match is None else (whole(match["wrong"]), whole(match["asked"]))
    if said != (len(answers["missed"]), answers["asked"]):
        yield f"{len(answers['missed']):,} of {answers['asked']:,} known answers wrong"


def _words_caught(match: Match, results: Results) -> Iterator[str]:
    words = results["selftest"].get("words", {"planted": 0, "missed": []})
    if match is not None and (whole(match["caught"]), whole(match["of"])) != (words["planted"] - len(words["missed"]), words["planted"]):
        yield f"{words['planted'] - len(words['missed']):,} of {words['planted']:,} wrong words"


def _checks_hold(match: Match, results: Results) -> Iterator[str]:
    checks = results["gradient_checks"]
    counts = Counter(check["verdict"] for check in checks)
    right, unmet = counts.pop("CORRECT", 0), sum(bool(check.get("unmet")) for check in checks)
    said: tuple[int, int, int] | None = (0, 0, 0)
    others: dict[str, int] | None = None
    if match is not None and match["of"]:
        said = whole(match["right"]), whole(match["of"]), whole(match["unmet"] or "0")
    elif match is not None and match["all"]:
        said = whole(match["hold"]), whole(match["all"]), whole(match["less"] or "0")
        others = {word: whole(count) for count, word in re.findall(rf"({_N}) (?:is |are )?([A-Z]{{2,}})", match["others"])}
    elif match is not None and match["only"]:
        said, others = (0, 1, whole(match["fewer"] or "0")), {match["only"]: 1}
    if match is None or said != (right, len(checks), unmet) or others not in (None, dict(counts)):
        named = "".join(f", {count:,} {word}" for word, count in counts.items())
        yield f"{right:,} CORRECT of {len(checks):,}{named}, {unmet:,} less than required"


def _theorems_checked(match: Match, results: Results) -> Iterator[str]:
    records = results["theorems"]
    verdicts = [record["verdict"] for record in records if record["verdict"] is not None]
    expected = len(verdicts), len(records), sum(len(record["steps"]) for record in records)
    if match is None or tuple(map(whole, match.group("checked", "of", "steps"))) != expected:
        yield "{:,} of {:,} theorems checked in {:,} steps".format(*expected)
        return
    failing = sum(verdict != "CORRECT" for verdict in verdicts)
    if whole(match["failing"] or "0") != failing:
        yield f"{failing:,} theorems with steps that are not CORRECT"


def _derived(match: Match, results: Results) -> Iterator[str]:
    if match is None or whole(match["derived"]) != len(results["derivations"]):
        yield f"{len(results['derivations'])} derivations"


def _first(words: str) -> int:
    return whole(re.findall(_N, words)[0])


Clause = tuple[str, Callable[[Match, Results], Iterator[str]]]
_RUN: tuple[Clause, ...] = (
    (rf"^Shard (?P<number>{_N}) of (?P<of>{_N})(?:, interrupted)?: ", _shard),
    (
        rf"(?P<shard>{_N}) of its (?P<mine>{_CASES}) holds?(?P<rest>(?:; {_N} [A-Z]+)*); the whole is decided when all shards are merged"
        rf"|(?:[Tt]he|[Aa]ll) (?P<all>{_CASES}) holds?|(?P<held>{_N}) of (?P<of>{_CASES}) hold; (?P<others>{_N} [A-Z]+(?:, {_N} [A-Z]+)*)"
        r"|[Nn]o (?P<none>case) was checked",
        _all_hold,
    ),
    (r"Not judged: (?P<left>[0-9,]+) of (?P<planned>[0-9,]+) comparisons? \((?P<why>[^()]+)\)\.", _not_judged),
    (r"But (?P<missing>[0-9,]+) of (?P<planned>[0-9,]+) planned cases (?:was|were) not run\.", _not_run),
    (rf"On (?P<cases>{_CASES}) the answer changed between two calls, .*(?:that is allowed|--allow-nondeterminism does)\.", _changed),
    (r"But on symbols (?P<violated>[0-9,]+) adjoints on graphs with up to (?P<n>[0-9]+) vertices", _on_symbols),
    (r"But the random graphs left (?P<empty>[0-9,]+) cells? of the coverage tables empty\.", _empty_cells),
    (rf"But there is internal disagreement on (?P<cases>{_CASES}): their path sums", _defined),
    (r"and at most 1 % of the cases\.", lambda match, results: iter(())),
)
_SELFTEST: tuple[Clause, ...] = (
    (rf"(?P<caught>{_N}) of (?P<of>{_N}) wrong engines? caught, (?P<alarms>{_N}) false alarms?", _caught),
    (rf"; (?P<wrong>{_N}) of (?P<asked>{_N}) known answers? wrong", _answers_wrong),
    (rf"; (?P<caught>{_N}) of (?P<of>{_N}) wrong words caught(?:; words and counts disagree: .*)?", _words_caught),
)
_CHECKS: tuple[Clause, ...] = (
    (
        rf"(?P<right>{_N}) of (?P<of>{_N}) gradient checks (?:are CORRECT|hold)(?:, but (?P<unmet>{_N}) of these)?"
        rf"|Of (?P<all>{_N}) gradient checks? (?P<others>[^;]+); (?P<hold>{_N}) holds?(?:, but (?P<less>{_N}) of these)?"
        rf"|The 1 gradient check is (?P<only>[A-Z]+)(?:, but (?P<fewer>{_N}) of these)?|No gradient was checked",
        _checks_hold,
    ),
)
_THEOREMS: tuple[Clause, ...] = (
    (
        rf"(?P<checked>{_N}) of (?P<of>{_N}) theorems checked in (?P<steps>{_N}) steps? on {_N} cases?: "
        rf"(?:every step holds|look at more|(?P<failing>{_N}) have steps)",
        _theorems_checked,
    ),
    (rf"The suite itself failed on {_N} more cases?\.", lambda match, results: iter(())),
)
_DERIVATIONS: tuple[Clause, ...] = ((rf"(?P<derived>{_N}) derivations?:", _derived),)


def _cases_of(results: Results) -> bool:
    return bool(results["cases"] or results.get("unlisted")) or results["summary"]["sentence"].lower().endswith("no case was checked.")


_KINDS: tuple[tuple[tuple[Clause, ...], Callable[[Results], bool]], ...] = (
    (_SELFTEST, lambda results: results.get("selftest") is not None),
    (_CHECKS, lambda results: "gradient_checks" in results),
    (_RUN, _cases_of),
    (_DERIVATIONS, lambda results: bool(results.get("derivations")) and not results["theorems"]),
    (_THEOREMS, lambda results: " theorems checked in " in results["summary"]["sentence"]),
)
"""The clauses of each kind of document, and which one it is; of any other (proofs, which quote Coq) nothing is read."""


def not_checked_problems(results: Results, every: bool) -> Iterator[str]:
    """What the sentences about what was not checked say; `every`: whether all cases are listed, to be counted again."""
    cases: list[Record] = results["cases"] if every else []
    total = sum(results["summary"]["counts"].values())
    undecidable = Counter(found["system"] for case in cases for found in case["undecidable"])
    witnessed = sum(bool(case["witnessed"]) for case in cases)
    named: dict[str, int] = {}
    for sentence in results["summary"]["not_checked"]:
        if match := re.match(rf"(\S+) adjoints on ({_CASES}): undecidable in this dtype", sentence):
            named[match[1]] = _first(match[2])
        elif match := re.search(rf"second witness of Theorem 1, on ({_N}) of ({_N}) cases?", sentence):
            said = whole(match[1]), whole(match[2])
            if said[1] != total or (every and said[0] != total - witnessed):
                yield (
                    f"{match[0]!r} where the counts are {total - witnessed:,} of {total:,}"
                    if every
                    else f"{match[0]!r} where {total:,} cases ran"
                )
    if every and named != dict(undecidable):
        yield f"undecidable cases {named} in the sentences, {dict(undecidable)} among the cases"
