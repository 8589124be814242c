"""Grams grown in several processes: the places of some grams gathered chunk by chunk, then grown stretch by stretch, a row of grams at a time.

What one process hands to another lies in files of a folder that passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dafu.pool import Spread
from dafu.search.arrays import Array, np, order_rows, sort_stably
from dafu.search.chunks import Store
from dafu.search.encoding import Grown, Items, encode
from dafu.search.grams import FIELD_SHIFT, grow

STRETCH, SMALLEST, SHARES = 750_000, 50_000, 4
"""Places that are grown together, at most: this bounds the memory. Where there are fewer they are parted, for several processes, unless they are so few that it
takes longer to hand them out."""

NOT_WANTED = -1

_COLUMNS = {"places": np.dtype(np.uint32), "slots": np.dtype(np.int32), "ends": np.dtype(np.int64)}
"""Of a chunk: the places of all grams that are wanted, one gram after the other, with the slot of each; and where each gram's end."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The grams whose places are looked for, numbered in their order, as tables by which a place is led to its gram character after character.

    In both tables a gram's number, `NOT_WANTED`, or -2 less the number of a row of `inner`, in which the next character is looked up.
    """

    first: Array
    """By a place's first unit."""
    inner: Array
    """By row and the next unit's column; in the last row nothing is wanted."""
    columns: Array
    """By unit; what has none has 0, in which nothing is wanted."""
    depths: Array
    """Characters of each gram, less one."""
    units: Array
    """Its last character."""

    def write(self, folder: Path) -> None:
        for name in self.__slots__:
            np.save(folder / f"wanted-{name}.npy", getattr(self, name))


def read_wanted(folder: Path) -> Wanted:
    return Wanted(*(np.load(folder / f"wanted-{name}.npy", mmap_mode="r") for name in Wanted.__slots__))


def want_units(units: Array) -> Wanted:
    """All grams that begin with some characters, from their first on."""
    first = np.full(0x10000, NOT_WANTED, np.int32)
    first[units] = np.arange(len(units))
    return Wanted(first, np.full((1, 1), NOT_WANTED, np.int32), np.zeros(0x10000, np.int32), np.zeros(len(units), np.int64), units.astype(np.uint16))


def iter_grown(store: Path, folder: Path, most: int, target: int, spread: Spread) -> Iterator[tuple[int, Items]]:
    """The items of all grams that are wanted in a folder, a stretch at a time; their bytes lie in the folder under the stretch's number."""
    counts = sum(spread(partial(gather, store, folder), Store(store).chunks), np.zeros(len(read_wanted(folder).units), np.int64))
    stretches = list(enumerate(_part(counts, min(STRETCH, max(SMALLEST, int(counts.sum()) // SHARES)))))
    yield from zip((number for number, _ in stretches), spread(partial(grow_stretch, store, folder, most, target), stretches))


def gather(store: Path, folder: Path, chunk: int) -> Array:
    """Writes down a chunk's places of the grams that are wanted, sorted by gram; how many each gram has."""
    wanted = read_wanted(folder)
    start, units, slots = Store(store).read_chunk(chunk)
    found = _lead(wanted, units)
    places = np.flatnonzero(found != NOT_WANTED)
    found = found[places]
    after = 2
    while len(between := np.flatnonzero(found < NOT_WANTED)):
        following = units[np.minimum(places[between] + after, len(units) - 1)]  # the last unit is 0, after which nothing is wanted
        found[between] = wanted.inner[NOT_WANTED - 1 - found[between], wanted.columns[following]]
        kept = found != NOT_WANTED
        places, found = places[kept], found[kept]
        after += 1
    order, found = sort_stably(found, len(wanted.depths))
    places = places[order]
    counts = np.bincount(found, minlength=len(wanted.depths))
    for name, array in zip(_COLUMNS, (places + start, slots[places], np.concatenate([[0], np.cumsum(counts)]))):
        array.astype(_COLUMNS[name]).tofile(folder / f"{name}-{chunk}")
    return counts


def _lead(wanted: Wanted, units: Array) -> Array:
    """Where the tables lead each place by its first two characters, or by the first if that is enough."""
    found = wanted.first[units]
    height, width = wanted.inner.shape
    if height > 1:
        rows = np.where(wanted.first < NOT_WANTED, NOT_WANTED - 1 - wanted.first, height - 1).astype(np.int32) * np.int32(width)
        second = wanted.inner.ravel()[rows[units[:-1]] + wanted.columns[units[1:]]]
        np.copyto(found[:-1], second, where=found[:-1] < NOT_WANTED)
    return found


def _part(counts: Array, most: int) -> list[tuple[int, int]]:
    """Rows of grams that are grown together, of so many places at most; one that has more is alone."""
    rows, first, held = [], 0, 0
    for gram, count in enumerate(counts.tolist()):
        if held and held + count > most:
            rows.append((first, gram))
            first, held = gram, 0
        held += count
    return [*rows, (first, len(counts))] if len(counts) else []


def grow_stretch(store: Path, folder: Path, most: int, target: int, work: tuple[int, tuple[int, int]]) -> Items:
    """Grows some of the grams that are wanted, and writes down their bytes."""
    number, (first, last) = work
    wanted, held = read_wanted(folder), Store(store)
    places, slots, groups = _read_places(folder, len(held.chunks), first, last)
    order = order_rows(groups, slots >> FIELD_SHIFT)  # of one gram and field they come as the letters do
    places, slots, groups = places[order], slots[order], groups[order]
    depths = wanted.depths[first:last].astype(np.int64)
    levels = grow(held.units, places + (depths[groups] + 1).astype(np.uint32), slots, groups, depths, wanted.units[first:last], most)
    del held, order, places, slots  # what follows has the peak, and needs none of them
    grown = encode(levels, groups, target)
    write_grown(folder, number, grown)
    grown.items.groups += first
    return grown.items


def _read_places(folder: Path, chunks: int, first: int, last: int) -> tuple[Array, Array, Array]:
    """The places of some grams, chunk after chunk, with their slots and the gram of each, from the first on."""
    places, slots, groups = [np.zeros(0, np.uint32)], [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for chunk in range(chunks):
        ends = _read(folder, "ends", chunk, first, last + 1)
        places.append(_read(folder, "places", chunk, int(ends[0]), int(ends[-1])))
        slots.append(_read(folder, "slots", chunk, int(ends[0]), int(ends[-1])))
        groups.append(np.repeat(np.arange(last - first), np.diff(ends)))
    return np.concatenate(places), np.concatenate(slots), np.concatenate(groups)


def _read(folder: Path, name: str, chunk: int, start: int, stop: int) -> Array:
    """Some rows of a chunk's column: there are so many of these that it takes too long to map each."""
    kind = _COLUMNS[name]
    return np.fromfile(folder / f"{name}-{chunk}", kind, stop - start, offset=start * kind.itemsize)


def write_grown(folder: Path, number: int, grown: Grown) -> None:
    for part in ("units", "heads", "bodies"):
        (folder / f"{part}-{number}.bin").write_bytes(getattr(grown, part))
