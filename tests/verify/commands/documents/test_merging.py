"""Shards of a run, merged: the bytes of the undivided run, whatever it found, and never a whole from a part."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from backproof.reports import save_results
from backproof.verify.campaign import run as suite
from backproof.verify.campaign import smallest
from backproof.verify.campaign.run import Sampling
from backproof.verify.cases import named
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands import oracle, verify
from backproof.verify.commands.documents import merging
from backproof.verify.commands.documents.merging import merged
from backproof.verify.commands.main import run_command
from backproof.verify.commands.options import Output, VerifyOptions
from backproof.verify.commands.verify import run_verify
from backproof.verify.results import tally
from backproof.verify.results.shard import Shard
from backproof.verify.results.whole import ShardsError
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.routes import Routes

ENGINE = """
from backproof.engine import backward, forward, jacobians
def doubled():
    def engine(graph, leaves, cotangent):
        adjoints = backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)
        return {j: 2 * p if graph.n > 6 else p for j, p in adjoints.items()}
    return engine
"""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two named cases, in an empty folder."""
    for module in (verify, merging, named):
        monkeypatch.setattr(module, "named_cases", lambda seed: (lecture_cases()[:2], ("the others are left out",)))
    monkeypatch.setattr(smallest, "MOST_TRIED", 6)
    monkeypatch.setattr(oracle, "SHRINKING_SECONDS", math.inf)  # what a busy machine leaves time for is no matter of shards
    monkeypatch.setattr(suite, "SAMPLING", Sampling(detailed=2, stepped=1, defined=2))
    monkeypatch.chdir(tmp_path)


def run(name: str, routes: Routes | None = None, cases: int = 3, shard: Shard | None = None) -> bytes:
    code = run_verify(VerifyOptions(cases, jobs=1, dtypes=("float64",), shard=shard, output=Output(Path(name), quiet=True)), routes)
    assert code == (0 if routes is None else 1)
    return Path(name).read_bytes()


def shards(of: int, routes: Routes | None = None, cases: int = 3) -> list[str]:
    names = [f"s{number}.json" for number in range(1, of + 1)]
    for number, name in enumerate(names, start=1):
        run(name, routes, cases, Shard(number, of))
    return names


def test_shards_merge_to_the_bytes_of_the_undivided_run() -> None:
    names = shards(3)
    assert run_command(["report", *reversed(names), "--json", "whole.json", "-q"]) == 0
    assert Path("whole.json").read_bytes() == run("undivided.json")


def test_shards_of_a_wrong_engine_merge_to_the_same_bytes_also_where_not_all_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "KEPT_ROWS", 2)
    monkeypatch.setattr(tally, "KEPT_FAILURES", 2)
    routes = by_name("last consumer only").routes
    documents = [(name, json.loads(Path(name).read_text())) for name in shards(2, routes)]
    save_results(merged(documents, routes), "whole.json")
    assert Path("whole.json").read_bytes() == run("undivided.json", routes)
    whole = json.loads(Path("whole.json").read_text())
    assert whole["unlisted"] > 0
    assert whole["smallest"] is not None
    assert [(document["unlisted"], document["smallest"]) for _, document in documents] == [(0, None)] * 2


def test_shards_of_an_engine_on_trial_merge_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("their_doubling.py").write_text(ENGINE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    line = ["oracle", "their_doubling:doubled", "--cases", "4", "--in-process", "-q"]
    assert run_command([*line, "--json", "undivided.json"]) == 1
    names = [f"s{number}.json" for number in (1, 2, 3)]
    for number, name in enumerate(names, start=1):
        run_command([*line, "--shard", f"{number}/3", "--json", name])
    assert run_command(["report", *names, "--json", "whole.json", "-q"]) == 1
    assert Path("whole.json").read_bytes() == Path("undivided.json").read_bytes()
    assert json.loads(Path("whole.json").read_text())["smallest"] is not None


TWO_FAULTS = """
from backproof.engine import backward, forward, jacobians
def several():
    def engine(graph, leaves, cotangent):
        adjoints = backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)
        rows = {graph.row(i).name for i in range(graph.l + 1, graph.n + 1)}
        factor = -1 if "tanh" in rows else 2 if "add" in rows else 1
        return {j: factor * p for j, p in adjoints.items()}
    return engine
"""


def test_the_smallest_failure_is_that_of_the_whole_run_and_not_of_a_shard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("their_several.py").write_text(TWO_FAULTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    line = ["oracle", "their_several:several", "--functions", "add,multiply,tanh", "--scalars", "--cases", "5", "--in-process", "-q"]
    assert run_command([*line, "--json", "undivided.json"]) == 1
    names = [f"s{number}.json" for number in (1, 2)]
    for number, name in enumerate(names, start=1):
        run_command([*line, "--shard", f"{number}/2", "--json", name])
    shown = {(json.loads(Path(name).read_text())["smallest"] or {}).get("of") for name in names}
    assert len(shown) > 1
    assert run_command(["report", *names, "--json", "whole.json", "-q"]) == 1
    assert Path("whole.json").read_bytes() == Path("undivided.json").read_bytes()
    assert json.loads(Path("whole.json").read_text())["smallest"] is not None


def test_a_shard_alone_never_says_that_all_cases_hold(capsys: pytest.CaptureFixture[str]) -> None:
    shards(4, cases=2)
    out = capsys.readouterr().out
    assert "Shard 1 of 4: 1 of its 1 case holds; the whole is decided when all shards are merged." in out
    assert "All " not in out
    assert run_command(["report", "s1.json", "--badge", "badge.svg", "--junit", "r.xml", "--html", "r.html"]) == 1
    assert "shard 1 of 4 alone decides nothing of the whole" in capsys.readouterr().err
    assert "shard 1 of 4" in Path("badge.svg").read_text()
    assert '<skipped type="not checked" message="not checked: the whole is decided when all shards are merged' in Path("r.xml").read_text()
    document = json.loads(Path("s1.json").read_text())
    document["summary"]["sentence"] = "The 1 case holds."
    Path("s1.json").write_text(json.dumps(document))
    assert run_command(["report", "s1.json"]) == 4


def test_a_part_is_no_whole(capsys: pytest.CaptureFixture[str]) -> None:
    names = shards(3, cases=1)
    for files, words in (
        (names[:2], "shard 3 of 3 is missing; give all of them"),
        ([*names, names[0]], "'s1.json' and 's1.json' are both shard 1 of 3; give each shard once"),
    ):
        assert run_command(["report", *files, "--json", "whole.json"]) == 4
        assert words in capsys.readouterr().err
    assert not Path("whole.json").exists()


def test_what_is_decided_here_is_decided_by_the_same_versions_on_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [(name, json.loads(Path(name).read_text())) for name in shards(2, cases=0)]
    monkeypatch.setattr(merging, "named_cases", lambda seed: (lecture_cases()[:1], ()))
    with pytest.raises(ShardsError, match="the shards have 2 named cases, here are 1 others"):
        merged(documents)
    for _, document in documents:
        document["shard"]["versions"]["numpy"] = "1.0"
    with pytest.raises(ShardsError, match=r"the shards were run with numpy 1\.0, here is"):
        merged(documents)


def test_a_shard_goes_on_from_its_own_lines_only(capsys: pytest.CaptureFixture[str]) -> None:
    options = VerifyOptions(0, jobs=1, dtypes=("float64",), shard=Shard(1, 2), output=Output(Path("a.json"), quiet=True))
    assert run_verify(options) == 0
    other = VerifyOptions(
        0, jobs=1, dtypes=("float64",), shard=Shard(2, 2), resume_file=Path("a.jsonl"), output=Output(Path("b.json"), quiet=True)
    )
    assert run_verify(other) == 4
    assert "it is of a run with shard 1/2, this one has 2/2" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["0/2", "3/2", "1", "1/0", "a/b", "1/99999999", "-1/2"])
@pytest.mark.parametrize("command", [["verify"], ["oracle", "a:b"]])
def test_what_is_no_shard_is_refused(command: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([*command, f"--shard={words}"]) == 4
    assert "is no shard: write I/N" in capsys.readouterr().err


def test_a_shard_that_is_too_large_is_refused_with_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["verify", "--cases", "100000", "--shard", "1/2"]) == 4
    assert "shard 1/2 has 50,001 cases, and lists each of them: at most 20,000; give 6 shards or more" in capsys.readouterr().err


def test_one_case_has_no_shards(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "a:b", "--case", "c.json", "--shard", "1/2"]) == 4
    assert "--case tries one case" in capsys.readouterr().err
