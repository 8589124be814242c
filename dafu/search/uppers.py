"""Upper grams' own lists, read from the bytes of shards and written anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafu.search.arrays import Array, decode_postings, np
from dafu.search.encoding import FREE, MASKED, Grown, Items, encode_level, guess_own
from dafu.search.fields import FIELDS
from dafu.search.grams import FIELD_SHIFT, Level


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
