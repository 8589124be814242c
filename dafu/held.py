"""Parts of letters as bytes, until somebody reads them: of a hundred thousand letters a process has some thousand at hand.

What lists and checks ask of nearly every letter stays as it is; the rest is one `Hold` a letter, and in the letter there stand rows that read like tuples.
"""

from __future__ import annotations

import marshal
import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from dafu.body import Body
from dafu.reading import Letter

AT_HAND, FEW_AT_HAND = 12_000, 500
"""Letters whose parts are at hand, some 10 KB each: an archive of so many is read once. Where there are more, each sweep reads all of them again however many
are at hand, so these are few."""

OF_FRONT = ("commitments", "citations", "notes", "corrections")
OF_LETTER = ("marks", "cited", "sentences", "told")


class Record(Protocol):
    """Where the bytes lie."""

    @property
    def parts(self) -> bytes: ...


class Hold:
    """A letter's parts."""

    __slots__ = ("data", "record", "is_one_of_many", "parts")

    def __init__(self, data: bytes | None = None, record: Record | None = None, is_one_of_many: bool = False) -> None:
        """Either the bytes themselves, or where they lie; and whether so many letters come before this one that not all can be at hand."""
        self.data = data
        self.record = record
        self.is_one_of_many = is_one_of_many
        self.parts: list[bytes | tuple[Any, ...]] | None = None
        """As bytes those that nobody has asked for yet."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Hold, (self.data, self.record, self.is_one_of_many)

    def read(self, place: int) -> tuple[Any, ...]:
        """A part; of many letters those whose parts were read first are let go."""
        parts = self.parts
        if parts is None:
            parts = self.parts = marshal.loads(self.record.parts if self.record is not None else self.data)
            most = FEW_AT_HAND if self.is_one_of_many else AT_HAND
            while len(_at_hand) >= most:
                _at_hand.popleft().parts = None
            _at_hand.append(self)
        part = parts[place]
        if type(part) is bytes:
            part = parts[place] = pickle.loads(part)
        return part


_at_hand: deque[Hold] = deque()


def let_go() -> None:
    """Leaves the parts that are at hand to those who still hold their letters."""
    _at_hand.clear()


class Held(Sequence[Any]):
    """One of a letter's parts: what a tuple of the same would be."""

    __slots__ = ("hold", "place", "size")

    def __init__(self, hold: Hold, place: int, size: int) -> None:
        self.hold = hold
        self.place = place
        self.size = size

    def __reduce__(self) -> tuple[Any, ...]:
        return Held, (self.hold, self.place, self.size)

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Any]:
        return iter(self.hold.read(self.place))

    def __getitem__(self, place: Any) -> Any:
        return self.hold.read(self.place)[place]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, Held)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def hold_parts(letter: Letter) -> tuple[Letter, Hold]:
    """The letter without its body, and its parts, which the letter has as rows of these."""
    fronts = {name: items for name in OF_FRONT if (items := getattr(letter.front, name))}
    others = {name: items for name in OF_LETTER if (items := getattr(letter, name))}
    parts = [pickle.dumps(part, 5) for part in (*fronts.values(), *others.values())]
    hold = Hold(marshal.dumps(parts))
    held = {name: Held(hold, place, len(items)) for place, (name, items) in enumerate((*fronts.items(), *others.items()))}
    front = replace(letter.front, **{name: held[name] for name in fronts})
    return replace(letter, front=front, body=Body(), **{name: held[name] for name in others}), hold
