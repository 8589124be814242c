"""Upper grams' own lists, read from the bytes of shards and written anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dafu.search.arrays import Array, decode_postings, np
from dafu.search.bundles import Laid, Sources
from dafu.search.encoding import FREE, MASKED, Grown, Items, encode_level, guess_own
from dafu.search.fields import FIELDS
from dafu.search.grams import FIELD_SHIFT, Level
from dafu.search.stretches import write_grown


def mend(kept: Path, passing: Path, work: tuple[int, Laid, Array, Array]) -> Items:
    """Writes some upper grams anew; of some, by gram and slot as one number, it is told how much more often the letter holds the gram than before."""
    number, laid, rows, more = work
    grams, slots, often = read_lists(*_read_parts(Sources(passing, kept), laid))
    keys = grams << 32 | slots
    at = np.searchsorted(keys, rows)
    is_known = np.append(keys, -1)[at] == rows
    often[at[is_known]] += more[is_known]
    keys, often = np.insert(keys, at[~is_known], rows[~is_known]), np.insert(often, at[~is_known], more[~is_known])
    keys, often = keys[often > 0], often[often > 0]
    written = write_lists(laid.items, keys >> 32, keys & 0xFFFFFFFF, often)
    write_grown(passing, number, written)
    return written.items


def _read_parts(sources: Sources, laid: Laid) -> tuple[list[bytes], list[bytes]]:
    """Heads and bodies of some items."""
    heads, bodies = [], []
    for item, source in enumerate(laid.sources.tolist()):
        _, *found = sources.read(source)
        for part, data, start, size in zip((heads, bodies), found, laid.places[1:, item], (laid.items.heads[item], laid.items.bodies[item])):
            part.append(data[start : start + size])
    return heads, bodies


def read_lists(heads: Sequence[bytes], bodies: Sequence[bytes]) -> tuple[Array, Array, Array]:
    """The postings of some upper grams: the gram of each, its slot, and how often the letter holds the gram."""
    rows = [(gram, field, size) for gram, head in enumerate(heads) for field, size in _iter_sizes(head)]
    grams, fields, sizes = (np.array(column, np.int64) for column in zip(*rows)) if rows else [np.zeros(0, np.int64)] * 3
    gaps, often = decode_postings(np.frombuffer(b"".join(bodies), np.uint8))
    letters = np.cumsum(gaps + 1)
    starts = np.cumsum(sizes) - sizes
    letters -= np.repeat(np.where(starts > 0, letters[starts - 1], 0), sizes) + 1
    return np.repeat(grams, sizes), np.repeat(fields << FIELD_SHIFT, sizes) + letters, often


def _iter_sizes(head: bytes) -> Iterator[tuple[int, int]]:
    """The fields of a gram's lists, and the length of each."""
    numbers = _iter_numbers(head)
    kind = next(numbers) % FREE
    mask = next(numbers) if kind == MASKED else 1 << len(FIELDS) - 1
    return zip([field for field in range(len(FIELDS)) if mask >> field & 1], numbers)


def _iter_numbers(data: bytes) -> Iterator[int]:
    """Numbers of seven bits a byte."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def write_lists(items: Items, grams: Array, slots: Array, often: Array) -> Grown:
    """Upper grams with these postings, sorted by gram and slot, in place of those that they had."""
    fields = slots >> FIELD_SHIFT
    is_list = np.ones(len(slots), bool)
    is_list[1:] = (grams[1:] != grams[:-1]) | (fields[1:] != fields[:-1])
    starts = np.flatnonzero(is_list)
    count = len(items)
    yes = np.ones(count, bool)
    totals = np.bincount(grams, often, count).astype(np.int64)
    level = Level(
        np.arange(count), items.depths.astype(np.int64), items.units, np.zeros(count, np.int64), totals, yes, ~yes, grams[starts], fields[starts].astype(np.uint8), starts,
        (slots & (1 << FIELD_SHIFT) - 1).astype(np.int32), np.zeros(len(slots), np.int32), often.astype(np.int32),
    )
    table = encode_level(level, yes)
    written = Items(np.arange(count), items.depths, items.units, yes, totals, guess_own(level), np.ones(count, np.int64), table["head_sizes"], table["body_sizes"])
    return Grown(written, items.units.astype("<u2").tobytes(), table["heads"].tobytes(), table["bodies"].tobytes())
