"""Shards put together: what a shard leaves in its results (`shard_record`), and the run that all are (`whole_run`).

Nothing is judged again: every record is taken as it is, in the order of its place, and summed up as an undivided run
would have. What does not belong together is refused.

>>> whole_run([("a.json", {"run": {}})])
Traceback (most recent call last):
    ...
backproof.verify.results.whole.ShardsError: 'a.json' is no shard; several files must be shards of one run, each with a report of its own otherwise
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from backproof.reports.document import Record, Results
from backproof.verify.cases.case import Case
from backproof.verify.cases.replay import case_id
from backproof.verify.results.lines import header
from backproof.verify.results.settings import NotRun, Settings
from backproof.verify.results.shard import Shard
from backproof.verify.results.tally import Tally

SHOWN = 8  # missing shards that are named; chosen: a line


class ShardsError(ValueError):
    """Files that are not all the shards of one run; the message names them."""


@dataclass(frozen=True)
class Whole:
    """A run put together: what it was asked for, its sums, its places, and what each shard says of what is not a case."""

    settings: Settings
    tally: Tally
    planned: int
    named: tuple[tuple[str, str], ...]
    versions: Mapping[str, str]
    not_checked: tuple[str, ...]
    crashed: tuple[Record, ...]
    left: tuple[NotRun, ...]
    smallest: tuple[Record, ...]
    """The failures that the shards made small, in the order of their shards."""


def shard_record(
    settings: Settings,
    whole_command: str,
    planned: int,
    named: Sequence[Case],
    tally: Tally,
    not_checked: Sequence[str],
    crashed: Sequence[Record] = (),
    left: Sequence[NotRun] = (),
    smallest: Sequence[Record] = (),
) -> Record:
    """The section `shard` of a results document. `whole_command`: that of the run which all shards are; `planned` and
    `named`: its places and its named cases; `smallest`: the failures made small of which the whole run may show one.
    ValueError if the settings name no shard.
    """
    if settings.shard is None:
        raise ValueError("these settings are of a whole run")
    kept = tally.kept()
    return {
        "number": settings.shard.number,
        "of": settings.shard.of,
        "command": whole_command,
        "planned": planned,
        "versions": header(settings, ())["versions"],
        "named": [[case_id(case), case.name] for case in named],
        "places": [place for place, _ in kept],
        "findings": [{"place": place, "findings": record["findings"]} for place, record in kept if record["findings"] is not None],
        "not_checked": list(not_checked),
        "crashed": sorted(crashed, key=lambda crash: crash["place"]),
        "left": [{"why": rest.why, "cases": rest.cases, "excused": rest.excused} for rest in left if rest.cases],
        "smallest": list(smallest),
    }


def whole_run(documents: Sequence[tuple[str, Results]]) -> Whole:
    """The run that these documents, by the names of their files, are the shards of. ShardsError if they are not all of
    one.
    """
    _check_together(documents)
    ordered = sorted((document for _, document in documents), key=lambda document: document["shard"]["number"])
    shards, first = [document["shard"] for document in ordered], ordered[0]
    records = {place: record for document in ordered for place, record in _records(document).items()}
    tally = Tally()
    for place in sorted(records):
        tally.add(place, records[place])
    left: dict[tuple[str, bool], int] = {}
    for rest in (rest for shard in shards for rest in shard["left"]):
        left[rest["why"], rest["excused"]] = left.get((rest["why"], rest["excused"]), 0) + rest["cases"]
    return Whole(
        _settings(first),
        tally,
        first["shard"]["planned"],
        tuple((identity, name) for identity, name in first["shard"]["named"]),
        first["shard"]["versions"],
        tuple(first["shard"]["not_checked"]),
        tuple(sorted((crash for shard in shards for crash in shard["crashed"]), key=lambda crash: crash["place"])),
        tuple(NotRun(why, cases, excused) for (why, excused), cases in left.items()),
        tuple(small for shard in shards for small in shard.get("smallest", ())),
    )


def _settings(document: Results) -> Settings:
    """What the whole run was asked for."""
    known = {field.name for field in fields(Settings)}
    asked: dict[str, Any] = {key: value for key, value in document["run"].items() if key in known}
    asked |= {"command": document["shard"]["command"], "dtypes": tuple(document["run"]["dtypes"])}
    return Settings(**asked)


def _records(document: Results) -> dict[int, Record]:
    """The records as they were added, with the findings of all steps, by place."""
    findings = {entry["place"]: entry["findings"] for entry in document["shard"]["findings"]}
    return {
        place: {**record, "findings": findings.get(place)}
        for place, record in zip(document["shard"]["places"], document["cases"], strict=True)
    }


def _check_together(documents: Sequence[tuple[str, Results]]) -> None:
    """ShardsError unless these are all shards of one run, each once and whole."""
    for name, document in documents:
        if "shard" not in document:
            words = "several files must be shards of one run, each with a report of its own otherwise"
            raise ShardsError(f"{name!r} is no shard; {words}")
    (first_name, first), *others = documents
    for name, document in others:
        for what, mine, theirs in _differences(first, document):
            raise ShardsError(f"{first_name!r} has {what} {mine}, {name!r} has {theirs}; they are not of one run")
    seen: dict[int, str] = {}
    for name, document in documents:
        shard = Shard(document["shard"]["number"], document["shard"]["of"])
        if shard.number in seen:
            raise ShardsError(f"{seen[shard.number]!r} and {name!r} are both shard {shard.number} of {shard.of}; give each shard once")
        seen[shard.number] = name
        _check_whole(name, document, shard)
    missing = [number for number in range(1, first["shard"]["of"] + 1) if number not in seen]
    if missing:
        more = f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else ""
        words = f"{', '.join(map(str, missing[:SHOWN]))}{more}"
        kind = "shard" if len(missing) == 1 else "shards"
        raise ShardsError(f"{kind} {words} of {first['shard']['of']} {'is' if len(missing) == 1 else 'are'} missing; give all of them")


def _differences(one: Results, other: Results) -> list[tuple[str, Any, Any]]:
    """What must be the same in all shards, and is not: what it is called, and both values."""
    found: list[tuple[str, Any, Any]] = [("shards", one["shard"]["of"], other["shard"]["of"])]
    found += [
        (key, one["run"].get(key), other["run"].get(key)) for key in sorted(one["run"].keys() | other["run"].keys()) if key not in OWN
    ]
    for kind in (lambda document: document["environment"], lambda document: document["shard"]["versions"]):
        mine, theirs = kind(one), kind(other)
        found += [(key, mine.get(key), theirs.get(key)) for key in sorted(mine.keys() | theirs.keys())]
    keys = (("the command", "command"), ("places", "planned"), ("named cases", "named"), ("what was not checked", "not_checked"))
    found += [(words, one["shard"][key], other["shard"][key]) for words, key in keys]
    return [(what, _short(mine), _short(theirs)) for what, mine, theirs in found if mine != theirs]


OWN = ("command", "interrupted")
"""What each shard has for itself of a run."""


def _short(value: Any) -> str:
    return f"{len(value)} ({str(value)[:60]}…)" if isinstance(value, list) else str(value)[:200]


def _check_whole(name: str, document: Results, shard: Shard) -> None:
    """ShardsError unless each place of the share is accounted for, and each case is that of its place."""
    told, cases = document["shard"], document["cases"]
    if document["run"]["interrupted"]:
        raise ShardsError(f"{name!r} was interrupted; finish it with --resume, or run it again")
    places, named = told["places"], told["named"]
    crashed = [crash["place"] for crash in told["crashed"]]
    accounted = len(places) + len(crashed) + sum(rest["cases"] for rest in told["left"])
    fits = len(places) == len(cases) and len({*places, *crashed}) == len(places) + len(crashed)
    fits = fits and all(place < told["planned"] and shard.has(place) for place in (*places, *crashed))
    fits = fits and accounted == shard.count(told["planned"]) and not document.get("unlisted")
    fits = fits and all(_is_named(case, named[place]) for place, case in zip(places, cases, strict=True) if place < len(named))
    if not fits:
        raise ShardsError(f"{name!r}: its cases are not those of shard {shard.number} of {shard.of}; run it again")


def _is_named(case: Record, named: Sequence[str]) -> bool:
    """Whether a record is that of a named case; an engine on trial gets it with a cotangent of its own, and so an id."""
    return case["name"] == named[1] and ("target" in case or case["id"] == named[0])
