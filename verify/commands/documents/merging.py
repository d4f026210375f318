"""Shards merged: the document of the run that they are, made as that run would have made it, byte for byte.

Records are taken from the shards. What depends on all of them is decided here, by what decides it in an undivided run:
of backproof's own engine every small graph, the derivations, the smallest failure and the gate on coverage. An engine on
trial is not asked again, since a results file must not run the code that it names: each shard makes those of its failures
small that the whole may be shown by, and the one that it is shown by is taken.

>>> merged([("a.json", {"run": {}}), ("b.json", {})])
Traceback (most recent call last):
    ...
backproof.verify.results.whole.ShardsError: 'a.json' is no shard; several files must be shards of one run, each with a report of its own otherwise
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backproof.reports.document import Record, Results
from backproof.verify.campaign.run import CaseCrash
from backproof.verify.campaign.smallest import diagnosis_of, representative
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.replay import case_id, from_replay_id
from backproof.verify.commands.verify import Campaign, whole_results
from backproof.verify.results.document import results_document
from backproof.verify.results.faults import fault_of_engine
from backproof.verify.results.lines import header
from backproof.verify.results.whole import ShardsError, Whole, whole_run
from backproof.verify.three_way.routes import Routes


def merged(documents: Sequence[tuple[str, Results]], routes: Routes | None = None) -> Results:
    """The document of the undivided run, from those of its shards by the names of their files. `routes`: those of the
    run, as for `backproof verify`. ShardsError if they are not all the shards of one run, or cannot be merged here.
    """
    whole = whole_run(documents)
    return _of_an_engine(whole) if whole.settings.target is not None else _of_the_suite(whole, routes)


def _of_the_suite(whole: Whole, routes: Routes | None) -> Results:
    here = header(whole.settings, ())["versions"]
    if unlike := _unlike(whole.versions, here):
        raise ShardsError(f"the shards were run with {unlike}; what depends on all cases is decided here: merge with the same versions")
    named, _ = named_cases(whole.settings.seed)
    if whole.named != tuple((case_id(case), case.name) for case in named):
        raise ShardsError(f"the shards have {len(whole.named)} named cases, here are {len(named)} others; merge where the same cases are")
    crashes = [CaseCrash(crash["place"], crash["replay"], crash["words"], crash["deaths"]) for crash in whole.crashed]
    campaign = Campaign(named, whole.planned, whole.tally, crashes)
    return whole_results(whole.settings, campaign, whole.not_checked, routes)


def _unlike(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """The first version that differs, in words; empty if none does."""
    return next((f"{name} {there.get(name)}, here is {version}" for name, version in here.items() if there.get(name) != version), "")


def _of_an_engine(whole: Whole) -> Results:
    results = results_document(whole.settings, whole.tally, whole.not_checked, False, planned=whole.planned, not_run=whole.left)
    return {**results, "smallest": _shown(whole)}


def _shown(whole: Whole) -> Record | None:
    """The failure that the whole run is shown by, as a shard made it small, with what the whole says of its cause; where
    none did, the first that one made small.
    """
    chosen = representative(whole.tally.records(), whole.tally.causes(), fault_of_engine)
    if chosen is None or not whole.smallest:
        return None
    record, explained = chosen
    small = next((small for small in whole.smallest if small["of"] == record["id"]), whole.smallest[0])
    words = diagnosis_of(small["case"].get("fault"), from_replay_id(small["case"]["replay"]), explained)
    return {**small, "diagnosis": words or small["diagnosis"]}
