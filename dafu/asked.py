"""What links ask for, as numbers: so it is told for a whole site at once whether all that is asked for is there, without a look at each link.

A number stands for a file; an anchor has one of its own, that is the same in all files.
"""

from __future__ import annotations

import hashlib
import io
import marshal
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Protocol

from dafu.search.arrays import Array, drop_repeated, list_distinct, mix, np

AskedLink = tuple[str, str, str]
"""File, fragment, and the link as it stands in the file that asks."""

Links = tuple[str, Sequence[AskedLink], Sequence[str]]
"""A file, what it asks for, and the addresses elsewhere to which it links."""

_SIZE = 8


class Teller(Protocol):
    """Tells what some files ask for."""

    @property
    def numbers(self) -> bytes:
        """Of the files, and of what they ask for, as `number_links` gives them."""

    @property
    def links(self) -> bytes:
        """The links of each of the files, as `pack_links` gives them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What some files ask for, in memory."""

    numbers: bytes
    links: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """What files that were made together ask for."""

    told: Teller
    is_lying: bool
    """Whether the files lie there as they were in a site that was whole."""

    @property
    def numbers(self) -> bytes:
        return self.told.numbers

    def read(self) -> Iterator[Links]:
        """The links of the files, those of a file in one go or in several."""
        packed = io.BytesIO(zlib.decompress(self.told.links))
        while packed.tell() < len(packed.getbuffer()):
            yield from marshal.load(packed)


def pack_links(links: Iterable[tuple[str, Iterable[AskedLink], Sequence[str]]]) -> bytes:
    """What files ask for, and the addresses elsewhere, as few bytes: `Links` of each, of a large file in several goes."""
    packer = zlib.compressobj(1)
    packed: list[bytes] = []
    row: list[Links] = []
    for path, asked, outside in links:
        rest = iter(asked)
        row.append((path, tuple(islice(rest, STRETCH)), outside))
        while more := tuple(islice(rest, STRETCH)):
            packed.append(packer.compress(marshal.dumps(row)))
            row = [(path, more, ())]
    return b"".join([*packed, packer.compress(marshal.dumps(row)), packer.flush()])


BATCH, STRETCH, TOGETHER = 1000, 20_000, 5000
"""Pages whose anchors are looked at together, links of a file that are told together, and units whose links are looked at together: this bounds the memory."""


@lru_cache(1 << 15)
def number(path: str) -> bytes:
    """The number of a file."""
    return _digest(path.encode("utf-8", "surrogatepass"))


def number_anchor(anchor: bytes) -> bytes:
    """The number of an anchor: itself, where it is that short."""
    return anchor.ljust(_SIZE, b"\0") if len(anchor) <= _SIZE else _digest(anchor)


def _digest(name: bytes) -> bytes:
    return hashlib.blake2b(name, digest_size=_SIZE).digest()


def number_links(links: Iterable[AskedLink], own: Mapping[str, bytes | None]) -> bytes:
    """What some links ask for, beside the numbers of the files in which they stand: how many these are, and how many files are asked for alone; the numbers of
    both; and of each anchor that is asked for the file's number and its own. `own` are the files that are made together with the anchors of each, parted by
    blanks: what is asked of these, and stands there, isn't told."""
    files: set[str] = set()
    anchors: set[tuple[str, bytes]] = set()
    told: list[bytes] = []
    own_anchors = {(path, anchor) for path, names in own.items() for anchor in (names or b"").split()}
    for path, fragment, _ in links:
        if fragment and path.endswith(".html"):
            anchors.add((path, fragment.encode("utf-8", "surrogatepass")))
            if len(anchors) == STRETCH:
                told.append(_number_pairs(anchors - own_anchors))
                anchors.clear()
        else:
            files.add(path)
    files.difference_update(own)
    told.append(_number_pairs(anchors - own_anchors))
    return b"".join([len(own).to_bytes(_SIZE, "little"), len(files).to_bytes(_SIZE, "little"), *map(number, own), *map(number, files), *told])


def _number_pairs(anchors: Iterable[tuple[str, bytes]]) -> bytes:
    return b"".join([number(path) + number_anchor(anchor) for path, anchor in anchors])


def _part(numbers: bytes) -> tuple[Array, Array, Array]:
    """The numbers of the files, of those asked for alone, and in pairs of those asked for with an anchor."""
    held = np.frombuffer(numbers, np.uint64)
    own, files = 2 + int(held[0]), 2 + int(held[0]) + int(held[1])
    return held[2:own], held[own:files], held[files:].reshape(-1, 2)


def iter_unmet(asked: Sequence[Asked], files: Iterable[str], anchors: Iterable[tuple[str, bytes]]) -> Iterator[Asked]:
    """Those that may ask for what isn't there; `files` are all others that are there, `anchors` those of all pages, parted by blanks. What a file that lies there
    as it was asks of another that does so is there, as the site was whole."""
    there, lie = _gather_own(asked, files)
    looked_at: set[bytes] = set()
    wanted = np.zeros(0, np.uint64)
    for first in range(0, len(asked), TOGETHER):
        pairs, _ = _gather_pairs(asked, first, lie)
        looked_at.update(page.tobytes() for page in list_distinct(pairs[:, 0]))
        wanted = np.concatenate([wanted, _join_pairs(*pairs.T)])
        wanted.sort()  # in its place: of a large site these are a hundred megabytes
        wanted = drop_repeated(wanted)
    missing = _find_missing(wanted, ((page, found) for path, found in anchors if (page := number(path)) in looked_at))
    del wanted
    for first in range(0, len(asked), TOGETHER):
        plain, plain_of = _gather([_part(each.numbers)[1] for each in asked[first : first + TOGETHER]])
        unmet = plain_of[~_lie_in(plain, there)]
        if len(missing):
            pairs, pairs_of = _gather_pairs(asked, first, lie)
            unmet = np.concatenate([unmet, pairs_of[_lie_in(_join_pairs(*pairs.T), missing)]])
        yield from (asked[first + place] for place in list_distinct(unmet).tolist())


def _gather_own(asked: Sequence[Asked], files: Iterable[str]) -> tuple[Array, Array]:
    """The numbers of all files, and of those that lie there as they were; in their order."""
    there, lie = [_join(map(number, files))], [np.zeros(0, np.uint64)]
    for first in range(0, len(asked), TOGETHER):
        part = asked[first : first + TOGETHER]
        own, own_of = _gather([_part(each.numbers)[0] for each in part])
        there.append(own)
        lie.append(own[np.array([each.is_lying for each in part])[own_of]])
    return np.sort(np.concatenate(there)), np.sort(np.concatenate(lie))


def _gather_pairs(asked: Sequence[Asked], first: int, lie: Array) -> tuple[Array, Array]:
    """What some of those that ask want of other pages, unless both lie there as they were; and which each row comes from."""
    part = asked[first : first + TOGETHER]
    pairs, pairs_of = _gather([_part(each.numbers)[2] for each in part])
    kept = np.flatnonzero(~(np.array([each.is_lying for each in part])[pairs_of] & _lie_in(pairs[:, 0], lie)))
    return pairs[kept], pairs_of[kept]


def _find_missing(wanted: Array, pages: Iterable[tuple[bytes, bytes]]) -> Array:
    """Which of some anchors, that are in their order, don't stand in pages; both as `_join_pairs` has them. Each is found once, however often it is wanted."""
    pages, is_there = iter(pages), np.zeros(len(wanted), bool)
    while batch := list(islice(pages, BATCH)):
        anchors, pages_of = _number_anchors([names for _, names in batch])
        found = _join_pairs(_join(page for page, _ in batch)[pages_of], anchors)
        is_there[np.searchsorted(wanted, found[_lie_in(found, wanted)])] = True
    return wanted[~is_there]


def _number_anchors(pages: Sequence[bytes]) -> tuple[Array, Array]:
    """The numbers of the anchors of some pages, all at once as there are millions of them; and which page each is of."""
    names = b" %s " % b" ".join(pages)
    data = np.frombuffer(names, np.uint8)
    is_blank = data == ord(" ")
    starts, ends = np.flatnonzero(is_blank[:-1] & ~is_blank[1:]) + 1, np.flatnonzero(~is_blank[:-1] & is_blank[1:]) + 1
    sizes = ends - starts
    numbers = np.zeros((len(starts), _SIZE), np.uint8)
    for place in range(_SIZE):
        here = np.flatnonzero(sizes > place)
        numbers[here, place] = data[starts[here] + place]
    for row in np.flatnonzero(sizes > _SIZE).tolist():
        numbers[row] = np.frombuffer(number_anchor(names[starts[row] : ends[row]]), np.uint8)
    return numbers.view(np.uint64).ravel(), np.searchsorted(np.cumsum([len(page) + 1 for page in pages]), starts - 1, side="right")


def _lie_in(numbers: Array, ordered: Array) -> Array:
    """Which numbers are among others, which are in their order. They are looked for in theirs: else each would be looked for elsewhere in memory."""
    found = np.zeros(len(numbers), bool)
    if len(ordered):
        order = np.argsort(numbers)
        numbers = numbers[order]
        places = np.searchsorted(ordered, numbers)
        places[places == len(ordered)] = 0
        found[order] = ordered[places] == numbers
    return found


def _join_pairs(files: Array, anchors: Array) -> Array:
    """A number for each file with an anchor."""
    return mix(files ^ mix(anchors))


def _join(numbers: Iterable[bytes]) -> Array:
    return np.frombuffer(b"".join(numbers), np.uint64)


def _gather(columns: Sequence[Array]) -> tuple[Array, Array]:
    """Columns in one, and which each row comes from."""
    return np.concatenate(columns), np.repeat(np.arange(len(columns)), [len(column) for column in columns])
