"""Arrays of numbers: where every character stands, and what follows from it. NumPy comes in here, and its other users take it from here.

A field's letters stand in one row of UTF-16 units, 0 between two stretches and after each letter; a place is an index into that row:

    units    关 于 多 种 树 0 树 木 0 …
    starts   0                  9          where each letter begins
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
"""Of integers, one row."""

@dataclass(frozen=True, slots=True)
class Row:
    """The words of a field, letter after letter."""

    units: Array
    starts: Array
    """One more than there are letters: the last is the row's length."""

    @property
    def lengths(self) -> Array:
        """How many units other than 0 each letter has."""
        counts = np.concatenate([[0], np.cumsum(self.units != 0, dtype=np.uint32)])
        return (counts[self.starts[1:]] - counts[self.starts[:-1]]).astype(np.int64)


def make_row(texts: Iterable[str]) -> Row:
    """The row of folded texts, one a letter."""
    parts = [np.frombuffer(f"{text}\0".encode("utf-16-le", "surrogatepass"), dtype="<u2") for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)])
    return Row(np.concatenate(parts) if parts else np.zeros(0, "<u2"), starts)


@dataclass(frozen=True, slots=True)
class UnitPostings:
    """In which letters a unit stands, how often, and where."""

    unit: int
    documents: list[int]
    gaps: tuple[int, ...]
    """The first letter, then how far each is from the one before."""
    counts: list[float]
    places: list[bytes]
    """A letter each: offsets from the letter's beginning, four bytes each."""


def iter_postings(row: Row) -> Iterator[UnitPostings]:
    """The postings of each unit, in the units' order."""
    order = np.argsort(row.units, kind="stable")[np.count_nonzero(row.units == 0) :]
    sizes = np.diff(row.starts)
    documents, offsets = np.repeat(np.arange(len(sizes)), sizes)[order], (order - np.repeat(row.starts[:-1], sizes)[order]).astype("<u4").tobytes()
    firsts = find_firsts(row.units[order], documents)
    units, documents = row.units[order[firsts]], documents[firsts]
    counts, cuts = np.diff(firsts, append=len(order)).astype(float), (4 * np.append(firsts, len(order))).tolist()
    starts = find_firsts(units)
    gaps = np.diff(documents, prepend=0)
    gaps[starts] = documents[starts]
    for unit, start, stop in zip(units[starts].tolist(), starts.tolist(), [*starts[1:].tolist(), len(units)]):
        places = [offsets[a:b] for a, b in zip(cuts[start:stop], cuts[start + 1 : stop + 1])]
        yield UnitPostings(unit, documents[start:stop].tolist(), tuple(gaps[start:stop].tolist()), counts[start:stop].tolist(), places)


COUNTED = 16
"""Bits of keys that NumPy sorts by counting, which takes a time for each key that doesn't grow with their number."""


def sort_stably(keys: Array, bound: int | None = None) -> tuple[Array, Array]:
    """The order of keys that aren't below 0, of equal ones as they stand; and the keys in that order. None of them reaches `bound`, where it is known.

    Keys are sorted by counting, by their lowest bits first, then by the next ones. Wider keys with their places behind them are all different, so any way to sort
    them will do, and NumPy has one that compares several at once, where both fit into 63 bits; on some processors that takes a third of the time, on others as long."""
    if bound is None:
        bound = int(keys.max(initial=0)) + 1
    key_bits, place_bits = (bound - 1).bit_length(), len(keys).bit_length()
    if key_bits > 2 * COUNTED and key_bits + place_bits < 64:
        packed = keys.astype(np.int64) << place_bits
        packed |= np.arange(len(keys))
        packed.sort()
        return _unpack(packed, place_bits, keys.dtype)
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    for shift in range(COUNTED, key_bits, COUNTED):
        order = order.take(np.argsort((keys >> keys.dtype.type(shift)).astype(np.uint16).take(order), kind="stable"))
    return order, keys.take(order)


def _unpack(packed: Array, place_bits: int, kind: np.dtype) -> tuple[Array, Array]:
    """The places and the keys of which numbers were put together."""
    order = packed & (1 << place_bits) - 1
    packed >>= place_bits
    return order, packed.astype(kind, copy=False)


FEW = 512
"""Keys that are sorted together: they stay in the processor's nearest memory."""


def sort_each(groups: Array, units: Array) -> tuple[Array, Array]:
    """The order of places whose groups ascend by their units, group by group; of equal ones as they stand. And group and unit of each as one number, in that order.

    As nothing goes from one group to another, few groups at a time are sorted, and a large one by itself: a third of the time of sorting all at once."""
    size, place_bits = len(groups), len(groups).bit_length()
    keys = groups.astype(np.int64)
    keys <<= 16
    keys |= units
    if size and int(groups[-1]).bit_length() + 16 + place_bits >= 64:
        return sort_stably(keys)
    keys <<= place_bits
    keys |= np.arange(size)
    here = groups[::FEW]
    cuts = list_distinct(np.concatenate([np.searchsorted(groups, here, side) for side in ("left", "right")] + [[size]])).tolist()
    for start, stop in zip(cuts, cuts[1:]):
        row = keys[start:stop]
        if stop - start < FEW:
            row.sort()
        else:  # a group, as else there would be a cut within
            row[:] = row.take(np.argsort(units[start:stop], kind="stable"))
    return _unpack(keys, place_bits, keys.dtype)


def order_rows(*columns: Array) -> Array:
    """The order of rows of numbers that aren't below 0, by the first column, then the next; of equal ones as they stand."""
    sizes = [int(column.max(initial=0)).bit_length() for column in columns]
    if sum(sizes) >= 64:
        return np.lexsort(columns[::-1])
    keys = np.zeros(len(columns[0]), np.int64)
    for column, size in zip(columns, sizes):
        keys <<= size
        keys |= column.astype(np.int64, copy=False)
    return sort_stably(keys, 1 << sum(sizes))[0]


def list_distinct(numbers: Array) -> Array:
    """Numbers in their order, each once. NumPy's own way looks each up in a table, which takes several times longer."""
    return drop_repeated(np.sort(numbers))


def drop_repeated(ordered: Array) -> Array:
    """Numbers that are in their order, each once."""
    is_first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


_SPREAD, MIXED = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
"""Odd numbers without a pattern."""


def mix(numbers: Array) -> Array:
    """Numbers of 64 bits of which sums tell what they were made from: small numbers times a factor wouldn't, as 1 and 4 come to what 2 and 3 do."""
    mixed = numbers * _SPREAD
    mixed = (mixed ^ mixed >> np.uint64(31)) * MIXED
    return mixed ^ mixed >> np.uint64(29)


def find_firsts(*columns: Array) -> Array:
    """Where a new group begins in columns sorted together: every place that differs from the one before it."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    changes = np.ones(len(columns[0]), bool)
    changes[1:] = False
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def read_offsets(values: Sequence[bytes]) -> Array:
    """The offsets that a unit's postings hold, letter after letter."""
    return np.frombuffer(b"".join(values), dtype="<u4")


def spread(documents: Sequence[int], counts: Sequence[float], offsets: Array) -> Array:
    """Offsets in their letters as keys that sort by letter, then offset: the letter in the upper half."""
    return (np.repeat(np.asarray(documents, np.int64), np.asarray(counts, np.int64)) << 32) + offsets


def follow(keys: Array, distance: int, others: Array) -> Array:
    """Those keys that have one of the others at some distance behind them."""
    at = np.searchsorted(others, keys + distance)
    at[at == len(others)] = 0
    return keys[others[at] == keys + distance] if len(others) else keys[:0]


def count_by_letter(keys: Array) -> tuple[list[int], list[int]]:
    """The letters of some keys, and how many keys each has."""
    letters, counts = np.unique(keys >> 32, return_counts=True)
    return letters.tolist(), counts.tolist()


def encode_varints(values: Array) -> tuple[Array, Array]:
    """Numbers as bytes, seven bits each, the lowest first, the eighth set on all but a number's last byte; and where each number begins (and the last ends)."""
    sizes = _count_bytes(values)
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    data = np.zeros(starts[-1], np.uint8)
    data[starts[:-1]] = values & 127 | np.where(sizes > 1, 128, 0)
    wide = np.flatnonzero(sizes > 1)
    _put_rest(data, starts[wide], values[wide], sizes[wide])
    return data, starts


def encode_postings(gaps: Array, often: Array) -> tuple[Array, Array]:
    """Postings as bytes, and where each begins (and the last ends): the gap doubled, odd where the letter holds the gram more than once; then how often, less two."""
    is_more = often > 1
    codes = gaps << 1
    codes |= is_more
    more = np.flatnonzero(is_more)
    extra, extra_starts = encode_varints(often[more] - 2)
    sizes = _count_bytes(codes)
    wide = np.flatnonzero(sizes > 1)
    extra_sizes = np.diff(extra_starts).astype(np.uint8)
    sizes[more] += extra_sizes
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    sizes[more] -= extra_sizes
    data = np.zeros(starts[-1], np.uint8)
    data[starts[:-1]] = codes & 127 | np.where(sizes > 1, 128, 0)
    _put_rest(data, starts[wide], codes[wide], sizes[wide])
    at = starts[more] + sizes[more]
    data[np.repeat(at - extra_starts[:-1], extra_sizes) + np.arange(len(extra))] = extra
    return data, starts


def decode_postings(data: Array) -> tuple[Array, Array]:
    """The gaps of postings, and how often each letter holds the gram: what `encode_postings` wrote."""
    numbers = decode_varints(data)
    even = np.where(numbers & 1, -1, np.arange(len(numbers)))
    before = np.concatenate([[-1], np.maximum.accumulate(even)[:-1]]) if len(numbers) else even
    codes = np.flatnonzero((np.arange(len(numbers)) - before) & 1)  # after an even number comes a code; of odd ones in a row, every other is how often
    often = np.ones(len(codes), np.int64)
    more = np.flatnonzero(numbers[codes] & 1)
    often[more] = numbers[codes[more] + 1] + 2
    return numbers[codes] >> 1, often


def decode_varints(data: Array) -> Array:
    """Numbers of seven bits a byte."""
    ends = np.flatnonzero(data < 128)
    values = data[ends].astype(np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    wide = np.flatnonzero(ends > starts)
    places = ends[wide]
    while len(wide):
        places = places - 1
        values[wide] = values[wide] << 7 | data[places] & 127
        more = places > starts[wide]
        wide, places = wide[more], places[more]
    return values


def _count_bytes(values: Array) -> Array:
    """How many bytes each number takes."""
    is_wide = values >= 128
    sizes = is_wide + np.uint8(1)
    wide = np.flatnonzero(is_wide)
    for bits in (14, 21, 28):
        wide = wide[values[wide] >= 1 << bits]
        sizes[wide] += np.uint8(1)
    return sizes


def _put_rest(data: Array, starts: Array, values: Array, sizes: Array) -> None:
    """Writes all but the first byte of numbers that take more than one."""
    place = 1
    while len(values):
        data[starts + place] = (values >> 7 * place & 127) | np.where(sizes > place + 1, 128, 0)
        place += 1
        longer = sizes > place
        starts, values, sizes = starts[longer], values[longer], sizes[longer]


def take_slices(data: Array, starts: Array, sizes: Array) -> Array:
    """Slices of an array one after the other."""
    return data[list_slices(starts, sizes)]


def list_slices(starts: Array, sizes: Array) -> Array:
    """The places in slices, one slice after the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
