"""Shards: the grams cut into small files, and the table that tells where each begins. The format is described in `dafu.search`."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dafu.search.arrays import Array, encode_varints, np
from dafu.search.grams import Nodes

SMALL, LARGE = 9_500, 22_000
"""Bytes of a shard before it is compressed: less to fetch for a word in a small archive, fewer files in a large one."""


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
        return name_shard(self.first, self.digest)


def name_shard(first: Sequence[int], digest: bytes) -> str:
    """A shard's file."""
    return f"{first[0]:04x}-{digest.hex()}.bin"


def deflate(data: bytes) -> bytes:
    """Compressed as browsers read it (`deflate-raw`)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@dataclass(slots=True)
class Cutter:
    """Cuts grams into shards; a gram whose subtree fits into one isn't torn."""

    target: int
    taken: set[str] = field(default_factory=set)

    def cut(self, nodes: Nodes) -> Iterator[Shard]:
        """The shards of grams that stand in their order."""
        cuts = np.flatnonzero(nodes.is_free).tolist()
        offsets = np.concatenate([[0], np.cumsum(nodes.sizes)])[[*cuts, len(nodes.units)]].tolist()
        places = [np.flatnonzero(nodes.levels == level) for level in range(int(nodes.levels.max(initial=-1)) + 1)]
        start = 0
        for piece in range(1, len(cuts) + 1):
            is_last = piece == len(cuts)
            if is_last or offsets[piece + 1] - offsets[start] > self.target:
                yield self._make(_find_start(places, nodes, cuts[start]), _pack(nodes, cuts[start], len(nodes.units) if is_last else cuts[piece]))
                start = piece

    def _make(self, first: tuple[int, ...], data: bytes) -> Shard:
        """A shard with a name of its own."""
        shard = Shard(first, deflate(data), hashlib.sha256(data).digest()[:3])
        if shard.name in self.taken:
            return self._make(first, data + b"\0")
        self.taken.add(shard.name)
        return shard


def _find_start(places: list[Array], nodes: Nodes, place: int) -> tuple[int, ...]:
    """Where the shard begins whose first gram is that at a place; `places` are those of each level's grams."""
    *above, own = _spell(places, nodes, place)
    before = _spell(places, nodes, place - 1) if place else (*above, own - 1)
    return (*above, make_round(before[len(above)] if len(before) > len(above) else 0, own))


def _spell(places: list[Array], nodes: Nodes, place: int) -> tuple[int, ...]:
    """The units of a gram, of which each is the last one of a gram above it."""
    above = (here[np.searchsorted(here, place, side="right") - 1] for here in places[: int(nodes.levels[place]) + 1])
    return tuple(int(nodes.units[gram]) for gram in above)


def make_round(low: int, high: int) -> int:
    """The number above `low`, and `high` at most, that ends in most zeros as bits."""
    bits = 0
    while high >> bits + 1 << bits + 1 > low:
        bits += 1
    return high >> bits << bits


def _pack(nodes: Nodes, start: int, stop: int) -> bytes:
    """Grams as the bytes of a shard before they are compressed."""
    heads = nodes.heads[nodes.head_starts[start] : nodes.head_starts[stop]]
    bodies = nodes.bodies[nodes.body_starts[start] : nodes.body_starts[stop]]
    lead = (stop - start).to_bytes(4, "little") + len(heads).to_bytes(4, "little")
    return lead + nodes.units[start:stop].astype("<u2").tobytes() + heads.tobytes() + bodies.tobytes()


def pack_starts(firsts: Sequence[tuple[int, ...]]) -> bytes:
    """Where each shard begins, in three columns: how many units it shares with the one before and how many follow, a byte each; how much the first
    that follows is more than the unit in its place there; and all others."""
    shared, steps, others = [], [], []
    before: tuple[int, ...] = ()
    for first in firsts:
        same = next((place for place, (a, b) in enumerate(zip(before, first)) if a != b), min(len(before), len(first)))
        shared.append(same)
        steps.append(first[same] - (before[same] if same < len(before) else 0))
        others += first[same + 1 :]
        before = first
    lengths = [len(first) - same for first, same in zip(firsts, shared)]
    return bytes(shared) + bytes(lengths) + encode_varints(np.array(steps, np.int64))[0].tobytes() + np.array(others, "<u2").tobytes()
