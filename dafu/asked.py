"""What links ask for, as numbers: so it is told for a whole site at once whether all that is asked for is there, without a look at each link.

A number stands for a file; an anchor has one of its own, that is the same in all files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dafu.search.arrays import Array, mix, np

AskedLink = tuple[str, str, str]
"""File, fragment, and the link as it stands in the file that asks."""

Links = tuple[str, Sequence[AskedLink], Sequence[str]]
"""A file, what it asks for, and the addresses elsewhere to which it links."""

_SIZE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Files that were made together, and what they ask for."""

    paths: tuple[str, ...]
    numbers: bytes
    """As `number_links` gives them."""
    read: Callable[[], Iterable[Links]]
    """Tells the links of each of the files."""
    is_lying: bool
    """Whether the files lie there as they were in a site that was whole."""


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
    """What some links ask for: how many files alone, the number of each, and of each anchor that is asked for the file's number and its own. `own` are the files
    that are made together with the anchors of each, parted by blanks: what is asked of these, and stands there, isn't told."""
    files, anchors = set(), set()
    for path, fragment, _ in links:
        if fragment and path.endswith(".html"):
            anchors.add((path, fragment.encode("utf-8", "surrogatepass")))
        else:
            files.add(path)
    files.difference_update(own)
    anchors.difference_update((path, anchor) for path, names in own.items() for anchor in (names or b"").split())
    told = [number(path) + number_anchor(anchor) for path, anchor in anchors]
    return b"".join([len(files).to_bytes(_SIZE, "little"), *map(number, files), *told])


def iter_unmet(asked: Sequence[Asked], files: Iterable[str], anchors: Iterable[tuple[str, bytes]]) -> Iterator[Asked]:
    """Those that may ask for what isn't there; `files` are all there are, `anchors` those of pages that aren't as they were, parted by blanks."""
    held = [np.frombuffer(each.numbers, np.uint64) for each in asked]
    lie = _join(number(path) for each in asked if each.is_lying for path in each.paths)
    plain, plain_of = _gather([each[1 : 1 + int(each[0])] for each in held])
    pairs, pairs_of = _gather([each[1 + int(each[0]) :].reshape(-1, 2) for each in held])
    pages, names = [], []
    for path, found in anchors:
        each = found.split()
        pages.append(number(path) * len(each))
        names += map(number_anchor, each)
    is_met = np.isin(pairs[:, 0], lie) | np.isin(_join_pairs(*pairs.T), _join_pairs(_join(pages), _join(names)))
    unmet = np.concatenate([plain_of[~np.isin(plain, _join(map(number, files)))], pairs_of[~is_met]])
    yield from (asked[place] for place in np.unique(unmet).tolist())


def _join_pairs(files: Array, anchors: Array) -> Array:
    """A number for each file with an anchor."""
    return mix(files ^ mix(anchors))


def _join(numbers: Iterable[bytes]) -> Array:
    return np.frombuffer(b"".join(numbers), np.uint64)


def _gather(columns: Sequence[Array]) -> tuple[Array, Array]:
    """Columns in one, and which each row comes from."""
    return np.concatenate(columns), np.repeat(np.arange(len(columns)), [len(column) for column in columns])
