"""What stands beside a letter's blocks about their annotations: in the margin as far as there is room, folded below, and on paper as notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafu.body import Block
from dafu.entries import Entry, Promise
from dafu.letter import Correction, Note, Redaction
from dafu.marks import Mark
from dafu.parallels import Shared
from dafu.quotes import Span
from dafu.status import Proof
from dafu.text import HIDDEN

LINE_OF_TEXT, LINE_OF_ASIDE = 38, 19
"""Characters in a line of the text and of the margin."""

ROOM_BELOW = 60
"""How far, in CSS pixels, the asides of a block may stand out below it before they crowd the next one's."""

NOTED = ("correction", "note", "redaction", "evidence")
"""Kinds that are printed as notes; commitments have a list of their own, parallel passages lead elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is said of one annotation, or of the passages that a block shares with other letters."""

    kind: str
    """commitment | correction | note | redaction | evidence | parallel"""
    id: str = ""
    """The anchor of its words."""
    span: Span
    printed: str = ""
    """The words as printed."""
    promise: Promise | None = None
    """The commitment; with evidence the earlier one of which the words tell."""
    correction: Correction | None = None
    note: Note | None = None
    redaction: Redaction | None = None
    shared: Shared | None = None
    proof: Proof | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is a commitment of which there is nothing to say but its words."""
        promise = self.promise
        return self.kind == "commitment" and promise is not None and not (promise.commitment.measure or promise.commitment.due or promise.status.proofs)

    @property
    def height(self) -> int:
        """About how high it stands in the margin, in CSS pixels."""
        lines = sum(-(-(len(text) + 4) // LINE_OF_ASIDE) for text in self._list_words())
        return 10 + 20 * lines + (24 if self.kind == "commitment" else 0)

    def _list_words(self) -> list[str]:
        """What it says, in pieces that begin on a line of their own; where a link with a date leads, a line stands for it."""
        line = " " * LINE_OF_ASIDE
        if self.shared:
            return [line for _ in self.shared.parallels]
        if self.promise and self.kind == "evidence":
            return [self.promise.quote + line]
        if self.promise:
            return [self.promise.commitment.action, *(proof.quote + line for proof in self.promise.status.proofs)]
        said = self.note.note if self.note else self.correction.note if self.correction else ""
        return [self.printed, said or ""]


@dataclass(frozen=True, slots=True)
class Footnote:
    """An aside as it is printed."""

    number: int
    anchor: str
    """Of the block."""
    aside: Aside


def gather_asides(entry: Entry, shared: Sequence[Shared], evidence: Sequence[tuple[Promise, Proof]]) -> dict[str, list[Aside]]:
    """The asides of each block, in the order of their words; evidence, shared passages and hidden words after them."""
    letter = entry.letter
    promises = {promise.id: promise for promise in entry.promises}
    asides: dict[str, list[Aside]] = defaultdict(list)
    for mark in sorted(letter.marks, key=lambda mark: (mark.span, mark.index)):
        if mark.kind in ("commitment", "correction", "note"):
            asides[mark.block].append(_make_aside(entry, mark, promises))
    for number, (promise, proof) in enumerate(evidence, 1):
        asides[proof.anchor].append(Aside(kind="evidence", id=f"e{number}", span=proof.span, promise=promise, proof=proof))
    for part in shared:
        asides[part.anchor].append(Aside(kind="parallel", span=part.parallels[0].span, shared=part))
    for redaction, span in find_hidden(entry):
        asides[letter.body.block_at(span.start).anchor].append(Aside(kind="redaction", id=f"r{redaction.nth}", span=span, redaction=redaction))
    return asides


def _make_aside(entry: Entry, mark: Mark, promises: Mapping[str, Promise]) -> Aside:
    front = entry.letter.front
    return Aside(
        kind=mark.kind, id=mark.id, span=mark.span, printed=mark.words,
        promise=promises[mark.id] if mark.kind == "commitment" else None,
        correction=front.corrections[mark.index] if mark.kind == "correction" else None,
        note=front.notes[mark.index] if mark.kind == "note" else None,
    )


def find_hidden(entry: Entry) -> list[tuple[Redaction, Span]]:
    """Where the words stand that a redaction speaks of."""
    places = [Span(match.start(), match.end()) for match in re.finditer(re.escape(HIDDEN), entry.letter.body.text)]
    return [(redaction, places[redaction.nth - 1]) for redaction in entry.letter.front.redactions]


def number_footnotes(asides: Mapping[str, Sequence[Aside]]) -> tuple[Footnote, ...]:
    """What is printed as notes, in the order of the words."""
    noted = sorted(((anchor, aside) for anchor, held in asides.items() for aside in held if aside.kind in NOTED), key=lambda pair: (pair[1].span.end, pair[1].span.start))
    return tuple(Footnote(number, anchor, aside) for number, (anchor, aside) in enumerate(noted, 1))


def fold_asides(asides: Sequence[Aside], block: Block) -> dict[str, tuple[Aside, ...]]:
    """The asides that fit beside a block, with those first of which there is most to say; the others fold."""
    room = ROOM_BELOW + -(-(block.end - block.start) // LINE_OF_TEXT) * 32
    shown = []
    for aside in sorted(asides, key=lambda aside: (aside.is_plain, aside.kind != "evidence", aside.kind != "parallel")):
        room -= aside.height
        if room >= 0 or not shown:
            shown.append(aside)
    return {"shown": tuple(aside for aside in asides if aside in shown), "folded": tuple(aside for aside in asides if aside not in shown)}
