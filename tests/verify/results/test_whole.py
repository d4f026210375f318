"""What does not belong together is refused, by the names of the files and by what differs."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import validate
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import case_id
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import NotRun, Settings
from backproof.verify.results.shard import Shard
from backproof.verify.results.tally import Tally
from backproof.verify.results.whole import ShardsError, shard_record, whole_run
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness

Record = dict[str, Any]
CASES = lecture_cases()[:5]
NAMED = [(case_id(case), case.name) for case in CASES]


@functools.cache
def records() -> tuple[Record, ...]:
    return tuple(case_record(check_case(case, witness=Witness.NONE, dtypes=()), with_detail=False, dtypes=()) for case in CASES)


def shard(number: int, of: int = 2) -> Record:
    """A share of five named cases, of which the last one was not run."""
    settings = Settings(f"backproof verify --shard {number}/{of}", 0, 0, 64, 50, dtypes=(), shard=Shard(number, of))
    tally = Tally(keeps_all=True)
    for place in range(4):
        if Shard(number, of).has(place):
            tally.add(place, records()[place])
    left = [NotRun("they say nothing of any engine", int(Shard(number, of).has(4)), excused=True)]
    document = results_document(settings, tally, (), False, planned=Shard(number, of).count(5), not_run=left)
    section = shard_record(settings, "backproof verify", 5, CASES, tally, ["the digits"], left=left)
    return validate({**copy.deepcopy(document), "shard": section})


def test_all_shards_are_the_run() -> None:
    whole = whole_run([("b.json", shard(2)), ("a.json", shard(1))])
    assert (whole.tally.total, whole.planned, whole.settings.command, whole.settings.shard) == (4, 5, "backproof verify", None)
    assert [record["id"] for record in whole.tally.records()] == [identity for identity, _ in NAMED[:4]]
    assert (whole.left, whole.not_checked) == ((NotRun("they say nothing of any engine", 1, excused=True),), ("the digits",))


def test_a_run_that_is_not_divided_leaves_no_shard() -> None:
    with pytest.raises(ValueError, match="these settings are of a whole run"):
        shard_record(Settings("backproof verify", 0, 0, 64, 50), "backproof verify", 5, CASES, Tally(), ())


def of_three(other: Record) -> None:
    other.update(shard(2, 3))


def other_seed(other: Record) -> None:
    other["run"]["seed"] = 7


def other_digits(other: Record) -> None:
    other["run"]["digits"] = 30


def other_version(other: Record) -> None:
    other["environment"]["numpy"] = "1.0"


def other_library(other: Record) -> None:
    other["shard"]["versions"]["scipy"] = "1.0"


def other_command(other: Record) -> None:
    other["shard"]["command"] = "backproof oracle a:b"


def other_cases(other: Record) -> None:
    other["shard"]["named"] = NAMED[:3]


def the_same(other: Record) -> None:
    other.update(shard(1))


def interrupted(other: Record) -> None:
    other["run"]["interrupted"] = True


def a_case_is_missing(other: Record) -> None:
    del other["cases"][0], other["shard"]["places"][0]


def a_case_of_another_share(other: Record) -> None:
    other["shard"]["places"][0] = 2


def a_case_twice(other: Record) -> None:
    other["shard"]["places"] = [3, 3]


def another_case(other: Record) -> None:
    other["cases"][0]["id"] = "0" * 12


def no_shard(other: Record) -> None:
    del other["shard"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (of_three, "'a.json' has shards 2, 'b.json' has 3; they are not of one run"),
        (other_seed, "'a.json' has seed 0, 'b.json' has 7; they are not of one run"),
        (other_digits, "'a.json' has digits 50, 'b.json' has 30"),
        (other_version, "has numpy"),
        (other_library, "has scipy"),
        (other_command, "has the command backproof verify, 'b.json' has backproof oracle a:b"),
        (other_cases, "has named cases 5 "),
        (the_same, "'a.json' and 'b.json' are both shard 1 of 2; give each shard once"),
        (interrupted, "'b.json' was interrupted; finish it with --resume"),
        (a_case_is_missing, "'b.json': its cases are not those of shard 2 of 2"),
        (a_case_of_another_share, "'b.json': its cases are not those of shard 2 of 2"),
        (a_case_twice, "'b.json': its cases are not those of shard 2 of 2"),
        (another_case, "'b.json': its cases are not those of shard 2 of 2"),
        (no_shard, "'b.json' is no shard"),
    ],
)
def test_what_does_not_belong_together_is_refused(change: Callable[[Record], None], words: str) -> None:
    other = shard(2)
    change(other)
    with pytest.raises(ShardsError) as error:
        whole_run([("a.json", shard(1)), ("b.json", other)])
    assert words in str(error.value)


def test_missing_shards_are_named() -> None:
    with pytest.raises(ShardsError, match=r"^shards 2, 3, 4, 5, 6, 7, 8, 9 and 1 more of 10 are missing; give all of them$"):
        whole_run([("a.json", shard(1, 10))])
