"""The shares of a run: every place is in exactly one, whatever their number."""

from __future__ import annotations

import pytest

from backproof.verify.results.shard import LARGEST, Shard, shard_of, too_large


@pytest.mark.parametrize("of", [1, 2, 3, 7, 40])
def test_every_place_is_in_exactly_one_share(of: int) -> None:
    shares = [Shard(number, of) for number in range(1, of + 1)]
    for places in range(30):
        assert all(sum(share.has(place) for share in shares) == 1 for place in range(places))
        assert [share.count(places) for share in shares] == [sum(map(share.has, range(places))) for share in shares]
        assert max(share.count(places) for share in shares) - min(share.count(places) for share in shares) <= 1


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/2/3", "-1/2", "1.0/2", "1/10001", "١/٢"])
def test_what_names_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no shard: write I/N"):
        shard_of(text)


def test_so_many_shards_as_it_asks_for_are_enough() -> None:
    for places in (LARGEST + 1, 10 * LARGEST, 10 * LARGEST + 1):
        enough = int(too_large(Shard(1, 1), places).split("give ")[1].split(" ")[0].replace(",", ""))
        assert Shard(1, enough).count(places) <= LARGEST < Shard(1, enough - 1).count(places)
