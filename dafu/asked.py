"""What links ask for, as numbers: so it is told of files that lie there as they were whether all that they ask for is still there, without a look at their links.

A number stands for a file; of a link to an anchor there is another for file and anchor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dafu.search.arrays import Array, np

AskedLink = tuple[str, str, str]
"""File, fragment, and the link as it stands in the file that asks."""

_SIZE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Files that were made together, and what they ask for."""

    paths: tuple[str, ...]
    numbers: bytes
    """As `number_links` gives them."""
    read: Callable[[], Iterable[tuple[str, Sequence[AskedLink]]]]
    """Tells the links of each of the files."""


@lru_cache(1 << 14)
def number(path: str, anchor: str = "") -> bytes:
    """The number of a file, or of an anchor in it."""
    return hashlib.blake2b(f"{path}#{anchor}".encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


def number_links(links: Iterable[AskedLink]) -> bytes:
    """What some links ask for: how many files alone, the number of each, and of each anchor that is asked for the file's number and its own."""
    asked = dict.fromkeys((path, fragment) for path, fragment, _ in links)
    files = [number(path) for path, fragment in asked if not fragment]
    anchors = [number(path) + number(path, fragment) for path, fragment in asked if fragment]
    return len(files).to_bytes(_SIZE, "little") + b"".join(files + anchors)


def iter_unmet(asked: Sequence[Asked], files: Iterable[str], anchors: Iterable[tuple[str, str]]) -> Iterator[Asked]:
    """Those that may ask for what isn't there; `files` are all there are, `anchors` those of pages that aren't as they were."""
    held = [np.frombuffer(each.numbers, np.uint64) for each in asked]
    lie = _join(number(path) for each in asked for path in each.paths)
    there, found = _join(map(number, files)), _join(number(*anchor) for anchor in anchors)
    plain, plain_of = _gather([each[1 : 1 + int(each[0])] for each in held])
    pairs, pairs_of = _gather([each[1 + int(each[0]) :].reshape(-1, 2) for each in held])
    is_met = np.isin(pairs[:, 0], lie) | np.isin(pairs[:, 1], found)
    unmet = np.concatenate([plain_of[~np.isin(plain, there)], pairs_of[~is_met]])
    yield from (asked[place] for place in np.unique(unmet).tolist())


def _join(numbers: Iterable[bytes]) -> Array:
    return np.frombuffer(b"".join(numbers), np.uint64)


def _gather(columns: Sequence[Array]) -> tuple[Array, Array]:
    """Columns in one, and which each row comes from."""
    return np.concatenate(columns), np.repeat(np.arange(len(columns)), [len(column) for column in columns])
