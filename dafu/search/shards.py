"""Shards: items cut into small files. The format is described in `dafu.search`.

Where shards end follows from the items' sizes, not from what compression makes of them: so where nothing has changed nothing need be compressed anew.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dafu.search.arrays import Array, np
from dafu.search.encoding import Items
from dafu.search.grams import DEEPEST

SMALL, LARGE = 20_500, 35_000
"""What a shard takes, in thirds of a byte: less to fetch for a word in a small archive, fewer files in a large one."""

MANY_BYTES = 16_000
"""Of a shard before it is compressed: from here on it is compressed as suits long rows of numbers."""

EARLIEST = 0.65
"""How far a shard is filled before its end is looked for."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of grams: where it begins, and what tells its bytes."""

    first: tuple[int, ...]
    """The units from which on one comes here: of its first gram, the last one made as round as what stands before allows, as round numbers take fewer bytes."""
    digest: bytes
    """Of the bytes before they were compressed."""
    added: int = 0
    """Bytes behind the last gram, where another shard would have the same name."""

    @property
    def name(self) -> str:
        """The file's."""
        return f"{self.first[0]:04x}-{self.mark.hex()}.bin"

    @property
    def mark(self) -> bytes:
        """The part of the digest by which the file is named, together with the gram's first unit."""
        return self.digest[:3]


def deflate(*parts: bytes) -> bytes:
    """Compressed as browsers read it (`deflate-raw`); several parts each by itself, as suits it best."""
    if len(parts) == 1:
        return _deflate_part(parts[0], zlib.Z_DEFAULT_STRATEGY, zlib.Z_FINISH)
    best = (min((_deflate_part(part, strategy, zlib.Z_FULL_FLUSH) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)), key=len) for part in parts)
    return b"".join(best) + _deflate_part(b"", zlib.Z_DEFAULT_STRATEGY, zlib.Z_FINISH)


def inflate(data: bytes) -> bytes:
    """What `deflate` compressed."""
    return zlib.decompress(data, -15)


def _deflate_part(data: bytes, strategy: int, flush: int, level: int = 6) -> bytes:
    """A row of blocks that leans on none before it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, zlib.DEF_MEM_LEVEL, strategy)
    return packer.compress(data) + packer.flush(flush)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which items make a shard, and where it begins."""

    start: int
    stop: int
    first: tuple[int, ...]
    """As `Shard.first`."""


def iter_cuts(items: Items, target: int) -> Iterator[Cut]:
    """The shards of items, of much the same size compressed. A shard ends at the place near its full size that takes fewest bytes to tell."""
    places = _Places(items)
    start = 0
    while start < len(items):
        stop = places.find_stop(start, target)
        yield Cut(start, stop, places.spell_start(start))
        start = stop


def pack(data: bytes) -> tuple[bytes, bytes]:
    """A shard's bytes compressed, and their digest. Large ones are mostly postings, of which more effort makes nothing smaller."""
    strategy, level = (zlib.Z_FILTERED, 4) if len(data) >= MANY_BYTES else (zlib.Z_DEFAULT_STRATEGY, 5)
    return _deflate_part(data, strategy, zlib.Z_FINISH, level), hashlib.sha256(data).digest()[:16]


def name_shards(firsts: Iterable[tuple[int, ...]], packed: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[Shard, bytes]]:
    """Shards, each with a name of its own, and their bytes compressed."""
    taken: set[str] = set()
    for first, (data, digest) in zip(firsts, packed):
        shard = Shard(first, digest)
        while shard.name in taken:
            data, digest = pack(inflate(data) + b"\0")
            shard = Shard(first, digest, shard.added + 1)
        taken.add(shard.name)
        yield shard, data


def weigh(items: Items) -> Array:
    """About how much each item takes when compressed, in thirds of a byte."""
    return 20 * items.grams + items.bodies


class _Places:
    """The places where shards may begin, and what stands between them."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.ends = np.concatenate([[0], np.cumsum(weigh(items))])
        self.above = find_above(items.depths)
        self.before = self._find_before()
        self.worth = (DEEPEST - items.depths.astype(np.int32) << 16) + (self.before ^ items.units)
        """How few bytes it takes to tell a place: on the highest level, by the roundest number."""

    def _find_before(self) -> Array:
        """For each item the last unit of the one before it that goes on from the same gram, 0 if it is the first."""
        units = self.items.units.astype(np.int32)
        before = np.zeros(len(units), np.int32)
        for level in range(int(self.items.depths.max(initial=0)) + 1):
            here = np.flatnonzero(self.items.depths == level)
            before[here] = np.where(np.diff(self.above[here], prepend=-2) == 0, np.roll(units[here], 1), 0 if level else units[here] - 1)
        return before

    def find_stop(self, start: int, target: int) -> int:
        """Where a shard best ends: of the last third of places the one that takes fewest bytes to tell."""
        begun = self.ends[start]
        low, high = np.maximum(self.ends.searchsorted((begun + int(target * EARLIEST), begun + target), side="right") - 1, start + 1)
        if high >= len(self.items):
            return len(self.items)
        return int(low + self.worth[low : high + 1].argmax())

    def spell_start(self, place: int) -> tuple[int, ...]:
        """The units from which on one comes here: `Shard.first`."""
        spelt = [make_round(int(self.before[place]), int(self.items.units[place]))]
        while (place := int(self.above[place])) >= 0:
            spelt.append(int(self.items.units[place]))
        return tuple(spelt[::-1])


def find_above(depths: Array) -> Array:
    """For each item, of which the depths are given, the one that it goes on from, which is upper; -1 on the first level."""
    above = np.full(len(depths), -1, np.int32)
    for level in range(1, int(depths.max(initial=0)) + 1):
        here, higher = np.flatnonzero(depths == level), np.flatnonzero(depths == level - 1)
        above[here] = higher[np.searchsorted(higher, here) - 1]
    return above


def make_round(low: int, high: int) -> int:
    """The number above `low`, and `high` at most, that ends in most zeros as bits."""
    bits = (low ^ high).bit_length() - 1
    return high >> bits << bits
