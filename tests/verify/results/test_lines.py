"""Lines: what is written is read back; what is damaged, forged or of another run is left out or refused, never believed."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from backproof.reports import validate
from backproof.verify.campaign.run import Finished, run_suite
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import case_id
from backproof.verify.results.document import results_document
from backproof.verify.results.lines import LIBRARIES, LineReader, LinesError, LineWriter, finished_line, header, header_line
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import KEPT_ROWS, Tally

CASES = 30
SETTINGS = Settings("backproof verify", 2, CASES, 64, 50)
NAMED = lecture_cases()[:2]
RUN = header(SETTINGS, [(case_id(case), case.name) for case in NAMED])


@cache
def finished() -> tuple[Finished, ...]:
    return tuple(one for one in run_suite(SETTINGS, NAMED, jobs=1, skip=lambda place: 5 < place < 26) if isinstance(one, Finished))


def file() -> list[bytes]:
    writer = LineWriter()
    written = b"".join(writer.line(*pair) for pair in finished())
    return [header_line(RUN), *written.splitlines(keepends=True)]


def signed(data: Any) -> bytes:
    """A line whose sum is right, whatever it says."""
    rest = b'",' + json.dumps(data).encode()[1:] + b"\n"
    return b'{"sum":"%08x' % zlib.crc32(rest) + rest


def places(lines: list[bytes]) -> tuple[list[int], list[int]]:
    reader = LineReader(RUN, lines)
    found = [line.place for line in reader]
    return found, reader.damaged


def test_what_is_written_is_read_back() -> None:
    reader = LineReader(RUN, [*file(), finished_line()])
    assert [(line.place, line.record) for line in reader] == [(one.place, one.record) for one in finished()]
    assert (reader.damaged, reader.finished) == ([], True)
    assert reader.size == sum(map(len, file())) + len(finished_line())


def test_half_a_character_is_written_and_read_back() -> None:
    record = {**finished()[0].record, "reason": "\ud800"}
    assert [line.record for line in LineReader(RUN, [header_line(RUN), LineWriter().line(0, record)])] == [record]


def test_a_record_that_holds_takes_less_than_half_a_kilobyte() -> None:
    writer, record = LineWriter(), finished()[-1].record
    assert record["detail"] is not None
    plain = {**record, "detail": None, "findings": None}
    writer.line(0, plain)
    assert len(writer.line(KEPT_ROWS, plain)) < 500
    assert len(writer.line(0, plain)) < 1000
    assert len(json.dumps(plain)) > 2000


def test_a_record_without_its_replay_line_adds_up_to_the_same() -> None:
    packed = {**finished()[-1].record, "detail": None, "findings": None}
    writer = LineWriter()
    other = header(Settings("backproof verify", 2, KEPT_ROWS + CASES, 64, 50), [])
    place = KEPT_ROWS + 3
    record = {**packed, "name": f"random {place}"}
    found = [line.record for line in LineReader(other, [header_line(other), *writer.line(place, record).splitlines(keepends=True)])]
    assert found == [{**record, "replay": ""}]
    sums = []
    for one in (record, found[0]):
        tally = Tally()
        tally.add(place, one)
        sums.append((tally.claims(), tally.accuracy(), tally.coverage, tally.records()))
    assert sums[0] == sums[1]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (b"", "it is empty"),
        (b"not json\n", "no lines file of backproof"),
        (b"\x00" * 100, "no lines file of backproof"),
        (b'{"format": "backproof-results"}\n', "no lines file of backproof"),
        (b'{"format":"backproof-lines","version":1,"run":{"seed":2}}\n', "damaged or of an older backproof"),
        (header_line(RUN)[:-9] + b"\n", "damaged or of an older backproof"),
        (signed({**RUN, "version": 4}), "its format has version 4, this backproof goes on from version 3"),
        (signed({**RUN, "version": [2] * 10**5}), "its format has version 2, 2, 2, 2 and 1 more"),
        (signed({**RUN, "run": [1]}), "its format has version 3"),
        (signed({**RUN, "run": {**RUN["run"], "seed": 3}}), "of a run with seed 3, this one has 2"),
        (signed({**RUN, "run": {**RUN["run"], "dtypes": ["float16"]}}), "of a run with dtypes float16, this one has float64, float32"),
        (signed({**RUN, "run": {**RUN["run"], "differences": "sample"}}), "of a run with differences sample, this one has null"),
        (signed({**RUN, "named": []}), "here are 2 named cases that it has not"),
        (
            signed({**RUN, "named": [*RUN["named"], ["0" * 12, "SGD step 1 (scaled down)"]]}),
            r"it has 1 named cases that are not here \(SGD step 1\)",
        ),
        (signed({**RUN, "named": RUN["named"][::-1]}), "its named cases stand in another order"),
        (
            signed({**RUN, "named": [[1, {"a": 2}], "x", 3]}),
            "it has 1 named cases that are not here .an object. and here are 2 named cases",
        ),
        *(
            (signed({**RUN, "versions": {**RUN["versions"], name: "0.0.1"}}), f"it was begun with {name} 0.0.1, here is ")
            for name in ("python", *LIBRARIES)
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_file_of_another_kind_or_run_is_refused_before_anything_is_read(first: bytes, words: str) -> None:
    with pytest.raises(LinesError, match=words) as refused:
        LineReader(RUN, [first, *file()[1:]])
    assert len(str(refused.value)) < 600


def changed(place: int = 0, **keys: Any) -> Callable[[], bytes]:
    """The line of a case with another record, signed anew."""

    def line() -> bytes:
        record = {**finished()[place].record, **keys}
        return signed({"place": finished()[place].place, "id": record["id"], "case": record})

    return line


def without(key: str) -> bytes:
    record = {name: value for name, value in finished()[0].record.items() if name != key}
    return signed({"place": 0, "id": finished()[0].record["id"], "case": record})


def placed(place: Any) -> Callable[[], bytes]:
    return lambda: signed({"place": place, "id": finished()[0].record["id"], "case": finished()[0].record})


def checked(**keys: Any) -> Callable[[], bytes]:
    return lambda: changed(0, checks=[{**finished()[0].record["checks"][0], **keys}])()


DAMAGED: dict[str, Callable[[], bytes]] = {
    "not UTF-8": lambda: b"\xff\xfe\n",
    "not JSON": lambda: b"{{{\n",
    "an empty line": lambda: b"\n",
    "an empty object": lambda: b"{}\n",
    "a list": lambda: b"[1]\n",
    "nested deeply": lambda: b"[" * 10**5 + b"\n",
    "nested deeply, and signed": lambda: signed({"place": 0, "case": json.loads("[" * 900 + "]" * 900)}),
    "a byte is another": lambda: file()[1].replace(b"CORRECT", b"CORRECX", 1),
    "a digit is another": lambda: file()[1].replace(b'"place":0', b'"place":9', 1),
    "cut off": lambda: file()[1][:-1],
    "no record": lambda: signed({"place": 0, "id": "0" * 12}),
    "signed, and a list": lambda: signed([1, 2]),
    "an unknown verdict": changed(verdict="RIGHT"),
    "no verdict": lambda: without("verdict"),
    "no checks": lambda: without("checks"),
    "a name of another case": changed(name="random 7"),
    "an id of another case": changed(id="0" * 12),
    "a place out of range": placed(CASES + 2),
    "a huge place": placed(10**9),
    "a negative place": placed(-5),
    "a place that is no number": placed("0"),
    "a place that is a truth value": placed(True),
    "NaN": lambda: signed({"place": 0, "id": finished()[0].record["id"], "case": {**finished()[0].record, "digits": float("nan")}}),
    "beyond float64": lambda: changed(digits=1)().replace(b'"digits": 1,', b'"digits": 1e999,'),
    "an unknown kind of evidence": checked(kind="SURE"),
    "no share of a bound": checked(worst="nearly"),
    "bins of another length": checked(bins=[1, 2]),
    "facts that no table has": lambda: (changed(2, facts={**finished()[2].record["facts"], "vertices": 10**9, "functions": [["add"]]})()),
    "a number of too many digits": changed(ulps="1" * 5000),
    "packed without a dictionary": lambda: signed({"place": 0, "id": finished()[0].record["id"], "packed": "AAAA"}),
    "packed, and no base64": lambda: signed({"place": 0, "id": finished()[0].record["id"], "packed": "???"}),
    "packed, and a list": lambda: signed({"place": 0, "id": finished()[0].record["id"], "packed": [1]}),
    "a dictionary of no text": lambda: signed({"dictionary": 5}),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_line_is_left_out_by_its_number_and_the_others_are_read(kind: str) -> None:
    lines = file()
    lines[1] = DAMAGED[kind]()
    whole, _ = places(file())
    found, damaged = places(lines)
    assert damaged == [2]
    assert found == (whole[1:] if kind != "a place that is out of range" else whole)


def test_a_case_that_stands_twice_counts_once() -> None:
    lines = file()
    found, damaged = places([*lines, lines[1]])
    assert found == places(lines)[0]
    assert damaged == [len(lines) + 1]


def test_a_packed_bomb_is_left_out() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=b"a dictionary")
    bomb = packer.compress(b" " * 2**24) + packer.flush()
    reader = LineReader(
        RUN, [header_line(RUN), signed({"dictionary": "YSBkaWN0aW9uYXJ5"}), signed({"place": 0, "packed": bomb.hex(), "id": "0"})]
    )
    assert list(reader) == []
    assert reader.damaged == [3]


def test_mutated_files_are_read_refused_or_left_out_and_never_a_traceback() -> None:
    chance = random.Random(7)
    expected = {one.place: {**one.record, "detail": None, "findings": None} for one in finished()}
    writer = LineWriter()
    whole = b"".join([header_line(RUN), *(writer.line(place, record) for place, record in expected.items())])
    kinds = {"refused": 0, "left out": 0, "read": 0}
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 30))):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.choice((1, 40, 4000))]
                case 2:
                    data[at:at] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 20))))
                case _:
                    start = chance.randrange(len(data))
                    data[at:at] = data[start : start + chance.choice((10, 5000))]
        try:
            reader = LineReader(RUN, bytes(data).splitlines(keepends=True))
            found = {line.place: line.record for line in reader}
        except LinesError:
            kinds["refused"] += 1
            continue
        kinds["left out" if reader.damaged else "read"] += 1
        assert all(record == expected[place] for place, record in found.items())
    assert kinds["refused"] > 50
    assert kinds["left out"] > 200


def mutated(value: Any, chance: random.Random) -> Any:
    """Some entry of the data is another: of another type, far away, or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.05:
            return {name: entry for name, entry in value.items() if name != key}
        return {**value, key: mutated(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], mutated(value[at], chance), *value[at + 1 :]]
    return chance.choice((None, -1, 10**30, 1.5, "", "random 3", "9" * 5000, "\ud800", [], {}, [[[]]], True, "CORRECT", "WRONG"))


def test_forged_records_are_counted_or_left_out_and_never_a_traceback() -> None:
    chance = random.Random(11)
    for _ in range(1500):
        one = chance.choice(finished())
        line = signed(mutated({"place": one.place, "id": one.record["id"], "case": one.record}, chance))
        tally = Tally()
        for found in LineReader(RUN, [header_line(RUN), line]):
            tally.add(found.place, found.record)
        if tally.total:
            json.dumps(validate(results_document(SETTINGS, tally, [], interrupted=True)), allow_nan=False)
