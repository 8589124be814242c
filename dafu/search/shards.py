"""Shards: the grams cut into small files. The format is described in `dafu.search`."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from dafu.search.arrays import Array, np
from dafu.search.grams import Nodes

SMALL, LARGE = 9_500, 20_000
"""Bytes of a shard before it is compressed: less to fetch for a word in a small archive, fewer files in a large one."""

USUAL, FULL, LONGEST = 0.5, 0.375, 2
"""Of those bytes: what is usually left when compressed; a shard that is smaller is made longer; but not beyond so many times."""

EARLIEST = 0.65
"""How far a shard is filled before its end is looked for."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of grams."""

    first: tuple[int, ...]
    """The units from which on one comes here: of its first gram, the last one made as round as what stands before allows, as round numbers take fewer bytes."""
    data: bytes
    """Compressed."""
    digest: bytes
    """Of the bytes before they were compressed: three bytes, by which the file is named together with the gram's first unit."""

    @property
    def name(self) -> str:
        """The file's."""
        return f"{self.first[0]:04x}-{self.digest.hex()}.bin"


def deflate(*parts: bytes) -> bytes:
    """Compressed as browsers read it (`deflate-raw`); several parts each by itself, as suits it best."""
    if len(parts) == 1:
        return _deflate_part(parts[0], zlib.Z_DEFAULT_STRATEGY, zlib.Z_FINISH)
    best = (min((_deflate_part(part, strategy, zlib.Z_FULL_FLUSH) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)), key=len) for part in parts)
    return b"".join(best) + _deflate_part(b"", zlib.Z_DEFAULT_STRATEGY, zlib.Z_FINISH)


def _deflate_part(data: bytes, strategy: int, flush: int) -> bytes:
    """A row of blocks that leans on none before it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, zlib.DEF_MEM_LEVEL, strategy)
    return packer.compress(data) + packer.flush(flush)


@dataclass(slots=True)
class Cutter:
    """Cuts grams into shards of much the same size compressed; a gram whose subtree fits into one isn't torn. A shard ends at the place near its full
    size that takes fewest bytes to tell."""

    target: int
    taken: set[str] = field(default_factory=set)

    def cut(self, nodes: Nodes) -> Iterator[Shard]:
        """The shards of grams that stand in their order."""
        places = _Places(nodes)
        start = 0
        while start < places.count:
            stop, data, packed = self._fill(places, start)
            yield self._make(places.spell_start(start), data, packed)
            start = stop

    def _fill(self, places: _Places, start: int) -> tuple[int, bytes, bytes]:
        """Where a shard ends, and its bytes before and after compression; what compresses far better than usual may be longer."""
        longest = self.target
        while True:
            stop = places.find_stop(start, longest)
            data = places.pack(start, stop)
            packed = deflate(data)
            if stop == places.count or len(packed) >= FULL * self.target or longest >= LONGEST * self.target:
                return stop, data, packed
            longest = min(longest * USUAL * self.target / len(packed), LONGEST * self.target)

    def _make(self, first: tuple[int, ...], data: bytes, packed: bytes) -> Shard:
        """A shard with a name of its own."""
        shard = Shard(first, packed, hashlib.sha256(data).digest()[:3])
        if shard.name in self.taken:
            return self._make(first, data + b"\0", deflate(data + b"\0"))
        self.taken.add(shard.name)
        return shard


class _Places:
    """The places where shards may begin, numbered, and what stands between them."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        grams = np.flatnonzero(nodes.is_free)
        self.count = len(grams)
        self.levels = nodes.levels[grams]
        self.grams = np.append(grams, len(nodes.units))
        self.offsets = np.concatenate([[0], np.cumsum(nodes.sizes)])[self.grams]
        self.by_level = [np.flatnonzero(nodes.levels == level) for level in range(int(nodes.levels.max(initial=-1)) + 1)]
        self.before = self._find_before()
        self.steps = (self.before ^ nodes.units)[grams]

    def _find_before(self) -> Array:
        """For each gram the last unit of the one before it that goes on from the same gram, 0 if it is the first."""
        before = np.zeros(len(self.nodes.units), np.int64)
        for level, here in enumerate(self.by_level):
            units = self.nodes.units[here].astype(np.int64)
            above = np.searchsorted(self.by_level[level - 1], here) if level else np.zeros(len(here), np.int64)
            before[here] = np.where(np.diff(above, prepend=-1) == 0, np.roll(units, 1), 0 if level else units - 1)
        return before

    def find_stop(self, start: int, longest: float) -> int:
        """Where a shard of at most so many bytes best ends: of the last third of places the one that takes fewest bytes to tell."""
        low, high = (max(int(np.searchsorted(self.offsets, self.offsets[start] + size, side="right")) - 1, start + 1) for size in (longest * EARLIEST, longest))
        if high >= self.count:
            return high
        levels = self.levels[low : high + 1]
        near = low + np.flatnonzero(levels == levels.min())
        return int(near[np.argmax(self.steps[near])])

    def spell_start(self, place: int) -> tuple[int, ...]:
        """The units from which on one comes here: `Shard.first`."""
        gram = int(self.grams[place])
        *above, own = self._spell(gram)
        return (*above, make_round(int(self.before[gram]), own))

    def _spell(self, gram: int) -> tuple[int, ...]:
        """The units of a gram, of which each is the last one of a gram above it."""
        above = (here[np.searchsorted(here, gram, side="right") - 1] for here in self.by_level[: int(self.nodes.levels[gram]) + 1])
        return tuple(int(self.nodes.units[place]) for place in above)

    def pack(self, start: int, stop: int) -> bytes:
        """The grams between two places as the bytes of a shard before they are compressed."""
        nodes, (first, last) = self.nodes, self.grams[[start, stop]].tolist()
        heads = nodes.heads[nodes.head_starts[first] : nodes.head_starts[last]]
        bodies = nodes.bodies[nodes.body_starts[first] : nodes.body_starts[last]]
        lead = (last - first).to_bytes(4, "little") + len(heads).to_bytes(4, "little")
        return lead + nodes.units[first:last].astype("<u2").tobytes() + heads.tobytes() + bodies.tobytes()


def make_round(low: int, high: int) -> int:
    """The number above `low`, and `high` at most, that ends in most zeros as bits."""
    bits = (low ^ high).bit_length() - 1
    return high >> bits << bits
