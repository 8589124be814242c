"""Where letters meet: places at which two letters or more have the same digest. Found for all letters or for some, a range of digests at a time, by any process.

    K.letters K.places    the members of all meetings of a range: equal digests lie together, of each the letters in their order
    K.rows                the same members, letter by letter, with what is known of the meeting of each
    K.bounds              where each letter's rows begin, and the last one's end
    units                 all texts as one row

Nothing of it is in memory but what is looked at: of an archive's millions of places a letter has a thousand.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from pathlib import Path

from dafu.fingerprints import GRAM
from dafu.pool import Spread
from dafu.search.arrays import MIXED, Array, find_firsts, mix, np, order_rows, sort_stably
from dafu.texts import Texts, find_rows

MOST = 5
"""Letters that a passage names; where more have it, it is the nearest in time on either side."""

RANGE = 1_000_000
"""Places whose digests are compared in one go, or about so many: this bounds the memory."""

SAMPLED = 16
"""Of so many digests that are looked for one tells in how many places they may stand, as it takes as long to count these as to gather them."""

LARGE = 1 << 26
"""Bytes from which on files are let go of after each look."""

_ROW = np.dtype([("place", "<u4"), ("row", "<u4"), ("start", "<u4"), ("size", "<u4"), ("company", "<u8"), ("is_crowded", "?")])


@dataclass(frozen=True, slots=True)
class Meetings:
    """The meetings in a folder."""

    folder: Path
    ranges: int
    kind: str
    """Of the numbers of the joined row."""

    def list_pairs(self, chosen: Sequence[int]) -> tuple[Array, ...]:
        """The places of some letters at which the company changes, each with the same place in other letters, all of a few or the nearest of many:
        letter, place in it, other letter, place there, whether there are more. The letters' numbers ascend."""
        letters, ranges, rows = self._read_rows(chosen)
        kept = _find_turns(letters, rows)
        letters, ranges, rows = letters[kept], ranges[kept], rows[kept]
        pairs = [(np.zeros(0, np.int64),) * 4 + (np.zeros(0, bool),)]
        for part in np.flatnonzero(np.bincount(ranges)).tolist():
            here = ranges == part
            pairs.append(self._pair(part, letters[here], rows[here]))
        mine, here, others, there, has_more = (np.concatenate(column) for column in zip(*pairs))
        order, firsts = _find_beginnings(mine, here, others, there)
        kept = order[firsts]
        return mine[kept], here[kept], others[kept], there[kept], np.logical_or.reduceat(has_more[order], firsts) if len(firsts) else has_more

    @contextmanager
    def open_units(self) -> Iterator[Array]:
        """All texts as one row."""
        with _look(self.folder / "units") as data:
            yield np.frombuffer(data, self.kind)

    def _read_rows(self, chosen: Sequence[int]) -> tuple[Array, Array, Array]:
        """The rows of some letters in the order of their places: letter, range, row."""
        parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, _ROW))]
        for part, (first, end) in product(range(self.ranges), iter_runs(chosen)):
            bounds = _read(self.folder / f"{part}.bounds", np.uint32, first, end + 1).astype(np.int64)
            rows = _read(self.folder / f"{part}.rows", _ROW, int(bounds[0]), int(bounds[-1]))
            parts.append((np.repeat(np.arange(first, end), np.diff(bounds)), np.full(len(rows), part), rows))
        letters, ranges, rows = (np.concatenate(column) for column in zip(*parts))
        order = order_rows(letters, rows["place"])
        return letters[order], ranges[order], rows[order]

    def _pair(self, part: int, mine: Array, rows: Array) -> tuple[Array, ...]:
        """Rows of a range with the members that stand beside each."""
        many, starts, sizes, own = rows["is_crowded"], rows["start"].astype(np.int64), rows["size"].astype(np.int64), rows["row"].astype(np.int64)
        low = np.where(many, np.maximum(starts, own - 1), starts)
        high = np.where(many, np.minimum(starts + sizes, own + 2), starts + sizes)
        counts = high - low
        members = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        owners = np.repeat(np.arange(len(rows)), counts)
        in_all = self.ranges * RANGE * np.dtype(np.uint32).itemsize
        with _look(self.folder / f"{part}.letters", in_all) as letters, _look(self.folder / f"{part}.places", in_all) as places:
            others, there = (np.frombuffer(data, np.uint32)[members].astype(np.int64) for data in (letters, places))
        kept = others != mine[owners]
        owners = owners[kept]
        return mine[owners], rows["place"][owners].astype(np.int64), others[kept], there[kept], many[owners]


def meet(texts: Texts, folder: Path, spread: Spread, letters: Sequence[int] | None = None) -> Meetings:
    """The meetings of some letters, or of all, written to a folder."""
    folder.mkdir()
    kind = texts.join(folder / "units")
    if letters is not None:
        wanted = texts.list_digests(letters)
        parts = np.array_split(wanted, max(1, -(-SAMPLED * texts.count_holding(wanted[::SAMPLED]) // RANGE)))
        for number, part in enumerate(parts):
            _write_range(texts, folder, (number, part))
        return Meetings(folder, len(parts), kind)
    count = max(1, -(-texts.count_places() // RANGE))
    cuts = [(number << 64) // count for number in range(count)]
    work = list(enumerate(zip(cuts, [*cuts[1:], None])))
    for _ in spread(partial(_write_range, texts, folder), work):
        pass
    return Meetings(folder, count, kind)


Digests = Array | tuple[int, int | None]
"""Some that ascend, or all of a range."""


def _write_range(texts: Texts, folder: Path, work: tuple[int, Digests]) -> None:
    """Writes the meetings of some digests."""
    number, wanted = work
    digests, letters, places = _gather(texts, wanted)
    order = np.argsort(digests, kind="stable")
    firsts = find_firsts(digests[order])
    sizes = np.diff(firsts, append=len(order))
    shared = _is_shared(letters[order], firsts, sizes)
    order = order[np.repeat(shared, sizes)]
    letters, places, sizes = letters[order], places[order], sizes[shared]
    by_letter, _ = sort_stably(letters)
    rows = np.empty(len(letters), _ROW)
    rows["row"] = by_letter
    rows["place"] = places[by_letter]
    for name, values in (("start", np.cumsum(sizes) - sizes), ("size", sizes), ("is_crowded", _count_letters(letters, sizes) > MOST)):
        rows[name] = np.repeat(values, sizes)[by_letter]
    rows["company"] = _name_company(letters, places, sizes)[by_letter]
    counts = np.bincount(letters, minlength=len(texts.lengths))
    for column, array in (("letters", letters), ("places", places), ("rows", rows), ("bounds", np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32))):
        (folder / f"{number}.{column}").write_bytes(array.tobytes())


def _gather(texts: Texts, wanted: Digests) -> tuple[Array, Array, Array]:
    """Digest, letter and place of the members of some digests; of equal digests the letters ascend."""
    parts = [(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))]
    for batch in range(len(texts.names)):
        digests = texts.read(batch, "digests")
        if isinstance(wanted, np.ndarray):
            rows = find_rows(digests, wanted)
        else:
            low, high = wanted
            rows = slice(np.searchsorted(digests, np.uint64(low)), len(digests) if high is None else np.searchsorted(digests, np.uint64(high)))
        parts.append((digests[rows], texts.read_letters(batch)[rows], texts.read(batch, "places")[rows]))
    return tuple(np.concatenate(column) for column in zip(*parts))


def _is_shared(letters: Array, starts: Array, sizes: Array) -> Array:
    """Whether each group of equal digests has two letters or more; a group's letters ascend."""
    return letters[starts] != letters[starts + sizes - 1] if len(starts) else np.zeros(0, bool)


def _count_letters(letters: Array, sizes: Array) -> Array:
    """How many letters have a part in each group; a group's letters ascend."""
    firsts = np.cumsum(sizes) - sizes
    new = np.ones(len(letters), np.int64)
    new[1:] = letters[1:] != letters[:-1]
    new[firsts] = 1
    return np.add.reduceat(new, firsts) if len(firsts) else firsts


def _name_company(letters: Array, places: Array, sizes: Array) -> Array:
    """A name for the company in which each member goes on.

    It is told by two sums over a meeting's members, of a digest of the letter, and of that times the place. Less the first times the own place, the
    second stays the same as long as all go on side by side.
    """
    if not len(sizes):
        return np.zeros(0, np.uint64)
    names = mix(letters.astype(np.uint64) + np.uint64(1))
    firsts = np.cumsum(sizes) - sizes
    weight = np.repeat(np.add.reduceat(names, firsts), sizes)
    moment = np.repeat(np.add.reduceat(names * places, firsts), sizes)
    return (moment - weight * places) * MIXED ^ weight


def _find_turns(letters: Array, rows: Array) -> Array:
    """Those rows at which the company changes, or that stand so far behind the one before that something else lies between: others continue what was begun before them."""
    return find_firsts(letters, rows["company"], np.cumsum(np.diff(rows["place"].astype(np.int64), prepend=0) > GRAM))


def _find_beginnings(mine: Array, here: Array, letters: Array, there: Array) -> tuple[Array, Array]:
    """An order in which places follow each other that do so in both letters, so closely that their characters overlap; and the first of each such row of places."""
    shifts = there - here
    order = order_rows(mine, letters, shifts - shifts.min(initial=0), here)
    return order, find_firsts(mine[order], letters[order], shifts[order], np.cumsum(np.diff(here[order], prepend=0) > GRAM))


def _read(path: Path, kind: np.dtype, start: int, stop: int) -> Array:
    """Some numbers of a file."""
    return np.fromfile(path, kind, stop - start, offset=start * np.dtype(kind).itemsize)


def iter_runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow one another: the first of them, and the one behind the last."""
    first = end = None
    for place in places:
        if place != end:
            if first is not None:
                yield first, end
            first = place
        end = place + 1
    if first is not None:
        yield first, end


@contextmanager
def _look(path: Path, in_all: int = 0) -> Iterator[mmap.mmap | bytes]:
    """A file's bytes; only what is touched of them comes into memory, and of a large file, or of one of many that have so many bytes together, it leaves it again."""
    held = _open(path)
    yield held
    if isinstance(held, mmap.mmap) and max(in_all, len(held)) >= LARGE and hasattr(mmap, "MADV_DONTNEED"):
        held.madvise(mmap.MADV_DONTNEED)


@lru_cache(256)
def _open(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def forget() -> None:
    """Lets go of all files that were looked at."""
    _open.cache_clear()
