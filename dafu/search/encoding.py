"""Grams as the bytes of shards, whose format `dafu.search` describes, parted into items: what a shard may begin with.

A gram whose subtree would outgrow a shard is upper; so is one of a single character that grows. What goes on from an upper gram is free of it: its
postings count in the archive's letters. An item is an upper gram alone, or another free gram with all below it. What an item holds follows from the
places of its gram, and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields as columns_of

from dafu.search.arrays import Array, encode_postings, encode_varints, np, sort_stably, take_slices
from dafu.search.fields import FIELDS
from dafu.search.grams import Level

SAME, TEXT_ONLY, MASKED = 0, 1, 2
"""What a gram's head says of its lists: they are those of the gram above; there is one, for the text; a mask of fields follows."""

FREE = 3
"""Added to that where postings count in the archive's letters; else they count in those of the gram above."""

BYTE = 20
"""Sizes of subtrees are guessed in parts of a byte."""


def guess_size(grams: Array | int, postings: Array | int) -> Array | int:
    """About how many bytes some grams take, in parts of a byte."""
    return 4 * BYTE * grams + 23 * postings


@dataclass(slots=True)
class Items:
    """Items in the order of their grams, a column a property."""

    groups: Array
    """The gram, of those that the growing began with, that an item belongs to."""
    depths: Array
    """Characters of an item's gram, less one."""
    units: Array
    """The gram's last character."""
    is_upper: Array
    totals: Array
    """How often the gram stands somewhere."""
    sizes: Array
    """About how many bytes the item takes, in parts of a byte."""
    grams: Array
    """How many the item holds."""
    heads: Array
    bodies: Array
    """Bytes of their heads and bodies."""

    def __post_init__(self) -> None:
        """Columns are as narrow as they may be: of a large archive there are millions of items."""
        for column, kind in zip(columns_of(self), _KINDS):
            setattr(self, column.name, getattr(self, column.name).astype(kind, copy=False))

    def __len__(self) -> int:
        return len(self.depths)


_KINDS = (np.int32, np.uint8, np.uint16, bool, np.int32, np.int32, np.int32, np.int32, np.int32)


def join_items(parts: list[Items]) -> Items:
    """Items one after the other."""
    return Items(*(np.concatenate([getattr(part, column.name) for part in parts] or [np.zeros(0, np.int64)]) for column in columns_of(Items)))


@dataclass(frozen=True, slots=True)
class Grown:
    """Some items with the bytes that they are made of."""

    items: Items
    units: bytes
    heads: bytes
    bodies: bytes


def encode(levels: list[Level], groups: Array, target: int) -> Grown:
    """The items of grown grams; `groups` names, of each place of the first step, the gram that the growing began with."""
    uppers, subtrees = _find_upper(levels, target * BYTE)
    tables, is_free = [], np.ones(len(levels[0].units) if levels else 0, bool)
    above = is_free
    for place, level in enumerate(levels):
        if place:
            is_free = above[level.parents]
        tables.append(encode_level(level, is_free))
        above = uppers[place][level.grows]
        tables[-1] |= {"is_upper": uppers[place], "is_free": is_free, "sizes": np.where(uppers[place], guess_own(level), subtrees[place])}
    return _join(levels, tables, groups)


def guess_own(level: Level) -> Array:
    return guess_size(1, np.bincount(level.gram_of_list, level.counts, len(level.units)).astype(np.int64))


def _find_upper(levels: list[Level], target: int) -> tuple[list[Array], list[Array]]:
    """Which grams of each level are upper, and the guessed size of each with all below it."""
    uppers, subtrees = [], []
    below = np.zeros(0, np.int64)
    for place in range(len(levels) - 1, -1, -1):
        level = levels[place]
        sizes = guess_own(level)
        sizes[level.grows] += below
        below = np.bincount(level.parents, sizes, int(levels[place - 1].grows.sum()) if place else 0).astype(np.int64)
        uppers.append(level.grows & ((sizes > target) | (level.depths == 0)))
        subtrees.append(sizes)
    return uppers[::-1], subtrees[::-1]


def encode_level(level: Level, is_free: Array) -> dict[str, Array]:
    """Heads and bodies of a level's grams, as bytes and as the sizes of each."""
    same = level.is_same & ~is_free
    own = ~same[level.gram_of_list]
    counts = level.counts
    gaps = _choose(level.letters, level.ranks, is_free[level.gram_of_list], counts)
    firsts = gaps[level.list_starts]
    gaps[1:] -= gaps[:-1].copy()
    gaps -= 1
    gaps[level.list_starts] = firsts
    often = level.often
    if not own.all():
        kept = np.flatnonzero(np.repeat(own, counts))
        gaps, often = gaps[kept], often[kept]
    bodies, starts = encode_postings(gaps, often)
    held = np.bincount(level.gram_of_list, np.where(own, counts, 0), len(level.units)).astype(np.int64)
    ends = starts[np.cumsum(held)]
    heads, head_sizes = _encode_heads(level, same, is_free, counts, own)
    return {"heads": heads, "head_sizes": head_sizes, "bodies": bodies, "body_sizes": np.diff(ends, prepend=0)}


def _choose(ones: Array, others: Array, is_one: Array, counts: Array) -> Array:
    """The numbers of postings, list by list from one column or from the other, in an array of their own."""
    if is_one.all() or not is_one.any():
        return (ones if is_one.all() else others).copy()
    return np.where(np.repeat(is_one, counts), ones, others)


def _encode_heads(level: Level, same: Array, is_free: Array, counts: Array, own: Array) -> tuple[Array, Array]:
    """For each gram its level and kind, a mask of fields where it isn't the text alone, and the length of each list."""
    grams = len(level.units)
    masks = np.bincount(level.gram_of_list, 1 << level.fields.astype(np.int64), grams).astype(np.int64)
    kinds = np.where(same, SAME, np.where(masks == 1 << len(FIELDS) - 1, TEXT_ONLY, MASKED))
    masked = np.flatnonzero(kinds == MASKED)
    values = np.concatenate([level.depths * 2 * FREE + kinds + FREE * is_free, masks[masked], counts[own]])
    grams_of = np.concatenate([np.arange(grams), masked, level.gram_of_list[own]])
    order, _ = sort_stably(grams_of, grams)
    data, starts = encode_varints(values[order])
    return data, np.diff(starts[np.cumsum(np.bincount(grams_of, minlength=grams))], prepend=0)


def _join(levels: list[Level], tables: list[dict[str, Array]], groups: Array) -> Grown:
    """Grams of several levels as items, and their bytes, in the order of the grams."""
    if not levels:
        return Grown(_make_no_items(), b"", b"", b"")
    starts, depths = (np.concatenate([getattr(level, name) for level in levels]).astype(np.int64) for name in ("starts", "depths"))
    order, _ = sort_stably(starts << 5 | depths)
    units = np.concatenate([level.units for level in levels])[order]
    columns = {name: np.concatenate([table[name] for table in tables])[order] for name in ("is_upper", "is_free", "sizes", "head_sizes", "body_sizes")}
    firsts = np.flatnonzero(columns["is_free"])
    add = lambda column: np.add.reduceat(column, firsts)  # noqa: E731
    totals = np.concatenate([level.totals for level in levels])[order]
    items = Items(
        groups[starts[order[firsts]]], depths[order[firsts]], units[firsts], columns["is_upper"][firsts], totals[firsts], columns["sizes"][firsts],
        np.diff(firsts, append=len(order)), add(columns["head_sizes"]), add(columns["body_sizes"]),
    )
    heads, bodies = (_reorder([table[name] for table in tables], [table[f"{name[:-1].replace('bodie', 'body')}_sizes"] for table in tables], order) for name in ("heads", "bodies"))
    return Grown(items, units.astype("<u2").tobytes(), heads, bodies)


def _reorder(parts: list[Array], sizes: list[Array], order: Array) -> bytes:
    """Slices of bytes in another order."""
    held = np.concatenate(sizes)
    return take_slices(np.concatenate(parts), (np.cumsum(held) - held)[order], held[order]).tobytes()


def _make_no_items() -> Items:
    return Items(*(np.zeros(0, kind) for kind in _KINDS))
