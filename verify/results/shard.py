"""A shard: the I-th of N shares of the places of a run. Places are dealt out in turn, the named and the large cases
with the others, so that every shard has its part of what takes long, and all together have each place once.

>>> [Shard(number, 3).count(7) for number in (1, 2, 3)], [place for place in range(7) if Shard(2, 3).has(place)]
([3, 2, 2], [1, 4])
>>> shard_of("2/3"), str(Shard(2, 3))
(Shard(number=2, of=3), '2/3')
>>> shard_of("4/3")
Traceback (most recent call last):
    ...
ValueError: '4/3' is no shard: write I/N, the I-th of N, say 1/4; I goes from 1 to N, N to 10,000
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_SHARDS = 10_000  # chosen: more than any service runs jobs at once
LARGEST = 20_000  # places of a shard, which lists each of its cases; chosen: 60 MB of results


@dataclass(frozen=True)
class Shard:
    """The share `number` of `of`, from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, place: int) -> bool:
        """Whether a place of the run is in this share."""
        return place % self.of == self.number - 1

    def count(self, places: int) -> int:
        """How many of the first places are in this share."""
        return len(range(self.number - 1, places, self.of))


def shard_of(text: str) -> Shard:
    """The shard that `I/N` names. ValueError if it names none."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of <= MOST_SHARDS:
        raise ValueError(f"{text[:20]!r} is no shard: write I/N, the I-th of N, say 1/4; I goes from 1 to N, N to {MOST_SHARDS:,}")
    return Shard(number, of)


def too_large(shard: Shard, places: int) -> str:
    """Why a shard cannot have so many of a run's places, and what to give.

    >>> too_large(Shard(1, 2), 100_014)
    'shard 1/2 has 50,007 cases, and lists each of them: at most 20,000; give 6 shards or more'
    """
    enough = -(-places // LARGEST)
    return f"shard {shard} has {shard.count(places):,} cases, and lists each of them: at most {LARGEST:,}; give {enough:,} shards or more"
