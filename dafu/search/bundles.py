"""Shards put together from where their items' bytes lie: in the files of grown stretches, or in the shards of an earlier run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields as columns_of
from functools import cached_property, partial
from pathlib import Path

from dafu.search.arrays import Array, np
from dafu.search.encoding import Items, join_items
from dafu.search.shards import Shard, inflate, iter_cuts, name_shards, pack

PARTS = ("units", "heads", "bodies")
"""What items are made of."""

PLACES = ("unit_places", "head_places", "body_places")
"""Where these begin in what holds them."""

TOGETHER = 64
"""Shards that one process makes before it is handed others."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Items, and where the bytes of each lie."""

    items: Items
    sources: Array
    """The number of a stretch, or of an earlier run's shard, counted down from -1."""
    places: Array
    """A row each for units, heads and bodies: where the item's begin."""

    def read(self, column: str) -> Array:
        """A column of the items, their sources, or one of `PLACES`."""
        if column in PLACES:
            return self.places[PLACES.index(column)]
        return self.sources if column == "sources" else getattr(self.items, column)

    def empty(self, column: str) -> None:
        """Lets go of a column of the items."""
        if column not in ("sources", *PLACES):
            setattr(self.items, column, getattr(self.items, column)[:0].copy())


def take_items(read: Callable[[str], Array], chosen: Array) -> Laid:
    """Some laid items, or all in an order, a column at a time, as those of a large archive take much memory; `read` gives a column of all of them."""
    items = Items(*(read(column.name)[chosen] for column in columns_of(Items)))
    sources = read("sources")[chosen]
    places = np.empty((len(PLACES), len(chosen)), np.int32)
    for row, column in zip(places, PLACES):
        row[:] = read(column)[chosen]
    return Laid(items, sources, places)


def measure(items: Items) -> Array:
    """A row each for units, heads and bodies: how many bytes each item has."""
    return np.stack([2 * items.grams, items.heads, items.bodies])


def lay(items: Items, source: int) -> Laid:
    """Items that lie in a source one after the other."""
    sizes = measure(items)
    return Laid(items, np.full(len(items), source, np.int32), (np.cumsum(sizes, axis=1) - sizes).astype(np.int32))


def join_laid(parts: Sequence[Laid]) -> Laid:
    if not parts:
        return Laid(join_items([]), np.zeros(0, np.int32), np.zeros((len(PLACES), 0), np.int32))
    return Laid(join_items([part.items for part in parts]), np.concatenate([part.sources for part in parts]), np.concatenate([part.places for part in parts], axis=1))


def join_ordered(parts: list[Laid], order: Array) -> Laid:
    """Items one after the other, then in an order; the parts' items are gone afterwards."""

    def take(column: str) -> Array:
        joined = np.concatenate([part.read(column) for part in parts])
        for part in parts:
            part.empty(column)
        return joined

    return take_items(take, order)


class Plan:
    """Which items make which shards, and what has to be done for them; what an earlier run has kept just so is taken from there."""

    def __init__(self, laid: Laid, target: int, folder: Path, kept: Kept | None) -> None:
        cuts = list(iter_cuts(laid.items, target))
        self.kept = kept
        self.firsts = [cut.first for cut in cuts]
        self.starts = np.array([cut.start for cut in cuts], np.int64)
        """The first item of each shard."""
        firsts, runs = _list_runs(laid, self.starts)
        ends = np.searchsorted(firsts, np.append(self.starts, len(laid.items)))
        rows = [runs[first:last] for first, last in zip(ends, ends[1:])]
        self.same = [kept.find_same(each) if kept else None for each in rows]
        changed = [each for each, shard in zip(rows, self.same) if shard is None]
        batches = [changed[start : start + TOGETHER] for start in range(0, len(changed), TOGETHER)]
        self.work = [partial(pack_all, folder, kept.folder if kept else None, batch) for batch in batches]

    def iter_named(self, done: Iterable[Sequence[tuple[bytes, bytes]]]) -> Iterator[tuple[Shard, bytes]]:
        """The shards, from what was made of the work, one after the other: all of them are a gigabyte of a large archive."""
        packed = (each for batch in done for each in batch)
        return name_shards(self.firsts, (next(packed) if shard is None else self.kept.read_packed(shard) for shard in self.same))


def _list_runs(laid: Laid, starts: Array) -> tuple[Array, Array]:
    """Rows of items that lie together and go into one shard: the first item of each, and its source with place and size of units, heads and bodies."""
    sizes = measure(laid.items)
    breaks = np.ones(len(laid.items), bool)
    breaks[1:] = (laid.sources[1:] != laid.sources[:-1]) | (laid.places[0, 1:] != laid.places[0, :-1] + sizes[0, :-1])
    breaks[starts] = True
    firsts = np.flatnonzero(breaks)
    if not len(firsts):
        return firsts, np.zeros((0, 7), np.int64)
    return firsts, np.column_stack([laid.sources[firsts], laid.places[:, firsts].T, np.add.reduceat(sizes, firsts, axis=1).T])


def pack_all(folder: Path, kept: Path | None, work: Sequence[Array]) -> list[tuple[bytes, bytes]]:
    """Some shards compressed, each with its digest, from the rows that it is made of."""
    sources = Sources(folder, kept)
    return [pack(_assemble(sources, rows)) for rows in work]


def _assemble(sources: Sources, rows: Array) -> bytes:
    """A shard's bytes before they are compressed."""
    parts: list[list[bytes]] = [[], [], []]
    for source, *bounds in rows.tolist():
        held = sources.read(source)
        for part, data, start, size in zip(parts, held, bounds[:3], bounds[3:]):
            part.append(bytes(data[start : start + size]))
    units, heads, bodies = (b"".join(part) for part in parts)
    return (len(units) // 2).to_bytes(4, "little") + len(heads).to_bytes(4, "little") + units + heads + bodies


class Sources:
    """What holds the bytes of items, read as it is needed."""

    def __init__(self, folder: Path, kept: Path | None) -> None:
        self.folder = folder
        self.kept = Kept(kept) if kept else None
        self.known: dict[int, tuple[Array | bytes, ...]] = {}

    def read(self, source: int) -> tuple[Array | bytes, ...]:
        """The units, heads and bodies of a source."""
        if source not in self.known:
            self.known[source] = self._read_stretch(source) if source >= 0 else self._read_shard(-1 - source)
        return self.known[source]

    def _read_stretch(self, number: int) -> tuple[Array, ...]:
        paths = [self.folder / f"{part}-{number}.bin" for part in PARTS]
        return tuple(np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8) for path in paths)

    def _read_shard(self, number: int) -> tuple[bytes, ...]:
        data = inflate(self.kept.read_data(number))
        heads = 8 + 2 * int.from_bytes(data[:4], "little")
        bodies = heads + int.from_bytes(data[4:8], "little")
        return data[8:heads], data[heads:bodies], data[bodies:]


class Kept:
    """The items and shards that a run has kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = np.concatenate([[0], np.cumsum(np.load(folder / "packed.npy"))])
        """Where each shard begins in the file of all, and the last ends."""
        self.file = (folder / "shards.bin").open("rb")

    @cached_property
    def shards(self) -> list[Shard]:
        """The shards in their order."""
        return [Shard(tuple(first), bytes.fromhex(digest), added) for first, digest, added in json.loads((self.folder / "shards.json").read_text())]

    @cached_property
    def starts(self) -> Array:
        """The first item of each shard."""
        return np.load(self.folder / "starts.npy")

    def read(self, column: str) -> Array:
        """As `Laid.read` gives it, read from the disk."""
        if column == "sources":
            counts = np.diff(self.starts, append=self.count)
            return np.repeat(-1 - np.arange(len(counts), dtype=np.int32), counts)
        if column in PLACES:
            sizes = self._measure(PLACES.index(column))
            places = np.cumsum(sizes) - sizes
            return (places - np.repeat(places[self.starts], np.diff(self.starts, append=len(sizes)))).astype(np.int32)
        return np.load(self.folder / f"item-{column}.npy")

    @cached_property
    def count(self) -> int:
        """How many items there are."""
        return len(np.load(self.folder / "item-depths.npy", mmap_mode="r"))

    def _measure(self, part: int) -> Array:
        """How many bytes each item has of one of `PARTS`."""
        return self.read(PARTS[part]) if part else 2 * self.read("grams")

    @cached_property
    def sizes(self) -> Array:
        """A row a shard: bytes of units, heads and bodies."""
        sizes = [self._measure(part) for part in range(len(PARTS))]
        return np.stack([np.add.reduceat(each, self.starts) if len(self.starts) else each for each in sizes], axis=1)

    def find_same(self, rows: Array) -> int | None:
        """The shard that holds just what some rows name, with nothing added to it."""
        if len(rows) > 1 or rows[0, 0] >= 0 or rows[0, 1:4].any():
            return None
        shard = -1 - int(rows[0, 0])
        return shard if (rows[0, 4:] == self.sizes[shard]).all() and not self.shards[shard].added else None

    def read_data(self, number: int) -> bytes:
        """A shard compressed."""
        start, stop = self.places[number : number + 2].tolist()
        self.file.seek(start)
        return self.file.read(stop - start)

    def read_packed(self, number: int) -> tuple[bytes, bytes]:
        """A shard compressed, and its digest."""
        return self.read_data(number), self.shards[number].digest


def write_items(folder: Path, starts: Array, items: Items) -> None:
    """Keeps the items that shards are made of, and the first of each."""
    np.save(folder / "starts.npy", starts)
    for column in columns_of(Items):
        np.save(folder / f"item-{column.name}.npy", getattr(items, column.name))


def write_shards(folder: Path, shards: Iterable[tuple[Shard, bytes]]) -> None:
    """Keeps shards, each with its bytes compressed, as they come."""
    told, sizes = [], []
    with (folder / "shards.bin").open("wb") as file:
        for shard, data in shards:
            sizes.append(file.write(data))
            told.append([shard.first, shard.digest.hex(), shard.added])
    (folder / "shards.json").write_text(json.dumps(told))
    np.save(folder / "packed.npy", np.array(sizes, np.int64))
