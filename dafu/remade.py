"""Which of a site's units are made again: those of which nothing is kept that was made from the same."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain

from dafu.entries import Entry
from dafu.kept import KeptBody, Stack
from dafu.keys import Key, Keys
from dafu.made import Made
from dafu.makers import Makers
from dafu.parallels import Parallels, digest_shared, show_other
from dafu.pool import Pool
from dafu.touched import Change, Standing

FEW, MOST_FOUND = 100, 0.1
"""Letters, and the part of an archive's letters, of which it is looked up whether their passages have changed."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A unit whose outputs lie there."""

    kind: str
    place: int
    name: str
    passages: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Parting:
    """The units that lie there, and by kind the places of those that are to be made."""

    lying: deque[Lying] = field(default_factory=deque)
    missing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


COPY_FROM, RANGE = 3000, 500
"""Units from which on copies of this process tell their keys, and how many they tell in one go."""


def part_units(makers: Makers, keys: Keys | None, made: Made, passages: Mapping[int, bytes], pool: Pool) -> Parting:
    """`passages` are the digests of those that letters share, by their places, as far as they are known; without keys all units are to be made."""
    parting = Parting()
    names = makers.name_units()
    asked = [(kind, place, digest) for kind in names for place in range(len(names[kind])) if (digest := passages.get(place) if kind == "letters" else b"") is not None]
    told = dict(zip(asked, _tell_keys(keys, asked, pool))) if keys and made.is_held else {}
    held = {(kind, place): (digest, key) for (kind, place, digest), key in told.items()}
    for kind, members in names.items():
        for place, name in enumerate(members):
            digest, key = held.get((kind, place), (b"", None))
            if key is not None and made.has(name, key):
                parting.lying.append(Lying(kind, place, name, digest, key))
            else:
                parting.missing[kind].append(place)
    return parting


def _tell_keys(keys: Keys, asked: Sequence[tuple[str, int, bytes]], pool: Pool) -> Iterator[Key]:
    """The keys of units; of many, told by several processes."""
    if not pool.can_copy or len(asked) < COPY_FROM:
        yield from keys.list_all(asked)
        return
    keys.prepare()
    with pool.hand_down(keys.list_all) as work, closing(pool.map(work, [asked[first : first + RANGE] for first in range(0, len(asked), RANGE)])) as found:
        yield from chain.from_iterable(found)


def tell_passages(parallels: Parallels, standings: Sequence[Standing], made: Made, stack: Stack | None) -> dict[int, bytes]:
    """By the letters' places the digests of the passages that they share: kept where all that they follow from is as it was; found anew where that are few,
    and not told where they are many, as then it takes no longer to make the letters again."""
    touched = Change(made.standings, standings).find_touched(parallels.texts, stack.read_text) if stack is not None else None
    if touched is None:
        return {}
    last = len(standings) - 1
    held = {last - number: made.passages[name] for number, (name, _, _) in enumerate(standings) if number not in touched and name in made.passages}
    if len(touched) > max(FEW, MOST_FOUND * len(standings)):
        return held
    anew = [last - number for number in sorted(touched, reverse=True)]
    parallels.meet(anew)
    return held | {place: digest_shared(shared) for place, shared in parallels.iter_shared(anew)}


def list_standings(entries: Sequence[Entry]) -> list[Standing]:
    """What of each letter others' passages follow from, in the order of time; `entries` are the newest first."""
    return [(entry.url, _digest(entry), entry.letter.body.name if isinstance(entry.letter.body, KeptBody) else "") for entry in reversed(entries)]


def _digest(entry: Entry) -> bytes:
    return hashlib.sha256(repr((entry.letter.body.digest, show_other(entry))).encode("utf-8", "surrogatepass")).digest()[:16]
