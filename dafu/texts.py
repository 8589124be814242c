"""All letters' texts as one row of numbers, in which passages are compared; read in batches, each by any process.

    row   ⏎⏎…⏎ text of letter 0 ⏎ text of letter 1 ⏎ … ⏎⏎…⏎      breaks at both ends, so that a comparison never runs over them
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.fingerprints import gather_places
from dafu.kept import KeptBody
from dafu.search.arrays import Array, np

BATCH = 250
"""Letters that are read in one go."""

EDGE = 49
"""Breaks at either end: one more than characters are compared at once."""


class Blocks:
    """Where the blocks of all letters begin, and what their anchors are."""

    def __init__(self, outlines: Sequence[Sequence[tuple[Array, Array]]]) -> None:
        """For each letter of each batch, where blocks begin, and their anchors as numbers."""
        letters = [letter for batch in outlines for letter in batch]
        self.starts, self.names = (np.concatenate([letter[column] for letter in letters] or [np.zeros(0, np.uint32)]) for column in (0, 1))
        self.firsts = np.cumsum([0, *(len(starts) for starts, _ in letters)])

    def list(self, number: int) -> Outline:
        """Those of a letter."""
        first, end = self.firsts[number : number + 2].tolist()
        return Outline(self.starts[first:end].tolist(), self.names[first:end].tolist())


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the blocks of a letter begin, and what their anchors are."""

    starts: list[int]
    names: list[int]

    def find(self, place: int) -> int:
        """In which block a place lies."""
        return bisect.bisect_right(self.starts, place) - 1

    def name(self, block: int) -> str:
        """The block's anchor."""
        name = self.names[block]
        return f"{'s' if name % 2 else 'p'}{name // 2}"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is wanted of a batch of letters."""

    digests: Array
    letters: Array
    """Numbers within the batch."""
    places: Array
    units: Array
    """A number for each character, with a break behind each letter."""
    lengths: Array
    """Of the letters, with the break."""
    blocks: list[tuple[Array, Array]]


def read_texts(bodies: Sequence[Body | KeptBody]) -> Texts:
    """What is wanted of a batch; any process can find it."""
    texts = [body.text for body in bodies]
    units = np.frombuffer("".join(f"{text}\n" for text in texts).encode("utf-32-le", "surrogatepass"), "<u4")
    units = units.astype(np.uint16 if units.max(initial=0) <= 0xFFFF else np.uint32)
    blocks = [(np.array([start for start, _, _ in held], np.uint32), np.array([int(anchor[1:]) * 2 + (anchor[0] == "s") for _, _, anchor in held], np.uint32)) for held in (body.stretches for body in bodies)]
    return Texts(*gather_places(texts), units, np.array([len(text) + 1 for text in texts], np.int64), blocks)


def join_texts(rows: Sequence[Array], lengths: Sequence[Array]) -> tuple[Array, Array]:
    """All texts as one row, with breaks between and around them; where each text begins."""
    edge = np.full(EDGE, ord("\n"), np.uint16)
    starts = len(edge) + np.concatenate([[0], np.cumsum(np.concatenate(lengths or [np.zeros(0, np.int64)]))])[:-1]
    return np.concatenate([edge, *rows, edge]), starts
