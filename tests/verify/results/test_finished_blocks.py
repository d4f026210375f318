"""A file of finished blocks is taken for what it is: whole lines of this run, each once; the rest is left out by name."""

from __future__ import annotations

import inspect
import json
import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import free_algebra, passes
from backproof.verify.proofs.exhaustive import Block, CheckedBlock, check_block
from backproof.verify.results import finished_blocks
from backproof.verify.results.finished_blocks import BlocksError, FinishedBlocks, code_of, header, keep_blocks, read_blocks
from backproof.verify.results.summed import summed
from backproof.verify.selftest.mutants import by_name

MOST = 4
CHECKED = [check_block(Block(n, 0, 2 ** (n * (n - 1) // 2))) for n in range(1, MOST + 1)]


def written(path: Path, blocks: list[CheckedBlock]) -> list[bytes]:
    with keep_blocks(path, MOST, FinishedBlocks()) as keep:
        for one in blocks:
            keep(one)
    return path.read_bytes().splitlines(keepends=True)


def changed(line: bytes, **values: Any) -> bytes:
    """A line whose sum is right, whatever it says."""
    rest = b'",' + json.dumps({**{k: v for k, v in json.loads(line).items() if k != "sum"}, **values}).encode()[1:] + b"\n"
    return b'{"sum":"%08x' % zlib.crc32(rest) + rest


def without_times(found: FinishedBlocks) -> list[tuple[Any, ...]]:
    return [(one.block, one.violated, one.violations) for one in found.blocks]


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    wrong = check_block(Block(4, 0, 64), by_name("last consumer only").routes.backward)
    assert wrong.violated > len(wrong.violations) == 20
    written(tmp_path / "b", [CHECKED[0], wrong])
    found = read_blocks(tmp_path / "b", MOST)
    assert without_times(found) == without_times(FinishedBlocks((CHECKED[0], wrong)))
    assert found.damaged == ()


def test_a_file_that_is_not_there_or_empty_holds_nothing(tmp_path: Path) -> None:
    assert read_blocks(tmp_path / "b", MOST) == FinishedBlocks()
    (tmp_path / "b").touch()
    assert read_blocks(tmp_path / "b", MOST) == FinishedBlocks()


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b'{"sum":"00000000","n":4,"first":0,"st', "is not whole"),
        (b"{\n", "is not whole"),
        (b"[" * 100_000 + b"\n", "is not whole"),
        (b"\xff\n", "is not whole"),
        ({"more": 1}, "is no finished block"),
        ({"n": 5}, "names no block of this run"),
        ({"n": True}, "names no block of this run"),
        ({"first": 32}, "names no block of this run"),
        ({"stop": 63}, "names no block of this run"),
        ({"stop": 64.0}, "names no block of this run"),
        ({"n": []}, "names no block of this run"),
        ({"violated": 1}, "counts what cannot be of graphs 0 … 63 with 4 vertices"),
        ({"violated": -1}, "counts what cannot be"),
        ({"violations": None}, "counts what cannot be"),
        ({"seconds": "1"}, "counts what cannot be"),
        ({"seconds": float("nan")}, "is not whole"),
        ({"violated": 1, "violations": [{}]}, "has a violation that is none"),
        ({"violated": 1, "violations": [{"graph": 64, "vertex": 1, "expected": "", "found": ""}]}, "has a violation that is none"),
        ({"violated": 1, "violations": [{"graph": 1, "vertex": 5, "expected": "", "found": ""}]}, "has a violation that is none"),
        ({"violated": 1, "violations": [{"graph": 1, "vertex": 1, "expected": "", "found": 0}]}, "has a violation that is none"),
        ({"violated": 10**9, "violations": [{"graph": 1, "vertex": 1, "expected": "", "found": ""}] * 20}, "counts what cannot be"),
    ],
)
def test_a_damaged_line_is_left_out_by_name_and_written_no_more(tmp_path: Path, damaged: bytes | dict[str, Any], why: str) -> None:
    path = tmp_path / "b"
    first, one, two, three, four = written(path, CHECKED)
    path.write_bytes(b"".join([first, one, two, three, damaged if isinstance(damaged, bytes) else changed(four, **damaged)]))
    found = read_blocks(path, MOST)
    assert without_times(found) == without_times(FinishedBlocks(tuple(CHECKED[:3])))
    assert len(found.damaged) == 1
    assert found.damaged[0].startswith(f"line 5 {why}")
    with keep_blocks(path, MOST, found) as keep:
        keep(CHECKED[3])
    assert path.read_bytes().splitlines(keepends=True)[:4] == [first, one, two, three]
    assert read_blocks(path, MOST).damaged == ()


def test_a_changed_digit_is_a_damaged_line(tmp_path: Path) -> None:
    path = tmp_path / "b"
    *lines, last = written(path, CHECKED)
    path.write_bytes(b"".join([*lines, last.replace(b'"seconds":0.', b'"seconds":1.')]))
    assert read_blocks(path, MOST).damaged == ("line 5 is not whole",)


def test_a_block_that_stands_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "b"
    lines = written(path, CHECKED)
    path.write_bytes(b"".join([*lines, lines[2]]))
    found = read_blocks(path, MOST)
    assert len(found.blocks) == MOST
    assert found.damaged == ("line 6 holds a block that stands in the file before: graphs 0 … 1 with 2 vertices",)


@pytest.mark.parametrize("key", ["python", "backproof", "networkx", "backward pass", "exhaustive"])
def test_a_file_of_another_run_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "b"
    first, *lines = written(path, CHECKED)
    path.write_bytes(changed(first, run={**json.loads(first)["run"], key: "other"}) + b"".join(lines))
    with pytest.raises(BlocksError, match=f"of a run with {key} other, this one has"):
        read_blocks(path, MOST)


@pytest.mark.parametrize(
    "first",
    [
        b"[1]\n",
        b"{}\n",
        b"x\n",
        changed(b"{}", format="backproof-lines"),
        b"\x00" * 50,
        changed(b"{}", format="backproof-blocks", run=3),
        b'{"format":"backproof-blocks","version":1,"run":{}}\n',
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, first: bytes) -> None:
    (tmp_path / "b").write_bytes(first)
    with pytest.raises(BlocksError, match="the first line is not that of a file of finished blocks"):
        read_blocks(tmp_path / "b", MOST)


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(summed({**header(MOST), "version": 3}))
    with pytest.raises(BlocksError, match="the file has format version 3, this backproof reads 2"):
        read_blocks(tmp_path / "b", MOST)


def test_whatever_is_damaged_no_block_is_believed_that_was_not_written(tmp_path: Path) -> None:
    """Five hundred files with bytes changed, cut or repeated: what is read is what was written, or left out, or refused."""
    path, chance = tmp_path / "b", random.Random(19)
    whole = b"".join(written(path, CHECKED))
    right = set(without_times(FinishedBlocks(tuple(CHECKED))))
    left_out, refusals = 0, list[str]()
    for _ in range(500):
        text = bytearray(whole)
        for _ in range(chance.choice((1, 1, 5))):
            place = chance.randrange(len(text))
            kind = chance.randrange(3)
            if kind == 0:
                text[place] = chance.randrange(256)
            elif kind == 1:
                del text[place : place + chance.randrange(1, 40)]
            else:
                text[place:place] = text[place : place + chance.randrange(1, 40)]
        path.write_bytes(bytes(text))
        try:
            found = read_blocks(path, MOST)
        except BlocksError as error:
            refusals.append(str(error))
            continue
        assert set(without_times(found)) <= right
        left_out += len(found.blocks) < len(right)
    assert left_out > 100
    assert refusals
    assert max(map(len, refusals)) < 300


def test_a_line_longer_than_any_block_is_one_damaged_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_blocks, "LONGEST_LINE", 300)
    path = tmp_path / "b"
    first, *lines = written(path, CHECKED)
    path.write_bytes(b"".join([first, b"x" * 1000 + b"\n", *lines]))
    found = read_blocks(path, MOST)
    assert (len(found.blocks), found.damaged) == (MOST, ("line 2 is not whole",))


def test_the_name_of_code_changes_with_the_code_and_not_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(str(passes.__file__)).read_text(encoding="utf-8")

    def name(text: str) -> str:
        code_of.cache_clear()
        monkeypatch.setattr(inspect, "getsource", lambda module: text)
        return code_of((passes,))

    expected = name(source)
    assert name(source.replace("Three loops", "3 loops")) == expected
    assert name(source.replace("range(n - 1, 0, -1)", "range(n, 0, -1)")) != expected
    monkeypatch.undo()
    code_of.cache_clear()
    assert code_of((free_algebra,)) != code_of((passes,))
