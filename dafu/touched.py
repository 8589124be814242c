"""Which letters a change may have given other passages: those that meet a letter that came, went, or became another.

Where a few letters meet, all of them; where many do, of whom each names the nearest in time, those between which a change lies.

    many letters meet     ─ 3 ── 8 ── [12 went] ── 15 ── 21 ─      8 and 15 have new neighbours
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dafu.fingerprints import gather_places
from dafu.meetings import MOST
from dafu.search.arrays import Array, find_firsts, list_distinct, np
from dafu.texts import Texts

Standing = tuple[str, bytes, str]
"""What of a letter others' passages follow from: its name, a digest of its words and of what is said of it beside a passage, and the record that holds its words."""

MOST_CHANGED = 0.2
"""The part of an archive up to which it pays to look closely."""


@dataclass(frozen=True)
class Change:
    """How the letters stand to those of an earlier build; each in the order of time."""

    before: Sequence[Standing]
    now: Sequence[Standing]

    @cached_property
    def _kept(self) -> list[tuple[str, bytes]]:
        """The letters that stand as they stood."""
        now = {standing[:2] for standing in self.now}
        return [standing[:2] for standing in self.before if standing[:2] in now]

    @cached_property
    def come(self) -> list[int]:
        """The numbers of those that are new, or other than they were."""
        kept = set(self._kept)
        return [number for number, standing in enumerate(self.now) if standing[:2] not in kept]

    @cached_property
    def gone(self) -> list[tuple[str, int]]:
        """Of those that went, or were other: the record, and behind which number of those that stay they stood, or -1."""
        kept, places = set(self._kept), {standing[:2]: number for number, standing in enumerate(self.now)}
        found, last = [], -1
        for standing in self.before:
            if standing[:2] in kept:
                last = places[standing[:2]]
            else:
                found.append((standing[2], last))
        return found

    @property
    def is_small(self) -> bool:
        """Whether few letters changed, and those that stay follow each other as they did."""
        came = set(self.come)
        return len(self.come) + len(self.gone) <= MOST_CHANGED * len(self.now) and self._kept == [standing[:2] for number, standing in enumerate(self.now) if number not in came]

    def find_touched(self, texts: Texts, read: Callable[[str], str | None]) -> set[int] | None:
        """The numbers of the letters whose passages may have changed; None where that can be any. `read` gives the words in a record that is still there."""
        if not self.is_small:
            return None
        words = [text for record, _ in self.gone if (text := read(record)) is not None]
        if len(words) < len(self.gone):
            return None
        went, whose, _ = gather_places(words)
        digests = list_distinct(np.concatenate([texts.list_digests(self.come), went]))
        places, letters = texts.find_holders(digests)
        is_new = np.isin(letters, self.come)
        held = _join(places[~is_new], letters[~is_new])
        behind = np.array([last for _, last in self.gone], np.int64)[whose]
        changes = np.concatenate([_join(places[is_new], letters[is_new]), _join(np.searchsorted(digests, went), behind) + 1])
        found = np.concatenate([_find_neighbours(held, changes), _find_few(held)])
        return {*self.come, *(((found & _ROOM) >> 1) - 1).tolist()}


_PLACE, _ROOM = 33, (1 << 33) - 1


def _join(places: Array, letters: Array) -> Array:
    """Numbers that sort by digest, then by letter, with room behind each letter for what went; before the first, too."""
    return places.astype(np.int64) << _PLACE | (letters.astype(np.int64) + 1) << 1


def _find_neighbours(held: Array, changes: Array) -> Array:
    """Of those that stay the nearest on either side of each change, at the same digest."""
    after = np.searchsorted(held, changes)
    pairs = [(after - 1, after > 0), (after, after < len(held))]
    near = [(held[places[there]], changes[there]) for places, there in pairs]
    return np.concatenate([found[found >> _PLACE == change >> _PLACE] for found, change in near])


def _find_few(held: Array) -> Array:
    """Those that stay where all that meet are named, or may be with a change."""
    firsts = find_firsts(held >> _PLACE)
    sizes = np.diff(firsts, append=len(held))
    return held[np.repeat(sizes <= MOST, sizes)]
